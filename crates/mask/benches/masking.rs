//! What masking costs, in time and in allocations: each operator, each kind of text, and columns
//! side by side as a result has them.
//!
//! `cargo bench -p lockgate-mask --bench masking`; allocations of a thousand cells are printed first.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use detect::{Detector, Entity};
use mask::copy::{CellMask, CopyMasker, CopyOptions};
use mask::{
    Characters, DateShift, EmailPart, Findings, Format, Fpe, Generalize, Hash, MaskKey, Masker,
    NetworkBits, Noise, Operator, ScanPolicy, Scanner, Shape, ShiftOf, Styles,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const EMAIL: &[u8] = b"ada.lovelace@engines.org";
const CARD: &[u8] = b"4111 1111 1111 1111";
const CLEAN: &[u8] = b"the parcel was left at the side door as agreed, thanks a lot";
const ROW: &[u8] = b"4711\tAda Lovelace\tada.lovelace@analytical-engines.org\t123-45-6789\tleft at the door\t2024-05-06\n";
/// Cells whose allocations are counted.
const COUNTED: usize = 1000;

/// A name, an operator, a column, a cell.
type Case = (&'static str, Operator, Shape, Format, &'static [u8]);

const SHIFT: DateShift = DateShift {
    days: 30,
    of: ShiftOf::Domain,
};

#[rustfmt::skip]
fn operators() -> Vec<Case> {
    use Format::{Binary, Text};
    let text = |name, operator, cell| (name, operator, Shape::Text, Text, cell);
    let four = Characters { last: 4, ..Characters::default() };
    vec![
        ("redact/int4", Operator::Redact, Shape::Int4, Binary, &[0, 0, 1, 2]),
        text("partial/email", Operator::Partial(Some(Entity::EmailAddress)), EMAIL),
        text("partial/card", Operator::Partial(Some(Entity::CreditCard)), CARD),
        text("partial/person", Operator::Partial(Some(Entity::Person)), b"Ada Lovelace"),
        text("partial/text", Operator::Partial(None), b"Order B-1234, Box 17"),
        text("mask/last 4", Operator::Mask(four), CARD),
        text("mask_email", Operator::MaskEmail(EmailPart::Local), EMAIL),
        text("mask_card", Operator::MaskCard, CARD),
        text("mask_phone", Operator::MaskPhone, b"+49 170 1234567"),
        text("mask_ip", Operator::MaskIp(NetworkBits::default()), b"192.0.2.77"),
        text("mask_url", Operator::MaskUrl, b"postgres://ada:secret@db.example.org:5432/orders"),
        text("mask_secret", Operator::MaskSecret, b"ghp_abcdefghijklmnopqrstuvwxyz012345"),
        text("hash/text", Operator::Hash(Hash::default()), EMAIL),
        ("hash/int8", Operator::Hash(Hash::default()), Shape::Int8, Binary, &[0, 0, 0, 0, 0, 1, 2, 3]),
        ("hash/uuid", Operator::Hash(Hash::default()), Shape::Uuid, Binary, &[7; 16]),
        ("token/int4", Operator::Token, Shape::Int4, Binary, &[0, 18, 214, 135]),
        ("token/int8 text", Operator::Token, Shape::Int8, Text, b"123456789"),
        ("token/numeric", Operator::Token, Shape::Numeric, Text, b"1234.50"),
        ("token/uuid", Operator::Token, Shape::Uuid, Text, b"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        text("token/number", Operator::Token, b"123456789"),
        text("token/text", Operator::Token, b"B-1234 xY"),
        text("token/long text", Operator::Token, CLEAN),
        text("fpe/card", Operator::Fpe(Fpe::default()), CARD),
        ("fpe/int4", Operator::Fpe(Fpe::default()), Shape::Int4, Binary, &[0, 0, 1, 2]),
        text("pseudonym/email", Operator::Pseudonym(Some(Entity::EmailAddress)), EMAIL),
        text("pseudonym/person", Operator::Pseudonym(Some(Entity::Person)), b"Ada Lovelace"),
        text("pseudonym/card", Operator::Pseudonym(Some(Entity::CreditCard)), CARD),
        text("pseudonym/iban", Operator::Pseudonym(Some(Entity::Iban)), b"DE89370400440532013000"),
        ("noise/int4", Operator::Noise(Noise::Ratio(50_000)), Shape::Int4, Binary, &[0, 0, 1, 2]),
        ("noise/float8", Operator::Noise(Noise::Ratio(50_000)), Shape::Float8, Binary, &[64, 147, 74, 0, 0, 0, 0, 0]),
        ("date_shift/date", Operator::DateShift(SHIFT), Shape::Date, Text, b"2024-05-06"),
        ("date_shift/timestamptz", Operator::DateShift(SHIFT), Shape::TimestampTz, Binary, &[0, 2, 186, 0, 0, 0, 0, 0]),
        ("generalize/int4", Operator::Generalize(Generalize::Step(10)), Shape::Int4, Text, b"42"),
        ("generalize/date", Operator::Generalize(Generalize::Year), Shape::Date, Text, b"2024-05-06"),
        text("encrypt/text", Operator::Encrypt, CLEAN),
        ("partial/jsonb", Operator::Partial(None), Shape::Jsonb, Text, br#"{"name": "Ada Lovelace", "age": 36}"#),
        ("partial/text[]", Operator::Partial(None), Shape::array_of(Shape::Text, 25), Text, b"{one,two,\"three four\"}"),
    ]
}

fn masker(operator: Operator, shape: &Shape, format: Format) -> Masker {
    let (key, styles) = (MaskKey::new([7; 32]), Styles::default());
    Masker::new(operator, shape, format, -1, &key, &styles)
}

fn scanner() -> Scanner {
    let (policy, key) = (ScanPolicy::default(), MaskKey::new([7; 32]));
    let detector = Detector::new();
    Scanner::new(detector, &Shape::Text, Format::Text, None, policy, &key)
}

/// Allocations of a thousand turns of `run`.
fn allocations(mut run: impl FnMut()) -> usize {
    run();
    let region = Region::new(ALLOCATOR);
    (0..COUNTED).for_each(|_| run());
    let change = region.change();
    change.allocations + change.reallocations
}

fn cells(c: &mut Criterion) {
    let mut group = c.benchmark_group("cell");
    group.throughput(Throughput::Elements(1));
    let mut out = Vec::with_capacity(1024);
    for (name, operator, shape, format, cell) in operators() {
        let masker = masker(operator, &shape, format);
        let mut run = || {
            out.clear();
            masker.mask(black_box(cell), &mut out)
        };
        let count = allocations(|| {
            run();
        });
        println!("{name}: {count} allocations in {COUNTED} cells");
        group.bench_function(name, |b| b.iter(&mut run));
    }
    group.finish();
}

fn scans(c: &mut Criterion) {
    let scanner = scanner();
    let mut group = c.benchmark_group("scan");
    let (mut out, mut findings) = (Vec::with_capacity(1024), Findings::new());
    let found = b"call Ada at ada.lovelace@engines.org or pay with 4111 1111 1111 1111";
    for (name, text) in [("clean text", CLEAN), ("two entities", &found[..])] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let mut run = || {
            out.clear();
            scanner.scan(black_box(text), &mut out, &mut findings)
        };
        let count = allocations(|| {
            run();
        });
        println!("scan {name}: {count} allocations in {COUNTED} cells");
        group.bench_function(name, |b| b.iter(&mut run));
    }
    group.finish();
}

/// A row of six columns: one passes, one is scanned, four are masked.
fn rows(c: &mut Criterion) {
    let text = |operator| CellMask::Mask(masker(operator, &Shape::Text, Format::Text));
    let date = masker(Operator::Partial(None), &Shape::Date, Format::Text);
    let columns = vec![
        CellMask::Pass,
        text(Operator::Partial(Some(Entity::Person))),
        text(Operator::Partial(Some(Entity::EmailAddress))),
        text(Operator::Token),
        CellMask::Scan(scanner()),
        CellMask::Mask(date),
    ];
    let Ok(mut copy) = CopyMasker::new(CopyOptions::text(), columns) else {
        return;
    };
    let (mut out, mut findings) = (Vec::with_capacity(1024), Findings::new());
    let mut run = || {
        out.clear();
        copy.feed(black_box(ROW), &mut out, &mut findings)
    };
    let count = allocations(|| {
        let _ = run();
    });
    println!("row of COPY: {count} allocations in {COUNTED} rows");
    let mut group = c.benchmark_group("row");
    group.throughput(Throughput::Elements(1));
    group.bench_function("copy of 6 columns", |b| b.iter(&mut run));
    group.finish();
}

criterion_group!(benches, cells, scans, rows);
criterion_main!(benches);

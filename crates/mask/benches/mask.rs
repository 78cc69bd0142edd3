//! What a cell costs.

use criterion::{Criterion, criterion_group, criterion_main};
use detect::{Detector, Entity};
use mask::copy::{CellMask, CopyMasker, CopyOptions};
use mask::{Findings, Format, MaskKey, Masker, Operator, ScanPolicy, Scanner, Shape, Styles};
use std::hint::black_box;

const EMAIL: &[u8] = b"ada.lovelace@analytical-engines.org";
const CLEAN: &[u8] = b"the parcel was left at the side door as agreed, thanks a lot";
const ROW: &[u8] = b"4711\tAda Lovelace\tada.lovelace@analytical-engines.org\t123-45-6789\tleft at the door\t2024-05-06\n";

fn masker(operator: Operator, shape: &Shape, format: Format) -> Masker {
    Masker::new(
        operator,
        shape,
        format,
        -1,
        &MaskKey::new([7; 32]),
        &Styles::default(),
    )
}

fn scanner() -> Scanner {
    let (policy, key) = (ScanPolicy::default(), MaskKey::new([7; 32]));
    Scanner::new(
        Detector::new(),
        &Shape::Text,
        Format::Text,
        None,
        policy,
        &key,
    )
}

fn cells(c: &mut Criterion) {
    let mut out = Vec::with_capacity(256);
    let mut run = |name: &str, masker: &Masker, cell: &[u8]| {
        c.bench_function(name, |b| {
            b.iter(|| {
                out.clear();
                masker.mask(black_box(cell), &mut out)
            })
        });
    };
    let email = Some(Entity::EmailAddress);
    run(
        "partial e-mail",
        &masker(Operator::Partial(email), &Shape::Text, Format::Text),
        EMAIL,
    );
    run(
        "pseudonym e-mail",
        &masker(Operator::Pseudonym(email), &Shape::Text, Format::Text),
        EMAIL,
    );
    run(
        "pseudonym text",
        &masker(Operator::Pseudonym(None), &Shape::Text, Format::Text),
        b"Order B-1234, Box 17",
    );
    run(
        "redact int4",
        &masker(Operator::Redact, &Shape::Int4, Format::Binary),
        &[0, 0, 1, 2],
    );
}

fn scans(c: &mut Criterion) {
    let scanner = scanner();
    let (mut out, mut findings) = (Vec::with_capacity(256), Findings::new());
    c.bench_function("scan clean text of 60 bytes", |b| {
        b.iter(|| scanner.scan(black_box(CLEAN), &mut out, &mut findings))
    });
}

fn rows(c: &mut Criterion) {
    let text = |operator| CellMask::Mask(masker(operator, &Shape::Text, Format::Text));
    let columns = vec![
        CellMask::Pass,
        text(Operator::Partial(Some(Entity::Person))),
        text(Operator::Partial(Some(Entity::EmailAddress))),
        text(Operator::Redact),
        CellMask::Scan(scanner()),
        CellMask::Mask(masker(Operator::Partial(None), &Shape::Date, Format::Text)),
    ];
    let Ok(mut copy) = CopyMasker::new(CopyOptions::text(), columns) else {
        return;
    };
    let (mut out, mut findings) = (Vec::with_capacity(256), Findings::new());
    c.bench_function("copy row of 6 columns", |b| {
        b.iter(|| {
            out.clear();
            copy.feed(black_box(ROW), &mut out, &mut findings)
        })
    });
}

criterion_group!(benches, cells, scans, rows);
criterion_main!(benches);

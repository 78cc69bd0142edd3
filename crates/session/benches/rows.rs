//! What rows cost on their way through a session, in time and in allocations: nine columns, three of
//! them masked, in part, by a pseudonym and wholly.
//!
//! Before anything is timed it is shown that a row allocates nothing: steps with many rows allocate
//! about as often as steps with few.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark may fail loudly"
)]

use std::alloc::System;
use std::sync::Arc;
use std::time::Duration;

use audit::{Event, RecordId, SessionId, Sink, SinkError};
use bytes::{Buf, BytesMut};
use criterion::{Criterion, Throughput, criterion_group};
use identity::{AccessKey, Actor, Principal, PrincipalKind};
use jiff::Timestamp;
use mask::{MaskKey, Styles};
use policy::{Labels, Policy, PolicySource, Tag};
use session::{Limits, Moment, Output, Session, Step, Who, World};
use sql::Catalog;
use sql::catalog::{CatalogRows, Column, ColumnOrigin, Relation, RelationKind};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use wire::backend::Field;
use wire::encode;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const POLICIES: &str = r#"
@id("reads")
permit (principal, action in [Action::"read", Action::"write"], resource);
@id("part")
permit (principal, action == Action::"see_partial", resource in Tag::"pii.email");
@id("stand-in")
permit (principal, action == Action::"see_pseudonym", resource in Tag::"pii.name");
"#;

const INT: u32 = 23;
const TEXT: u32 = 25;
const PEOPLE: u32 = 16_401;

/// Steps whose allocations are counted.
const STEPS: usize = 100;

/// A column of the table.
struct Cell {
    name: &'static str,
    type_oid: u32,
    tag: Option<&'static str>,
    /// In text format.
    value: &'static str,
}

const fn number(name: &'static str, value: &'static str) -> Cell {
    let (type_oid, tag) = (INT, None);
    Cell {
        name,
        type_oid,
        tag,
        value,
    }
}

const fn tagged(name: &'static str, tag: &'static str, value: &'static str) -> Cell {
    let (type_oid, tag) = (TEXT, Some(tag));
    Cell {
        name,
        type_oid,
        tag,
        value,
    }
}

const COLUMNS: [Cell; 9] = [
    number("id", "4711"),
    tagged("name", "pii.name", "Ada King Lovelace"),
    tagged("email", "pii.email", "ada.lovelace@analytical-engines.org"),
    tagged("ssn", "pii.ssn", "123-45-6789"),
    number("visits", "17"),
    number("orders", "3"),
    number("spent", "129900"),
    number("shop", "12"),
    number("score", "98"),
];

struct Nowhere;

impl Sink for Nowhere {
    fn append(&self, _: &Event) -> Result<RecordId, SinkError> {
        Ok(RecordId(0))
    }

    fn commit(&self, _: RecordId) -> Result<(), SinkError> {
        Ok(())
    }
}

fn catalog() -> Catalog {
    let columns = COLUMNS.iter().zip(1..).map(|(cell, number)| Column {
        number,
        name: cell.name.to_owned(),
        type_oid: cell.type_oid,
        type_modifier: -1,
        origin: ColumnOrigin::Given,
    });
    let relation = Relation {
        oid: PEOPLE,
        schema: "public".to_owned(),
        name: "people".to_owned(),
        kind: RelationKind::Table,
        columns: columns.collect(),
        definition: None,
        parents: Vec::new(),
        estimated_rows: 1000,
    };
    let rows = CatalogRows {
        relations: vec![relation],
        roles: vec![sql::catalog::Role {
            name: "gate".to_owned(),
            closed_schemas: Vec::new(),
        }],
        ..CatalogRows::default()
    };
    Catalog::new(rows, 1)
}

fn world() -> World {
    let catalog = catalog();
    let tag = |_: &Relation, column: &Column, _: &Catalog| {
        let cell = COLUMNS.iter().find(|cell| cell.name == column.name)?;
        cell.tag.map(|tag| Tag::new(tag).unwrap())
    };
    let labels = Labels::build(&catalog, &[], &tag).unwrap();
    let source = PolicySource {
        name: "bench.cedar".to_owned(),
        text: POLICIES.to_owned(),
    };
    let policy = Policy::load(&[source]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    World {
        policy: Arc::new(policy),
        catalog: Arc::new(catalog),
        labels: Arc::new(labels),
    }
}

fn session() -> Session {
    let principal = Principal {
        name: "sam".parse().unwrap(),
        kind: PrincipalKind::Human,
        groups: ["support".parse().unwrap()].into(),
    };
    let who = Who {
        id: SessionId::new(Timestamp::UNIX_EPOCH, [0; 10]),
        actor: Actor {
            principal: Arc::new(principal),
            owner: None,
            key: AccessKey::new([1; AccessKey::RANDOM_LEN]).id().clone(),
        },
        connection: policy::Connection {
            name: "shop".to_owned(),
            environment: "prod".to_owned(),
            database: "shop".to_owned(),
        },
        client: None,
        purpose: None,
        mask_key: Arc::new(MaskKey::new([9; 32])),
        operators: Arc::default(),
        detector: detect::Detector::new(),
    };
    let naming = session::Naming::known("public", "gate");
    let styles = Styles::from_date_style("ISO, MDY");
    Session::new(who, Limits::default(), naming, styles)
}

/// A session in the middle of an answer.
struct Answer {
    session: Session,
    world: World,
    out: Output,
    /// One row, as the server sends it.
    row: Vec<u8>,
    /// What the server sends at once.
    rows: Vec<u8>,
    input: BytesMut,
}

impl Answer {
    fn new(
        statement: &str,
        begin: impl FnOnce(&mut BytesMut),
        row: impl FnOnce(&mut BytesMut),
    ) -> Answer {
        let (mut query, mut input, mut message) =
            (BytesMut::new(), BytesMut::new(), BytesMut::new());
        encode::query(&mut query, statement.as_bytes()).unwrap();
        begin(&mut input);
        row(&mut message);
        let (mut session, world, mut out) = (session(), world(), Output::default());
        let at = step(&world);
        session.client(&mut query, at, &mut out).unwrap();
        session.server(&mut input, at, &mut out).unwrap();
        out.to_client.advance(out.to_client.len());
        Answer {
            session,
            world,
            out,
            row: message.to_vec(),
            rows: Vec::new(),
            input,
        }
    }

    /// Lets so many rows come with each step.
    fn by(&mut self, rows: usize) {
        self.rows = self.row.repeat(rows);
    }

    /// Passes the rows of one step and gives the number of bytes that came out.
    fn pass(&mut self) -> usize {
        self.input.extend_from_slice(&self.rows);
        let step = step(&self.world);
        self.session
            .server(&mut self.input, step, &mut self.out)
            .unwrap();
        let length = self.out.to_client.len();
        self.out.to_client.advance(length);
        length
    }

    /// Allocations of [`STEPS`] steps with so many rows each, once buffers have their size.
    fn allocations(&mut self, rows: usize) -> usize {
        self.by(rows);
        for _ in 0..STEPS {
            self.pass();
        }
        let region = Region::new(ALLOCATOR);
        for _ in 0..STEPS {
            self.pass();
        }
        let change = region.change();
        change.allocations + change.reallocations
    }
}

fn step(world: &World) -> Step<'_> {
    Step {
        world,
        sink: &Nowhere,
        moment: Moment {
            wall: Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
        },
    }
}

fn select() -> Answer {
    let fields = COLUMNS.iter().zip(1..).map(|(cell, column)| Field {
        name: cell.name.as_bytes(),
        table: PEOPLE,
        column,
        type_oid: cell.type_oid,
        type_size: -1,
        type_modifier: -1,
        format: 0,
    });
    let cells = COLUMNS.iter().map(|cell| Some(cell.value.as_bytes()));
    Answer::new(
        "select * from people",
        |out| encode::row_description(out, fields).unwrap(),
        |out| encode::data_row(out, cells).unwrap(),
    )
}

fn copy(options: &str, format: u8, row: &[u8]) -> Answer {
    Answer::new(
        &format!("copy people to stdout {options}"),
        |out| {
            let formats = [i16::from(format); COLUMNS.len()];
            encode::copy_out_response(out, format, &formats).unwrap();
            if format == 1 {
                encode::copy_data(out, b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0").unwrap();
            }
        },
        |out| encode::copy_data(out, row).unwrap(),
    )
}

fn line(delimiter: &str) -> Vec<u8> {
    let cells: Vec<&str> = COLUMNS.iter().map(|cell| cell.value).collect();
    format!("{}\n", cells.join(delimiter)).into_bytes()
}

fn tuple() -> Vec<u8> {
    let mut row = i16::try_from(COLUMNS.len()).unwrap().to_be_bytes().to_vec();
    for cell in &COLUMNS {
        let number = cell.value.parse().unwrap_or(0_i32).to_be_bytes();
        let value = match cell.type_oid {
            INT => &number[..],
            _ => cell.value.as_bytes(),
        };
        row.extend(i32::try_from(value.len()).unwrap().to_be_bytes());
        row.extend_from_slice(value);
    }
    row
}

fn rows(criterion: &mut Criterion) {
    let answers = [
        ("select", select()),
        ("copy text", copy("", 0, &line("\t"))),
        ("copy csv", copy("(format csv)", 0, &line(","))),
        ("copy binary", copy("(format binary)", 1, &tuple())),
    ];
    let mut group = criterion.benchmark_group("3 of 9 columns masked");
    for (name, mut answer) in answers {
        let (few, many) = (answer.allocations(10), answer.allocations(400));
        println!(
            "{name}: {STEPS} steps of 10 rows allocate {few} times, {STEPS} of 400 rows {many} times"
        );
        // A step may need a new buffer for what it reads and one for what it writes.
        assert!(many <= few + 2 * STEPS, "{name}: rows allocate");
        answer.by(400);
        group.throughput(Throughput::Elements(400));
        group.bench_function(name, |bencher| bencher.iter(|| answer.pass()));
    }
    group.finish();
}

criterion_group!(benches, rows);

fn main() {
    let run = || {
        benches();
        Criterion::default().configure_from_args().final_summary();
    };
    // Reading statements needs a deep stack.
    let thread = std::thread::Builder::new().stack_size(4 * sql::STACK);
    thread.spawn(run).unwrap().join().unwrap();
}

//! The server as judge: what it wrote is masked, and read back by it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, its helpers too"
)]

mod operators;
mod server_types;

use mask::copy::{CellMask, CopyFormat, CopyMasker, CopyOptions};
use mask::{Findings, Format, MaskKey, Masker, Operator, Outcome, Shape, Styles};
use operators::operators;
use server_types::{NESTED, Row, TYPES, made_shape};
use std::error::Error;
use testkit::{Cluster, Options, PgBinaries};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};
use tokio_postgres::{Client, SimpleQueryMessage};

/// Bytes as they are on the wire.
#[derive(Debug)]
struct Raw(Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Raw, Box<dyn Error + Sync + Send>> {
        Ok(Raw(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Raw {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(ty, out)
    }
}

fn quoted(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

fn block_on(test: impl AsyncFnOnce(&Client)) {
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).expect("PostgreSQL's binaries");
    let cluster = Cluster::start(&binaries, Options::default()).expect("a cluster");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let client = cluster.connect("postgres").await.expect("a connection");
        test(&client).await;
    });
    cluster.stop().expect("a clean stop");
}

async fn one_text(client: &Client, query: &str) -> Option<String> {
    let messages = client
        .simple_query(query)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error:?}"));
    messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    })
}

async fn one_binary(client: &Client, query: &str, parameters: &[&(dyn ToSql + Sync)]) -> Vec<u8> {
    let row = client
        .query_one(query, parameters)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error:?}"));
    row.get::<_, Raw>(0).0
}

fn masked(masker: &Masker, cell: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match masker.mask(cell, &mut out) {
        Outcome::Unchanged => Some(cell.to_vec()),
        Outcome::Masked | Outcome::Fallback => Some(out),
        Outcome::Null | Outcome::FallbackNull => None,
    }
}

/// How the server reads a masked cell of each format, as text without a type modifier's cast.
async fn read_back(client: &Client, sql: &str, format: Format, cell: Vec<u8>) -> String {
    match format {
        Format::Text => {
            let literal = quoted(&String::from_utf8(cell).expect("UTF-8"));
            let base = format!("select format('%s', {literal}::{sql})");
            one_text(client, &base).await.expect("a value")
        }
        Format::Binary => {
            let query = format!("select format('%s', $1::{sql})");
            String::from_utf8(one_binary(client, &query, &[&Raw(cell)]).await).expect("UTF-8")
        }
    }
}

async fn check(
    client: &Client,
    (sql, oid, type_modifier, values): &Row,
    styles: &Styles,
    same: bool,
) {
    let shape = Shape::of_builtin(*oid).unwrap_or_else(|| made_shape(sql));
    let key = MaskKey::new([7; 32]);
    for value in *values {
        let query = format!("select {}::{sql}", quoted(value));
        let text = one_text(client, &query)
            .await
            .expect("a value")
            .into_bytes();
        let binary = one_binary(client, &query, &[]).await;
        for operator in operators() {
            if operator.check(&shape, *type_modifier).is_err() {
                continue;
            }
            let masker =
                |format| Masker::new(operator, &shape, format, *type_modifier, &key, styles);
            let cells = (
                masked(&masker(Format::Text), &text),
                masked(&masker(Format::Binary), &binary),
            );
            let (Some(text), Some(binary)) = cells else {
                assert_eq!(
                    cells.0.is_none(),
                    cells.1.is_none(),
                    "{operator:?} of {value}::{sql}"
                );
                continue;
            };
            let text = read_back(client, sql, Format::Text, text).await;
            let binary = read_back(client, sql, Format::Binary, binary).await;
            assert!(
                !same || text == binary,
                "{operator:?} of {value}::{sql}: {text}, {binary}"
            );
        }
    }
}

const MADE_TYPES: &str = "create type mood as enum ('sad', 'ok', 'happy'); \
    create type person as (name text, born date, score int4); \
    create type float8span as range (subtype = float8); \
    create domain short as varchar(6)";

#[test]
fn masked_cells_are_values_of_their_type() {
    block_on(async |client| {
        one_text(client, MADE_TYPES).await;
        for row in NESTED {
            check(client, row, &Styles::default(), true).await;
        }
        for zone in ["UTC", "Asia/Kolkata"] {
            one_text(client, &format!("set timezone = '{zone}'")).await;
            for row in TYPES {
                check(client, row, &Styles::default(), true).await;
            }
        }
        one_text(
            client,
            "set bytea_output = 'escape'; set intervalstyle = 'iso_8601'",
        )
        .await;
        for row in TYPES {
            check(client, row, &Styles::default(), true).await;
        }
        for style in ["German", "SQL, DMY", "Postgres, MDY"] {
            one_text(client, &format!("set datestyle = '{style}'")).await;
            for row in TYPES {
                check(client, row, &Styles::from_date_style(style), false).await;
            }
        }
    });
}

#[test]
fn every_builtin_type_is_in_the_catalog_with_its_element() {
    block_on(async |client| {
        let query = "select oid, typelem, typinput = 'array_in'::regproc \
                     from pg_type where oid < 16384 and typrelid = 0";
        for row in client.query(query, &[]).await.expect("types") {
            let (oid, element, array): (u32, u32, bool) = (row.get(0), row.get(1), row.get(2));
            match Shape::of_builtin(oid) {
                Some(Shape::Array(_, named)) => {
                    assert_eq!((named, array), (element, true), "{oid}")
                }
                Some(_) => assert!(!array, "{oid}"),
                None => {
                    let inner = Shape::of_builtin(element).filter(|shape| *shape != Shape::Unknown);
                    assert!(
                        !array || inner.is_none(),
                        "{oid} is an array of a known shape"
                    );
                }
            }
        }
    });
}

const NASTY: &str = "insert into cells values \
    (1, 'plain value'), (2, ''), (3, null), (4, E'tab\\there and more'), (5, E'\\\\.'), (6, E'\\\\N'), \
    (7, E'line\\nfeed \\r\\n return'), (8, 'quote \" comma , pipe | end'), (9, E'back\\\\slash \\b\\f\\v'), \
    (10, 'ünïcödé ✓'), (11, '\"\"'), (12, 'NULL')";

fn written_options(options: &CopyOptions) -> String {
    let format = match options.format {
        CopyFormat::Text => "text",
        CopyFormat::Csv => "csv",
    };
    let quotes = match options.format {
        CopyFormat::Text => String::new(),
        CopyFormat::Csv => format!(
            ", quote E'\\x{:02x}', escape E'\\x{:02x}'",
            options.quote, options.escape
        ),
    };
    let null = quoted(std::str::from_utf8(&options.null).expect("UTF-8"));
    format!(
        "format {format}, header {}, delimiter E'\\x{:02x}', null {null}{quotes}",
        options.header, options.delimiter
    )
}

fn mask_rows(options: &CopyOptions, column: CellMask, rows: &[u8], step: usize) -> Vec<u8> {
    let mut masker =
        CopyMasker::new(options.clone(), vec![CellMask::Pass, column]).expect("options");
    let (mut out, mut findings) = (Vec::new(), Findings::new());
    for piece in rows.chunks(step) {
        masker.feed(piece, &mut out, &mut findings).expect("rows");
    }
    masker.finish(&mut out, &mut findings).expect("rows");
    out
}

fn copy_options() -> Vec<CopyOptions> {
    let (text, csv) = (CopyOptions::text, CopyOptions::csv);
    vec![
        text(),
        CopyOptions {
            delimiter: b'|',
            header: true,
            null: b"\\NIL".to_vec(),
            ..text()
        },
        CopyOptions {
            delimiter: 0x0b,
            null: Vec::new(),
            ..text()
        },
        csv(),
        CopyOptions {
            header: true,
            quote: b'\'',
            escape: b'\\',
            delimiter: b'\t',
            ..csv()
        },
        CopyOptions {
            null: b"NULL".to_vec(),
            ..csv()
        },
    ]
}

type Rows = Vec<(i32, Option<String>)>;

async fn rows_of(client: &Client, table: &str) -> Rows {
    let query = format!("select id, cell from {table} order by id");
    let rows = client.query(&query, &[]).await.expect("rows");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn masked_text(masker: &Masker, cell: &str) -> String {
    String::from_utf8(masked(masker, cell.as_bytes()).expect("text")).expect("UTF-8")
}

/// Copies `cells` out, masks the rows, and copies them into `back`.
async fn copy_through(client: &Client, options: &CopyOptions, masker: &Masker) -> Rows {
    let directory = one_text(client, "show data_directory")
        .await
        .expect("a directory");
    let (from, to) = (
        format!("{directory}/copy.out"),
        format!("{directory}/copy.in"),
    );
    let written = written_options(options);
    let query = format!("copy (select * from cells order by id) to '{from}' ({written})");
    one_text(client, &query).await;
    let rows = std::fs::read(&from).expect("copied rows");
    for step in [1, 7, rows.len()] {
        assert_eq!(mask_rows(options, CellMask::Pass, &rows, step), rows);
    }
    let column = CellMask::Mask(masker.clone());
    std::fs::write(&to, mask_rows(options, column, &rows, 5)).expect("written");
    one_text(
        client,
        &format!("truncate back; copy back from '{to}' ({written})"),
    )
    .await;
    rows_of(client, "back").await
}

/// COPY writes the same bytes to a file as to a client.
#[test]
fn masked_rows_of_a_copy_are_read_by_copy() {
    let (key, styles) = (MaskKey::new([7; 32]), Styles::default());
    let partial = Operator::Partial(None);
    let masker = Masker::new(partial, &Shape::Text, Format::Text, -1, &key, &styles);
    block_on(async |client| {
        for table in ["cells", "back"] {
            one_text(client, &format!("create table {table} (id int, cell text)")).await;
        }
        one_text(client, NASTY).await;
        let cells = rows_of(client, "cells").await;
        for options in copy_options() {
            // Then the text format does not tell an empty text from NULL.
            let empty_is_null = options.format == CopyFormat::Text && options.null.is_empty();
            let kept = |cell: &String| !(empty_is_null && cell.is_empty());
            let expected: Rows = cells
                .iter()
                .map(|(id, cell)| (*id, cell.clone().filter(kept)))
                .map(|(id, cell)| (id, cell.map(|cell| masked_text(&masker, &cell))))
                .collect();
            assert_eq!(
                copy_through(client, &options, &masker).await,
                expected,
                "{options:?}"
            );
        }
    });
}

/// Type as SQL, OID, type modifier, an expression that gives random values of it.
#[rustfmt::skip]
const RANDOM: &[(&str, u32, i32, &str)] = &[
    ("text", 25, -1, "(select string_agg(chr(1 + (random() * 300)::int), '') from generate_series(1, (random() * 12)::int) where n > 0)"),
    ("varchar(10)", 1043, 14, "substr(md5(random()::text), 1, (random() * 10)::int)"),
    ("char(5)", 1042, 9, "substr(md5(random()::text), 1, (random() * 5)::int)"),
    ("bytea", 17, -1, "decode(substr(md5(random()::text), 1, 2 * (random() * 16)::int), 'hex')"),
    ("int2", 21, -1, "((random() - 0.5) * 65000)::int2"),
    ("int4", 23, -1, "((random() - 0.5) * 4e9)::int4"),
    ("int8", 20, -1, "((random() - 0.5) * 1.8e19)::int8"),
    ("float8", 701, -1, "((random() - 0.5) * 1e6)::float8"),
    ("numeric", 1700, -1, "round(((random() - 0.5) * 1e9)::numeric, (random() * 8)::int)"),
    ("numeric(8,2)", 1700, ((8 << 16) | 2) + 4, "round(((random() - 0.5) * 1e6)::numeric, 2)"),
    ("bool", 16, -1, "random() < 0.5"),
    ("date", 1082, -1, "date '1900-01-01' + (random() * 60000)::int"),
    ("time", 1083, -1, "time '00:00' + random() * interval '24 hours'"),
    ("timestamp", 1114, -1, "timestamp '1900-01-01' + random() * interval '150 years'"),
    ("timestamptz", 1184, -1, "timestamptz '1900-01-01' + random() * interval '150 years'"),
    ("uuid", 2950, -1, "md5(random()::text)::uuid"),
    ("inet", 869, -1, "inet '0.0.0.0' + (random() * 4294967295)::int8"),
    ("macaddr", 829, -1, "substr(md5(random()::text), 1, 12)::macaddr"),
    ("jsonb", 3802, -1, "jsonb_build_object('a', random(), 'b', md5(random()::text))"),
    ("text[]", 1009, -1, "array[md5(random()::text), null, chr(1 + (random() * 300)::int)]"),
    ("int4range", 3904, -1, "int4range((random() * 10)::int, 20)"),
    ("point", 600, -1, "point(random(), 1)"),
    ("datemultirange", 4535, -1, "datemultirange(daterange('2024-01-01', date '2024-01-02' + (random() * 90)::int))"),
    ("numrange", 3906, -1, "numrange(round(random()::numeric * 10, 2), null)"),
    ("varbit", 1562, -1, "((random() * 4e9)::int8::bit(40))"),
    ("int4[]", 1007, -1, "array[((random() - 0.5) * 4e9)::int4, null]"),
];

/// The masker of rows with a number that passes and a cell that is masked.
fn copy_masker(format: &str, column: Masker) -> CopyMasker {
    let columns = vec![CellMask::Pass, CellMask::Mask(column)];
    match format {
        "text" => CopyMasker::new(CopyOptions::text(), columns).expect("options"),
        "csv" => CopyMasker::new(CopyOptions::csv(), columns).expect("options"),
        _ => CopyMasker::binary(columns),
    }
}

/// Copies `random_values` out in a format, masks the rows in pieces of `step` bytes, copies them back
/// in, and gives what the server then has.
async fn copied_back(
    client: &Client,
    format: &str,
    mut masker: CopyMasker,
    step: usize,
) -> Vec<(i32, Option<String>)> {
    let directory = one_text(client, "show data_directory")
        .await
        .expect("a directory");
    let (from, to) = (
        format!("{directory}/random.out"),
        format!("{directory}/random.in"),
    );
    let query = format!("copy random_values to '{from}' (format {format})");
    one_text(client, &query).await;
    let (mut out, mut findings) = (Vec::new(), Findings::new());
    for piece in std::fs::read(&from).expect("copied rows").chunks(step) {
        masker.feed(piece, &mut out, &mut findings).expect("rows");
    }
    masker.finish(&mut out, &mut findings).expect("rows");
    std::fs::write(&to, out).expect("written");
    let query = format!("truncate masked_values; copy masked_values from '{to}' (format {format})");
    one_text(client, &query).await;
    let query = "select id, cell::text from masked_values order by id";
    let rows = client.query(query, &[]).await.expect("rows");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Random values of many types, masked in each format of COPY: the server reads all of them, and the
/// same values in each.
#[test]
fn masked_random_values_are_read_by_copy_in_each_format() {
    let (key, styles) = (MaskKey::new([7; 32]), Styles::default());
    block_on(async |client| {
        one_text(client, "select setseed(0.25)").await;
        for (sql, oid, type_modifier, value) in RANDOM {
            for table in ["random_values", "masked_values"] {
                let query = format!(
                    "drop table if exists {table}; create table {table} (id int, cell {sql})"
                );
                one_text(client, &query).await;
            }
            let query = format!(
                "insert into random_values select n, case when n % 7 > 0 then {value} end \
                 from generate_series(1, 40) n"
            );
            one_text(client, &query).await;
            let shape = Shape::of_builtin(*oid).expect("a shape");
            for operator in operators() {
                if operator.check(&shape, *type_modifier).is_err() {
                    continue;
                }
                let copied = async |format: &str, step: usize| {
                    let cells = if format == "binary" {
                        Format::Binary
                    } else {
                        Format::Text
                    };
                    let masker =
                        Masker::new(operator, &shape, cells, *type_modifier, &key, &styles);
                    copied_back(client, format, copy_masker(format, masker), step).await
                };
                let text = copied("text", 1 << 20).await;
                assert_eq!(text.len(), 40, "{sql} {operator:?}");
                assert_eq!(text, copied("csv", 11).await, "{sql} {operator:?}");
                assert_eq!(text, copied("binary", 13).await, "{sql} {operator:?}");
                assert_eq!(text, copied("binary", 1 << 20).await, "{sql} {operator:?}");
            }
        }
    });
}

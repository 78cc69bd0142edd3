//! The server as judge: what it wrote is masked, and read back by it.

use mask::copy::{CellMask, CopyFormat, CopyMasker, CopyOptions};
use mask::{Findings, Format, MaskKey, Masker, Operator, Outcome, Shape, Styles};
use std::error::Error;
use testkit::{Cluster, Options, PgBinaries};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};
use tokio_postgres::{Client, SimpleQueryMessage};

const OPERATORS: [Operator; 4] = [
    Operator::Default,
    Operator::Redact,
    Operator::Partial(None),
    Operator::Pseudonym(None),
];

/// Type as SQL, OID, type modifier, values.
type Row = (&'static str, u32, i32, &'static [&'static str]);

const TYPES: &[Row] = &[
    ("bool", 16, -1, &["true", "false"]),
    ("bytea", 17, -1, &["\\x", "\\x00ff", "plain \\\\ text"]),
    ("\"char\"", 18, -1, &["x"]),
    ("name", 19, -1, &["some_name"]),
    ("int8", 20, -1, &["0", "-9223372036854775808", "4711"]),
    ("int2", 21, -1, &["-32768", "9"]),
    ("int4", 23, -1, &["2147483647", "-10"]),
    (
        "text",
        25,
        -1,
        &["", "Ada Lovelace", "ada@engines.org", "Zoë \\ \"x\""],
    ),
    ("oid", 26, -1, &["4294967295", "17"]),
    ("regclass", 2205, -1, &["pg_class"]),
    (
        "json",
        114,
        -1,
        &[
            "{\"a\": [1, 2.50, \"x y z ä\", null, true]}",
            "\"\\u00e4bcdefgh\"",
        ],
    ),
    ("xml", 142, -1, &["<a>b</a>"]),
    ("cidr", 650, -1, &["10.0.0.0/8", "2001:db8::/32"]),
    (
        "float4",
        700,
        -1,
        &["1.5", "3.4e38", "NaN", "-Infinity", "1e-30"],
    ),
    (
        "float8",
        701,
        -1,
        &["1234.5", "1.7e308", "-0", "5e-324", "1e20"],
    ),
    ("macaddr8", 774, -1, &["08:00:2b:01:02:03:04:05"]),
    ("money", 790, -1, &["1234567.89", "-0.05", "0"]),
    ("macaddr", 829, -1, &["08:00:2b:01:02:03"]),
    (
        "inet",
        869,
        -1,
        &[
            "192.168.1.77",
            "192.168.1.77/22",
            "::ffff:1.2.3.4",
            "2001:db8:1:2:3:4:5:6/64",
        ],
    ),
    ("char(12)", 1042, 16, &["", "abc", "abcdefghijkl"]),
    ("varchar(10)", 1043, 14, &["", "abcdefghij", "äöüäöüäöüä"]),
    (
        "date",
        1082,
        -1,
        &[
            "2024-02-29",
            "infinity",
            "0044-03-15 BC",
            "5874897-12-31",
            "4714-11-24 BC",
        ],
    ),
    (
        "time",
        1083,
        -1,
        &["00:00:00", "23:59:59.999999", "24:00:00"],
    ),
    (
        "timestamp",
        1114,
        -1,
        &[
            "1999-12-31 23:59:59.5",
            "-infinity",
            "0044-03-15 12:00:00 BC",
            "294276-12-31 23:59:59",
        ],
    ),
    (
        "timestamptz",
        1184,
        -1,
        &[
            "2024-07-01 12:34:56.789+02",
            "0044-03-15 12:00:00+00 BC",
            "1850-01-01 12:00:00+00",
        ],
    ),
    ("interval", 1186, -1, &["1 year 2 mons -3 days 04:05:06.7"]),
    ("timetz", 1266, -1, &["12:34:56-08", "01:02:03.4+05:30"]),
    (
        "numeric",
        1700,
        -1,
        &[
            "0",
            "-12345678901234567890.123456789",
            "NaN",
            "Infinity",
            "0.00012",
            "10000.0000",
            "1e50",
        ],
    ),
    (
        "numeric(6,2)",
        1700,
        ((6 << 16) | 2) + 4,
        &["1234.50", "-0.01"],
    ),
    (
        "numeric(3,-2)",
        1700,
        ((3 << 16) | (-2 & 0x7ff)) + 4,
        &["12300", "99900"],
    ),
    ("uuid", 2950, -1, &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    (
        "jsonb",
        3802,
        -1,
        &["{\"k\": {\"mail\": \"ada@engines.org\"}, \"n\": [1e3, -2]}"],
    ),
    ("point", 600, -1, &["(1,2)"]),
    ("bit(3)", 1560, 3, &["101"]),
    ("tsvector", 3614, -1, &["'a' 'b'"]),
    ("int4range", 3904, -1, &["[1,5)"]),
    ("datemultirange", 4535, -1, &["{[2024-01-01,2024-02-01)}"]),
    (
        "int4[]",
        1007,
        -1,
        &["{}", "{1,NULL,30000}", "[2:3]={4,5}", "{{1,2},{3,4}}"],
    ),
    (
        "text[]",
        1009,
        -1,
        &[
            "{}",
            "{\"\",NULL,\"a b\",\"q\\\"\\\\\",NULL}",
            "{{abcdef},{ghijkl}}",
        ],
    ),
    ("varchar(3)[]", 1015, 7, &["{abc,d}"]),
    ("numeric[]", 1231, -1, &["{1.50,NaN,NULL}"]),
    ("timestamptz[]", 1185, -1, &["{\"2024-07-01 12:34:56+02\"}"]),
    (
        "jsonb[]",
        3807,
        -1,
        &["{\"{\\\"a\\\": \\\"b c d e f\\\"}\"}"],
    ),
    ("inet[]", 1041, -1, &["{10.1.2.3,::1}"]),
];

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

fn block_on(test: impl AsyncFnOnce(&Cluster, &Client)) {
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).expect("PostgreSQL's binaries");
    let cluster = Cluster::start(&binaries, Options::default()).expect("a cluster");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let client = cluster.connect("postgres").await.expect("a connection");
        test(&cluster, &client).await;
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
        Outcome::Masked => Some(out),
        Outcome::Null => None,
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
    let shape = Shape::of_builtin(*oid).expect("a shape");
    let key = MaskKey::new([7; 32]);
    for value in *values {
        let query = format!("select {}::{sql}", quoted(value));
        let text = one_text(client, &query)
            .await
            .expect("a value")
            .into_bytes();
        let binary = one_binary(client, &query, &[]).await;
        for operator in OPERATORS {
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

#[test]
fn masked_cells_are_values_of_their_type() {
    block_on(async |_, client| {
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
    block_on(async |_, client| {
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

/// COPY writes the same bytes to a file as to a client.
#[test]
fn masked_rows_of_a_copy_are_read_by_copy() {
    let all = [
        CopyOptions::text(),
        CopyOptions {
            delimiter: b'|',
            header: true,
            null: b"\\NIL".to_vec(),
            ..CopyOptions::text()
        },
        CopyOptions {
            delimiter: 0x0b,
            null: Vec::new(),
            ..CopyOptions::text()
        },
        CopyOptions::csv(),
        CopyOptions {
            header: true,
            quote: b'\'',
            escape: b'\\',
            delimiter: b'\t',
            ..CopyOptions::csv()
        },
        CopyOptions {
            null: b"NULL".to_vec(),
            ..CopyOptions::csv()
        },
    ];
    block_on(async |cluster, client| {
        let directory: String = one_text(client, "show data_directory")
            .await
            .expect("a directory");
        let (from, to) = (
            format!("{directory}/copy.out"),
            format!("{directory}/copy.in"),
        );
        one_text(
            client,
            "create table cells (id int, cell text); create table back (id int, cell text)",
        )
        .await;
        one_text(client, NASTY).await;
        let masker = Masker::new(
            Operator::Partial(None),
            &Shape::Text,
            Format::Text,
            -1,
            &MaskKey::new([7; 32]),
            &Styles::default(),
        );
        let expected: Vec<(i32, Option<String>)> = client
            .query("select id, cell from cells order by id", &[])
            .await
            .expect("rows")
            .iter()
            .map(|row| {
                let cell: Option<String> = row.get(1);
                (
                    row.get(0),
                    cell.map(|cell| {
                        String::from_utf8(masked(&masker, cell.as_bytes()).expect("text"))
                            .expect("UTF-8")
                    }),
                )
            })
            .collect();
        for options in &all {
            let written = written_options(options);
            one_text(
                client,
                &format!("copy (select * from cells order by id) to '{from}' ({written})"),
            )
            .await;
            let rows = std::fs::read(&from).expect("copied rows");
            for step in [1, 7, rows.len()] {
                assert_eq!(mask_rows(options, CellMask::Pass, &rows, step), rows);
            }
            std::fs::write(
                &to,
                mask_rows(options, CellMask::Mask(masker.clone()), &rows, 5),
            )
            .expect("written");
            one_text(
                client,
                &format!("truncate back; copy back from '{to}' ({written})"),
            )
            .await;
            let back = client
                .query("select id, cell from back order by id", &[])
                .await
                .expect("rows");
            let back: Vec<(i32, Option<String>)> =
                back.iter().map(|row| (row.get(0), row.get(1))).collect();
            let empty_is_null = options.format == CopyFormat::Text && options.null.is_empty();
            let expected: Vec<_> = expected
                .iter()
                .map(|(id, cell)| {
                    (
                        *id,
                        cell.clone()
                            .filter(|cell| !(empty_is_null && cell.is_empty())),
                    )
                })
                .collect();
            assert_eq!(back, expected, "{written}");
        }
        assert!(cluster.directory().exists());
    });
}

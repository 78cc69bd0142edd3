//! What transcripts cannot say: binary COPY, messages in pieces, every field of an error.

use bytes::BytesMut;
use session::{Limits, SessionError};
use sql::catalog::{Column, ColumnOrigin};
use wire::encode::{self, Binding};

use crate::double::{Double, PEOPLE, rows, with_stack};
use crate::messages;

/// What a binary COPY begins with.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

fn sam() -> Double {
    Double::new("sam", Limits::default())
}

/// A message of `encode`, which writes it to a buffer.
fn message(write: impl FnOnce(&mut BytesMut)) -> Vec<u8> {
    let mut out = BytesMut::new();
    write(&mut out);
    out.to_vec()
}

fn copy_data(data: &[u8]) -> Vec<u8> {
    message(|out| encode::copy_data(out, data).unwrap())
}

fn copy_out(format: u8, columns: usize) -> Vec<u8> {
    let formats = vec![i16::from(format); columns];
    message(|out| encode::copy_out_response(out, format, &formats).unwrap())
}

/// A row in binary format.
fn tuple(cells: &[Option<&[u8]>]) -> Vec<u8> {
    let mut row = i16::try_from(cells.len()).unwrap().to_be_bytes().to_vec();
    for cell in cells {
        let length = cell.map_or(-1, |cell| i32::try_from(cell.len()).unwrap());
        row.extend(length.to_be_bytes());
        row.extend_from_slice(cell.unwrap_or_default());
    }
    row
}

/// The session while the server answers this statement.
fn asked(double: &mut Double, statement: &str) {
    double
        .client(&messages::client(&format!("Query \"{statement}\"")))
        .unwrap();
    assert!(double.to_client().is_empty(), "{statement}");
    double.to_server();
}

#[test]
fn binary_copy_is_masked_across_the_borders_of_messages() {
    with_stack(|| {
        let ann: [Option<&[u8]>; 4] = [
            Some(&[0, 0, 0, 1]),
            Some(b"Ann"),
            Some(b"ann.miller@shop.org"),
            Some(b"111-22-3333"),
        ];
        let masked: [Option<&[u8]>; 4] =
            [ann[0], ann[1], Some(b"a***@s***.org"), Some(b"[REDACTED]")];
        let end = (-1_i16).to_be_bytes();
        let data = [HEADER, &tuple(&ann), &tuple(&[None; 4]), &end].concat();
        let expected = [HEADER, &tuple(&masked), &tuple(&[None; 4]), &end].concat();
        for step in [1, 5, 23, data.len()] {
            let mut double = sam();
            asked(&mut double, "copy people to stdout (format binary)");
            double.server(&copy_out(1, 4)).unwrap();
            double.to_client();
            let mut seen = Vec::new();
            for piece in data.chunks(step) {
                double.server(&copy_data(piece)).unwrap();
                let mut rest = &double.to_client()[..];
                while let Some((head, _)) = rest.split_first_chunk::<5>() {
                    let length =
                        u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize + 1;
                    seen.extend_from_slice(&rest[5..length]);
                    rest = &rest[length..];
                }
            }
            assert_eq!(seen, expected, "in pieces of {step}");
            double.server(&messages::server("CopyDone")).unwrap();
            double
                .server(&messages::server("CommandComplete \"COPY 2\""))
                .unwrap();
            let records = double.sink.take();
            assert_eq!(
                records.last().map(String::as_str),
                Some("! outcome 1 completed rows=2 pii.email=1 pii.ssn=1")
            );
        }
    });
}

/// Why the session ends when the server answers a statement so.
fn ends(statement: &str, answer: &[u8]) -> SessionError {
    let mut double = sam();
    asked(&mut double, statement);
    let error = double.server(answer).unwrap_err();
    assert!(double.to_client().is_empty(), "{statement}");
    error
}

#[test]
fn a_copy_that_is_not_what_was_asked_for_ends_the_session() {
    with_stack(|| {
        let unexpected = |message| SessionError::Unexpected {
            side: audit::Side::Server,
            message,
        };
        let binary = "copy people to stdout (format binary)";
        assert_eq!(ends(binary, &copy_out(0, 4)), unexpected("CopyOutResponse"));
        assert_eq!(
            ends("copy people to stdout", &copy_out(1, 4)),
            unexpected("CopyOutResponse")
        );
        assert_eq!(ends(binary, &copy_out(1, 5)), unexpected("CopyOutResponse"));
        let both = [&b"W"[..], &copy_out(0, 4)[1..]].concat();
        assert_eq!(
            ends("copy people to stdout", &both),
            unexpected("CopyBothResponse")
        );
        let text = [
            copy_out(1, 4),
            copy_data(b"1\tAnn\tann@shop.org\t111-22-3333\n"),
        ]
        .concat();
        let mut double = sam();
        asked(&mut double, binary);
        let error = double.server(&text).unwrap_err();
        assert_eq!(
            error,
            SessionError::CopyData("copy data is not in the binary format".to_owned())
        );
        let mut double = sam();
        asked(&mut double, binary);
        let cut = [
            copy_out(1, 4),
            copy_data(HEADER),
            messages::server("CopyDone"),
        ]
        .concat();
        let error = double.server(&cut).unwrap_err();
        assert_eq!(
            error,
            SessionError::CopyData("copy data ends before its trailer".to_owned())
        );
    });
}

#[test]
fn generated_columns_are_left_out_and_quotes_are_forced() {
    with_stack(|| {
        let mut catalogs = rows(PEOPLE);
        catalogs.relations[0].columns.insert(
            1,
            Column {
                number: 5,
                name: "initial".to_owned(),
                type_oid: 25,
                type_modifier: -1,
                origin: ColumnOrigin::Generated,
            },
        );
        let mut double = Double::over("sam", Limits::default(), catalogs);
        asked(
            &mut double,
            "copy people to stdout (format csv, force_quote (ssn))",
        );
        double.server(&copy_out(0, 4)).unwrap();
        double.to_client();
        double
            .server(&copy_data(b"1,Ann,ann@shop.org,\"111-22-3333\"\n"))
            .unwrap();
        let expected = copy_data(b"1,Ann,a***@s***.org,\"[REDACTED]\"\n");
        assert_eq!(double.to_client(), expected);
    });
}

#[test]
fn masked_values_of_a_copy_fit_their_column() {
    with_stack(|| {
        let mut catalogs = rows(PEOPLE);
        // varchar(5)
        catalogs.relations[0].columns[3].type_oid = 1043;
        catalogs.relations[0].columns[3].type_modifier = 9;
        let mut double = Double::over("sam", Limits::default(), catalogs);
        asked(&mut double, "copy people (ssn) to stdout");
        double.server(&copy_out(0, 1)).unwrap();
        double.to_client();
        double.server(&copy_data(b"11122\n")).unwrap();
        assert_eq!(double.to_client(), copy_data(b"[REDA\n"));
    });
}

/// What sam sees of one row under this description, and whether a tripwire was recorded.
fn seen(statement: &str, description: &str, row: &str) -> (String, bool) {
    let mut double = sam();
    asked(&mut double, statement);
    double
        .server(&messages::server(&format!("RowDescription {description}")))
        .unwrap();
    double.to_client();
    double
        .server(&messages::server(&format!("DataRow {row}")))
        .unwrap();
    let told = messages::told(&double.to_client(), wire::frame::Side::Backend);
    let tripwire = double
        .sink
        .take()
        .iter()
        .any(|line| line.starts_with("! tripwire"));
    (told[0].0.clone(), tripwire)
}

/// Statement, description, row, what sam sees, whether the analysis had missed something.
const DESCRIBED: [(&str, &str, &str, &str, bool); 9] = [
    // Both agree.
    (
        "select name from people",
        "name@2",
        "\"Ann\"",
        "\"Ann\"",
        false,
    ),
    (
        "select ssn from people",
        "ssn@4",
        "\"111\"",
        "\"[REDACTED]\"",
        false,
    ),
    // The server knows a protected column where the lineage saw another.
    (
        "select name from people",
        "name@4",
        "\"111\"",
        "\"[REDACTED]\"",
        true,
    ),
    (
        "select name from people",
        "name@3",
        "\"ann@shop.org\"",
        "\"a***@s***.org\"",
        true,
    ),
    (
        "select email from people",
        "email@4",
        "\"111\"",
        "\"[REDACTED]\"",
        true,
    ),
    // The server knows none, or one that may be seen: the lineage holds.
    (
        "select ssn from people",
        "ssn",
        "\"111\"",
        "\"[REDACTED]\"",
        false,
    ),
    (
        "select ssn from people",
        "ssn@2",
        "\"111\"",
        "\"[REDACTED]\"",
        false,
    ),
    (
        "select upper(ssn) from people",
        "upper",
        "\"111\"",
        "\"[REDACTED]\"",
        false,
    ),
    // Another number of columns than was read: nothing is certain.
    (
        "select name from people",
        "a@2 b",
        "\"Ann\" \"x\"",
        "\"[REDACTED]\" \"[REDACTED]\"",
        false,
    ),
];

#[test]
fn of_the_description_and_the_lineage_the_stricter_wins() {
    with_stack(|| {
        for (statement, description, row, expected, tripwire) in DESCRIBED {
            let (told, tripped) = seen(statement, description, row);
            assert_eq!(
                told,
                format!("DataRow {expected}"),
                "{statement}: {description}"
            );
            assert_eq!(tripped, tripwire, "{statement}: {description}");
        }
    });
}

const STATEMENT: &str = "insert into people (name) values ($1)";

fn bind(statement: &[u8], value: &[u8]) -> Vec<u8> {
    let binding = Binding {
        portal: b"p",
        statement,
        formats: &[1],
        parameters: &[Some(value), None],
        result_formats: &[1, 0],
    };
    message(|out| encode::bind(out, &binding).unwrap())
}

#[test]
fn a_long_bind_goes_by_in_pieces() {
    with_stack(|| {
        let mut double = sam();
        double
            .client(&messages::client(&format!("Parse s \"{STATEMENT}\"")))
            .unwrap();
        double.to_server();
        let bind = bind(b"s", &vec![b'v'; 3 << 20]);
        let mut sent = Vec::new();
        for piece in bind.chunks(10_001) {
            double.client(piece).unwrap();
            assert!(!double.holds_back());
            let passed = double.to_server();
            assert!(!passed.is_empty());
            sent.extend(passed);
        }
        assert_eq!(sent, bind);
        double.client(&messages::client("Execute p")).unwrap();
        double.client(&messages::client("Sync")).unwrap();
        for answer in [
            "ParseComplete",
            "BindComplete",
            "CommandComplete \"INSERT 0 1\"",
            "ReadyForQuery I",
        ] {
            double.server(&messages::server(answer)).unwrap();
        }
        assert!(double.session.is_idle());
    });
}

#[test]
fn a_long_bind_that_is_not_sound_never_goes_on_whole() {
    with_stack(|| {
        let whole = bind(b"s", &vec![b'v'; 200_000]);
        // A second value that is longer than what is left, too many result formats, bytes behind them.
        let value = whole.len() - 10;
        let changes: [(usize, &[u8]); 3] = [
            (value, &[0, 1, 0, 0]),
            (whole.len() - 5, &[3]),
            (whole.len() - 5, &[1]),
        ];
        for (at, bytes) in changes {
            let mut broken = whole.clone();
            broken[at..at + bytes.len()].copy_from_slice(bytes);
            let mut double = sam();
            double
                .client(&messages::client(&format!("Parse s \"{STATEMENT}\"")))
                .unwrap();
            double.to_server();
            let mut sent = 0;
            let failed = broken.chunks(999).any(|piece| {
                let failed = double.client(piece).is_err();
                sent += double.to_server().len();
                failed
            });
            assert!(failed, "{at}");
            assert!(sent < broken.len(), "{at}");
        }
    });
}

#[test]
fn nothing_of_a_refused_bind_or_of_data_that_nobody_takes_goes_on() {
    with_stack(|| {
        let mut double = sam();
        for piece in bind(b"nobody", &vec![b'v'; 200_000]).chunks(4096) {
            double.client(piece).unwrap();
        }
        let told = messages::told(&double.to_server(), wire::frame::Side::Frontend);
        assert_eq!(told.len(), 1);
        assert!(
            told[0].0.starts_with("Parse lockgate_refused"),
            "{}",
            told[0].0
        );
        let mut double = sam();
        for piece in copy_data(&vec![b'x'; 200_000]).chunks(4096) {
            double.client(piece).unwrap();
        }
        assert!(double.to_server().is_empty());
        double
            .client(&messages::client("Query \"select id from people\""))
            .unwrap();
        assert!(!double.to_server().is_empty());
    });
}

#[test]
fn what_need_not_be_masked_is_not_held() {
    with_stack(|| {
        let mut double = Double::new("dana", Limits::default());
        asked(&mut double, "select name from people");
        double
            .server(&messages::server("RowDescription name@2"))
            .unwrap();
        double.to_client();
        let value = vec![b'x'; 3 << 20];
        let row = message(|out| encode::data_row(out, [Some(&value[..])]).unwrap());
        for piece in row.chunks(50_000) {
            double.server(piece).unwrap();
            assert_eq!(double.to_client(), piece);
        }
        double
            .server(&messages::server("CommandComplete \"SELECT 1\""))
            .unwrap();
        double.server(&messages::server("ReadyForQuery I")).unwrap();
        double.to_client();
        asked(&mut double, "copy people to stdout (format binary)");
        double.server(&copy_out(1, 4)).unwrap();
        double.to_client();
        for piece in copy_data(&value).chunks(50_000) {
            double.server(piece).unwrap();
            assert_eq!(double.to_client(), piece);
        }
    });
}

/// An error or notice with every field that there is.
fn full_report(kind: u8) -> Vec<u8> {
    let fields: Vec<(u8, &[u8])> = b"SVCMDHPpqWstcdnFLR"
        .iter()
        .map(|code| match code {
            b'S' | b'V' => (*code, &b"ERROR"[..]),
            b'C' => (*code, &b"22012"[..]),
            b'P' => (*code, &b"8"[..]),
            _ => (*code, &b"111-22-3333"[..]),
        })
        .collect();
    let mut out = message(|out| encode::error_response_of(out, fields).unwrap());
    out[0] = kind;
    out
}

#[test]
fn reports_of_statements_that_touch_nothing_protected_pass_as_they_are() {
    with_stack(|| {
        let mut double = sam();
        double.server(&full_report(b'N')).unwrap();
        assert_eq!(double.to_client(), full_report(b'N'), "while idle");
        for statement in ["select name from people", "begin"] {
            asked(&mut double, statement);
            for kind in *b"NE" {
                double.server(&full_report(kind)).unwrap();
                assert_eq!(double.to_client(), full_report(kind), "{statement}");
            }
            double.server(&messages::server("ReadyForQuery I")).unwrap();
            double.to_client();
        }
    });
}

#[test]
fn reports_are_scrubbed_until_a_transaction_that_touched_protected_columns_ends() {
    with_stack(|| {
        let mut double = sam();
        let answer = |double: &mut Double, answers: &[&str]| {
            for answer in answers {
                double.server(&messages::server(answer)).unwrap();
            }
            double.to_client();
        };
        asked(&mut double, "begin");
        answer(&mut double, &["CommandComplete BEGIN", "ReadyForQuery T"]);
        asked(&mut double, "select ssn from people");
        answer(
            &mut double,
            &[
                "RowDescription ssn@4",
                "CommandComplete \"SELECT 0\"",
                "ReadyForQuery T",
            ],
        );
        let holds_value = |bytes: &[u8]| bytes.windows(11).any(|part| part == b"111-22-3333");
        // A constraint that was deferred, and a notice, long after the statement.
        double.server(&full_report(b'N')).unwrap();
        assert!(!holds_value(&double.to_client()));
        asked(&mut double, "commit");
        double.server(&full_report(b'E')).unwrap();
        let scrubbed = double.to_client();
        assert!(!holds_value(&scrubbed));
        assert!(
            scrubbed
                .windows(4)
                .any(|part| part == b"P8\0s" || part == b"P8\0\0"),
            "position"
        );
        answer(&mut double, &["ReadyForQuery I"]);
        asked(&mut double, "select name from people");
        double.server(&full_report(b'E')).unwrap();
        assert_eq!(double.to_client(), full_report(b'E'));
    });
}

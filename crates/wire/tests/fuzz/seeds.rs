//! Sound inputs to begin with.

use bytes::BytesMut;
use wire::backend::{Field, TransactionStatus};
use wire::encode::{self, Binding, Report, Severity};
use wire::frontend::Target;
use wire::startup::Version;

/// Packets before the first message.
pub(crate) fn startup() -> Vec<Vec<u8>> {
    let opened = |version, parameters: &[(&str, &str)]| {
        let mut out = BytesMut::new();
        encode::startup(&mut out, version, parameters.iter().copied()).unwrap();
        out.to_vec()
    };
    vec![
        vec![0, 0, 0, 8, 4, 210, 22, 47],
        vec![0, 0, 0, 8, 4, 210, 22, 48],
        vec![0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 9, 1, 2, 3, 4],
        opened(Version::V3_0, &[("user", "sam"), ("database", "shop")]),
        opened(
            Version::V3_2,
            &[("user", "sam"), ("_pq_.option", "1"), ("options", "-c a=b")],
        ),
    ]
}

/// A client's streams, each behind the byte that says how it is cut.
pub(crate) fn frontend() -> Vec<Vec<u8>> {
    let binding = Binding {
        portal: b"p",
        statement: b"s",
        formats: &[0, 1],
        parameters: &[Some(b"value"), None, Some(b"")],
        result_formats: &[1],
    };
    let mut extended = BytesMut::from(&[0][..]);
    encode::parse(&mut extended, b"s", b"select $1", &[23, 25]).unwrap();
    encode::bind(&mut extended, &binding).unwrap();
    encode::describe(&mut extended, Target::Portal, b"p").unwrap();
    encode::execute(&mut extended, b"p", 7).unwrap();
    encode::close(&mut extended, Target::Statement, b"s").unwrap();
    encode::sync(&mut extended);
    let mut simple = BytesMut::from(&[2][..]);
    encode::query(&mut simple, b"copy t from stdin").unwrap();
    encode::copy_data(&mut simple, b"1\t2\n").unwrap();
    encode::copy_fail(&mut simple, b"enough").unwrap();
    encode::flush(&mut simple);
    encode::terminate(&mut simple);
    let mut login = BytesMut::from(&[9][..]);
    encode::sasl_initial_response(&mut login, b"SCRAM-SHA-256", b"n,,n=,r=abc").unwrap();
    encode::password(&mut login, b"word").unwrap();
    [extended, simple, login].map(|seed| seed.to_vec()).into()
}

/// A server's streams, each behind the byte that says how it is cut.
pub(crate) fn backend() -> Vec<Vec<u8>> {
    let field = |name, column| Field {
        name,
        table: 16_401,
        column,
        type_oid: 25,
        type_size: -1,
        type_modifier: -1,
        format: 0,
    };
    let mut rows = BytesMut::from(&[1][..]);
    encode::parse_complete(&mut rows);
    encode::bind_complete(&mut rows);
    encode::parameter_description(&mut rows, &[23, 25]).unwrap();
    encode::row_description(&mut rows, [field(b"name", 1), field(b"ssn", 2)]).unwrap();
    encode::data_row(&mut rows, [Some(&b"ada"[..]), None]).unwrap();
    encode::portal_suspended(&mut rows);
    encode::command_complete(&mut rows, b"SELECT 1").unwrap();
    encode::ready_for_query(&mut rows, TransactionStatus::InTransaction);
    let report = Report {
        severity: Severity::Error,
        sqlstate: "23505",
        message: "duplicate key",
        detail: Some("Key (ssn)=(1) already exists."),
        hint: None,
        position: Some(4),
    };
    let mut reports = BytesMut::from(&[40][..]);
    encode::error_response(&mut reports, &report).unwrap();
    encode::notice_response(&mut reports, &report).unwrap();
    encode::parameter_status(&mut reports, b"DateStyle", b"ISO, MDY").unwrap();
    encode::notification_response(&mut reports, 7, b"channel", b"payload").unwrap();
    let mut copy = BytesMut::from(&[0][..]);
    encode::authentication_sasl(&mut copy, &["SCRAM-SHA-256"]).unwrap();
    encode::authentication_ok(&mut copy);
    encode::negotiate_protocol_version(&mut copy, 0, &["_pq_.option"]).unwrap();
    encode::copy_in_response(&mut copy, 0, &[0, 0]).unwrap();
    encode::copy_out_response(&mut copy, 1, &[1]).unwrap();
    encode::copy_data(&mut copy, b"1\t2\n").unwrap();
    encode::copy_done(&mut copy);
    [rows, reports, copy].map(|seed| seed.to_vec()).into()
}

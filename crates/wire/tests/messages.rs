//! Typed views: what an encoder wrote is what a decoder reads, and nothing else is read.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unit_arg,
    clippy::unwrap_used,
    reason = "tests may fail loudly, and tables of cases are long"
)]

use bytes::BytesMut;
use proptest::prelude::*;
use wire::backend::{self, Authentication, Field, TransactionStatus};
use wire::encode::{self, Binding, Report, Severity};
use wire::frame::{Frame, Limits, Scan, Side, scan};
use wire::frontend::{self, Target};
use wire::{WireError, startup};

/// The one frame of `bytes`.
fn frame(bytes: &[u8], side: Side) -> Frame<'_> {
    match scan(bytes, side, &Limits::default()) {
        Ok(Scan::Frame(frame, used)) if used == bytes.len() => frame,
        other => panic!("not one frame: {other:?}"),
    }
}

fn sent(write: impl FnOnce(&mut BytesMut) -> Result<(), WireError>) -> BytesMut {
    let mut out = BytesMut::new();
    write(&mut out).unwrap();
    out
}

/// Writes a client's message again from its view.
fn again(message: frontend::Message<'_>) -> BytesMut {
    use frontend::Message as M;
    sent(|out| match message {
        M::Bind(bind) => {
            let formats: Vec<i16> = bind.formats.iter().collect();
            let parameters: Vec<_> = bind.parameters.iter().collect();
            let result_formats: Vec<i16> = bind.result_formats.iter().collect();
            encode::bind(
                out,
                &Binding {
                    portal: bind.portal,
                    statement: bind.statement,
                    formats: &formats,
                    parameters: &parameters,
                    result_formats: &result_formats,
                },
            )
        }
        M::Close(close) => encode::close(out, close.target, close.name),
        M::CopyData(data) => encode::copy_data(out, data),
        M::CopyDone => Ok(encode::copy_done(out)),
        M::CopyFail(reason) => encode::copy_fail(out, reason),
        M::Describe(describe) => encode::describe(out, describe.target, describe.name),
        M::Execute(execute) => encode::execute(out, execute.portal, execute.max_rows),
        M::Flush => Ok(encode::flush(out)),
        M::Parse(parse) => {
            let types: Vec<u32> = parse.parameter_types.iter().collect();
            encode::parse(out, parse.name, parse.text, &types)
        }
        M::Password(password) => encode::sasl_response(out, password.sasl_response()),
        M::Query(query) => encode::query(out, query.text),
        M::Sync => Ok(encode::sync(out)),
        M::Terminate => Ok(encode::terminate(out)),
        M::FunctionCall(_) => panic!("nobody writes a FunctionCall"),
    })
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(1..=u8::MAX, 0..30)
}

fn value() -> impl Strategy<Value = Option<Vec<u8>>> {
    prop::option::of(prop::collection::vec(any::<u8>(), 0..30))
}

fn target() -> impl Strategy<Value = Target> {
    prop::sample::select(vec![Target::Statement, Target::Portal])
}

fn formats() -> impl Strategy<Value = Vec<i16>> {
    prop::collection::vec(any::<i16>(), 0..5)
}

fn binding() -> impl Strategy<Value = BytesMut> {
    let parameters = prop::collection::vec(value(), 0..5);
    (text(), text(), formats(), parameters, formats()).prop_map(
        |(portal, statement, formats, parameters, result_formats)| {
            let parameters: Vec<_> = parameters.iter().map(Option::as_deref).collect();
            sent(|out| {
                encode::bind(
                    out,
                    &Binding {
                        portal: &portal,
                        statement: &statement,
                        formats: &formats,
                        parameters: &parameters,
                        result_formats: &result_formats,
                    },
                )
            })
        },
    )
}

fn frontend_message() -> impl Strategy<Value = BytesMut> {
    let types = prop::collection::vec(any::<u32>(), 0..5);
    prop_oneof![
        binding(),
        (target(), text()).prop_map(|(t, name)| sent(|out| encode::close(out, t, &name))),
        (target(), text()).prop_map(|(t, name)| sent(|out| encode::describe(out, t, &name))),
        text().prop_map(|data| sent(|out| encode::copy_data(out, &data))),
        text().prop_map(|data| sent(|out| encode::copy_fail(out, &data))),
        (text(), any::<i32>()).prop_map(|(p, max)| sent(|out| encode::execute(out, &p, max))),
        (text(), text(), types)
            .prop_map(|(name, text, types)| sent(|out| encode::parse(out, &name, &text, &types))),
        text().prop_map(|text| sent(|out| encode::query(out, &text))),
        text().prop_map(|text| sent(|out| encode::password(out, &text))),
        (text(), text())
            .prop_map(|(m, data)| sent(|out| encode::sasl_initial_response(out, &m, &data))),
        Just(sent(|out| Ok(encode::sync(out)))),
        Just(sent(|out| Ok(encode::flush(out)))),
        Just(sent(|out| Ok(encode::terminate(out)))),
        Just(sent(|out| Ok(encode::copy_done(out)))),
    ]
}

proptest! {
    #[test]
    fn frontend_messages_read_back_and_write_back(written in frontend_message()) {
        let message = frontend::decode(frame(&written, Side::Frontend)).unwrap();
        prop_assert_eq!(again(message), written);
    }

    #[test]
    fn no_byte_may_be_added_or_taken(written in frontend_message()) {
        // CopyData and 'p' have a free body: any length is one of theirs.
        prop_assume!(written[0] != b'd' && written[0] != b'p');
        for body in [[&written[5..], &[0][..]].concat(), written[5..].split_last()
            .map(|(_, rest)| rest.to_vec()).unwrap_or_default()]
        {
            prop_assume!(body.len() + 5 != written.len());
            let changed = [&written[..1], &(body.len() as u32 + 4).to_be_bytes(), &body].concat();
            let decoded = frontend::decode(frame(&changed, Side::Frontend));
            prop_assert!(decoded.is_err(), "{decoded:?}");
        }
    }

    #[test]
    fn rows_read_back(cells in prop::collection::vec(value(), 0..8)) {
        let cells: Vec<_> = cells.iter().map(Option::as_deref).collect();
        let written = sent(|out| encode::data_row(out, cells.iter().copied()));
        let backend::Message::DataRow(row) =
            backend::decode(frame(&written, Side::Backend)).unwrap() else { panic!() };
        prop_assert_eq!(row.len(), cells.len());
        let read: Result<Vec<_>, _> = row.cells().collect();
        prop_assert_eq!(read.unwrap(), cells.clone());
    }

    #[test]
    fn damaged_rows_end_with_one_error(
        cells in prop::collection::vec(value(), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let written =
            sent(|out| encode::data_row(out, cells.iter().map(Option::as_deref)));
        let body = &written[5..];
        let short = &body[..2 + cut.index(body.len() - 2)];
        let read: Vec<_> = backend::DataRow::new(short).unwrap().cells().collect();
        prop_assert!(read.len() <= cells.len());
        prop_assert!(read.last().unwrap().is_err());
        let long = [body, b"x"].concat();
        let read: Vec<_> = backend::DataRow::new(&long).unwrap().cells().collect();
        prop_assert_eq!(read.last().unwrap(), &Err(WireError::TrailingBytes { count: 1 }));
    }

    #[test]
    fn descriptions_read_back(
        columns in prop::collection::vec(
            (text(), any::<u32>(), any::<i16>(), any::<u32>(), any::<(i16, i32, i16)>()), 0..6),
    ) {
        let fields = || columns.iter().map(|(name, table, column, type_oid, rest)| Field {
            name,
            table: *table,
            column: *column,
            type_oid: *type_oid,
            type_size: rest.0,
            type_modifier: rest.1,
            format: rest.2,
        });
        let written = sent(|out| encode::row_description(out, fields()));
        let backend::Message::RowDescription(description) =
            backend::decode(frame(&written, Side::Backend)).unwrap() else { panic!() };
        prop_assert_eq!(description.len(), columns.len());
        prop_assert!(description.fields().eq(fields()));
    }

    #[test]
    fn startup_packets_read_back(
        parameters in prop::collection::btree_map("[a-z_]{1,12}", "[^\0]{0,12}", 0..8),
        minor in any::<u16>(),
    ) {
        let version = startup::Version { major: 3, minor };
        let pairs = || parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let written = sent(|out| encode::startup(out, version, pairs()));
        for cut in 0..written.len() {
            let partial = startup::scan(&written[..cut]);
            let needed = if cut < 4 { 4 } else { written.len() };
            prop_assert_eq!(partial, Ok(startup::ScanPacket::Partial { needed }));
        }
        let Ok(startup::ScanPacket::Packet(startup::Packet::Startup(read), used)) =
            startup::scan(&written) else { panic!() };
        prop_assert_eq!(used, written.len());
        prop_assert_eq!(read.version, version);
        prop_assert!(read.parameters().eq(pairs()));
    }
}

/// A frame of a client that no honest client sends, and what is wrong with it.
#[test]
fn malformed_frontend_bodies_are_refused() {
    let cases: &[(u8, &[u8], WireError)] = &[
        (b'Q', b"select 1", WireError::Unterminated),
        (b'Q', b"", WireError::Unterminated),
        (
            b'Q',
            b"select 1\0; drop\0",
            WireError::TrailingBytes { count: 7 },
        ),
        (
            b'Q',
            b"select 1\0garbage",
            WireError::TrailingBytes { count: 7 },
        ),
        (
            b'P',
            b"s\0select 1\0",
            WireError::Truncated { needed: 2, left: 0 },
        ),
        (
            b'P',
            b"s\0select 1\0\0\x02\0\0\0\x17",
            WireError::Truncated { needed: 8, left: 4 },
        ),
        (
            b'P',
            b"s\0select 1\0\xff\xff",
            WireError::Truncated {
                needed: 262_140,
                left: 0,
            },
        ),
        (
            b'B',
            b"\0\0\0\0\0\x01\xff\xff\xff\xfe\0\0",
            WireError::NegativeLength { length: -2 },
        ),
        (
            b'B',
            b"\0\0\0\0\0\x01\x7f\xff\xff\xffab",
            WireError::Truncated {
                needed: 0x7fff_ffff,
                left: 2,
            },
        ),
        (
            b'B',
            b"\0\0\0\0\xff\xff\0\0",
            WireError::Truncated { needed: 4, left: 2 },
        ),
        (
            b'B',
            b"\0\0\0\0\0\0\0\0\0",
            WireError::TrailingBytes { count: 1 },
        ),
        (b'D', b"Xname\0", WireError::UnknownTarget { target: b'X' }),
        (b'C', b"", WireError::Truncated { needed: 1, left: 0 }),
        (b'E', b"\0\0\0", WireError::Truncated { needed: 4, left: 2 }),
        (b'S', b"x", WireError::TrailingBytes { count: 1 }),
        (b'X', b"\0", WireError::TrailingBytes { count: 1 }),
        (b'f', b"reason", WireError::Unterminated),
    ];
    for (tag, body, expected) in cases {
        let bytes = [&[*tag][..], &(body.len() as u32 + 4).to_be_bytes(), body].concat();
        let decoded = frontend::decode(frame(&bytes, Side::Frontend));
        assert_eq!(decoded, Err(expected.clone()), "{}", body.escape_ascii());
    }
}

#[test]
fn malformed_backend_bodies_are_refused() {
    let cases: &[(u8, &[u8], WireError)] = &[
        (b'Z', b"X", WireError::UnknownStatus { status: b'X' }),
        (b'Z', b"", WireError::Truncated { needed: 1, left: 0 }),
        (b'T', b"\0\x01", WireError::Unterminated),
        (
            b'T',
            b"\xff\xffa\0",
            WireError::Truncated { needed: 4, left: 0 },
        ),
        (b'T', b"\0\0x", WireError::TrailingBytes { count: 1 }),
        (b'D', b"\0", WireError::Truncated { needed: 2, left: 1 }),
        (
            b'K',
            b"\0\0\0\x01abc",
            WireError::ShortLength {
                what: "cancel secret",
                length: 3,
                least: 4,
            },
        ),
        (
            b'E',
            b"SERROR\0",
            WireError::Truncated { needed: 1, left: 0 },
        ),
        (b'E', b"SERROR", WireError::Unterminated),
        (b'E', b"SERROR\0\0x", WireError::TrailingBytes { count: 1 }),
        (
            b'H',
            b"\x02\0\0",
            WireError::UnknownCopyFormat { format: 2 },
        ),
        (b'R', b"\0\0\0\x0aSCRAM\0", WireError::Unterminated),
        (
            b'R',
            b"\0\0\0\x05abc",
            WireError::Truncated { needed: 4, left: 3 },
        ),
        (b'v', b"\0\x03\0\0\xff\xff\xff\xff", WireError::Unterminated),
        (
            b'V',
            b"\xff\xff\xff\xfd",
            WireError::NegativeLength { length: -3 },
        ),
        (b'1', b"x", WireError::TrailingBytes { count: 1 }),
    ];
    for (tag, body, expected) in cases {
        let bytes = [&[*tag][..], &(body.len() as u32 + 4).to_be_bytes(), body].concat();
        let decoded = backend::decode(frame(&bytes, Side::Backend));
        assert_eq!(decoded, Err(expected.clone()), "{}", body.escape_ascii());
    }
}

#[test]
fn malformed_startup_packets_are_refused() {
    let packet = |code: u32, body: &[u8]| {
        [
            &(body.len() as u32 + 8).to_be_bytes(),
            &code.to_be_bytes(),
            body,
        ]
        .concat()
    };
    let many: Vec<u8> = (0..65)
        .flat_map(|number| format!("p{number}\0v\0").into_bytes())
        .chain([0])
        .collect();
    let cases: &[(Vec<u8>, WireError)] = &[
        (
            b"\0\0\0\x07".to_vec(),
            WireError::ShortLength {
                what: "startup packet",
                length: 7,
                least: 8,
            },
        ),
        (
            b"\x40\0\0\0".to_vec(),
            WireError::TooLong {
                what: "startup packet",
                length: 1 << 30,
                limit: 10_000,
            },
        ),
        (
            packet(80_877_103, b"x"),
            WireError::TrailingBytes { count: 1 },
        ),
        (
            packet(80_877_104, b"x"),
            WireError::TrailingBytes { count: 1 },
        ),
        (
            packet(80_877_102, b"ab"),
            WireError::Truncated { needed: 4, left: 2 },
        ),
        (
            packet(80_877_102, b"\0\0\0\x01abc"),
            WireError::ShortLength {
                what: "cancel secret",
                length: 3,
                least: 4,
            },
        ),
        (
            packet(80_877_102, &[0; 4 + 257]),
            WireError::TooLong {
                what: "cancel secret",
                length: 257,
                limit: 256,
            },
        ),
        (
            packet(2 << 16, b"\0"),
            WireError::UnsupportedVersion { major: 2, minor: 0 },
        ),
        (packet(3 << 16, b""), WireError::Unterminated),
        (packet(3 << 16, b"user\0me\0"), WireError::Unterminated),
        (
            packet(3 << 16, b"user\0me\0\0x"),
            WireError::TrailingBytes { count: 1 },
        ),
        (packet(3 << 16, b"user\0\xff\0\0"), WireError::NotUtf8),
        (
            packet(3 << 16, b"user\0a\0x\0y\0user\0b\0\0"),
            WireError::DuplicateParameter {
                name: "user".to_owned(),
            },
        ),
        (
            packet(3 << 16, &many),
            WireError::TooLong {
                what: "list of startup parameters",
                length: 65,
                limit: 64,
            },
        ),
    ];
    for (bytes, expected) in cases {
        assert_eq!(
            startup::scan(bytes),
            Err(expected.clone()),
            "{}",
            bytes.escape_ascii()
        );
    }
}

#[test]
fn requests_before_the_startup_packet_read_back() {
    let read = |bytes: &[u8]| match startup::scan(bytes) {
        Ok(startup::ScanPacket::Packet(packet, used)) if used == bytes.len() => {
            format!("{packet:?}")
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(read(&sent(|out| Ok(encode::ssl_request(out)))), "Ssl");
    assert_eq!(read(&sent(|out| Ok(encode::gssenc_request(out)))), "GssEnc");
    for length in [4, 32, 256] {
        let secret = vec![7; length];
        let bytes = sent(|out| encode::cancel_request(out, -5, &secret));
        // Also shows that `Debug` hides the secret.
        let expected = format!("Cancel(CancelRequest(-5, {length} secret bytes))");
        assert_eq!(read(&bytes), expected);
    }
}

#[test]
fn protocol_options_are_kept_apart() {
    let pairs = [("user", "me"), ("_pq_.x", "1"), ("database", "db")];
    let bytes = sent(|out| encode::startup(out, startup::Version::V3_2, pairs));
    let Ok(startup::ScanPacket::Packet(startup::Packet::Startup(read), _)) = startup::scan(&bytes)
    else {
        panic!()
    };
    assert!(read.parameters().eq([("user", "me"), ("database", "db")]));
    assert!(read.protocol_options().eq([("_pq_.x", "1")]));
    assert_eq!(read.parameter("database"), Some("db"));
    assert_eq!(read.parameter("data"), None);
}

#[test]
fn backend_messages_read_back() {
    use backend::Message as M;
    let check = |write: &dyn Fn(&mut BytesMut) -> Result<(), WireError>,
                 view: &dyn Fn(M<'_>) -> bool| {
        let written = sent(write);
        let message = backend::decode(frame(&written, Side::Backend)).unwrap();
        assert!(view(message), "{message:?}");
    };
    check(&|out| Ok(encode::authentication_ok(out)), &|m| {
        m == M::Authentication(Authentication::Ok)
    });
    check(&|out| Ok(encode::authentication_cleartext(out)), &|m| {
        m == M::Authentication(Authentication::CleartextPassword)
    });
    check(&|out| encode::authentication_md5(out, [1, 2, 3, 4]), &|m| {
        m == M::Authentication(Authentication::Md5 { salt: [1, 2, 3, 4] })
    });
    check(
        &|out| encode::authentication_sasl(out, &["A", "B-PLUS"]),
        &|m| {
            matches!(m, M::Authentication(Authentication::Sasl { mechanisms })
            if mechanisms.iter().eq([&b"A"[..], b"B-PLUS"]))
        },
    );
    check(
        &|out| encode::authentication_sasl_continue(out, b"r=x"),
        &|m| m == M::Authentication(Authentication::SaslContinue(b"r=x")),
    );
    check(
        &|out| encode::authentication_sasl_final(out, b"v=x"),
        &|m| m == M::Authentication(Authentication::SaslFinal(b"v=x")),
    );
    check(
        &|out| encode::backend_key_data(out, -7, &[9; 32]),
        &|m| matches!(m, M::BackendKeyData(key) if key.process_id == -7 && key.secret == [9; 32]),
    );
    check(
        &|out| encode::parameter_status(out, b"TimeZone", b"UTC"),
        &|m| matches!(m, M::ParameterStatus(p) if p.name == b"TimeZone" && p.value == b"UTC"),
    );
    check(
        &|out| encode::negotiate_protocol_version(out, 2, &["_pq_.a", "_pq_.b"]),
        &|m| {
            matches!(m, M::NegotiateProtocolVersion(n) if n.version == startup::Version::V3_2
            && n.unrecognised().eq([&b"_pq_.a"[..], b"_pq_.b"]))
        },
    );
    check(
        &|out| encode::notification_response(out, 5, b"ch", b"pay"),
        &|m| {
            matches!(m, M::NotificationResponse(n)
            if n.process_id == 5 && n.channel == b"ch" && n.payload == b"pay")
        },
    );
    check(
        &|out| encode::parameter_description(out, &[23, 25]),
        &|m| matches!(m, M::ParameterDescription(types) if types.iter().eq([23, 25])),
    );
    check(
        &|out| encode::copy_out_response(out, 1, &[1, 1]),
        &|m| matches!(m, M::CopyOutResponse(c) if c.format == 1 && c.formats.iter().eq([1, 1])),
    );
    check(
        &|out| encode::copy_in_response(out, 0, &[0]),
        &|m| matches!(m, M::CopyInResponse(c) if c.format == 0 && c.formats.iter().eq([0])),
    );
    for (status, byte) in [
        (TransactionStatus::Idle, b'I'),
        (TransactionStatus::InTransaction, b'T'),
        (TransactionStatus::Failed, b'E'),
    ] {
        check(
            &|out| {
                encode::ready_for_query(out, status);
                assert_eq!(out.last(), Some(&byte));
                Ok(())
            },
            &|m| m == M::ReadyForQuery(backend::ReadyForQuery { status }),
        );
    }
    type Write = fn(&mut BytesMut);
    let empty: &[(Write, M<'_>)] = &[
        (encode::parse_complete, M::ParseComplete),
        (encode::bind_complete, M::BindComplete),
        (encode::close_complete, M::CloseComplete),
        (encode::no_data, M::NoData),
        (encode::empty_query, M::EmptyQueryResponse),
        (encode::portal_suspended, M::PortalSuspended),
        (encode::copy_done, M::CopyDone),
    ];
    for (write, expected) in empty {
        check(&|out| Ok(write(out)), &|m| m == *expected);
    }
}

#[test]
fn command_tags_count_rows() {
    for (tag, rows) in [
        (&b"INSERT 0 5"[..], Some(5)),
        (b"SELECT 17", Some(17)),
        (b"COPY 0", Some(0)),
        (b"CREATE TABLE", None),
        (b"", None),
        (b"SELECT +1", None),
        (b"SELECT ", None),
        (b"SELECT 99999999999999999999", None),
    ] {
        assert_eq!(
            backend::CommandComplete { tag }.rows(),
            rows,
            "{}",
            tag.escape_ascii()
        );
    }
}

#[test]
fn reports_read_back_and_may_lack_any_field() {
    let report = Report {
        severity: Severity::Error,
        sqlstate: "42501",
        message: "denied",
        detail: None,
        hint: Some("ask"),
        position: Some(8),
    };
    let written = sent(|out| encode::error_response(out, &report));
    let backend::Message::ErrorResponse(fields) =
        backend::decode(frame(&written, Side::Backend)).unwrap()
    else {
        panic!()
    };
    let expected: [(u8, &[u8]); 6] = [
        (b'S', b"ERROR"),
        (b'V', b"ERROR"),
        (b'C', b"42501"),
        (b'M', b"denied"),
        (b'H', b"ask"),
        (b'P', b"8"),
    ];
    assert!(fields.fields().eq(expected));
    assert_eq!(format!("{fields:?}"), "ReportFields(42501)");

    let backend::Message::ErrorResponse(bare) =
        backend::decode(frame(b"E\0\0\0\x05\0", Side::Backend)).unwrap()
    else {
        panic!()
    };
    assert_eq!(
        (bare.sqlstate(), bare.severity(), bare.message()),
        (None, None, None)
    );
}

#[test]
fn formats_apply_as_the_protocol_says() {
    let bytes = |formats: &[i16]| {
        sent(|out| {
            encode::bind(
                out,
                &Binding {
                    result_formats: formats,
                    ..Binding::default()
                },
            )
        })
    };
    for (codes, applied) in [
        (&[][..], [Some(0), Some(0), Some(0)]),
        (&[1], [Some(1), Some(1), Some(1)]),
        (&[0, 1], [Some(0), Some(1), None]),
    ] {
        let written = bytes(codes);
        let frontend::Message::Bind(bind) =
            frontend::decode(frame(&written, Side::Frontend)).unwrap()
        else {
            panic!()
        };
        let read = [0, 1, 2].map(|column| bind.result_formats.applied_to(column));
        assert_eq!(read, applied, "{codes:?}");
    }
}

#[test]
fn what_cannot_be_written_leaves_nothing() {
    let mut out = BytesMut::from(&b"before"[..]);
    assert_eq!(
        encode::query(&mut out, b"select 1\0; drop"),
        Err(WireError::NulInText)
    );
    let parameters = vec![None; 65_536];
    let binding = Binding {
        parameters: &parameters,
        ..Binding::default()
    };
    assert_eq!(
        encode::bind(&mut out, &binding),
        Err(WireError::TooLong {
            what: "list of parameters",
            length: 65_536,
            limit: 65_535
        })
    );
    assert!(encode::cancel_request(&mut out, 1, b"abc").is_err());
    assert!(encode::data_row(&mut out, std::iter::repeat_n(None, 70_000)).is_err());
    assert_eq!(&out[..], b"before");
}

#[test]
fn debug_output_holds_no_values() {
    let row = sent(|out| encode::data_row(out, [Some(&b"123-45-6789"[..])]));
    let backend::Message::DataRow(view) = backend::decode(frame(&row, Side::Backend)).unwrap()
    else {
        panic!()
    };
    let query = sent(|out| encode::query(out, b"select '123-45-6789'"));
    let frontend::Message::Query(text) = frontend::decode(frame(&query, Side::Frontend)).unwrap()
    else {
        panic!()
    };
    let password = sent(|out| encode::password(out, b"lgk_secret"));
    let password = frontend::decode(frame(&password, Side::Frontend)).unwrap();
    for (debug, expected) in [
        (
            format!("{:?}", frame(&row, Side::Backend)),
            "Frame('D', 22 bytes)",
        ),
        (
            format!("{view:?} {:?}", view.cells()),
            "DataRow(1 columns, 15 bytes) Cells(1 left)",
        ),
        (format!("{:?}", backend::Message::DataRow(view)), "DataRow"),
        (
            format!("{:?}", backend::Message::CopyData(b"123-45-6789")),
            "CopyData",
        ),
        (format!("{text:?}"), "Query(20 bytes)"),
        (format!("{password:?}"), "PasswordMessage"),
    ] {
        assert_eq!(debug, expected);
    }
}

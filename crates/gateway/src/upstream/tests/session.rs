//! What is asked of a server, and what it may say until it is ready.

use wire::encode::{Report, Severity};

use super::*;

#[tokio::test]
async fn a_session_starts_with_our_credential_and_the_pins() {
    let settings = [("search_path", "a, b".to_owned())];
    let leg = serve(&upstream(), &settings, async |server: &mut Server| {
        let (version, parameters) = server.startup().await;
        assert_eq!(version, Version::V3_2);
        assert_eq!(
            parameters,
            [
                "user=app",
                "database=shop",
                "search_path=a, b",
                "client_encoding=UTF8",
                "standard_conforming_strings=on",
                "backslash_quote=safe_encoding",
            ]
        );
        let proof = server.scram().await;
        server
            .write(|out| encode::authentication_sasl_final(out, &proof).unwrap())
            .await;
        server.ready("UTF8", "on").await;
        server
            .write(|out| encode::notification_response(out, 1, b"c", b"p").unwrap())
            .await;
    })
    .await
    .unwrap();
    assert_eq!(leg.server_version(), "15.18");
    let key = leg.key.unwrap();
    assert_eq!((key.process_id, key.secret.as_slice()), (42, &b"1234"[..]));
    assert!(!format!("{key:?}").contains("1234"));
}

#[tokio::test]
async fn pinned_settings_are_checked() {
    for (encoding, strings, name, value) in [
        ("SQL_ASCII", "on", "client_encoding", "SQL_ASCII"),
        ("UTF8", "off", "standard_conforming_strings", "off"),
        ("UTF8", "", "standard_conforming_strings", ""),
    ] {
        let leg = serve(&upstream(), &[], async |server: &mut Server| {
            server.log_in().await;
            server.ready(encoding, strings).await;
        })
        .await;
        let Err(UpstreamProblem::Setting {
            name: got,
            value: found,
            ..
        }) = leg
        else {
            panic!()
        };
        assert_eq!((got, found.as_str()), (name, value));
    }
}

#[tokio::test]
async fn a_server_s_words_stay_with_it() {
    for (sqlstate, kept) in [("28P01", "28P01"), ("5330", "XX000"), ("a b'c", "XX000")] {
        let leg = serve(&upstream(), &[], async |server: &mut Server| {
            server.startup().await;
            server.write(|out| fatal(out, sqlstate)).await;
        })
        .await;
        let problem = leg.unwrap_err();
        assert_eq!(
            problem,
            UpstreamProblem::Rejected {
                sqlstate: kept.to_owned()
            }
        );
        let refusal = problem.refusal("shop-prod");
        let told = format!("{} {}", refusal.message, refusal.hint.unwrap());
        assert_eq!(refusal.sqlstate, "08006");
        assert!(told.contains("shop-prod"), "{told}");
        assert!(!told.contains("db7") && !told.contains("app\""), "{told}");
    }
}

#[tokio::test]
async fn messages_out_of_place_end_the_login() {
    let leg = serve(&upstream(), &[], async |server: &mut Server| {
        server.log_in().await;
        server
            .write(|out| encode::data_row(out, [Some(&b"x"[..])]).unwrap())
            .await;
    })
    .await;
    let expected = ChannelError::Unexpected { message: "DataRow" };
    assert_eq!(leg.unwrap_err(), expected.into());
    let leg = serve(&upstream(), &[], async |server: &mut Server| {
        server.log_in().await;
        server.write(encode::authentication_ok).await;
        server
            .write(|out| encode::ready_for_query(out, TransactionStatus::Failed))
            .await;
    })
    .await;
    let expected = ChannelError::Unexpected {
        message: "ReadyForQuery",
    };
    assert_eq!(leg.unwrap_err(), expected.into());
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_given_up() {
    let leg = serve(&upstream(), &[], async |server: &mut Server| {
        server.startup().await;
        assert!(server.password().await.is_none());
    })
    .await;
    assert_eq!(leg.unwrap_err(), UpstreamProblem::Timeout { limit: LIMIT });
}

#[tokio::test]
async fn a_server_that_is_down_is_named_by_its_connection() {
    // Nobody listens on port 1 of the loopback address.
    let upstream = Upstream {
        address: Address::Tcp("127.0.0.1".to_owned(), 1),
        ..upstream()
    };
    let error = connect(&upstream, &[]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "connection `shop-prod`: cannot connect: connection refused"
    );
}

#[tokio::test]
async fn older_protocols_are_accepted_and_newer_ones_are_not() {
    let code = |minor: u8| [0, 3, 0, minor];
    let negotiated = |version: [u8; 4]| {
        let mut message = b"v\0\0\0\x0c".to_vec();
        message.extend_from_slice(&version);
        message.extend_from_slice(&[0; 4]);
        message
    };
    for (version, accepted) in [
        (code(0), true),
        (code(2), true),
        (code(3), false),
        ([0, 2, 0, 0], false),
    ] {
        let leg = serve(&upstream(), &[], async |server: &mut Server| {
            server.startup().await;
            server
                .write(|out| out.extend_from_slice(&negotiated(version)))
                .await;
            if accepted {
                let proof = server.scram().await;
                server
                    .write(|out| encode::authentication_sasl_final(out, &proof).unwrap())
                    .await;
                server.ready("UTF8", "on").await;
            }
        })
        .await;
        match leg {
            Ok(_) => assert!(accepted, "{version:?}"),
            Err(UpstreamProblem::Version(_)) => assert!(!accepted, "{version:?}"),
            Err(other) => panic!("{other}"),
        }
    }
}

/// Listens, and answers each connection by `script`, as often as there are scripts.
async fn listen(
    scripts: usize,
    mut script: impl AsyncFnMut(usize, &mut Channel<tokio::net::TcpStream>) -> Version,
) -> (Address, impl Future<Output = Vec<Version>>) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = async move {
        let mut asked = Vec::new();
        for number in 0..scripts {
            let (stream, _) = listener.accept().await.unwrap();
            let mut channel = Channel::new(stream, Side::Frontend);
            asked.push(script(number, &mut channel).await);
        }
        asked
    };
    (Address::Tcp("127.0.0.1".to_owned(), port), serving)
}

#[tokio::test]
async fn a_server_that_does_not_negotiate_is_asked_for_3_0() {
    for refused in [Some("0A000"), Some("08P01"), None] {
        let (address, serving) = listen(3, async |number, channel| {
            let bytes = channel.packet().await.unwrap();
            let Ok(ScanPacket::Packet(Packet::Startup(startup), _)) = wire::startup::scan(&bytes)
            else {
                panic!()
            };
            match (number, refused) {
                (0, Some(sqlstate)) => fatal(&mut channel.output, sqlstate),
                (0, None) => {}
                _ => {
                    let out = &mut channel.output;
                    encode::authentication_ok(out);
                    for (name, value) in [
                        ("client_encoding", "UTF8"),
                        ("standard_conforming_strings", "on"),
                    ] {
                        encode::parameter_status(out, name.as_bytes(), value.as_bytes()).unwrap();
                    }
                    encode::ready_for_query(out, TransactionStatus::Idle);
                }
            }
            channel.send_and_close().await.unwrap();
            startup.version
        })
        .await;
        let upstream = Upstream {
            address,
            ..upstream()
        };
        let connecting = async {
            for _ in 0..2 {
                connect(&upstream, &[]).await.unwrap();
            }
        };
        let (asked, ()) = tokio::join!(serving, connecting);
        // The second session does not try again what was refused.
        assert_eq!(
            asked,
            [Version::V3_2, Version::V3_0, Version::V3_0],
            "{refused:?}"
        );
    }
}

fn fatal(out: &mut bytes::BytesMut, sqlstate: &str) {
    let report = Report {
        severity: Severity::Fatal,
        sqlstate,
        message: "the role \"app\" of host db7 is wrong",
        detail: None,
        hint: None,
        position: None,
    };
    encode::error_response(out, &report).unwrap();
}

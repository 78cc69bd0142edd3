//! From the first byte to the startup packet.

use bytes::Buf;

use super::*;

#[tokio::test]
async fn tls_is_required_where_the_rules_say_so() {
    let directory = tempfile::tempdir().unwrap();
    let rules = LoginRules {
        transport: Transport::TlsOnly,
        ..with_tls(directory.path())
    };
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        client.hello("ada", "shop").await;
        client.hear().await;
    })
    .await;
    assert_eq!(refusal(outcome).sqlstate, "28000");
    assert_eq!(
        client.heard,
        ["E:FATAL 28000 this server accepts logins over TLS only"]
    );
}

#[tokio::test]
async fn nothing_in_clear_is_taken_for_tls() {
    let directory = tempfile::tempdir().unwrap();
    let rules = with_tls(directory.path());
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        client
            .write(|out| {
                encode::ssl_request(out);
                encode::startup(out, Version::V3_0, [("user", "ada"), ("database", "shop")])
            })
            .await;
        client.hear().await;
    })
    .await;
    assert_eq!(refusal(outcome).sqlstate, "08P01");
    assert_eq!(
        client.heard,
        ["E:FATAL 08P01 received unencrypted data after SSL request"]
    );
}

#[tokio::test]
async fn each_request_for_encryption_is_answered_once() {
    let rules = rules();
    let ssl: fn(&mut BytesMut) = encode::ssl_request;
    let gss: fn(&mut BytesMut) = encode::gssenc_request;
    for (requests, accepted) in [
        (vec![gss, ssl], true),
        (vec![ssl, gss], true),
        (vec![ssl, ssl], false),
        (vec![gss, gss], false),
        (vec![gss, ssl, gss], false),
    ] {
        let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
            let last = requests.len() - 1;
            for (index, request) in requests.iter().enumerate() {
                client.send(*request).await;
                if accepted || index < last {
                    assert_eq!(client.channel.byte().await.unwrap(), b'N');
                }
            }
            if accepted {
                client.login("ada", "shop", key(1).expose()).await;
            } else {
                client.hear().await;
            }
        })
        .await;
        assert_eq!(outcome.is_ok(), accepted, "{outcome:?}");
        if !accepted {
            assert_eq!(
                client.heard,
                ["E:FATAL 08P01 encryption was requested twice"]
            );
        }
    }
}

#[tokio::test]
async fn no_second_tls_within_tls() {
    let directory = tempfile::tempdir().unwrap();
    let rules = with_tls(directory.path());
    for request in [encode::ssl_request, encode::gssenc_request] {
        let (outcome, _, ()) = visit(&rules, async |client: &mut Client| {
            client.ssl().await;
            client.send(request).await;
            client.hear().await;
        })
        .await;
        assert_eq!(refusal(outcome).sqlstate, "08P01");
    }
}

#[tokio::test]
async fn a_cancel_request_is_handed_over() {
    let rules = rules();
    let (outcome, mut client, ()) = visit(&rules, async |client: &mut Client| {
        client
            .write(|out| encode::cancel_request(out, 7, b"secret"))
            .await;
    })
    .await;
    let Ok(Arrival::Cancel(leg)) = outcome else {
        panic!("{outcome:?}")
    };
    let request = &leg.request;
    assert!(!format!("{request:?}").contains("secret"), "{request:?}");
    assert_eq!(
        (request.process_id, request.secret.as_slice()),
        (7, &b"secret"[..])
    );
    assert_eq!(request.privacy, Privacy::Clear);
    leg.done().await;
    assert!(client.hear().await.is_none(), "nothing is answered");
}

#[tokio::test]
async fn newer_protocols_are_negotiated_down() {
    let rules = rules();
    let newer = Version {
        major: 3,
        minor: 9999,
    };
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        let parameters = [("user", "ada"), ("database", "shop"), ("_pq_.test", "1")];
        client.startup(newer, &parameters).await;
        client
            .scram(PLAIN, key(1).expose(), ChannelBinding::unsupported())
            .await;
    })
    .await;
    assert_eq!(client.heard[0], "v:3.2 _pq_.test");
    assert_eq!(session(outcome).version, Version::V3_2);

    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        client.startup(Version { major: 2, minor: 0 }, &[]).await;
        client.hear().await;
    })
    .await;
    assert_eq!(refusal(outcome).sqlstate, "0A000");
    let expected = "E:FATAL 0A000 unsupported frontend protocol 2.0: server supports 3.0 to 3.2";
    assert_eq!(client.heard, [expected]);
}

#[tokio::test]
async fn what_is_not_a_login_ends_the_connection() {
    let cases: &[(&str, &[u8], &str)] = &[
        (
            "HTTP",
            b"GET / HTTP/1.1\r\n\r\n",
            "client: protocol violation: startup packet has a length of 1195725856, over the limit of 10000",
        ),
        (
            "short",
            b"\0\0\0\x04",
            "client: protocol violation: startup packet declares a length of 4, expected at least 8",
        ),
        (
            "bare",
            b"\0\0\0\x09\0\x03\0\0x",
            "client: protocol violation: a string is not terminated",
        ),
    ];
    let rules = rules();
    for (name, bytes, expected) in cases {
        let (outcome, mut client, ()) = visit(&rules, async |client: &mut Client| {
            client.channel.stream.write_all(bytes).await.unwrap();
        })
        .await;
        assert_eq!(outcome.unwrap_err().to_string(), *expected, "{name}");
        assert!(client.hear().await.is_none(), "{name}: nothing is answered");
    }
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        let twice = b"\0\0\0\x17\0\x03\0\0user\0a\0user\0b\0\0";
        client.channel.stream.write_all(twice).await.unwrap();
        client.hear().await;
    })
    .await;
    assert_eq!(refusal(outcome).sqlstate, "08P01");
    let expected = "E:FATAL 08P01 invalid startup packet: startup parameter `user` is given twice";
    assert_eq!(client.heard, [expected]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_client_loses_its_place() {
    let rules = rules();
    let scripts: [&[u8]; 3] = [b"", b"\0\0", b"\0\0\0\x17\0\x03\0\0user"];
    for bytes in scripts {
        let began = tokio::time::Instant::now();
        let (outcome, _, ()) = visit(&rules, async |client: &mut Client| {
            client.channel.stream.write_all(bytes).await.unwrap();
            // The login ends first: it hangs up.
            let mut sink = BytesMut::new();
            let _ = client.channel.stream.read_buf(&mut sink).await;
            assert!(!sink.has_remaining());
        })
        .await;
        let late = GatewayError::LoginTimeout {
            limit: OPENING_TIMEOUT,
        };
        assert_eq!(outcome.unwrap_err(), late);
        assert!(began.elapsed() < OPENING_TIMEOUT + Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_answer_loses_its_place() {
    let rules = rules();
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        client.hello("ada", "shop").await;
        client.hear().await;
        client.hear().await;
    })
    .await;
    let late = GatewayError::LoginTimeout { limit: LIMIT };
    assert_eq!(outcome.unwrap_err(), late);
    assert_eq!(client.heard.len(), 1);
}

/// A client's TLS that says by ALPN what it takes the other side for.
fn speaking(protocols: &[&[u8]]) -> Arc<ClientConfig> {
    let mut config = ClientConfig::clone(&trusting(None));
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

#[tokio::test]
async fn tls_may_come_without_a_request_when_it_is_for_postgresql() {
    let directory = tempfile::tempdir().unwrap();
    let rules = with_tls(directory.path());
    let refused = ChannelError::Tls(rustls::Error::NoApplicationProtocol);
    let cases: [(&[&[u8]], _); 4] = [
        (&[b"postgresql"], None),
        (&[b"h2", b"postgresql"], None),
        (&[b"h2", b"http/1.1"], Some(refused)),
        (&[], Some(ChannelError::Alpn)),
    ];
    for (protocols, refused) in cases {
        let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
            if client.tls(&speaking(protocols)).await.is_ok() {
                client.login("ada", "shop", key(1).expose()).await;
            }
        })
        .await;
        match refused {
            None => {
                assert!(session(outcome).channel.is_encrypted());
                let offer = r#"R:Sasl(["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])"#;
                assert_eq!(client.heard[0], offer);
            }
            Some(refused) => {
                assert_eq!(outcome.unwrap_err(), GatewayError::Client(refused));
                assert!(client.heard.is_empty(), "{:?}", client.heard);
            }
        }
    }
}

#[tokio::test]
async fn alpn_after_a_request_is_taken_and_not_needed() {
    let directory = tempfile::tempdir().unwrap();
    let rules = with_tls(directory.path());
    for (protocols, welcome) in [
        (&[][..], true),
        (&[&b"postgresql"[..]][..], true),
        (&[&b"http/1.1"[..]][..], false),
    ] {
        let (outcome, _, ()) = visit(&rules, async |client: &mut Client| {
            client.send(encode::ssl_request).await;
            assert_eq!(client.channel.byte().await.unwrap(), b'S');
            if client.tls(&speaking(protocols)).await.is_ok() {
                client.login("ada", "shop", key(1).expose()).await;
            }
        })
        .await;
        assert_eq!(outcome.is_ok(), welcome, "{outcome:?}");
    }
}

/// The first bytes of a client that begins with TLS.
fn hello() -> Vec<u8> {
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = rustls::ClientConnection::new(speaking(&[b"postgresql"]), name).unwrap();
    let mut bytes = Vec::new();
    connection.write_tls(&mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn a_torn_hello_is_waited_for_and_a_broken_one_refused() {
    let directory = tempfile::tempdir().unwrap();
    let rules = with_tls(directory.path());
    let whole = hello();
    for cut in [1, 2, 5, 6, 40, whole.len() - 1] {
        let (outcome, _, ()) = visit(&rules, async |client: &mut Client| {
            client
                .channel
                .stream
                .write_all(&whole[..cut])
                .await
                .unwrap();
            tokio::task::yield_now().await;
            client
                .channel
                .stream
                .write_all(&whole[cut..])
                .await
                .unwrap();
            // The gate's own hello comes, and then the client leaves.
            assert_eq!(client.channel.byte().await.unwrap(), 0x16, "cut at {cut}");
            client.channel.stream.shutdown().await.unwrap();
        })
        .await;
        let closed = GatewayError::Client(ChannelError::Closed);
        assert_eq!(outcome.unwrap_err(), closed, "cut at {cut}");
    }
    let (outcome, _, ()) = visit(&rules, async |client: &mut Client| {
        client.channel.stream.write_all(&[0x16; 100]).await.unwrap();
    })
    .await;
    let Err(GatewayError::Client(ChannelError::Tls(_))) = outcome else {
        panic!("{outcome:?}")
    };
}

#[tokio::test]
async fn without_a_certificate_there_is_no_direct_tls() {
    let (outcome, client, ()) = visit(&rules(), async |client: &mut Client| {
        client.channel.stream.write_all(&hello()).await.unwrap();
    })
    .await;
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("over the limit of 10000"), "{error}");
    assert!(client.heard.is_empty());
}

#[tokio::test]
async fn nothing_asks_for_encryption_within_direct_tls() {
    let directory = tempfile::tempdir().unwrap();
    let rules = with_tls(directory.path());
    for request in [encode::ssl_request, encode::gssenc_request] {
        let (outcome, _, ()) = visit(&rules, async |client: &mut Client| {
            client.tls(&speaking(&[b"postgresql"])).await.unwrap();
            client.send(request).await;
            client.hear().await;
        })
        .await;
        assert_eq!(refusal(outcome).sqlstate, "08P01");
    }
}

#[tokio::test]
async fn a_cancel_request_may_come_under_tls_either_way() {
    let directory = tempfile::tempdir().unwrap();
    let rules = with_tls(directory.path());
    for direct in [false, true] {
        let (outcome, mut client, ()) = visit(&rules, async |client: &mut Client| {
            match direct {
                true => client.tls(&speaking(&[b"postgresql"])).await.unwrap(),
                false => client.ssl().await,
            }
            let secret = [7; 256];
            client
                .write(|out| encode::cancel_request(out, 7, &secret))
                .await;
        })
        .await;
        let Ok(Arrival::Cancel(leg)) = outcome else {
            panic!("{outcome:?}")
        };
        let request = &leg.request;
        assert_eq!((request.secret.len(), request.privacy), (256, Privacy::Tls));
        // TLS is closed in order, which is what libpq takes for an answer.
        let (read, ()) = tokio::join!(client.channel.byte(), leg.done());
        assert_eq!(read, Err(ChannelError::Closed));
        let mut sink = [0; 1];
        let end = client.channel.stream.read(&mut sink).await;
        assert_eq!(end.map_err(|error| error.kind()), Ok(0));
    }
}

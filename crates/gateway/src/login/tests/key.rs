//! Proving that one holds an access key.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::*;
use crate::tls::CERTIFICATE_FILE;

#[tokio::test]
async fn a_password_travels_under_tls_only() {
    let directory = tempfile::tempdir().unwrap();
    let rules = LoginRules {
        method: Method::Password,
        ..with_tls(directory.path())
    };
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        client.hello("ada", "shop").await;
        client.hear().await;
    })
    .await;
    assert_eq!(refusal(outcome).hint.as_deref(), Some(TLS_HINT));
    assert_eq!(
        client.heard,
        ["E:FATAL 28000 this server accepts logins over TLS only"]
    );

    for (number, last) in [
        (1, "R:Ok"),
        (
            2,
            "E:FATAL 28P01 password authentication failed for user \"ada\"",
        ),
    ] {
        let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
            client.ssl().await;
            client.hello("ada", "shop").await;
            client.hear().await;
            client
                .write(|out| encode::password(out, key(number).expose().as_bytes()))
                .await;
            client.hear().await;
        })
        .await;
        assert_eq!(client.heard, ["R:CleartextPassword", last]);
        assert_eq!(
            outcome.is_ok_and(|arrival| matches!(arrival, Arrival::Session(_))),
            number == 1
        );
    }
}

#[tokio::test]
async fn scram_is_bound_to_the_certificate_under_tls() {
    let directory = tempfile::tempdir().unwrap();
    let rules = with_tls(directory.path());
    let pem = std::fs::read(directory.path().join(CERTIFICATE_FILE)).unwrap();
    let certificate = CertificateDer::from_pem_slice(&pem).unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &certificate);
    let right = || ChannelBinding::tls_server_end_point(digest.as_ref().to_vec());
    let wrong = || ChannelBinding::tls_server_end_point(vec![0; 32]);
    let (unsupported, unoffered) = (ChannelBinding::unsupported, ChannelBinding::unrequested);
    let cases = [
        ("bound", PLUS, right(), None),
        // A man in the middle has a certificate of his own.
        ("another certificate", PLUS, wrong(), Some("28000")),
        ("unbound", PLAIN, unsupported(), None),
        // The client supports binding and did not see that we do: somebody took it out.
        ("downgraded", PLAIN, unoffered(), Some("28000")),
        ("PLUS by name only", PLUS, unsupported(), Some("08P01")),
        ("bound without PLUS", PLAIN, right(), Some("08P01")),
        ("not offered", b"SCRAM-SHA-1", unsupported(), Some("08P01")),
    ];
    for (name, mechanism, binding, refused) in cases {
        let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
            client.ssl().await;
            client.hello("ada", "shop").await;
            client.scram(mechanism, key(1).expose(), binding).await;
        })
        .await;
        assert_eq!(
            client.heard[0],
            r#"R:Sasl(["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])"#
        );
        match refused {
            None => assert!(outcome.is_ok(), "{name}: {outcome:?}"),
            Some(sqlstate) => assert_eq!(refusal(outcome).sqlstate, sqlstate, "{name}"),
        }
    }
}

#[tokio::test]
async fn sasl_messages_are_bounded_and_checked() {
    let rules = rules();
    let long = [b"n,,n=,r=", vec![b'x'; 4000].as_slice()].concat();
    for (name, first) in [
        ("long nonce", long.as_slice()),
        ("somebody else's name", b"n,a=eve,n=,r=abc"),
        ("mandatory extension", b"n,,m=x,n=,r=abc"),
        ("no nonce", b"n,,n="),
        ("empty", b""),
        ("not text", b"\xff"),
    ] {
        let (outcome, _, ()) = visit(&rules, async |client: &mut Client| {
            client.hello("ada", "shop").await;
            client.hear().await;
            client
                .write(|out| encode::sasl_initial_response(out, PLAIN, first))
                .await;
            client.hear().await;
        })
        .await;
        assert_eq!(refusal(outcome).sqlstate, "08P01", "{name}");
    }
}

#[tokio::test]
async fn a_statement_in_place_of_a_password_ends_the_connection() {
    let rules = rules();
    let (outcome, _, ()) = visit(&rules, async |client: &mut Client| {
        client.hello("ada", "shop").await;
        client.hear().await;
        client
            .write(|out| encode::query(out, b"drop table customers"))
            .await;
    })
    .await;
    let expected = GatewayError::Client(ChannelError::Unexpected { message: "Query" });
    assert_eq!(outcome.unwrap_err(), expected);
}

#[tokio::test]
async fn a_key_in_clear_is_hashed_once() {
    let directory = tempfile::tempdir().unwrap();
    let rules = LoginRules {
        method: Method::Password,
        ..with_tls(directory.path())
    };
    let log_in = async |rules: &LoginRules, user: &str, number: u8| {
        let (outcome, _, ()) = visit(rules, async |client: &mut Client| {
            client.ssl().await;
            client.hello(user, "shop").await;
            client.hear().await;
            let key = key(number);
            client
                .write(|out| encode::password(out, key.expose().as_bytes()))
                .await;
            client.hear().await;
        })
        .await;
        outcome.map(|arrival| matches!(arrival, Arrival::Session(_)))
    };
    assert_eq!(log_in(&rules, "ada", 1).await, Ok(true));
    assert_eq!(format!("{:?}", rules.seen), "SeenKeys(hidden)");
    assert_eq!(log_in(&rules, "ada", 1).await, Ok(true));
    // What was seen of one is nothing to another, and a wrong key stays wrong.
    assert!(log_in(&rules, "bob", 1).await.is_err());
    assert!(log_in(&rules, "ada", 3).await.is_err());
    // A key that is no longer there is not let in by what was seen of it.
    let rules = LoginRules {
        directory: Arc::new(Directory::new(vec![(person("ada"), vec![])]).unwrap()),
        ..rules
    };
    assert!(log_in(&rules, "ada", 1).await.is_err());
}

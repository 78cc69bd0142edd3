//! Who proves what to whom.

use identity::ScramError;

use super::*;

#[tokio::test]
async fn weaker_methods_get_no_password() {
    type Ask = fn(&mut bytes::BytesMut);
    let cases: [(Ask, &str); 4] = [
        (encode::authentication_cleartext, "the password in clear"),
        (
            |out| encode::authentication_md5(out, [0; 4]).unwrap(),
            "MD5",
        ),
        (
            |out| encode::authentication_sasl(out, &["OAUTHBEARER"]).unwrap(),
            "another SASL mechanism",
        ),
        (
            |out| encode::authentication_sasl_continue(out, b"x").unwrap(),
            "an unknown method",
        ),
    ];
    for (ask, method) in cases {
        let leg = serve(&upstream(), &[], async |server: &mut Server| {
            server.startup().await;
            server.write(ask).await;
            assert!(
                server.password().await.is_none(),
                "nothing may be answered to {method}"
            );
        })
        .await;
        let expected = "SCRAM-SHA-256";
        assert_eq!(
            leg.unwrap_err(),
            UpstreamProblem::Method { method, expected }
        );
    }
}

#[tokio::test]
async fn a_server_must_prove_itself_too() {
    let unproven = serve(&upstream(), &[], async |server: &mut Server| {
        server.startup().await;
        server.scram().await;
        server.ready("UTF8", "on").await;
    })
    .await;
    assert_eq!(unproven.unwrap_err(), UpstreamProblem::Unproven);
    let false_proof = serve(&upstream(), &[], async |server: &mut Server| {
        server.startup().await;
        server.scram().await;
        let proof = b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        server
            .write(|out| encode::authentication_sasl_final(out, proof).unwrap())
            .await;
        server.ready("UTF8", "on").await;
    })
    .await;
    assert_eq!(
        false_proof.unwrap_err(),
        UpstreamProblem::Scram(ScramError::Signature)
    );
}

#[tokio::test]
async fn challenges_are_bounded() {
    for (challenge, expected) in [
        ("r={nonce}x,s=AAAA,i=1", ScramError::Rounds { count: 1 }),
        (
            "r={nonce}x,s=AAAA,i=4294967295",
            ScramError::Rounds { count: u32::MAX },
        ),
        ("r=another,s=AAAA,i=4096", ScramError::Nonce),
    ] {
        let leg = serve(&upstream(), &[], async |server: &mut Server| {
            server.startup().await;
            server
                .write(|out| encode::authentication_sasl(out, &[MECHANISM]).unwrap())
                .await;
            let message = server.password().await.unwrap();
            let first = password_of(&message).sasl_initial().unwrap().data.unwrap();
            let first = String::from_utf8(first.to_vec()).unwrap();
            let nonce = first.split_once("r=").unwrap().1;
            let challenge = challenge.replace("{nonce}", nonce);
            server
                .write(|out| {
                    encode::authentication_sasl_continue(out, challenge.as_bytes()).unwrap();
                })
                .await;
            // Nothing is derived from the password for it.
            assert!(server.password().await.is_none());
        })
        .await;
        assert_eq!(leg.unwrap_err(), expected.into(), "{challenge}");
    }
}

#[tokio::test]
async fn a_password_in_clear_is_for_those_that_the_configuration_names() {
    let told = Upstream {
        auth: UpstreamAuth::Password,
        ..upstream()
    };
    let leg = serve(&told, &[], async |server: &mut Server| {
        server.startup().await;
        server.write(encode::authentication_cleartext).await;
        let message = server.password().await.unwrap();
        let password = password_of(&message).cleartext().unwrap();
        assert_eq!(password, key().expose().as_bytes());
        server.ready("UTF8", "on").await;
    })
    .await;
    assert!(leg.is_ok(), "{leg:?}");
    let leg = serve(&told, &[], async |server: &mut Server| {
        server.startup().await;
        server
            .write(|out| encode::authentication_md5(out, [0; 4]).unwrap())
            .await;
        assert!(server.password().await.is_none());
    })
    .await;
    let expected = "SCRAM-SHA-256 or the password in clear";
    let method = "MD5";
    assert_eq!(
        leg.unwrap_err(),
        UpstreamProblem::Method { method, expected }
    );
}

#[tokio::test]
async fn without_a_password_none_is_made_up() {
    let none = Upstream {
        password: None,
        ..upstream()
    };
    let leg = serve(&none, &[], async |server: &mut Server| {
        server.startup().await;
        server
            .write(|out| encode::authentication_sasl(out, &[MECHANISM]).unwrap())
            .await;
        let message = server.password().await.unwrap();
        let first = password_of(&message).sasl_initial().unwrap();
        let (data, mechanism) = (first.data.unwrap(), first.mechanism);
        let begun = candidate().begin(mechanism, data, None, [5; NONCE_LEN]);
        let challenge = begun.unwrap().1;
        server
            .write(|out| encode::authentication_sasl_continue(out, &challenge).unwrap())
            .await;
        assert!(server.password().await.is_none());
    })
    .await;
    assert_eq!(leg.unwrap_err(), UpstreamProblem::NoPassword);
}

/// Keys are kept when the server has proved itself, and not before; the next login uses them.
#[tokio::test]
async fn keys_are_derived_once() {
    let upstream = upstream();
    let unproven = serve(&upstream, &[], async |server: &mut Server| {
        server.startup().await;
        server.scram().await;
        server
            .write(|out| encode::authentication_sasl_final(out, b"v=AAAA").unwrap())
            .await;
    })
    .await;
    assert!(unproven.is_err());
    assert_eq!(upstream.keys.len(), 0);
    for password in [upstream.password.clone(), None] {
        // The second time there is no password to derive anything from.
        let upstream = Upstream {
            password,
            ..upstream.clone()
        };
        let leg = serve(&upstream, &[], async |server: &mut Server| {
            server.log_in().await;
            server.ready("UTF8", "on").await;
        })
        .await;
        assert!(leg.is_ok(), "{leg:?}");
        assert_eq!(upstream.keys.len(), 1);
    }
    assert_eq!(format!("{:?}", upstream.keys), "KeyCache(hidden)");
}

#[tokio::test]
async fn what_must_be_bound_is_not_let_in_unbound() {
    let bound = Upstream {
        channel_binding: ChannelBinding::Require,
        ..upstream()
    };
    type Ask = fn(&mut bytes::BytesMut);
    let plain: Ask = |out| encode::authentication_sasl(out, &[MECHANISM]).unwrap();
    for ask in [encode::authentication_ok, plain] {
        let leg = serve(&bound, &[], async |server: &mut Server| {
            server.startup().await;
            server.write(ask).await;
            assert!(server.password().await.is_none());
        })
        .await;
        let Err(UpstreamProblem::Unbound(_)) = leg else {
            panic!("{leg:?}")
        };
    }
}

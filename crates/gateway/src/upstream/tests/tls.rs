//! TLS toward a server: had or not, whom it trusts, and what logins are bound to.

use std::path::Path;

use identity::MECHANISM_PLUS;
use tokio::io::AsyncWriteExt;

use super::*;
use crate::tls::certificate::end_point;
use crate::tls::{CERTIFICATE_FILE, ServerTls};

fn under_tls(tls: ClientTls) -> Upstream {
    Upstream { tls, ..upstream() }
}

#[tokio::test]
async fn tls_that_is_asked_for_is_had_or_the_session_fails() {
    let upstream = under_tls(ClientTls::required(Trust::Anybody, None).unwrap());
    let unexpected = ChannelError::Unexpected {
        message: "answer to SSLRequest",
    };
    for (answer, expected) in [
        (&b"N"[..], UpstreamProblem::TlsRefused),
        // An error in clear could be anybody's.
        (b"ESFATAL\0", unexpected.into()),
        // As is what follows the yes.
        (b"SE\0\0\0\x05\0", ChannelError::Plaintext.into()),
        (b"", ChannelError::Closed.into()),
    ] {
        let leg = serve(&upstream, &[], async |server: &mut Server| {
            assert!(matches!(
                wire::startup::scan(&server.0.packet().await.unwrap()),
                Ok(ScanPacket::Packet(Packet::Ssl, 8))
            ));
            server.0.stream.write_all(answer).await.unwrap();
            server.0.stream.shutdown().await.unwrap();
        })
        .await;
        assert_eq!(leg.unwrap_err(), expected);
    }
}

/// Whether a session starts with this trust at a server that calls itself `name`.
async fn trusted(directory: &Path, name: &str, trust: Trust<'_>) -> Result<(), UpstreamProblem> {
    let tls = ServerTls::self_signed(directory, &[name.to_owned()], None).unwrap();
    let upstream = under_tls(ClientTls::required(trust, None).unwrap());
    let leg = serve(&upstream, &[], async |server: &mut Server| {
        server.0.packet().await.unwrap();
        server.write(|out| out.extend_from_slice(b"S")).await;
        if server.0.accept_tls(tls.config.clone()).await.is_ok() {
            server.log_in().await;
            server.ready("UTF8", "on").await;
        }
    })
    .await;
    leg.map(|leg| assert!(leg.channel.is_encrypted()))
}

#[tokio::test]
async fn trust_is_what_the_configuration_says() {
    let ours = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let strangers = tempfile::tempdir().unwrap();
    ServerTls::self_signed(strangers.path(), &["localhost".to_owned()], None).unwrap();
    let right = ours.path().join(CERTIFICATE_FILE);
    let misnamed = other.path().join(CERTIFICATE_FILE);
    let stranger = strangers.path().join(CERTIFICATE_FILE);

    // `localhost` is what we connect to.
    trusted(ours.path(), "localhost", Trust::Full(Some(&right)))
        .await
        .unwrap();
    trusted(ours.path(), "localhost", Trust::Chain(Some(&right)))
        .await
        .unwrap();
    trusted(ours.path(), "localhost", Trust::Anybody)
        .await
        .unwrap();
    for (name, directory, host, trust) in [
        (
            "full: unknown root",
            ours.path(),
            "localhost",
            Trust::Full(Some(&*stranger)),
        ),
        (
            "full: system roots",
            ours.path(),
            "localhost",
            Trust::Full(None),
        ),
        (
            "chain: unknown root",
            ours.path(),
            "localhost",
            Trust::Chain(Some(&*stranger)),
        ),
    ] {
        if matches!(trust, Trust::Full(None)) && ClientTls::required(trust, None).is_err() {
            // A machine without root certificates trusts nobody, and says so at the start.
            continue;
        }
        let refused = trusted(directory, host, trust).await.unwrap_err();
        assert!(
            matches!(refused, UpstreamProblem::Channel(ChannelError::Tls(_))),
            "{name}: {refused}"
        );
    }
    // Made for another name: good enough for `verify-ca`, not for `verify-full`.
    ServerTls::self_signed(other.path(), &["elsewhere".to_owned()], None).unwrap();
    trusted(other.path(), "elsewhere", Trust::Chain(Some(&misnamed)))
        .await
        .unwrap();
    let refused = trusted(other.path(), "elsewhere", Trust::Full(Some(&misnamed))).await;
    assert!(matches!(
        refused.unwrap_err(),
        UpstreamProblem::Channel(ChannelError::Tls(_))
    ));
}

/// What a server does that has the certificate of `directory`: TLS, then SCRAM with these offers,
/// bound to `end_point`, then it is ready.
async fn bound(
    directory: &Path,
    upstream: &Upstream,
    offers: &[&str],
    end_point: Option<&[u8]>,
) -> (Result<(), UpstreamProblem>, Option<LoginError>) {
    let tls = ServerTls::self_signed(directory, &["localhost".to_owned()], None).unwrap();
    let mut refused = None;
    let leg = serve(upstream, &[], async |server: &mut Server| {
        match upstream.negotiation {
            TlsNegotiation::Postgres => {
                server.0.packet().await.unwrap();
                server.write(|out| out.extend_from_slice(b"S")).await;
                server.0.accept_tls(tls.config.clone()).await.unwrap();
            }
            TlsNegotiation::Direct => {
                assert!(server.0.begins_with_tls().await.unwrap());
                server
                    .0
                    .accept_direct_tls(tls.config.clone())
                    .await
                    .unwrap();
            }
        }
        server.startup().await;
        match server.exchange(offers, end_point).await {
            Ok(proof) => {
                server
                    .write(|out| encode::authentication_sasl_final(out, &proof).unwrap())
                    .await;
                server.ready("UTF8", "on").await;
            }
            Err(error) => {
                refused = Some(error);
                server.0.send_and_close().await.unwrap();
            }
        }
    })
    .await;
    (leg.map(drop), refused)
}

#[tokio::test]
async fn logins_are_bound_to_the_certificate_where_it_is_offered() {
    let directory = tempfile::tempdir().unwrap();
    let names = ["localhost".to_owned()];
    let tls = ServerTls::self_signed(directory.path(), &names, None).unwrap();
    let right = tls.end_point.as_deref().unwrap();
    let wrong = [0; 32];
    let (plus, plain) = (MECHANISM_PLUS, MECHANISM);
    use ChannelBinding::{Disable, Prefer, Require};
    for negotiation in [TlsNegotiation::Postgres, TlsNegotiation::Direct] {
        let upstream = |channel_binding| Upstream {
            negotiation,
            channel_binding,
            ..under_tls(ClientTls::required(Trust::Anybody, None).unwrap())
        };
        let run = async |binding, offers: &[&str], end_point: Option<&[u8]>| {
            bound(directory.path(), &upstream(binding), offers, end_point).await
        };
        for binding in [Prefer, Require] {
            assert_eq!(
                run(binding, &[plus, plain], Some(right)).await,
                (Ok(()), None)
            );
            // A man in the middle passes on what a server with another certificate says.
            let (leg, refused) = run(binding, &[plus, plain], Some(&wrong)).await;
            assert!(leg.is_err());
            assert_eq!(refused, Some(LoginError::Unbound));
        }
        assert_eq!(run(Prefer, &[plain], None).await, (Ok(()), None));
        assert_eq!(
            run(Disable, &[plain, plus], Some(right)).await,
            (Ok(()), None)
        );
        // He takes the offer out: the server sees that we would have bound it.
        let (leg, refused) = run(Prefer, &[plain], Some(right)).await;
        assert!(leg.is_err());
        assert_eq!(refused, Some(LoginError::Downgraded));
    }
}

/// Logins are bound as OpenSSL, and so PostgreSQL and libpq, bind them.
#[test]
fn a_certificate_is_hashed_by_its_own_algorithm() {
    use aws_lc_rs::digest::{SHA256, SHA384, digest};
    use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
    for (algorithm, hash) in [
        (&PKCS_ECDSA_P256_SHA256, Some(&SHA256)),
        (&PKCS_ECDSA_P384_SHA384, Some(&SHA384)),
        (&PKCS_ED25519, None),
    ] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let names = ["localhost".to_owned()];
        let parameters = rcgen::CertificateParams::new(names).unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        let expected = hash.map(|hash| digest(hash, certificate.der()).as_ref().to_vec());
        assert_eq!(end_point(certificate.der()), expected);
    }
    assert_eq!(end_point(&b"no certificate"[..].into()), None);
}

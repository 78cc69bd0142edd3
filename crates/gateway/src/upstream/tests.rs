//! A scripted server against the server's leg, and a real one.

use std::path::Path;
use std::sync::Arc;

use identity::{
    AccessKey, Directory, KeyHash, Principal, PrincipalKind, ScramCandidate, StoredKey,
};
use jiff::Timestamp;
use testkit::{Cluster, Options, PgBinaries, SUPERUSER, ServerTls as ClusterTls};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use wire::encode::{Report, Severity};
use wire::frontend;
use wire::startup::{Packet, ScanPacket};

use super::*;
use crate::cancel::{CancelRegistry, CancelTarget, cancel};
use crate::tls::{CERTIFICATE_FILE, ServerTls, Trust};

/// An upstream whose password is that of `candidate`.
fn upstream() -> Upstream {
    Upstream {
        name: "shop-prod".to_owned(),
        host: "localhost".to_owned(),
        port: 1,
        database: "shop".to_owned(),
        user: "app".to_owned(),
        password: key().expose().to_owned().into(),
        tls: ClientTls::Disabled,
    }
}

fn key() -> AccessKey {
    AccessKey::new([1; AccessKey::RANDOM_LEN])
}

/// The server's side of SCRAM, for which an access key does as well as any password.
fn candidate() -> ScramCandidate {
    let principal = Principal {
        name: "app".parse().unwrap(),
        kind: PrincipalKind::Service,
        groups: Default::default(),
    };
    let hash = KeyHash::of(key().expose().as_bytes(), [3; 16]);
    let stored = StoredKey {
        id: key().id().clone(),
        hash,
        expires: None,
    };
    let directory = Directory::new(vec![(principal, vec![stored])]).unwrap();
    directory.scram("app", Timestamp::now(), &[0; 32])
}

/// The server's side of a connection.
struct Server(Channel<DuplexStream>);

/// Runs `script` against the leg and gives what the leg came to.
async fn serve(
    upstream: &Upstream,
    settings: &[(&str, String)],
    script: impl AsyncFnOnce(&mut Server),
) -> Result<ServerLeg<DuplexStream>, UpstreamProblem> {
    let (near, far) = duplex(64 * 1024);
    let mut server = Server(Channel::new(far, Side::Frontend));
    let (leg, ()) = tokio::join!(start(near, upstream, settings), script(&mut server));
    leg
}

impl Server {
    async fn write(&mut self, write: impl FnOnce(&mut bytes::BytesMut)) {
        write(&mut self.0.output);
        // The leg may have hung up already, which is for the test to find.
        let _ = self.0.send().await;
    }

    /// The startup packet's parameters as `name=value`.
    async fn startup(&mut self) -> Vec<String> {
        let bytes = self.0.packet().await.unwrap();
        let Ok(ScanPacket::Packet(Packet::Startup(startup), _)) = wire::startup::scan(&bytes)
        else {
            panic!()
        };
        assert_eq!(startup.version, Version::V3_0);
        startup
            .parameters()
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    }

    async fn password(&mut self) -> Option<Message> {
        self.0.message(|_| true).await.ok()
    }

    /// A SCRAM exchange that gives the server's last message.
    async fn scram(&mut self) -> Vec<u8> {
        self.write(|out| encode::authentication_sasl(out, &["SCRAM-SHA-256"]).unwrap())
            .await;
        let message = self.password().await.unwrap();
        let first = password_of(&message).sasl_initial().unwrap();
        assert_eq!(first.mechanism, b"SCRAM-SHA-256");
        let (pending, challenge) = candidate().begin(first.data.unwrap(), [5; 18]).unwrap();
        self.write(|out| encode::authentication_sasl_continue(out, &challenge).unwrap())
            .await;
        let message = self.password().await.unwrap();
        pending
            .finish(password_of(&message).sasl_response())
            .unwrap()
            .1
    }

    async fn ready(&mut self, encoding: &str, strings: &str) {
        self.write(|out| {
            encode::authentication_ok(out);
            encode::parameter_status(out, b"server_version", b"15.18").unwrap();
            encode::parameter_status(out, b"client_encoding", encoding.as_bytes()).unwrap();
            if !strings.is_empty() {
                let name = b"standard_conforming_strings";
                encode::parameter_status(out, name, strings.as_bytes()).unwrap();
            }
            encode::backend_key_data(out, 42, b"1234").unwrap();
            encode::ready_for_query(out, TransactionStatus::Idle);
        })
        .await;
    }

    async fn log_in(&mut self) {
        self.startup().await;
        let proof = self.scram().await;
        self.write(|out| encode::authentication_sasl_final(out, &proof).unwrap())
            .await;
    }
}

fn password_of(message: &Message) -> frontend::Password<'_> {
    match frontend::decode(message.frame().unwrap()).unwrap() {
        frontend::Message::Password(password) => password,
        other => panic!("unexpected {other:?}"),
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

#[tokio::test]
async fn a_session_starts_with_our_credential_and_the_pins() {
    let settings = [("search_path", "a, b".to_owned())];
    let leg = serve(&upstream(), &settings, async |server: &mut Server| {
        let parameters = server.startup().await;
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
        assert_eq!(leg.unwrap_err(), UpstreamProblem::Method { method });
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
    assert_eq!(false_proof.unwrap_err(), UpstreamProblem::Scram);
}

#[tokio::test]
async fn challenges_are_bounded() {
    let iterations = |count| UpstreamProblem::Iterations {
        count,
        least: 4096,
        most: 100_000,
    };
    let long = format!("r={{nonce}}{},s=AAAA,i=4096", "x".repeat(4000));
    for (challenge, expected) in [
        ("r={nonce}x,s=AAAA,i=1", iterations(1)),
        ("r={nonce}x,s=AAAA,i=4294967295", iterations(u32::MAX)),
        ("r={nonce}x,s=AAAA,i=99999999999", UpstreamProblem::Scram),
        ("r={nonce}x,s=AAAA", UpstreamProblem::Scram),
        ("r=another,s=AAAA,i=4096", UpstreamProblem::Scram),
        ("r={nonce}x,s=?,i=4096", UpstreamProblem::Scram),
        (&long, UpstreamProblem::Scram),
    ] {
        let leg = serve(&upstream(), &[], async |server: &mut Server| {
            server.startup().await;
            server
                .write(|out| encode::authentication_sasl(out, &["SCRAM-SHA-256"]).unwrap())
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
        })
        .await;
        assert_eq!(leg.unwrap_err(), expected, "{challenge:.40}");
    }
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

fn under_tls(tls: ClientTls) -> Upstream {
    Upstream { tls, ..upstream() }
}

#[tokio::test]
async fn tls_that_is_asked_for_is_had_or_the_session_fails() {
    let upstream = under_tls(ClientTls::required(Trust::Anybody).unwrap());
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
    let tls = ServerTls::self_signed(directory, &[name.to_owned()]).unwrap();
    let upstream = under_tls(ClientTls::required(trust).unwrap());
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
    ServerTls::self_signed(strangers.path(), &["localhost".to_owned()]).unwrap();
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
        if matches!(trust, Trust::Full(None)) && ClientTls::required(trust).is_err() {
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
    ServerTls::self_signed(other.path(), &["elsewhere".to_owned()]).unwrap();
    trusted(other.path(), "elsewhere", Trust::Chain(Some(&misnamed)))
        .await
        .unwrap();
    let refused = trusted(other.path(), "elsewhere", Trust::Full(Some(&misnamed))).await;
    assert!(matches!(
        refused.unwrap_err(),
        UpstreamProblem::Channel(ChannelError::Tls(_))
    ));
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_given_up() {
    let leg = serve(&upstream(), &[], async |server: &mut Server| {
        server.startup().await;
        assert!(server.password().await.is_none());
    })
    .await;
    assert_eq!(
        leg.unwrap_err(),
        UpstreamProblem::Timeout {
            limit: STARTUP_TIMEOUT
        }
    );
}

#[tokio::test]
async fn a_server_that_is_down_is_named_by_its_connection() {
    // Nobody listens on port 1 of the loopback address.
    let upstream = Upstream {
        host: "127.0.0.1".to_owned(),
        ..upstream()
    };
    let error = connect(&upstream, &[]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "connection `shop-prod`: cannot connect: connection refused"
    );
}

/// A cluster whose certificate is one of ours, for `localhost`.
fn cluster(directory: &Path) -> Cluster {
    ServerTls::self_signed(directory, &["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let read = |name: &str| std::fs::read_to_string(directory.join(name)).unwrap();
    let tls = ClusterTls {
        certificate_pem: read(CERTIFICATE_FILE),
        key_pem: read("tls-key.pem"),
    };
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
    Cluster::start(
        &binaries,
        Options {
            tls: Some(tls),
            ..Options::default()
        },
    )
    .unwrap()
}

fn to_cluster(cluster: &Cluster, tls: ClientTls) -> Upstream {
    Upstream {
        name: "real".to_owned(),
        host: cluster.address().ip().to_string(),
        port: cluster.address().port(),
        database: "postgres".to_owned(),
        user: SUPERUSER.to_owned(),
        password: cluster.password().to_owned().into(),
        tls,
    }
}

/// Runs a statement over the bare leg until it is ready again; gives the SQLSTATE of an error.
async fn run(leg: &mut ServerLeg<TcpStream>, statement: &str) -> Option<String> {
    encode::query(&mut leg.channel.output, statement.as_bytes()).unwrap();
    leg.channel.send().await.unwrap();
    loop {
        let bytes = leg.channel.input.clone();
        let limits = wire::frame::Limits::default();
        if let Ok(wire::frame::Scan::Frame(frame, used)) =
            wire::frame::scan(&bytes, Side::Backend, &limits)
        {
            bytes::Buf::advance(&mut leg.channel.input, used);
            match backend::decode(frame).unwrap() {
                backend::Message::ErrorResponse(report) => {
                    let state = report.sqlstate().unwrap();
                    return Some(String::from_utf8_lossy(state).into_owned());
                }
                backend::Message::ReadyForQuery(_) => return None,
                _ => continue,
            }
        }
        leg.channel
            .stream
            .read_buf(&mut leg.channel.input)
            .await
            .unwrap();
    }
}

/// Starts a long statement and cancels it by a key of ours, once the server runs it.
async fn cancel_a_statement(upstream: &Arc<Upstream>, leg: &mut ServerLeg<TcpStream>) {
    let registry = CancelRegistry::new();
    let key = leg.key.clone().unwrap();
    let target = CancelTarget {
        upstream: Arc::clone(upstream),
        key,
    };
    let registration = registry.register(Version::V3_0, Some(target)).unwrap();
    let ours = registration.key();
    let target = registry.target(ours.process_id(), ours.secret()).unwrap();
    let running = "select count(*) from pg_stat_activity \
                   where state = 'active' and query = 'select pg_sleep(60)'";
    let (slept, cancelled) = tokio::join!(run(leg, "select pg_sleep(60)"), async {
        let watch = catalog_client(upstream).await.unwrap();
        let count = async || {
            watch
                .query_one(running, &[])
                .await
                .unwrap()
                .get::<_, i64>(0)
        };
        while count().await == 0 {}
        cancel(&target).await
    });
    cancelled.unwrap();
    assert_eq!(slept.as_deref(), Some("57014"));
}

#[tokio::test]
async fn a_real_server_is_reached_cancelled_and_read() {
    let directory = tempfile::tempdir().unwrap();
    let cluster = cluster(directory.path());
    let ca = directory.path().join(CERTIFICATE_FILE);
    let trust = ClientTls::required(Trust::Full(Some(&ca))).unwrap();
    for tls in [ClientTls::Disabled, trust] {
        let upstream = Arc::new(to_cluster(&cluster, tls));
        let settings = [("application_name", "test".to_owned())];
        let mut leg = connect(&upstream, &settings).await.unwrap();
        assert!(
            leg.server_version()
                .starts_with(|first: char| first.is_ascii_digit())
        );
        assert_eq!(leg.parameters["application_name"], "test");
        cancel_a_statement(&upstream, &mut leg).await;

        let wrong = Upstream {
            password: "wrong".to_owned().into(),
            ..(*upstream).clone()
        };
        let rejected = UpstreamProblem::Rejected {
            sqlstate: "28P01".to_owned(),
        };
        let expected = wrong.failed(rejected);
        assert_eq!(connect(&wrong, &[]).await.unwrap_err(), expected);
        assert_eq!(catalog_client(&wrong).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn a_real_server_of_another_root_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let cluster = cluster(directory.path());
    let other = tempfile::tempdir().unwrap();
    ServerTls::self_signed(other.path(), &["127.0.0.1".to_owned()]).unwrap();
    let root = other.path().join(CERTIFICATE_FILE);
    let upstream = to_cluster(
        &cluster,
        ClientTls::required(Trust::Full(Some(&root))).unwrap(),
    );
    for refused in [
        connect(&upstream, &[]).await.map(drop).unwrap_err(),
        catalog_client(&upstream).await.map(drop).unwrap_err(),
    ] {
        let GatewayError::Upstream { problem, .. } = refused else {
            panic!("{refused}")
        };
        assert!(
            matches!(problem, UpstreamProblem::Channel(ChannelError::Tls(_))),
            "{problem}"
        );
    }
}

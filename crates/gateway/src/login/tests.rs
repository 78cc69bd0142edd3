//! A scripted client against the client's leg.

use std::path::Path;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use identity::{AccessKey, KeyHash, Principal, PrincipalKind, StoredKey};
use postgres_protocol::authentication::sasl::{ChannelBinding, ScramSha256};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use wire::backend::{self, Authentication};

use super::*;
use crate::tls::{ClientTls, Trust};

const PLAIN: &[u8] = b"SCRAM-SHA-256";
const PLUS: &[u8] = b"SCRAM-SHA-256-PLUS";

fn key(number: u8) -> AccessKey {
    AccessKey::new([number; AccessKey::RANDOM_LEN])
}

fn stored(number: u8, expires: Option<Timestamp>) -> StoredKey {
    let hash = KeyHash::of(key(number).expose().as_bytes(), [number; 16]);
    StoredKey {
        id: key(number).id().clone(),
        hash,
        expires,
    }
}

fn person(name: &str) -> Principal {
    Principal {
        name: name.parse().unwrap(),
        kind: PrincipalKind::Human,
        groups: Default::default(),
    }
}

/// `ada` has key 1, `eve` has key 2 which has expired, `bob` has no key.
fn rules() -> LoginRules {
    let directory = Directory::new(vec![
        (person("ada"), vec![stored(1, None)]),
        (person("eve"), vec![stored(2, Some(Timestamp::UNIX_EPOCH))]),
        (person("bob"), vec![]),
    ]);
    LoginRules {
        tls: None,
        transport: Transport::Any,
        method: Method::ScramSha256,
        directory: Arc::new(directory.unwrap()),
        mock_seed: [9; 32],
        connections: ["shop".to_owned()].into(),
    }
}

fn with_tls(directory: &Path) -> LoginRules {
    let tls = ServerTls::self_signed(directory, &["localhost".to_owned()]).unwrap();
    LoginRules {
        tls: Some(tls),
        ..rules()
    }
}

/// The client's side of a login.
struct Client {
    channel: Channel<DuplexStream>,
    /// Everything received, as `type:content`, one after the other.
    heard: Vec<String>,
}

type Outcome = Result<Arrival<DuplexStream>, GatewayError>;

/// Runs `script` against a login and gives what both came to.
async fn visit<T>(
    rules: &LoginRules,
    script: impl AsyncFnOnce(&mut Client) -> T,
) -> (Outcome, Client, T) {
    let (near, far) = duplex(64 * 1024);
    let mut client = Client {
        channel: Channel::new(near, Side::Backend),
        heard: Vec::new(),
    };
    let (outcome, result) = tokio::join!(login(far, rules), script(&mut client));
    (outcome, client, result)
}

impl Client {
    async fn write(&mut self, write: impl FnOnce(&mut BytesMut) -> Result<(), WireError>) {
        write(&mut self.channel.output).unwrap();
        // The gate may have hung up already, which is for the test to find.
        let _ = self.channel.send().await;
    }

    async fn send(&mut self, write: fn(&mut BytesMut)) {
        write(&mut self.channel.output);
        let _ = self.channel.send().await;
    }

    async fn startup(&mut self, version: Version, parameters: &[(&str, &str)]) {
        let parameters = parameters.iter().copied();
        self.write(|out| encode::startup(out, version, parameters))
            .await;
    }

    async fn hello(&mut self, user: &str, database: &str) {
        self.startup(Version::V3_0, &[("user", user), ("database", database)])
            .await;
    }

    async fn ssl(&mut self) {
        self.send(encode::ssl_request).await;
        assert_eq!(self.channel.byte().await.unwrap(), b'S');
        let ClientTls::Required(config) = ClientTls::required(Trust::Anybody).unwrap() else {
            panic!()
        };
        let name = ServerName::try_from("localhost").unwrap();
        self.channel.connect_tls(config, name).await.unwrap();
    }

    /// The next message, noted; `None` at the end.
    async fn hear(&mut self) -> Option<Message> {
        let message = self.channel.message(|_| true).await.ok()?;
        let note = note(backend::decode(message.frame().unwrap()).unwrap());
        self.heard.push(note);
        Some(message)
    }

    /// Hears all that comes until the gate waits for us or hangs up.
    async fn hear_until(&mut self, last: &str) {
        while self.hear().await.is_some() {
            if self.heard.last().unwrap().starts_with(last) {
                return;
            }
        }
    }

    /// A whole SCRAM exchange, as far as it goes.
    async fn scram(&mut self, mechanism: &[u8], password: &str, binding: ChannelBinding) {
        self.hear_until("R:Sasl").await;
        let mut scram = ScramSha256::new(password.as_bytes(), binding);
        self.write(|out| encode::sasl_initial_response(out, mechanism, scram.message()))
            .await;
        let Some(message) = self.hear().await else {
            return;
        };
        let frame = message.frame().unwrap();
        let backend::Message::Authentication(Authentication::SaslContinue(challenge)) =
            backend::decode(frame).unwrap()
        else {
            return;
        };
        scram.update(challenge).unwrap();
        self.write(|out| encode::sasl_response(out, scram.message()))
            .await;
        let Some(message) = self.hear().await else {
            return;
        };
        if let backend::Message::Authentication(Authentication::SaslFinal(proof)) =
            backend::decode(message.frame().unwrap()).unwrap()
        {
            scram.finish(proof).unwrap();
        }
        self.hear().await;
    }

    async fn login(&mut self, user: &str, database: &str, password: &str) {
        self.hello(user, database).await;
        self.scram(PLAIN, password, ChannelBinding::unsupported())
            .await;
    }
}

fn note(message: backend::Message<'_>) -> String {
    match message {
        backend::Message::Authentication(authentication) => format!("R:{authentication:?}"),
        backend::Message::ErrorResponse(report) => {
            let text = |code| String::from_utf8_lossy(report.field(code).unwrap_or_default());
            format!("E:{} {} {}", text(b'V'), text(b'C'), text(b'M'))
        }
        backend::Message::NegotiateProtocolVersion(negotiated) => {
            let options: Vec<_> = negotiated
                .unrecognised()
                .map(String::from_utf8_lossy)
                .collect();
            format!("v:3.{} {}", negotiated.version.minor, options.join(","))
        }
        backend::Message::ParameterStatus(status) => format!(
            "S:{}={}",
            String::from_utf8_lossy(status.name),
            String::from_utf8_lossy(status.value)
        ),
        backend::Message::BackendKeyData(key) => format!("K:{}", key.secret.len()),
        backend::Message::ReadyForQuery(_) => "Z".to_owned(),
        other => panic!("unexpected {other:?}"),
    }
}

fn session(outcome: Outcome) -> ClientLeg<DuplexStream> {
    match outcome {
        Ok(Arrival::Session(client)) => *client,
        other => panic!("no session: {other:?}"),
    }
}

fn refusal(outcome: Outcome) -> Refusal {
    match outcome {
        Err(GatewayError::Refused(refusal)) => *refusal,
        other => panic!("no refusal: {other:?}"),
    }
}

#[tokio::test]
async fn scram_logs_in_and_welcome_hides_the_role() {
    let rules = rules();
    let (outcome, mut client, ()) = visit(&rules, async |client: &mut Client| {
        let parameters = [("user", "ada"), ("database", "shop"), ("datestyle", "ISO")];
        client.startup(Version::V3_2, &parameters).await;
        client
            .scram(PLAIN, key(1).expose(), ChannelBinding::unsupported())
            .await;
    })
    .await;
    assert_eq!(client.heard[0], r#"R:Sasl(["SCRAM-SHA-256"])"#);
    assert_eq!(client.heard[1..], ["R:SaslContinue", "R:SaslFinal", "R:Ok"]);
    let mut leg = session(outcome);
    assert_eq!(leg.actor.principal.name.as_str(), "ada");
    assert_eq!(
        (leg.connection.as_str(), leg.version),
        ("shop", Version::V3_2)
    );
    assert_eq!(leg.settings, [("DateStyle", "ISO".to_owned())]);
    let registry = crate::cancel::CancelRegistry::new();
    let registration = registry.register(leg.version, None).unwrap();
    let parameters = [
        ("server_version".to_owned(), "15.18".to_owned()),
        ("session_authorization".to_owned(), "app_role".to_owned()),
    ];
    leg.welcome(&parameters, registration.key()).await.unwrap();
    client.heard.clear();
    client.hear_until("Z").await;
    assert_eq!(
        client.heard,
        [
            "S:server_version=15.18",
            "S:session_authorization=ada",
            "K:32",
            "Z"
        ]
    );
}

#[tokio::test]
async fn who_may_not_come_in_learns_no_more_than_that() {
    let rules = rules();
    let hint = |refusal: &Refusal| refusal.hint.clone().unwrap_or_default();
    for (user, password, reason) in [
        ("ada", key(2).expose().to_owned(), "wrong access key"),
        (
            "bob",
            key(1).expose().to_owned(),
            "principal without access keys",
        ),
        ("nobody", key(1).expose().to_owned(), "unknown principal"),
        ("eve", key(1).expose().to_owned(), "wrong access key"),
    ] {
        let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
            // A database that does not exist changes nothing: that is told later.
            client.login(user, "nowhere", &password).await;
        })
        .await;
        let refusal = refusal(outcome);
        assert_eq!(refusal.reason, reason);
        assert_eq!(refusal.user.as_deref(), Some(user));
        assert!(hint(&refusal).contains("access key"), "{refusal:?}");
        let error = format!("E:FATAL 28P01 password authentication failed for user \"{user}\"");
        assert_eq!(client.heard[1..], ["R:SaslContinue".to_owned(), error]);
    }
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        client.login("eve", "shop", key(2).expose()).await;
    })
    .await;
    let refusal = refusal(outcome);
    assert!(
        client.heard[2].starts_with("E:FATAL 28P01"),
        "{:?}",
        client.heard
    );
    assert!(hint(&refusal).contains("expired"), "{refusal:?}");
}

#[tokio::test]
async fn the_database_is_looked_up_after_authentication_only() {
    let rules = rules();
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        client.login("ada", "nowhere", key(1).expose()).await;
        client.hear().await;
    })
    .await;
    assert_eq!(refusal(outcome).sqlstate, "3D000");
    assert_eq!(
        client.heard[2..],
        [
            "R:SaslFinal",
            "R:Ok",
            "E:FATAL 3D000 database \"nowhere\" does not exist"
        ]
    );
}

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
async fn scram_is_bound_to_the_certificate_under_tls() {
    let directory = tempfile::tempdir().unwrap();
    let rules = with_tls(directory.path());
    let pem = &rules.tls.as_ref().unwrap().certificate_pem;
    let certificate = CertificateDer::from_pem_slice(pem).unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &certificate);
    let right = || ChannelBinding::tls_server_end_point(digest.as_ref().to_vec());
    let wrong = || ChannelBinding::tls_server_end_point(vec![0; 32]);
    let cases = [
        ("bound", PLUS, right(), true),
        // A man in the middle has a certificate of his own.
        ("another certificate", PLUS, wrong(), false),
        ("unbound", PLAIN, ChannelBinding::unsupported(), true),
        // The client supports binding and did not see that we do: somebody took it out.
        ("downgraded", PLAIN, ChannelBinding::unrequested(), false),
        (
            "PLUS by name only",
            PLUS,
            ChannelBinding::unsupported(),
            false,
        ),
        ("bound without PLUS", PLAIN, right(), false),
        (
            "not offered",
            b"SCRAM-SHA-1",
            ChannelBinding::unsupported(),
            false,
        ),
    ];
    for (name, mechanism, binding, welcome) in cases {
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
        assert_eq!(outcome.is_ok(), welcome, "{name}: {outcome:?}");
        if !welcome {
            assert_eq!(refusal(outcome).sqlstate, "08P01", "{name}");
        }
    }
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
    let Ok(Arrival::Cancel { process_id, secret }) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((process_id, secret.as_slice()), (7, &b"secret"[..]));
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
            limit: LOGIN_TIMEOUT,
        };
        assert_eq!(outcome.unwrap_err(), late);
        assert!(began.elapsed() < LOGIN_TIMEOUT + Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_real_driver_logs_in() {
    let rules = rules();
    let (near, far) = duplex(64 * 1024);
    let key = key(1);
    let mut config = tokio_postgres::Config::new();
    config
        .user("ada")
        .dbname("shop")
        .password(key.expose())
        .application_name("driver");
    let gate = async {
        let mut leg = session(login(far, &rules).await);
        let registry = crate::cancel::CancelRegistry::new();
        let registration = registry.register(leg.version, None).unwrap();
        leg.welcome(
            &[("server_version".into(), "15".into())],
            registration.key(),
        )
        .await
        .unwrap();
        leg
    };
    let (leg, connected) = tokio::join!(gate, config.connect_raw(near, tokio_postgres::NoTls));
    let (_client, connection) = connected.unwrap();
    assert_eq!(connection.parameter("server_version"), Some("15"));
    assert_eq!(leg.settings, [("application_name", "driver".to_owned())]);
}

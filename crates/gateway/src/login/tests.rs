//! A scripted client against the client's leg.

mod certificate;
mod key;
mod opening;
mod session;

use std::path::Path;
use std::time::Duration;

use bytes::BytesMut;
use identity::{AccessKey, KeyHash, Principal, PrincipalKind, StoredKey};
use jiff::Timestamp;
use postgres_protocol::authentication::sasl::{ChannelBinding, ScramSha256};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use wire::backend::{self, Authentication};

use super::*;
use crate::tls::{ClientTls, OwnCertificate, Trust};

/// Time for a login.
const LIMIT: Duration = Duration::from_secs(15);

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
        certificates: None,
        seen: Arc::new(SeenKeys::new().unwrap()),
        timeout: LIMIT,
    }
}

fn with_tls(directory: &Path) -> LoginRules {
    let tls = ServerTls::self_signed(directory, &["localhost".to_owned()], None).unwrap();
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

/// TLS that trusts anybody, with a certificate of the client's own.
fn trusting(own: Option<OwnCertificate<'_>>) -> Arc<ClientConfig> {
    match ClientTls::required(Trust::Anybody, own).unwrap() {
        ClientTls::Required(config) => config,
        ClientTls::Disabled => panic!(),
    }
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
    let gate = async {
        let mut outcome = login(far, rules).await;
        if let Ok(Arrival::Session(leg)) = &mut outcome {
            // Whatever follows takes it along; here that may be nothing.
            let _ = leg.channel.send().await;
        }
        outcome
    };
    let (outcome, result) = tokio::join!(gate, script(&mut client));
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
        self.tls(&trusting(None)).await.unwrap();
    }

    async fn tls(&mut self, config: &Arc<ClientConfig>) -> Result<(), ChannelError> {
        let name = ServerName::try_from("localhost").unwrap();
        self.channel.connect_tls(Arc::clone(config), name).await
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
        self.answer(&mut scram).await;
    }

    /// The rest of an exchange whose first message was sent.
    async fn answer(&mut self, scram: &mut ScramSha256) {
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

//! A scripted server against the server's leg, and a real one.

mod proof;
mod real;

pub(crate) use real::to_cluster;
mod session;
mod tls;

use identity::{
    AccessKey, Directory, KeyHash, LoginError, MECHANISM, NONCE_LEN, Principal, PrincipalKind,
    ScramCandidate, StoredKey,
};
use jiff::Timestamp;
use tokio::io::{DuplexStream, duplex};
use wire::backend::TransactionStatus;
use wire::frame::Side;
use wire::frontend;
use wire::startup::{Packet, ScanPacket, Version};

use super::*;
use crate::channel::Message;

/// An upstream whose password is that of `candidate`.
pub(crate) fn upstream() -> Upstream {
    Upstream {
        name: "shop-prod".to_owned(),
        host: "localhost".to_owned(),
        address: Address::Tcp("localhost".to_owned(), 1),
        database: "shop".to_owned(),
        user: "app".to_owned(),
        password: Some(key().expose().to_owned().into()),
        tls: ClientTls::Disabled,
        negotiation: TlsNegotiation::Postgres,
        channel_binding: ChannelBinding::Prefer,
        auth: UpstreamAuth::ScramSha256,
        timeout: LIMIT,
        patience: Patience::default(),
        keys: Arc::default(),
        dialect: Arc::default(),
    }
}

/// Time to log in.
const LIMIT: Duration = Duration::from_secs(10);

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

    /// The version of the startup packet and its parameters as `name=value`.
    async fn startup(&mut self) -> (Version, Vec<String>) {
        let bytes = self.0.packet().await.unwrap();
        let Ok(ScanPacket::Packet(Packet::Startup(startup), _)) = wire::startup::scan(&bytes)
        else {
            panic!()
        };
        let parameters = startup.parameters();
        let parameters = parameters.map(|(name, value)| format!("{name}={value}"));
        (startup.version, parameters.collect())
    }

    async fn password(&mut self) -> Option<Message> {
        self.0.message(|_| true).await.ok()
    }

    /// An unbound SCRAM exchange that gives the server's last message.
    async fn scram(&mut self) -> Vec<u8> {
        self.exchange(&[MECHANISM], None).await.unwrap()
    }

    /// A SCRAM exchange with these offers; the client chooses the first.
    async fn exchange(
        &mut self,
        offers: &[&str],
        end_point: Option<&[u8]>,
    ) -> Result<Vec<u8>, LoginError> {
        self.write(|out| encode::authentication_sasl(out, offers).unwrap())
            .await;
        let message = self.password().await.unwrap();
        let first = password_of(&message).sasl_initial().unwrap();
        assert_eq!(first.mechanism, offers[0].as_bytes());
        let (mechanism, data) = (first.mechanism, first.data.unwrap());
        let (pending, challenge) = candidate().begin(mechanism, data, end_point, [5; NONCE_LEN])?;
        self.write(|out| encode::authentication_sasl_continue(out, &challenge).unwrap())
            .await;
        let message = self.password().await.unwrap();
        let (_, proof) = pending.finish(password_of(&message).sasl_response())?;
        Ok(proof)
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

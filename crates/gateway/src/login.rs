//! The client's leg, from the first byte to a known principal.

mod certificate;
mod opening;
mod password;
mod sasl;
pub mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use identity::{Actor, Directory, KeyId, LoginError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use wire::backend::TransactionStatus;
use wire::encode::{self, Report, Severity};
use wire::frame::Side;
use wire::frontend;
use wire::frontend::tag;
use wire::startup::{Startup, Version};
use wire::{WireError, frame};
use zeroize::Zeroizing;

use crate::cancel::CancelKey;
use crate::channel::{Channel, Message, Privacy};
use crate::error::{ChannelError, GatewayError, Refusal};
use crate::tls::ServerTls;
pub use certificate::CertificateRules;
use certificate::Proof;
use opening::Opened;
pub use password::SeenKeys;
use settings::Requested;

/// Most time from the first byte to the startup packet, TLS included: two or three round trips of
/// programs, without anybody who types. What is left of the login's time is for authentication.
pub const OPENING_TIMEOUT: Duration = Duration::from_secs(5);

/// The newest minor version of protocol 3 that we speak to clients.
pub const NEWEST: Version = Version::V3_2;

const TLS_HINT: &str = "Connect with TLS: add sslmode=require to the connection string.";

/// How a client proves that it holds an access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// SCRAM-SHA-256, and SCRAM-SHA-256-PLUS under TLS: the key never travels.
    ScramSha256,
    /// The key in clear, under TLS only; for clients without SCRAM, and for several live keys of
    /// one principal.
    Password,
}

/// Over what a client may log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Whatever the client chooses.
    Any,
    /// TLS only.
    TlsOnly,
}

/// What decides over a login. Swapped whole on reload; a login runs to its end under one.
#[derive(Debug, Clone)]
pub struct LoginRules {
    /// Who we are under TLS; `None`: we speak in clear only.
    pub tls: Option<ServerTls>,
    /// Over what a client may log in.
    pub transport: Transport,
    /// How it proves who it is.
    pub method: Method,
    /// Who may log in.
    pub directory: Arc<Directory>,
    /// The secret of [`Directory::scram`].
    pub mock_seed: [u8; 32],
    /// Names of the connections, which clients ask for as databases.
    pub connections: BTreeSet<String>,
    /// What certificates of clients stand for; `None`: they are not asked for one.
    pub certificates: Option<CertificateRules>,
    /// Keys that need not be hashed again.
    pub seen: Arc<SeenKeys>,
    /// Time for TLS, startup packet and authentication together.
    pub timeout: Duration,
}

/// Who arrived.
#[derive(Debug)]
pub enum Arrival<S> {
    /// A principal that has logged in.
    Session(Box<ClientLeg<S>>),
    /// Somebody who asks to cancel what a session runs. Whether there is such a session is not told.
    Cancel(CancelLeg<S>),
}

/// A client that asks to cancel, and waits for us to close: that says that it has been done.
#[derive(Debug)]
pub struct CancelLeg<S> {
    /// What it asks for.
    pub request: CancelRequest,
    channel: Channel<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> CancelLeg<S> {
    /// Closes in order, within a second: without TLS's own goodbye libpq would take it for a failure.
    pub async fn done(mut self) {
        // The client may be gone; the request was carried out or not all the same.
        let _ = timeout(GOODBYE, self.channel.send_and_close()).await;
    }
}

/// Time to close towards a client that does not read.
const GOODBYE: Duration = Duration::from_secs(1);

/// A request to cancel what a session runs.
pub struct CancelRequest {
    /// The process id in the key.
    pub process_id: i32,
    /// The secret in the key, 4 to 256 bytes.
    pub secret: Zeroizing<Vec<u8>>,
    /// Who could read the key on its way here.
    pub privacy: Privacy,
}

impl fmt::Debug for CancelRequest {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CancelRequest({}, {:?})", self.process_id, self.privacy)
    }
}

/// A client that has logged in and waits for [`ClientLeg::welcome`] or [`ClientLeg::refuse`], with which
/// it is told so.
#[derive(Debug)]
pub struct ClientLeg<S> {
    /// The connection.
    pub channel: Channel<S>,
    /// Who it is.
    pub actor: Actor,
    /// The name of the connection that it asked for; known to exist.
    pub connection: String,
    /// The settings that it asked for, none of them pinned. Policy has not been asked.
    pub settings: settings::Settings,
    /// The protocol version that we agreed on.
    pub version: Version,
}

/// Takes a client from its first byte to a known principal, within [`LoginRules::timeout`].
///
/// # Errors
/// [`GatewayError::Refused`] after the client was told; [`GatewayError::Client`] and
/// [`GatewayError::LoginTimeout`] after the connection was dropped.
pub async fn login<S>(stream: S, rules: &LoginRules) -> Result<Arrival<S>, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut channel = Channel::new(stream, Side::Frontend);
    let arrival = within(rules.timeout, arrive(&mut channel, rules)).await?;
    Ok(match arrival {
        Arrived::Cancel(request) => Arrival::Cancel(CancelLeg { request, channel }),
        Arrived::Session(known) => Arrival::Session(Box::new(ClientLeg {
            channel,
            actor: known.actor,
            connection: known.requested.database,
            settings: known.requested.settings,
            version: known.version,
        })),
    })
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, GatewayError>>,
) -> Result<T, GatewayError> {
    let late = Err(GatewayError::LoginTimeout { limit });
    timeout(limit, work).await.unwrap_or(late)
}

enum Arrived {
    Session(Known),
    Cancel(CancelRequest),
}

struct Known {
    actor: Actor,
    requested: Requested,
    version: Version,
}

async fn arrive<S>(channel: &mut Channel<S>, rules: &LoginRules) -> Result<Arrived, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let arrived = identify(channel, rules).await;
    if let Err(error) = &arrived
        && let Some(refusal) = error.refusal()
    {
        // The client may be gone; the refusal stands all the same.
        let _ = tell(channel, refusal).await;
    }
    arrived
}

async fn identify<S>(channel: &mut Channel<S>, rules: &LoginRules) -> Result<Arrived, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let opening = rules.timeout.min(OPENING_TIMEOUT);
    let packet = match within(opening, opening::open(channel, rules)).await? {
        Opened::Session(packet) => packet,
        Opened::Cancel(request) => return Ok(Arrived::Cancel(request)),
    };
    let startup = opening::startup_of(&packet)?;
    let requested = settings::read(&startup)?;
    let version = negotiate(channel, &startup)?;
    let with_names = |refusal: Refusal| refusal.asked_by(&requested.user, &requested.database);
    check_transport(channel, rules).map_err(with_names)?;
    let shown = channel.peer_certificate();
    let proof = certificate::check(rules.certificates.as_ref(), shown, &requested.user);
    let actor = match proof.map_err(with_names)? {
        Proof::Certificate(id) => by_certificate(rules, &requested.user, id),
        Proof::NotYet => by_key(channel, rules, &requested.user).await?,
    }
    .map_err(|error| with_names(unauthenticated(error, &requested.user)))?;
    // Goes with what comes next, as PostgreSQL has it (`sendAuthRequest`).
    encode::authentication_ok(&mut channel.output);
    if !rules.connections.contains(&requested.database) {
        return Err(with_names(unknown_database(&requested.database)).into());
    }
    Ok(Arrived::Session(Known {
        actor,
        requested,
        version,
    }))
}

fn by_certificate(rules: &LoginRules, user: &str, id: KeyId) -> Result<Actor, LoginError> {
    let actor = rules.directory.actor(user, id);
    actor.ok_or(LoginError::UnknownPrincipal)
}

async fn by_key<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
    user: &str,
) -> Result<Result<Actor, LoginError>, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match rules.method {
        Method::ScramSha256 => sasl::authenticate(channel, rules, user).await,
        Method::Password => password::authenticate(channel, rules, user).await,
    }
}

/// Agrees on a version: what is newer than ours, and every protocol option, is negotiated away.
fn negotiate<S>(channel: &mut Channel<S>, startup: &Startup<'_>) -> Result<Version, GatewayError> {
    let version = startup.version.min(NEWEST);
    let options: Vec<&str> = startup.protocol_options().map(|(name, _)| name).collect();
    if startup.version > NEWEST || !options.is_empty() {
        encode::negotiate_protocol_version(&mut channel.output, version.minor, &options)
            .map_err(GatewayError::Encode)?;
    }
    Ok(version)
}

fn check_transport<S>(channel: &Channel<S>, rules: &LoginRules) -> Result<(), Refusal>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let needs_tls = match (rules.transport, rules.method) {
        (Transport::TlsOnly, _) | (Transport::Any, Method::Password) => true,
        (Transport::Any, Method::ScramSha256) => false,
    };
    if !needs_tls || channel.is_encrypted() {
        return Ok(());
    }
    let refusal = Refusal::new("28000", "this server accepts logins over TLS only");
    Err(match &rules.tls {
        Some(_) => refusal.hint(TLS_HINT),
        None => refusal.hint("The gate has no certificate. Ask who runs it."),
    })
}

/// Sends what is written, and waits for a message of type `p`.
async fn ask<S>(channel: &mut Channel<S>) -> Result<Message, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    channel.send().await.map_err(GatewayError::Client)?;
    channel
        .message(|tag| tag == tag::PASSWORD)
        .await
        .map_err(GatewayError::Client)
}

fn password_of(message: &Message) -> Result<frontend::Password<'_>, GatewayError> {
    let frame = message.frame().map_err(GatewayError::Client)?;
    match frontend::decode(frame).map_err(broken)? {
        frontend::Message::Password(password) => Ok(password),
        other => Err(GatewayError::Client(ChannelError::Unexpected {
            message: frame::message_name(Side::Frontend, other.tag()),
        })),
    }
}

fn broken(violation: WireError) -> GatewayError {
    GatewayError::Client(violation.into())
}

fn unauthenticated(error: LoginError, user: &str) -> Refusal {
    let refusal =
        Refusal::new(error.sqlstate(), error.client_message(user)).reason(error.to_string());
    match error.client_hint() {
        Some(hint) => refusal.hint(hint),
        None => refusal,
    }
}

fn unknown_database(database: &str) -> Refusal {
    Refusal::new("3D000", format!("database \"{database}\" does not exist"))
        .hint("Give the name of a connection of the gate's configuration as the database.")
}

/// Sends a FATAL error and closes.
async fn tell<S>(channel: &mut Channel<S>, refusal: &Refusal) -> Result<(), GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let report = Report {
        severity: Severity::Fatal,
        sqlstate: refusal.sqlstate,
        message: &refusal.message,
        detail: None,
        hint: refusal.hint.as_deref(),
        position: None,
    };
    encode::error_response(&mut channel.output, &report).map_err(GatewayError::Encode)?;
    channel.send_and_close().await.map_err(GatewayError::Client)
}

impl<S: AsyncRead + AsyncWrite + Unpin> ClientLeg<S> {
    /// Tells the client the server's settings and its own cancel key, and that it may begin.
    ///
    /// The server's role is the gate's secret: `session_authorization` names the principal.
    ///
    /// # Errors
    /// [`GatewayError::Client`], [`GatewayError::Encode`].
    pub async fn welcome(
        &mut self,
        parameters: BTreeMap<String, String>,
        key: &CancelKey,
    ) -> Result<(), GatewayError> {
        let output = &mut self.channel.output;
        for (name, value) in &parameters {
            let value = match name.as_str() {
                "session_authorization" => self.actor.principal.name.as_str(),
                _ => value,
            };
            encode::parameter_status(output, name.as_bytes(), value.as_bytes())
                .map_err(GatewayError::Encode)?;
        }
        encode::backend_key_data(output, key.process_id(), key.secret())
            .map_err(GatewayError::Encode)?;
        encode::ready_for_query(output, TransactionStatus::Idle);
        self.channel.send().await.map_err(GatewayError::Client)?;
        self.channel.settle();
        Ok(())
    }

    /// Tells the client that it may not come in after all, and closes.
    ///
    /// # Errors
    /// [`GatewayError::Client`], [`GatewayError::Encode`].
    pub async fn refuse(mut self, refusal: &Refusal) -> Result<(), GatewayError> {
        tell(&mut self.channel, refusal).await
    }
}

#[cfg(test)]
mod tests;

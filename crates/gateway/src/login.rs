//! The client's leg, from the first byte to a known principal.

mod sasl;
pub mod settings;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use identity::{Actor, Directory, LoginError};
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use wire::backend::TransactionStatus;
use wire::encode::{self, Report, Severity};
use wire::frame::Side;
use wire::frontend;
use wire::startup::{self, Packet, Startup, Version};
use wire::{WireError, frontend::tag};
use zeroize::Zeroizing;

use crate::cancel::CancelKey;
use crate::channel::{Channel, Message};
use crate::error::{ChannelError, GatewayError, Refusal};
use crate::tls::ServerTls;
use settings::Requested;

/// Time for TLS, startup packet and authentication together: a person behind a slow line needs
/// two seconds, and who sends a byte a minute must not hold a place for long.
pub const LOGIN_TIMEOUT: Duration = Duration::from_secs(15);

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
}

/// Who arrived.
#[derive(Debug)]
pub enum Arrival<S> {
    /// A principal that has logged in.
    Session(Box<ClientLeg<S>>),
    /// Somebody who asks to cancel what a session runs. The connection is closed; whether there is
    /// such a session is not told.
    Cancel {
        /// The process id in the key.
        process_id: i32,
        /// The secret in the key.
        secret: Zeroizing<Vec<u8>>,
    },
}

/// A client that has logged in and waits for [`ClientLeg::welcome`].
#[derive(Debug)]
pub struct ClientLeg<S> {
    /// The connection.
    pub channel: Channel<S>,
    /// Who it is.
    pub actor: Actor,
    /// The name of the connection that it asked for; known to exist.
    pub connection: String,
    /// The settings that it asked for, all of them allowed.
    pub settings: Vec<(&'static str, String)>,
    /// The protocol version that we agreed on.
    pub version: Version,
}

/// Takes a client from its first byte to a known principal, within [`LOGIN_TIMEOUT`].
///
/// # Errors
/// [`GatewayError::Refused`] after the client was told; [`GatewayError::Client`] and
/// [`GatewayError::LoginTimeout`] after the connection was dropped.
pub async fn login<S>(stream: S, rules: &LoginRules) -> Result<Arrival<S>, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut channel = Channel::new(stream, Side::Frontend);
    let late = Err(GatewayError::LoginTimeout {
        limit: LOGIN_TIMEOUT,
    });
    let arrival = timeout(LOGIN_TIMEOUT, arrive(&mut channel, rules))
        .await
        .unwrap_or(late)?;
    Ok(match arrival {
        Opened::Cancel { process_id, secret } => Arrival::Cancel { process_id, secret },
        Opened::Session(known) => Arrival::Session(Box::new(ClientLeg {
            channel,
            actor: known.actor,
            connection: known.requested.database,
            settings: known.requested.settings,
            version: known.version,
        })),
    })
}

/// What a connection was opened for: `T` is a startup packet, and later a principal.
enum Opened<T> {
    Session(T),
    Cancel {
        process_id: i32,
        secret: Zeroizing<Vec<u8>>,
    },
}

struct Known {
    actor: Actor,
    requested: Requested,
    version: Version,
}

async fn arrive<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
) -> Result<Opened<Known>, GatewayError>
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

async fn identify<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
) -> Result<Opened<Known>, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let packet = match open(channel, rules).await? {
        Opened::Session(packet) => packet,
        Opened::Cancel { process_id, secret } => return Ok(Opened::Cancel { process_id, secret }),
    };
    let startup = startup_of(&packet)?;
    let requested = settings::read(&startup)?;
    let version = negotiate(channel, &startup)?;
    let with_names = |refusal: Refusal| refusal.asked_by(&requested.user, &requested.database);
    check_transport(channel, rules).map_err(with_names)?;
    let actor = match rules.method {
        Method::ScramSha256 => sasl::authenticate(channel, rules, &requested.user).await?,
        Method::Password => by_password(channel, rules, &requested.user).await?,
    }
    .map_err(|error| with_names(unauthenticated(error, &requested.user)))?;
    encode::authentication_ok(&mut channel.output);
    channel.send().await.map_err(GatewayError::Client)?;
    if !rules.connections.contains(&requested.database) {
        return Err(with_names(unknown_database(&requested.database)).into());
    }
    Ok(Opened::Session(Known {
        actor,
        requested,
        version,
    }))
}

/// A request before the startup packet that may come once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    Tls,
    Gss,
}

/// Answers requests for encryption until the startup packet comes, which is returned whole.
async fn open<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
) -> Result<Opened<bytes::BytesMut>, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // At most one of each: a client without end must not keep us here (CVE-2026-6479).
    let mut asked: [Option<Encryption>; 2] = [None; 2];
    loop {
        let bytes = channel.packet().await.map_err(malformed)?;
        let request = match packet_of(&bytes)? {
            Packet::Ssl => Encryption::Tls,
            Packet::GssEnc => Encryption::Gss,
            Packet::Startup(_) => return Ok(Opened::Session(bytes)),
            Packet::Cancel(cancel) => {
                let secret = Zeroizing::new(cancel.secret.to_vec());
                return Ok(Opened::Cancel {
                    process_id: cancel.process_id,
                    secret,
                });
            }
        };
        let place = asked.iter_mut().find(|place| place.is_none());
        let (Some(place), false) = (place, channel.is_encrypted()) else {
            return Err(repeated());
        };
        *place = Some(request);
        if asked == [Some(request); 2] {
            return Err(repeated());
        }
        answer(channel, rules, request).await?;
    }
}

fn repeated() -> GatewayError {
    let refusal = Refusal::new("08P01", "encryption was requested twice");
    refusal.into()
}

async fn answer<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
    request: Encryption,
) -> Result<(), GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match (request, &rules.tls) {
        (Encryption::Tls, Some(tls)) => {
            if !channel.input.is_empty() {
                return Err(plaintext());
            }
            channel.output.extend_from_slice(b"S");
            channel.send().await.map_err(GatewayError::Client)?;
            channel
                .accept_tls(Arc::clone(&tls.config))
                .await
                .map_err(GatewayError::Client)
        }
        (Encryption::Tls, None) | (Encryption::Gss, _) => {
            channel.output.extend_from_slice(b"N");
            channel.send().await.map_err(GatewayError::Client)
        }
    }
}

/// What came in clear after a request for TLS may be a third party's (CVE-2021-23214).
fn plaintext() -> GatewayError {
    Refusal::new("08P01", "received unencrypted data after SSL request")
        .hint("This may be a sign of a man in the middle, or of a client that does not wait.")
        .into()
}

fn packet_of(bytes: &[u8]) -> Result<Packet<'_>, GatewayError> {
    match startup::scan(bytes) {
        Ok(startup::ScanPacket::Packet(packet, _)) => Ok(packet),
        Ok(startup::ScanPacket::Partial { .. }) => Err(GatewayError::Client(ChannelError::Closed)),
        Err(violation) => Err(malformed(violation.into())),
    }
}

fn startup_of(bytes: &[u8]) -> Result<Startup<'_>, GatewayError> {
    match packet_of(bytes)? {
        Packet::Startup(startup) => Ok(startup),
        Packet::Ssl | Packet::GssEnc | Packet::Cancel(_) => {
            Err(GatewayError::Client(ChannelError::Unexpected {
                message: "request",
            }))
        }
    }
}

/// Tells a client that speaks PostgreSQL's protocol what is wrong with its packet. One that sends
/// an impossible length speaks another protocol and is told nothing.
fn malformed(error: ChannelError) -> GatewayError {
    let ChannelError::Violation(violation) = &error else {
        return GatewayError::Client(error);
    };
    match violation {
        WireError::UnsupportedVersion { major, minor } => Refusal::new(
            "0A000",
            format!(
                "unsupported frontend protocol {major}.{minor}: server supports 3.0 to {}.{}",
                NEWEST.major, NEWEST.minor
            ),
        )
        .into(),
        WireError::DuplicateParameter { .. } | WireError::NotUtf8 => {
            Refusal::new("08P01", format!("invalid startup packet: {violation}")).into()
        }
        WireError::UnknownTag { .. }
        | WireError::ShortLength { .. }
        | WireError::TooLong { .. }
        | WireError::Truncated { .. }
        | WireError::TrailingBytes { .. }
        | WireError::Unterminated
        | WireError::NulInText
        | WireError::NegativeLength { .. }
        | WireError::UnknownTarget { .. }
        | WireError::UnknownStatus { .. }
        | WireError::UnknownCopyFormat { .. }
        | WireError::CellCount { .. } => GatewayError::Client(error),
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

/// Asks for the access key in clear.
async fn by_password<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
    user: &str,
) -> Result<Result<Actor, LoginError>, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    encode::authentication_cleartext(&mut channel.output);
    let message = ask(channel).await?;
    let password = Zeroizing::new(password_of(&message)?.cleartext().map_err(broken)?.to_vec());
    message.wipe();
    let (directory, user) = (Arc::clone(&rules.directory), user.to_owned());
    // PBKDF2 takes milliseconds: other sessions shall not wait for it.
    let checked =
        spawn_blocking(move || directory.authenticate(&user, &password, Timestamp::now()));
    checked
        .await
        .map_err(|_| GatewayError::Client(ChannelError::Closed))
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
            message: wire::frame::message_name(Side::Frontend, other.tag()),
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
        parameters: &[(String, String)],
        key: &CancelKey,
    ) -> Result<(), GatewayError> {
        let output = &mut self.channel.output;
        for (name, value) in parameters {
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
        self.channel.send().await.map_err(GatewayError::Client)
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

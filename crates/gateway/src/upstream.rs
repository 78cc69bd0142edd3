//! The server's leg: from a connection's name to a session that is ready, with our credential.

mod client;
mod scram;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use config::{ConnectionConfig, UpstreamTls};
use identity::Secret;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wire::backend::{self, Authentication, ReportFields, TransactionStatus, tag};
use wire::encode;
use wire::frame::{Side, message_name};
use wire::startup::Version;
use zeroize::Zeroizing;

use crate::channel::{Channel, Message};
use crate::error::{ChannelError, GatewayError, UpstreamProblem};
use crate::tls::{ClientTls, Trust};

pub use client::catalog_client;

/// Time for the TCP connection. A server of the same data centre answers in a millisecond; one
/// that is down often does not answer at all, and the client shall know soon.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Time for TLS, startup and authentication: a server under load takes seconds to fork.
pub const STARTUP_TIMEOUT: Duration = Duration::from_secs(10);

/// Settings that every session has, whatever the client asks for: how statements are read must not
/// depend on the server's configuration, or the server would read another statement than we did.
pub const PINNED: [(&str, &str); 3] = [
    ("client_encoding", "UTF8"),
    ("standard_conforming_strings", "on"),
    ("backslash_quote", "safe_encoding"),
];

/// Those of [`PINNED`] that servers report.
const REPORTED: [(&str, &str); 2] = [
    ("client_encoding", "UTF8"),
    ("standard_conforming_strings", "on"),
];

/// Most settings that a server may report. PostgreSQL 18 reports 16.
const MAX_SETTINGS: usize = 128;

/// A database server, and how we log in to it.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// The connection's name.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The server's name of the database.
    pub database: String,
    /// Our role.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// How the line is secured.
    pub tls: ClientTls,
}

impl Upstream {
    /// As configured. Reads the trusted roots, so that a missing file shows at the start.
    ///
    /// # Errors
    /// [`GatewayError::File`], [`GatewayError::Certificate`].
    pub fn new(config: &ConnectionConfig) -> Result<Self, GatewayError> {
        let tls = match &config.tls {
            UpstreamTls::VerifyFull { ca } => ClientTls::required(Trust::Full(ca.as_deref()))?,
            UpstreamTls::VerifyCa { ca } => ClientTls::required(Trust::Chain(ca.as_deref()))?,
            UpstreamTls::Require => ClientTls::required(Trust::Anybody)?,
            UpstreamTls::Disable => ClientTls::Disabled,
        };
        Ok(Self {
            name: config.name.clone(),
            host: config.host.clone(),
            port: config.port,
            database: config.database.clone(),
            user: config.user.clone(),
            password: config.password.clone(),
            tls,
        })
    }

    fn failed(&self, problem: UpstreamProblem) -> GatewayError {
        GatewayError::Upstream {
            connection: self.name.clone(),
            problem,
        }
    }
}

/// The server's own cancel key; never shown to a client.
#[derive(Clone, PartialEq, Eq)]
pub struct BackendKey {
    /// The server process.
    pub process_id: i32,
    /// Its secret, 4 to 256 bytes.
    pub secret: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for BackendKey {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BackendKey({})", self.process_id)
    }
}

/// A session on a server that is ready for its first statement.
#[derive(Debug)]
pub struct ServerLeg<S> {
    /// The connection.
    pub channel: Channel<S>,
    /// The key to cancel it; some poolers give none.
    pub key: Option<BackendKey>,
    /// What the server reports of its settings, by name. Those of [`PINNED`] that are reported are
    /// checked.
    pub parameters: BTreeMap<String, String>,
}

impl<S> ServerLeg<S> {
    /// The server's version as it reports it, such as `15.18 (Debian 15.18-1)`; empty if it
    /// reports none.
    pub fn server_version(&self) -> &str {
        self.parameters
            .get("server_version")
            .map_or("", String::as_str)
    }
}

/// Opens a session with the client's `settings`.
///
/// # Errors
/// [`GatewayError::Upstream`] within [`CONNECT_TIMEOUT`] and [`STARTUP_TIMEOUT`].
pub async fn connect(
    upstream: &Upstream,
    settings: &[(&str, String)],
) -> Result<ServerLeg<TcpStream>, GatewayError> {
    let connected = async { start(dial(upstream).await?, upstream, settings).await };
    connected.await.map_err(|problem| upstream.failed(problem))
}

/// Opens a session over a stream that is there already.
///
/// # Errors
/// What is wrong with the server.
pub async fn start<S>(
    stream: S,
    upstream: &Upstream,
    settings: &[(&str, String)],
) -> Result<ServerLeg<S>, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    within(STARTUP_TIMEOUT, async {
        let mut channel = secure(stream, upstream).await?;
        write_startup(&mut channel, upstream, settings)?;
        channel.send().await?;
        authenticate(&mut channel, upstream).await?;
        let (key, parameters) = read_settings(&mut channel).await?;
        check_pins(&parameters)?;
        Ok(ServerLeg {
            channel,
            key,
            parameters,
        })
    })
    .await
}

/// Sends a cancel request and waits for the server to close.
pub(crate) async fn send_cancel(
    upstream: &Upstream,
    key: &BackendKey,
) -> Result<(), UpstreamProblem> {
    let stream = dial(upstream).await?;
    within(STARTUP_TIMEOUT, async {
        let mut channel = secure(stream, upstream).await?;
        encode::cancel_request(&mut channel.output, key.process_id, &key.secret)
            .map_err(ChannelError::from)?;
        channel.send().await?;
        // The server answers nothing. Whether it closes in order does not matter.
        let mut sink = [0; 16];
        while let Ok(1..) = channel.stream.read(&mut sink).await {}
        Ok(())
    })
    .await
}

async fn dial(upstream: &Upstream) -> Result<TcpStream, UpstreamProblem> {
    let address = (upstream.host.as_str(), upstream.port);
    let stream = within(CONNECT_TIMEOUT, async {
        let stream = TcpStream::connect(address).await;
        stream.map_err(|error| UpstreamProblem::Unreachable(error.kind()))
    })
    .await?;
    // Messages are small and waited for.
    stream
        .set_nodelay(true)
        .map_err(|error| UpstreamProblem::Unreachable(error.kind()))?;
    Ok(stream)
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, UpstreamProblem>>,
) -> Result<T, UpstreamProblem> {
    timeout(limit, work)
        .await
        .unwrap_or(Err(UpstreamProblem::Timeout { limit }))
}

/// Turns TLS on if the configuration says so. Nothing that the server says before is believed but
/// its yes: an error text could be anybody's (CVE-2024-10977).
async fn secure<S>(stream: S, upstream: &Upstream) -> Result<Channel<S>, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut channel = Channel::new(stream, Side::Backend);
    let config = match &upstream.tls {
        ClientTls::Disabled => return Ok(channel),
        ClientTls::Required(config) => config,
    };
    let name = ServerName::try_from(upstream.host.clone());
    let name = name.map_err(|_| UpstreamProblem::ServerName)?;
    encode::ssl_request(&mut channel.output);
    channel.send().await?;
    match channel.byte().await? {
        b'S' => channel.connect_tls(config.clone(), name).await?,
        b'N' => return Err(UpstreamProblem::TlsRefused),
        _ => {
            return Err(ChannelError::Unexpected {
                message: "answer to SSLRequest",
            }
            .into());
        }
    }
    Ok(channel)
}

/// Protocol 3.0: every server and pooler speaks it, and we need nothing newer from it.
fn write_startup<S>(
    channel: &mut Channel<S>,
    upstream: &Upstream,
    settings: &[(&str, String)],
) -> Result<(), UpstreamProblem> {
    let whom = [
        ("user", upstream.user.as_str()),
        ("database", upstream.database.as_str()),
    ];
    // INVARIANT: the client's settings are those of `login::settings::ALLOWED`, none of them
    // pinned. The pins come last all the same, where the last one counts.
    let chosen = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let parameters = whom.into_iter().chain(chosen).chain(PINNED);
    encode::startup(&mut channel.output, Version::V3_0, parameters)
        .map_err(|error| ChannelError::from(error).into())
}

/// Answers what the server asks for, until it says that we are in.
async fn authenticate<S>(
    channel: &mut Channel<S>,
    upstream: &Upstream,
) -> Result<(), UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let message = next(channel).await?;
    match authentication(&message)? {
        Authentication::Sasl { mechanisms } => {
            let offered = mechanisms
                .iter()
                .any(|name| name == scram::MECHANISM.as_bytes());
            if !offered {
                return Err(UpstreamProblem::Method {
                    method: "another SASL mechanism",
                });
            }
            scram::authenticate(channel, upstream.password.expose()).await
        }
        // The server is trusted to let us in (`trust`, `peer`, certificates): its own choice, and
        // the password stays with us.
        Authentication::Ok => Ok(()),
        Authentication::CleartextPassword => Err(UpstreamProblem::Method {
            method: "the password in clear",
        }),
        Authentication::Md5 { .. } => Err(UpstreamProblem::Method { method: "MD5" }),
        Authentication::SaslContinue(_)
        | Authentication::SaslFinal(_)
        | Authentication::Other(_) => Err(UpstreamProblem::Method {
            method: "an unknown method",
        }),
    }
}

/// The next message of a login. An error ends it; notices are dropped.
async fn next<S>(channel: &mut Channel<S>) -> Result<Message, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let message = channel.message(is_of_a_login).await?;
        match decode(&message)? {
            backend::Message::ErrorResponse(report) => return Err(rejected(&report)),
            backend::Message::NoticeResponse(_) => {}
            _ => return Ok(message),
        }
    }
}

const fn is_of_a_login(tag: u8) -> bool {
    matches!(
        tag,
        tag::AUTHENTICATION
            | tag::BACKEND_KEY_DATA
            | tag::PARAMETER_STATUS
            | tag::READY_FOR_QUERY
            | tag::ERROR_RESPONSE
            | tag::NOTICE_RESPONSE
    )
}

fn decode(message: &Message) -> Result<backend::Message<'_>, UpstreamProblem> {
    let frame = message.frame()?;
    Ok(backend::decode(frame).map_err(ChannelError::from)?)
}

fn authentication(message: &Message) -> Result<Authentication<'_>, UpstreamProblem> {
    match decode(message)? {
        backend::Message::Authentication(authentication) => Ok(authentication),
        other => Err(unexpected(&other)),
    }
}

fn unexpected(message: &backend::Message<'_>) -> UpstreamProblem {
    ChannelError::Unexpected {
        message: message_name(Side::Backend, message.tag()),
    }
    .into()
}

/// Keeps the SQLSTATE if it looks like one, and nothing else.
fn rejected(report: &ReportFields<'_>) -> UpstreamProblem {
    let sqlstate = report.sqlstate().unwrap_or_default();
    let honest = sqlstate.len() == 5 && sqlstate.iter().all(u8::is_ascii_alphanumeric);
    let sqlstate = if honest {
        String::from_utf8_lossy(sqlstate)
    } else {
        "XX000".into()
    };
    UpstreamProblem::Rejected {
        sqlstate: sqlstate.into_owned(),
    }
}

type Settings = (Option<BackendKey>, BTreeMap<String, String>);

/// Reads what the server tells about itself until it is ready.
async fn read_settings<S>(channel: &mut Channel<S>) -> Result<Settings, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut key = None;
    let mut parameters = BTreeMap::new();
    loop {
        let message = next(channel).await?;
        match decode(&message)? {
            backend::Message::ParameterStatus(status) => {
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                parameters.insert(text(status.name), text(status.value));
                if parameters.len() > MAX_SETTINGS {
                    return Err(UpstreamProblem::TooManySettings {
                        limit: MAX_SETTINGS,
                    });
                }
            }
            backend::Message::BackendKeyData(data) => {
                let secret = Zeroizing::new(data.secret.to_vec());
                key = Some(BackendKey {
                    process_id: data.process_id,
                    secret,
                });
            }
            backend::Message::ReadyForQuery(ready) if ready.status == TransactionStatus::Idle => {
                return Ok((key, parameters));
            }
            other => return Err(unexpected(&other)),
        }
    }
}

fn check_pins(parameters: &BTreeMap<String, String>) -> Result<(), UpstreamProblem> {
    for (name, expected) in REPORTED {
        let value = parameters.get(name).map_or("", String::as_str);
        if value != expected {
            return Err(UpstreamProblem::Setting {
                name,
                value: value.to_owned(),
                expected,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

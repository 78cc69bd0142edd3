//! The server's leg: from a connection's name to a session that is ready, with our credential.

mod authenticate;
mod client;
mod dial;
mod message;
mod scram;
mod secure;
mod startup;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use config::{ChannelBinding, ConnectionConfig, Limits, TlsNegotiation, UpstreamAuth, UpstreamTls};
use identity::Secret;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::time::timeout;
use wire::encode;
use zeroize::Zeroizing;

use crate::channel::Channel;
use crate::error::{ChannelError, GatewayError, UpstreamProblem};
use crate::peer::Patience;
use crate::tls::{ClientTls, OwnCertificate, Trust};

pub use client::catalog_client;
pub use dial::{Address, Socket};
pub use scram::KeyCache;
pub use startup::{Dialect, PINNED};

/// A database server, and how we log in to it.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// The connection's name.
    pub name: String,
    /// What the server's certificate must be for, where that is checked.
    pub host: String,
    /// Where it listens.
    pub address: Address,
    /// The server's name of the database.
    pub database: String,
    /// Our role.
    pub user: String,
    /// Its password, if it has one.
    pub password: Option<Secret>,
    /// How the line is secured.
    pub tls: ClientTls,
    /// How TLS begins.
    pub negotiation: TlsNegotiation,
    /// Whether the login is bound to the server's certificate.
    pub channel_binding: ChannelBinding,
    /// Which methods are answered.
    pub auth: UpstreamAuth,
    /// Time to connect and log in.
    pub timeout: Duration,
    /// How long the server may be silent.
    pub patience: Patience,
    /// Keys of earlier logins.
    pub keys: Arc<KeyCache>,
    /// The protocol version that the server speaks.
    pub dialect: Arc<Dialect>,
}

impl Upstream {
    /// As configured. Reads certificates, so that a missing file shows at the start.
    ///
    /// # Errors
    /// [`GatewayError::File`], [`GatewayError::Certificate`].
    pub fn new(config: &ConnectionConfig, limits: &Limits) -> Result<Self, GatewayError> {
        let own = config.certificate.as_ref().map(|files| OwnCertificate {
            certificate: &files.certificate,
            key: &files.key,
        });
        let required = |trust| ClientTls::required(trust, own);
        let tls = match &config.tls {
            UpstreamTls::VerifyFull { ca } => required(Trust::Full(ca.as_deref()))?,
            UpstreamTls::VerifyCa { ca } => required(Trust::Chain(ca.as_deref()))?,
            UpstreamTls::Require => required(Trust::Anybody)?,
            UpstreamTls::Disable => ClientTls::Disabled,
        };
        let address = match config.socket() {
            Some(path) => Address::Unix(path),
            None => Address::Tcp(config.host.clone(), config.port),
        };
        Ok(Self {
            name: config.name.clone(),
            host: config.host.clone(),
            address,
            database: config.database.clone(),
            user: config.user.clone(),
            password: config.password.clone(),
            tls,
            negotiation: config.negotiation,
            channel_binding: config.channel_binding,
            auth: config.auth,
            timeout: limits.connect_timeout,
            patience: Patience::of(limits),
            keys: Arc::default(),
            dialect: Arc::default(),
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
    /// Where a cancel request is to go: one name may stand for several servers.
    pub address: Address,
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
/// [`GatewayError::Upstream`] within [`Upstream::timeout`].
pub async fn connect(
    upstream: &Upstream,
    settings: &[(&str, String)],
) -> Result<ServerLeg<Socket>, GatewayError> {
    let connected = within(upstream.timeout, async {
        match attempt(upstream, settings).await {
            // Its dialect is known now.
            Err(UpstreamProblem::OldProtocol) => attempt(upstream, settings).await,
            connected => connected,
        }
    });
    connected.await.map_err(|problem| upstream.failed(problem))
}

async fn attempt(
    upstream: &Upstream,
    settings: &[(&str, String)],
) -> Result<ServerLeg<Socket>, UpstreamProblem> {
    let socket = dial::dial(&upstream.address, upstream.patience).await?;
    let address = dial::reached(&socket, &upstream.address);
    let leg = log_in(socket, upstream, settings).await?;
    Ok(ServerLeg { address, ..leg })
}

/// Opens a session over a stream that is there already.
///
/// # Errors
/// What is wrong with the server, within [`Upstream::timeout`].
pub async fn start<S>(
    stream: S,
    upstream: &Upstream,
    settings: &[(&str, String)],
) -> Result<ServerLeg<S>, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    within(upstream.timeout, log_in(stream, upstream, settings)).await
}

async fn log_in<S>(
    stream: S,
    upstream: &Upstream,
    settings: &[(&str, String)],
) -> Result<ServerLeg<S>, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut channel = secure::secure(stream, upstream).await?;
    let asked = startup::write(&mut channel, upstream, settings)?;
    channel.send().await?;
    let request = startup::negotiate(&mut channel, asked).await;
    let request = request.map_err(|problem| upstream.dialect.explain(problem, asked))?;
    authenticate::authenticate(&mut channel, upstream, &request).await?;
    let (key, parameters) = startup::read_settings(&mut channel).await?;
    startup::check_pins(&parameters)?;
    channel.settle();
    Ok(ServerLeg {
        channel,
        key,
        address: upstream.address.clone(),
        parameters,
    })
}

/// Sends a cancel request to `address`, secured as sessions are, and waits for the server to close.
pub(crate) async fn send_cancel(
    upstream: &Upstream,
    address: &Address,
    key: &BackendKey,
) -> Result<(), UpstreamProblem> {
    within(upstream.timeout, async {
        let socket = dial::dial(address, upstream.patience).await?;
        let mut channel = secure::secure(socket, upstream).await?;
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

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, UpstreamProblem>>,
) -> Result<T, UpstreamProblem> {
    timeout(limit, work)
        .await
        .unwrap_or(Err(UpstreamProblem::Timeout { limit }))
}

#[cfg(test)]
pub(crate) mod tests;

//! The databases upstream.

use identity::Secret;
use std::path::{Path, PathBuf};

/// An upstream database.
#[derive(Debug, Clone)]
pub struct ConnectionConfig {
    /// What clients give as `database`.
    pub name: String,
    /// Such as `prod`; policies speak of it.
    pub environment: String,
    /// Host name or address, or the directory of a Unix socket.
    pub host: String,
    /// TCP port, or the number in the name of the socket's file.
    pub port: u16,
    /// The database upstream; the connection's name when the file does not say.
    pub database: String,
    /// The role upstream.
    pub user: String,
    /// Its password; `None` where a certificate or the operating system stands for it.
    pub password: Option<Secret>,
    /// The encryption of the connection upstream.
    pub tls: UpstreamTls,
    /// How TLS begins.
    pub negotiation: TlsNegotiation,
    /// The certificate that we show.
    pub certificate: Option<UpstreamCertificate>,
    /// Whether the login is bound to the server's certificate.
    pub channel_binding: ChannelBinding,
    /// How the role proves itself.
    pub auth: UpstreamAuth,
}

impl ConnectionConfig {
    /// The path of the Unix socket, if the host is a directory: `.s.PGSQL.` and the port, as
    /// PostgreSQL names it.
    #[must_use]
    pub fn socket(&self) -> Option<PathBuf> {
        socket(&self.host, self.port)
    }
}

/// Hosts that begin with `/` are directories, as in libpq.
pub(crate) fn socket(host: &str, port: u16) -> Option<PathBuf> {
    let directory = Some(host).filter(|host| host.starts_with('/'))?;
    Some(Path::new(directory).join(format!(".s.PGSQL.{port}")))
}

/// The encryption of a connection upstream; the words are libpq's `sslmode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpstreamTls {
    /// The certificate must be trusted and be for the host's name. The default.
    VerifyFull {
        /// PEM file with the trusted authorities; `None`: those of the system.
        ca: Option<PathBuf>,
    },
    /// The certificate must be trusted, whatever its name.
    VerifyCa {
        /// PEM file with the trusted authorities; `None`: those of the system.
        ca: Option<PathBuf>,
    },
    /// Encrypted, with any certificate: no protection against an active attacker.
    Require,
    /// In clear. The default of Unix sockets, which know nothing else.
    Disable,
}

impl UpstreamTls {
    /// The word of the configuration file.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            UpstreamTls::VerifyFull { .. } => "verify-full",
            UpstreamTls::VerifyCa { .. } => "verify-ca",
            UpstreamTls::Require => "require-unverified",
            UpstreamTls::Disable => "disable",
        }
    }
}

/// How TLS begins; libpq's `sslnegotiation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsNegotiation {
    /// The server is asked first. The default.
    Postgres,
    /// At once, which saves a round trip. Servers know it since PostgreSQL 17.
    Direct,
}

/// A certificate that we show to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamCertificate {
    /// PEM file with the certificate and its chain.
    pub certificate: PathBuf,
    /// PEM file with its private key.
    pub key: PathBuf,
}

/// Whether the login is bound to the server's certificate; libpq's `channel_binding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Where the server offers it. The default.
    Prefer,
    /// Or there is no login.
    Require,
    /// Never.
    Disable,
}

/// How the role upstream proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpstreamAuth {
    /// The password is never sent. The default.
    ScramSha256,
    /// The server may also ask for the password in clear, as those do that hand it to a directory
    /// or take a token in its place.
    Password,
}

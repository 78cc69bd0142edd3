//! What can go wrong, sorted by whose fault it is.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use identity::ScramError;
use wire::WireError;
use wire::startup::Version;

/// Everything that ends a connection, or keeps the gate from starting.
///
/// Only [`Refusal`] is made for a client's eyes; all other variants are for the log.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GatewayError {
    /// The client's connection failed, or the client broke the protocol.
    #[error("client: {0}")]
    Client(ChannelError),
    /// We refused the client, and told it so.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The client did not log in in time.
    #[error("client did not log in within {limit:?}")]
    LoginTimeout {
        /// The time it had.
        limit: Duration,
    },
    /// The database server could not be reached, is not what it should be, or refused us.
    #[error("connection `{connection}`: {problem}")]
    Upstream {
        /// The connection's name in the configuration.
        connection: String,
        /// What is wrong.
        problem: UpstreamProblem,
    },
    /// A certificate or key is of no use.
    #[error("certificate or key `{}`: {problem}", path.display())]
    Certificate {
        /// Its file.
        path: PathBuf,
        /// What is wrong.
        problem: CertificateProblem,
    },
    /// A file of ours could not be read or written.
    #[error("file `{}`: {kind}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system")]
    Randomness,
    /// A message of ours could not be written.
    #[error("message to send: {0}")]
    Encode(WireError),
}

impl GatewayError {
    /// What the client is told, if this is a refusal.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Client(_)
            | Self::LoginTimeout { .. }
            | Self::Upstream { .. }
            | Self::Certificate { .. }
            | Self::File { .. }
            | Self::Randomness
            | Self::Encode(_) => None,
        }
    }
}

impl From<Refusal> for GatewayError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// What was wrong with one connection, or with what its peer sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChannelError {
    /// The peer broke the protocol.
    #[error("protocol violation: {0}")]
    Violation(#[from] WireError),
    /// The peer sent a message that has no place here.
    #[error("unexpected {message}")]
    Unexpected {
        /// The message's name.
        message: &'static str,
    },
    /// The peer sent bytes in clear when TLS was agreed: they may be a third party's.
    #[error("received unencrypted data after the request for encryption")]
    Plaintext,
    /// TLS began without a request for it, and without saying by ALPN that it is for PostgreSQL: the
    /// peer may take us for something else.
    #[error("TLS without the application protocol `postgresql`")]
    Alpn,
    /// The TLS handshake failed.
    #[error("TLS: {0}")]
    Tls(rustls::Error),
    /// The peer closed the connection.
    #[error("connection closed")]
    Closed,
    /// The operating system reported an error.
    #[error("{0}")]
    Io(io::ErrorKind),
}

impl From<io::Error> for ChannelError {
    /// Finds the TLS error in what tokio-rustls reports.
    fn from(error: io::Error) -> Self {
        match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            Some(tls) => Self::Tls(tls.clone()),
            None if error.kind() == io::ErrorKind::UnexpectedEof => Self::Closed,
            None => Self::Io(error.kind()),
        }
    }
}

/// What is wrong with a database server.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UpstreamProblem {
    /// No TCP connection.
    #[error("cannot connect: {0}")]
    Unreachable(io::ErrorKind),
    /// No answer in time.
    #[error("no answer within {limit:?}")]
    Timeout {
        /// The time it had.
        limit: Duration,
    },
    /// The connection failed, or the server broke the protocol.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The server speaks no TLS, and the configuration asks for it.
    #[error("the server refused TLS, which the configuration asks for")]
    TlsRefused,
    /// The configured host is no name that a certificate could carry.
    #[error("the host is not a valid server name")]
    ServerName,
    /// The server asks for another method than the configuration allows: answering a weaker one
    /// would hand the password, or a hash that stands for it, to whoever asks.
    #[error("the server asks for {method}, expected {expected}")]
    Method {
        /// What it asks for.
        method: &'static str,
        /// What the configuration allows.
        expected: &'static str,
    },
    /// The server asks for a password, and the configuration has none.
    #[error("the server asks for a password, and the configuration gives none")]
    NoPassword,
    /// The exchange cannot be bound to the server's certificate, and the configuration asks for it.
    #[error("no channel binding, which the configuration asks for: {0}")]
    Unbound(&'static str),
    /// The server does not negotiate its protocol: it refused 3.2, and is asked for 3.0 next.
    #[error("the server refused protocol 3.2")]
    OldProtocol,
    /// The server chose a protocol version that we did not offer.
    #[error("the server chose protocol {}.{}", .0.major, .0.minor)]
    Version(Version),
    /// The server let us in without a proof that it knows the password.
    #[error("the server did not finish the SCRAM-SHA-256 exchange")]
    Unproven,
    /// A SCRAM message is malformed, or the server's proof is wrong.
    #[error("the SCRAM exchange failed: {0}")]
    Scram(#[from] ScramError),
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system")]
    Randomness,
    /// The server reported an error. Its text is not kept: it may quote what it likes.
    #[error("the server refused the session with SQLSTATE {sqlstate}")]
    Rejected {
        /// Its SQLSTATE, five letters and digits.
        sqlstate: String,
    },
    /// A setting that we pin has another value, so that statements would be read differently.
    #[error("the server reports `{name}` = `{value}`, expected `{expected}`")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What the server reports; empty if it reports nothing.
        value: String,
        /// What we pinned.
        expected: &'static str,
    },
    /// The server sent more settings than any server has.
    #[error("the server reports more than {limit} settings")]
    TooManySettings {
        /// The limit.
        limit: usize,
    },
}

/// What is wrong with a certificate or key.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CertificateProblem {
    /// The file is not PEM, or holds nothing of the kind that is looked for.
    #[error("no {0} in PEM form found")]
    Pem(&'static str),
    /// rustls does not accept it.
    #[error("{0}")]
    Tls(rustls::Error),
    /// It cannot be used to check the certificates of clients.
    #[error("cannot check certificates of clients: {0}")]
    Verifier(String),
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Generation(rcgen::Error),
    /// The operating system has no trusted roots.
    #[error("the operating system has no trusted root certificates")]
    NoRoots,
}

/// What a client is told when it may not come in, and what the record says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused with {sqlstate}: {reason}")]
pub struct Refusal {
    /// SQLSTATE, as PostgreSQL's users know it.
    pub sqlstate: &'static str,
    /// One line for the client.
    pub message: Box<str>,
    /// What the client may do about it.
    pub hint: Option<Box<str>>,
    /// Why, for the record; may say more than the client learns, never a secret.
    pub reason: String,
    /// Who asked, as far as it is known; not verified.
    pub user: Option<String>,
    /// For what, as far as it is known.
    pub database: Option<String>,
}

impl Refusal {
    /// A refusal whose reason is its message.
    pub fn new(sqlstate: &'static str, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self {
            sqlstate,
            message: message.as_str().into(),
            reason: message,
            hint: None,
            user: None,
            database: None,
        }
    }

    /// With a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into_boxed_str());
        self
    }

    /// With a reason for the record that the client does not learn.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// With who asked, and for what.
    #[must_use]
    pub fn asked_by(mut self, user: &str, database: &str) -> Self {
        self.user = Some(user.to_owned());
        self.database = Some(database.to_owned());
        self
    }
}

impl UpstreamProblem {
    /// What the client of `connection` is told: never the server's address, role or words.
    pub fn refusal(&self, connection: &str) -> Refusal {
        let message = format!("connection \"{connection}\" to the database server failed");
        let hint = match self {
            Self::Unreachable(_) | Self::Timeout { .. } => {
                "The database server cannot be reached right now. Try again later, or ask who runs \
                 the gate."
            }
            Self::Rejected { .. } => {
                "The database server refused the session. Ask who runs the gate: its log has the \
                 reason."
            }
            Self::Channel(_)
            | Self::TlsRefused
            | Self::ServerName
            | Self::Method { .. }
            | Self::Unproven
            | Self::NoPassword
            | Self::Unbound(_)
            | Self::OldProtocol
            | Self::Version(_)
            | Self::Scram(_)
            | Self::Randomness
            | Self::Setting { .. }
            | Self::TooManySettings { .. } => {
                "The database server did not pass the gate's checks. Ask who runs the gate: its \
                 log has the reason."
            }
        };
        Refusal::new("08006", message)
            .hint(hint)
            .reason(self.to_string())
    }
}

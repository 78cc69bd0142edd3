//! What keeps the gate from starting, from being reloaded, or from reading a database's catalogs.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use audit::SinkError;

use crate::audit_log::AuditLogError;
use crate::error::{GatewayError, Refusal};

/// Why the gate cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The audit log cannot be continued.
    #[error(transparent)]
    AuditLog(#[from] AuditLogError),
    /// The audit log does not accept records.
    #[error(transparent)]
    Audit(#[from] SinkError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {kind}")]
    Listen {
        /// The address of the configuration.
        address: SocketAddr,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// The system gives no thread to run sessions on.
    #[error("cannot start the threads that sessions run on: {0}")]
    Threads(io::ErrorKind),
    /// A file, certificate or key of the configuration is of no use.
    #[error(transparent)]
    Material(#[from] GatewayError),
}

/// Why a new configuration was not put in force.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The listener's address or the state directory changed.
    #[error("`listen.address` and `state_dir` cannot change while the gate runs; restart it")]
    NeedsRestart,
    /// Something that the configuration names is of no use.
    #[error(transparent)]
    Start(StartError),
    /// The audit log does not accept the record of it.
    #[error(transparent)]
    Audit(SinkError),
}

/// Why a connection's catalogs could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// No connection has this name.
    #[error("no connection is called `{0}`")]
    NoConnection(String),
    /// The database server could not be reached, is not what it should be, or refused us.
    #[error(transparent)]
    Upstream(#[from] GatewayError),
    /// A query on the catalogs failed.
    #[error("connection `{connection}`: the catalogs cannot be read{}", sqlstate.as_ref().map(|code| format!(" (SQLSTATE {code})")).unwrap_or_default())]
    Catalog {
        /// The connection's name.
        connection: String,
        /// What the server said, if it said anything.
        sqlstate: Option<String>,
    },
    /// The server does not answer.
    #[error("connection `{connection}`: the catalogs were not read within {limit:?}")]
    Silent {
        /// The connection's name.
        connection: String,
        /// How long was waited.
        limit: Duration,
    },
    /// Label rules of the configuration do not fit the database.
    #[error("connection `{connection}`: {}", mistakes.join("; "))]
    Labels {
        /// The connection's name.
        connection: String,
        /// Each rule that does not fit.
        mistakes: Vec<String>,
    },
}

impl InspectError {
    /// What a client of the connection is told.
    pub(crate) fn refusal(&self) -> Refusal {
        match self {
            Self::Upstream(GatewayError::Upstream {
                connection,
                problem,
            }) => problem.refusal(connection),
            Self::Upstream(_)
            | Self::NoConnection(_)
            | Self::Catalog { .. }
            | Self::Silent { .. } => {
                Refusal::new("08006", "the database's catalogs cannot be read")
                    .hint("Try again later, or ask who runs the gate: its log has the reason.")
                    .reason(self.to_string())
            }
            Self::Labels { connection, .. } => Refusal::new(
                "58000",
                format!("connection \"{connection}\" is not configured correctly"),
            )
            .hint("Ask who runs the gate to run `lockgate check --connect`.")
            .reason(self.to_string()),
        }
    }
}

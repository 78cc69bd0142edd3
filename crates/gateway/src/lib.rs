//! The gate at run time: sockets, TLS, logins, database servers, catalogs, the audit log's file.
//!
//! [`Gateway::start`] takes a checked configuration and serves clients until
//! [`Gateway::drain`]; [`Gateway::reload`] puts another configuration in force. What is decided
//! about a statement, and what becomes of its rows, is not here but in `session`.
//!
//! This crate never judges, never masks, and never hands a client's bytes to a server: it moves
//! what the session puts out.

mod addresses;
mod admissions;
mod audit_log;
pub mod cancel;
mod catalog;
pub mod channel;
mod database;
mod door;
mod error;
mod fault;
mod gateway;
mod inspect;
mod lanes;
pub mod login;
pub mod peer;
mod private_file;
mod pump;
mod server;
pub mod tls;
pub mod upstream;

pub use audit_log::{AuditLog, AuditLogError, FILE_NAME as AUDIT_FILE};
pub use error::{CertificateProblem, ChannelError, GatewayError, Refusal, UpstreamProblem};
pub use fault::{InspectError, ReloadError, StartError};
pub use gateway::Gateway;
pub use inspect::{Inspected, inspect};

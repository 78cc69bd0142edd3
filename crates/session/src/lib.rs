//! One client session as a state machine over wire messages.
//!
//! Bytes of the client go into [`Session::client`], bytes of the server into [`Session::server`];
//! what may go on comes out in an [`Output`]. The session judges every statement before a byte of
//! it leaves, has every intent accepted by the audit [`audit::Sink`] first, binds masks to portals
//! and scrubs errors.
//!
//! What always holds, stated by absence:
//!
//! - No client byte reaches the output before the statement that it belongs to has a verdict and
//!   its intent is recorded.
//! - No server byte reaches the output before the type of its message was classified; a message
//!   that nobody expects ends the session.
//! - No row reaches the output before its plan was held against the server's own RowDescription.
//! - The session never answers for the server: a refused statement is replaced by text that
//!   PostgreSQL cannot parse and only the words of the error are exchanged, so transaction status,
//!   pipelines and skipping until Sync are always PostgreSQL's own.
//!
//! This crate never does I/O, never reads a clock and never starts a task.

mod ahead;
mod ask;
mod backend;
mod cache;
mod copy_out;
mod frontend;
mod judge;
mod judging;
mod masks;
mod name_effect;
mod names;
mod naming;
mod output;
mod pending;
mod record;
mod refusal;
mod rows;
mod rules;
mod run;
mod scrub;
mod session;
mod shapes;
mod tracked;

pub use judge::{Judged, Known, View, judge};
pub use masks::Operators;
pub use naming::Naming;
pub use output::{Client, Outbox, Output, Snapshot};
pub use refusal::{DENIED, Refusal};
pub use session::{Limits, Moment, Session, SessionError, Start, Step, Who, World};

//! The session: who it is, what it knows, and its door.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use audit::{
    Body, Event, Intent, Origin, Part, Protocol, RecordId, SessionId, Side, Sink, SinkError,
};
use bytes::BytesMut;
use identity::Actor;
use jiff::Timestamp;
use mask::{MaskKey, Styles};
use policy::{Context, Labels, Policy, Viewer};
use sql::Catalog;
use wire::WireError;
use wire::backend::TransactionStatus;

use crate::ahead::Ahead;
use crate::cache::Judgements;
use crate::frontend::LongMessage;
use crate::judge::{Judged, View};
use crate::masks::Operators;
use crate::names::{Epoch, Names};
use crate::naming::Naming;
use crate::output::{Output, Snapshot};
use crate::pending::Queue;
use crate::record;
use crate::refusal::Refusal;
use crate::rows::Tools;
use crate::run::{Run, Shift};
use crate::tracked::Tracked;

/// Bytes of a buffer that is kept between steps: more than rows usually need, little enough for many
/// sessions.
const MAX_SCRATCH: usize = 64 * 1024;

/// Limits of one session.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest messages, by class.
    pub wire: Arc<wire::frame::Limits>,
    /// Longest text of statements in bytes. What is longer than the analysis takes is refused in
    /// any case.
    pub statement: usize,
    /// Longest row or piece of COPY data that is held whole because it may have to be masked, in
    /// bytes. Rows that pass are not held and have no such limit.
    pub held_row: usize,
    /// Most messages that may wait for the server at once: the next one waits with the client.
    pub pipeline: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wire: Arc::default(),
            // What people and tools write is far shorter; generated statements belong into COPY.
            statement: 1024 * 1024,
            // Above any row that people look at; sixteen such sessions fit into a gigabyte.
            held_row: 64 * 1024 * 1024,
            // Enough that neither side ever waits for the other's round trip; a look-up of a name
            // goes through all of them.
            pipeline: 1024,
        }
    }
}

/// Whose session it is.
pub struct Who {
    /// Identifies the session in records.
    pub id: SessionId,
    /// The principal, whom it acts for and the key it came with.
    pub actor: Actor,
    /// The connection.
    pub connection: policy::Connection,
    /// Where the client is.
    pub client: Option<SocketAddr>,
    /// What the session is for, where it said so.
    pub purpose: Option<String>,
    /// The key of all masks.
    pub mask_key: Arc<MaskKey>,
    /// The operators of tags, where others than the usual ones were chosen.
    pub operators: Arc<Operators>,
    /// Finds personal data and secrets in text without a tag.
    pub detector: detect::Detector,
}

/// How a session began, for the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// `application_name`, as the client gave it.
    pub application: Option<String>,
    /// Whether the client's connection is encrypted.
    pub tls: bool,
    /// The server's process, if it told.
    pub backend_pid: Option<i32>,
}

/// The snapshots under which statements are judged. Replaced whole on reload.
#[derive(Clone)]
pub struct World {
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// The catalogs of the connection's database.
    pub catalog: Arc<Catalog>,
    /// Tags of its columns.
    pub labels: Arc<Labels>,
}

/// One moment, on both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Time of day.
    pub wall: Timestamp,
    /// Time since a fixed point; only differences count.
    pub elapsed: Duration,
}

/// What a step is made with.
#[derive(Clone, Copy)]
pub struct Step<'a> {
    /// The snapshots in force.
    pub world: &'a World,
    /// Where events go; an intent that it does not accept is not run.
    pub sink: &'a dyn Sink,
    /// Now.
    pub moment: Moment,
}

/// Why a session must end at once, without another byte to either side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// A peer broke the protocol.
    #[error("{side} broke the protocol: {source}")]
    Violation {
        /// Who.
        side: Side,
        /// How.
        source: WireError,
    },
    /// A message of a known type came where the protocol does not allow it, or where this session
    /// cannot tell what it means.
    #[error("unexpected {message} from the {side}")]
    Unexpected {
        /// Who.
        side: Side,
        /// The message's name.
        message: &'static str,
    },
    /// A row that must be masked is longer than may be held.
    #[error("a row of {length} bytes that must be masked is over the limit of {limit}")]
    RowTooLong {
        /// Its length in bytes.
        length: usize,
        /// [`Limits::held_row`].
        limit: usize,
    },
    /// COPY data cannot be masked.
    #[error("copy data cannot be masked: {0}")]
    CopyData(String),
    /// The server changed a setting that is pinned.
    #[error("the server set `{name}`, which is pinned")]
    PinBroken {
        /// The setting.
        name: &'static str,
    },
}

impl SessionError {
    /// Whose fault it is.
    pub fn side(&self) -> Side {
        match self {
            Self::Violation { side, .. } | Self::Unexpected { side, .. } => *side,
            Self::RowTooLong { .. } | Self::CopyData(_) | Self::PinBroken { .. } => Side::Server,
        }
    }
}

/// One client session.
pub struct Session {
    pub(crate) who: Who,
    /// What all its records share.
    origin: Part<Origin>,
    pub(crate) limits: Limits,
    pub(crate) queue: Queue,
    pub(crate) names: Names,
    pub(crate) transaction: TransactionStatus,
    pub(crate) mode: Mode,
    /// What is to become of the rest of a long message of the client.
    pub(crate) client_long: Option<LongMessage>,
    /// Bytes of a long message of the server that are still to be passed.
    pub(crate) server_passing: usize,
    pub(crate) tracked: Tracked,
    pub(crate) notifications: Notifications,
    pub(crate) styles: Styles,
    /// A statement that touches protected columns ran in the transaction that is open: an error at
    /// its end may carry their values.
    pub(crate) protected: bool,
    /// A statement that changes the catalogs ran in the transaction that is open.
    pub(crate) snapshot: Snapshot,
    pub(crate) scratch: Vec<u8>,
    pub(crate) judgements: Judgements,
    intended: Option<RecordId>,
    statements: u64,
    totals: Totals,
}

/// What the server takes the client's messages for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Statements.
    Statements,
    /// Pieces of COPY data, until the client ends it.
    CopyData,
    /// Nothing, until the client's Sync, which has not come yet.
    Skipping,
}

/// Whether NotificationResponse messages reach the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notifications {
    /// It was never allowed to listen.
    Withheld,
    /// A LISTEN was allowed, or a statement that may hold one.
    Passed,
}

#[derive(Debug, Default)]
struct Totals {
    rows: u64,
    bytes: u64,
}

impl Session {
    /// A session whose login is done and whose server is ready for the first statement.
    ///
    /// `naming` is what names mean; where that is not known, the server is asked. `styles` are those of its
    /// ParameterStatus messages.
    pub fn new(who: Who, limits: Limits, naming: Naming, styles: Styles) -> Self {
        Self {
            origin: record::origin(&who).into(),
            who,
            limits,
            queue: Queue::default(),
            names: Names::default(),
            transaction: TransactionStatus::Idle,
            mode: Mode::Statements,
            client_long: None,
            server_passing: 0,
            tracked: Tracked::new(naming),
            notifications: Notifications::Withheld,
            styles,
            protected: false,
            snapshot: Snapshot::Current,
            scratch: Vec::new(),
            judgements: Judgements::default(),
            intended: None,
            statements: 0,
            totals: Totals::default(),
        }
    }

    /// Takes bytes that the client sent: consumes whole messages from the front of `input` and
    /// leaves an incomplete one.
    ///
    /// # Errors
    ///
    /// The session must end: nothing more may be sent to either side.
    pub fn client(
        &mut self,
        input: &mut BytesMut,
        step: Step<'_>,
        out: &mut Output,
    ) -> Result<(), SessionError> {
        crate::frontend::take(self, input, step, out)
    }

    /// Takes bytes that the server sent: consumes whole messages from the front of `input` and
    /// leaves an incomplete one.
    ///
    /// # Errors
    ///
    /// The session must end: nothing more may be sent to either side.
    pub fn server(
        &mut self,
        input: &mut BytesMut,
        step: Step<'_>,
        out: &mut Output,
    ) -> Result<(), SessionError> {
        crate::backend::take(self, input, step, out)
    }

    /// Records that the session began.
    ///
    /// # Errors
    ///
    /// The sink did not accept the record: the session must not begin.
    pub fn started(&mut self, step: Step<'_>, start: Start) -> Result<(), SinkError> {
        let Start {
            application,
            tls,
            backend_pid,
        } = start;
        let started = Body::SessionStarted {
            application,
            tls,
            backend_pid,
        };
        self.intended = Some(self.emit(step, started)?);
        Ok(())
    }

    /// The newest record of what this session is about to do. Until the sink has committed it,
    /// nothing of [`Output::to_server`] may be sent, nor the session's first word to the client.
    pub fn intended(&self) -> Option<RecordId> {
        self.intended
    }

    /// Records the end: unfinished statements first, then the session's sums.
    pub fn ended(&mut self, step: Step<'_>, error: Option<&SessionError>, reason: &str) {
        self.abandon_all(step);
        if let Some(error) = error {
            // The sink may be the very thing that failed; the session ends in any case.
            let _ = self.emit(
                step,
                Body::Violation {
                    side: error.side(),
                    reason: error.to_string(),
                },
            );
        }
        let body = Body::SessionEnded {
            reason: reason.to_owned(),
            statements: self.statements,
            rows: self.totals.rows,
            bytes: self.totals.bytes,
        };
        let _ = self.emit(step, body);
    }

    /// Whether the server owes nothing and no transaction is open: a drain may end it here.
    pub fn is_idle(&self) -> bool {
        self.owes_nothing() && self.transaction == TransactionStatus::Idle
    }

    /// Whether everything that was sent to the server has been answered.
    pub fn owes_nothing(&self) -> bool {
        self.queue.is_empty()
    }

    /// Whether what was put out for the client ends where a message ends: a long one is passed on in
    /// pieces.
    pub fn is_between_messages(&self) -> bool {
        self.server_passing == 0
    }

    /// Keeps a buffer for the next cells or rows, unless one of unusual size has swollen it.
    pub(crate) fn keep_scratch(&mut self, mut scratch: Vec<u8>) {
        scratch.clear();
        scratch.shrink_to(MAX_SCRATCH);
        self.scratch = scratch;
    }

    pub(crate) fn emit(&self, step: Step<'_>, body: Body) -> Result<RecordId, SinkError> {
        let event = Event {
            time: step.moment.wall,
            origin: self.origin.clone(),
            body,
        };
        step.sink.append(&event)
    }

    pub(crate) fn epoch(&self, step: Step<'_>) -> Epoch {
        Epoch {
            policy: Arc::clone(step.world.policy.epoch()),
            catalog: step.world.catalog.epoch(),
            path: self.tracked.version,
            minute: step.moment.wall.as_second().div_euclid(60),
        }
    }

    /// Calls `look` with the session's view of the world.
    pub(crate) fn viewing<T>(&self, step: Step<'_>, look: impl FnOnce(&View<'_>) -> T) -> T {
        let context = Context {
            now: step.moment.wall,
            client_address: self.who.client.map(|address| address.ip()),
            purpose: self.who.purpose.clone(),
            approved: false,
            approvals: 0,
            ticket: None,
        };
        look(&View {
            policy: &step.world.policy,
            viewer: Viewer {
                actor: &self.who.actor,
                connection: &self.who.connection,
                catalog: &step.world.catalog,
                labels: &step.world.labels,
                context: &context,
            },
            naming: &self.tracked.naming,
        })
    }

    /// Names as they will be when the server has worked off the queue.
    pub(crate) fn ahead(&self, step: Step<'_>) -> Ahead<'_> {
        Ahead::new(&self.queue, &self.names, self.epoch(step))
    }

    pub(crate) fn tools(&self) -> Tools<'_> {
        Tools {
            mask_key: &self.who.mask_key,
            operators: &self.who.operators,
            detector: &self.who.detector,
            styles: &self.styles,
        }
    }

    /// A new run of a statement, with its intent recorded.
    ///
    /// # Errors
    ///
    /// The record was not accepted: the statement must not run.
    pub(crate) fn begin(
        &mut self,
        judged: &Arc<Judged>,
        step: Step<'_>,
        protocol: Protocol,
    ) -> Result<Run, Refusal> {
        self.statements += 1;
        let id = self.statements;
        let intent = Intent {
            statement_id: id,
            judgement: judged.record.clone(),
            protocol,
        };
        let record = self.emit(step, Body::Intent(intent));
        self.intended = Some(record.map_err(|error| unrecorded(&error))?);
        let mut run = Run::new(id, Arc::clone(judged), step.moment.elapsed);
        if self.tracked.naming.shifts(judged.facts()) {
            run.naming = Shift::Possible;
        }
        Ok(run)
    }

    /// Records what came of a run.
    pub(crate) fn finish(
        &mut self,
        run: &Run,
        step: Step<'_>,
        state: audit::OutcomeState,
        sqlstate: Option<&str>,
    ) {
        self.totals.rows += run.tally.rows;
        self.totals.bytes += run.tally.bytes;
        // A statement that ran cannot be taken back; the next intent finds the sink's fault.
        let _ = self.emit(
            step,
            record::outcome(run, state, sqlstate, step.moment.elapsed),
        );
    }
}

/// No record, no run.
fn unrecorded(error: &SinkError) -> Refusal {
    Refusal::rule(
        error.sqlstate(),
        format!("the statement was not run because it could not be recorded: {error}"),
    )
    .with_hint("The audit log must accept each statement first. Tell whoever operates this gate.")
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.who.id)
            .finish_non_exhaustive()
    }
}

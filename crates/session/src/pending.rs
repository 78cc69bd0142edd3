//! What the server still owes: one entry for each message that was sent to it, in order.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;

use sql::facts::Kind;
use wire::frontend::Target;

use crate::judge::{Judged, Known};
use crate::names::{Names, Origin, Portal, Prepared};
use crate::refusal::Refusal;
use crate::run::Run;
use crate::settings;

/// One message on its way through the server.
#[derive(Debug)]
pub(crate) enum Pending {
    /// A Query: answered statement by statement, then ReadyForQuery.
    Query(QueryRun),
    Parse {
        name: Vec<u8>,
        statement: Arc<Prepared>,
    },
    Bind {
        name: Vec<u8>,
        portal: Portal,
    },
    Describe(Describe),
    Execute(Box<Execute>),
    Close {
        target: Target,
        name: Vec<u8>,
    },
    /// A marker in the place of a refused message: the server's error is exchanged for this.
    Refused(Refusal),
    Sync,
    /// CopyDone or CopyFail: has no answer of its own, but tells which Sync the server swallowed.
    CopyEnd,
}

/// The statements of one Query message.
#[derive(Debug)]
pub(crate) struct QueryRun {
    /// Those that have not ended; the first is running.
    pub(crate) runs: VecDeque<Run>,
    /// Set when the text was replaced by the marker.
    pub(crate) refusal: Option<Refusal>,
}

impl QueryRun {
    /// Whether only the end of the answers tells how many statements there were.
    pub(crate) fn is_open_ended(&self) -> bool {
        self.runs
            .front()
            .is_some_and(|run| run.judged.facts().kind == Kind::Unreadable)
    }
}

/// A Describe message.
#[derive(Debug)]
pub(crate) struct Describe {
    pub(crate) of: Described,
    /// Sent by the session itself: the client must not see the answer.
    pub(crate) injected: bool,
}

/// What a Describe message asks for.
#[derive(Debug)]
pub(crate) enum Described {
    Statement(Arc<Prepared>),
    /// A portal, for the client only.
    Portal,
    /// The portal that the next entry executes.
    NextExecute,
}

/// An Execute message.
#[derive(Debug)]
pub(crate) struct Execute {
    pub(crate) portal: Portal,
    pub(crate) run: Run,
}

/// The entries, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    entries: VecDeque<Entry>,
    /// Entries that shift the ground: later statements cannot be judged before they have ended.
    shifting: usize,
    /// How many of those the server will end without another message of the client.
    settling: usize,
}

#[derive(Debug)]
struct Entry {
    pending: Pending,
    shifts: bool,
}

impl Queue {
    pub(crate) fn push(&mut self, pending: Pending) {
        let shifts = pending.shifts();
        self.shifting += usize::from(shifts);
        if matches!(pending, Pending::Sync | Pending::Query(_)) {
            self.settling = self.shifting;
        }
        self.entries.push_back(Entry { pending, shifts });
    }

    pub(crate) fn front(&self) -> Option<&Pending> {
        self.entries.front().map(|entry| &entry.pending)
    }

    pub(crate) fn front_mut(&mut self) -> Option<&mut Pending> {
        self.entries.front_mut().map(|entry| &mut entry.pending)
    }

    pub(crate) fn pop(&mut self) -> Option<Pending> {
        let entry = self.entries.pop_front()?;
        if entry.shifts {
            self.shifting = self.shifting.saturating_sub(1);
            self.settling = self.settling.saturating_sub(1);
        }
        Some(entry.pending)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the next statement must wait: an entry that shifts the ground will end by itself.
    pub(crate) fn is_settling(&self) -> bool {
        self.settling > 0
    }

    /// Whether an entry shifts the ground and nothing makes the server end it yet.
    pub(crate) fn is_shifting(&self) -> bool {
        self.shifting > self.settling
    }

    /// Whether a statement that takes COPY data is on its way.
    pub(crate) fn expects_copy_data(&self) -> bool {
        // A text of which nothing is known may hold a COPY.
        let takes =
            |run: &Run| matches!(run.judged.facts().kind, Kind::CopyIn(_) | Kind::Unreadable);
        self.entries.iter().rev().any(|entry| match &entry.pending {
            Pending::Query(query) => query.refusal.is_none() && query.runs.iter().any(takes),
            Pending::Execute(execute) => takes(&execute.run),
            _ => false,
        })
    }

    /// Whether the client has ended COPY data that the server has not asked for yet.
    pub(crate) fn has_copy_end(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(entry.pending, Pending::CopyEnd))
    }

    /// The server is in COPY IN mode for the first entry: it ignores every Sync that comes before
    /// CopyDone or CopyFail (PostgreSQL, `CopyGetData`).
    pub(crate) fn swallow_syncs(&mut self) {
        let is_end = |entry: &Entry| matches!(entry.pending, Pending::CopyEnd);
        let end = self
            .entries
            .iter()
            .position(is_end)
            .unwrap_or(self.entries.len());
        let mut index = 0;
        self.entries.retain(|entry| {
            let before_end = index < end;
            index += 1;
            !(before_end && matches!(entry.pending, Pending::Sync))
        });
    }

    /// Takes the markers of ended COPY data off the front.
    pub(crate) fn skip_copy_ends(&mut self) {
        while matches!(self.front(), Some(Pending::CopyEnd)) {
            self.pop();
        }
    }
}

impl Pending {
    /// Whether statements behind this one mean something else once it has run.
    fn shifts(&self) -> bool {
        match self {
            Self::Query(query) => query.refusal.is_none() && query.runs.iter().any(run_shifts),
            Self::Execute(execute) => run_shifts(&execute.run),
            Self::Parse { .. }
            | Self::Bind { .. }
            | Self::Close { .. }
            | Self::Describe(_)
            | Self::Refused(_)
            | Self::Sync
            | Self::CopyEnd => false,
        }
    }
}

fn run_shifts(run: &Run) -> bool {
    let facts = run.judged.facts();
    changes_catalog(&facts.kind)
        || settings::changes_path(facts)
        || matches!(
            facts.kind,
            Kind::Prepare { .. }
                | Kind::Declare { .. }
                | Kind::Deallocate { .. }
                | Kind::Close { .. }
                | Kind::Discard
        )
}

/// Whether the catalogs may be others after a statement of this kind.
pub(crate) fn changes_catalog(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Create(_)
            | Kind::CreateAs(_)
            | Kind::Alter(_)
            | Kind::Drop(_)
            | Kind::Do
            | Kind::Call
            | Kind::Administer(_)
            | Kind::Unreadable
    )
}

/// Names as they will be when the server has worked off the queue: what the newest entry says, else
/// what the server has confirmed.
///
/// An entry that fails takes everything up to the next Sync with it, so what runs behind it in the
/// same pipeline sees exactly these names. Behind a Sync that is not certain: such a look-up sets
/// [`Ahead::is_unsettled`], and the caller waits for the server.
pub(crate) struct Ahead<'a> {
    queue: &'a Queue,
    names: &'a Names,
    unsettled: Cell<bool>,
}

/// What the newest entry says of a name.
enum Found<T> {
    Made(T),
    Dropped,
}

impl<'a> Ahead<'a> {
    pub(crate) fn new(queue: &'a Queue, names: &'a Names) -> Self {
        Self {
            queue,
            names,
            unsettled: Cell::new(false),
        }
    }

    /// Whether a name that was looked up depends on what the server will answer.
    pub(crate) fn is_unsettled(&self) -> bool {
        self.unsettled.get()
    }

    pub(crate) fn statement(&self, wanted: &[u8]) -> Option<Arc<Prepared>> {
        match self.newest(|entry| statement_in(entry, wanted)) {
            Some(Found::Made(statement)) => Some(statement),
            Some(Found::Dropped) => None,
            None => self.names.statement(wanted).cloned(),
        }
    }

    pub(crate) fn portal(&self, wanted: &[u8]) -> Option<Portal> {
        match self.newest(|entry| portal_in(entry, wanted)) {
            Some(Found::Made(portal)) => Some(portal),
            Some(Found::Dropped) => None,
            None => self.names.portal(wanted).cloned(),
        }
    }

    fn newest<T>(&self, find: impl Fn(&Pending) -> Option<Found<T>>) -> Option<Found<T>> {
        let mut behind_sync = false;
        for entry in self.queue.entries.iter().rev() {
            behind_sync |= matches!(entry.pending, Pending::Sync | Pending::Query(_));
            if let Some(found) = find(&entry.pending) {
                self.unsettled.set(self.unsettled.get() || behind_sync);
                return Some(found);
            }
        }
        None
    }
}

impl Known for Ahead<'_> {
    fn prepared(&self, name: &str) -> Option<Arc<Judged>> {
        self.statement(name.as_bytes())
            .map(|statement| Arc::clone(&statement.judged))
    }

    fn cursor(&self, name: &str) -> Option<Arc<Judged>> {
        self.portal(name.as_bytes())
            .map(|portal| Arc::clone(&portal.statement.judged))
    }
}

fn statement_in(entry: &Pending, wanted: &[u8]) -> Option<Found<Arc<Prepared>>> {
    match entry {
        Pending::Parse { name, statement } => {
            (name == wanted).then(|| Found::Made(Arc::clone(statement)))
        }
        Pending::Close {
            target: Target::Statement,
            name,
        } => (name == wanted).then_some(Found::Dropped),
        Pending::Execute(execute) => match &execute.run.judged.facts().kind {
            Kind::Prepare { name } if name.as_bytes() == wanted => {
                Some(Found::Made(Arc::clone(&execute.portal.statement)))
            }
            Kind::Deallocate { name } => drops(name.as_deref(), wanted),
            Kind::Discard => Some(Found::Dropped),
            _ => None,
        },
        _ => None,
    }
}

fn portal_in(entry: &Pending, wanted: &[u8]) -> Option<Found<Portal>> {
    match entry {
        Pending::Bind { name, portal } => (name == wanted).then(|| Found::Made(portal.clone())),
        Pending::Close {
            target: Target::Portal,
            name,
        } => (name == wanted).then_some(Found::Dropped),
        Pending::Execute(execute) => match &execute.run.judged.facts().kind {
            Kind::Declare { cursor } if cursor.as_bytes() == wanted => {
                Some(Found::Made(declared(&execute.portal.statement)))
            }
            Kind::Close { cursor } => drops(cursor.as_deref(), wanted),
            Kind::Discard => Some(Found::Dropped),
            _ => None,
        },
        _ => None,
    }
}

fn drops<T>(name: Option<&str>, wanted: &[u8]) -> Option<Found<T>> {
    name.is_none_or(|name| name.as_bytes() == wanted)
        .then_some(Found::Dropped)
}

/// The cursor that a DECLARE makes.
pub(crate) fn declared(statement: &Arc<Prepared>) -> Portal {
    Portal {
        statement: Arc::clone(statement),
        formats: Arc::from([]),
        origin: Origin::Declare,
    }
}

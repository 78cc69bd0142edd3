//! What the server still owes: one entry for each message that was sent to it, in order.

use std::collections::VecDeque;
use std::sync::Arc;

use sql::facts::Kind;
use wire::frontend::Target;

use crate::names::{Description, Portal, Prepared};
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
    Close(Close),
    /// A marker in the place of a refused message: the server's error is exchanged for this.
    Refused(Refused),
    /// A message that names what does not exist: only an error can answer it.
    Doomed,
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
    pub(crate) asker: Asker,
}

/// What a Describe message asks for.
#[derive(Debug)]
pub(crate) enum Described {
    Statement(Arc<Prepared>),
    Portal(Portal),
}

impl Described {
    /// Where the answer belongs.
    pub(crate) fn description(&self) -> &Description {
        match self {
            Self::Statement(statement) => &statement.description,
            Self::Portal(portal) => portal.description(),
        }
    }
}

/// A Close message.
#[derive(Debug)]
pub(crate) struct Close {
    pub(crate) target: Target,
    pub(crate) name: Vec<u8>,
    pub(crate) asker: Asker,
}

/// Who wants the answer of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    Client,
    /// The session sent it by itself: the client must not see the answer.
    Session,
}

/// A refused message of the extended protocol.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    /// The name in the Parse message that the server got.
    pub(crate) name: Vec<u8>,
}

/// An Execute message.
#[derive(Debug)]
pub(crate) struct Execute {
    pub(crate) name: Vec<u8>,
    pub(crate) portal: Portal,
    pub(crate) run: Run,
}

/// The entries, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    entries: VecDeque<Entry>,
    /// Entries that shift the ground: later statements cannot be judged before they have ended.
    shifting: usize,
    /// Entries that make or drop prepared statements.
    naming: usize,
    /// Whether the server will answer all of them without another message.
    answers: Answers,
    /// Number of the part of the pipeline that is being sent, from 1: a Sync or Query ends a part.
    parts: u64,
}

/// Whether the server answers without another message.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Answers {
    #[default]
    Coming,
    /// It may keep its answers until a Sync or Flush (protocol, "Extended Query").
    Kept,
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
        self.naming += usize::from(pending.names_statements());
        if pending.ends_part() {
            self.parts += 1;
            self.answers = Answers::Coming;
        } else if !matches!(pending, Pending::CopyEnd) {
            self.answers = Answers::Kept;
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
        self.shifting = self.shifting.saturating_sub(usize::from(entry.shifts));
        let names = entry.pending.names_statements();
        self.naming = self.naming.saturating_sub(usize::from(names));
        Some(entry.pending)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Pending> {
        self.entries.iter().rev().map(|entry| &entry.pending)
    }

    /// Whether one of them makes or drops a prepared statement.
    pub(crate) fn names_statements(&self) -> bool {
        self.naming > 0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether an entry shifts the ground: what comes next is judged when it has ended.
    pub(crate) fn is_shifting(&self) -> bool {
        self.shifting > 0
    }

    /// Whether the server must be told to send its answers before somebody waits for them. They are
    /// taken to be on their way from then on.
    pub(crate) fn take_kept_answers(&mut self) -> bool {
        std::mem::take(&mut self.answers) == Answers::Kept
    }

    /// The part of the pipeline that is being sent; never 0.
    pub(crate) fn part(&self) -> u64 {
        self.parts + 1
    }

    /// Whether a Sync or Query is on its way.
    pub(crate) fn has_end_of_part(&self) -> bool {
        self.newest_first().any(Pending::ends_part)
    }

    /// Whether a statement that takes COPY data is on its way.
    pub(crate) fn expects_copy_data(&self) -> bool {
        // A text of which nothing is known may hold a COPY.
        let takes =
            |run: &Run| matches!(run.judged.facts().kind, Kind::CopyIn(_) | Kind::Unreadable);
        self.entries.iter().rev().any(|entry| match &entry.pending {
            Pending::Query(query) => query.refusal.is_none() && query.runs.iter().any(takes),
            Pending::Execute(execute) => takes(&execute.run),
            Pending::Parse { .. }
            | Pending::Bind { .. }
            | Pending::Describe(_)
            | Pending::Close(_)
            | Pending::Refused(_)
            | Pending::Doomed
            | Pending::Sync
            | Pending::CopyEnd => false,
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
    /// Whether what follows it runs whatever becomes of what came before.
    pub(crate) fn ends_part(&self) -> bool {
        matches!(self, Self::Sync | Self::Query(_))
    }

    /// Whether statements behind this one mean something else once it has run.
    fn shifts(&self) -> bool {
        match self {
            Self::Query(query) => query.refusal.is_none() && query.runs.iter().any(run_shifts),
            Self::Execute(execute) => run_shifts(&execute.run),
            Self::Parse { .. }
            | Self::Bind { .. }
            | Self::Close(_)
            | Self::Describe(_)
            | Self::Refused(_)
            | Self::Doomed
            | Self::Sync
            | Self::CopyEnd => false,
        }
    }

    /// Whether it makes or drops a prepared statement.
    fn names_statements(&self) -> bool {
        match self {
            Self::Parse { .. } | Self::Query(_) | Self::Refused(_) => true,
            Self::Close(close) => close.target == Target::Statement,
            Self::Bind { .. }
            | Self::Describe(_)
            | Self::Execute(_)
            | Self::Doomed
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

//! Names as a message will find them that is sent now.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use sql::facts::{Kind, Transaction};
use wire::frontend::Target;

use crate::judge::{Judged, Known};
use crate::names::{Epoch, Lookup, Names, Portal, Prepared, key};
use crate::pending::{Pending, Queue};

/// Names as they will be when the server has worked off the queue: what the newest entry says, else
/// what the server has confirmed.
///
/// An entry that fails takes everything up to the next Sync with it, so what runs behind it in the
/// same part of the pipeline sees exactly these names. Behind a Sync that is not certain: such a
/// look-up sets [`Ahead::is_unsettled`], and the caller waits for the server. So it does for entries
/// that shift the ground, which are not looked at here.
pub(crate) struct Ahead<'a> {
    queue: &'a Queue,
    names: &'a Names,
    /// What names mean now.
    epoch: Epoch,
    unsettled: Cell<bool>,
    outdated: RefCell<Vec<String>>,
}

/// What an entry says of a name.
enum Found<T> {
    Made(T),
    Dropped,
    /// Only the server's answer will tell.
    Unsettled,
}

impl<'a> Ahead<'a> {
    pub(crate) fn new(queue: &'a Queue, names: &'a Names, epoch: Epoch) -> Self {
        Self {
            queue,
            names,
            epoch,
            unsettled: Cell::new(queue.is_shifting()),
            outdated: RefCell::default(),
        }
    }

    /// Prepared statements that SQL named and that the server plans anew, since relations and
    /// functions have other names by now: what was found of them does not hold.
    pub(crate) fn into_outdated(self) -> Vec<String> {
        self.outdated.into_inner()
    }

    /// Whether a name that was looked up depends on what the server will answer.
    pub(crate) fn is_unsettled(&self) -> bool {
        self.unsettled.get()
    }

    pub(crate) fn statement(&self, wanted: &[u8]) -> Option<Arc<Prepared>> {
        if !self.queue.names_statements() {
            return self.names.statement(wanted).cloned();
        }
        match self.newest(|entry| statement_in(entry, key(wanted))) {
            Some(Found::Made(statement)) => Some(statement),
            Some(Found::Dropped | Found::Unsettled) => None,
            None => self.names.statement(wanted).cloned(),
        }
    }

    pub(crate) fn portal(&self, wanted: &[u8]) -> Option<Portal> {
        match self.newest(|entry| portal_in(entry, key(wanted))) {
            Some(Found::Made(portal)) => Some(portal),
            Some(Found::Dropped | Found::Unsettled) => None,
            None => {
                let confirmed = self.names.portal(wanted)?;
                // A part of the pipeline may end with its transaction, and that with the portal.
                if self.queue.has_end_of_part() {
                    self.unsettled.set(true);
                }
                Some(confirmed.clone())
            }
        }
    }

    fn newest<T>(&self, find: impl Fn(&Pending) -> Option<Found<T>>) -> Option<Found<T>> {
        let mut behind_end = false;
        for entry in self.queue.newest_first() {
            behind_end |= entry.ends_part();
            if let Some(found) = find(entry) {
                if behind_end || matches!(found, Found::Unsettled) {
                    self.unsettled.set(true);
                }
                return Some(found);
            }
        }
        None
    }
}

impl Known for Ahead<'_> {
    fn prepared(&self, name: &str) -> Option<Arc<Judged>> {
        let statement = self.statement(name.as_bytes())?;
        if !statement.epoch.same_names(&self.epoch) {
            self.outdated.borrow_mut().push(name.to_owned());
        }
        Some(Arc::clone(&statement.judged))
    }

    fn cursor(&self, name: &str) -> Option<Arc<Judged>> {
        self.portal(name.as_bytes())
            .map(|portal| Arc::clone(&portal.statement.judged))
    }
}

/// What an entry says of the prepared statement with this key.
fn statement_in(entry: &Pending, wanted: &[u8]) -> Option<Found<Arc<Prepared>>> {
    match entry {
        Pending::Parse { name, statement } => {
            (key(name) == wanted).then(|| Found::Made(Arc::clone(statement)))
        }
        Pending::Close(close) => {
            let drops = close.target == Target::Statement && key(&close.name) == wanted;
            drops.then_some(Found::Dropped)
        }
        // See `Names::parse_failed` and `Names::queried`.
        Pending::Refused(refused) => {
            (refused.name.is_empty() && wanted.is_empty()).then_some(Found::Dropped)
        }
        Pending::Query(_) => wanted.is_empty().then_some(Found::Dropped),
        // What it makes or drops, it does by shifting the ground.
        Pending::Execute(_) => None,
        Pending::Bind { .. }
        | Pending::Describe(_)
        | Pending::Doomed
        | Pending::Sync
        | Pending::CopyEnd => None,
    }
}

/// What an entry says of the portal with this key.
fn portal_in(entry: &Pending, wanted: &[u8]) -> Option<Found<Portal>> {
    match entry {
        Pending::Bind { name, portal } => {
            (key(name) == wanted).then(|| Found::Made(portal.clone()))
        }
        Pending::Close(close) => {
            let drops = close.target == Target::Portal && key(&close.name) == wanted;
            drops.then_some(Found::Dropped)
        }
        Pending::Execute(execute) => {
            let looks_up = execute.portal.lookup == Lookup::AtFirstRun;
            let unsettled = (looks_up && key(&execute.name) == wanted)
                || ends_portals(&execute.run.judged.facts().kind);
            unsettled.then_some(Found::Unsettled)
        }
        // A Query runs in the unnamed portal.
        Pending::Query(_) => wanted.is_empty().then_some(Found::Unsettled),
        Pending::Parse { .. }
        | Pending::Refused(_)
        | Pending::Describe(_)
        | Pending::Doomed
        | Pending::Sync
        | Pending::CopyEnd => None,
    }
}

/// Whether a statement of this kind ends portals without naming them.
fn ends_portals(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Transaction(Transaction::Commit | Transaction::Rollback | Transaction::RollbackTo(_))
    )
}

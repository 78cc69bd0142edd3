//! What statements do to the names of prepared statements and portals.

use sql::Facts;
use sql::facts::{Holdability, Kind, Transaction};

/// What a statement does to names, once it completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameEffect<'a> {
    /// Nothing.
    None,
    /// PREPARE.
    Prepares(&'a str),
    /// DECLARE.
    Declares(&'a str, Holdability),
    /// EXECUTE: runs what the name of a prepared statement stands for.
    Executes(&'a str),
    /// FETCH and MOVE: run what the name of a portal stands for.
    Fetches(&'a str),
    /// DEALLOCATE; `None`: ALL.
    Deallocates(Option<&'a str>),
    /// CLOSE; `None`: ALL.
    Closes(Option<&'a str>),
    /// DISCARD ALL.
    Discards,
    /// COMMIT, which ends portals.
    Commits,
    /// ROLLBACK, which ends portals.
    RollsBack,
    /// SAVEPOINT.
    Saves(&'a str),
    /// RELEASE.
    Releases(&'a str),
    /// ROLLBACK TO, which ends portals.
    RollsBackTo(&'a str),
}

impl<'a> NameEffect<'a> {
    /// What a statement with these facts does.
    pub(crate) fn of(facts: &'a Facts) -> Self {
        match &facts.kind {
            Kind::Prepare { name } => Self::Prepares(name),
            Kind::Declare { cursor, hold } => Self::Declares(cursor, *hold),
            Kind::Execute { name } => Self::Executes(name),
            Kind::Fetch { cursor } | Kind::Move { cursor } => Self::Fetches(cursor),
            Kind::Deallocate { name } => Self::Deallocates(name.as_deref()),
            Kind::Close { cursor } => Self::Closes(cursor.as_deref()),
            // PLANS, SEQUENCES and TEMP change no setting, and leave names alone.
            Kind::Discard if !facts.settings.is_empty() => Self::Discards,
            Kind::Transaction(transaction) => Self::of_transaction(transaction),
            Kind::Discard
            | Kind::Empty
            | Kind::Select
            | Kind::Insert
            | Kind::Update
            | Kind::Delete
            | Kind::Merge
            | Kind::Truncate
            | Kind::CopyIn(_)
            | Kind::CopyOut(_)
            | Kind::CopyServer
            | Kind::Call
            | Kind::Do
            | Kind::Lock
            | Kind::Create(_)
            | Kind::CreateAs(_)
            | Kind::Alter(_)
            | Kind::Drop(_)
            | Kind::Comment
            | Kind::Grant
            | Kind::Explain { .. }
            | Kind::Set
            | Kind::Reset
            | Kind::Show { .. }
            | Kind::Listen
            | Kind::Unlisten
            | Kind::Notify
            | Kind::Administer(_)
            // Only those run it who see everything, whatever a name stands for.
            | Kind::Unreadable => Self::None,
        }
    }

    fn of_transaction(transaction: &'a Transaction) -> Self {
        match transaction {
            Transaction::Commit => Self::Commits,
            Transaction::Rollback => Self::RollsBack,
            Transaction::Savepoint(name) => Self::Saves(name),
            Transaction::Release(name) => Self::Releases(name),
            Transaction::RollbackTo(name) => Self::RollsBackTo(name),
            Transaction::Begin | Transaction::TwoPhase | Transaction::Characteristics => Self::None,
        }
    }

    /// Whether it makes or drops names that it can be asked about: what comes behind it waits until
    /// it has ended.
    pub(crate) fn shifts(self) -> bool {
        match self {
            Self::Prepares(_)
            | Self::Declares(..)
            | Self::Deallocates(_)
            | Self::Closes(_)
            | Self::Discards => true,
            Self::None
            | Self::Executes(_)
            | Self::Fetches(_)
            | Self::Commits
            | Self::RollsBack
            | Self::Saves(_)
            | Self::Releases(_)
            | Self::RollsBackTo(_) => false,
        }
    }

    /// Whether it ends portals without naming them.
    pub(crate) fn ends_portals(self) -> bool {
        match self {
            Self::Closes(None)
            | Self::Discards
            | Self::Commits
            | Self::RollsBack
            | Self::RollsBackTo(_) => true,
            Self::None
            | Self::Prepares(_)
            | Self::Declares(..)
            | Self::Executes(_)
            | Self::Fetches(_)
            | Self::Deallocates(_)
            | Self::Closes(Some(_))
            | Self::Saves(_)
            | Self::Releases(_) => false,
        }
    }
}

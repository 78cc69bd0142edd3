//! Prepared statements and portals: one world for SQL (PREPARE, DECLARE) and for messages (Parse,
//! Bind), as in PostgreSQL.
//!
//! A name never stands here for anything but what the server has under it. It may stand here for
//! something that the server has dropped only where nothing but this session could take its place.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use sql::Facts;
use sql::facts::{Holdability, Kind, Transaction};

use crate::judge::Judged;
use crate::rows::Fields;

/// More prepared statements or portals than this are refused in one session: each is remembered
/// here, and a peer must not be able to grow the proxy's memory without bound. PostgreSQL has no
/// limit; drivers keep hundreds.
pub(crate) const MAX_NAMES: usize = 10_000;

/// Savepoints beyond this many are not told apart: a rollback to one of them drops every portal.
const MAX_SAVEPOINTS: usize = 1_000;

/// Bytes of a name that count. PostgreSQL keeps prepared statements and portals in hash tables with
/// keys of `NAMEDATALEN` bytes, so that the names of messages are cut as those of SQL are, though at
/// a byte and without a word (`string_hash`, `dynahash.c`).
const NAME_BYTES: usize = 63;

/// A name as the server's tables have it.
pub(crate) fn key(name: &[u8]) -> &[u8] {
    name.get(..NAME_BYTES).unwrap_or(name)
}

/// The snapshot under which a text was judged. Judged under another one, it is judged again before
/// it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Epoch {
    pub(crate) policy: Arc<str>,
    pub(crate) catalog: u64,
    /// Counts changes of the search path: PostgreSQL plans a prepared statement anew when it
    /// changed.
    pub(crate) path: u64,
    /// Decisions may depend on the time of day, to the minute.
    pub(crate) minute: i64,
}

impl Epoch {
    /// Whether names mean the same under both.
    pub(crate) fn same_names(&self, other: &Self) -> bool {
        self.catalog == other.catalog && self.path == other.path
    }
}

/// A prepared statement.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) text: Arc<str>,
    pub(crate) judged: Arc<Judged>,
    pub(crate) epoch: Epoch,
    pub(crate) description: Description,
}

/// The server's description of rows.
#[derive(Debug, Default)]
pub(crate) struct Description {
    /// Unset until it came; empty: there are no rows.
    pub(crate) fields: OnceLock<Arc<Fields>>,
    /// The part of the pipeline in which the server was last asked for it.
    asked: AtomicU64,
}

impl Description {
    pub(crate) fn of(fields: Option<Arc<Fields>>) -> Self {
        Self {
            fields: fields.map(OnceLock::from).unwrap_or_default(),
            asked: AtomicU64::default(),
        }
    }

    /// The server is being asked, in this part of the pipeline (see `Queue::part`).
    pub(crate) fn ask(&self, part: u64) {
        self.asked.store(part, Ordering::Relaxed);
    }

    /// Whether a message sent now in this part of the pipeline finds it there: if the question
    /// fails, all behind it in its part fails with it.
    pub(crate) fn is_there_for(&self, part: u64) -> bool {
        self.fields.get().is_some() || self.asked.load(Ordering::Relaxed) == part
    }

    /// The first answer holds: PostgreSQL lets a changed one fail to execute.
    pub(crate) fn answer(&self, fields: Fields) {
        let _ = self.fields.set(Arc::new(fields));
    }
}

/// A portal: a bound prepared statement or a cursor. What it runs is fixed when it is made, but for
/// EXECUTE and FETCH, which look up their name when they run first.
#[derive(Debug, Clone)]
pub(crate) struct Portal {
    pub(crate) statement: Arc<Prepared>,
    pub(crate) format: PortalFormat,
    pub(crate) lookup: Lookup,
    hold: Hold,
    /// Number of savepoints set when it was made.
    level: usize,
}

/// In which formats the columns of a portal come.
#[derive(Debug, Clone)]
pub(crate) enum PortalFormat {
    /// Of the statement's columns, as the Bind message said.
    Bound(Arc<[i16]>),
    /// As the server describes this very portal: nobody else knows its formats or its columns.
    Described(Arc<Description>),
}

/// Whether what a portal runs is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// It is.
    Done,
    /// It is what a name stands for when the portal runs first.
    AtFirstRun,
}

/// What becomes of a portal at the end of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// It ends with it.
    Not,
    /// A commit makes it outlive all others (DECLARE … WITH HOLD).
    FromCommit,
    /// It has outlived its transaction.
    Held,
}

impl Portal {
    /// The portal that a Bind message makes, with the result formats of that message.
    pub(crate) fn bound(statement: Arc<Prepared>, formats: Arc<[i16]>) -> Self {
        let by_name = statement.judged.runs_by_name();
        Self {
            statement,
            format: match by_name {
                true => PortalFormat::Described(Arc::default()),
                false => PortalFormat::Bound(formats),
            },
            lookup: match by_name {
                true => Lookup::AtFirstRun,
                false => Lookup::Done,
            },
            hold: Hold::Not,
            level: 0,
        }
    }

    /// The cursor that a DECLARE makes of what `statement` will return.
    pub(crate) fn declared(statement: Arc<Prepared>, hold: Holdability) -> Self {
        Self {
            statement,
            format: PortalFormat::Described(Arc::default()),
            lookup: Lookup::Done,
            hold: match hold {
                Holdability::WithHold => Hold::FromCommit,
                Holdability::WithoutHold => Hold::Not,
            },
            level: 0,
        }
    }

    /// The description that tells what its rows are.
    pub(crate) fn description(&self) -> &Description {
        match &self.format {
            PortalFormat::Bound(_) => &self.statement.description,
            PortalFormat::Described(description) => description,
        }
    }

    /// Its columns in their formats, once the server has described them.
    pub(crate) fn fields(&self) -> Option<Fields> {
        let fields = self.description().fields.get()?;
        Some(match &self.format {
            PortalFormat::Bound(formats) => fields.in_formats(formats),
            PortalFormat::Described(_) => Fields::clone(fields),
        })
    }
}

/// What the server has confirmed.
#[derive(Debug, Default)]
pub(crate) struct Names {
    statements: HashMap<Box<[u8]>, Arc<Prepared>>,
    portals: HashMap<Box<[u8]>, Portal>,
    /// The savepoints of the transaction that is open, oldest first.
    savepoints: Vec<String>,
    /// Whether something failed in the transaction that is open.
    outlook: Outlook,
}

/// How the transaction that is open will end, if nothing else happens.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Outlook {
    #[default]
    Commit,
    Rollback,
}

/// A statement that completed.
#[derive(Clone, Copy)]
pub(crate) struct Completed<'a> {
    pub(crate) facts: &'a Facts,
    /// What it puts under its name.
    pub(crate) makes: Option<&'a Arc<Prepared>>,
    /// The server's command tag.
    pub(crate) tag: &'a [u8],
    /// The portal in which it ran; `None`: that of a Query.
    pub(crate) portal: Option<&'a [u8]>,
}

impl Names {
    pub(crate) fn statement(&self, name: &[u8]) -> Option<&Arc<Prepared>> {
        self.statements.get(key(name))
    }

    pub(crate) fn portal(&self, name: &[u8]) -> Option<&Portal> {
        self.portals.get(key(name))
    }

    pub(crate) fn is_full(&self) -> bool {
        self.statements.len() >= MAX_NAMES || self.portals.len() >= MAX_NAMES
    }

    pub(crate) fn keep_statement(&mut self, name: &[u8], statement: Arc<Prepared>) {
        self.statements.insert(key(name).into(), statement);
    }

    pub(crate) fn keep_portal(&mut self, name: &[u8], portal: Portal) {
        let level = self.savepoints.len();
        self.portals
            .insert(key(name).into(), Portal { level, ..portal });
    }

    pub(crate) fn drop_statement(&mut self, name: &[u8]) {
        self.statements.remove(key(name));
    }

    pub(crate) fn drop_portal(&mut self, name: &[u8]) {
        self.portals.remove(key(name));
    }

    /// A Parse message failed: the unnamed statement goes before the new one is read, any other
    /// stays (`exec_parse_message`).
    pub(crate) fn parse_failed(&mut self, name: &[u8]) {
        if name.is_empty() {
            self.drop_statement(name);
        }
    }

    /// The server worked on a Query message, which begins with the end of the unnamed statement
    /// (`exec_simple_query`).
    pub(crate) fn queried(&mut self) {
        self.drop_statement(b"");
    }

    /// A portal ran whose name was looked up with this result.
    pub(crate) fn looked_up(&mut self, name: &[u8], statement: &Arc<Prepared>) {
        if let Some(portal) = self.portals.get_mut(key(name)) {
            portal.statement = Arc::clone(statement);
            portal.lookup = Lookup::Done;
        }
    }

    /// The server said that something failed.
    pub(crate) fn failed(&mut self) {
        self.outlook = Outlook::Rollback;
    }

    /// ReadyForQuery with no transaction open.
    pub(crate) fn idle(&mut self) {
        match self.outlook {
            Outlook::Commit => self.commit(),
            Outlook::Rollback => self.roll_back(),
        }
    }

    /// A statement completed.
    pub(crate) fn completed(&mut self, done: Completed<'_>) {
        if done.portal.is_none() {
            // Each statement of a Query runs in the unnamed portal, which ends with it.
            self.drop_portal(b"");
        }
        match &done.facts.kind {
            Kind::Prepare { name } => {
                if let Some(statement) = done.makes {
                    self.keep_statement(name.as_bytes(), Arc::clone(statement));
                }
            }
            Kind::Declare { cursor, hold } => {
                if let Some(statement) = done.makes {
                    let portal = Portal::declared(Arc::clone(statement), *hold);
                    self.keep_portal(cursor.as_bytes(), portal);
                }
            }
            Kind::Deallocate { name: Some(name) } => self.drop_statement(name.as_bytes()),
            Kind::Deallocate { name: None } => self.drop_named_statements(),
            Kind::Close { cursor: Some(name) } => self.drop_portal(name.as_bytes()),
            // The portal that runs cannot close itself.
            Kind::Close { cursor: None } => {
                let running = done.portal.map(key);
                self.portals.retain(|name, _| Some(&**name) == running);
            }
            // DISCARD ALL; PLANS, SEQUENCES and TEMP leave names alone.
            Kind::Discard if !done.facts.settings.is_empty() => {
                self.portals.clear();
                self.drop_named_statements();
            }
            Kind::Transaction(transaction) => self.transaction(transaction, done.tag),
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
            | Kind::Execute { .. }
            | Kind::Fetch { .. }
            | Kind::Move { .. }
            | Kind::Set
            | Kind::Reset
            | Kind::Show { .. }
            | Kind::Listen
            | Kind::Unlisten
            | Kind::Notify
            | Kind::Administer(_)
            // Whatever it did, names are no longer relied on: see `Ground`.
            | Kind::Unreadable => {}
        }
    }

    fn transaction(&mut self, transaction: &Transaction, tag: &[u8]) {
        match transaction {
            // The end of a transaction that failed is a rollback, and its tag says so.
            Transaction::Commit if tag != b"ROLLBACK" => self.commit(),
            Transaction::Commit | Transaction::Rollback => self.roll_back(),
            Transaction::Savepoint(name) => {
                if self.savepoints.len() < MAX_SAVEPOINTS {
                    self.savepoints.push(name.clone());
                }
            }
            Transaction::Release(name) => self.release(name),
            Transaction::RollbackTo(name) => self.roll_back_to(name),
            Transaction::Begin | Transaction::TwoPhase | Transaction::Characteristics => {}
        }
    }

    fn commit(&mut self) {
        self.portals.retain(|_, portal| {
            if portal.hold == Hold::FromCommit {
                portal.hold = Hold::Held;
            }
            portal.hold == Hold::Held
        });
        self.begin_anew();
    }

    fn roll_back(&mut self) {
        self.portals.retain(|_, portal| portal.hold == Hold::Held);
        self.begin_anew();
    }

    fn begin_anew(&mut self) {
        self.savepoints.clear();
        self.outlook = Outlook::Commit;
    }

    /// Portals made since the savepoint are those of the transaction around it from now on.
    fn release(&mut self, name: &str) {
        let Some(level) = self.level_of(name) else {
            return;
        };
        self.savepoints.truncate(level);
        for portal in self.portals.values_mut() {
            portal.level = portal.level.min(level);
        }
    }

    /// Portals made since the savepoint are gone; the savepoint stays.
    fn roll_back_to(&mut self, name: &str) {
        self.outlook = Outlook::Commit;
        let Some(level) = self.level_of(name) else {
            // One of those that are not told apart.
            self.portals.retain(|_, portal| portal.hold == Hold::Held);
            return;
        };
        self.savepoints.truncate(level + 1);
        self.portals
            .retain(|_, portal| portal.hold == Hold::Held || portal.level <= level);
    }

    /// Number of savepoints before the newest of this name.
    fn level_of(&self, name: &str) -> Option<usize> {
        self.savepoints.iter().rposition(|known| known == name)
    }

    /// The unnamed statement is none that SQL could name.
    fn drop_named_statements(&mut self) {
        self.statements.retain(|name, _| name.is_empty());
    }
}

//! Prepared statements and portals: one world for SQL (PREPARE, DECLARE) and for messages (Parse,
//! Bind), as in PostgreSQL.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::judge::Judged;
use crate::rows::Fields;

/// More prepared statements or portals than this are refused in one session: each is remembered
/// here, and a peer must not be able to grow the proxy's memory without bound. PostgreSQL has no
/// limit; drivers keep hundreds.
pub(crate) const MAX_NAMES: usize = 10_000;

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
    /// The server's description of its rows; unset until it came.
    pub(crate) fields: OnceLock<Arc<Fields>>,
    /// Whether the server was asked to describe it.
    pub(crate) asked: Asked,
}

/// Whether the server was asked to describe the rows of a prepared statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// With its Parse message.
    AtParse,
    /// Not in a way that holds for every execution: each portal is described before it runs.
    AtExecute,
}

/// A portal: a bound prepared statement or a cursor.
#[derive(Debug, Clone)]
pub(crate) struct Portal {
    pub(crate) statement: Arc<Prepared>,
    /// Result-column format codes of the Bind message, as sent.
    pub(crate) formats: Arc<[i16]>,
    pub(crate) origin: Origin,
}

/// How a portal was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// By a Bind message; ends with the transaction.
    Bind,
    /// By DECLARE; may be WITH HOLD, and its formats are known to the server only.
    Declare,
}

/// What the server has confirmed.
#[derive(Debug, Default)]
pub(crate) struct Names {
    statements: HashMap<Vec<u8>, Arc<Prepared>>,
    portals: HashMap<Vec<u8>, Portal>,
}

impl Names {
    pub(crate) fn statement(&self, name: &[u8]) -> Option<&Arc<Prepared>> {
        self.statements.get(name)
    }

    pub(crate) fn portal(&self, name: &[u8]) -> Option<&Portal> {
        self.portals.get(name)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.statements.len() >= MAX_NAMES || self.portals.len() >= MAX_NAMES
    }

    pub(crate) fn keep_statement(&mut self, name: Vec<u8>, statement: Arc<Prepared>) {
        self.statements.insert(name, statement);
    }

    pub(crate) fn keep_portal(&mut self, name: Vec<u8>, portal: Portal) {
        self.portals.insert(name, portal);
    }

    pub(crate) fn drop_statement(&mut self, name: &[u8]) {
        self.statements.remove(name);
    }

    pub(crate) fn drop_portal(&mut self, name: &[u8]) {
        self.portals.remove(name);
    }

    pub(crate) fn drop_statements(&mut self) {
        self.statements.clear();
    }

    /// The end of a transaction ends the portals made by Bind.
    pub(crate) fn end_transaction(&mut self) {
        self.portals
            .retain(|_, portal| portal.origin == Origin::Declare);
    }

    pub(crate) fn drop_portals(&mut self) {
        self.portals.clear();
    }
}

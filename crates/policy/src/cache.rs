//! Verdicts and disclosures that were given before.
//!
//! A key holds everything that an answer depends on, and keys are compared in full: an entry found
//! is the answer that would be given again. The caches belong to one loaded policy.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use identity::{Actor, Principal};
use sql::facts::{ColumnId, Facts, Lineage, Outputs};

use crate::disclosure::ColumnDisclosure;
use crate::verdict::Decision;
use crate::viewer::{Connection, Context, Viewer};

/// Decisions kept: some hundred actors with some ten kinds of statements each; at a few kilobytes
/// each below 50 MB.
const DECISIONS: u64 = 10_000;
/// Disclosures kept, of some hundred bytes each.
const DISCLOSURES: u64 = 100_000;

/// What was decided before.
pub(crate) struct Caches {
    pub(crate) decisions: moka::sync::Cache<DecisionKey, Arc<Decision>>,
    pub(crate) disclosures: moka::sync::Cache<ColumnKey, ColumnDisclosure>,
}

impl Caches {
    pub(crate) fn new() -> Self {
        Self {
            decisions: moka::sync::Cache::new(DECISIONS),
            disclosures: moka::sync::Cache::new(DISCLOSURES),
        }
    }
}

/// Who asks, where, against which snapshots, under which circumstances.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    actor: Closure,
    connection: Connection,
    catalog_epoch: u64,
    labels: [u8; 32],
    /// Cut to what policies look at.
    pub(crate) context: Context,
}

impl Scope {
    pub(crate) fn new(viewer: &Viewer<'_>, context: Context) -> Self {
        Self {
            actor: Closure::of(viewer.actor),
            connection: viewer.connection.clone(),
            catalog_epoch: viewer.catalog.epoch(),
            labels: *viewer.labels.fingerprint(),
            context,
        }
    }
}

/// Everything about an actor that policies can see.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Closure {
    principal: Arc<Principal>,
    owner: Option<Arc<Principal>>,
}

impl Closure {
    fn of(actor: &Actor) -> Self {
        Self {
            principal: Arc::clone(&actor.principal),
            owner: actor.owner.clone(),
        }
    }
}

impl Hash for Closure {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for principal in std::iter::once(&self.principal).chain(&self.owner) {
            principal.name.hash(state);
            principal.kind.hash(state);
            principal.groups.hash(state);
        }
    }
}

/// The key of a column's disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ColumnKey {
    pub(crate) scope: Arc<Scope>,
    pub(crate) subject: Subject,
}

/// Of what a disclosure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A column.
    Column(ColumnId),
    /// A value that cannot be traced.
    Untraced,
    /// Every tag that there is.
    Everything,
}

/// The key of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecisionKey {
    pub(crate) scope: Arc<Scope>,
    pub(crate) facts: Facts,
}

/// Hashes what tells most statements apart; equality compares all of it.
impl Hash for DecisionKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Facts {
            kind,
            relations,
            columns,
            functions,
            outputs,
            restriction,
            schemas,
            ..
        } = &self.facts;
        self.scope.hash(state);
        (kind, relations, columns, functions, restriction, schemas).hash(state);
        hash_outputs(outputs, state);
    }
}

fn hash_outputs<H: Hasher>(outputs: &Outputs, state: &mut H) {
    std::mem::discriminant(outputs).hash(state);
    match outputs {
        Outputs::Columns(columns) => {
            columns
                .iter()
                .for_each(|column| hash_lineage(&column.lineage, state));
        }
        Outputs::Unknown(lineage) => hash_lineage(lineage, state),
        Outputs::None | Outputs::Harmless | Outputs::Named => {}
    }
}

fn hash_lineage<H: Hasher>(lineage: &Lineage, state: &mut H) {
    lineage.sources.hash(state);
    lineage.derivation.hash(state);
}

//! The door: text in, statements with their facts out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sha2::{Digest, Sha256};

use crate::catalog::Catalog;
use crate::facts::{
    Facts, Fingerprint, Kind, Lineage, Outputs, Restriction, Statement, Unresolved,
};
use crate::gate::{self, Gated, GatedStatement};
use crate::normalise::normalise;
use crate::resolve::{Reader, empty_facts};
use crate::second;
use crate::unreadable::{Unreadable, UnreadableReason};
use crate::views::ViewReading;

/// What names mean in a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameContext {
    /// The schemas of `search_path` in order, as set, with `"$user"` already replaced and schemas
    /// left out on which the session's role has no USAGE, as PostgreSQL leaves them out
    /// (`current_schemas(false)` says it). `pg_catalog` is searched first unless it is listed.
    pub search_path: Vec<String>,
}

/// Reads a text: its statements in order, each with its facts, or why the text cannot be analysed.
/// A text without a statement gives one of [`Kind::Empty`](crate::facts::Kind::Empty).
///
/// Facts are complete where [`Facts::unresolved`](crate::facts::Facts::unresolved) is empty.
///
/// # Stack
///
/// The gate bounds how deep a text may nest, and reading needs stack in proportion to it: see
/// [`STACK`].
///
/// # Errors
///
/// [`Unreadable`]: nothing is known of what the text does.
pub fn read(
    text: &str,
    catalog: &Catalog,
    names: &NameContext,
) -> Result<Vec<Statement>, Unreadable> {
    // The parser has assertions that panic; a text that trips one is unreadable, nothing worse.
    // Nothing that was half-changed outlives the unwinding.
    catch_unwind(AssertUnwindSafe(|| read_unguarded(text, catalog, names)))
        .unwrap_or_else(|_| Err(Unreadable::whole(UnreadableReason::ParserFailed)))
}

/// Bytes of stack with which to [`read`], for any text and in every build, with room to spare.
///
/// The deepest text that the gate admits takes up to 1.3 MiB without optimisation (measured on
/// nested sub-queries in EXISTS), and a third of it with; the 2 MiB of a standard thread hold that
/// when little else is on it. The second parser, which takes more, brings its own stack.
pub const STACK: usize = 4 * 1024 * 1024;

fn read_unguarded(
    text: &str,
    catalog: &Catalog,
    names: &NameContext,
) -> Result<Vec<Statement>, Unreadable> {
    let Gated { statements: gated } = gate::admit(text)?;
    let outlines: Vec<_> = gated
        .iter()
        .map(|statement| second::outline_of(&statement.node))
        .collect();
    second::agree(text, &outlines)?;
    if gated.is_empty() {
        return Ok(vec![empty(text)]);
    }
    Ok(gated
        .iter()
        .map(|statement| read_statement(text, statement, catalog, names))
        .collect())
}

/// The statement that stands for a whole text of which nothing is known: it needs the permission
/// `run_opaque`, and what comes back may be anything. `why` goes into
/// [`Facts::unresolved`](crate::facts::Facts::unresolved).
pub fn unread(text: &str, why: Unresolved) -> Statement {
    let normalised = normalise(text);
    Statement {
        range: 0..text.len(),
        fingerprint: fingerprint(&normalised),
        normalised,
        facts: Facts {
            kind: Kind::Unreadable,
            outputs: Outputs::Unknown(Lineage::opaque()),
            restriction: Restriction::Unrestricted,
            unresolved: vec![why],
            ..empty_facts()
        },
    }
}

fn empty(text: &str) -> Statement {
    Statement {
        range: 0..text.len(),
        normalised: String::new(),
        fingerprint: fingerprint(""),
        facts: empty_facts(),
    }
}

fn read_statement(
    text: &str,
    statement: &GatedStatement,
    catalog: &Catalog,
    names: &NameContext,
) -> Statement {
    let facts = Reader::new(catalog, &names.search_path).statement_facts(&statement.node);
    let normalised = normalise(text.get(statement.range.clone()).unwrap_or(text));
    let fingerprint = fingerprint(&normalised);
    Statement {
        range: statement.range.clone(),
        normalised,
        fingerprint,
        facts,
    }
}

fn fingerprint(normalised: &str) -> Fingerprint {
    Fingerprint(Sha256::digest(normalised.as_bytes()).into())
}

/// Reads the definition of a view, whose names are qualified.
pub(crate) fn read_view(definition: &str, catalog: &Catalog) -> ViewReading {
    let reading = catch_unwind(AssertUnwindSafe(|| {
        let Ok(gated) = gate::admit(definition) else {
            return ViewReading::Unreadable;
        };
        match gated.statements.as_slice() {
            [query] => Reader::new(catalog, &[]).view_columns(&query.node),
            _ => ViewReading::Unreadable,
        }
    }));
    reading.unwrap_or(ViewReading::Unreadable)
}

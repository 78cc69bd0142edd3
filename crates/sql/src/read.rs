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
    let reading = Reading::of(text)?;
    (0..reading.len())
        .map(|index| reading.statement(index, catalog, names))
        .collect()
}

/// Bytes of stack with which to [`read`], for any text and in every build, with room to spare.
///
/// The deepest text that the gate admits takes up to 1.3 MiB without optimisation (measured on
/// nested sub-queries in EXISTS), and a third of it with; the 2 MiB of a standard thread hold that
/// when little else is on it. The second parser, which takes more, brings its own stack.
pub const STACK: usize = 4 * 1024 * 1024;

/// A text that was cut into its statements and can be read.
pub struct Reading<'t> {
    text: &'t str,
    statements: Vec<GatedStatement>,
}

impl<'t> Reading<'t> {
    /// Cuts a text into its statements.
    ///
    /// # Errors
    ///
    /// [`Unreadable`]: nothing is known of what the text does.
    pub fn of(text: &'t str) -> Result<Self, Unreadable> {
        guarded(|| {
            let Gated { statements } = gate::admit(text)?;
            let outlines: Vec<_> = statements
                .iter()
                .map(|statement| second::outline_of(&statement.node))
                .collect();
            second::agree(text, &outlines)?;
            Ok(Self { text, statements })
        })
    }

    /// The number of statements; a text without one counts as one that is empty.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.statements.len().max(1)
    }

    /// The statement of this number, from 0, with its facts under these names; an empty one behind
    /// the last.
    ///
    /// # Errors
    ///
    /// [`Unreadable`]: the parser failed.
    pub fn statement(
        &self,
        index: usize,
        catalog: &Catalog,
        names: &NameContext,
    ) -> Result<Statement, Unreadable> {
        let Some(statement) = self.statements.get(index) else {
            return Ok(empty(self.text));
        };
        guarded(|| Ok(read_statement(self.text, statement, catalog, names)))
    }
}

/// The parser has assertions that panic; a text that trips one is unreadable, nothing worse.
/// Nothing that was half-changed outlives the unwinding.
fn guarded<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Unreadable::whole(UnreadableReason::ParserFailed)))
}

/// The whole of a text that cannot be read as one statement of which nothing is known, for those
/// who may run such.
pub fn unreadable(text: &str, why: &Unreadable) -> Statement {
    let normalised = normalise(text);
    let facts = Facts {
        kind: Kind::Unreadable,
        outputs: Outputs::Unknown(Lineage::opaque()),
        restriction: Restriction::Unrestricted,
        unresolved: vec![Unresolved {
            position: why.position,
            reason: why.reason.to_string(),
        }],
        ..empty_facts()
    };
    Statement {
        range: 0..text.len(),
        fingerprint: fingerprint(&normalised),
        normalised,
        facts,
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

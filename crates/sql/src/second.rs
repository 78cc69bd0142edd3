//! The second reading: another parser, written by other people, must see the same outline.
//!
//! Where it refuses a text, it has no say: it does not know all of PostgreSQL's grammar. Where it
//! accepts one, the number of statements, the kind of each, the relations read and written and
//! whether an UPDATE or DELETE lacks its WHERE must be the same in both readings. What it is known
//! to misread, and what is not compared, stands by name in [`LeftOut`].

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use crate::gate::nesting;
pub(crate) use crate::outline::{Name, Outline, OutlineKind, outline_of};
use crate::tokens::tokenize;
use crate::unreadable::{Disagreement, Unreadable, UnreadableReason};

mod kind;
mod left_out;
mod relations;
mod scopes;

use left_out::LeftOut;

/// Levels that the second parser descends before it refuses. It is the parser's own default; where
/// the parser does not count, as in joins in parentheses, we do.
const RECURSION_LIMIT: usize = 50;

/// Levels that are parsed on the caller's stack. Without optimisation a level of joins takes
/// 130 KiB of it, so that these fit a standard thread's 2 MiB; few texts that people write have
/// more.
const SHALLOW: usize = 8;

/// Bytes of stack for [`RECURSION_LIMIT`] levels, twice over.
const DEEP_STACK: usize = 16 * 1024 * 1024;

/// One statement in the second reading.
struct Reading {
    outline: Outline,
    /// What of it is not compared.
    left_out: BTreeSet<LeftOut>,
}

/// Compares the outlines of the deciding reading with the second one.
///
/// # Errors
///
/// When the second parser accepts the text and sees something else in it.
pub(crate) fn agree(text: &str, first: &[Outline]) -> Result<(), Unreadable> {
    let depth = nesting::depth(text, tokenize(text).map_while(Result::ok));
    if depth > RECURSION_LIMIT {
        return Ok(());
    }
    let parsed = if depth > SHALLOW {
        read_on_own_stack(text)
    } else {
        read(text)
    };
    match parsed {
        Some(Some(second)) => compare(first, &second)
            .map_err(|difference| Unreadable::whole(UnreadableReason::Disagreement(difference))),
        Some(None) => Ok(()),
        None => Err(Unreadable::whole(UnreadableReason::ParserFailed)),
    }
}

/// What the second parser made of the text: `None` when it failed, `Some(None)` when it refused it.
type Parsed = Option<Option<Vec<Reading>>>;

fn read(text: &str) -> Parsed {
    catch_unwind(AssertUnwindSafe(|| readings(text))).ok()
}

fn read_on_own_stack(text: &str) -> Parsed {
    std::thread::scope(|scope| {
        let deep = std::thread::Builder::new().stack_size(DEEP_STACK);
        let reading = deep.spawn_scoped(scope, || readings(text));
        reading.ok()?.join().ok()
    })
}

/// The statements of the text; `None` when the parser refuses it.
fn readings(text: &str) -> Option<Vec<Reading>> {
    let parser = Parser::new(&PostgreSqlDialect {}).with_recursion_limit(RECURSION_LIMIT);
    let statements = parser.try_with_sql(text).ok()?.parse_statements().ok()?;
    Some(statements.iter().map(reading).collect())
}

fn reading(statement: &Statement) -> Reading {
    let relations = relations::of(statement);
    let mut left_out = relations.left_out;
    left_out.extend(left_out::of(statement));
    let outline = Outline {
        kind: kind::of(statement),
        reads: relations.reads,
        writes: relations.writes,
        unrestricted: relations.unrestricted,
    };
    Reading { outline, left_out }
}

fn compare(first: &[Outline], second: &[Reading]) -> Result<(), Disagreement> {
    if first.len() != second.len() {
        return Err(Disagreement::Statements {
            first: first.len(),
            second: second.len(),
        });
    }
    first
        .iter()
        .zip(second)
        .zip(1..)
        .try_for_each(|((first, second), statement)| compare_one(first, second, statement))
}

fn compare_one(first: &Outline, second: &Reading, statement: usize) -> Result<(), Disagreement> {
    let other = &second.outline;
    let skips = |what: fn(LeftOut) -> bool| second.left_out.iter().copied().any(what);
    if first.kind != other.kind && !is_unknown_command(first.kind, other.kind) {
        return Err(Disagreement::Kind { statement });
    }
    if let Some(name) = difference(&first.reads, &other.reads).filter(|_| !skips(LeftOut::reads)) {
        return Err(Disagreement::Reads {
            statement,
            name: name.join("."),
        });
    }
    if let Some(name) = difference(&first.writes, &other.writes).filter(|_| !skips(LeftOut::writes))
    {
        return Err(Disagreement::Writes {
            statement,
            name: name.join("."),
        });
    }
    if first.unrestricted != other.unrestricted && !skips(LeftOut::restriction) {
        return Err(Disagreement::Restriction { statement });
    }
    Ok(())
}

/// A command that the second reading has no kind for must at least not be one that reads or changes
/// rows to the first.
fn is_unknown_command(first: OutlineKind, second: OutlineKind) -> bool {
    second == OutlineKind::Other
        && !matches!(
            first,
            OutlineKind::Query
                | OutlineKind::Insert
                | OutlineKind::Update
                | OutlineKind::Delete
                | OutlineKind::Merge
                | OutlineKind::Truncate
                | OutlineKind::Copy
        )
}

/// A name that only one of the sets has.
fn difference<'a>(first: &'a BTreeSet<Name>, second: &'a BTreeSet<Name>) -> Option<&'a Name> {
    first.symmetric_difference(second).next()
}

#[cfg(test)]
mod tests;

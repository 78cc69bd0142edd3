//! What policies see of a statement: its kind in a word, and figures.

use sql::facts::{Facts, Kind, Object, Restriction};

use crate::court::StatementClass;
use crate::viewer::Viewer;

/// What policies see of a statement.
pub(crate) fn class(viewer: &Viewer<'_>, facts: &Facts) -> StatementClass {
    StatementClass {
        word: kind_word(&facts.kind),
        has_predicate: match facts.restriction {
            Restriction::NotApplicable | Restriction::Restricted => true,
            Restriction::Unrestricted => false,
        },
        estimated_rows: estimated_rows(viewer, facts),
    }
}

/// Of the largest relation; `None` when one was never analysed or is not known.
fn estimated_rows(viewer: &Viewer<'_>, facts: &Facts) -> Option<i64> {
    let rows = |oid| {
        viewer
            .catalog
            .relation(oid)
            .map(|r| r.estimated_rows)
            .filter(|rows| *rows >= 0)
    };
    let all: Option<Vec<i64>> = facts
        .relations
        .iter()
        .map(|used| rows(used.relation))
        .collect();
    all?.into_iter().max()
}

/// The word of a kind of statement in policies and records.
/// The kind of a statement in a word, as policies and records have it: `select`, `drop_table`, ….
#[must_use]
pub fn kind_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Empty => "empty",
        Kind::Select => "select",
        Kind::Insert => "insert",
        Kind::Update => "update",
        Kind::Delete => "delete",
        Kind::Merge => "merge",
        Kind::Truncate => "truncate",
        Kind::CopyIn(_) => "copy_in",
        Kind::CopyOut(_) => "copy_out",
        Kind::CopyServer => "copy_server",
        Kind::Call => "call",
        Kind::Do => "do",
        Kind::Unreadable => "unreadable",
        Kind::Lock => "lock",
        Kind::Create(object) => object_words(*object).0,
        Kind::CreateAs(_) => "create_as",
        Kind::Alter(object) => object_words(*object).1,
        Kind::Drop(object) => object_words(*object).2,
        Kind::Comment => "comment",
        Kind::Grant => "grant",
        Kind::Explain { analyze: false } => "explain",
        Kind::Explain { analyze: true } => "explain_analyze",
        Kind::Prepare { .. } => "prepare",
        Kind::Execute { .. } => "execute",
        Kind::Deallocate { .. } => "deallocate",
        Kind::Declare { .. } => "declare",
        Kind::Fetch { .. } => "fetch",
        Kind::Move { .. } => "move",
        Kind::Close { .. } => "close",
        Kind::Transaction(_) => "transaction",
        Kind::Set => "set",
        Kind::Reset => "reset",
        Kind::Show { .. } => "show",
        Kind::Discard => "discard",
        Kind::Listen => "listen",
        Kind::Unlisten => "unlisten",
        Kind::Notify => "notify",
        Kind::Administer(_) => "administer",
    }
}

/// Makes the words of CREATE, ALTER and DROP of an object.
macro_rules! words {
    ($name:literal) => {
        (
            concat!("create_", $name),
            concat!("alter_", $name),
            concat!("drop_", $name),
        )
    };
}

fn object_words(object: Object) -> (&'static str, &'static str, &'static str) {
    match object {
        Object::Table => words!("table"),
        Object::TemporaryTable => words!("temporary_table"),
        Object::View => words!("view"),
        Object::MaterializedView => words!("materialized_view"),
        Object::Index => words!("index"),
        Object::Sequence => words!("sequence"),
        Object::Schema => words!("schema"),
        Object::Database => words!("database"),
        Object::Function => words!("function"),
        Object::Procedure => words!("procedure"),
        Object::Aggregate => words!("aggregate"),
        Object::Operator => words!("operator"),
        Object::Type => words!("type"),
        Object::Domain => words!("domain"),
        Object::Cast => words!("cast"),
        Object::Collation => words!("collation"),
        Object::Extension => words!("extension"),
        Object::Trigger => words!("trigger"),
        Object::EventTrigger => words!("event_trigger"),
        Object::Rule => words!("rule"),
        Object::Policy => words!("policy"),
        Object::Role => words!("role"),
        Object::Statistics => words!("statistics"),
        Object::ForeignObject => words!("foreign_object"),
        Object::Publication => words!("publication"),
        Object::Subscription => words!("subscription"),
        Object::Language => words!("language"),
        Object::TextSearch => words!("text_search"),
        Object::Other => words!("other"),
    }
}

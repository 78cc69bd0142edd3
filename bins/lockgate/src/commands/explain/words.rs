//! The words of a report: they are part of the interface for programs.

use sql::facts::{Clause, Derivation, FunctionClass};

/// How a value is made of its sources.
pub(super) fn derivation_word(derivation: Derivation) -> &'static str {
    match derivation {
        Derivation::Copied => "copied",
        Derivation::Derived => "derived",
        Derivation::Opaque => "opaque",
    }
}

/// Why a function is not known to be harmless.
pub(super) fn class_word(class: FunctionClass) -> &'static str {
    match class {
        FunctionClass::RunsSql => "runs_sql",
        FunctionClass::ReachesOutside => "reaches_outside",
        FunctionClass::ChangesState => "changes_state",
        FunctionClass::UserDefined => "user_defined",
        FunctionClass::Unknown => "unknown",
    }
}

/// Where a column stands.
pub(super) fn clause_word(clause: Clause) -> &'static str {
    match clause {
        Clause::Output => "output",
        Clause::Filter => "filter",
        Clause::Join => "join",
        Clause::Order => "order",
        Clause::Group => "group",
        Clause::Distinct => "distinct",
        Clause::Window => "window",
        Clause::Assigned => "assigned",
        Clause::Source => "source",
    }
}

//! Which columns a statement can make appear in an error or notice.

use std::collections::BTreeSet;

use sql::Oid;
use sql::facts::{ColumnId, Derivation, Facts, FunctionClass, Kind, Lineage, Outputs, TableAction};

use crate::viewer::Viewer;

/// Every column whose value can stand in an error: those used, and of relations that are written
/// or changed all, because PostgreSQL shows the whole row that violates a constraint.
pub(crate) fn columns(viewer: &Viewer<'_>, facts: &Facts) -> BTreeSet<ColumnId> {
    let mut columns: BTreeSet<ColumnId> = facts.columns.iter().map(|used| used.column).collect();
    columns.extend(lineages(facts).flat_map(|lineage| lineage.sources.iter().copied()));
    columns.extend(facts.flows.iter().filter_map(|flow| flow.target));
    let whole = facts
        .relations
        .iter()
        .filter(|used| shows_rows(used.action));
    let mut relations = BTreeSet::new();
    whole.for_each(|used| with_children(viewer, used.relation, &mut relations));
    for relation in relations {
        let labelled = viewer.labels.of(relation).map(|(column, _)| column);
        columns.extend(labelled);
    }
    columns
}

/// Whether something runs of which nobody knows what it reads.
pub(crate) fn untraced(facts: &Facts) -> bool {
    let unknown = |class: FunctionClass| match class {
        FunctionClass::RunsSql
        | FunctionClass::ReachesOutside
        | FunctionClass::UserDefined
        | FunctionClass::Unknown => true,
        FunctionClass::ChangesState => false,
    };
    !facts.unresolved.is_empty()
        || matches!(
            facts.kind,
            Kind::Do | Kind::Call | Kind::CopyServer | Kind::Unreadable
        )
        || facts
            .functions
            .iter()
            .any(|function| unknown(function.class))
        || lineages(facts).any(|lineage| lineage.derivation == Derivation::Opaque)
}

/// The lineages of outputs and of writes.
fn lineages(facts: &Facts) -> impl Iterator<Item = &Lineage> {
    let outputs: Vec<&Lineage> = match &facts.outputs {
        Outputs::Columns(columns) => columns.iter().map(|column| &column.lineage).collect(),
        Outputs::Unknown(lineage) => vec![lineage],
        Outputs::None | Outputs::Harmless | Outputs::Named => Vec::new(),
    };
    outputs
        .into_iter()
        .chain(facts.flows.iter().map(|flow| &flow.lineage))
}

fn shows_rows(action: TableAction) -> bool {
    match action {
        TableAction::Insert
        | TableAction::Update
        | TableAction::Delete
        | TableAction::Truncate
        | TableAction::Merge
        | TableAction::CopyIn
        | TableAction::Alter
        | TableAction::Drop
        | TableAction::Administer => true,
        TableAction::Select | TableAction::CopyOut | TableAction::Lock | TableAction::Grant => {
            false
        }
    }
}

/// A relation with everything that inherits from it, each once.
fn with_children(viewer: &Viewer<'_>, relation: Oid, found: &mut BTreeSet<Oid>) {
    let mut waiting = vec![relation];
    while let Some(next) = waiting.pop() {
        if found.insert(next) {
            waiting.extend(viewer.catalog.children(next));
        }
    }
}

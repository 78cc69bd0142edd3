//! What the columns of views are made of.

use std::collections::HashSet;

use crate::catalog::{Catalog, Oid, Relation, RelationKind, is_system_schema};
use crate::facts::Lineage;
use crate::read::read_view;

/// Views that need one another in a chain longer than this are not expanded: PostgreSQL itself
/// runs out of stack on chains of some thousands.
const LONGEST_CHAIN: usize = 1_000;

/// What reading one view's definition gave.
pub(crate) enum ViewReading {
    /// The lineage of each column.
    Columns(Vec<Lineage>),
    /// These views must be expanded before.
    Needs(Vec<Oid>),
    /// It cannot be read.
    Unreadable,
}

/// Expands every view of the catalog outside the system schemas.
pub(crate) fn expand(catalog: &mut Catalog) {
    let views: Vec<Oid> = catalog
        .relations()
        .filter(|relation| is_expanded(relation))
        .map(|view| view.oid)
        .collect();
    for view in views {
        expand_with_needs(catalog, view);
    }
}

fn is_expanded(relation: &Relation) -> bool {
    let is_view = matches!(
        relation.kind,
        RelationKind::View | RelationKind::MaterializedView
    );
    is_view && !is_system_schema(&relation.schema)
}

/// Expands a view after those that it needs, with a stack of its own instead of recursion.
fn expand_with_needs(catalog: &mut Catalog, view: Oid) {
    let mut pending = vec![view];
    let mut waiting = HashSet::new();
    while let Some(&oid) = pending.last() {
        if catalog.view_lineage(oid).is_some() {
            pending.pop();
            continue;
        }
        let needs = match read_definition(catalog, oid) {
            ViewReading::Columns(columns) => {
                catalog.set_view_lineage(oid, columns);
                waiting.remove(&oid);
                continue;
            }
            ViewReading::Needs(needs) => needs,
            ViewReading::Unreadable => Vec::new(),
        };
        let hopeless = needs.is_empty()
            || needs
                .iter()
                .any(|need| *need == oid || waiting.contains(need))
            || waiting.len() > LONGEST_CHAIN;
        if hopeless {
            set_opaque(catalog, oid);
        } else {
            waiting.insert(oid);
            pending.extend(needs);
        }
    }
}

fn set_opaque(catalog: &mut Catalog, oid: Oid) {
    let count = catalog.relation(oid).map_or(0, |view| view.columns.len());
    catalog.set_view_lineage(oid, vec![Lineage::opaque(); count]);
}

fn read_definition(catalog: &Catalog, oid: Oid) -> ViewReading {
    let Some(view) = catalog.relation(oid) else {
        return ViewReading::Unreadable;
    };
    let Some(definition) = &view.definition else {
        return ViewReading::Unreadable;
    };
    match read_view(definition, catalog) {
        ViewReading::Columns(columns) if columns.len() != view.columns.len() => {
            ViewReading::Unreadable
        }
        reading @ (ViewReading::Columns(_) | ViewReading::Needs(_) | ViewReading::Unreadable) => {
            reading
        }
    }
}

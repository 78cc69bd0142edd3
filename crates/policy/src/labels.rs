//! Which columns of a catalog carry which tags.

mod system;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use sql::catalog::{Column, Relation, RelationKind};
use sql::facts::{ColumnId, Derivation};
use sql::{Catalog, Oid};

use crate::tag::Tag;

pub(crate) use system::is_system_schema;

/// The word in a label rule that stands for every name.
const ANY: &str = "*";

/// A tag that somebody gives to columns by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelRule {
    /// Name of the schema; `*`: every one.
    pub schema: String,
    /// Name of the relation; `*`: every one.
    pub relation: String,
    /// Name of the column; `*`: every one.
    pub column: String,
    /// The tag; `None` takes away the tag that the column has by its name.
    pub tag: Option<Tag>,
}

/// A label rule that names nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelMistake {
    /// There is no such schema, or no relation in it.
    #[error("no schema `{schema}`: expected one that the connection's database has")]
    UnknownSchema {
        /// The schema of the rule.
        schema: String,
    },
    /// There is no such relation.
    #[error("no relation `{relation}` in schema `{schema}`")]
    UnknownRelation {
        /// The schema of the rule.
        schema: String,
        /// The relation of the rule.
        relation: String,
    },
    /// There is no such column.
    #[error("no column `{column}` in relation `{relation}` of schema `{schema}`")]
    UnknownColumn {
        /// The schema of the rule.
        schema: String,
        /// The relation of the rule.
        relation: String,
        /// The column of the rule.
        column: String,
    },
}

/// The tags of the columns of one catalog snapshot.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    tags: BTreeMap<ColumnId, Vec<Tag>>,
    fingerprint: [u8; 32],
}

/// Tells the tag of a column by its name and type.
type ByName<'a> = &'a dyn Fn(&Relation, &Column, &Catalog) -> Option<Tag>;

impl Labels {
    /// Gives every column its tags.
    ///
    /// A rule is stronger than `by_name`, which is asked for stored relations outside the system
    /// schemas only. Columns of the system catalogs that hold data or secrets are always tagged.
    /// Tags are shared by parents and children of inheritance and partitioning, in both
    /// directions. A column of a view has the tags of everything that flows into it, and `unknown`
    /// when that cannot be told; a rule for a column of a view holds for its sources as well, so
    /// that it does not matter by which of the two a statement gets there.
    ///
    /// # Errors
    /// Every rule that names something that the catalog does not have.
    pub fn build(
        catalog: &Catalog,
        rules: &[LabelRule],
        by_name: &dyn Fn(&Relation, &Column, &Catalog) -> Option<Tag>,
    ) -> Result<Self, Vec<LabelMistake>> {
        let (explicit, mistakes) = by_rules(catalog, rules);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let mut tags = Draft::default();
        for (column, given) in &explicit {
            tags.add(*column, given);
            tags.add_to_sources(catalog, *column, given);
        }
        add_by_name(catalog, by_name, &explicit, &mut tags);
        add_system(catalog, &mut tags);
        propagate(&edges(catalog, &mut tags), &mut tags);
        Ok(tags.finish())
    }

    /// The tags of a column, sorted; none for a column that is not sensitive.
    #[must_use]
    pub fn tags(&self, column: ColumnId) -> &[Tag] {
        self.tags.get(&column).map_or(&[], Vec::as_slice)
    }

    /// Every column that has tags, in order, with its tags.
    pub fn iter(&self) -> impl Iterator<Item = (ColumnId, &[Tag])> {
        self.tags
            .iter()
            .map(|(column, tags)| (*column, tags.as_slice()))
    }

    /// The columns of one relation that have tags.
    pub(crate) fn of(&self, relation: Oid) -> impl Iterator<Item = (ColumnId, &[Tag])> {
        let at = |number| ColumnId { relation, number };
        let columns = self.tags.range(at(i16::MIN)..=at(i16::MAX));
        columns.map(|(column, tags)| (*column, tags.as_slice()))
    }

    /// SHA-256 of all columns and tags: equal labels have equal fingerprints.
    #[must_use]
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }
}

/// Tags while they are collected.
#[derive(Default)]
struct Draft(BTreeMap<ColumnId, BTreeSet<Tag>>);

impl Draft {
    /// Whether anything was new.
    fn add<'t>(&mut self, column: ColumnId, tags: impl IntoIterator<Item = &'t Tag>) -> bool {
        let mut tags = tags.into_iter().peekable();
        if tags.peek().is_none() {
            return false;
        }
        let known = self.0.entry(column).or_default();
        tags.fold(false, |new, tag| known.insert(tag.clone()) | new)
    }

    /// Adds to everything that flows into a column of a view.
    fn add_to_sources(&mut self, catalog: &Catalog, column: ColumnId, tags: &BTreeSet<Tag>) {
        let Some(lineages) = catalog.view_lineage(column.relation) else {
            return;
        };
        let Some(relation) = catalog.relation(column.relation) else {
            return;
        };
        for (view_column, lineage) in relation.columns.iter().zip(lineages) {
            if view_column.number == column.number {
                for source in &lineage.sources {
                    self.add(*source, tags);
                }
            }
        }
    }

    fn finish(self) -> Labels {
        let tags: BTreeMap<ColumnId, Vec<Tag>> = self
            .0
            .into_iter()
            .filter(|(_, tags)| !tags.is_empty())
            .map(|(column, tags)| (column, tags.into_iter().collect()))
            .collect();
        let mut hash = Sha256::new();
        for (column, tags) in &tags {
            hash.update(column.relation.to_be_bytes());
            hash.update(column.number.to_be_bytes());
            for tag in tags {
                hash.update(tag.as_str());
                hash.update([0]);
            }
            hash.update([1]);
        }
        Labels {
            tags,
            fingerprint: hash.finalize().into(),
        }
    }
}

/// What rules say of columns: tags, or an empty set for `none`.
type Explicit = BTreeMap<ColumnId, BTreeSet<Tag>>;

fn by_rules(catalog: &Catalog, rules: &[LabelRule]) -> (Explicit, Vec<LabelMistake>) {
    let mut explicit = Explicit::new();
    let mut mistakes = Vec::new();
    for rule in rules {
        let matched = columns_of(catalog, rule);
        if matched.is_empty() {
            mistakes.push(mistake(catalog, rule));
        }
        for column in matched {
            explicit.entry(column).or_default().extend(rule.tag.clone());
        }
    }
    (explicit, mistakes)
}

fn columns_of(catalog: &Catalog, rule: &LabelRule) -> Vec<ColumnId> {
    catalog
        .relations()
        .filter(|relation| {
            names(&rule.schema, &relation.schema) && names(&rule.relation, &relation.name)
        })
        .flat_map(|relation| {
            relation
                .columns
                .iter()
                .map(move |column| (relation.oid, column))
        })
        .filter(|(_, column)| names(&rule.column, &column.name))
        .map(|(relation, column)| ColumnId {
            relation,
            number: column.number,
        })
        .collect()
}

fn names(pattern: &str, name: &str) -> bool {
    pattern == ANY || pattern == name
}

fn mistake(catalog: &Catalog, rule: &LabelRule) -> LabelMistake {
    let LabelRule {
        schema,
        relation,
        column,
        ..
    } = rule.clone();
    let in_schema = |r: &&Relation| names(&schema, &r.schema);
    if !catalog.relations().any(|r| in_schema(&r)) {
        return LabelMistake::UnknownSchema { schema };
    }
    if !catalog
        .relations()
        .filter(in_schema)
        .any(|r| names(&relation, &r.name))
    {
        return LabelMistake::UnknownRelation { schema, relation };
    }
    LabelMistake::UnknownColumn {
        schema,
        relation,
        column,
    }
}

fn add_by_name(catalog: &Catalog, by_name: ByName<'_>, explicit: &Explicit, tags: &mut Draft) {
    let stored = catalog
        .relations()
        .filter(|r| is_stored(r) && !is_system_schema(&r.schema));
    for relation in stored {
        for column in &relation.columns {
            let id = ColumnId {
                relation: relation.oid,
                number: column.number,
            };
            if !explicit.contains_key(&id) {
                tags.add(id, &by_name(relation, column, catalog));
            }
        }
    }
}

fn is_stored(relation: &Relation) -> bool {
    match relation.kind {
        RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable => true,
        RelationKind::View
        | RelationKind::MaterializedView
        | RelationKind::Sequence
        | RelationKind::CompositeType => false,
    }
}

fn is_view(relation: &Relation) -> bool {
    matches!(
        relation.kind,
        RelationKind::View | RelationKind::MaterializedView
    )
}

fn add_system(catalog: &Catalog, tags: &mut Draft) {
    for relation in catalog.relations() {
        for column in &relation.columns {
            let id = ColumnId {
                relation: relation.oid,
                number: column.number,
            };
            tags.add(id, &system::tag(relation, column));
        }
    }
}

/// The ways on which tags spread: from one column to another. Columns of views of which nobody
/// knows what flows into them get the tag `unknown` here.
fn edges(catalog: &Catalog, tags: &mut Draft) -> Vec<(ColumnId, ColumnId)> {
    let mut edges = Vec::new();
    for relation in catalog.relations() {
        for child in catalog.children(relation.oid) {
            inherited(catalog, relation, *child, &mut edges);
        }
        // What the views of the system schemas show is on the list of system columns.
        if is_view(relation) && !is_system_schema(&relation.schema) {
            viewed(catalog, relation, tags, &mut edges);
        }
    }
    edges
}

/// Columns of inheritance are the same when they have the same name.
fn inherited(
    catalog: &Catalog,
    parent: &Relation,
    child: Oid,
    edges: &mut Vec<(ColumnId, ColumnId)>,
) {
    let Some(child) = catalog.relation(child) else {
        return;
    };
    for (place, column) in parent.columns.iter().enumerate() {
        let above = ColumnId {
            relation: parent.oid,
            number: column.number,
        };
        let named_alike = |other: &&Column| other.name == column.name;
        // Mostly it stands at the same place.
        let beside = child.columns.get(place).filter(named_alike);
        if let Some(same) = beside.or_else(|| child.columns.iter().find(named_alike)) {
            let below = ColumnId {
                relation: child.oid,
                number: same.number,
            };
            edges.extend([(above, below), (below, above)]);
        }
    }
}

fn viewed(
    catalog: &Catalog,
    view: &Relation,
    tags: &mut Draft,
    edges: &mut Vec<(ColumnId, ColumnId)>,
) {
    let lineages = catalog.view_lineage(view.oid).unwrap_or_default();
    for (at, column) in view.columns.iter().enumerate() {
        let id = ColumnId {
            relation: view.oid,
            number: column.number,
        };
        let lineage = lineages.get(at);
        if lineage.is_none_or(|lineage| lineage.derivation == Derivation::Opaque) {
            tags.add(id, [&Tag::unknown()]);
        }
        let sources = lineage.into_iter().flat_map(|lineage| &lineage.sources);
        edges.extend(sources.map(|source| (*source, id)));
    }
}

/// Spreads tags until nothing changes. Ends, because sets of tags only grow.
fn propagate(edges: &[(ColumnId, ColumnId)], tags: &mut Draft) {
    let mut changed = true;
    while changed {
        changed = false;
        for (from, to) in edges {
            let Some(given) = tags.0.get(from).cloned() else {
                continue;
            };
            changed |= tags.add(*to, &given);
        }
    }
}

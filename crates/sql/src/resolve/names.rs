//! Which relation, and which entry of a FROM list, a name means.

use std::rc::Rc;

use squawk_syntax::SyntaxNode;

use super::Reader;
use super::value::{Column, Item, Shape, Value};
use crate::catalog::{Oid, Relation, RelationKind, is_system_schema, is_temporary_schema};
use crate::facts::{ColumnId, Lineage, TableAction};
use crate::identifier;

/// Columns that PostgreSQL gives every table. They hold no data of the table.
const SYSTEM_COLUMNS: [&str; 6] = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

impl<'a> Reader<'a> {
    /// The relation that a reference means; says so when there is none.
    pub(super) fn relation_at(&mut self, reference: &SyntaxNode) -> Option<&'a Relation> {
        self.see(reference);
        let parts = path_parts(reference);
        match self.find_relation(&parts) {
            Ok(relation) => Some(relation),
            Err(reason) => {
                self.unresolved(reference, reason);
                None
            }
        }
    }

    /// The relation that a reference means, with what is done to it recorded.
    pub(super) fn relation_for(
        &mut self,
        reference: &SyntaxNode,
        action: TableAction,
    ) -> Option<&'a Relation> {
        let relation = self.relation_at(reference)?;
        self.record_relation(relation.oid, action);
        Some(relation)
    }

    /// As PostgreSQL's `RangeVarGetRelid`: temporary relations first, then the search path.
    pub(super) fn find_relation(&self, parts: &[String]) -> Result<&'a Relation, String> {
        match parts {
            [schema, _] if is_temporary_schema(schema) => Err(format!(
                "temporary relation `{}` is not known",
                parts.join(".")
            )),
            [schema, name] => self.catalog.relation_named(schema, name).ok_or_else(|| {
                format!("relation `{schema}.{name}` is not in the catalog snapshot")
            }),
            [name] if self.catalog.is_temporary(name) => Err(format!(
                "a temporary relation may stand for `{name}`; qualify the name"
            )),
            [name] => self
                .path
                .iter()
                .find_map(|schema| self.catalog.relation_named(schema, name))
                .ok_or_else(|| format!("relation `{name}` is not on the search path")),
            [] => Err("a relation has no name".to_owned()),
            _ => Err(format!(
                "relation name `{}` has too many parts",
                parts.join(".")
            )),
        }
    }

    /// The columns of a relation: those of a view are traced to where they come from.
    pub(super) fn relation_shape(&mut self, relation: &Relation) -> Rc<Shape> {
        let view = self.catalog.view_lineage(relation.oid);
        let is_view = matches!(
            relation.kind,
            RelationKind::View | RelationKind::MaterializedView
        );
        if is_view && view.is_none() && !is_system_schema(&relation.schema) {
            self.needed_views.insert(relation.oid);
        }
        let column = |(index, column): (usize, &crate::catalog::Column)| {
            let own = || {
                Lineage::copied(ColumnId {
                    relation: relation.oid,
                    number: column.number,
                })
            };
            let lineage = match view {
                Some(lineages) => lineages.get(index).cloned().unwrap_or_else(Lineage::opaque),
                None => own(),
            };
            Column::new(&column.name, lineage)
        };
        Rc::new(Shape::closed(
            relation.columns.iter().enumerate().map(column).collect(),
        ))
    }

    /// The entry of a FROM list for a relation.
    pub(super) fn relation_item(&mut self, relation: &Relation, alias: Option<String>) -> Item {
        let shape = self.relation_shape(relation);
        let schema = alias.is_none().then(|| relation.schema.clone());
        Item {
            name: Some(alias.unwrap_or_else(|| relation.name.clone())),
            relation: Some(relation.oid),
            schema,
            shape,
            relations: Rc::from([relation.oid]),
        }
    }

    /// The innermost entries of FROM lists that a relation name in an expression means; more than
    /// one only where PostgreSQL refuses the statement.
    pub(super) fn items_named(&self, parts: &[String]) -> Vec<Rc<Item>> {
        let matches = |item: &&Rc<Item>| match parts {
            [name] => item.name.as_ref() == Some(name),
            [schema, name] => {
                item.schema.as_ref() == Some(schema) && item.name.as_ref() == Some(name)
            }
            _ => false,
        };
        let level = |items: &Vec<Rc<Item>>| items.iter().filter(matches).cloned().collect();
        let found = self.scopes.iter().rev().map(|scope| level(&scope.items));
        found
            .into_iter()
            .find(|items: &Vec<_>| !items.is_empty())
            .unwrap_or_default()
    }

    /// An unqualified name in an expression: a column, else a whole row.
    pub(super) fn unqualified(&mut self, node: &SyntaxNode, name: &str) -> Value {
        let mut open: Option<Lineage> = None;
        let mut found = None;
        for level in (0..self.scopes.len()).rev() {
            let Some(scope) = self.scopes.get(level) else {
                break;
            };
            let size = scope.columns.columns.len() / 4 + scope.items.len() + 1;
            let columns: Vec<_> = scope.columns.named(name).cloned().collect();
            let system = system_column(&scope.items, name);
            if let Some(lineage) = &scope.columns.open {
                open.get_or_insert_default().absorb(lineage);
            }
            if !self.charge(node, size) {
                return Value::of(Lineage::opaque());
            }
            if !columns.is_empty() {
                columns.iter().for_each(|column| self.watch_column(column));
                found = Some(Value::any_of(columns.iter().map(|column| &column.value)));
                break;
            }
            if let Some(item) = system {
                self.watch_item(&item);
                found = Some(Value::default());
                break;
            }
        }
        let found = found.or_else(|| self.whole_row(&[name.to_owned()]));
        self.one_or_open(node, name, found, open)
    }

    /// A name that may also be that of a column in a row whose columns are not known.
    fn one_or_open(
        &mut self,
        node: &SyntaxNode,
        name: &str,
        found: Option<Value>,
        open: Option<Lineage>,
    ) -> Value {
        match (found, open) {
            (Some(found), None) => found,
            (Some(found), Some(mut open)) => {
                open.absorb(&found.lineage);
                Value::of(open)
            }
            (None, Some(open)) => Value::of(open),
            (None, None) => {
                self.unresolved(node, format!("column `{name}` is in no relation in sight"));
                Value::of(Lineage::opaque())
            }
        }
    }

    /// The row of an entry of a FROM list, used as a value.
    pub(super) fn whole_row(&mut self, parts: &[String]) -> Option<Value> {
        let items = self.items_named(parts);
        let rows: Vec<Value> = items
            .iter()
            .map(|item| Value::row(Rc::clone(&item.shape)))
            .collect();
        (!rows.is_empty()).then(|| Value::any_of(rows.iter()))
    }

    /// A qualified name in an expression, `relation` being all but its last part.
    pub(super) fn qualified(
        &mut self,
        node: &SyntaxNode,
        relation: &[String],
        name: &str,
    ) -> Value {
        let items = self.items_named(relation);
        if items.is_empty() {
            let relation = relation.join(".");
            self.unresolved(node, format!("`{relation}` names no relation in sight"));
            return Value::of(Lineage::opaque());
        }
        let values: Vec<Value> = items
            .iter()
            .map(|item| self.column_of(node, item, name))
            .collect();
        Value::any_of(values.iter())
    }

    fn column_of(&mut self, node: &SyntaxNode, item: &Rc<Item>, name: &str) -> Value {
        if !self.charge(node, item.shape.columns.len() / 4 + 1) {
            return Value::of(Lineage::opaque());
        }
        let columns: Vec<_> = item.shape.named(name).cloned().collect();
        if !columns.is_empty() {
            columns.iter().for_each(|column| self.watch_column(column));
            return Value::any_of(columns.iter().map(|column| &column.value));
        }
        if system_column(std::slice::from_ref(item), name).is_some() {
            self.watch_item(item);
            return Value::default();
        }
        self.field(node, &Value::row(Rc::clone(&item.shape)), name)
    }

    /// The oid of the row type behind a value, when it is the copy of a composite column.
    pub(super) fn composite_of(&self, lineage: &Lineage) -> Option<Oid> {
        use crate::catalog::TypeStructure;
        use crate::facts::Derivation;
        if lineage.derivation != Derivation::Copied {
            return None;
        }
        let source = lineage.sources.first()?;
        let (_, column) = self.catalog.column(*source)?;
        match self.catalog.type_of(column.type_oid)?.structure {
            TypeStructure::Composite(relation) => Some(relation),
            TypeStructure::Base
            | TypeStructure::Array(_)
            | TypeStructure::Domain(_)
            | TypeStructure::Enum(_)
            | TypeStructure::Range(_)
            | TypeStructure::Multirange(_)
            | TypeStructure::Pseudo => None,
        }
    }

    /// The schema in which a new object is made, and its name.
    pub(super) fn new_name(&self, path: &SyntaxNode) -> (String, String) {
        let mut parts = path_parts(path);
        let name = parts.pop().unwrap_or_default();
        let first = || {
            self.path
                .iter()
                .find(|schema| *schema != "pg_catalog")
                .cloned()
        };
        let schema = parts
            .pop()
            .or_else(first)
            .unwrap_or_else(|| "pg_catalog".to_owned());
        (schema, name)
    }
}

fn system_column(items: &[Rc<Item>], name: &str) -> Option<Rc<Item>> {
    if !SYSTEM_COLUMNS.contains(&name) {
        return None;
    }
    items.iter().find(|item| item.relation.is_some()).cloned()
}

/// The parts of a possibly qualified name: the node itself, or the path below it.
pub(super) fn path_parts(node: &SyntaxNode) -> Vec<String> {
    identifier::parts_of(node)
}

//! Dotted names and the fields of rows.

use std::rc::Rc;

use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::value::{Column, Shape, Value};
use super::{Reader, has_token, name_of};
use crate::facts::Lineage;

/// `base.field.field…`, taken apart.
struct Chain {
    /// What stands before the first dot.
    base: SyntaxNode,
    fields: Vec<Field>,
}

enum Field {
    Name(String),
    Star,
}

impl Chain {
    fn of(node: &SyntaxNode) -> Self {
        let mut fields = Vec::new();
        let mut base = node.clone();
        while base.kind() == SyntaxKind::FIELD_EXPR {
            let mut children = base.children();
            let Some(inner) = children.next() else { break };
            if has_token(&base, SyntaxKind::STAR) {
                fields.push(Field::Star);
            } else {
                fields.push(Field::Name(
                    children.next().map(|n| name_of(&n)).unwrap_or_default(),
                ));
            }
            base = inner;
        }
        fields.reverse();
        Self { base, fields }
    }

    /// The parts of a plain dotted name.
    fn names(&self) -> Vec<String> {
        let field = |field: &Field| match field {
            Field::Name(name) => name.clone(),
            Field::Star => "*".to_owned(),
        };
        std::iter::once(name_of(&self.base))
            .chain(self.fields.iter().map(field))
            .collect()
    }
}

impl Reader<'_> {
    /// The value of `a.b`, `(a).b`, `a[1].b` and their likes; with `.*` at the end, of the row.
    pub(super) fn field_chain(&mut self, node: &SyntaxNode) -> Value {
        let chain = Chain::of(node);
        if chain.base.kind() == SyntaxKind::NAME_REF {
            return self.dotted_name(node, &chain);
        }
        let base = self.expression(&chain.base);
        chain.fields.iter().fold(base, |value, field| match field {
            Field::Name(name) => self.field(node, &value, name),
            Field::Star => value,
        })
    }

    /// PostgreSQL reads a dotted name as at most schema, relation and column, never as a column and
    /// its fields.
    fn dotted_name(&mut self, node: &SyntaxNode, chain: &Chain) -> Value {
        let names = chain.names();
        let Some((last, relation)) = names.split_last() else {
            return self.not_analysed(node);
        };
        if relation.len() > 2 {
            self.unresolved(
                node,
                format!("name `{}` has too many parts", names.join(".")),
            );
            return Value::of(Lineage::opaque());
        }
        match chain.fields.last() {
            Some(Field::Star) => self.whole_row(relation).unwrap_or_else(|| {
                let relation = relation.join(".");
                self.unresolved(node, format!("`{relation}` names no relation in sight"));
                Value {
                    lineage: Lineage::opaque(),
                    fields: Some(Rc::new(open_row())),
                }
            }),
            Some(Field::Name(_)) | None => self.qualified(node, relation, last),
        }
    }

    /// The field of a row; or, as PostgreSQL allows, a function of that name called on the value.
    pub(super) fn field(&mut self, node: &SyntaxNode, value: &Value, name: &str) -> Value {
        let row = self.row_of(value);
        let known: Vec<_> = row
            .iter()
            .flat_map(|row| row.named(name))
            .cloned()
            .collect();
        if !known.is_empty() {
            return Value::any_of(known.iter().map(|column| &column.value));
        }
        if self.catalog.functions_named(name).next().is_some() {
            return self.call_by_name(node, &[name.to_owned()], std::slice::from_ref(value));
        }
        match row {
            Some(row) => match &row.open {
                Some(open) => Value::of(open.clone()),
                None => {
                    self.unresolved(node, format!("column `{name}` is not in this row"));
                    Value::of(Lineage::opaque())
                }
            },
            None => Value::of(value.lineage.clone().derived()),
        }
    }

    /// The columns for which `value.*` stands.
    pub(super) fn row_of(&self, value: &Value) -> Option<Rc<Shape>> {
        if let Some(fields) = &value.fields {
            return Some(Rc::clone(fields));
        }
        let relation = self.catalog.relation(self.composite_of(&value.lineage)?)?;
        let lineage = value.lineage.clone().derived();
        let column = |column: &crate::catalog::Column| Column::new(&column.name, lineage.clone());
        Some(Rc::new(Shape::closed(
            relation.columns.iter().map(column).collect(),
        )))
    }

    /// The columns of a target that ends in `.*`; `None` when it does not.
    pub(super) fn expanded(&mut self, node: &SyntaxNode) -> Option<Shape> {
        let is_star = node.kind() == SyntaxKind::FIELD_EXPR && has_token(node, SyntaxKind::STAR);
        if !is_star {
            return None;
        }
        let value = self.field_chain(node);
        let row = self.row_of(&value);
        let shape = row.map_or_else(|| Shape::open(value.lineage), |row| Shape::clone(&row));
        self.charge(node, shape.columns.len());
        Some(shape)
    }
}

fn open_row() -> Shape {
    Shape::open(Lineage::opaque())
}

//! JOIN.

use std::rc::Rc;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::value::{Column, Item, Namespace, Shape, Value};
use super::{Reader, child_of_kind, has_token, name_of};
use crate::catalog::Oid;
use crate::facts::{Clause, Derivation, Lineage};

/// From which side a merged column takes its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// INNER: both are equal.
    Either,
    Left,
    Right,
    /// FULL: whichever is not null.
    Both,
}

impl Reader<'_> {
    /// A chain of joins; of any length it takes no stack.
    ///
    /// PostgreSQL joins from left to right. The tree hangs what follows a CROSS or NATURAL JOIN
    /// below its right side (`a CROSS JOIN (b JOIN c ON …)`), as it does rightly for joins whose
    /// ON is still to come; of the former only the first entry is the right side.
    pub(super) fn join_chain(&mut self, node: &SyntaxNode) -> Namespace {
        let (first, mut joins) = spine(node);
        let mut namespace = self.read_from_entry(&first);
        while let Some(join) = joins.pop() {
            let right = join.children().find(|child| is_entry(child.kind()));
            let Some(right) = right else {
                self.not_analysed(&join);
                continue;
            };
            if is_unconditional(&join) {
                let (first, rest) = spine(&right);
                joins.extend(rest);
                namespace = self.join(&join, namespace, &first);
            } else {
                namespace = self.join(&join, namespace, &right);
            }
        }
        namespace
    }

    fn join(&mut self, join: &SyntaxNode, left: Namespace, right: &SyntaxNode) -> Namespace {
        let natural = has_token(join, SyntaxKind::NATURAL_KW);
        let mut side = Side::Either;
        let mut condition = None;
        let right = self.right_of_join(right, &left);
        for child in join.children() {
            match child.kind() {
                SyntaxKind::JOIN_INNER | SyntaxKind::JOIN_CROSS => side = Side::Either,
                SyntaxKind::JOIN_LEFT => side = Side::Left,
                SyntaxKind::JOIN_RIGHT => side = Side::Right,
                SyntaxKind::JOIN_FULL => side = Side::Both,
                SyntaxKind::ON_CLAUSE | SyntaxKind::JOIN_USING_CLAUSE => condition = Some(child),
                kind if is_entry(kind) => {}
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        self.charge(
            join,
            left.columns.columns.len() + right.columns.columns.len(),
        );
        if natural {
            let names = self.common_names(join, &left.columns, &right.columns);
            return self.merge_join(join, left, right, (&names, side));
        }
        match condition {
            Some(using) if using.kind() == SyntaxKind::JOIN_USING_CLAUSE => {
                self.join_using(&using, left, right, side)
            }
            Some(on) => self.join_on(&on, left, right),
            None => both(left, &right),
        }
    }

    /// The right side sees the left if it is LATERAL.
    fn right_of_join(&mut self, node: &SyntaxNode, left: &Namespace) -> Namespace {
        let Some(level) = self.scopes.last_mut() else {
            return self.read_from_entry(node);
        };
        let before = (
            level.items.len(),
            level.columns.columns.len(),
            level.columns.open.clone(),
        );
        level.extend(left);
        let right = self.read_from_entry(node);
        if let Some(level) = self.scopes.last_mut() {
            level.items.truncate(before.0);
            level.columns.columns.truncate(before.1);
            level.columns.open = before.2;
        }
        right
    }

    /// ON sees the two sides of its join and nothing else of its level.
    fn join_on(&mut self, on: &SyntaxNode, left: Namespace, right: Namespace) -> Namespace {
        let joined = both(left, &right);
        let hidden = self.scopes.pop();
        self.scopes.push(joined);
        self.children_used(on, Clause::Filter);
        let joined = self.scopes.pop().unwrap_or_default();
        self.scopes.extend(hidden);
        joined
    }

    fn join_using(
        &mut self,
        using: &SyntaxNode,
        left: Namespace,
        right: Namespace,
        side: Side,
    ) -> Namespace {
        let list = child_of_kind(using, SyntaxKind::COLUMN_REF_LIST);
        let names: Vec<String> = list
            .iter()
            .flat_map(|list| list.children())
            .map(|name| name_of(&name))
            .collect();
        let alias = child_of_kind(using, SyntaxKind::REQUIRED_AS_ALIAS)
            .and_then(|alias| child_of_kind(&alias, SyntaxKind::TABLE_ALIAS))
            .map(|name| name_of(&name));
        let mut joined = self.merge_join(using, left, right, (&names, side));
        if let Some(alias) = alias {
            let merged = joined
                .columns
                .columns
                .iter()
                .take(names.len())
                .cloned()
                .collect();
            let shape = Rc::new(Shape::closed(merged));
            let item = Item {
                name: Some(alias),
                shape,
                ..Item::default()
            };
            joined.items.push(Rc::new(item));
        }
        joined
    }

    /// The join over columns of the same names: they come first, once.
    fn merge_join(
        &mut self,
        node: &SyntaxNode,
        left: Namespace,
        right: Namespace,
        (names, side): (&[String], Side),
    ) -> Namespace {
        let mut columns = Vec::new();
        for name in names {
            let ours = self.join_column(node, &left.columns, name);
            let theirs = self.join_column(node, &right.columns, name);
            self.record(&ours.lineage, Clause::Join);
            self.record(&theirs.lineage, Clause::Join);
            let value = self.merged(&ours, &theirs, side);
            columns.push(Rc::new(Column {
                name: name.clone(),
                value,
            }));
        }
        let rest = |shape: &Shape| {
            let is_rest = |column: &&Rc<Column>| !names.contains(&column.name);
            shape
                .columns
                .iter()
                .filter(is_rest)
                .cloned()
                .collect::<Vec<_>>()
        };
        columns.extend(rest(&left.columns));
        columns.extend(rest(&right.columns));
        let mut all = both(left, &right);
        all.columns.columns = columns;
        all
    }

    fn join_column(&mut self, node: &SyntaxNode, shape: &Shape, name: &str) -> Value {
        let mut named = shape.named(name).map(|column| &column.value).peekable();
        if named.peek().is_some() {
            return Value::any_of(named);
        }
        if let Some(open) = &shape.open {
            return Value::of(open.clone());
        }
        self.unresolved(
            node,
            format!("column `{name}` is not on both sides of the join"),
        );
        Value::of(Lineage::opaque())
    }

    /// The value of a merged column. Where types differ PostgreSQL may convert either side, so that
    /// both are sources.
    fn merged(&self, left: &Value, right: &Value, side: Side) -> Value {
        let same_type = self
            .copied_type(left)
            .is_some_and(|of| self.copied_type(right) == Some(of));
        match side {
            Side::Left | Side::Either if same_type => left.clone(),
            Side::Right if same_type => right.clone(),
            Side::Left | Side::Right | Side::Either | Side::Both => {
                let mut lineage = left.lineage.clone();
                lineage.absorb(&right.lineage);
                Value::of(lineage)
            }
        }
    }

    fn copied_type(&self, value: &Value) -> Option<Oid> {
        if value.lineage.derivation != Derivation::Copied {
            return None;
        }
        let (_, column) = self.catalog.column(*value.lineage.sources.first()?)?;
        Some(column.type_oid)
    }

    fn common_names(&mut self, node: &SyntaxNode, left: &Shape, right: &Shape) -> Vec<String> {
        if left.open.is_some() || right.open.is_some() {
            self.unresolved(node, "the columns of a NATURAL JOIN are not known");
        }
        let names: Vec<&String> = right.columns.iter().map(|column| &column.name).collect();
        self.charge(node, left.columns.len().saturating_mul(names.len()) / 8);
        let ours = left.columns.iter().map(|column| &column.name);
        ours.filter(|name| names.contains(name)).cloned().collect()
    }
}

/// The leftmost entry of a chain of joins and the joins after it, the last one first.
fn spine(node: &SyntaxNode) -> (SyntaxNode, Vec<SyntaxNode>) {
    let mut joins = Vec::new();
    let mut left = node.clone();
    while left.kind() == SyntaxKind::JOIN_EXPR {
        let join = child_of_kind(&left, SyntaxKind::JOIN);
        let (Some(inner), Some(join)) = (left.children().next(), join) else {
            break;
        };
        joins.push(join);
        left = inner;
    }
    (left, joins)
}

fn is_entry(kind: SyntaxKind) -> bool {
    ast::FromListItem::can_cast(kind)
}

fn is_unconditional(join: &SyntaxNode) -> bool {
    let is_condition = |kind| matches!(kind, SyntaxKind::ON_CLAUSE | SyntaxKind::JOIN_USING_CLAUSE);
    !join.children().any(|child| is_condition(child.kind()))
}

fn both(mut left: Namespace, right: &Namespace) -> Namespace {
    left.extend(right);
    left
}

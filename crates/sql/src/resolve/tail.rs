//! GROUP BY, ORDER BY, LIMIT and locking.

use std::rc::Rc;

use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::value::{Item, Shape};
use super::{Reader, child_of_kind, name_of};
use crate::facts::{Clause, TableAction};

impl Reader<'_> {
    /// A clause after the body of a query whose result is `shape`.
    pub(super) fn tail_clause(&mut self, clause: &SyntaxNode, shape: &Shape) {
        match clause.kind() {
            SyntaxKind::ORDER_BY_CLAUSE => self.order_by(clause, shape),
            SyntaxKind::LIMIT_CLAUSE | SyntaxKind::OFFSET_CLAUSE | SyntaxKind::FETCH_CLAUSE => {
                self.limit(clause);
            }
            SyntaxKind::LOCKING_CLAUSE => self.locking(clause),
            _ => {
                self.not_analysed(clause);
            }
        }
    }

    fn limit(&mut self, clause: &SyntaxNode) {
        for child in clause.children() {
            match child.kind() {
                SyntaxKind::ALL | SyntaxKind::FETCH_ONLY | SyntaxKind::WITH_TIES => {}
                _ => {
                    self.used(&child, Clause::Filter);
                }
            }
        }
    }

    fn order_by(&mut self, clause: &SyntaxNode, shape: &Shape) {
        let lists = clause
            .children()
            .filter(|child| child.kind() == SyntaxKind::SORT_BY_LIST);
        for sort in lists.flat_map(|list| list.children()) {
            let mut parts = sort.children();
            if let Some(key) = parts.next() {
                self.sort_key(&key, shape, Clause::Order);
            }
            for how in parts {
                self.inert(&how);
            }
        }
    }

    /// A key of ORDER BY or DISTINCT ON: a number or a bare name means a column of the result,
    /// anything else is an expression over the input.
    pub(super) fn sort_key(&mut self, key: &SyntaxNode, shape: &Shape, clause: Clause) {
        if !self.result_column(key, shape, clause) {
            self.used(key, clause);
        }
    }

    /// Records the column of the result that a number or bare name means. `false`: it means none.
    fn result_column(&mut self, key: &SyntaxNode, shape: &Shape, clause: Clause) -> bool {
        if let Some(place) = place_of(key) {
            match (shape.columns.get(place), &shape.open) {
                (_, Some(_)) => self.record_shape(shape, clause),
                (Some(column), None) => self.record(&column.value.lineage, clause),
                (None, None) => {}
            }
            return true;
        }
        if key.kind() != SyntaxKind::NAME_REF {
            return false;
        }
        self.charge(key, shape.columns.len() / 4 + 1);
        let name = name_of(key);
        let columns: Vec<_> = shape.named(&name).cloned().collect();
        columns
            .iter()
            .for_each(|column| self.record(&column.value.lineage, clause));
        !columns.is_empty()
    }

    pub(super) fn group_by(&mut self, clause: &SyntaxNode, shape: &Shape) {
        let mut rest: Vec<SyntaxNode> = clause.children().collect();
        while let Some(node) = rest.pop() {
            match node.kind() {
                SyntaxKind::GROUP_BY_LIST
                | SyntaxKind::GROUPING_EXPR
                | SyntaxKind::GROUPING_ROLLUP
                | SyntaxKind::GROUPING_CUBE
                | SyntaxKind::GROUPING_SETS
                | SyntaxKind::TUPLE_EXPR => rest.extend(node.children()),
                SyntaxKind::ALL | SyntaxKind::DISTINCT => {}
                _ => self.group_key(&node, shape),
            }
        }
    }

    /// A key of GROUP BY: a bare name means a column of the input before one of the result.
    fn group_key(&mut self, key: &SyntaxNode, shape: &Shape) {
        let is_name = key.kind() == SyntaxKind::NAME_REF;
        let name = name_of(key);
        let is_input = is_name
            && self
                .scopes
                .last()
                .is_some_and(|scope| scope.columns.named(&name).next().is_some());
        if is_input || !self.result_column(key, shape, Clause::Group) {
            self.used(key, Clause::Group);
        }
    }

    /// FOR UPDATE and its like lock every relation below, or those of the entries that OF names.
    fn locking(&mut self, clause: &SyntaxNode) {
        let items: Vec<Rc<Item>> = self
            .scopes
            .last()
            .map(|scope| scope.items.clone())
            .unwrap_or_default();
        let Some(of) = child_of_kind(clause, SyntaxKind::LOCKING_OF) else {
            items.iter().for_each(|item| self.lock(item));
            return;
        };
        for name in of.children() {
            let named: Vec<_> = items
                .iter()
                .filter(|item| item.name == Some(name_of(&name)))
                .collect();
            if named.is_empty() {
                let reason = format!("`{}` in FOR UPDATE OF names no relation", name_of(&name));
                self.unresolved(&name, reason);
            }
            named.iter().for_each(|item| self.lock(item));
        }
    }

    /// Of a query in FROM it is not known which of the relations read so far it holds: all count.
    fn lock(&mut self, item: &Item) {
        let below = || -> Vec<_> { self.facts.relations.iter().map(|of| of.relation).collect() };
        let relations = if item.relations.is_empty() {
            below()
        } else {
            item.relations.to_vec()
        };
        for relation in relations {
            self.record_relation(relation, TableAction::Lock);
        }
    }
}

/// The place in the result, from 0, that a number means.
fn place_of(key: &SyntaxNode) -> Option<usize> {
    if key.kind() != SyntaxKind::LITERAL {
        return None;
    }
    let token = key
        .first_token()
        .filter(|token| token.kind() == SyntaxKind::INT_NUMBER)?;
    token
        .text()
        .replace('_', "")
        .parse::<usize>()
        .ok()?
        .checked_sub(1)
}

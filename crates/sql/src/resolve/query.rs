//! SELECT in all its forms.

use std::rc::Rc;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::label::label;
use super::parts::is_query;
use super::value::{Column, Namespace, Shape};
use super::{Reader, child_of_kind, has_token, name_of};
use crate::facts::{Clause, Lineage, TableAction};

impl Reader<'_> {
    /// The columns of a query's result.
    pub(super) fn query(&mut self, node: &SyntaxNode) -> Rc<Shape> {
        if !self.descend(node) {
            return Rc::new(Shape::open(Lineage::opaque()));
        }
        // The tree hangs the WITH of a whole compound on its leftmost arm.
        let in_sight = self.ctes.len();
        if let Some(with) = leftmost_with(node) {
            self.enter_with(&with);
        }
        let shape = self.query_after_with(node);
        self.ctes.truncate(in_sight);
        self.ascend();
        Rc::new(shape)
    }

    /// A query whose WITH is in sight already.
    fn query_after_with(&mut self, node: &SyntaxNode) -> Shape {
        self.see(node);
        match ast::SelectVariant::cast(node.clone()) {
            Some(ast::SelectVariant::Select(_) | ast::SelectVariant::SelectInto(_)) => {
                self.select(node)
            }
            Some(ast::SelectVariant::ParenSelect(_)) => self.paren_select(node),
            Some(ast::SelectVariant::Table(_)) => self.table(node),
            Some(ast::SelectVariant::Values(_)) => self.values(node),
            Some(ast::SelectVariant::CompoundSelect(_)) => self.compound(node),
            None if node.kind() == SyntaxKind::PAREN_EXPR => self.paren_operand(node),
            None => self.no_query(node),
        }
    }

    fn no_query(&mut self, node: &SyntaxNode) -> Shape {
        self.not_analysed(node);
        Shape::open(Lineage::opaque())
    }

    fn select(&mut self, node: &SyntaxNode) -> Shape {
        let from = child_of_kind(node, SyntaxKind::FROM_CLAUSE);
        let namespace = match &from {
            Some(from) => self.read_from_list(from.children()),
            None => Namespace::default(),
        };
        self.scopes.push(namespace);
        let targets = child_of_kind(node, SyntaxKind::SELECT_CLAUSE);
        let shape = match &targets {
            Some(clause) => self.select_clause(clause),
            None => Shape::default(),
        };
        for clause in node.children() {
            self.select_part(&clause, &shape);
        }
        self.scopes.pop();
        shape
    }

    fn select_part(&mut self, clause: &SyntaxNode, shape: &Shape) {
        match clause.kind() {
            SyntaxKind::WITH_CLAUSE
            | SyntaxKind::SELECT_CLAUSE
            | SyntaxKind::FROM_CLAUSE
            | SyntaxKind::INTO_CLAUSE => {}
            SyntaxKind::WHERE_CLAUSE | SyntaxKind::HAVING_CLAUSE => {
                self.children_used(clause, Clause::Filter);
            }
            SyntaxKind::GROUP_BY_CLAUSE => self.group_by(clause, shape),
            SyntaxKind::WINDOW_CLAUSE => self.window_clause(clause),
            _ => self.tail_clause(clause, shape),
        }
    }

    fn select_clause(&mut self, clause: &SyntaxNode) -> Shape {
        let shape = match child_of_kind(clause, SyntaxKind::TARGET_LIST) {
            Some(list) => self.target_list(&list),
            None => Shape::default(),
        };
        for child in clause.children() {
            match child.kind() {
                SyntaxKind::TARGET_LIST | SyntaxKind::ALL => {}
                SyntaxKind::DISTINCT_CLAUSE => self.distinct(&child, &shape),
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        shape
    }

    fn distinct(&mut self, clause: &SyntaxNode, shape: &Shape) {
        match child_of_kind(clause, SyntaxKind::DISTINCT_ON) {
            Some(on) => {
                for key in on.children() {
                    self.sort_key(&key, shape, Clause::Distinct);
                }
            }
            None => self.record_shape(shape, Clause::Distinct),
        }
    }

    /// The columns of a select list or of RETURNING. They are recorded by whoever uses them.
    pub(super) fn target_list(&mut self, list: &SyntaxNode) -> Shape {
        let mut shape = Shape::default();
        for target in list.children() {
            if target.kind() == SyntaxKind::TARGET {
                self.target(&target, &mut shape);
            } else {
                self.not_analysed(&target);
            }
        }
        shape
    }

    fn target(&mut self, target: &SyntaxNode, shape: &mut Shape) {
        if has_token(target, SyntaxKind::STAR) {
            let all = self
                .scopes
                .last()
                .map(|scope| scope.columns.clone())
                .unwrap_or_default();
            self.charge(target, all.columns.len());
            shape.extend(&all);
            return;
        }
        let Some(expression) = target.children().next() else {
            self.not_analysed(target);
            return;
        };
        if let Some(expanded) = self.expanded(&expression) {
            shape.extend(&expanded);
            return;
        }
        let alias = child_of_kind(target, SyntaxKind::AS_NAME)
            .and_then(|alias| alias.children().next())
            .map(|name| name_of(&name));
        let name = alias.unwrap_or_else(|| crate::identifier::clip(label(&expression)));
        let value = self.expression(&expression).handed_on();
        shape.columns.push(Rc::new(Column { name, value }));
    }

    /// `(query) ORDER BY …`
    fn paren_select(&mut self, node: &SyntaxNode) -> Shape {
        let inner = node.children().find(|child| is_operand(child.kind()));
        let shape = match inner {
            Some(inner) => self.query(&inner),
            None => Rc::new(self.no_query(node)),
        };
        self.result_tail(node, &shape, is_operand);
        Shape::clone(&shape)
    }

    /// Parentheses that the tree takes for those of an expression.
    fn paren_operand(&mut self, node: &SyntaxNode) -> Shape {
        let mut children = node.children();
        match (children.next(), children.next()) {
            (Some(inner), None) if is_operand(inner.kind()) => Shape::clone(&self.query(&inner)),
            _ => self.no_query(node),
        }
    }

    /// `TABLE name`
    fn table(&mut self, node: &SyntaxNode) -> Shape {
        let reference = node
            .descendants()
            .find(|part| part.kind() == SyntaxKind::RELATION_NAME_REF);
        let namespace = match &reference {
            Some(reference) => self.read_relation(reference, None),
            None => Namespace::of_result(&self.no_query(node)),
        };
        let shape = namespace.columns;
        self.result_tail(node, &shape, |kind| kind == SyntaxKind::RELATION_NAME);
        shape
    }

    fn values(&mut self, node: &SyntaxNode) -> Shape {
        let mut shape: Option<Shape> = None;
        let lists = node
            .children()
            .filter(|child| child.kind() == SyntaxKind::ROW_LIST);
        for row in lists.flat_map(|list| list.children()) {
            let row = self.values_row(&row);
            shape = Some(match shape {
                Some(shape) => shape.merged(&row),
                None => row,
            });
        }
        let shape = shape.unwrap_or_default();
        self.result_tail(node, &shape, |kind| kind == SyntaxKind::ROW_LIST);
        shape
    }

    fn values_row(&mut self, row: &SyntaxNode) -> Shape {
        let mut shape = Shape::default();
        for expression in row.children() {
            if let Some(expanded) = self.expanded(&expression) {
                shape.extend(&expanded);
                continue;
            }
            let value = self.expression(&expression);
            let name = format!("column{}", shape.columns.len() + 1);
            shape
                .columns
                .push(Column::new(name, value.lineage.derived()));
        }
        shape
    }

    /// Arms of UNION, INTERSECT and EXCEPT; a chain of any length takes no stack.
    fn compound(&mut self, node: &SyntaxNode) -> Shape {
        let mut spine = vec![node.clone()];
        let mut leftmost = None;
        while let Some(compound) = spine.last() {
            match compound.children().next() {
                Some(lhs) if lhs.kind() == SyntaxKind::COMPOUND_SELECT => {
                    self.see(&lhs);
                    spine.push(lhs);
                }
                lhs => {
                    leftmost = lhs;
                    break;
                }
            }
        }
        let mut shape = match leftmost {
            Some(operand) => self.query_after_with(&operand),
            None => self.no_query(node),
        };
        while let Some(compound) = spine.pop() {
            shape = self.set_operation(&compound, shape);
        }
        shape
    }

    /// The left arm's columns combined with the right arm of a compound.
    fn set_operation(&mut self, compound: &SyntaxNode, left: Shape) -> Shape {
        let mut operands = compound.children().filter(|child| is_operand(child.kind()));
        let right = match (operands.next(), operands.next()) {
            (Some(_), Some(right)) => self.query(&right),
            _ => Rc::new(self.no_query(compound)),
        };
        let compares = compound.children().any(|child| match child.kind() {
            SyntaxKind::UNION => child_of_kind(&child, SyntaxKind::ALL).is_none(),
            kind => matches!(kind, SyntaxKind::INTERSECT | SyntaxKind::EXCEPT),
        });
        if compares {
            self.record_shape(&left, Clause::Distinct);
            self.record_shape(&right, Clause::Distinct);
        }
        self.charge(compound, left.columns.len());
        let shape = left.merged(&right);
        self.result_tail(compound, &shape, |kind| {
            is_operand(kind)
                || matches!(
                    kind,
                    SyntaxKind::UNION | SyntaxKind::INTERSECT | SyntaxKind::EXCEPT
                )
        });
        shape
    }

    /// ORDER BY and its like after something that has only its result's names.
    fn result_tail(&mut self, node: &SyntaxNode, shape: &Shape, own: fn(SyntaxKind) -> bool) {
        let clauses: Vec<SyntaxNode> = node
            .children()
            .filter(|child| !own(child.kind()) && child.kind() != SyntaxKind::WITH_CLAUSE)
            .collect();
        if clauses.is_empty() {
            return;
        }
        self.scopes.push(Namespace::of_result(shape));
        clauses
            .iter()
            .for_each(|clause| self.tail_clause(clause, shape));
        self.scopes.pop();
    }

    /// A relation, or a WITH query, that is read by its name.
    pub(super) fn read_relation(
        &mut self,
        reference: &SyntaxNode,
        alias: Option<String>,
    ) -> Namespace {
        self.see(reference);
        let parts = super::names::path_parts(reference);
        if let [name] = parts.as_slice()
            && let Some(cte) = self.cte_named(name)
        {
            return Namespace::of(cte.item(alias));
        }
        let item = match self.relation_for(reference, TableAction::Select) {
            Some(relation) => self.relation_item(relation, alias),
            None => super::value::Item {
                name: alias.or_else(|| parts.last().cloned()),
                shape: Rc::new(Shape::open(Lineage::opaque())),
                ..super::value::Item::default()
            },
        };
        self.charge(reference, item.shape.columns.len());
        Namespace::of(item)
    }
}

/// What may stand as an arm of a compound or inside its parentheses.
fn is_operand(kind: SyntaxKind) -> bool {
    is_query(kind) || kind == SyntaxKind::PAREN_EXPR
}

/// The WITH clause of a query: that of its leftmost arm, unless parentheses hide it.
fn leftmost_with(node: &SyntaxNode) -> Option<SyntaxNode> {
    let mut leftmost = node.clone();
    while leftmost.kind() == SyntaxKind::COMPOUND_SELECT {
        leftmost = leftmost.children().next()?;
    }
    child_of_kind(&leftmost, SyntaxKind::WITH_CLAUSE)
}

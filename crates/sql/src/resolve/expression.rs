//! The value of an expression.
//!
//! The tree's nesting of operators is not PostgreSQL's in all cases (BETWEEN, custom operators), so
//! nothing is taken from it: an expression is a bag of operands.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::names::path_parts;
use super::parts::{Part, is_query, part};
use super::value::Value;
use super::{Reader, kinds, name_of};
use crate::facts::{Clause, Lineage};

impl Reader<'_> {
    /// The value of an expression. Its columns are recorded by whoever uses it.
    pub(super) fn expression(&mut self, node: &SyntaxNode) -> Value {
        if !self.descend(node) {
            return Value::of(Lineage::opaque());
        }
        let value = match ast::Expr::cast(node.clone()) {
            Some(expression) => self.known_expression(node, &expression),
            None if part(node.kind()) == Part::Bag => self.bag(node),
            None if is_query(node.kind()) => self.scalar_query(node),
            None => self.not_analysed(node),
        };
        self.ascend();
        value
    }

    fn known_expression(&mut self, node: &SyntaxNode, expression: &ast::Expr) -> Value {
        match expression {
            ast::Expr::NameRef(_) => self.name_ref(node),
            ast::Expr::FieldExpr(_) => self.field_chain(node),
            ast::Expr::CallExpr(call) => self.call(call),
            ast::Expr::ParenExpr(_) => self.parenthesised(node),
            ast::Expr::Literal(_) => Value::default(),
            ast::Expr::CastExpr(_)
            | ast::Expr::Collate(_)
            | ast::Expr::ArrayExpr(_)
            | ast::Expr::BinExpr(_)
            | ast::Expr::CaseExpr(_)
            | ast::Expr::IndexExpr(_)
            | ast::Expr::SliceExpr(_)
            | ast::Expr::BetweenExpr(_)
            | ast::Expr::TupleExpr(_)
            | ast::Expr::PrefixExpr(_)
            | ast::Expr::PostfixExpr(_) => self.bag(node),
        }
    }

    /// The value that is made of everything below a node; operator chains of any length take no
    /// stack.
    pub(super) fn bag(&mut self, node: &SyntaxNode) -> Value {
        let mut lineage = Lineage::default();
        let mut rest: Vec<SyntaxNode> = node.children().collect();
        while let Some(node) = rest.pop() {
            let value = match part(node.kind()) {
                Part::Bag => {
                    rest.extend(node.children());
                    continue;
                }
                Part::Inert => self.inert(&node),
                Part::Value => self.expression(&node),
                Part::Query => self.scalar_query(&node),
                Part::Unknown => self.not_analysed(&node),
            };
            lineage.absorb(&value.lineage);
            if !self.charge(&node, 1) {
                return Value::of(Lineage::opaque());
            }
        }
        Value::of(lineage)
    }

    pub(super) fn not_analysed(&mut self, node: &SyntaxNode) -> Value {
        self.unresolved(
            node,
            format!("{} is not analysed", kinds::words(node.kind())),
        );
        Value::of(Lineage::opaque())
    }

    /// Operators, types and words. An operator outside `pg_catalog` that is named with its schema
    /// runs a function that is not known; one that is found by its symbol alone counts as
    /// PostgreSQL's own.
    pub(super) fn inert(&mut self, node: &SyntaxNode) -> Value {
        if node.kind() == SyntaxKind::OPERATOR_CALL || node.kind() == SyntaxKind::SORT_USING {
            let parts: Vec<String> = path_parts(node)
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
            if parts.first().is_some_and(|schema| schema != "pg_catalog") {
                let schema = parts.join(".");
                self.unresolved(
                    node,
                    format!("operator of schema `{schema}` is not analysed"),
                );
                return Value::of(Lineage::opaque());
            }
        }
        Value::default()
    }

    /// A bare word: a column, a row, or one of SQL's constants without parentheses.
    fn name_ref(&mut self, node: &SyntaxNode) -> Value {
        let constant = node
            .first_token()
            .is_some_and(|token| self.is_constant(token.kind()));
        if constant {
            return Value::default();
        }
        self.unqualified(node, &name_of(node))
    }

    /// `CURRENT_DATE` and its like. `system_user` is an ordinary name to servers before 16.
    pub(super) fn is_constant(&self, word: SyntaxKind) -> bool {
        match word {
            SyntaxKind::CURRENT_CATALOG_KW
            | SyntaxKind::CURRENT_DATE_KW
            | SyntaxKind::CURRENT_ROLE_KW
            | SyntaxKind::CURRENT_SCHEMA_KW
            | SyntaxKind::CURRENT_TIME_KW
            | SyntaxKind::CURRENT_TIMESTAMP_KW
            | SyntaxKind::CURRENT_USER_KW
            | SyntaxKind::LOCALTIME_KW
            | SyntaxKind::LOCALTIMESTAMP_KW
            | SyntaxKind::SESSION_USER_KW
            | SyntaxKind::USER_KW => true,
            SyntaxKind::SYSTEM_USER_KW => self.catalog.server_version() >= 160_000,
            _ => false,
        }
    }

    /// Parentheses around an expression or a query.
    fn parenthesised(&mut self, node: &SyntaxNode) -> Value {
        let mut children = node.children();
        let (Some(inner), None) = (children.next(), children.next()) else {
            return self.not_analysed(node);
        };
        if !is_query(inner.kind()) {
            return self.expression(&inner);
        }
        let value = self.scalar_query(&inner);
        if is_membership(node) {
            self.record(&value.lineage, Clause::Filter);
        }
        value
    }

    /// A query as a value: computed of all columns of its result.
    pub(super) fn scalar_query(&mut self, node: &SyntaxNode) -> Value {
        let shape = self.query(node);
        let compared = node.parent().is_some_and(|parent| {
            matches!(
                parent.kind(),
                SyntaxKind::ANY_FN | SyntaxKind::ALL_FN | SyntaxKind::SOME_FN
            )
        });
        if compared {
            self.record_shape(&shape, Clause::Filter);
        }
        Value::of(shape.union())
    }

    /// EXISTS: which rows are there decides; what a bare column holds does not.
    pub(super) fn exists(&mut self, node: &SyntaxNode) -> Value {
        for query in node.children() {
            if !is_query(query.kind()) {
                self.not_analysed(&query);
                continue;
            }
            let shape = self.query(&query);
            for column in &shape.columns {
                let copied = column.value.lineage.derivation == crate::facts::Derivation::Copied;
                let clause = if copied {
                    Clause::Output
                } else {
                    Clause::Filter
                };
                self.record(&column.value.lineage, clause);
            }
            if let Some(open) = &shape.open {
                self.record(open, Clause::Filter);
            }
        }
        Value::default()
    }
}

/// Whether a parenthesised query is the right side of IN.
fn is_membership(node: &SyntaxNode) -> bool {
    node.parent().is_some_and(|parent| {
        parent.kind() == SyntaxKind::BIN_EXPR
            && parent
                .children_with_tokens()
                .any(|part| matches!(part.kind(), SyntaxKind::IN_KW | SyntaxKind::NOT_IN))
    })
}

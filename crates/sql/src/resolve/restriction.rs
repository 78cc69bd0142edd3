//! Whether the predicate of an UPDATE or DELETE can be told to restrict it.
//!
//! The rule errs to "unrestricted": a predicate restricts when it is a chain of ANDs, each of whose
//! terms compares some column with something else, at least one of them of the target, with no OR,
//! no NOT and no constant truth at any depth.

use std::rc::Rc;

use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::Reader;
use super::dml::Target;
use super::value::{Column, Item, Shape};
use crate::facts::{Clause, Restriction};

/// Counts the uses of columns while a term is read.
#[derive(Debug)]
pub(super) struct Watch {
    target: Rc<Shape>,
    /// Columns of the target, by their place; its system columns count as the last.
    hits: Vec<usize>,
    /// Uses of other columns.
    others: usize,
}

impl Watch {
    pub(super) fn of(target: Rc<Shape>) -> Self {
        Self {
            target,
            hits: Vec::new(),
            others: 0,
        }
    }

    /// A term about one column twice (`id = id`, `id BETWEEN id AND id + 1`) may hold for every
    /// row; one about no column holds for every row or for none.
    fn is_proper_term(&self) -> bool {
        let mut hits = self.hits.clone();
        hits.sort_unstable();
        hits.dedup();
        hits.len() == self.hits.len() && self.hits.len() + self.others > 0
    }
}

impl Reader<'_> {
    pub(super) fn watch_column(&mut self, column: &Rc<Column>) {
        let Some(watch) = &mut self.watch else { return };
        let place = watch
            .target
            .columns
            .iter()
            .position(|own| Rc::ptr_eq(own, column));
        match place {
            Some(place) => watch.hits.push(place),
            None => watch.others += 1,
        }
    }

    pub(super) fn watch_item(&mut self, item: &Rc<Item>) {
        let Some(watch) = &mut self.watch else { return };
        if Rc::ptr_eq(&watch.target, &item.shape) {
            watch.hits.push(watch.target.columns.len());
        } else {
            watch.others += 1;
        }
    }

    /// Reads a predicate, whose columns are used as a filter.
    pub(super) fn restriction_of(
        &mut self,
        predicate: impl Iterator<Item = SyntaxNode>,
        target: &Target,
    ) -> Restriction {
        let outer = self.watch.take();
        let mut proper = true;
        let mut about_target = false;
        for term in predicate
            .flat_map(|predicate| terms(&predicate))
            .collect::<Vec<_>>()
        {
            self.watch = target.watch();
            self.used(&term, Clause::Filter);
            let watch = self.watch.take();
            proper &= watch.as_ref().is_some_and(Watch::is_proper_term) && !may_hold_always(&term);
            about_target |= watch.is_some_and(|watch| !watch.hits.is_empty());
        }
        self.watch = outer;
        if proper && about_target {
            Restriction::Restricted
        } else {
            Restriction::Unrestricted
        }
    }
}

/// The terms of a chain of ANDs.
fn terms(predicate: &SyntaxNode) -> Vec<SyntaxNode> {
    let mut terms = Vec::new();
    let mut rest = vec![predicate.clone()];
    while let Some(node) = rest.pop() {
        let is_and = node.kind() == SyntaxKind::BIN_EXPR
            && node
                .children_with_tokens()
                .any(|part| part.kind() == SyntaxKind::AND_KW);
        if is_and || node.kind() == SyntaxKind::PAREN_EXPR && wraps_expression(&node) {
            rest.extend(node.children());
        } else {
            terms.push(node);
        }
    }
    terms
}

fn wraps_expression(parentheses: &SyntaxNode) -> bool {
    parentheses
        .children()
        .all(|inner| !super::parts::is_query(inner.kind()))
}

/// Whether anything in the term can make it hold for rows that it does not name.
fn may_hold_always(term: &SyntaxNode) -> bool {
    let words = term
        .descendants_with_tokens()
        .filter_map(|part| part.into_token());
    let mut words = words.peekable();
    let negated = words.any(|word| {
        matches!(
            word.kind(),
            SyntaxKind::OR_KW | SyntaxKind::NOT_KW | SyntaxKind::NOTNULL_KW
        )
    });
    negated
        || term
            .descendants()
            .any(|node| is_truth(&node, term) || compares_constants(&node))
}

/// `TRUE` anywhere but as what a column is compared with.
fn is_truth(node: &SyntaxNode, term: &SyntaxNode) -> bool {
    let is_true = node.kind() == SyntaxKind::LITERAL
        && node
            .first_token()
            .is_some_and(|word| word.kind() == SyntaxKind::TRUE_KW);
    if !is_true {
        return false;
    }
    let compared = node.parent().is_some_and(|parent| {
        parent == *term
            && parent.kind() == SyntaxKind::BIN_EXPR
            && parent
                .children()
                .next()
                .is_some_and(|left| is_column(&left))
    });
    !compared
}

fn is_column(node: &SyntaxNode) -> bool {
    matches!(node.kind(), SyntaxKind::NAME_REF | SyntaxKind::FIELD_EXPR)
}

/// A comparison of constants, as `1 = 1`.
fn compares_constants(node: &SyntaxNode) -> bool {
    let compares = node.kind() == SyntaxKind::BIN_EXPR
        && node
            .children_with_tokens()
            .any(|part| is_comparison(part.kind()));
    compares && !node.descendants().any(|part| is_variable(part.kind()))
}

fn is_variable(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::NAME_REF | SyntaxKind::FIELD_EXPR | SyntaxKind::SELECT
    )
}

fn is_comparison(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::EQ
            | SyntaxKind::NEQ
            | SyntaxKind::NEQB
            | SyntaxKind::L_ANGLE
            | SyntaxKind::R_ANGLE
            | SyntaxKind::LTEQ
            | SyntaxKind::GTEQ
            | SyntaxKind::LIKE_KW
            | SyntaxKind::ILIKE_KW
            | SyntaxKind::IN_KW
            | SyntaxKind::IS_KW
            | SyntaxKind::SIMILAR_TO
            | SyntaxKind::IS_DISTINCT_FROM
    )
}

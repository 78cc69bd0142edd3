//! Which names are those of WITH queries, at each place of a statement.
//!
//! Without RECURSIVE, a WITH query sees the siblings before it; with RECURSIVE, all of them and
//! itself. The parser hangs the WITH of a set operation on its leftmost arm: it covers all arms.
//! One inside parentheses covers only what is inside.

use std::collections::HashMap;

use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::identifier;

/// The WITH queries that can be seen, while a tree is walked from its root in order.
#[derive(Default)]
pub(super) struct Scopes {
    /// How often each name is in sight.
    visible: HashMap<String, usize>,
    /// The names in sight, innermost last.
    names: Vec<String>,
    /// For each query that is open, how many names were in sight at its start.
    open: Vec<usize>,
}

impl Scopes {
    /// Whether a relation's name is that of a WITH query here. A name with a schema never is.
    pub(super) fn hides(&self, name: &[String]) -> bool {
        matches!(name, [only] if self.visible.contains_key(only))
    }

    pub(super) fn enter(&mut self, node: &SyntaxNode) {
        if opens(node.kind()) {
            self.open.push(self.names.len());
        }
        match node.kind() {
            SyntaxKind::WITH_CLAUSE if is_recursive(node) => {
                node.children()
                    .filter_map(|query| name_of(&query, SyntaxKind::CTE_NAME))
                    .for_each(|name| self.show(name));
            }
            SyntaxKind::CREATE_VIEW if is_recursive(node) => {
                if let Some(name) = name_of(node, SyntaxKind::VIEW) {
                    self.show(name);
                }
            }
            _ => {}
        }
    }

    pub(super) fn leave(&mut self, node: &SyntaxNode) {
        if node.kind() == SyntaxKind::WITH_TABLE {
            let recursive = node.parent().is_some_and(|clause| is_recursive(&clause));
            if let Some(name) = name_of(node, SyntaxKind::CTE_NAME).filter(|_| !recursive) {
                self.show(name);
            }
        }
        if opens(node.kind())
            && let Some(start) = self.open.pop()
            && !is_leftmost_arm(node)
        {
            self.hide_from(start);
        }
    }

    fn show(&mut self, name: String) {
        *self.visible.entry(name.clone()).or_default() += 1;
        self.names.push(name);
    }

    fn hide_from(&mut self, start: usize) {
        for name in self.names.drain(start.min(self.names.len())..) {
            if let Some(count) = self.visible.get_mut(&name) {
                *count -= 1;
                if *count == 0 {
                    self.visible.remove(&name);
                }
            }
        }
    }
}

/// What can have a WITH of its own, and so ends the sight of its names.
fn opens(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::SELECT
            | SyntaxKind::SELECT_INTO
            | SyntaxKind::VALUES
            | SyntaxKind::TABLE
            | SyntaxKind::COMPOUND_SELECT
            | SyntaxKind::PAREN_SELECT
            | SyntaxKind::INSERT
            | SyntaxKind::UPDATE
            | SyntaxKind::DELETE
            | SyntaxKind::MERGE
            | SyntaxKind::CREATE_VIEW
    )
}

fn is_recursive(node: &SyntaxNode) -> bool {
    node.children_with_tokens()
        .any(|element| element.kind() == SyntaxKind::RECURSIVE_KW)
}

fn is_leftmost_arm(node: &SyntaxNode) -> bool {
    node.parent().is_some_and(|parent| {
        parent.kind() == SyntaxKind::COMPOUND_SELECT && parent.first_child().as_ref() == Some(node)
    })
}

/// The last part of the name that stands in a child of this kind.
fn name_of(node: &SyntaxNode, kind: SyntaxKind) -> Option<String> {
    let name = node.children().find(|child| child.kind() == kind)?;
    identifier::parts_of(&name)
        .pop()
        .or_else(|| identifier::of_node(&name))
}

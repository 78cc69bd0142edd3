//! Window definitions.

use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::Reader;
use crate::facts::Clause;

impl Reader<'_> {
    /// `OVER name` or `OVER (…)`.
    pub(super) fn over_clause(&mut self, clause: &SyntaxNode) {
        self.window_parts(clause);
    }

    /// `WINDOW name AS (…), …`.
    pub(super) fn window_clause(&mut self, clause: &SyntaxNode) {
        self.window_parts(clause);
    }

    fn window_parts(&mut self, node: &SyntaxNode) {
        for child in node.children() {
            match child.kind() {
                SyntaxKind::WINDOW | SyntaxKind::WINDOW_REF => {}
                SyntaxKind::WINDOW_DEF | SyntaxKind::OVER_WINDOW_SPEC | SyntaxKind::WINDOW_SPEC => {
                    self.window_parts(&child);
                }
                SyntaxKind::PARTITION_BY_CLAUSE | SyntaxKind::ORDER_BY_CLAUSE => {
                    self.children_used(&child, Clause::Window);
                }
                SyntaxKind::FRAME_CLAUSE => self.frame(&child),
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
    }

    /// A frame holds expressions only as the offsets of its bounds.
    fn frame(&mut self, node: &SyntaxNode) {
        for child in node.children() {
            match child.kind() {
                SyntaxKind::FRAME_BETWEEN => self.frame(&child),
                SyntaxKind::EXPR_PRECEDING | SyntaxKind::EXPR_FOLLOWING => {
                    self.children_used(&child, Clause::Window);
                }
                SyntaxKind::FRAME_RANGE
                | SyntaxKind::FRAME_ROWS
                | SyntaxKind::FRAME_GROUPS
                | SyntaxKind::CURRENT_ROW
                | SyntaxKind::UNBOUNDED_PRECEDING
                | SyntaxKind::UNBOUNDED_FOLLOWING
                | SyntaxKind::FRAME_EXCLUDE => {}
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
    }
}

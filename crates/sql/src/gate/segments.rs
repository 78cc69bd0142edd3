//! Statements by our own count of semicolons.

use std::ops::Range;

use squawk_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

use crate::tokens::{Token, TokenKind};

/// The bytes of each statement that is not empty, from its first token to its last, without the
/// semicolon and without white space and comments around it.
///
/// A semicolon ends a statement outside parentheses (`CREATE RULE … DO (…; …)`) and outside the
/// body of an SQL function (`BEGIN ATOMIC …; END`).
pub(super) fn segments(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let mut inside = Inside::default();
    for token in tokens.iter().filter(|token| !token.kind.is_trivia()) {
        let word = text.get(token.range.clone()).unwrap_or_default();
        inside.step(token.kind, word);
        if word == ";" && inside.is_top() {
            found.extend(open.take());
        } else {
            let start = open.map_or(token.range.start, |range| range.start);
            open = Some(start..token.range.end);
        }
    }
    found.extend(open);
    found
}

/// Where in a statement a token stands.
#[derive(Default)]
struct Inside {
    parentheses: usize,
    /// Of the body `BEGIN ATOMIC … END`: 1 for the body and 1 for each CASE that is open in it.
    ends_awaited: usize,
    after_begin: bool,
}

impl Inside {
    fn step(&mut self, kind: TokenKind, word: &str) {
        let is_word =
            |expected: &str| kind == TokenKind::Word && word.eq_ignore_ascii_case(expected);
        match word {
            "(" => self.parentheses += 1,
            ")" => self.parentheses = self.parentheses.saturating_sub(1),
            _ if self.after_begin && is_word("atomic") => self.ends_awaited = 1,
            _ if self.ends_awaited > 0 && is_word("case") => self.ends_awaited += 1,
            _ if self.ends_awaited > 0 && is_word("end") => self.ends_awaited -= 1,
            _ => {}
        }
        self.after_begin = is_word("begin");
    }

    fn is_top(&self) -> bool {
        self.parentheses == 0 && self.ends_awaited == 0
    }
}

/// Whether the parser's statement has exactly these bytes.
pub(super) fn covers(range: &Range<usize>, node: &SyntaxNode) -> bool {
    let forward = std::iter::successors(node.first_token(), SyntaxToken::next_token);
    let backward = std::iter::successors(node.last_token(), SyntaxToken::prev_token);
    let first = forward.into_iter().find(is_content);
    let last = backward.into_iter().find(is_content);
    first.is_some_and(|token| usize::from(token.text_range().start()) == range.start)
        && last.is_some_and(|token| usize::from(token.text_range().end()) == range.end)
}

fn is_content(token: &SyntaxToken) -> bool {
    !matches!(
        token.kind(),
        SyntaxKind::WHITESPACE | SyntaxKind::COMMENT | SyntaxKind::SEMICOLON
    )
}

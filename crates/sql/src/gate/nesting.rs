//! How deep a text nests, told from its tokens alone: parsers recurse, and a stack that overflows
//! ends the process.

use crate::tokens::{Token, TokenKind};
use crate::unreadable::{Unreadable, UnreadableReason};

/// Parentheses, brackets and CASE that may be open at once. People write 10, generators 50.
pub(crate) const MAX_DEPTH: usize = 200;

/// Operators, joins and set operations that may hang on one another, over all levels that are open.
/// Each makes the tree one level deeper.
pub(crate) const MAX_CHAIN: usize = 1000;

/// Links for which a statement within a statement counts, as the stack that it takes.
const STATEMENT: usize = 10;

/// Links for which BETWEEN counts.
const BETWEEN: usize = 4;

/// Denies what nests too deep.
pub(super) fn check(text: &str, tokens: &[Token]) -> Result<(), Unreadable> {
    let mut levels = Levels::default();
    for token in tokens.iter().filter(|token| !token.kind.is_trivia()) {
        levels.step(link(
            token.kind,
            text.get(token.range.clone()).unwrap_or_default(),
        ));
        if levels.open.len() > MAX_DEPTH {
            let reason = UnreadableReason::TooDeep { limit: MAX_DEPTH };
            return Err(Unreadable::at(token.range.start, reason));
        }
        if levels.chain > MAX_CHAIN {
            let reason = UnreadableReason::TooLongChain { limit: MAX_CHAIN };
            return Err(Unreadable::at(token.range.start, reason));
        }
    }
    Ok(())
}

/// How many parentheses, brackets and CASE are open at once at most.
pub(crate) fn depth(text: &str, tokens: impl Iterator<Item = Token>) -> usize {
    let mut levels = Levels::default();
    tokens.fold(0, |deepest, token| {
        levels.step(link(token.kind, text.get(token.range).unwrap_or_default()));
        deepest.max(levels.open.len())
    })
}

/// What a token does to the depth of the tree.
enum Link {
    /// Opens a level; a chain of levels (`a[1][1]`, `f()()`) deepens the tree, too.
    Open(Bracket),
    Close(Bracket),
    /// Ends the list item, and with it the chain of its operators.
    Comma,
    Semicolon,
    /// Hangs on what stands before it in the same list item.
    Operator(usize),
    /// Hangs on what stands before it, commas or not: `SELECT a, b UNION SELECT c, d UNION …`.
    Clause(usize),
    None,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Round,
    Square,
    Case,
}

fn link(kind: TokenKind, word: &str) -> Link {
    match kind {
        TokenKind::Operator => Link::Operator(1),
        TokenKind::Punctuation => punctuation(word),
        TokenKind::Word => key_word(word),
        _ => Link::None,
    }
}

fn punctuation(word: &str) -> Link {
    match word {
        "(" => Link::Open(Bracket::Round),
        "[" => Link::Open(Bracket::Square),
        ")" => Link::Close(Bracket::Round),
        "]" => Link::Close(Bracket::Square),
        "," => Link::Comma,
        ";" => Link::Semicolon,
        _ => Link::Operator(1),
    }
}

fn key_word(word: &str) -> Link {
    // The longest is `intersect`.
    if word.len() > 9 {
        return Link::None;
    }
    match word.to_ascii_lowercase().as_str() {
        "case" => Link::Open(Bracket::Case),
        "end" => Link::Close(Bracket::Case),
        "union" | "intersect" | "except" | "join" | "select" => Link::Clause(1),
        // Statements in statements; the parser descends into them even without their parentheses.
        "with" | "explain" | "prepare" | "declare" | "create" => Link::Clause(STATEMENT),
        "and" | "or" | "not" | "is" | "in" | "like" | "ilike" | "similar" | "collate" | "at"
        | "overlaps" | "escape" | "isnull" | "notnull" | "operator" => Link::Operator(1),
        "between" => Link::Operator(BETWEEN),
        _ => Link::None,
    }
}

/// The levels that are open, outermost first.
#[derive(Default)]
struct Levels {
    open: Vec<(Bracket, Chain)>,
    /// Of the innermost level.
    current: Chain,
    /// Over all levels.
    chain: usize,
}

/// Links of one level.
#[derive(Default, Clone, Copy)]
struct Chain {
    operators: usize,
    clauses: usize,
}

impl Levels {
    fn step(&mut self, link: Link) {
        match link {
            Link::Open(bracket) => {
                self.hang(|chain| chain.operators += 1);
                self.open.push((bracket, std::mem::take(&mut self.current)));
            }
            Link::Close(bracket) => self.close(bracket),
            Link::Comma => self.hang(|chain| chain.operators = 0),
            Link::Semicolon => self.hang(|chain| *chain = Chain::default()),
            Link::Operator(links) => self.hang(|chain| chain.operators += links),
            Link::Clause(links) => self.hang(|chain| chain.clauses += links),
            Link::None => {}
        }
    }

    fn hang(&mut self, change: impl FnOnce(&mut Chain)) {
        self.chain -= self.current.operators + self.current.clauses;
        change(&mut self.current);
        self.chain += self.current.operators + self.current.clauses;
    }

    /// Closes the innermost level of this bracket and what is open inside it. A bracket that closes
    /// nothing, as the END of a transaction or a CASE that is a label, closes nothing.
    fn close(&mut self, bracket: Bracket) {
        let Some(index) = self.open.iter().rposition(|(open, _)| *open == bracket) else {
            return;
        };
        if bracket == Bracket::Case && index + 1 != self.open.len() {
            return;
        }
        for (_, outer) in self.open.drain(index..).rev() {
            self.chain -= self.current.operators + self.current.clauses;
            self.current = outer;
        }
    }
}

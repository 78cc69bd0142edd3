//! The parser's tokens against ours.
//!
//! Each of our tokens must be exactly one of the parser's, of the same class. Operators and
//! punctuation alone may be several of the parser's, and then these must be one operator to it.

use std::iter::Peekable;

use squawk_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

use crate::tokens::{Token, TokenKind};
use crate::unreadable::{Unreadable, UnreadableReason};

/// Compares all tokens.
pub(super) fn check(text: &str, tokens: &[Token], root: &SyntaxNode) -> Result<(), Unreadable> {
    let mut parsed = root
        .descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| !token.text_range().is_empty())
        .peekable();
    for token in tokens {
        let same = match token.kind {
            TokenKind::Operator | TokenKind::Punctuation => covered(token, &mut parsed),
            kind => parsed
                .next()
                .is_some_and(|other| is_at(token, &other) && is_class(kind, other.kind())),
        };
        if !same {
            return Err(Unreadable::at(
                token.range.start,
                UnreadableReason::TokensDisagree,
            ));
        }
    }
    match parsed.next() {
        None => Ok(()),
        Some(_) => Err(Unreadable::at(text.len(), UnreadableReason::TokensDisagree)),
    }
}

fn is_at(token: &Token, other: &SyntaxToken) -> bool {
    let range = other.text_range();
    usize::from(range.start()) == token.range.start && usize::from(range.end()) == token.range.end
}

/// Takes the pieces of one operator.
fn covered(token: &Token, parsed: &mut Peekable<impl Iterator<Item = SyntaxToken>>) -> bool {
    let end = token.range.end;
    let mut pieces = Vec::new();
    while let Some(piece) = parsed.next_if(|t| usize::from(t.text_range().end()) <= end) {
        pieces.push(piece);
    }
    let [first, .., last] = pieces.as_slice() else {
        return pieces
            .first()
            .is_some_and(|only| is_at(token, only) && is_whole(token, only));
    };
    usize::from(first.text_range().start()) == token.range.start
        && usize::from(last.text_range().end()) == end
        && pieces
            .iter()
            .all(|piece| is_operator(piece.kind()) && is_node_at(token, piece))
}

/// A piece alone must not be a part of a longer operator of the parser.
fn is_whole(token: &Token, piece: &SyntaxToken) -> bool {
    let custom = piece
        .parent()
        .is_some_and(|node| node.kind() == SyntaxKind::CUSTOM_OP);
    is_operator(piece.kind()) && (!custom || is_node_at(token, piece))
}

/// Whether the piece's node is the whole operator.
fn is_node_at(token: &Token, piece: &SyntaxToken) -> bool {
    piece.parent().is_some_and(|node| {
        let range = node.text_range();
        usize::from(range.start()) == token.range.start
            && usize::from(range.end()) == token.range.end
    })
}

fn is_operator(kind: SyntaxKind) -> bool {
    kind.is_operator() || kind.is_punctuation()
}

/// Whether the parser takes a token for the class that it is of.
fn is_class(kind: TokenKind, other: SyntaxKind) -> bool {
    match kind {
        TokenKind::Space => other == SyntaxKind::WHITESPACE,
        TokenKind::LineComment | TokenKind::BlockComment => other == SyntaxKind::COMMENT,
        TokenKind::Word => other == SyntaxKind::IDENT || other.is_keyword(),
        TokenKind::QuotedName | TokenKind::UnicodeName => other == SyntaxKind::IDENT,
        TokenKind::String | TokenKind::Continuation => other == SyntaxKind::STRING,
        TokenKind::EscapeString => other == SyntaxKind::ESC_STRING,
        TokenKind::UnicodeString => other == SyntaxKind::UNICODE_ESC_STRING,
        TokenKind::NationalString => other == SyntaxKind::NATIONAL_STRING,
        TokenKind::BitString => other == SyntaxKind::BIT_STRING,
        TokenKind::HexString => other == SyntaxKind::BYTE_STRING,
        TokenKind::DollarString => other == SyntaxKind::DOLLAR_QUOTED_STRING,
        TokenKind::Number => {
            matches!(other, SyntaxKind::INT_NUMBER | SyntaxKind::NUMERIC_NUMBER)
        }
        TokenKind::Parameter => other == SyntaxKind::POSITIONAL_PARAM,
        // Denied before, and compared elsewhere.
        TokenKind::EscapeContinuation | TokenKind::Operator | TokenKind::Punctuation => false,
    }
}

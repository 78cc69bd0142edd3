//! The gate before the reading that decides: a text that passes is one that the parser is known to
//! read as PostgreSQL does.
//!
//! The checks stand in this order, each on ground that the ones before have made firm: bytes, our
//! own tokens, nesting (so that no parser overflows its stack), the parser, its tokens against
//! ours, its statements against our semicolons, and the constructs that it is known to misread or
//! that no released PostgreSQL has.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use squawk_syntax::ast::{AstNode, Literal};
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

use crate::tokens::{Token, TokenKind, tokenize};
use crate::unreadable::{Unreadable, UnreadableReason};

mod admitted;
mod borders;
pub(crate) mod nesting;
mod segments;

/// Bytes of a text that are analysed: 1 MiB. Larger statements carry data, which belongs into COPY
/// or parameters; parsing costs memory of 40 times the text.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// A text that the parser reads as PostgreSQL does.
pub(crate) struct Gated {
    /// Its statements in order, empty ones left out. An empty text has none.
    pub(crate) statements: Vec<GatedStatement>,
}

/// One statement of the text.
pub(crate) struct GatedStatement {
    /// Its tree: a child of the root.
    pub(crate) node: SyntaxNode,
    /// Its bytes in the text, from its first word to its last, without the semicolon.
    pub(crate) range: Range<usize>,
}

/// Admits a text, or says why it cannot be analysed.
pub(crate) fn admit(text: &str) -> Result<Gated, Unreadable> {
    check_bytes(text)?;
    let tokens = lex(text)?;
    nesting::check(text, &tokens)?;
    let root = parse(text)?;
    borders::check(text, &tokens, &root)?;
    let statements = statements(text, &tokens, &root)?;
    admitted::check(&root)?;
    Ok(Gated { statements })
}

fn check_bytes(text: &str) -> Result<(), Unreadable> {
    if text.len() > MAX_TEXT {
        let reason = UnreadableReason::TooLong {
            length: text.len(),
            limit: MAX_TEXT,
        };
        return Err(Unreadable::whole(reason));
    }
    if text.starts_with('\u{feff}') {
        return Err(Unreadable::at(0, UnreadableReason::ByteOrderMark));
    }
    match text.find('\0') {
        Some(position) => Err(Unreadable::at(position, UnreadableReason::ZeroByte)),
        None => Ok(()),
    }
}

/// The tokens of the text, its trivia among them.
fn lex(text: &str) -> Result<Vec<Token>, Unreadable> {
    let mut tokens = Vec::new();
    for token in tokenize(text) {
        let token = token.map_err(|(position, error)| Unreadable::at(position, error.into()))?;
        // PostgreSQL continues the string in escape mode, the parser does not.
        if token.kind == TokenKind::EscapeContinuation {
            return Err(Unreadable::at(
                token.range.start,
                UnreadableReason::EscapeContinuation,
            ));
        }
        tokens.push(token);
    }
    Ok(tokens)
}

/// The parser's tree of a text whose nesting was checked.
fn parse(text: &str) -> Result<SyntaxNode, Unreadable> {
    // The parser has an assertion on its number of steps.
    let parsed = catch_unwind(AssertUnwindSafe(|| parse_unguarded(text)));
    let root = parsed.map_err(|_| Unreadable::whole(UnreadableReason::ParserFailed))??;
    let lost = root.text() != text
        || root
            .descendants_with_tokens()
            .any(|element| element.kind() == SyntaxKind::ERROR);
    if lost {
        Err(Unreadable::whole(UnreadableReason::ParserFailed))
    } else {
        Ok(root)
    }
}

fn parse_unguarded(text: &str) -> Result<SyntaxNode, Unreadable> {
    let parse = SourceFile::parse(text);
    let root = parse.syntax_node();
    // `errors()` also parses the bodies of SQL functions.
    check_bodies(&root)?;
    match parse.errors().first() {
        Some(error) => Err(syntax_error(
            text,
            error.range().start().into(),
            error.message(),
        )),
        None => Ok(root),
    }
}

/// Checks the bodies of functions that are given as strings: what nests too deep for the parser in
/// a text does so in a body.
fn check_bodies(root: &SyntaxNode) -> Result<(), Unreadable> {
    root.descendants()
        .filter(|node| node.kind() == SyntaxKind::AS_DEFINITION)
        .flat_map(|definition| definition.children().filter_map(Literal::cast))
        .filter_map(|literal| Some((literal.syntax().clone(), literal.decoded_value()?)))
        .try_for_each(|(literal, body)| check_body(&literal, body.text()))
}

fn check_body(literal: &SyntaxNode, body: &str) -> Result<(), Unreadable> {
    // A body in another language need not have SQL's tokens; what can be cut is looked at.
    let tokens: Vec<Token> = tokenize(body).map_while(Result::ok).collect();
    nesting::check(body, &tokens)
        .map_err(|error| Unreadable::at(literal.text_range().start().into(), error.reason))
}

fn syntax_error(text: &str, position: usize, message: &str) -> Unreadable {
    let token = tokenize(text)
        .map_while(Result::ok)
        .find(|token| token.range.end > position);
    let near = token
        .filter(|token| token.range.start <= position && is_no_literal(token.kind))
        .and_then(|token| text.get(token.range).map(str::to_owned));
    // A few messages quote a character of a literal.
    let message = if message.contains('"') {
        "invalid value"
    } else {
        message
    };
    let reason = UnreadableReason::Syntax {
        near,
        message: message.to_lowercase(),
    };
    Unreadable::at(position, reason)
}

fn is_no_literal(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Word
            | TokenKind::QuotedName
            | TokenKind::Operator
            | TokenKind::Punctuation
            | TokenKind::Parameter
    )
}

/// The statements of the parser, which must be those between our semicolons.
fn statements(
    text: &str,
    tokens: &[Token],
    root: &SyntaxNode,
) -> Result<Vec<GatedStatement>, Unreadable> {
    let counted = segments::segments(text, tokens);
    let parsed: Vec<SyntaxNode> = root
        .children()
        .filter(|node| node.kind() != SyntaxKind::EMPTY_STMT)
        .collect();
    let same = counted.len() == parsed.len()
        && counted
            .iter()
            .zip(&parsed)
            .all(|(range, node)| segments::covers(range, node));
    if !same {
        let reason = UnreadableReason::StatementCount {
            parsed: parsed.len(),
            counted: counted.len(),
        };
        return Err(Unreadable::whole(reason));
    }
    Ok(counted
        .into_iter()
        .zip(parsed)
        .map(|(range, node)| GatedStatement { node, range })
        .collect())
}

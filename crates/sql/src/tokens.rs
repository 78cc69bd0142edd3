//! PostgreSQL's tokens, cut exactly as its scanner cuts them (`src/backend/parser/scan.l`), with
//! `standard_conforming_strings` on and UTF-8.
//!
//! This is the ground on which the gate stands: it trusts no other lexer. Where PostgreSQL raises a
//! lexical error, so do we; the versions from 15 on agree about every text that is cut without one.

use std::ops::Range;

use crate::unreadable::LexicalError;

mod number;
mod operator;
mod quoted;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// White space.
    Space,
    /// `-- …` up to the end of the line.
    LineComment,
    /// `/* … */`, nested.
    BlockComment,
    /// A bare name or key word.
    Word,
    /// `"…"`.
    QuotedName,
    /// `U&"…"`.
    UnicodeName,
    /// `'…'`.
    String,
    /// `E'…'`.
    EscapeString,
    /// `U&'…'`.
    UnicodeString,
    /// `N'…'`; PostgreSQL's scanner makes two tokens of it, the `N` being a key word.
    NationalString,
    /// `B'…'`.
    BitString,
    /// `X'…'`.
    HexString,
    /// The next piece of a string that is continued after a newline.
    Continuation,
    /// The next piece of an `E'…'` string that is continued after a newline.
    EscapeContinuation,
    /// `$$…$$` or `$tag$…$tag$`.
    DollarString,
    /// A number.
    Number,
    /// `$1`.
    Parameter,
    /// One or more operator characters.
    Operator,
    /// `, ( ) [ ] . .. ; : :: :=`
    Punctuation,
}

impl TokenKind {
    /// White space and comments.
    pub(crate) fn is_trivia(self) -> bool {
        matches!(self, Self::Space | Self::LineComment | Self::BlockComment)
    }

    /// Strings of every spelling, whole or in pieces.
    pub(crate) fn is_string(self) -> bool {
        self.is_continuable() || self == Self::DollarString
    }

    /// Strings in single quotes, which a further string after a newline continues.
    fn is_continuable(self) -> bool {
        matches!(
            self,
            Self::String
                | Self::EscapeString
                | Self::UnicodeString
                | Self::NationalString
                | Self::BitString
                | Self::HexString
                | Self::Continuation
                | Self::EscapeContinuation
        )
    }
}

/// A token and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Its bytes in the text.
    pub(crate) range: Range<usize>,
}

/// Cuts a text into its tokens. Ends after the first error; what comes before stands.
pub(crate) fn tokenize(text: &str) -> Tokens<'_> {
    Tokens {
        text,
        position: 0,
        continues: Continues::Nothing,
        failed: false,
    }
}

/// The tokens of a text, or the position and kind of its first lexical error.
pub(crate) struct Tokens<'a> {
    text: &'a str,
    position: usize,
    continues: Continues,
    failed: bool,
}

/// What a `'` at the present position would continue (`quotecontinue` in scan.l): the last string,
/// when nothing but white space and line comments with at least one newline stand between.
#[derive(Clone, Copy)]
enum Continues {
    Nothing,
    AfterNewline(TokenKind),
    Now(TokenKind),
}

impl Continues {
    fn after(self, token: &Token, text: &str) -> Self {
        let kind = token.kind;
        match self {
            _ if kind.is_continuable() => Self::AfterNewline(kind),
            Self::AfterNewline(string) if kind == TokenKind::Space => {
                let newline = text
                    .get(token.range.clone())
                    .is_some_and(|s| s.contains(['\n', '\r']));
                if newline { Self::Now(string) } else { self }
            }
            Self::AfterNewline(_) if kind == TokenKind::LineComment => self,
            Self::Now(_) if matches!(kind, TokenKind::Space | TokenKind::LineComment) => self,
            Self::Nothing | Self::AfterNewline(_) | Self::Now(_) => Self::Nothing,
        }
    }
}

/// A token's kind and the position of its end.
type Cut = Result<(TokenKind, usize), LexicalError>;

impl Iterator for Tokens<'_> {
    type Item = Result<Token, (usize, LexicalError)>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = Bytes(self.text)
            .at(self.position)
            .filter(|_| !self.failed)?;
        match self.cut(first) {
            Ok((kind, end)) => {
                let token = Token {
                    kind,
                    range: self.position..end,
                };
                self.continues = self.continues.after(&token, self.text);
                self.position = end;
                Some(Ok(token))
            }
            Err(error) => {
                self.failed = true;
                Some(Err((self.position, error)))
            }
        }
    }
}

impl Tokens<'_> {
    fn cut(&self, first: u8) -> Cut {
        let (bytes, start) = (Bytes(self.text), self.position);
        let second = bytes.at(start + 1);
        match (first, second) {
            (b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, _) => {
                Ok((TokenKind::Space, bytes.skip(start, is_space)))
            }
            (b'-', Some(b'-')) => Ok((
                TokenKind::LineComment,
                bytes.skip(start, |b| b != b'\n' && b != b'\r'),
            )),
            (b'/', Some(b'*')) => quoted::block_comment(bytes, start),
            (b'\'', _) => quoted::string(bytes, start + 1, self.quote_kind()),
            (b'e' | b'E', Some(b'\'')) => quoted::string(bytes, start + 2, TokenKind::EscapeString),
            (b'b' | b'B', Some(b'\'')) => quoted::string(bytes, start + 2, TokenKind::BitString),
            (b'x' | b'X', Some(b'\'')) => quoted::string(bytes, start + 2, TokenKind::HexString),
            (b'n' | b'N', Some(b'\'')) => {
                quoted::string(bytes, start + 2, TokenKind::NationalString)
            }
            (b'u' | b'U', Some(b'&')) => unicode_or_word(bytes, start),
            (b'"', _) => quoted::name(bytes, start + 1, TokenKind::QuotedName),
            (b'$', _) => quoted::dollar(bytes, start),
            (b'0'..=b'9', _) | (b'.', Some(b'0'..=b'9')) => number::number(bytes, start),
            (b'.', Some(b'.')) | (b':', Some(b':' | b'=')) => {
                Ok((TokenKind::Punctuation, start + 2))
            }
            (b',' | b'(' | b')' | b'[' | b']' | b'.' | b';' | b':', _) => {
                Ok((TokenKind::Punctuation, start + 1))
            }
            _ if is_word_start(first) => Ok(word(bytes, start)),
            _ if operator::is_operator_byte(first) => operator::operator(bytes, start),
            _ => Err(LexicalError::UnexpectedCharacter),
        }
    }

    /// What a `'` opens here.
    fn quote_kind(&self) -> TokenKind {
        match self.continues {
            Continues::Now(TokenKind::EscapeString | TokenKind::EscapeContinuation) => {
                TokenKind::EscapeContinuation
            }
            Continues::Now(_) => TokenKind::Continuation,
            Continues::Nothing | Continues::AfterNewline(_) => TokenKind::String,
        }
    }
}

fn unicode_or_word(bytes: Bytes<'_>, start: usize) -> Cut {
    match bytes.at(start + 2) {
        Some(b'\'') => quoted::string(bytes, start + 3, TokenKind::UnicodeString),
        Some(b'"') => quoted::name(bytes, start + 3, TokenKind::UnicodeName),
        Some(_) | None => Ok(word(bytes, start)),
    }
}

fn word(bytes: Bytes<'_>, start: usize) -> (TokenKind, usize) {
    (TokenKind::Word, bytes.skip(start, is_word_byte))
}

/// `space` in scan.l. PostgreSQL 15 does not know the vertical tab and refuses it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// `ident_start` in scan.l: every byte of a character outside ASCII is a letter.
fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// `ident_cont` in scan.l.
fn is_word_byte(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// The bytes of the text, read without a panic beyond its end.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a str);

impl Bytes<'_> {
    fn at(self, position: usize) -> Option<u8> {
        self.0.as_bytes().get(position).copied()
    }

    /// The first position from `start` on whose byte is not `wanted`.
    fn skip(self, start: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let rest = self.0.as_bytes().get(start..).unwrap_or_default();
        start
            + rest
                .iter()
                .position(|byte| !wanted(*byte))
                .unwrap_or(rest.len())
    }

    /// The position after the next `needle` from `start` on.
    fn after(self, start: usize, needle: &str) -> Option<usize> {
        self.0
            .get(start..)?
            .find(needle)
            .map(|found| start + found + needle.len())
    }
}

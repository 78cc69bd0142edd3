//! Strings, quoted names, dollar quotes, parameters and block comments.

use super::{Bytes, Cut, TokenKind, is_word_byte, is_word_start};
use crate::unreadable::LexicalError;

/// A string in single quotes whose content begins at `position`.
pub(super) fn string(bytes: Bytes<'_>, mut position: usize, kind: TokenKind) -> Cut {
    loop {
        position = bytes.skip(position, |b| b != b'\'' && b != b'\\');
        position = match (bytes.at(position), bytes.at(position + 1)) {
            (None, _) => return Err(LexicalError::UnterminatedString),
            (Some(b'\\'), _) if has_escapes(kind) => after_escape(bytes, position)?,
            (Some(b'\''), Some(b'\'')) if doubles_quotes(kind) => position + 2,
            (Some(b'\''), _) => return Ok((kind, position + 1)),
            (Some(_), _) => position + 1,
        }
    }
}

fn has_escapes(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::EscapeString | TokenKind::EscapeContinuation
    )
}

/// `''` inside `B'…'` and `X'…'` ends one string and begins the next (`xqdouble` is not a rule of
/// the states xb and xh).
fn doubles_quotes(kind: TokenKind) -> bool {
    !matches!(kind, TokenKind::BitString | TokenKind::HexString)
}

/// The position after the backslash at `position` and what it escapes.
fn after_escape(bytes: Bytes<'_>, position: usize) -> Result<usize, LexicalError> {
    let digits = match bytes.at(position + 1) {
        None => return Err(LexicalError::UnterminatedString),
        Some(b'u') => 4,
        Some(b'U') => 8,
        Some(_) => return Ok(position + 2),
    };
    let end = position + 2 + digits;
    let hex = bytes.skip(position + 2, |b| b.is_ascii_hexdigit());
    if hex < end {
        Err(LexicalError::UnicodeEscape)
    } else {
        Ok(end)
    }
}

/// A name in double quotes whose content begins at `content`.
pub(super) fn name(bytes: Bytes<'_>, content: usize, kind: TokenKind) -> Cut {
    let mut position = content;
    loop {
        position = bytes.skip(position, |b| b != b'"');
        match (bytes.at(position), bytes.at(position + 1)) {
            (None, _) => return Err(LexicalError::UnterminatedName),
            (Some(_), Some(b'"')) => position += 2,
            (Some(_), _) if position == content => return Err(LexicalError::EmptyName),
            (Some(_), _) => return Ok((kind, position + 1)),
        }
    }
}

/// A parameter or a dollar-quoted string.
pub(super) fn dollar(bytes: Bytes<'_>, start: usize) -> Cut {
    match bytes.at(start + 1) {
        Some(b'0'..=b'9') => parameter(bytes, start),
        Some(_) | None => dollar_string(bytes, start),
    }
}

fn parameter(bytes: Bytes<'_>, start: usize) -> Cut {
    let end = bytes.skip(start + 1, |b| b.is_ascii_digit());
    if bytes.at(end).is_some_and(is_word_start) {
        return Err(LexicalError::ParameterJunk);
    }
    match bytes.0.get(start + 1..end).map(str::parse::<i32>) {
        Some(Ok(_)) => Ok((TokenKind::Parameter, end)),
        Some(Err(_)) | None => Err(LexicalError::ParameterTooLarge),
    }
}

/// `dolqdelim`: `$`, a word without `$` or nothing, `$`. A `$` that begins none is a character that
/// no grammar rule knows.
fn dollar_string(bytes: Bytes<'_>, start: usize) -> Cut {
    let tag_end = match bytes.at(start + 1) {
        Some(byte) if is_word_start(byte) => {
            bytes.skip(start + 1, |b| is_word_byte(b) && b != b'$')
        }
        _ => start + 1,
    };
    if bytes.at(tag_end) != Some(b'$') {
        return Err(LexicalError::UnexpectedCharacter);
    }
    let delimiter = bytes.0.get(start..=tag_end).unwrap_or_default();
    match bytes.after(tag_end + 1, delimiter) {
        Some(end) => Ok((TokenKind::DollarString, end)),
        None => Err(LexicalError::UnterminatedDollarString),
    }
}

/// A comment that begins with `/*`, with all that are nested in it.
pub(super) fn block_comment(bytes: Bytes<'_>, start: usize) -> Cut {
    let mut depth = 1_usize;
    let mut position = start + 2;
    while depth > 0 {
        position = bytes.skip(position, |b| b != b'/' && b != b'*');
        position += match (bytes.at(position), bytes.at(position + 1)) {
            (None, _) => return Err(LexicalError::UnterminatedComment),
            (Some(b'/'), Some(b'*')) => {
                depth += 1;
                2
            }
            (Some(b'*'), Some(b'/')) => {
                depth -= 1;
                2
            }
            (Some(_), _) => 1,
        };
    }
    Ok((TokenKind::BlockComment, position))
}

//! Numbers: from `decinteger` to `real_junk` in scan.l.

use super::{Bytes, Cut, TokenKind, is_word_byte, is_word_start};
use crate::unreadable::LexicalError;

/// The number at `start`, which has a digit, or a point and a digit.
///
/// scan.l takes the longest match of all its rules, and some rules are errors: letters after a
/// number, and so the `$` inside them (`1e5$1`, `0x1$$a$$`), make the longer match.
pub(super) fn number(bytes: Bytes<'_>, start: usize) -> Cut {
    let integer = digits(bytes, start, |b| b.is_ascii_digit()).unwrap_or(start);
    let plain = match (bytes.at(integer), bytes.at(integer + 1)) {
        // `numericfail`: `1..2` is an integer, two points, an integer.
        (Some(b'.'), Some(b'.')) => integer,
        (Some(b'.'), _) => {
            digits(bytes, integer + 1, |b| b.is_ascii_digit()).unwrap_or(integer + 1)
        }
        _ => integer,
    };
    let end = exponent(bytes, plain)?.max(based(bytes, start));
    // Every rule that ends in junk: a number without point, without exponent or whole, with a word.
    let junk = [integer, plain, end].map(|number| word_end(bytes, number));
    if junk.into_iter().flatten().any(|junk| junk > end) {
        return Err(LexicalError::NumberJunk);
    }
    Ok((TokenKind::Number, end))
}

/// The end of `digit(_?digit)*` at `start`.
fn digits(bytes: Bytes<'_>, start: usize, is_digit: impl Fn(u8) -> bool) -> Option<usize> {
    let digit_at = |position| bytes.at(position).is_some_and(&is_digit);
    let mut end = digit_at(start).then_some(start + 1)?;
    loop {
        if digit_at(end) {
            end += 1;
        } else if bytes.at(end) == Some(b'_') && digit_at(end + 1) {
            end += 2;
        } else {
            return Some(end);
        }
    }
}

/// The end of the number with its exponent, if one follows. A sign without digits is an error
/// (`realfail`); a bare `e` is a word, hence junk.
fn exponent(bytes: Bytes<'_>, mantissa: usize) -> Result<usize, LexicalError> {
    if !matches!(bytes.at(mantissa), Some(b'e' | b'E')) {
        return Ok(mantissa);
    }
    let signed = matches!(bytes.at(mantissa + 1), Some(b'+' | b'-'));
    let first = mantissa + 1 + usize::from(signed);
    match digits(bytes, first, |b| b.is_ascii_digit()) {
        Some(end) => Ok(end),
        None if signed => Err(LexicalError::NumberJunk),
        None => Ok(mantissa),
    }
}

/// The end of a hexadecimal, octal or binary integer, or `start`.
fn based(bytes: Bytes<'_>, start: usize) -> usize {
    if bytes.at(start) != Some(b'0') {
        return start;
    }
    let is_digit: fn(u8) -> bool = match bytes.at(start + 1) {
        Some(b'x' | b'X') => |b| b.is_ascii_hexdigit(),
        Some(b'o' | b'O') => |b| matches!(b, b'0'..=b'7'),
        Some(b'b' | b'B') => |b| matches!(b, b'0' | b'1'),
        _ => return start,
    };
    // `0[xX](_?{hexdigit})+`: an underscore may come first.
    let first = start + 2 + usize::from(bytes.at(start + 2) == Some(b'_'));
    digits(bytes, first, is_digit).unwrap_or(start)
}

/// The end of a word at `position`, if one begins there.
fn word_end(bytes: Bytes<'_>, position: usize) -> Option<usize> {
    bytes
        .at(position)
        .is_some_and(is_word_start)
        .then(|| bytes.skip(position, is_word_byte))
}

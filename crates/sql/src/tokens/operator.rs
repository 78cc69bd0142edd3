//! Operators: `{operator}` in scan.l.

use super::{Bytes, Cut, TokenKind};
use crate::unreadable::LexicalError;

/// `NAMEDATALEN`: an operator of this length is refused.
const TOO_LONG: usize = 64;

/// `op_chars` in scan.l.
pub(super) fn is_operator_byte(byte: u8) -> bool {
    matches!(byte, b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=') || is_special(byte)
}

/// Characters that SQL's own operators do not have; with one of them an operator may end in `+` or
/// `-`.
fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'%'
    )
}

/// The longest run of operator characters, ended by a comment's start, without trailing signs that
/// belong to the operand.
pub(super) fn operator(bytes: Bytes<'_>, start: usize) -> Cut {
    let end = bytes.skip(start, is_operator_byte);
    let run = bytes.0.as_bytes().get(start..end).unwrap_or_default();
    let comment = run
        .windows(2)
        .position(|pair| pair == b"/*" || pair == b"--");
    let run = run.get(..comment.unwrap_or(run.len())).unwrap_or_default();
    let length = without_trailing_signs(run);
    if length >= TOO_LONG {
        return Err(LexicalError::OperatorTooLong);
    }
    Ok((TokenKind::Operator, start + length))
}

fn without_trailing_signs(run: &[u8]) -> usize {
    if run.iter().copied().any(is_special) {
        return run.len();
    }
    let signs = run
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b'+' | b'-'))
        .count();
    run.len().saturating_sub(signs).max(1)
}

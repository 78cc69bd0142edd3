//! Passwords inside URLs: `scheme://user:password@host` (RFC 3986, section 3.2.1).

use crate::Entity;
use crate::placeholder::is_placeholder;
use crate::span::Candidates;
use crate::text::Text;

const SCORE: u8 = 97;

const LONGEST_SCHEME: usize = 32;
const LONGEST_CREDENTIALS: usize = 512;

/// Notes the password of every URL; the rest of the URL stays.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    for colon in memchr::memmem::find_iter(text.bytes, b"://") {
        let scheme = text.run_start(colon, LONGEST_SCHEME, |byte| {
            byte.is_ascii_alphanumeric() || b"+.-".contains(&byte)
        });
        if scheme < colon
            && let Some((start, end)) = password(text, colon + 3)
            && !is_placeholder(text.slice(start, end))
        {
            found.add(start, end, Entity::ConnectionString, SCORE);
        }
    }
}

/// The password in the credentials that begin at `start`.
fn password(text: &Text<'_>, start: usize) -> Option<(usize, usize)> {
    let window = text.rest(start, LONGEST_CREDENTIALS);
    let ends = |byte: &u8| *byte <= b' ' || b"\"'<>`".contains(byte);
    let length = window.iter().position(ends).unwrap_or(window.len());
    let word = window.get(..length)?;
    let colon = memchr::memchr(b':', word)?;
    let authority = word
        .iter()
        .position(|byte| b"/?#".contains(byte))
        .unwrap_or(word.len());
    let mark = match word
        .get(..authority)
        .and_then(|part| memchr::memrchr(b'@', part))
    {
        Some(mark) => mark,
        None => mark_after_path(word, colon, authority)?,
    };
    (mark > colon + 1).then_some((start + colon + 1, start + mark))
}

/// The last `@` when the password has an unescaped slash; not after `host:8080/`.
fn mark_after_path(word: &[u8], colon: usize, authority: usize) -> Option<usize> {
    let before_slash = word.get(colon + 1..authority)?;
    let port = before_slash.iter().all(u8::is_ascii_digit);
    if port {
        None
    } else {
        memchr::memrchr(b'@', word)
    }
}

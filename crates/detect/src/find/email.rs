//! E-mail addresses: a mark `@` between a dot-atom (RFC 5321, section 4.1.2) and a domain.

use crate::Entity;
use crate::span::Candidates;
use crate::text::Text;

/// RFC 5321, section 4.5.3.1.
const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 253;
const LONGEST_LABEL: usize = 63;

const SCORE: u8 = 95;

/// Last labels that are endings of files: `icon@2x.png`.
const FILE_ENDINGS: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "pdf", "html", "json",
];

/// Accounts that only serve repositories over SSH: `git@host:owner/name`.
const REPOSITORY_ACCOUNTS: &[&str] = &["git", "hg", "svn"];

/// Notes every address around a mark.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    for mark in memchr::memchr_iter(b'@', text.bytes) {
        if let Some((start, end)) = address(text, mark) {
            found.add(start, end, Entity::EmailAddress, SCORE);
        }
    }
}

fn address(text: &Text<'_>, mark: usize) -> Option<(usize, usize)> {
    let start = local_start(text, mark)?;
    let end = domain_end(text, mark + 1)?;
    let local = text.slice(start, mark);
    let repository = text.at(end) == Some(b':')
        && REPOSITORY_ACCOUNTS
            .iter()
            .any(|account| account.as_bytes() == local);
    (!repository && !in_authority(text, start)).then_some((start, end))
}

/// The start of the dot-atom before `mark`; letters beyond ASCII belong to it (RFC 6531).
fn local_start(text: &Text<'_>, mark: usize) -> Option<usize> {
    let wide = text.run_start(mark, LONGEST_LOCAL + 1, |byte| {
        is_atom(byte) || byte >= 0x80
    });
    let start = if mark - wide > LONGEST_LOCAL {
        text.run_start(mark, LONGEST_LOCAL + 1, is_atom)
    } else {
        wide
    };
    let local = text.slice(start, mark);
    let dots = local
        .iter()
        .take_while(|byte| matches!(byte, b'.' | b'\'' | b'-'))
        .count();
    let start = start + dots;
    let local = text.slice(start, mark);
    let dotted = local.last() == Some(&b'.') || local.windows(2).any(|pair| pair == b"..");
    (!local.is_empty() && local.len() <= LONGEST_LOCAL && !dotted).then_some(start)
}

/// What occurs in practice; the rest of RFC 5322's atom separates addresses in lists and URLs.
fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._%+-'".contains(&byte)
}

/// The end of the domain at `start`: in ASCII if that makes one, else with other letters.
fn domain_end(text: &Text<'_>, start: usize) -> Option<usize> {
    let ascii = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let any = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | 0x80..);
    ends_of_domain(text, start, ascii).or_else(|| ends_of_domain(text, start, any))
}

fn ends_of_domain(text: &Text<'_>, start: usize, of: fn(u8) -> bool) -> Option<usize> {
    let window = text.rest(start, LONGEST_DOMAIN + 2);
    let length = window
        .iter()
        .position(|byte| !of(*byte))
        .unwrap_or(window.len());
    let run = window.get(..length)?;
    let kept = run.iter().rposition(|byte| !matches!(byte, b'.' | b'-'))? + 1;
    let domain = run.get(..kept)?;
    let last = domain.rsplit(|byte| *byte == b'.').next()?;
    let followed = text.at(start + kept) == Some(b'_');
    (kept <= LONGEST_DOMAIN && !followed && are_labels(domain) && is_top_level(last))
        .then_some(start + kept)
}

/// At least two labels of letters, digits and inner hyphens.
fn are_labels(domain: &[u8]) -> bool {
    let mut count = 0;
    domain.split(|byte| *byte == b'.').all(|label| {
        count += 1;
        let hyphen = label.first() == Some(&b'-') || label.last() == Some(&b'-');
        !label.is_empty() && label.len() <= LONGEST_LABEL && !hyphen
    }) && count > 1
}

fn is_top_level(label: &[u8]) -> bool {
    let letters = label.len() >= 2 && label.iter().all(u8::is_ascii_alphabetic);
    let file = FILE_ENDINGS
        .iter()
        .any(|ending| label.eq_ignore_ascii_case(ending.as_bytes()));
    (letters && !file)
        || label
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"))
}

/// Whether `start` lies between `://` and the host: then the mark ends the credentials of a URL.
fn in_authority(text: &Text<'_>, start: usize) -> bool {
    let first = text.run_start(start, 512, |byte| {
        byte > b' ' && !b"\"'<>()".contains(&byte)
    });
    let word = text.slice(first, start);
    let Some(scheme) = memchr::memmem::rfind(word, b"://") else {
        return false;
    };
    !word
        .get(scheme + 3..)
        .unwrap_or_default()
        .iter()
        .any(|byte| b"/?#,;".contains(byte))
}

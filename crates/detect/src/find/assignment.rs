//! `name = value`, `name: value`, `"name": "value"`: the name is read as that of a column.
//!
//! So JSON documents, environment files, connection strings, headers and prose are read alike.

use crate::column::{self, Classification, Name};
use crate::placeholder::{entropy, is_placeholder};
use crate::span::Candidates;
use crate::text::{Text, is_uuid};
use crate::{Entity, whole};
use std::ops::Range;

/// By its name: above everything that may be found inside the value, below vendors' own forms.
const NAMED: u8 = 96;

const LONGEST_NAME: usize = 64;
const LONGEST_VALUE: usize = 512;
const MOST_BLANKS: usize = 4;

const SHORTEST_PASSWORD: usize = 4;
const PASSWORD_ENTROPY: f32 = 1.0;
const SHORTEST_SECRET: usize = 8;
const SECRET_ENTROPY: f32 = 3.0;

/// Keys that stand beside the password of a connection string (ADO, JDBC, libpq).
const SIBLINGS: &[&[u8]] = &[
    b"host=",
    b"server=",
    b"data source=",
    b"user id=",
    b"uid=",
    b"user=",
    b"username=",
    b"dbname=",
];
const SIBLING_REACH: usize = 200;

/// Authentication schemes before the credentials of a header (RFC 9110, section 11.4).
const SCHEMES: &[&[u8]] = &[b"bearer ", b"basic ", b"token ", b"apikey "];

/// How the value is marked off.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Between quotation marks.
    Quoted,
    /// After `=`.
    Assigned,
    /// After `:` without quotation marks, as in prose.
    Prose,
}

/// Reads the name before and the value after every `=` and `:`.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    for sign in memchr::memchr2_iter(b'=', b':', text.bytes) {
        let Some(class) = name_before(text, sign) else {
            continue;
        };
        let Some((value, style)) = value_after(text, sign) else {
            continue;
        };
        note(text, value, (class, style), found);
    }
}

fn note(
    text: &Text<'_>,
    value: Range<usize>,
    (class, style): (Classification, Style),
    found: &mut Candidates,
) {
    let Some(entity) = class.entity else { return };
    let written = text.slice(value.start, value.end);
    match class.tag {
        "secret.password" if is_password(written, style) => {
            let entity = if has_siblings(text, value.start) {
                Entity::ConnectionString
            } else {
                entity
            };
            found.add(value.start, value.end, entity, NAMED);
        }
        "secret.token" | "secret.key" if is_secret(written, class.tag) => {
            let aws = whole::is_aws_secret(written) && whole::names_aws(class);
            let entity = if aws { Entity::AwsSecretKey } else { entity };
            found.add(value.start, value.end, entity, NAMED);
        }
        "secret.totp" if is_secret(written, class.tag) => {
            found.add(value.start, value.end, entity, NAMED);
        }
        tag if tag.starts_with("pii.") && (style != Style::Prose || tells_login(class)) => {
            whole::note(text, value, entity, found);
        }
        _ => {}
    }
}

/// `username: …` is one in prose too; a `user` may be described.
pub(super) fn tells_login(class: Classification) -> bool {
    class.entity == Some(Entity::Username) && class.evidence.contains("name")
}

/// What the name before `sign` says; the last word of the name decides.
fn name_before(text: &Text<'_>, sign: usize) -> Option<Classification> {
    let end = end_of_name(text, sign);
    let start = text.run_start(end, LONGEST_NAME + 1, is_name);
    let name = text.slice(start, end);
    let letters = name
        .iter()
        .any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80);
    if !letters || name.len() > LONGEST_NAME {
        return None;
    }
    let read = |start: usize| {
        std::str::from_utf8(text.slice(start, end))
            .ok()
            .map(Name::of)
    };
    if let Some(class) = column::classify_name(&read(start)?) {
        return Some(class);
    }
    // `API key: …`: two words in prose, of which the last alone says too little.
    let gap = start
        .checked_sub(1)
        .filter(|gap| text.at(*gap) == Some(b' '))?;
    let wider = text.run_start(gap, LONGEST_NAME - name.len(), is_name);
    (wider < gap)
        .then(|| column::classify_ending(&read(wider)?))
        .flatten()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | 0x80..)
}

/// The end of the name before `sign`: blanks, a quotation mark and its escapes are passed over.
fn end_of_name(text: &Text<'_>, sign: usize) -> usize {
    let blanks = text.run_start(sign, MOST_BLANKS, |byte| {
        byte == b' ' || byte == b'\t' || byte == b':'
    });
    let quote = usize::from(matches!(
        text.before(blanks),
        Some(b'"' | b'\'' | b'`' | b']')
    ));
    text.run_start(blanks - quote, MOST_BLANKS * quote, |byte| byte == b'\\')
}

/// The value after `sign`.
fn value_after(text: &Text<'_>, sign: usize) -> Option<(Range<usize>, Style)> {
    let assigned = text.at(sign) == Some(b'=');
    let comparison = assigned && matches!(text.before(sign), Some(b'=' | b'!' | b'<' | b'>'));
    if comparison || text.rest(sign, 3) == b"://" || (!assigned && text.at(sign + 1) == Some(b'='))
    {
        return None;
    }
    let arrow = usize::from(assigned && text.at(sign + 1) == Some(b'>'));
    let blanks = text.rest(sign + 1 + arrow, MOST_BLANKS);
    let skipped = blanks
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let start = sign + 1 + arrow + skipped;
    let escapes = text
        .rest(start, MOST_BLANKS)
        .iter()
        .take_while(|byte| **byte == b'\\')
        .count();
    match text.at(start + escapes) {
        Some(quote @ (b'"' | b'\'' | b'`')) => {
            let value = quoted(text, start + escapes + 1, (quote, escapes));
            Some((without_scheme(text, value), Style::Quoted))
        }
        _ => {
            let style = if assigned {
                Style::Assigned
            } else {
                Style::Prose
            };
            let start = without_scheme(text, start..text.bytes.len()).start;
            let window = text.rest(start, LONGEST_VALUE);
            let length = window.iter().position(ends_value).unwrap_or(window.len());
            let value = window.get(..length).unwrap_or_default();
            let length = without_stop(value).len();
            (length > 0).then_some((start..start + length, style))
        }
    }
}

/// The value without the end of the sentence.
pub(super) fn without_stop(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|byte| !b".,;:)".contains(byte));
    value
        .get(..end.map_or(0, |last| last + 1))
        .unwrap_or_default()
}

/// As [`is_password`], in a sentence.
pub(super) fn is_spoken_password(value: &[u8]) -> bool {
    is_password(value, Style::Prose)
}

fn ends_value(byte: &u8) -> bool {
    *byte <= b' ' || b"\"'`;,&<>)}]".contains(byte)
}

/// The stretch up to the closing quotation mark, which has as many backslashes as the opening one.
fn quoted(text: &Text<'_>, start: usize, (quote, escapes): (u8, usize)) -> Range<usize> {
    let window = text.rest(start, LONGEST_VALUE);
    let closing = memchr::memchr_iter(quote, window).find(|place| {
        let before = window.get(..*place).unwrap_or_default();
        before
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count()
            <= escapes
    });
    let line_end = || window.iter().position(|byte| *byte == b'\n');
    let end = start + closing.or_else(line_end).unwrap_or(window.len());
    start
        ..end
            - if closing.is_some() {
                escapes.min(end - start)
            } else {
                0
            }
}

fn without_scheme(text: &Text<'_>, value: Range<usize>) -> Range<usize> {
    let opens = |scheme: &&&[u8]| {
        text.rest(value.start, scheme.len())
            .eq_ignore_ascii_case(scheme)
    };
    let length = SCHEMES.iter().find(opens).map_or(0, |scheme| scheme.len());
    (value.start + length).min(value.end)..value.end
}

/// Nearly anything; in prose it must not be a plain word (`password: required`).
fn is_password(value: &[u8], style: Style) -> bool {
    let inner_capital = value.iter().skip(1).any(u8::is_ascii_uppercase);
    let plain = value.iter().all(u8::is_ascii_alphabetic) && !inner_capital;
    value.len() >= SHORTEST_PASSWORD
        && entropy(value) >= PASSWORD_ENTROPY
        && !(style == Style::Prose && plain)
        && !is_placeholder(value)
}

/// Long, without blanks, random, not a word; a UUID only where the name says key.
pub(super) fn is_secret(value: &[u8], tag: &str) -> bool {
    let mixed = value.iter().any(u8::is_ascii_digit)
        || (value.iter().skip(1).any(u8::is_ascii_uppercase)
            && value.iter().any(u8::is_ascii_lowercase));
    value.len() >= SHORTEST_SECRET
        && mixed
        && !value.contains(&b' ')
        && entropy(value) >= SECRET_ENTROPY
        && (tag == "secret.key" || !is_uuid(value))
        && !is_placeholder(value)
}

fn has_siblings(text: &Text<'_>, start: usize) -> bool {
    let window = text.slice(start.saturating_sub(SIBLING_REACH), start);
    let after = text.rest(start, SIBLING_REACH);
    SIBLINGS.iter().any(|key| {
        [window, after].iter().any(|part| {
            part.windows(key.len())
                .any(|found| found.eq_ignore_ascii_case(key))
        })
    }) || memchr::memmem::find(window, b"://").is_some()
}

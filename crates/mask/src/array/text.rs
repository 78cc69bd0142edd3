//! Arrays in text format: `{1,NULL,"a b"}`, `[2:3]={…}` (`array_out` of PostgreSQL's arrayfuncs.c).

use super::{Element, Replace};
use crate::Outcome;
use std::borrow::Cow;

/// An array of the one element `value`.
pub(crate) fn single(value: &[u8]) -> Vec<u8> {
    let mut out = vec![b'{'];
    quote(value, &mut out);
    out.push(b'}');
    out
}

/// Copies the array `cell` with its elements replaced; `None`: not an array, `out` is spoilt.
pub(crate) fn rewrite(
    cell: &[u8],
    out: &mut Vec<u8>,
    replace: &mut Replace<'_>,
) -> Option<Outcome> {
    let mut place = bounds(cell)?;
    let mut depth = 0_usize;
    let mut outcome = Outcome::Unchanged;
    out.extend_from_slice(cell.get(..place)?);
    while let Some(byte) = cell.get(place) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            b',' => {}
            _ => {
                let (end, value) = element(cell, place)?;
                let raw = cell.get(place..end)?;
                outcome = outcome.and(rewrite_element(value, raw, place, (out, replace)));
                place = end;
                continue;
            }
        }
        out.push(*byte);
        place += 1;
    }
    (depth == 0).then_some(outcome)
}

fn rewrite_element(
    value: Option<Cow<'_, [u8]>>,
    raw: &[u8],
    start: usize,
    (out, replace): (&mut Vec<u8>, &mut Replace<'_>),
) -> Outcome {
    let mut replaced = Vec::new();
    let outcome = value.map_or(Outcome::Unchanged, |value| {
        replace(
            Element {
                value: &value,
                start,
                end: start + raw.len(),
            },
            &mut replaced,
        )
    });
    match outcome {
        Outcome::Unchanged => out.extend_from_slice(raw),
        Outcome::Masked | Outcome::Fallback => quote(&replaced, out),
        Outcome::Null | Outcome::FallbackNull => out.extend_from_slice(b"NULL"),
    }
    outcome
}

/// Length of the `[2:3]=` in front, whose bytes are checked; 0 without.
fn bounds(cell: &[u8]) -> Option<usize> {
    let length = cell.iter().position(|byte| *byte == b'{')?;
    let before = cell.get(..length)?;
    let well_formed = before
        .iter()
        .all(|byte| matches!(byte, b'[' | b']' | b':' | b'=' | b'-' | b'0'..=b'9'));
    (well_formed && (before.is_empty() || before.ends_with(b"="))).then_some(length)
}

/// End of the element that begins at `start`, and its value without quotes; no value: NULL.
fn element(cell: &[u8], start: usize) -> Option<(usize, Option<Cow<'_, [u8]>>)> {
    let rest = cell.get(start..)?;
    if rest.first() == Some(&b'"') {
        let (length, value) = quoted(rest)?;
        return Some((start + length, Some(value)));
    }
    let length = rest
        .iter()
        .position(|byte| matches!(byte, b',' | b'}' | b'{' | b'"'))?;
    let raw = rest.get(..length)?;
    // Outside quotes array_out writes neither backslashes nor blanks.
    if raw.contains(&b'\\') {
        return None;
    }
    let null = raw.eq_ignore_ascii_case(b"NULL");
    Some((start + length, (!null).then_some(Cow::Borrowed(raw))))
}

/// Length of the quoted element in front of `rest`, and its value.
fn quoted(rest: &[u8]) -> Option<(usize, Cow<'_, [u8]>)> {
    let inner = rest.get(1..)?;
    let plain = inner.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    if inner.get(plain) == Some(&b'"') {
        return Some((plain + 2, Cow::Borrowed(inner.get(..plain)?)));
    }
    let mut value = Vec::new();
    let mut bytes = inner.iter().enumerate();
    while let Some((place, byte)) = bytes.next() {
        match byte {
            b'"' => return Some((place + 2, Cow::Owned(value))),
            b'\\' => value.push(*bytes.next()?.1),
            other => value.push(*other),
        }
    }
    None
}

/// Appends an element, quoted where `array_out` would.
fn quote(value: &[u8], out: &mut Vec<u8>) {
    let special = |byte: &u8| {
        matches!(byte, b'"' | b'\\' | b'{' | b'}' | b',')
            || byte.is_ascii_whitespace()
            || *byte == 0x0b
    };
    if !value.is_empty() && !value.eq_ignore_ascii_case(b"NULL") && !value.iter().any(special) {
        out.extend_from_slice(value);
        return;
    }
    write_quoted(value, out);
}

/// Appends a string in double quotes, as arrays and `hstore` have it: quotes and backslashes
/// escaped by a backslash.
pub(crate) fn write_quoted(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in value {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubled(cell: &str) -> Option<String> {
        let mut out = Vec::new();
        rewrite(cell.as_bytes(), &mut out, &mut |element, out| {
            if element.value == b"-" {
                return Outcome::Null;
            }
            if element.value == b"=" {
                return Outcome::Unchanged;
            }
            out.extend_from_slice(element.value);
            out.extend_from_slice(element.value);
            Outcome::Masked
        })?;
        Some(String::from_utf8(out).expect("text"))
    }

    #[test]
    fn structure_is_kept_and_elements_are_quoted_anew() {
        for (from, to) in [
            ("{}", "{}"),
            ("{1,NULL,-,=}", "{11,NULL,NULL,=}"),
            ("[2:3]={a,\"\"}", "[2:3]={aa,\"\"}"),
            ("{{a,b},{c,d}}", "{{aa,bb},{cc,dd}}"),
            (
                r#"{"a b","q\"\\","NULL","}"}"#,
                r#"{"a ba b","q\"\\q\"\\",NULLNULL,"}}"}"#,
            ),
        ] {
            assert_eq!(doubled(from).as_deref(), Some(to));
        }
        for broken in ["", "1", "{", "{a", "{\"a}", "}{", "x={1}", "{a\\b}"] {
            assert_eq!(doubled(broken), None, "{broken}");
        }
    }
}

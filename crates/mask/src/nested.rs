//! Types that hold values of other types: ranges, rows, hstore; and what takes them apart.

pub(crate) mod hstore;
pub(crate) mod range;
pub(crate) mod row;

use crate::Outcome;

/// What replaces one part: given its place among the parts and its bytes without quotes; appends
/// the new bytes.
pub(crate) type ReplacePart<'a> = dyn FnMut(usize, &[u8], &mut Vec<u8>) -> Outcome + 'a;

/// Reads a big-endian word in front of `rest`.
pub(crate) fn word(rest: &mut &[u8]) -> Option<i32> {
    let (word, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(i32::from_be_bytes(*word))
}

/// Reads bytes behind their length in front of `rest`; `Some(None)` for NULL, whose length is -1.
pub(crate) fn counted<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let length = word(rest)?;
    if length == -1 {
        return Some(None);
    }
    let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(Some(bytes))
}

/// Appends the length of bytes and the bytes.
pub(crate) fn write_counted(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(&i32::try_from(bytes.len()).ok()?.to_be_bytes());
    out.extend_from_slice(bytes);
    Some(())
}

/// Reads a value in front of `rest` as rows and ranges quote it, up to one of `ends`: in double
/// quotes, within which a quote is doubled, and anywhere a backslash before any byte.
pub(crate) fn quoted(rest: &mut &[u8], ends: &[u8]) -> Option<Vec<u8>> {
    let mut value = Vec::new();
    let mut inside = false;
    loop {
        let (byte, after) = rest.split_first()?;
        match byte {
            b'"' if inside && after.first() == Some(&b'"') => {
                value.push(b'"');
                *rest = after.get(1..)?;
                continue;
            }
            b'"' => inside = !inside,
            b'\\' => {
                value.push(*after.first()?);
                *rest = after.get(1..)?;
                continue;
            }
            end if !inside && ends.contains(end) => return Some(value),
            other => value.push(*other),
        }
        *rest = after;
    }
}

/// Appends a value as rows and ranges write it (`record_out`, `range_out`).
pub(crate) fn write_quoted(value: &[u8], out: &mut Vec<u8>) {
    let special = |byte: &u8| {
        matches!(byte, b'"' | b'\\' | b'(' | b')' | b'[' | b']' | b',' | 0x0b)
            || byte.is_ascii_whitespace()
    };
    if !value.is_empty() && !value.iter().any(special) {
        out.extend_from_slice(value);
        return;
    }
    out.push(b'"');
    for byte in value {
        if matches!(byte, b'"' | b'\\') {
            out.push(*byte);
        }
        out.push(*byte);
    }
    out.push(b'"');
}

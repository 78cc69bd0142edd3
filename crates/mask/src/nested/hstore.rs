//! hstore: `"a"=>"1", "b"=>NULL`; in binary the number of pairs, then each key and value after its
//! length.

use super::{ReplacePart, counted, word, write_counted};
use crate::array::text::write_quoted;
use crate::{Format, Outcome};

/// Places of the parts that are replaced.
pub(crate) const KEY: usize = 0;
pub(crate) const VALUE: usize = 1;

/// Copies an hstore with keys and values replaced; `None`: it is not one. A key never becomes NULL.
pub(crate) fn rewrite(
    (cell, format): (&[u8], Format),
    out: &mut Vec<u8>,
    replace: &mut ReplacePart<'_>,
) -> Option<Outcome> {
    let mut outcome = Outcome::Unchanged;
    let mut replaced = |part, value: Option<&[u8]>| {
        let (value, mut new) = (value?, Vec::new());
        let done = replace(part, value, &mut new);
        outcome = outcome.and(done);
        match done {
            Outcome::Unchanged => Some(value.to_vec()),
            Outcome::Masked | Outcome::Fallback => Some(new),
            Outcome::Null | Outcome::FallbackNull => None,
        }
    };
    match format {
        Format::Text => {
            let mut rest = cell;
            while !rest.is_empty() {
                let key = string(&mut rest)?;
                rest = rest.strip_prefix(b"=>")?;
                let value = match rest.strip_prefix(b"NULL") {
                    Some(after) => {
                        rest = after;
                        None
                    }
                    None => Some(string(&mut rest)?),
                };
                let key = replaced(KEY, Some(&key))?;
                let value = replaced(VALUE, value.as_deref());
                write_pair(&key, value.as_deref(), out);
                if !rest.is_empty() {
                    rest = rest.strip_prefix(b", ")?;
                    out.extend_from_slice(b", ");
                }
            }
        }
        Format::Binary => {
            let mut rest = cell;
            let count = word(&mut rest)?;
            out.extend_from_slice(&count.to_be_bytes());
            for _ in 0..count {
                let key = replaced(KEY, Some(counted(&mut rest)??))?;
                write_counted(&key, out)?;
                match replaced(VALUE, counted(&mut rest)?) {
                    Some(value) => write_counted(&value, out)?,
                    None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
                }
            }
            rest.is_empty().then_some(())?;
        }
    }
    Some(outcome)
}

fn write_pair(key: &[u8], value: Option<&[u8]>, out: &mut Vec<u8>) {
    write_quoted(key, out);
    out.extend_from_slice(b"=>");
    match value {
        Some(value) => write_quoted(value, out),
        None => out.extend_from_slice(b"NULL"),
    }
}

/// Reads a string in double quotes; `hstore_out` quotes every one.
fn string(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let mut value = Vec::new();
    let mut bytes = rest.strip_prefix(b"\"")?.iter();
    loop {
        match bytes.next()? {
            b'"' => {
                *rest = bytes.as_slice();
                return Some(value);
            }
            b'\\' => value.push(*bytes.next()?),
            other => value.push(*other),
        }
    }
}

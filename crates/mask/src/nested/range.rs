//! Ranges and multiranges: `[1,5)`, `{[1,5),[7,9)}` (`range_out` of PostgreSQL's rangetypes.c); in
//! binary flags, then each bound that is there after its length.

use super::{ReplacePart, counted, quoted, word, write_counted, write_quoted};
use crate::value::typed;
use crate::{Format, Outcome, Shape};
use std::cmp::Ordering;

/// Flags of the binary format (`utils/rangetypes.h`).
const EMPTY: u8 = 0x01;
const LOWER_INCLUSIVE: u8 = 0x02;
const UPPER_INCLUSIVE: u8 = 0x04;
const LOWER_INFINITE: u8 = 0x08;
const UPPER_INFINITE: u8 = 0x10;

/// A range as it was read.
struct Range {
    flags: u8,
    lower: Option<Vec<u8>>,
    upper: Option<Vec<u8>>,
}

/// Copies a range over `bound` with its bounds replaced, the lower one first; `None`: it is not
/// one, or a bound became NULL or cannot be compared.
pub(crate) fn rewrite(
    (cell, format): (&[u8], Format),
    bound: &Shape,
    out: &mut Vec<u8>,
    replace: &mut ReplacePart<'_>,
) -> Option<Outcome> {
    let mut rest = cell;
    let range = read(&mut rest, format)?;
    let outcome = write_masked(range, (bound, format), out, replace)?;
    rest.is_empty().then_some(outcome)
}

/// As [`rewrite`], for a multirange; the server joins ranges that now overlap.
pub(crate) fn rewrite_multi(
    (cell, format): (&[u8], Format),
    bound: &Shape,
    out: &mut Vec<u8>,
    replace: &mut ReplacePart<'_>,
) -> Option<Outcome> {
    let mut outcome = Outcome::Unchanged;
    let mut rest = cell;
    match format {
        Format::Text => {
            rest = rest.strip_prefix(b"{")?;
            out.push(b'{');
            while rest != b"}" {
                let range = read(&mut rest, format)?;
                outcome = outcome.and(write_masked(range, (bound, format), out, replace)?);
                if let Some(after) = rest.strip_prefix(b",") {
                    rest = after;
                    out.push(b',');
                }
            }
            out.push(b'}');
        }
        Format::Binary => {
            let count = word(&mut rest)?;
            out.extend_from_slice(&count.to_be_bytes());
            for _ in 0..count {
                let mut inner = counted(&mut rest)??;
                let range = read(&mut inner, format)?;
                let mut new = Vec::new();
                outcome = outcome.and(write_masked(range, (bound, format), &mut new, replace)?);
                write_counted(&new, out)?;
                inner.is_empty().then_some(())?;
            }
            rest.is_empty().then_some(())?;
        }
    }
    Some(outcome)
}

fn read(rest: &mut &[u8], format: Format) -> Option<Range> {
    match format {
        Format::Text => read_text(rest),
        Format::Binary => read_binary(rest),
    }
}

fn read_text(rest: &mut &[u8]) -> Option<Range> {
    if let Some(after) = rest.strip_prefix(b"empty") {
        *rest = after;
        return Some(Range {
            flags: EMPTY,
            lower: None,
            upper: None,
        });
    }
    let (open, after) = rest.split_first()?;
    *rest = after;
    let lower = read_bound(rest, b",")?;
    *rest = rest.strip_prefix(b",")?;
    let upper = read_bound(rest, b")]")?;
    let (close, after) = rest.split_first()?;
    *rest = after;
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    let known = matches!(open, b'[' | b'(') && matches!(close, b']' | b')');
    known.then(|| Range {
        flags: flag(*open == b'[', LOWER_INCLUSIVE)
            | flag(*close == b']', UPPER_INCLUSIVE)
            | flag(lower.is_none(), LOWER_INFINITE)
            | flag(upper.is_none(), UPPER_INFINITE),
        lower,
        upper,
    })
}

/// No byte at all is no bound.
fn read_bound(rest: &mut &[u8], ends: &[u8]) -> Option<Option<Vec<u8>>> {
    if ends.contains(rest.first()?) {
        return Some(None);
    }
    quoted(rest, ends).map(Some)
}

fn read_binary(rest: &mut &[u8]) -> Option<Range> {
    let (flags, after) = rest.split_first()?;
    *rest = after;
    let mut bound = |absent: u8| {
        if flags & (EMPTY | absent) != 0 {
            return Some(None);
        }
        counted(rest)?.map(|bound| Some(bound.to_vec()))
    };
    Some(Range {
        flags: *flags,
        lower: bound(LOWER_INFINITE)?,
        upper: bound(UPPER_INFINITE)?,
    })
}

fn write_masked(
    mut range: Range,
    (bound, format): (&Shape, Format),
    out: &mut Vec<u8>,
    replace: &mut ReplacePart<'_>,
) -> Option<Outcome> {
    let mut outcome = Outcome::Unchanged;
    for (place, side) in [&mut range.lower, &mut range.upper].into_iter().enumerate() {
        let Some(value) = side else { continue };
        let mut new = Vec::new();
        let replaced = replace(place, value, &mut new);
        match replaced {
            Outcome::Unchanged => {}
            Outcome::Masked | Outcome::Fallback => *value = new,
            Outcome::Null | Outcome::FallbackNull => return None,
        }
        outcome = outcome.and(replaced);
    }
    if let (Some(lower), Some(upper), true) =
        (&range.lower, &range.upper, outcome != Outcome::Unchanged)
        && typed::order(bound, format, lower, upper)? == Ordering::Greater
    {
        std::mem::swap(&mut range.lower, &mut range.upper);
    }
    match format {
        Format::Text => write_text(&range, out),
        Format::Binary => write_binary(&range, out)?,
    }
    Some(outcome)
}

fn write_text(range: &Range, out: &mut Vec<u8>) {
    if range.flags & EMPTY != 0 {
        out.extend_from_slice(b"empty");
        return;
    }
    let sign = |flag: u8, yes: u8, no: u8| if range.flags & flag != 0 { yes } else { no };
    out.push(sign(LOWER_INCLUSIVE, b'[', b'('));
    range
        .lower
        .iter()
        .for_each(|bound| write_quoted(bound, out));
    out.push(b',');
    range
        .upper
        .iter()
        .for_each(|bound| write_quoted(bound, out));
    out.push(sign(UPPER_INCLUSIVE, b']', b')'));
}

fn write_binary(range: &Range, out: &mut Vec<u8>) -> Option<()> {
    out.push(range.flags);
    for bound in range.lower.iter().chain(&range.upper) {
        write_counted(bound, out)?;
    }
    Some(())
}

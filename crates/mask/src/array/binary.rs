//! Arrays in binary format (`array_send` of PostgreSQL's arrayfuncs.c): number of dimensions,
//! whether there are NULLs, OID of the element type, length and lower bound of each dimension,
//! then each element after its length, -1 for NULL.

use super::{Element, Replace};
use crate::Outcome;

const NULL: i32 = -1;
/// MAXDIM of PostgreSQL.
const MAX_DIMENSIONS: usize = 6;
/// Offset of the word that says whether there are NULLs.
const HAS_NULLS: usize = 4;

/// The words before the dimensions.
pub(crate) fn header(dimensions: i32, element_oid: u32) -> Vec<u8> {
    [dimensions.to_be_bytes(), [0; 4], element_oid.to_be_bytes()].concat()
}

/// An array of the one element `value`.
pub(crate) fn single(value: &[u8], element_oid: u32) -> Vec<u8> {
    let mut out = header(1, element_oid);
    out.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 1]);
    // INVARIANT: values here are constants of a few bytes.
    let length = i32::try_from(value.len()).unwrap_or(0);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(value);
    out
}

/// Copies the array `cell` with its elements replaced; `None`: not an array, `out` is spoilt.
pub(crate) fn rewrite(
    cell: &[u8],
    out: &mut Vec<u8>,
    replace: &mut Replace<'_>,
) -> Option<Outcome> {
    let begin = out.len();
    let dimensions = usize::try_from(word(cell, 0)?)
        .ok()
        .filter(|n| *n <= MAX_DIMENSIONS)?;
    let mut place = 12 + 8 * dimensions;
    out.extend_from_slice(cell.get(..place)?);
    let mut outcome = Outcome::Unchanged;
    while place < cell.len() {
        let length = word(cell, place)?;
        place += 4;
        if length == NULL {
            out.extend_from_slice(&NULL.to_be_bytes());
            continue;
        }
        let end = place.checked_add(usize::try_from(length).ok()?)?;
        let element = Element {
            value: cell.get(place..end)?,
            start: place,
            end,
        };
        let replaced = rewrite_element(element, out, replace)?;
        if replaced.is_null() {
            out.get_mut(begin + HAS_NULLS..)?
                .get_mut(..4)?
                .copy_from_slice(&1_i32.to_be_bytes());
        }
        outcome = outcome.and(replaced);
        place = end;
    }
    Some(outcome)
}

fn rewrite_element(
    element: Element<'_>,
    out: &mut Vec<u8>,
    replace: &mut Replace<'_>,
) -> Option<Outcome> {
    let at = out.len();
    out.extend_from_slice(&NULL.to_be_bytes());
    let outcome = replace(element, out);
    if outcome == Outcome::Unchanged {
        out.extend_from_slice(element.value);
    }
    if !outcome.is_null() {
        let length = i32::try_from(out.len().checked_sub(at + 4)?).ok()?;
        out.get_mut(at..)?
            .get_mut(..4)?
            .copy_from_slice(&length.to_be_bytes());
    }
    Some(outcome)
}

fn word(cell: &[u8], at: usize) -> Option<i32> {
    let (bytes, _) = cell.get(at..)?.split_first_chunk::<4>()?;
    Some(i32::from_be_bytes(*bytes))
}

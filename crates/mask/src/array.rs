//! Arrays: element by element, their structure kept.

pub(crate) mod binary;
pub(crate) mod text;

use crate::Outcome;

/// What replaces one element: given its bytes and where they lie in the cell; appends the new
/// bytes.
pub(crate) type Replace<'a> = dyn FnMut(Element<'_>, &mut Vec<u8>) -> Outcome + 'a;

/// One element that is not NULL.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    /// Its bytes, quotes and escapes removed.
    pub(crate) value: &'a [u8],
    /// Where it begins in the cell.
    pub(crate) start: usize,
    /// Where it ends in the cell.
    pub(crate) end: usize,
}

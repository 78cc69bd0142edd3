//! Values other than text: read from either format, masked, written in the same format.

pub(crate) mod bits;
pub(crate) mod bytes;
pub(crate) mod date;
pub(crate) mod decimal;
pub(crate) mod digits;
pub(crate) mod float;
pub(crate) mod hardware;
pub(crate) mod integer;
pub(crate) mod label;
pub(crate) mod money;
pub(crate) mod network;
pub(crate) mod numeric;
pub(crate) mod time;
pub(crate) mod timestamp;
pub(crate) mod typed;
pub(crate) mod uuid;

use crate::Format;
use crate::key::Prf;
use crate::masker::Action;

/// What a value is masked with.
#[derive(Clone, Copy)]
pub(crate) struct Masking<'a> {
    pub(crate) action: Action,
    pub(crate) format: Format,
    pub(crate) prf: &'a Prf,
}

/// The bytes of a cell as ASCII or UTF-8 text.
pub(crate) fn as_text(cell: &[u8]) -> Option<&str> {
    std::str::from_utf8(cell).ok()
}

/// The bytes of a cell of exactly N bytes.
pub(crate) fn as_array<const N: usize>(cell: &[u8]) -> Option<[u8; N]> {
    <[u8; N]>::try_from(cell).ok()
}

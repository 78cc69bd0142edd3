//! Text as a value: by the entity that it is, or by its characters.

mod form;
pub(crate) mod partial;

pub(crate) use form::Form;

use crate::Outcome;
use crate::key::Prf;
use crate::limit::Limit;
use crate::masker::Action;
use crate::pseudonym;
use crate::value::{Masking, as_text};
use detect::Entity;

/// The mark of a redacted value of no known entity.
pub(crate) const REDACTED: &str = "[REDACTED]";

/// Masks a text cell; an empty one, and a mark of ours, stay. `None`: the cell is not UTF-8.
pub(crate) fn mask(
    masking: Masking<'_>,
    limit: Limit,
    cell: &[u8],
    out: &mut Vec<u8>,
) -> Option<Outcome> {
    let text = as_text(cell)?;
    if is_blank(cell) {
        return Some(Outcome::Unchanged);
    }
    let start = out.len();
    write(masking.action, text, masking.prf, out);
    limit.fit(out, start);
    Some(Outcome::Masked)
}

/// Appends the masked form of `text`.
pub(crate) fn write(action: Action, text: &str, prf: &Prf, out: &mut Vec<u8>) {
    let text = text.trim();
    if is_mark(text) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    match action {
        Action::Partial(entity) => partial::write(entity, text, prf, out),
        Action::Pseudonym(entity) => pseudonym::write(entity, text, prf, out),
    }
}

/// The mark that takes the place of an entity: `[EMAIL_ADDRESS]`.
pub(crate) fn write_mark(entity: Entity, out: &mut Vec<u8>) {
    out.push(b'[');
    out.extend_from_slice(entity.name().as_bytes());
    out.push(b']');
}

/// Whether a cell is empty; the blanks of `char(n)` and the zero byte of `"char"` are no content.
pub(crate) fn is_blank(cell: &[u8]) -> bool {
    cell.iter().all(|byte| matches!(byte, b' ' | 0))
}

/// Whether the text is a mark of ours, which says nothing.
pub(crate) fn is_mark(text: &str) -> bool {
    let name = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    text == REDACTED || name.is_some_and(|name| Entity::from_name(name).is_some())
}

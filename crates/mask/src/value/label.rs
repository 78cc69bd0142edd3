//! Enums: written as their label in both formats.

use super::{Masking, as_text};
use crate::Outcome;
use crate::key::Draw;
use crate::masker::Action;

/// Gives another label of the enum, or NULL where there is none; `None`: not a label, or the
/// operator has no form for enums.
pub(crate) fn mask(
    masking: Masking<'_>,
    labels: &[String],
    cell: &[u8],
    out: &mut Vec<u8>,
) -> Option<Outcome> {
    let label = as_text(cell)?;
    match masking.action {
        Action::Partial(_) => return None,
        Action::Pseudonym(_) => {}
    }
    let place = labels.iter().position(|other| other == label)?;
    let others = u16::try_from(labels.len() - 1).ok()?;
    if others == 0 {
        return Some(Outcome::Null);
    }
    let drawn = usize::from(masking.prf.draw(Draw::Label, cell).below(others));
    let drawn = if drawn < place { drawn } else { drawn + 1 };
    out.extend_from_slice(labels.get(drawn)?.as_bytes());
    Some(Outcome::Masked)
}

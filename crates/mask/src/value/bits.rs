//! `bit(n)` and `varbit`: `101`; in binary the number of bits, then their octets.

use super::Masking;
use crate::key::Draw;
use crate::masker::Action;
use crate::{Format, Outcome};

/// Longer strings of bits are not drawn: they are data of another kind, and cost too much.
const MOST_BITS: usize = 1024;

/// Draws as many bits; none stay none. `None`: the cell is not bits, too long, or the operator has
/// no form for them.
pub(crate) fn mask(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
    match masking.action {
        Action::Partial(_) => return None,
        Action::Pseudonym(_) => {}
    }
    let bits = read(masking.format, cell)?;
    if bits.is_empty() {
        return Some(Outcome::Unchanged);
    }
    let mut stream = masking.prf.draw(Draw::Bits, &bits);
    let drawn: Vec<u8> = bits.iter().map(|_| stream.pick(b"01")).collect();
    write(&drawn, masking.format, out)?;
    Some(Outcome::Masked)
}

/// The bits as digits.
fn read(format: Format, cell: &[u8]) -> Option<Vec<u8>> {
    let bits = match format {
        Format::Text => cell.to_vec(),
        Format::Binary => {
            let (count, octets) = cell.split_first_chunk::<4>()?;
            let count = usize::try_from(i32::from_be_bytes(*count)).ok()?;
            let known = count <= MOST_BITS && octets.len() == count.div_ceil(8);
            let bit = |place: usize| {
                let octet = octets.get(place / 8).copied().unwrap_or_default();
                b'0' + (octet >> (7 - place % 8) & 1)
            };
            known.then(|| (0..count).map(bit).collect())?
        }
    };
    let known = bits.len() <= MOST_BITS && bits.iter().all(|bit| matches!(bit, b'0' | b'1'));
    known.then_some(bits)
}

/// Appends bits given as digits.
pub(crate) fn write(bits: &[u8], format: Format, out: &mut Vec<u8>) -> Option<()> {
    match format {
        Format::Text => out.extend_from_slice(bits),
        Format::Binary => {
            out.extend_from_slice(&i32::try_from(bits.len()).ok()?.to_be_bytes());
            out.extend(bits.chunks(8).map(|chunk| {
                let octet = chunk.iter().fold(0, |octet, bit| octet << 1 | (bit & 1));
                octet << (8 - chunk.len())
            }));
        }
    }
    Some(())
}

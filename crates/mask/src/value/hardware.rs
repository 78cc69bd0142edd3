//! `macaddr` and `macaddr8`, and hardware addresses inside text.

use super::{Masking, as_array, as_text, digits};
use crate::Format;
use crate::key::{Draw, Prf};
use crate::masker::Action;
use smallvec::SmallVec;

/// Bit of the first octet that says "locally administered" (IEEE 802), never a vendor's.
const LOCAL: u8 = 2;
/// Octets of the longer kind, EUI-64.
const LONGEST: usize = 8;
/// Bit of the first octet that says "group address".
const GROUP: u8 = 1;

/// Masks an address of N octets; `None`: the cell is not one.
pub(crate) fn mask<const N: usize>(
    masking: Masking<'_>,
    cell: &[u8],
    out: &mut Vec<u8>,
) -> Option<()> {
    let octets: [u8; N] = match masking.format {
        Format::Text => as_array(&parse(as_text(cell)?)?)?,
        Format::Binary => as_array(cell)?,
    };
    let masked = masked(masking.action, &octets, masking.prf);
    match masking.format {
        Format::Text => {
            for (place, octet) in masked.iter().enumerate() {
                if place > 0 {
                    out.push(b':');
                }
                out.extend_from_slice(&digits::of_octet(*octet));
            }
        }
        Format::Binary => out.extend_from_slice(&masked),
    }
    Some(())
}

/// Octets of an address of either length.
type Octets = SmallVec<[u8; LONGEST]>;

/// The vendor's three octets stay, or a locally administered address is drawn.
fn masked(action: Action, octets: &[u8], prf: &Prf) -> Octets {
    match action {
        Action::Partial(_) => {
            let vendor = octets.iter().take(3).copied();
            vendor
                .chain(std::iter::repeat(0))
                .take(octets.len())
                .collect()
        }
        Action::Pseudonym(_) => {
            let mut stream = prf.draw(Draw::HardwareAddress, octets);
            let first = (stream.byte() | LOCAL) & !GROUP;
            std::iter::once(first)
                .chain((1..octets.len()).map(|_| stream.byte()))
                .collect()
        }
    }
}

/// Reads pairs of hexadecimal digits between `:`, `-` or `.`; `None` also for more than
/// [`LONGEST`] octets.
fn parse(text: &str) -> Option<Octets> {
    let mut octets = Octets::new();
    let mut high = None;
    for byte in text.bytes() {
        if matches!(byte, b':' | b'-' | b'.') {
            continue;
        }
        let digit = u8::try_from(char::from(byte).to_digit(16)?).ok()?;
        match high.take() {
            None => high = Some(digit),
            Some(high) if octets.len() < LONGEST => octets.push(high << 4 | digit),
            Some(_) => return None,
        }
    }
    high.is_none().then_some(octets)
}

/// Appends an address inside text masked, its separators kept; `None`: it is not one.
pub(crate) fn mask_in_text(action: Action, text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
    let octets = parse(text).filter(|octets| matches!(octets.len(), 6 | 8))?;
    let masked = masked(action, &octets, prf);
    let mut digits = masked.iter().flat_map(|octet| digits::of_octet(*octet));
    out.extend(text.bytes().map(|byte| {
        if byte.is_ascii_hexdigit() {
            digits.next().unwrap_or(b'0')
        } else {
            byte
        }
    }));
    Some(())
}

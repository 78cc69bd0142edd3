//! `macaddr` and `macaddr8`, and hardware addresses inside text.

use super::{Masking, as_array, as_text};
use crate::Format;
use crate::key::{Draw, Prf};
use crate::masker::Action;

/// Bit of the first octet that says "locally administered" (IEEE 802), never a vendor's.
const LOCAL: u8 = 2;
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
            let octets: Vec<String> = masked.iter().map(|octet| format!("{octet:02x}")).collect();
            out.extend_from_slice(octets.join(":").as_bytes());
        }
        Format::Binary => out.extend_from_slice(&masked),
    }
    Some(())
}

/// The vendor's three octets stay, or a locally administered address is drawn.
fn masked(action: Action, octets: &[u8], prf: &Prf) -> Vec<u8> {
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

/// Reads pairs of hexadecimal digits between `:`, `-` or `.`.
fn parse(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b':' | b'-' | b'.'))
        .collect();
    let octet = |pair: &[u8]| u8::from_str_radix(as_text(pair)?, 16).ok();
    let hexadecimal = digits.iter().all(u8::is_ascii_hexdigit) && digits.len().is_multiple_of(2);
    hexadecimal
        .then(|| digits.chunks(2).map(octet).collect())
        .flatten()
}

/// Masks an address inside text, its separators kept; `None`: it is not one.
pub(crate) fn mask_in_text(action: Action, text: &str, prf: &Prf) -> Option<String> {
    let octets = parse(text).filter(|octets| matches!(octets.len(), 6 | 8))?;
    let digits: String = masked(action, &octets, prf)
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    let mut digits = digits.chars();
    Some(
        text.chars()
            .map(|c| {
                if c.is_ascii_hexdigit() {
                    digits.next().unwrap_or('0')
                } else {
                    c
                }
            })
            .collect(),
    )
}

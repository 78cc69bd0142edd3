//! `bytea`: there is no part of it that could be shown.

use super::{Masking, as_text, digits};
use crate::key::Draw;
use crate::masker::Action;
use crate::{Format, Outcome};

/// Octets of a pseudonym, whatever the length of the value.
const LENGTH: usize = 16;

/// Masks octets; none stay none. `None`: the cell is not a bytea, or has no such form.
pub(crate) fn mask(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
    let octets = read(masking.format, cell)?;
    if octets.is_empty() {
        return Some(Outcome::Unchanged);
    }
    let masked: [u8; LENGTH] = match masking.action {
        Action::Partial(_) => return None,
        Action::Pseudonym(_) => masking.prf.draw(Draw::Bytes, &octets).fill(),
    };
    write(&masked, masking.format, out);
    Some(Outcome::Masked)
}

/// Reads octets; `None`: the cell is not a bytea.
pub(crate) fn read(format: Format, cell: &[u8]) -> Option<Vec<u8>> {
    match format {
        Format::Text => parse(as_text(cell)?),
        Format::Binary => Some(cell.to_vec()),
    }
}

/// Appends octets; in text in the hexadecimal form, which every setting reads.
pub(crate) fn write(octets: &[u8], format: Format, out: &mut Vec<u8>) {
    match format {
        Format::Text => {
            out.extend_from_slice(b"\\x");
            octets
                .iter()
                .for_each(|octet| out.extend_from_slice(&digits::of_octet(*octet)));
        }
        Format::Binary => out.extend_from_slice(octets),
    }
}

/// Reads both output forms; in the escape form a leading backslash is doubled, so `\x` is only
/// ever the hexadecimal one.
fn parse(text: &str) -> Option<Vec<u8>> {
    match text.strip_prefix("\\x") {
        Some(digits) if digits.len() % 2 == 0 => digits
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(as_text(pair)?, 16).ok())
            .collect(),
        Some(_) => None,
        None => parse_escapes(text.as_bytes()),
    }
}

/// Reads `\\` and `\ooo`.
fn parse_escapes(mut text: &[u8]) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len());
    loop {
        text = match text {
            [] => return Some(octets),
            [b'\\', b'\\', rest @ ..] => {
                octets.push(b'\\');
                rest
            }
            [
                b'\\',
                high @ b'0'..=b'3',
                middle @ b'0'..=b'7',
                low @ b'0'..=b'7',
                rest @ ..,
            ] => {
                octets.push(((high - b'0') << 6) | ((middle - b'0') << 3) | (low - b'0'));
                rest
            }
            [b'\\', ..] => return None,
            [octet, rest @ ..] => {
                octets.push(*octet);
                rest
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_output_forms_are_read() {
        for (text, octets) in [
            ("\\x00ff41", Some(vec![0, 255, b'A'])),
            ("\\000\\377A", Some(vec![0, 255, b'A'])),
            ("a\\\\x41", Some(b"a\\x41".to_vec())),
            ("\\x0", None),
            ("\\xzz", None),
            ("a\\8", None),
        ] {
            assert_eq!(parse(text), octets, "{text}");
        }
    }
}

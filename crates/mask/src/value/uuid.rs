//! `uuid`.

use super::{Masking, as_array, as_text, digits};
use crate::Format;
use crate::key::{Draw, Prf};
use crate::masker::Action;

/// Octets of a uuid before the seal.
const BODY: usize = 12;

/// Masks a uuid; `None`: the cell is not one.
pub(crate) fn mask(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let uuid = read(masking.format, cell)?;
    let masked = match masking.action {
        Action::Partial(_) => partial(uuid),
        Action::Pseudonym(_) => pseudonym(uuid, masking.prf),
    };
    write(masked, masking.format, out);
    Some(())
}

/// Reads a uuid; `None`: the cell is not one.
pub(crate) fn read(format: Format, cell: &[u8]) -> Option<[u8; 16]> {
    match format {
        Format::Text => parse(as_text(cell)?),
        Format::Binary => as_array(cell),
    }
}

/// Appends a uuid.
pub(crate) fn write(uuid: [u8; 16], format: Format, out: &mut Vec<u8>) {
    match format {
        Format::Text => write_text(uuid, out),
        Format::Binary => out.extend_from_slice(&uuid),
    }
}

fn parse(text: &str) -> Option<[u8; 16]> {
    if text.len() != 36 {
        return None;
    }
    let mut digits = text.bytes().filter(|byte| *byte != b'-');
    let mut uuid = [0; 16];
    for octet in &mut uuid {
        *octet = (digits::hexadecimal(digits.next()?)? << 4) | digits::hexadecimal(digits.next()?)?;
    }
    digits.next().is_none().then_some(uuid)
}

fn write_text(uuid: [u8; 16], out: &mut Vec<u8>) {
    for (place, octet) in uuid.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.extend_from_slice(&digits::of_octet(*octet));
    }
}

/// Marks octets as version 8, variant 10 (RFC 9562), so that no generator's uuid is imitated.
fn version_8(mut uuid: [u8; 16]) -> [u8; 16] {
    for (place, octet) in uuid.iter_mut().enumerate() {
        match place {
            6 => *octet = 0x80 | (*octet & 0x0f),
            8 => *octet = 0x80 | (*octet & 0x3f),
            _ => {}
        }
    }
    uuid
}

/// The first four digits stay, the rest is zero.
fn partial(uuid: [u8; 16]) -> [u8; 16] {
    let mut masked = [0; 16];
    for (to, from) in masked.iter_mut().zip(uuid).take(2) {
        *to = from;
    }
    version_8(masked)
}

/// A uuid drawn from the value, the last four octets sealed by the key: a pseudonym is known by
/// its seal and stays when it is masked again.
pub(crate) fn pseudonym(uuid: [u8; 16], prf: &Prf) -> [u8; 16] {
    if version_8(uuid) == uuid && sealed(uuid, prf) == uuid {
        return uuid;
    }
    sealed(version_8(prf.draw(Draw::Uuid, &uuid).fill()), prf)
}

fn sealed(mut uuid: [u8; 16], prf: &Prf) -> [u8; 16] {
    let (body, seal) = uuid.split_at_mut(BODY);
    let mut stream = prf.draw(Draw::UuidSeal, body);
    seal.iter_mut().for_each(|octet| *octet = stream.byte());
    uuid
}

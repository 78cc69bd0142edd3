//! `uuid`.

use super::{Masking, as_array, as_text};
use crate::Format;
use crate::key::{Draw, Prf};
use crate::masker::Action;

/// Octets of a uuid before the seal.
const BODY: usize = 12;

/// Masks a uuid; `None`: the cell is not one.
pub(crate) fn mask(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let uuid: [u8; 16] = match masking.format {
        Format::Text => parse(as_text(cell)?)?,
        Format::Binary => as_array(cell)?,
    };
    let masked = match masking.action {
        Action::Partial(_) => partial(uuid),
        Action::Pseudonym(_) => pseudonym(uuid, masking.prf),
    };
    match masking.format {
        Format::Text => out.extend_from_slice(text(masked).as_bytes()),
        Format::Binary => out.extend_from_slice(&masked),
    }
    Some(())
}

fn parse(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let well_formed = text.len() == 36
        && digits.len() == 32
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let value = well_formed
        .then(|| u128::from_str_radix(&digits, 16).ok())
        .flatten()?;
    Some(value.to_be_bytes())
}

fn text(uuid: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (place, octet) in uuid.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{octet:02x}"));
    }
    text
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
fn pseudonym(uuid: [u8; 16], prf: &Prf) -> [u8; 16] {
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

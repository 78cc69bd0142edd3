//! United States social security numbers (SSA, randomised since 2011: ranges only, no check digit).

use super::number::{Number, Separator};
use crate::Entity;
use crate::context::Topics;
use crate::span::Candidates;

const DASHED: u8 = 85;
const WITH_WORD: u8 = 92;
const AFTER_REFERENCE_WORD: u8 = 45;

/// Numbers that were printed in advertisements.
const PRINTED: [&[u8]; 2] = [b"078051120", b"219099999"];

/// Three, two and four digits: with dashes anywhere, with blanks only where a word says so.
pub(super) fn grouped(number: &Number<'_, '_>, found: &mut Candidates) {
    let groups = number.groups();
    let [area, group, serial, rest @ ..] = groups.as_slice() else {
        return;
    };
    let sizes = (area.len(), group.len(), serial.len()) == (3, 2, 4);
    if !sizes || group.separator != serial.separator {
        return;
    }
    let text = number.text;
    let longer = rest
        .first()
        .is_some_and(|next| next.separator == Separator::Dash)
        || text.before(area.start) == Some(b'-');
    if longer || !text.starts_number(area.start) || !text.ends_number(serial.end) {
        return;
    }
    let mut digits = [0; 9];
    let written = text
        .slice(area.start, serial.end)
        .iter()
        .filter(|byte| byte.is_ascii_digit());
    digits
        .iter_mut()
        .zip(written)
        .for_each(|(digit, byte)| *digit = *byte);
    let context = text.context(area.start, serial.end);
    let score = match group.separator {
        _ if context.introduces(Topics::REFERENCE) => AFTER_REFERENCE_WORD,
        _ if context.mentions(Topics::SSN) => WITH_WORD,
        Separator::Dash => DASHED,
        Separator::First | Separator::Blank | Separator::Dot => 0,
    };
    if is_issued(&digits) {
        found.add(area.start, serial.end, Entity::UsSsn, score);
    }
}

/// Nine digits, where a word or the column says so.
pub(super) fn bare(number: &Number<'_, '_>, found: &mut Candidates) {
    let Number { text, start, end } = *number;
    let free = text.starts_number(start) && text.ends_number(end);
    if !free || !is_issued(number.digits()) {
        return;
    }
    let context = text.context(start, end);
    if context.mentions(Topics::SSN) && !context.introduces(Topics::REFERENCE) {
        found.add(start, end, Entity::UsSsn, WITH_WORD);
    }
}

fn is_issued(digits: &[u8]) -> bool {
    let [area @ .., g1, g2, s1, s2, s3, s4] = digits else {
        return false;
    };
    let area_in_use =
        area.len() == 3 && area != b"000" && area != b"666" && area.first() != Some(&b'9');
    let group_in_use = [*g1, *g2] != *b"00";
    let serial_in_use = [*s1, *s2, *s3, *s4] != *b"0000";
    area_in_use && group_in_use && serial_in_use && !PRINTED.contains(&digits)
}

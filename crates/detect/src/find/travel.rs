//! Machine-readable zones of passports and identity cards (ICAO 9303, parts 4 to 6).

use crate::Entity;
use crate::checksum::icao;
use crate::span::Candidates;
use crate::survey::Survey;
use crate::text::Text;

/// Three check digits are right.
const SCORE: u8 = 99;

/// Lengths of the lines of formats TD1, TD2 and TD3.
const LENGTHS: [usize; 3] = [30, 36, 44];

/// Places of checked fields: where each begins and how long it is; its check digit follows.
const TD1_UPPER: &[(usize, usize)] = &[(5, 9)];
const TD1_MIDDLE: &[(usize, usize)] = &[(0, 6), (8, 6)];
const LOWER: &[(usize, usize)] = &[(0, 9), (13, 6), (21, 6)];

/// Bytes between lines: a line break, also as an escape.
const LONGEST_BREAK: usize = 2;

/// Whether there are long words and the digits of two dates.
pub(crate) fn may_find(survey: &Survey) -> bool {
    survey.long_word && survey.digits >= 12
}

/// Reads every line of the right length; lines that follow each other are one span.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    let mut zone = None;
    for place in memchr::memmem::find_iter(text.bytes, b"<") {
        if zone.is_some_and(|zone: Zone| place < zone.end) {
            continue;
        }
        let start = text.run_start(place, 44, of_zone);
        let end = place
            + text
                .rest(place, 45)
                .iter()
                .take_while(|byte| of_zone(**byte))
                .count();
        let line = text.slice(start, end);
        if !LENGTHS.contains(&line.len()) {
            continue;
        }
        let joined = zone.filter(|zone| start - zone.end <= LONGEST_BREAK);
        let joined = joined.filter(|zone| zone.width == line.len());
        let next = Zone {
            start: joined.map_or(start, |zone| zone.start),
            end,
            width: line.len(),
            checked: is_checked(line) || joined.is_some_and(|zone| zone.checked),
        };
        if joined.is_none() {
            note(zone, found);
        }
        zone = Some(next);
    }
    note(zone, found);
}

/// Lines in a row.
#[derive(Clone, Copy)]
struct Zone {
    start: usize,
    end: usize,
    width: usize,
    checked: bool,
}

fn note(zone: Option<Zone>, found: &mut Candidates) {
    if let Some(zone) = zone.filter(|zone| zone.checked) {
        found.add(zone.start, zone.end, Entity::Passport, SCORE);
    }
}

fn of_zone(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<'
}

/// Whether the check digits of a line are right: document number and dates.
fn is_checked(line: &[u8]) -> bool {
    let right = |fields: &[(usize, usize)]| {
        fields.iter().all(|(start, length)| {
            let field = line.get(*start..start + length).unwrap_or_default();
            let digit = line.get(start + length).copied().unwrap_or_default();
            digit.is_ascii_digit() && icao(field) == Some(digit - b'0')
        })
    };
    match line.len() {
        30 => right(TD1_MIDDLE) || (line.first() == Some(&b'I') && right(TD1_UPPER)),
        _ => right(LOWER),
    }
}

//! Magnetic stripes of payment cards (ISO/IEC 7813): track 1 `%B…^…^…?` and track 2 `;…=…?`.

use super::card;
use crate::Entity;
use crate::span::Candidates;
use crate::survey::Survey;
use crate::text::Text;

/// Above the card number inside: the rest of a stripe is worth more to a thief.
const SCORE: u8 = 99;

/// The shortest card number, the expiry date and the service code.
const FEWEST_DIGITS: u8 = 12 + 4 + 3;

/// The longest track 1 (79 characters, ISO/IEC 7811-2).
const LONGEST: usize = 79;

/// Whether there are digits enough.
pub(crate) fn may_find(survey: &Survey) -> bool {
    survey.digits >= FEWEST_DIGITS
}

/// Reads from every start sentinel.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    for place in memchr::memchr2_iter(b'%', b';', text.bytes) {
        let (digits, separator) = match text.rest(place, 2) {
            [b'%', b'B' | b'b'] => (place + 2, b'^'),
            [b';', _] => (place + 1, b'='),
            _ => continue,
        };
        if let Some(end) = end_of(text, digits, separator) {
            found.add(place, end, Entity::CardTrack, SCORE);
        }
    }
}

/// The end of a stripe whose card number begins at `start`.
fn end_of(text: &Text<'_>, start: usize, separator: u8) -> Option<usize> {
    let window = text.rest(start, LONGEST);
    let length = window
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (number, rest) = window.split_at_checked(length)?;
    let (first, rest) = rest.split_first()?;
    if *first != separator || !card::is_card(number.iter().copied(), length) {
        return None;
    }
    let name = match separator {
        b'^' => rest.iter().position(|byte| *byte == b'^')? + 1,
        _ => 0,
    };
    let data = rest.get(name..)?;
    let digits = data.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // Four digits of the expiry date and three of the service code.
    if digits < 7 {
        return None;
    }
    let of_data = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b' ';
    let data_length = data.iter().take_while(of_data).count();
    let closed = usize::from(data.get(data_length) == Some(&b'?'));
    let length = if closed == 1 { data_length + 1 } else { digits };
    Some(start + number.len() + 1 + name + length)
}

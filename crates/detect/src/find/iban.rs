//! International bank account numbers (ISO 13616): length by country, then ISO 7064 MOD 97-10.

use super::number::Number;
use crate::Entity;
use crate::checksum::mod_97;
use crate::span::Candidates;
use crate::text::{Text, blank_length};

const SCORE: u8 = 98;

/// Lengths of the SWIFT registry, by country.
#[rustfmt::skip] // Rows in lines, not one a line.
const LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16),
    (b"BG", 22), (b"BH", 22), (b"BI", 27), (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22),
    (b"CY", 28), (b"CZ", 24), (b"DE", 22), (b"DJ", 27), (b"DK", 18), (b"DO", 28), (b"EE", 20),
    (b"EG", 29), (b"ES", 24), (b"FI", 18), (b"FK", 18), (b"FO", 18), (b"FR", 27), (b"GB", 22),
    (b"GE", 22), (b"GI", 23), (b"GL", 18), (b"GR", 27), (b"GT", 28), (b"HN", 28), (b"HR", 21),
    (b"HU", 28), (b"IE", 22), (b"IL", 23), (b"IQ", 23), (b"IS", 26), (b"IT", 27), (b"JO", 30),
    (b"KW", 30), (b"KZ", 20), (b"LB", 28), (b"LC", 32), (b"LI", 21), (b"LT", 20), (b"LU", 20),
    (b"LV", 21), (b"LY", 25), (b"MC", 27), (b"MD", 24), (b"ME", 22), (b"MK", 19), (b"MN", 20),
    (b"MR", 27), (b"MT", 31), (b"MU", 30), (b"NI", 28), (b"NL", 18), (b"NO", 15), (b"OM", 23),
    (b"PK", 24), (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24), (b"RS", 22),
    (b"RU", 33), (b"SA", 24), (b"SC", 31), (b"SD", 18), (b"SE", 24), (b"SI", 19), (b"SK", 24),
    (b"SM", 27), (b"SO", 23), (b"ST", 25), (b"SV", 28), (b"TL", 23), (b"TN", 24), (b"TR", 26),
    (b"UA", 29), (b"VA", 22), (b"VG", 24), (b"XK", 20), (b"YE", 30),
];

const LONGEST: usize = 34;

/// Two letters right before a run of two or more digits.
pub(super) fn find(number: &Number<'_, '_>, found: &mut Candidates) {
    let Some(start) = number.start.checked_sub(2) else {
        return;
    };
    let text = number.text;
    let [first, second] = *text.slice(start, number.start) else {
        return;
    };
    let letters = first.is_ascii_alphabetic() && second.is_ascii_alphabetic();
    if !letters || number.end - number.start < 2 || !text.starts_word(start) {
        return;
    }
    let country = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
    let length = LENGTHS
        .iter()
        .find(|(code, _)| **code == country)
        .map(|(_, length)| *length);
    if let Some(end) = length.and_then(|length| end_of(text, start, length)) {
        found.add(start, end, Entity::Iban, SCORE);
    }
}

/// The end of the account at `start` if it has `length` characters and its check digits are right.
fn end_of(text: &Text<'_>, start: usize, length: usize) -> Option<usize> {
    let mut account = [0; LONGEST];
    let mut place = start;
    let account = account.get_mut(..length)?;
    for (count, character) in account.iter_mut().enumerate() {
        if count > 0 && count % 4 == 0 {
            place += separator(text.rest(place, 3));
        }
        *character = text.at(place).filter(u8::is_ascii_alphanumeric)?;
        place += 1;
    }
    let (head, body) = account.split_at_checked(4)?;
    let right = mod_97(body.iter().chain(head).copied()) == 1;
    (right && text.ends_word(place)).then_some(place)
}

/// The length of the separator between groups of four, none included.
fn separator(bytes: &[u8]) -> usize {
    match bytes {
        [b'-', ..] => 1,
        _ => blank_length(bytes).unwrap_or(0),
    }
}

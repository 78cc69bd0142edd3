//! International bank account numbers (ISO 13616): structure by country, then ISO 7064 MOD 97-10.

use super::number::Number;
use crate::Entity;
use crate::checksum::mod_97;
use crate::span::Candidates;
use crate::text::{Text, blank_length};

const SCORE: u8 = 98;

/// Structures of the SWIFT registry (release 101) by country, after the check digits: how many
/// digits (`n`), capitals (`a`) or either (`c`).
#[rustfmt::skip] // Rows in lines, not one a line.
const STRUCTURES: &[(&[u8; 2], &str)] = &[
    (b"AD", "8n12c"), (b"AE", "19n"), (b"AL", "8n16c"), (b"AT", "16n"), (b"AZ", "4a20c"),
    (b"BA", "16n"), (b"BE", "12n"), (b"BG", "4a6n8c"), (b"BH", "4a14c"), (b"BI", "23n"),
    (b"BR", "23n1a1c"), (b"BY", "4c4n16c"), (b"CH", "5n12c"), (b"CR", "18n"), (b"CY", "8n16c"),
    (b"CZ", "20n"), (b"DE", "18n"), (b"DJ", "23n"), (b"DK", "14n"), (b"DO", "4c20n"),
    (b"EE", "16n"), (b"EG", "25n"), (b"ES", "20n"), (b"FI", "14n"), (b"FK", "2a12n"),
    (b"FO", "14n"), (b"FR", "10n11c2n"), (b"GB", "4a14n"), (b"GE", "2a16n"), (b"GI", "4a15c"),
    (b"GL", "14n"), (b"GR", "7n16c"), (b"GT", "24c"), (b"HN", "4a20n"), (b"HR", "17n"),
    (b"HU", "24n"), (b"IE", "4a14n"), (b"IL", "19n"), (b"IQ", "4a15n"), (b"IS", "22n"),
    (b"IT", "1a10n12c"), (b"JO", "4a4n18c"), (b"KW", "4a22c"), (b"KZ", "3n13c"), (b"LB", "4n20c"),
    (b"LC", "4a24c"), (b"LI", "5n12c"), (b"LT", "16n"), (b"LU", "3n13c"), (b"LV", "4a13c"),
    (b"LY", "21n"), (b"MC", "10n11c2n"), (b"MD", "20c"), (b"ME", "18n"), (b"MK", "3n10c2n"),
    (b"MN", "16n"), (b"MR", "23n"), (b"MT", "4a5n18c"), (b"MU", "4a19n3a"), (b"NI", "4a20n"),
    (b"NL", "4a10n"), (b"NO", "11n"), (b"OM", "3n16c"), (b"PK", "4a16c"), (b"PL", "24n"),
    (b"PS", "4a21c"), (b"PT", "21n"), (b"QA", "4a21c"), (b"RO", "4a16c"), (b"RS", "18n"),
    (b"RU", "14n15c"), (b"SA", "2n18c"), (b"SC", "4a20n3a"), (b"SD", "14n"), (b"SE", "20n"),
    (b"SI", "15n"), (b"SK", "20n"), (b"SM", "1a10n12c"), (b"SO", "19n"), (b"ST", "21n"),
    (b"SV", "4a20n"), (b"TL", "19n"), (b"TN", "20n"), (b"TR", "6n16c"), (b"UA", "6n19c"),
    (b"VA", "18n"), (b"VG", "4a16n"), (b"XK", "16n"), (b"YE", "4a4n18c"),
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
    let structure = STRUCTURES.iter().find(|(code, _)| **code == country);
    if let Some(end) = structure.and_then(|(_, structure)| end_of(text, start, structure)) {
        found.add(start, end, Entity::Iban, SCORE);
    }
}

/// The end of the account at `start` if it has this structure and its check digits are right.
fn end_of(text: &Text<'_>, start: usize, structure: &str) -> Option<usize> {
    let mut account = [0; LONGEST];
    let mut length = 0;
    let mut place = start;
    for kind in "aann".bytes().chain(kinds(structure)) {
        if length > 0 && length % 4 == 0 {
            place += separator(text.rest(place, 3));
        }
        let character = text.at(place).filter(|byte| is_of_kind(*byte, kind))?;
        *account.get_mut(length)? = character;
        length += 1;
        place += 1;
    }
    let (head, body) = account.get(..length)?.split_at_checked(4)?;
    let right = mod_97(body.iter().chain(head).copied()) == 1;
    (right && text.ends_word(place)).then_some(place)
}

/// The kind of each character of a structure: `2n1a` is `n`, `n`, `a`.
fn kinds(structure: &str) -> impl Iterator<Item = u8> {
    let counts = structure.split_inclusive(|mark: char| mark.is_ascii_lowercase());
    counts.flat_map(|part| {
        let count = part
            .get(..part.len() - 1)
            .and_then(|count| count.parse().ok());
        std::iter::repeat_n(part.bytes().last().unwrap_or_default(), count.unwrap_or(0))
    })
}

/// Small letters are read as capitals: people write them.
fn is_of_kind(byte: u8, kind: u8) -> bool {
    match kind {
        b'n' => byte.is_ascii_digit(),
        b'a' => byte.is_ascii_alphabetic(),
        _ => byte.is_ascii_alphanumeric(),
    }
}

/// The length of the separator between groups of four, none included.
fn separator(bytes: &[u8]) -> usize {
    match bytes {
        [b'-', ..] => 1,
        _ => blank_length(bytes).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::{STRUCTURES, end_of};
    use crate::text::Text;

    fn is_account(value: &str) -> bool {
        let text = Text {
            bytes: value.as_bytes(),
            hint: None,
            has_letters: true,
        };
        let structure = STRUCTURES
            .iter()
            .find(|(code, _)| value.as_bytes().starts_with(*code));
        structure.and_then(|(_, structure)| end_of(&text, 0, structure)) == Some(value.len())
    }

    #[test]
    fn letters_stand_where_the_country_has_them() {
        for right in ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"] {
            assert!(is_account(right), "{right}");
        }
        // Their check digits are right: a letter for a digit of a German account, and the reverse.
        for wrong in ["DE47370400440532013A00", "GB25123412345698765432"] {
            assert!(!is_account(wrong), "{wrong}");
        }
    }
}

//! What a partial disclosure shows of a text.
//!
//! | form | shown | example |
//! |---|---|---|
//! | e-mail | first letter of the local part and of the domain, top-level domain | `a***@e***.org` |
//! | card | last 4 digits | `**** **** **** 1111` |
//! | phone | country code, last 2 digits | `+49 *** ******01` |
//! | SSN | last 4 digits | `***-**-6789` |
//! | IBAN | country, last 4 characters | `DE** **** **** **** **30 00` |
//! | IP address | network, /24 or /48 | `192.0.2.0` |
//! | hardware address | vendor | `3c:22:fb:00:00:00` |
//! | name | initials | `A*** L***` |
//! | date | year | `1985-01-01` |
//! | secret | nothing | `[JWT]` |
//! | other | a quarter, at most 2 characters | `Ma***` |
//!
//! Addresses aside, at most half of the characters are shown; where a text is too short for its
//! form, less is. A text that does not have the form of its entity is treated as "other".

use super::{Form, write_mark};
use crate::key::MaskKey;
use crate::masker::Action;
use crate::value::date::Day;
use crate::value::{hardware, network};
use detect::Entity;
use std::net::IpAddr;

/// Stands for a hidden part of any length.
const HIDDEN: &str = "***";
/// Words of a name whose initials are shown.
const MAX_INITIALS: usize = 4;

pub(super) fn write(entity: Option<Entity>, text: &str, out: &mut Vec<u8>) {
    let shown = match Form::of(entity) {
        Form::Email => email(text),
        Form::Card => last_digits(text, (12, 19), 4),
        Form::Ssn => last_digits(text, (9, 9), 4),
        Form::Phone => phone(text),
        Form::Iban => iban(text),
        Form::Address => text
            .parse()
            .ok()
            .map(|address: IpAddr| network::partial_address(address).to_string()),
        Form::HardwareAddress => hardware_address(text),
        Form::Name => Some(initials(text)),
        Form::Date => year(text),
        Form::Secret => {
            return entity
                .into_iter()
                .for_each(|entity| write_mark(entity, out));
        }
        Form::Other => None,
    };
    out.extend_from_slice(shown.unwrap_or_else(|| beginning(text)).as_bytes());
}

/// At most a quarter of the text and two characters.
fn beginning(text: &str) -> String {
    let shown = (text.chars().count() / 4).min(2);
    text.chars().take(shown).chain(HIDDEN.chars()).collect()
}

/// Shows, while the half lasts: first letter of the local part, top-level domain, first letter
/// of the domain.
fn email(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let (name, top) = domain.rsplit_once('.')?;
    if local.is_empty() || name.is_empty() || top.is_empty() {
        return None;
    }
    let mut left = text.chars().count() / 2;
    let mut afford = |count: usize, whole: usize| {
        let affordable = count < whole && count <= left;
        left -= if affordable { count } else { 0 };
        affordable
    };
    let first = |part: &str, shown: bool| {
        part.chars()
            .take(usize::from(shown))
            .chain(HIDDEN.chars())
            .collect::<String>()
    };
    let local_shown = afford(1, local.chars().count());
    let top = if afford(top.chars().count(), usize::MAX) {
        top
    } else {
        HIDDEN
    };
    let name_shown = afford(1, name.chars().count());
    Some(format!(
        "{}@{}.{top}",
        first(local, local_shown),
        first(name, name_shown)
    ))
}

/// Shows the last digits of a number of `count` digits; its separators stay.
fn last_digits(text: &str, (least, most): (usize, usize), shown: usize) -> Option<String> {
    let digits = text.chars().filter(|c| is_place(*c)).count();
    let separators = text.chars().all(|c| is_place(c) || is_separator(c));
    if !separators || !(least..=most).contains(&digits) {
        return None;
    }
    Some(hide_places(text, 0..digits - shown))
}

/// Hides the digits with these places, counted from 0.
fn hide_places(text: &str, hidden: std::ops::Range<usize>) -> String {
    let mut place = 0;
    let masked = text.chars().map(|c| {
        if !is_place(c) {
            return c;
        }
        place += 1;
        if hidden.contains(&(place - 1)) {
            '*'
        } else {
            c
        }
    });
    masked.collect()
}

/// A digit, or one that was hidden before.
fn is_place(c: char) -> bool {
    c.is_ascii_digit() || c == '*'
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+' | '\u{a0}')
}

fn phone(text: &str) -> Option<String> {
    let digits: Vec<char> = text.chars().filter(|c| is_place(*c)).collect();
    let separators = text.chars().all(|c| is_place(c) || is_separator(c));
    if !separators || !(7..=15).contains(&digits.len()) {
        return None;
    }
    let country = if text.starts_with('+') {
        country_code_length(&digits)
    } else {
        0
    };
    Some(hide_places(text, country..digits.len() - 2))
}

/// Country codes of two digits (ITU-T E.164); 1 and 7 stand alone, all others have three.
#[rustfmt::skip]
const TWO_DIGITS: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51",
    "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90",
    "91", "92", "93", "94", "95", "98",
];

fn country_code_length(digits: &[char]) -> usize {
    let two: String = digits.iter().take(2).collect();
    if two.starts_with(['1', '7']) {
        1
    } else if TWO_DIGITS.contains(&two.as_str()) {
        2
    } else {
        3
    }
}

fn iban(text: &str) -> Option<String> {
    let places: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
    let alphanumeric = places
        .iter()
        .all(|c| c.is_ascii_alphanumeric() || *c == '*');
    let country = places.iter().take(2).all(char::is_ascii_alphabetic);
    if !alphanumeric || !country || !(15..=34).contains(&places.len()) {
        return None;
    }
    let mut place = 0;
    let masked = text.chars().map(|c| {
        if c == ' ' {
            return c;
        }
        place += 1;
        if place <= 2 || place > places.len() - 4 {
            c
        } else {
            '*'
        }
    });
    Some(masked.collect())
}

fn hardware_address(text: &str) -> Option<String> {
    // Showing the vendor draws nothing: any key gives the same.
    hardware::mask_in_text(Action::Partial(None), text, &MaskKey::new([0; 32]).prf())
}

fn initials(text: &str) -> String {
    let initial = |word: &str| {
        let shown = usize::from(word.chars().nth(1).is_some());
        word.chars()
            .take(shown)
            .chain(HIDDEN.chars())
            .collect::<String>()
    };
    text.split_whitespace()
        .take(MAX_INITIALS)
        .map(initial)
        .collect::<Vec<String>>()
        .join(" ")
}

fn year(text: &str) -> Option<String> {
    let day = Day::parse(text, false)?;
    Some(
        Day {
            month: 1,
            day: 1,
            ..day
        }
        .text(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partial(entity: Option<Entity>, text: &str) -> String {
        let mut out = Vec::new();
        write(entity, text, &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn each_form_shows_its_part() {
        for (entity, from, to) in [
            (
                Entity::EmailAddress,
                "ada.lovelace@engines.org",
                "a***@e***.org",
            ),
            (Entity::EmailAddress, "ab@cd.com", "a***@***.com"),
            (Entity::EmailAddress, "a@b.co", "***@***.co"),
            (Entity::EmailAddress, "a@b.museum", "***@***.***"),
            (Entity::EmailAddress, "not an address", "no***"),
            (
                Entity::CreditCard,
                "4111 1111 1111 1111",
                "**** **** **** 1111",
            ),
            (Entity::CreditCard, "4111-1111", "41***"),
            (Entity::PhoneNumber, "+49 170 1234567", "+49 *** *****67"),
            (
                Entity::PhoneNumber,
                "+1 (202) 555-0143",
                "+1 (***) ***-**43",
            ),
            (Entity::PhoneNumber, "+353 1 234 5678", "+353 * *** **78"),
            (Entity::PhoneNumber, "030 1234567", "*** *****67"),
            (Entity::PhoneNumber, "110", "***"),
            (Entity::UsSsn, "123-45-6789", "***-**-6789"),
            (
                Entity::Iban,
                "DE89 3704 0044 0532 0130 00",
                "DE** **** **** **** **30 00",
            ),
            (Entity::IpAddress, "192.0.2.77", "192.0.2.0"),
            (Entity::IpAddress, "2001:db8:1:2::3", "2001:db8:1::"),
            (Entity::MacAddress, "3C-22-FB-11-22-33", "3c-22-fb-00-00-00"),
            (Entity::Person, "Ada King Lovelace", "A*** K*** L***"),
            (Entity::Person, "X", "***"),
            (Entity::DateOfBirth, "1985-07-14", "1985-01-01"),
            (Entity::DateOfBirth, "14 July 1985", "14***"),
            (Entity::Jwt, "eyJhbGciOiJIUzI1NiJ9.e30.abc", "[JWT]"),
        ] {
            assert_eq!(partial(Some(entity), from), to);
        }
        assert_eq!(partial(None, "abc"), "***");
        assert_eq!(partial(None, "Maßstab"), "M***");
    }

    #[test]
    fn masking_twice_shows_no_more_and_no_less() {
        for (entity, text) in [
            (Entity::EmailAddress, "ada.lovelace@engines.org"),
            (Entity::CreditCard, "4111 1111 1111 1111"),
            (Entity::PhoneNumber, "+49 170 1234567"),
            (Entity::UsSsn, "123-45-6789"),
            (Entity::Iban, "DE89 3704 0044 0532 0130 00"),
            (Entity::Person, "Ada Lovelace"),
        ] {
            let once = partial(Some(entity), text);
            assert_eq!(partial(Some(entity), &once), once);
        }
    }
}

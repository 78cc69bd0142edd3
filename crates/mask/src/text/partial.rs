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
use crate::key::Prf;
use crate::masker::Action;
use crate::value::date::Day;
use crate::value::{hardware, network};
use detect::Entity;
use std::net::IpAddr;

/// Stands for a hidden part of any length.
const HIDDEN: &str = "***";
/// Words of a name whose initials are shown.
const MAX_INITIALS: usize = 4;

/// Appends what is shown of `text`; nothing is allocated.
pub(super) fn write(entity: Option<Entity>, text: &str, prf: &Prf, out: &mut Vec<u8>) {
    let shown = match Form::of(entity) {
        Form::Email => email(text, out),
        Form::Card => last_digits(text, (12, 19), 4, out),
        Form::Ssn => last_digits(text, (9, 9), 4, out),
        Form::Phone => phone(text, out),
        Form::Iban => iban(text, out),
        Form::Address => address(text, out),
        Form::HardwareAddress => hardware::mask_in_text(Action::Partial(None), text, prf, out),
        Form::Name => initials(text, out),
        Form::Date => year(text, out),
        Form::Secret => entity.map(|entity| write_mark(entity, out)),
        Form::Other => None,
    };
    if shown.is_none() {
        beginning(text, out);
    }
}

// The writers below append nothing when they give `None`: the text does not have their form.

/// Characters that the beginning of a text shows at most.
const MAX_BEGINNING: usize = 2;

/// At most a quarter of the text and two characters; what was shown so before stays.
fn beginning(text: &str, out: &mut Vec<u8>) {
    let before = text.strip_suffix(HIDDEN).map(|shown| shown.chars().count());
    let quarter = (text.chars().count() / 4).min(MAX_BEGINNING);
    let shown = before
        .filter(|shown| *shown <= MAX_BEGINNING)
        .unwrap_or(quarter);
    first(text, shown, out);
}

/// The first characters, and the mark of a hidden part.
fn first(text: &str, shown: usize, out: &mut Vec<u8>) {
    let end = text
        .char_indices()
        .nth(shown)
        .map_or(text.len(), |(at, _)| at);
    out.extend_from_slice(text.get(..end).unwrap_or_default().as_bytes());
    out.extend_from_slice(HIDDEN.as_bytes());
}

/// Shows, while the half lasts: first letter of the local part, top-level domain, first letter
/// of the domain.
fn email(text: &str, out: &mut Vec<u8>) -> Option<()> {
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
    let local_shown = afford(1, local.chars().count());
    let top_shown = afford(top.chars().count(), usize::MAX);
    let name_shown = afford(1, name.chars().count());
    first(local, usize::from(local_shown), out);
    out.push(b'@');
    first(name, usize::from(name_shown), out);
    out.push(b'.');
    out.extend_from_slice(if top_shown { top } else { HIDDEN }.as_bytes());
    Some(())
}

/// Shows the last digits of a number of `count` digits; its separators stay.
fn last_digits(
    text: &str,
    (least, most): (usize, usize),
    shown: usize,
    out: &mut Vec<u8>,
) -> Option<()> {
    let digits = places_of(text).filter(|digits| (least..=most).contains(digits))?;
    hide_places(text, 0..digits - shown, out);
    Some(())
}

/// How many digits stand between separators; `None`: there are other characters.
pub(crate) fn places_of(text: &str) -> Option<usize> {
    let well_formed = text.chars().all(|c| is_place(c) || is_separator(c));
    well_formed.then(|| text.chars().filter(|c| is_place(*c)).count())
}

/// Hides the digits with these places, counted from 0.
pub(crate) fn hide_places(text: &str, hidden: std::ops::Range<usize>, out: &mut Vec<u8>) {
    let mut place = 0;
    // Of all that may stand here only digits are changed, and they are bytes of their own.
    out.extend(text.bytes().map(|byte| {
        if !is_place(char::from(byte)) {
            return byte;
        }
        place += 1;
        if hidden.contains(&(place - 1)) {
            b'*'
        } else {
            byte
        }
    }));
}

/// A digit, or one that was hidden before.
fn is_place(c: char) -> bool {
    c.is_ascii_digit() || c == '*'
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+' | '\u{a0}')
}

fn phone(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let digits = places_of(text).filter(|digits| (7..=15).contains(digits))?;
    let country = if text.starts_with('+') {
        country_code_length(text)
    } else {
        0
    };
    hide_places(text, country..digits - 2, out);
    Some(())
}

/// Country codes of two digits (ITU-T E.164); 1 and 7 stand alone, all others have three.
#[rustfmt::skip]
const TWO_DIGITS: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51",
    "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90",
    "91", "92", "93", "94", "95", "98",
];

pub(crate) fn country_code_length(text: &str) -> usize {
    let mut digits = text.bytes().filter(|byte| is_place(char::from(*byte)));
    let two = [digits.next(), digits.next()].map(Option::unwrap_or_default);
    if matches!(two, [b'1' | b'7', _]) {
        1
    } else if TWO_DIGITS.iter().any(|code| code.as_bytes() == two) {
        2
    } else {
        3
    }
}

fn iban(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let places = || text.bytes().filter(|byte| *byte != b' ');
    let alphanumeric = places().all(|byte| byte.is_ascii_alphanumeric() || byte == b'*');
    let country = places().take(2).all(|byte| byte.is_ascii_alphabetic());
    let count = places().count();
    if !alphanumeric || !country || !(15..=34).contains(&count) {
        return None;
    }
    let mut place = 0;
    out.extend(text.bytes().map(|byte| {
        if byte == b' ' {
            return byte;
        }
        place += 1;
        if place <= 2 || place > count - 4 {
            byte
        } else {
            b'*'
        }
    }));
    Some(())
}

fn address(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let address: IpAddr = text.parse().ok()?;
    network::write_address(network::partial_address(address), out);
    Some(())
}

fn initials(text: &str, out: &mut Vec<u8>) -> Option<()> {
    for (place, word) in text.split_whitespace().take(MAX_INITIALS).enumerate() {
        if place > 0 {
            out.push(b' ');
        }
        first(word, usize::from(word.chars().nth(1).is_some()), out);
    }
    Some(())
}

fn year(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let day = Day::parse(text, false)?;
    Day {
        month: 1,
        day: 1,
        ..day
    }
    .write(out);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskKey;

    fn partial(entity: Option<Entity>, text: &str) -> String {
        let mut out = Vec::new();
        write(entity, text, &MaskKey::new([5; 32]).prf(), &mut out);
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

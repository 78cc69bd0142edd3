//! Values that are sensitive because of what the column, or the name before them, is called.

use crate::Entity;
use crate::column::Classification;
use crate::placeholder::{entropy, is_placeholder};
use crate::span::Candidates;
use crate::text::{Text, is_uuid};

/// Above what is found inside the value: the rest of it must not stay behind.
const SCORE: u8 = 96;

/// Notes the whole cell, blanks around it left out, when it can be what the column is called.
pub(crate) fn find(text: &Text<'_>, class: Classification, found: &mut Candidates) {
    let Some(entity) = class.entity else { return };
    let entity = match is_aws_secret(text.bytes.trim_ascii()) && names_aws(class) {
        true => Entity::AwsSecretKey,
        false => entity,
    };
    let trimmed = text.bytes.trim_ascii();
    let start = text.bytes.len() - text.bytes.trim_ascii_start().len();
    note(text, start..start + trimmed.len(), entity, found);
}

/// Notes `at` when it can be an `entity` that only a name reveals; types with a form of their own
/// are left to their recognisers.
pub(crate) fn note(
    text: &Text<'_>,
    at: std::ops::Range<usize>,
    entity: Entity,
    found: &mut Candidates,
) {
    if fits(text.slice(at.start, at.end), entity) {
        found.add(at.start, at.end, entity, SCORE);
    }
}

/// Whether a name says that it holds the secret key of AWS.
pub(crate) fn names_aws(class: Classification) -> bool {
    let evidence = class.evidence;
    evidence.starts_with("aws") || evidence.ends_with("secret_access_key")
}

/// A type, and whether a value can be one.
type Row = (Entity, fn(&[u8]) -> bool);

/// The types that only a name reveals, and what their values look like.
const BY_NAME: &[Row] = &[
    (Entity::Person, is_person),
    (Entity::StreetAddress, has_letter),
    (Entity::PostalCode, is_postal_code),
    (Entity::DateOfBirth, is_date),
    (Entity::Username, is_username),
    (Entity::Password, |value| !is_placeholder(value)),
    (Entity::PasswordHash, |value| !value.is_empty()),
    (Entity::Secret, is_secret),
    (Entity::TotpSecret, is_secret),
    (Entity::AwsSecretKey, is_aws_secret),
];

fn fits(value: &[u8], entity: Entity) -> bool {
    let row = BY_NAME.iter().find(|(named, _)| *named == entity);
    row.is_some_and(|(_, fits)| fits(value))
}

fn is_person(value: &[u8]) -> bool {
    has_letter(value) && value.len() <= LONGEST_PERSON && !is_one_address(value)
}

/// Longer values of a column of names are texts.
const LONGEST_PERSON: usize = 200;

fn is_username(value: &[u8]) -> bool {
    has_letter(value) && !value.contains(&b' ') && !is_uuid(value)
}

/// Shorter ones are flags and counts.
fn is_secret(value: &[u8]) -> bool {
    value.len() >= 6 && !is_placeholder(value)
}

/// An e-mail address or URL alone, as columns called `contact` have it.
fn is_one_address(value: &[u8]) -> bool {
    let marked = value.contains(&b'@') || memchr::memmem::find(value, b"://").is_some();
    marked && !value.contains(&b' ')
}

fn has_letter(value: &[u8]) -> bool {
    value
        .iter()
        .any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
}

/// Three to ten letters, digits, blanks and hyphens with a digit among them.
fn is_postal_code(value: &[u8]) -> bool {
    let of = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ' || *byte == b'-';
    (3..=10).contains(&value.len()) && value.iter().all(of) && value.iter().any(u8::is_ascii_digit)
}

/// A date in figures, the year of four digits first or last, 1900 to 2099; a time may follow.
fn is_date(value: &[u8]) -> bool {
    let date = value
        .split(|byte| matches!(byte, b' ' | b'T'))
        .next()
        .unwrap_or_default();
    let mut parts = [0u16; 3];
    let mut lengths = [0; 3];
    for (place, part) in date
        .split(|byte| matches!(byte, b'-' | b'/' | b'.'))
        .enumerate()
    {
        let (Some(value), Some(length)) = (parts.get_mut(place), lengths.get_mut(place)) else {
            return false;
        };
        let number = std::str::from_utf8(part)
            .ok()
            .and_then(|digits| digits.parse().ok());
        let Some(number) = number else { return false };
        (*value, *length) = (number, part.len());
    }
    let [first, second, third] = parts;
    let pair = |left: u16, right: u16| {
        let both = (1..=31).contains(&left) && (1..=31).contains(&right);
        both && (left <= 12 || right <= 12)
    };
    match lengths {
        [4, 1..=2, 1..=2] => (1900..2100).contains(&first) && pair(second, third),
        [1..=2, 1..=2, 4] => (1900..2100).contains(&third) && pair(first, second),
        _ => false,
    }
}

/// Forty characters of base 64 that look random.
pub(crate) fn is_aws_secret(value: &[u8]) -> bool {
    let of = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    value.len() == 40 && value.iter().all(of) && entropy(value) >= 4.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_codes() {
        for value in [
            "1985-02-28",
            "28.02.1985",
            "02/28/1985",
            "1985-02-28T00:00:00Z",
            "1.2.1985",
        ] {
            assert!(is_date(value.as_bytes()), "{value}");
        }
        for value in [
            "",
            "1985",
            "1985-13-32",
            "85-02-28",
            "1885-02-28",
            "a-b-c",
            "1985-02-28-1",
        ] {
            assert!(!is_date(value.as_bytes()), "{value}");
        }
        for (value, want) in [
            ("10115", true),
            ("SW1A 1AA", true),
            ("90210-1234", true),
            ("Berlin", false),
        ] {
            assert_eq!(is_postal_code(value.as_bytes()), want, "{value}");
        }
    }
}

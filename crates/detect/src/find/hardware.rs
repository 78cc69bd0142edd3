//! Stretches of hexadecimal digits with separators: MAC addresses, and IPv6 among the colons.

use super::ip;
use crate::Entity;
use crate::span::Candidates;
use crate::text::{Text, is_word};

const SCORE: u8 = 92;

/// Reads the stretches with colons: MAC and IPv6.
pub(crate) fn find_colons(text: &Text<'_>, found: &mut Candidates) {
    let of = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
    stretches(text, b':', of, found);
}

/// Reads the stretches with dashes: MAC.
pub(crate) fn find_dashes(text: &Text<'_>, found: &mut Candidates) {
    stretches(
        text,
        b'-',
        |byte| byte.is_ascii_hexdigit() || byte == b'-',
        found,
    );
}

/// Reads the stretches with dots: MAC.
pub(crate) fn find_dots(text: &Text<'_>, found: &mut Candidates) {
    stretches(
        text,
        b'.',
        |byte| byte.is_ascii_hexdigit() || byte == b'.',
        found,
    );
}

fn stretches(text: &Text<'_>, separator: u8, of: fn(u8) -> bool, found: &mut Candidates) {
    let mut done = 0;
    for place in memchr::memchr_iter(separator, text.bytes) {
        if place < done {
            continue;
        }
        let start = text.run_start(place, place - done, of);
        done = text.run_end(place, of);
        if let Some((start, end)) = trimmed(text, start, done, separator) {
            judge(text, start..end, separator, found);
        }
    }
}

/// Without a word that the stretch begins or ends in (`mac:00:1a…`) and loose separators.
fn trimmed(text: &Text<'_>, start: usize, end: usize, separator: u8) -> Option<(usize, usize)> {
    let stretch = text.slice(start, end);
    let cut = if text.before(start).is_some_and(is_word) {
        stretch.iter().position(|byte| *byte == separator)? + 1
    } else {
        usize::from(stretch.first() == Some(&separator) && stretch.get(1) != Some(&separator))
    };
    let loose = |byte: &u8| *byte == b'.' || *byte == separator;
    let double = stretch.ends_with(&[separator; 2]) && separator == b':';
    let dropped = if double {
        0
    } else {
        stretch.iter().rev().take_while(|b| loose(b)).count()
    };
    let (start, end) = (start + cut, end - dropped);
    (start < end && text.ends_word(end)).then_some((start, end))
}

fn judge(text: &Text<'_>, at: std::ops::Range<usize>, separator: u8, found: &mut Candidates) {
    let (start, end) = (at.start, at.end);
    if is_mac(text.slice(start, end), separator) {
        found.add(start, end, Entity::MacAddress, SCORE);
    } else if separator == b':'
        && let Some(score) = ip::v6(text, start, end)
    {
        found.add(start, end, Entity::IpAddress, score);
    }
}

/// Six or eight pairs, or three or four fours after dots (EUI-48, EUI-64); not all alike.
fn is_mac(stretch: &[u8], separator: u8) -> bool {
    let width = if separator == b'.' { 4 } else { 2 };
    let mut groups = 0;
    let even = stretch.split(|byte| *byte == separator).all(|group| {
        groups += 1;
        group.len() == width && group.iter().all(u8::is_ascii_hexdigit)
    });
    let whole = groups * width == 12 || groups * width == 16;
    let digits = stretch.iter().filter(|byte| **byte != separator);
    let alike = digits.clone().all(|digit| stretch.first() == Some(digit));
    // Dates and decimals have no letters; addresses in dots nearly always do.
    let telling = separator != b'.' || digits.clone().any(u8::is_ascii_alphabetic);
    even && whole && !alike && telling
}

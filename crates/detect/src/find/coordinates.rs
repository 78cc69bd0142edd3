//! Pairs of decimal degrees, where a word or the column speaks of a place.

use super::number::Number;
use crate::Entity;
use crate::context::Topics;
use crate::span::Candidates;
use crate::text::Text;

const SCORE: u8 = 88;

/// Three decimals are a hundred metres; fewer are a town, and more often something else.
const FEWEST_DECIMALS: usize = 3;
const MOST_DECIMALS: usize = 15;

/// One to three digits, which begin a latitude: reads the longitude after it.
pub(super) fn find(number: &Number<'_, '_>, found: &mut Candidates) {
    let text = number.text;
    if text.at(number.end) != Some(b'.') || !text.can_mention(Topics::PLACE) {
        return;
    }
    let start = number.start - usize::from(text.before(number.start) == Some(b'-'));
    if !text.starts_number(start) {
        return;
    }
    let Some(latitude) = degrees(text, start, 90) else {
        return;
    };
    let Some(end) = longitude_start(text, latitude).and_then(|place| degrees(text, place, 180))
    else {
        return;
    };
    if text.ends_number(end) && text.context(start, end).mentions(Topics::PLACE) {
        found.add(start, end, Entity::GeoCoordinates, SCORE);
    }
}

/// The place after the decimal degrees at `start`, which are at most `limit`.
fn degrees(text: &Text<'_>, start: usize, limit: u16) -> Option<usize> {
    let whole = start + usize::from(matches!(text.at(start), Some(b'-' | b'+')));
    let point = text.run_end(whole, |byte| byte.is_ascii_digit());
    let written = text.slice(whole, point);
    if !(1..=3).contains(&written.len()) || text.at(point) != Some(b'.') {
        return None;
    }
    let value = written
        .iter()
        .fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let end = text.run_end(point + 1, |byte| byte.is_ascii_digit());
    let decimals = end - point - 1;
    (value < limit && (FEWEST_DECIMALS..=MOST_DECIMALS).contains(&decimals)).then_some(end)
}

/// The place after the comma, semicolon or blank (and blanks) that follow `end`.
fn longitude_start(text: &Text<'_>, end: usize) -> Option<usize> {
    let marks = text.rest(end, 3).iter();
    let count = marks
        .take_while(|mark| matches!(**mark, b',' | b';' | b' '))
        .count();
    (count > 0).then_some(end + count)
}

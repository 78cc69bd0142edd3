//! Street addresses in text: a house number beside the words of a street, by the usage of a country.

use crate::Entity;
use crate::find::address_words::{FIRST, LAST, LAST_OF_LINE, NUMBER_MARKS, SUFFIXES, UNITS};
use crate::span::Candidates;
use crate::survey::Survey;
use crate::text::Text;

/// Above names of persons: streets are called after them.
const SCORE: u8 = 82;

/// House numbers are shorter.
const LONGEST_NUMBER: usize = 5;
/// Places in Chinese, Japanese and Korean have fewer bytes on either side of a number; what goes on
/// further is not read anew from each of its numbers.
const LONGEST_PLACE: usize = 240;
/// Names of streets have fewer words.
const MOST_WORDS: usize = 6;

/// Whether a value can hold an address: a figure and some words.
pub(crate) fn may_find(survey: &Survey) -> bool {
    survey.digits > 0 && survey.letters >= 6
}

/// Notes the street and house number of every address.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    let Ok(value) = std::str::from_utf8(text.bytes) else {
        return;
    };
    let mut place = 0;
    while let Some(start) = next_number(text, place) {
        let end = text.run_end(start, |byte| byte.is_ascii_digit());
        place = end;
        if end - start > LONGEST_NUMBER || !text.starts_number(start) {
            continue;
        }
        let house = house_end(text, end);
        let range = number_first(value, house)
            .or_else(|| line(value, start, house))
            .map(|end| (start, end))
            .or_else(|| number_last(value, start).map(|start| (start, house)))
            .or_else(|| east_asian(value, start, end));
        if let Some((start, end)) = range {
            let end = unit_end(value, end);
            found.add(start, end, Entity::StreetAddress, SCORE);
            place = end.max(place);
        }
    }
}

fn next_number(text: &Text<'_>, place: usize) -> Option<usize> {
    let rest = text.bytes.get(place..)?;
    let offset = rest.iter().position(u8::is_ascii_digit)?;
    Some(place + offset)
}

/// The end of a house number with its letter or second number: `12a`, `12-14`, `12/3`.
fn house_end(text: &Text<'_>, end: usize) -> usize {
    let letter = text.at(end).is_some_and(|byte| byte.is_ascii_alphabetic());
    if letter && text.ends_word(end + 1) {
        return end + 1;
    }
    if matches!(text.at(end), Some(b'-' | b'/')) {
        let second = text.run_end(end + 1, |byte| byte.is_ascii_digit());
        let sized = (1..=LONGEST_NUMBER).contains(&(second - end - 1));
        if sized && text.ends_word(second) {
            return second;
        }
    }
    end
}

/// The word at the front of `rest`, and what comes after it; its comma stays in front of the rest.
fn word(rest: &str) -> Option<(&str, &str)> {
    let ends = |letter: char| matches!(letter, ' ' | ',' | '\n' | ';' | '"' | '(' | ')' | '\t');
    let length = rest.find(ends).unwrap_or(rest.len());
    (length > 0).then(|| rest.split_at(length))
}

fn is_in(word: &str, list: &[&str]) -> bool {
    let bare = word.trim_end_matches('.');
    list.iter().any(|listed| listed.eq_ignore_ascii_case(bare))
}

fn capital(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_uppercase() || letter.is_ascii_digit())
}

/// `12 Main Street`, `12, rue de la Paix`: the place where the street ends.
fn number_first(value: &str, house: usize) -> Option<usize> {
    let rest = value.get(house..)?;
    let mut rest = rest.strip_prefix(',').unwrap_or(rest);
    let mut street_first = false;
    let mut end = None;
    for place in 0..MOST_WORDS {
        let Some((part, after)) = rest.strip_prefix(' ').and_then(word) else {
            break;
        };
        street_first = street_first || place == 0 && is_in(part, FIRST);
        if place == 0 && !street_first && !capital(part) {
            return None;
        }
        let after_place = value.len() - after.len();
        let street_last = !street_first && place > 0 && is_in(part, LAST);
        if street_last || (street_first && place > 0 && capital(part)) {
            end = Some(after_place);
        }
        if street_last || after.starts_with([',', '\n', ';']) {
            break;
        }
        rest = after;
    }
    let end = end?;
    let full_stop = value.get(..end)?.ends_with('.') && value.get(end..)?.is_empty();
    Some(if full_stop && street_first {
        end - 1
    } else {
        end
    })
}

/// `12 Harbor View` as a whole line, perhaps with a flat: the place where the street ends.
fn line(value: &str, start: usize, house: usize) -> Option<usize> {
    let before = value.get(..start)?;
    if !(before.is_empty() || before.ends_with('\n')) {
        return None;
    }
    // INVARIANT: at most once a line, so that long values are read in linear time.
    let mut rest = value.get(house..)?.lines().next()?;
    let line_end = house + rest.len();
    for place in 0..MOST_WORDS {
        let (part, after) = rest.strip_prefix(' ').and_then(word)?;
        if !capital(part) {
            return None;
        }
        let end = line_end - after.len();
        let last = place > 0 && is_in(part, LAST_OF_LINE);
        if last && unit_end(value, end) == line_end {
            return Some(end);
        }
        rest = after;
    }
    None
}

/// `Hauptstraße 12`, `Calle Mayor, 12`, `ul. Długa 12`: the place where the street begins.
fn number_last(value: &str, number: usize) -> Option<usize> {
    let before = value.get(..number)?.strip_suffix([' ', ':'])?.trim_end();
    let mut rest = before;
    let mut capitals = 0;
    for place in 0..MOST_WORDS {
        let trimmed = rest
            .strip_suffix(',')
            .filter(|_| place <= 1)
            .unwrap_or(rest);
        let start = trimmed
            .rfind([' ', ',', '\n', ';', '"', '(', '\t'])
            .map_or(0, |place| place + 1);
        let part = trimmed.get(start..)?;
        if part.is_empty() {
            return None;
        }
        let marked = place == 0 && is_in(part.trim_end_matches([':', '°', 'º']), NUMBER_MARKS);
        if place == 0 && !marked && !capital(part) {
            return None;
        }
        if capitals > 0 && is_in(part, FIRST) {
            return Some(start);
        }
        if !marked && capitals == 0 && ends_as_street(part) {
            return street_start(trimmed, start, part);
        }
        capitals += usize::from(capital(part) && !marked);
        rest = trimmed.get(..start)?.strip_suffix(' ')?;
    }
    None
}

/// Whether `word` is a street by its ending (`Hauptstraße`, `Damrak` not).
fn ends_as_street(word: &str) -> bool {
    let bare = word.trim_end_matches('.').as_bytes();
    let ends = |suffix: &str| {
        let tail = bare.len().checked_sub(suffix.len());
        let tail = tail.and_then(|start| bare.get(start..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(suffix.as_bytes()))
    };
    capital(word) && SUFFIXES.iter().any(|suffix| ends(suffix))
}

/// A bare ending (`Berliner Str.`, `Atatürk Caddesi`) needs the capitalised words before it.
fn street_start(before: &str, start: usize, part: &str) -> Option<usize> {
    let bare = is_in(part, SUFFIXES);
    if !bare {
        return Some(start);
    }
    let mut begin = None;
    let mut rest = before.get(..start)?;
    while let Some(words) = rest.strip_suffix(' ') {
        let start = words.rfind([' ', ',', '\n']).map_or(0, |place| place + 1);
        if !words.get(start..).is_some_and(capital) {
            break;
        }
        begin = Some(start);
        rest = words.get(..start)?;
    }
    begin
}

/// `中山路100号`, `銀座4丁目5-6`, `서울특별시 강남구 테헤란로 123`.
fn east_asian(value: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let before = value.get(value.ceil_char_boundary(start.saturating_sub(LONGEST_PLACE))..start)?;
    let after = value.get(end..value.floor_char_boundary(end.saturating_add(LONGEST_PLACE)))?;
    let first = start - before.len();
    let part = |letter: char| matches!(letter, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '0'..='9' | '-');
    let begin = first + before.trim_end_matches(part).len();
    let road = before.ends_with(['路', '街', '道', '巷', '弄', '段']);
    let chinese = road && after.starts_with(['号', '號']);
    let japanese = begin < start && (after.starts_with("丁目") || after.starts_with("番地"));
    if chinese || japanese {
        let length = after.find(|letter| !part(letter)).unwrap_or(after.len());
        return Some((begin, end + length));
    }
    let korean = |letter: char| matches!(letter, '\u{AC00}'..='\u{D7A3}' | '0'..='9' | ' ');
    let street = before.strip_suffix(' ')?;
    let marked = ["로", "길", "거리"]
        .iter()
        .any(|mark| street.ends_with(mark));
    let run = street.get(street.trim_end_matches(korean).len()..)?;
    let run = run.trim_start();
    (marked && run.contains(' ')).then_some((first + street.len() - run.len(), end))
}

/// The end with a flat or suite after it: `, Apt. 5`.
fn unit_end(value: &str, end: usize) -> usize {
    let extended = || {
        let rest = value.get(end..)?;
        let rest = rest.strip_prefix(',').unwrap_or(rest).strip_prefix(' ')?;
        let (unit, rest) = word(rest).filter(|(unit, _)| is_in(unit, UNITS))?;
        let (number, rest) = word(rest.strip_prefix(' ')?)?;
        let numbered = !unit.is_empty() && number.bytes().any(|byte| byte.is_ascii_digit());
        let full_stop = usize::from(number.ends_with('.'));
        numbered.then_some(value.len() - rest.len() - full_stop)
    };
    extended().unwrap_or(end)
}

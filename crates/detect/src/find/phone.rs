//! Telephone numbers: E.164 with `+` anywhere, national forms only where a word or the column says
//! that they are.

use super::number::Number;
use super::phone_codes;
use crate::Entity;
use crate::context::Topics;
use crate::span::Candidates;
use crate::text::{Text, blank_length};

const INTERNATIONAL: u8 = 90;
const NATIONAL: u8 = 65;

/// E.164, section 6.2.1.
const MOST_DIGITS: usize = 15;
const FEWEST_NATIONAL_DIGITS: usize = 7;

/// A number after `+`: country code and length of the national number must agree.
pub(super) fn international(number: &Number<'_, '_>, found: &mut Candidates) {
    let text = number.text;
    let Some(plus) = number.start.checked_sub(1) else {
        return;
    };
    if !text.starts_word(plus) || text.before(plus) == Some(b'+') {
        return;
    }
    let dialled = Dialled::read(text, number.start);
    if let Some(end) = dialled.longest(phone_codes::is_assigned) {
        found.add(plus, end, Entity::PhoneNumber, INTERNATIONAL);
    }
}

/// A number without a country code near a word such as "phone".
pub(super) fn national(number: &Number<'_, '_>, found: &mut Candidates) {
    let text = number.text;
    let open = text.before(number.start) == Some(b'(');
    let start = number.start - usize::from(open);
    let nameable = text.can_mention(Topics::PHONE);
    if !nameable || !text.starts_number(start) || continues(text, start) {
        return;
    }
    let dialled = Dialled::read(text, number.start);
    let Some(end) = dialled.longest(|digits| digits.len() >= FEWEST_NATIONAL_DIGITS) else {
        return;
    };
    let context = text.context(start, end);
    // "Tel. 030 901820" and "030 901820 (mobile)", but not "account 12345678, told on the phone".
    let about_phones = context.introduces(Topics::PHONE)
        || (context.precedes(Topics::PHONE) && !context.introduces(Topics::REFERENCE));
    if about_phones && !is_date(text.slice(start, end)) {
        found.add(start, end, Entity::PhoneNumber, NATIONAL);
    }
}

/// Whether the run before `start` belongs to the same number and was read already.
fn continues(text: &Text<'_>, start: usize) -> bool {
    let joined = matches!(
        text.before(start),
        Some(b' ' | b'-' | b'.' | b'/' | b')' | b'+')
    );
    joined
        && start > 1
        && text
            .before(start - 1)
            .is_some_and(|byte| byte.is_ascii_digit())
}

/// Digits with the separators that people write between them.
struct Dialled {
    digits: [u8; MOST_DIGITS],
    /// After how many digits a run ended, and where.
    ends: smallvec::SmallVec<[(usize, usize); MOST_DIGITS]>,
}

impl Dialled {
    /// Reads runs from `start` on, up to fifteen digits; a trunk zero in parentheses is left out.
    fn read(text: &Text<'_>, start: usize) -> Dialled {
        let mut dialled = Dialled {
            digits: [0; MOST_DIGITS],
            ends: smallvec::SmallVec::new(),
        };
        let mut count = 0;
        let mut place = start;
        loop {
            let end = text.run_end(place, |byte| byte.is_ascii_digit());
            let run = text.slice(place, end);
            let Some(room) = dialled.digits.get_mut(count..count + run.len()) else {
                break;
            };
            room.copy_from_slice(run);
            count += run.len();
            dialled.ends.push((count, end));
            let Some(next) = next_run(text, end) else {
                break;
            };
            place = next;
        }
        dialled
    }

    /// The end of the longest beginning that ends with a run, is not cut out of a word, and whose
    /// digits are `right`.
    fn longest(&self, right: fn(&[u8]) -> bool) -> Option<usize> {
        let fits = |count: usize| self.digits.get(..count).is_some_and(right);
        self.ends
            .iter()
            .rev()
            .find(|(count, _)| fits(*count))
            .map(|(_, end)| *end)
    }
}

/// The start of the next run of digits, after at most three separating characters.
fn next_run(text: &Text<'_>, end: usize) -> Option<usize> {
    let mut place = end;
    for _ in 0..3 {
        match text.rest(place, 3) {
            b"(0)" => place += 3,
            [digit, ..] if digit.is_ascii_digit() => return Some(place),
            [b'-' | b'.' | b'/' | b'(' | b')', ..] => place += 1,
            bytes => place += blank_length(bytes)?,
        }
    }
    text.at(place).filter(u8::is_ascii_digit).map(|_| place)
}

/// Whether the digits are written as a date: 2024-01-31, 31.01.2024.
fn is_date(written: &[u8]) -> bool {
    let mut parts = written
        .split(|byte| matches!(byte, b'-' | b'.' | b'/'))
        .map(<[u8]>::len);
    matches!(
        (parts.next(), parts.next(), parts.next()),
        (Some(4), Some(1 | 2), Some(1 | 2)) | (Some(1 | 2), Some(1 | 2), Some(4))
    )
}

//! Everything that begins with a run of digits: the runs, and which recogniser reads which.

use super::{card, coordinates, iban, ip, phone, ssn};
use crate::span::Candidates;
use crate::survey::Survey;
use crate::text::{Text, blank_length};
use smallvec::SmallVec;

/// A run of digits with what is around it.
#[derive(Clone, Copy)]
pub(crate) struct Number<'a, 't> {
    pub(crate) text: &'a Text<'t>,
    /// Place of the first digit.
    pub(crate) start: usize,
    /// Place after the last digit.
    pub(crate) end: usize,
}

/// One run in a sequence of runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) separator: Separator,
}

impl Group {
    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// What stands before a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Separator {
    /// Nothing: the first of its sequence.
    First,
    /// A space or a no-break space.
    Blank,
    Dash,
    Dot,
}

/// The most runs in one number that people write: a card of 19 digits has five.
pub(crate) const MOST_GROUPS: usize = 6;

/// The shortest types: seven digits of a telephone number.
const FEWEST_DIGITS: u8 = 7;

type Reader = fn(&Number<'_, '_>, &mut Candidates);

/// Which recognisers read a free-standing run, by its length; a new type is a row or an entry.
const BY_LENGTH: [&[Reader]; 20] = [
    &[],
    &[ip::v4, coordinates::find, phone::national],
    &[ip::v4, coordinates::find, phone::national],
    &[ip::v4, coordinates::find, ssn::grouped, phone::national],
    &[card::grouped, phone::national],
    &[phone::national],
    &[phone::national],
    &[phone::national],
    &[phone::national],
    &[ssn::bare, phone::national],
    &[phone::national],
    &[phone::national],
    &[card::compact, phone::national],
    &[card::compact, phone::national],
    &[card::compact, phone::national],
    &[card::compact, phone::national],
    &[card::compact],
    &[card::compact],
    &[card::compact],
    &[card::compact],
];

/// Whether the value has enough digits for any of them.
pub(crate) fn may_find(survey: &Survey) -> bool {
    survey.digits >= FEWEST_DIGITS || (survey.dots >= 3 && survey.digits >= 4)
}

/// Hands every run of digits to those that read runs like it.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    let mut place = 0;
    while let Some(offset) = text.bytes.get(place..).and_then(first_digit) {
        let start = place + offset;
        let end = text.run_end(start, |byte| byte.is_ascii_digit());
        dispatch(&Number { text, start, end }, found);
        place = end;
    }
}

fn first_digit(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(u8::is_ascii_digit)
}

fn dispatch(number: &Number<'_, '_>, found: &mut Candidates) {
    match number.text.before(number.start) {
        Some(b'+') => phone::international(number, found),
        Some(byte) if byte.is_ascii_alphabetic() => iban::find(number, found),
        _ => {
            for reader in BY_LENGTH
                .get(number.end - number.start)
                .copied()
                .unwrap_or_default()
            {
                reader(number, found);
            }
        }
    }
}

impl<'t> Number<'_, 't> {
    /// The digits of the first run.
    pub(crate) fn digits(&self) -> &'t [u8] {
        self.text.slice(self.start, self.end)
    }

    /// The run and those that follow it, each after exactly one separator.
    pub(crate) fn groups(&self) -> SmallVec<[Group; MOST_GROUPS]> {
        let mut groups = SmallVec::new();
        let mut next = Some(Group {
            start: self.start,
            end: self.end,
            separator: Separator::First,
        });
        while let Some(group) = next.filter(|_| groups.len() < MOST_GROUPS) {
            groups.push(group);
            next = self.group_after(group.end);
        }
        groups
    }

    fn group_after(&self, place: usize) -> Option<Group> {
        let (separator, length) = match self.text.rest(place, 3) {
            [b'-', ..] => (Separator::Dash, 1),
            [b'.', ..] => (Separator::Dot, 1),
            bytes => (Separator::Blank, blank_length(bytes)?),
        };
        let start = place + length;
        let end = self.text.run_end(start, |byte| byte.is_ascii_digit());
        (end > start).then_some(Group {
            start,
            end,
            separator,
        })
    }
}

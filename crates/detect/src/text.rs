//! A value under examination, read without any chance of going out of range.

use crate::context::{self, Context, Topics};
use crate::hint::Hint;

/// The bytes of one value, and what its column says about them.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) hint: Option<&'a Hint>,
    /// Whether there are words at all.
    pub(crate) has_letters: bool,
}

impl<'a> Text<'a> {
    /// The byte at `place`.
    pub(crate) fn at(&self, place: usize) -> Option<u8> {
        self.bytes.get(place).copied()
    }

    /// The byte before `place`.
    pub(crate) fn before(&self, place: usize) -> Option<u8> {
        self.at(place.checked_sub(1)?)
    }

    /// The bytes of `start..end`; empty when out of range.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &'a [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The bytes from `start` on, at most `longest` of them.
    pub(crate) fn rest(&self, start: usize, longest: usize) -> &'a [u8] {
        self.slice(start, self.bytes.len().min(start.saturating_add(longest)))
    }

    /// Whether a word can begin at `place`: no word character before it, escapes such as `\n` aside.
    pub(crate) fn starts_word(&self, place: usize) -> bool {
        match self.before(place) {
            Some(b'n' | b't' | b'r') => place > 1 && self.before(place - 1) == Some(b'\\'),
            Some(byte) => !is_word(byte),
            None => true,
        }
    }

    /// Whether a word can end at `place`: no word character follows.
    pub(crate) fn ends_word(&self, place: usize) -> bool {
        !self.at(place).is_some_and(is_word)
    }

    /// Whether `place` is the start of a number: not inside a word nor after a decimal point.
    pub(crate) fn starts_number(&self, place: usize) -> bool {
        let decimal = self.before(place) == Some(b'.')
            && place > 1
            && self
                .before(place - 1)
                .is_some_and(|byte| byte.is_ascii_digit());
        !decimal
            && !self
                .before(place)
                .is_some_and(|byte| byte.is_ascii_alphanumeric())
    }

    /// Whether `place` is the end of a number: not inside a word nor before a decimal point.
    pub(crate) fn ends_number(&self, place: usize) -> bool {
        let decimal = self.at(place) == Some(b'.')
            && self.at(place + 1).is_some_and(|byte| byte.is_ascii_digit());
        !decimal && self.ends_word(place)
    }

    /// The place after the longest stretch of bytes from `start` on that are `of` a kind.
    pub(crate) fn run_end(&self, start: usize, of: fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        start
            + rest
                .iter()
                .position(|byte| !of(*byte))
                .unwrap_or(rest.len())
    }

    /// The first place of the stretch before `end`, at most `longest` bytes, that is `of` a kind.
    pub(crate) fn run_start(&self, end: usize, longest: usize, of: fn(u8) -> bool) -> usize {
        let first = end.saturating_sub(longest);
        let window = self.slice(first, end);
        window
            .iter()
            .rposition(|byte| !of(*byte))
            .map_or(first, |place| first + place + 1)
    }

    /// Whether words around any place, or the column, could speak of `topic`.
    pub(crate) fn can_mention(&self, topic: Topics) -> bool {
        self.has_letters || self.hint.is_some_and(|hint| hint.topics.touches(topic))
    }

    /// What the words around `start..end` and the column are about.
    pub(crate) fn context(&self, start: usize, end: usize) -> Context {
        context::around(self, start, end)
    }
}

/// Letters, digits and the underscore.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The length in bytes of the blank at the front of `bytes`: space, no-break space (U+00A0) or
/// narrow no-break space (U+202F).
pub(crate) fn blank_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b' ', ..] => Some(1),
        [0xC2, 0xA0, ..] => Some(2),
        [0xE2, 0x80, 0xAF, ..] => Some(3),
        _ => None,
    }
}

/// Whether `value` is a UUID in its usual form.
pub(crate) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

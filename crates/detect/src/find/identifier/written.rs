//! An identifier as it is written, held against a pattern.

use crate::text::{Text, blank_length};

/// The most letters and digits that one has; IBANs, which have more, are read elsewhere.
const LONGEST: usize = 32;

/// What a pattern matched.
pub(super) struct Written {
    characters: [u8; LONGEST],
    length: usize,
    /// The place after it.
    pub(super) end: usize,
}

impl Written {
    /// Reads what is written at `start` by the pattern of a [`Form`](super::Form).
    pub(super) fn read(text: &Text<'_>, start: usize, pattern: &str) -> Option<Written> {
        let mut written = Written {
            characters: [0; LONGEST],
            length: 0,
            end: start,
        };
        for mark in pattern.bytes() {
            written.take(text, mark)?;
        }
        Some(written)
    }

    /// Its letters, in upper case, and digits.
    pub(super) fn characters(&self) -> &[u8] {
        self.characters.get(..self.length).unwrap_or_default()
    }

    fn take(&mut self, text: &Text<'_>, mark: u8) -> Option<()> {
        if mark == b' ' {
            self.end += blank_length(text.rest(self.end, 3))?;
            return Some(());
        }
        let byte = text.at(self.end)?;
        let fits = match mark {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            b'#' => byte.is_ascii_alphanumeric(),
            other => byte.eq_ignore_ascii_case(&other),
        };
        if !fits {
            return None;
        }
        if byte.is_ascii_alphanumeric() {
            *self.characters.get_mut(self.length)? = byte.to_ascii_uppercase();
            self.length += 1;
        }
        self.end += 1;
        Some(())
    }
}

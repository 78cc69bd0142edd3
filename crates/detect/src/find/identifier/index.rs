//! Which forms begin with which run of letters and digits.

use super::{Form, LONGEST_RUN, Unit, units};
use crate::context::Topics;
use std::sync::LazyLock;

/// A form with what it is a form of.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) unit: &'static Unit,
    pub(super) form: &'static Form,
    /// What the words that name the unit are about.
    pub(super) topic: Topics,
    /// The mark of the pattern after its first run; `None` where the pattern ends with it.
    mark: Option<u8>,
}

/// The forms by the length of their first run.
struct Index {
    /// Those that a run of digits alone can begin.
    digits: [Vec<Known>; LONGEST_RUN + 1],
    /// Those that a run with a letter in it can begin.
    letters: [Vec<Known>; LONGEST_RUN + 1],
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// The forms that can begin with this run, which `next` follows.
pub(super) fn beginning(run: &[u8], next: Option<u8>) -> impl Iterator<Item = &'static Known> {
    let digits = run.iter().all(u8::is_ascii_digit);
    let by_length = if digits {
        &INDEX.digits
    } else {
        &INDEX.letters
    };
    let forms = by_length.get(run.len()).into_iter().flatten();
    forms.filter(move |known| known.mark.is_none_or(|mark| fits(mark, next)))
}

/// Whether `next` is the mark, or the first byte of a blank where the mark is one.
fn fits(mark: u8, next: Option<u8>) -> bool {
    match next {
        Some(0xC2 | 0xE2) => mark == b' ' || mark >= 0x80,
        Some(next) => next == mark,
        None => false,
    }
}

impl Index {
    fn new() -> Index {
        let mut index = Index {
            digits: std::array::from_fn(|_| Vec::new()),
            letters: std::array::from_fn(|_| Vec::new()),
        };
        for (place, unit) in units().enumerate() {
            for form in unit.forms {
                index.add(unit, form, Topics::of_identifier(place));
            }
        }
        index
    }

    fn add(&mut self, unit: &'static Unit, form: &'static Form, topic: Topics) {
        let run = first_run(form.pattern);
        let known = Known {
            unit,
            form,
            topic,
            mark: form.pattern.as_bytes().get(run.len()).copied(),
        };
        let digits = run
            .iter()
            .all(|mark| mark.is_ascii_digit() || *mark == b'#');
        let letters = !run.iter().all(u8::is_ascii_digit);
        if let Some(forms) = self.digits.get_mut(run.len()).filter(|_| digits) {
            forms.push(known);
        }
        if let Some(forms) = self.letters.get_mut(run.len()).filter(|_| letters) {
            forms.push(known);
        }
    }
}

/// The letters and digits at the front of a pattern.
fn first_run(pattern: &str) -> &[u8] {
    let bytes = pattern.as_bytes();
    let stands = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    let length = bytes.iter().position(|byte| !stands(byte));
    bytes
        .get(..length.unwrap_or(bytes.len()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_begins_with_a_run_that_is_looked_up() {
        for unit in units() {
            for form in unit.forms {
                let run = first_run(form.pattern);
                assert!((1..=LONGEST_RUN).contains(&run.len()), "{}", form.pattern);
            }
        }
    }
}

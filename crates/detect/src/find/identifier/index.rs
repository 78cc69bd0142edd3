//! Which forms begin with which run of letters and digits.

use super::{Form, LONGEST_RUN, Unit, units};
use crate::context::Topics;
use std::sync::LazyLock;

/// A form with what it is a form of.
pub(super) struct Known {
    pub(super) unit: &'static Unit,
    pub(super) form: &'static Form,
    /// What the words that name the unit are about.
    pub(super) topic: Topics,
}

/// The forms by the length of their first run, those that begin with a digit and with a letter.
struct Index {
    digit: [Vec<Known>; LONGEST_RUN + 1],
    letter: [Vec<Known>; LONGEST_RUN + 1],
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// The forms that can begin with this run.
pub(super) fn beginning(run: &[u8]) -> impl Iterator<Item = &'static Known> {
    let digit = run.first().is_some_and(u8::is_ascii_digit);
    let by_length = if digit { &INDEX.digit } else { &INDEX.letter };
    by_length.get(run.len()).into_iter().flatten()
}

impl Index {
    fn new() -> Index {
        let mut index = Index {
            digit: std::array::from_fn(|_| Vec::new()),
            letter: std::array::from_fn(|_| Vec::new()),
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
        let known = || Known { unit, form, topic };
        let first = run.first().copied().unwrap_or_default();
        let either = first == b'X';
        if let Some(forms) = self.digit.get_mut(run.len())
            && (either || first.is_ascii_digit())
        {
            forms.push(known());
        }
        if let Some(forms) = self.letter.get_mut(run.len())
            && first.is_ascii_alphabetic()
        {
            forms.push(known());
        }
    }
}

/// The letters and digits at the front of a pattern.
fn first_run(pattern: &str) -> &[u8] {
    let bytes = pattern.as_bytes();
    let length = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric());
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

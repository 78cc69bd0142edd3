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
    /// Places in the first run, a bit each, where the pattern wants a digit.
    digits: Places,
    /// Where it wants a letter.
    letters: Places,
    /// Whether a letter or digit stands for itself.
    literal: bool,
}

/// Places in a run of at most [`LONGEST_RUN`] letters and digits, a bit each.
type Places = u32;

/// The forms whose first run has the same length.
#[derive(Default)]
struct Forms {
    /// Those that end with it.
    whole: Vec<Known>,
    /// Those that go on, by the mark that follows.
    further: Vec<(u8, Vec<Further>)>,
}

impl Forms {
    fn go_on(&mut self, mark: u8, then: Option<u8>, known: Known) {
        let further = Further { then, known };
        match self.further.iter_mut().find(|(of, _)| *of == mark) {
            Some((_, same)) => same.push(further),
            None => self.further.push((mark, vec![further])),
        }
    }
}

/// A form that goes on after its first run.
struct Further {
    /// What follows the mark, as far as one byte tells: `9`, `A`, `#` as in patterns.
    then: Option<u8>,
    known: Known,
}

impl Further {
    /// Whether it can go on with this byte after a mark of one byte.
    fn goes_on(&self, byte: Option<&u8>) -> bool {
        match (self.then, byte) {
            (Some(b'9'), Some(byte)) => byte.is_ascii_digit(),
            (Some(b'A'), Some(byte)) => byte.is_ascii_alphabetic(),
            (Some(b'#'), Some(byte)) => byte.is_ascii_alphanumeric(),
            (Some(_), Some(_)) | (None, _) => true,
            (Some(_), None) => false,
        }
    }
}

/// Whether `next` is the mark, or the first byte of a blank where the mark is one.
fn fits(mark: u8, next: u8) -> bool {
    match next {
        0xC2 | 0xE2 => mark == b' ' || mark >= 0x80,
        next => next == mark,
    }
}

/// The forms by the length of their first run.
struct Index([Forms; LONGEST_RUN + 1]);

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// A run of letters and digits, as it is compared with forms.
pub(super) struct Run {
    /// In upper case.
    characters: [u8; LONGEST_RUN],
    length: usize,
    digits: Places,
    letters: Places,
}

impl Run {
    /// `None`: no form begins with so long a run.
    pub(super) fn of(bytes: &[u8]) -> Option<Run> {
        let mut run = Run {
            characters: [0; LONGEST_RUN],
            length: bytes.len(),
            digits: 0,
            letters: 0,
        };
        let room = run.characters.get_mut(..bytes.len())?;
        for (place, (to, byte)) in room.iter_mut().zip(bytes).enumerate() {
            *to = byte.to_ascii_uppercase();
            run.digits |= Places::from(byte.is_ascii_digit()) << place;
        }
        run.letters = !run.digits & ((1 << bytes.len()) - 1);
        Some(run)
    }

    /// Its letters, in upper case, and digits.
    pub(super) fn characters(&self) -> &[u8] {
        self.characters.get(..self.length).unwrap_or_default()
    }

    /// The forms that it is a whole one of.
    pub(super) fn whole(&self) -> impl Iterator<Item = &'static Known> {
        let forms = INDEX.0.get(self.length).into_iter();
        forms
            .flat_map(|forms| &forms.whole)
            .filter(|known| self.fits(known) && (!known.literal || self.is_literally(known)))
    }

    /// The forms that it can begin where `next` follows, of which two bytes are looked at.
    pub(super) fn further(&self, next: &[u8]) -> impl Iterator<Item = &'static Known> {
        let (mark, then) = match next {
            [mark, then @ ..] => (Some(*mark), then.first()),
            [] => (None, None),
        };
        let forms = INDEX.0.get(self.length).filter(|_| mark.is_some());
        let short = mark.is_some_and(|mark| mark.is_ascii());
        forms
            .into_iter()
            .flat_map(|forms| &forms.further)
            .filter(move |(known, _)| mark.is_some_and(|mark| fits(*known, mark)))
            .flat_map(|(_, further)| further)
            .filter(move |further| !short || further.goes_on(then))
            .map(|further| &further.known)
            .filter(|known| self.fits(known))
    }

    fn fits(&self, known: &Known) -> bool {
        known.digits & self.letters == 0 && known.letters & self.digits == 0
    }

    fn is_literally(&self, known: &Known) -> bool {
        let marks = known.form.pattern.bytes().zip(self.characters());
        marks.into_iter().all(|(mark, character)| match mark {
            b'9' | b'A' | b'#' => true,
            mark => mark.eq_ignore_ascii_case(character),
        })
    }
}

impl Index {
    fn new() -> Index {
        let mut index = Index(std::array::from_fn(|_| Forms::default()));
        for (place, unit) in units().enumerate() {
            for form in unit.forms {
                index.add(unit, form, Topics::of_identifier(place));
            }
        }
        index
    }

    fn add(&mut self, unit: &'static Unit, form: &'static Form, topic: Topics) {
        let run = first_run(form.pattern);
        let places = |of: fn(&u8) -> bool| {
            let places = run.iter().enumerate().filter(|(_, mark)| of(mark));
            places.fold(0, |places, (place, _)| places | 1 << place)
        };
        let known = Known {
            unit,
            form,
            topic,
            digits: places(u8::is_ascii_digit),
            letters: places(u8::is_ascii_alphabetic),
            literal: !run.iter().all(|mark| matches!(mark, b'9' | b'A' | b'#')),
        };
        let Some(forms) = self.0.get_mut(run.len()) else {
            return;
        };
        let after = form.pattern.as_bytes().get(run.len()..).unwrap_or_default();
        match after {
            [] => forms.whole.push(known),
            [mark, then @ ..] => forms.go_on(*mark, then.first().copied(), known),
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

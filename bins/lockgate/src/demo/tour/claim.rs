//! What a step says about what it shows, and whether that is true.

use crate::demo::screen::Screen;
use crate::failure::CommandError;
use crate::render::style::{BAD, GOOD};

/// What came instead of what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Surprise {
    /// What should have come.
    pub(super) expected: String,
    /// What came.
    pub(super) got: String,
}

impl Surprise {
    /// `Ok` if both are the same.
    pub(super) fn unless_equal(expected: &str, got: &str) -> Result<(), Surprise> {
        Surprise::unless(expected == got, expected, got)
    }

    /// `Ok` if it holds.
    pub(super) fn unless(holds: bool, expected: &str, got: &str) -> Result<(), Surprise> {
        let surprise = || Surprise {
            expected: expected.to_owned(),
            got: got.to_owned(),
        };
        if holds { Ok(()) } else { Err(surprise()) }
    }
}

/// The claims of a tour.
pub(super) struct Claims<'a> {
    pub(super) screen: &'a Screen,
    made: usize,
    surprises: usize,
    headings: usize,
}

impl<'a> Claims<'a> {
    /// None yet.
    pub(super) fn new(screen: &'a Screen) -> Self {
        Claims {
            screen,
            made: 0,
            surprises: 0,
            headings: 0,
        }
    }

    /// Begins a step.
    ///
    /// # Errors
    /// [`CommandError::Output`].
    pub(super) fn step(&mut self, title: &str) -> Result<(), CommandError> {
        self.headings += 1;
        self.screen.heading(self.headings, title)
    }

    /// Says something, or that it is not true.
    ///
    /// # Errors
    /// [`CommandError::Output`].
    pub(super) fn claim(
        &mut self,
        text: &str,
        holds: Result<(), Surprise>,
    ) -> Result<(), CommandError> {
        self.made += 1;
        match holds {
            Ok(()) => self.screen.good(text),
            Err(surprise) => {
                self.surprises += 1;
                self.screen.bad(text)?;
                self.screen.text(&format!(
                    "  expected {}",
                    audit::printable(&surprise.expected)
                ))?;
                self.screen
                    .text(&format!("  got      {}", audit::printable(&surprise.got)))
            }
        }
    }

    /// Ends the tour; gives how many claims did not hold.
    ///
    /// # Errors
    /// [`CommandError::Output`].
    pub(super) fn sum_up(self) -> Result<usize, CommandError> {
        let (made, surprises) = (self.made, self.surprises);
        self.screen.line(match surprises {
            0 => format!("\n{GOOD}All {made} checks of the tour hold.{GOOD:#}"),
            _ => format!("\n{BAD}{surprises} of {made} checks of the tour do not hold.{BAD:#}"),
        })?;
        Ok(surprises)
    }
}

//! Mistakes and warnings, with their place and their fix.

use std::fmt;

/// One mistake in the configuration or in a file that it names.
///
/// `Display` is `file:line: message`, and on a second line `  help: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as its path was given.
    pub file: String,
    /// Line, from 1; `None` when it is about the whole file.
    pub line: Option<usize>,
    /// Character in the line, from 1, where it helps.
    pub column: Option<usize>,
    /// What is wrong. Never holds a secret.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        write!(f, ": {}", self.message)?;
        self.help
            .iter()
            .try_for_each(|help| write!(f, "\n  help: {help}"))
    }
}

/// Something that is allowed but should be known; as a [`Mistake`], it has a place and a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning(
    /// What it is about.
    pub Mistake,
);

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "warning: {}", self.0)
    }
}

/// Everything that is wrong with a configuration, in the order of files and lines. `Display` prints
/// all of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", all(.0))]
pub struct ConfigErrors(
    /// The mistakes; at least one.
    pub Vec<Mistake>,
);

fn all(mistakes: &[Mistake]) -> String {
    mistakes
        .iter()
        .map(Mistake::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

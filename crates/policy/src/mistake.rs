//! What is wrong with policies, with the place.

use std::fmt;

/// Everything that is wrong with the policies that were loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyErrors(
    /// The mistakes, in the order of the sources and of the places in them.
    pub Vec<PolicyMistake>,
);

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyErrors {}

/// One mistake in a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}{}", help_line(self.help.as_deref()))]
pub struct PolicyMistake {
    /// Name of the source.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

fn help_line(help: Option<&str>) -> String {
    help.map(|help| format!("\n  help: {help}"))
        .unwrap_or_default()
}

/// Line and column, both from 1, of a byte offset.
pub(crate) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
    let column = before.get(start..).unwrap_or_default().chars().count();
    (line.saturating_add(1), column.saturating_add(1))
}

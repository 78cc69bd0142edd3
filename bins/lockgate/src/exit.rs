//! How the program ends.

use std::process::ExitCode;

/// How the program ends; the numbers are part of the interface and stand in the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well: valid, allowed, verified.
    Fine,
    /// What was checked is wrong: mistakes, a statement that is not allowed, a broken record.
    Wrong,
    /// The command line, or a configuration that it names, cannot be used. Also clap's own number.
    Usage,
    /// A file, a database or PostgreSQL's programs cannot be reached.
    Unreachable,
    /// Ended by a signal before it was done; what a shell gives for Ctrl-C.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::Wrong => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
            Exit::Interrupted => 130,
        })
    }
}

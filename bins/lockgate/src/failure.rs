//! Why a command could not do its work.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use config::ConfigErrors;

use crate::exit::Exit;
use crate::render::style::{BAD, HEADING};

/// Why a command could not do its work. What a command finds out (a denied statement, a broken
/// record) is not an error but its result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The configuration cannot be used.
    #[error("{0}")]
    Config(#[from] ConfigErrors),
    /// No principal of that name is configured.
    #[error("no principal is called `{name}`: expected one of {known}")]
    NoPrincipal {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// No connection of that name is configured.
    #[error("no connection is called `{name}`: expected one of {known}")]
    NoConnection {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A word of the command line cannot be used.
    #[error("`{option}`: {problem}")]
    Option {
        /// The option.
        option: &'static str,
        /// What is wrong with its value.
        problem: String,
    },
    /// A connection's database cannot be read.
    #[error(transparent)]
    Inspect(#[from] gateway::InspectError),
    /// The gate cannot start.
    #[error("the gate cannot start: {0}")]
    Start(#[from] gateway::StartError),
    /// There is no PostgreSQL for the demo, or it does not start.
    #[error(transparent)]
    Cluster(#[from] testkit::ClusterError),
    /// A client of the demo cannot connect to the gate.
    #[error("{principal} cannot connect through the gate: {problem}")]
    Client {
        /// Who.
        principal: &'static str,
        /// What the gate or the driver said.
        problem: String,
    },
    /// The demo would overwrite what it did not write.
    #[error("`{}` was not written by the demo", .0.display())]
    Foreign(PathBuf),
    /// A file cannot be read or written.
    #[error("`{}`: {kind}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// A row of a file of values is longer than is held in memory.
    #[error("`{}`, line {line}: the row is longer than {limit} bytes", path.display())]
    LongRow {
        /// The file.
        path: PathBuf,
        /// The line on which that was seen, from 1.
        line: u64,
        /// The longest row that is read.
        limit: usize,
    },
    /// The output cannot be written.
    #[error("the output cannot be written: {}", .0.kind())]
    Output(#[from] io::Error),
    /// A report cannot be put into JSON.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    Randomness,
    /// A thread or a runtime cannot be made.
    #[error("no thread can be started: {0}")]
    Thread(io::ErrorKind),
}

impl CommandError {
    /// An I/O error of the file at `path`.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> CommandError {
        let path = path.to_path_buf();
        move |error| CommandError::File {
            path,
            kind: error.kind(),
        }
    }

    /// How the program ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            CommandError::Config(_)
            | CommandError::NoPrincipal { .. }
            | CommandError::NoConnection { .. }
            | CommandError::Option { .. }
            | CommandError::Foreign(_) => Exit::Usage,
            // The reader of the output has gone, as `head` does: that is its right.
            CommandError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Fine,
            CommandError::Inspect(_)
            | CommandError::Start(_)
            | CommandError::Cluster(_)
            | CommandError::Client { .. }
            | CommandError::File { .. }
            | CommandError::LongRow { .. }
            | CommandError::Output(_)
            | CommandError::Json(_)
            | CommandError::Randomness
            | CommandError::Thread(_) => Exit::Unreachable,
        }
    }

    /// What can be done about it, where that is not part of the message.
    fn help(&self) -> Option<&'static str> {
        match self {
            CommandError::Foreign(_) => Some("name an empty directory with `--state-dir`"),
            CommandError::Inspect(_) => {
                Some("`lockgate check --config FILE --connect` looks at every connection")
            }
            CommandError::LongRow { .. } => {
                Some("`--input` says how the file is laid out; a quote may be open in its CSV")
            }
            CommandError::Config(_)
            | CommandError::NoPrincipal { .. }
            | CommandError::NoConnection { .. }
            | CommandError::Option { .. }
            | CommandError::Start(_)
            | CommandError::Cluster(_)
            | CommandError::Client { .. }
            | CommandError::File { .. }
            | CommandError::Output(_)
            | CommandError::Json(_)
            | CommandError::Randomness
            | CommandError::Thread(_) => None,
        }
    }

    /// Prints it on the error output, with what can be done.
    pub(crate) fn print(&self) {
        if self.exit() == Exit::Fine {
            return;
        }
        let mut out = anstream::stderr().lock();
        let text = self.to_string();
        let text = audit_lines(&text);
        // Nobody is left to tell when this fails.
        let _ = writeln!(out, "{BAD}error{BAD:#}: {text}");
        if let Some(help) = self.help() {
            let _ = writeln!(out, "{HEADING}help{HEADING:#}: {help}");
        }
    }
}

/// The text with what would act on a terminal made visible, line by line.
fn audit_lines(text: &str) -> String {
    text.lines()
        .map(|line| audit::printable(line).into_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

//! `lockgate audit`: reads and verifies the log. It never writes.

mod log_file;
mod search;
mod tail;
pub(crate) mod verify;

use std::io::Write;
use std::path::PathBuf;

use audit::Record;

use super::configuration;
use crate::cli::{Audit, Log};
use crate::exit::Exit;
use crate::failure::CommandError;
use crate::render::record;
use crate::render::style::BAD;

pub(super) fn run(command: Audit) -> Result<Exit, CommandError> {
    match command {
        Audit::Tail(options) => tail::run(&options),
        Audit::Search(options) => search::run(&options),
        Audit::Verify(options) => verify::run(&options),
    }
}

/// The file that the options name.
fn path(log: &Log) -> Result<PathBuf, CommandError> {
    match (&log.log, &log.state_dir, &log.config) {
        (Some(log), _, _) => Ok(log.clone()),
        (None, Some(state_dir), _) => Ok(state_dir.join(gateway::AUDIT_FILE)),
        (None, None, Some(config)) => Ok(configuration::load(config)?
            .state_dir
            .join(gateway::AUDIT_FILE)),
        (None, None, None) => Err(CommandError::Option {
            option: "--state-dir",
            problem: "expected `--state-dir`, `--config` or `--log`".to_owned(),
        }),
    }
}

/// How records are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    /// As a line for people.
    Line,
    /// As it stands in the log.
    Json,
}

impl Show {
    fn new(json: bool) -> Self {
        if json { Show::Json } else { Show::Line }
    }

    /// Shows one line of the log, with its line feed, which was read as `record`.
    fn record(self, out: &mut dyn Write, line: &[u8], record: &Record) -> Result<(), CommandError> {
        match self {
            Show::Line => writeln!(out, "{}", record::line(record))?,
            Show::Json => out.write_all(line)?,
        }
        Ok(())
    }

    /// Shows one line, or that it is no sound record; then the command ends with [`Exit::Wrong`].
    fn line(self, out: &mut dyn Write, line: &[u8]) -> Result<Exit, CommandError> {
        match Record::read(line) {
            Ok(record) => {
                self.record(out, line, &record)?;
                Ok(Exit::Fine)
            }
            Err(reason) => {
                unsound(&reason.to_string());
                Ok(Exit::Wrong)
            }
        }
    }
}

/// Says on the error output that a line is no sound record.
fn unsound(reason: &str) {
    let mut out = anstream::stderr().lock();
    // Nobody is left to tell when this fails.
    let _ = writeln!(
        out,
        "{BAD}not a sound record{BAD:#}: {reason}; run `lockgate audit verify`"
    );
}

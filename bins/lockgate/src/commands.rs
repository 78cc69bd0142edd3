//! One module for each command.

mod audit;
mod check;
mod classify;
pub(crate) mod configuration;
mod detect;
mod explain;
mod key;
mod mask;
mod moment;

pub(crate) use audit::verify::verify;

use crate::cli::Command;
use crate::demo;
use crate::exit::Exit;
use crate::failure::CommandError;

/// Runs a command to its end.
///
/// # Errors
/// What kept it from its work; what it found out is in the [`Exit`].
pub(crate) fn run(command: Command) -> Result<Exit, CommandError> {
    match command {
        Command::Demo(options) => demo::run(&options),
        Command::Check(options) => check::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Key(command) => key::run(command),
        Command::Audit(command) => audit::run(command),
        Command::Detect(options) => detect::run(&options),
        Command::Mask(options) => mask::run(&options),
        Command::Classify(options) => classify::run(&options),
    }
}

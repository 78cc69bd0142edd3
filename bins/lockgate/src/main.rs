//! The Lockgate command line: demo, check, explain, key, audit, detect, mask, classify.
//!
//! What was typed becomes a [`cli::Command`]; each command is a module of [`commands`], the demo
//! one of its own. Nothing here decides about a statement or changes a value: that is `session`'s
//! work, in the demo and in `explain` as in the proxy; nor does it find or mask by means of its own:
//! that is `detect`'s and `mask`'s.

mod cli;
mod commands;
mod demo;
mod exit;
mod failure;
mod files;
mod large_stack;
mod randomness;
mod render;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli.command) {
        Ok(exit) => exit.into(),
        Err(error) => {
            error.print();
            error.exit().into()
        }
    }
}

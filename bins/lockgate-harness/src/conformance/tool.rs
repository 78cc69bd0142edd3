//! Other people's programs: run, waited for, and their words kept when they fail.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::site::{DATABASE, Target, USER};
use crate::HarnessError;

/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(50);

/// How much of a failed program's output an error shows, in lines.
const TAIL: usize = 15;

/// Runs a program to its end and gives what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String, HarnessError> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(command, error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = [output.stdout, output.stderr].concat();
    Err(failed(command, tail(&String::from_utf8_lossy(&words))))
}

/// How a program ended that was given a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Well,
    Badly,
    /// It was killed, with everything that it had started.
    TooLate,
}

/// Runs a program whose failure is a result, with its output in a file.
pub(crate) fn timed(
    command: &mut Command,
    log: &Path,
    limit: Duration,
) -> Result<Ended, HarnessError> {
    let file = File::create(log)?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .process_group(0)
        .spawn()
        .map_err(|error| failed(command, error.to_string()))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() {
                Ended::Well
            } else {
                Ended::Badly
            });
        }
        if Instant::now() > deadline {
            let group = format!("-{}", child.id());
            // The group leader has not been waited for, so its number is nobody else's.
            Command::new("kill")
                .args(["-KILL", "--", &group])
                .status()?;
            child.wait()?;
            return Ok(Ended::TooLate);
        }
        std::thread::sleep(POLL);
    }
}

/// The environment by which libpq and asyncpg find their server, and nothing of ours.
pub(crate) fn connect_to<'c>(command: &'c mut Command, target: &Target) -> &'c mut Command {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    command
        .env("PGHOST", target.address.ip().to_string())
        .env("PGPORT", target.address.port().to_string())
        .env("PGUSER", USER)
        .env("PGDATABASE", DATABASE)
        .env("PGPASSWORD", &target.password)
        .env("PGCONNECT_TIMEOUT", "20")
}

/// An error that names the program.
pub(crate) fn failed(command: &Command, reason: String) -> HarnessError {
    HarnessError::Tool {
        program: command.get_program().to_string_lossy().into_owned(),
        reason,
    }
}

/// The last lines of a text.
pub(crate) fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let from = lines.len().saturating_sub(TAIL);
    lines.get(from..).unwrap_or_default().join("\n")
}

//! Step: the log is sound, holds no secret, and a flipped byte is found.

use std::fs;
use std::path::Path;

use testkit::canary;

use super::claim::{Claims, Surprise};
use crate::commands;
use crate::demo::setup::Stage;
use crate::failure::CommandError;
use crate::render::style::{BAD, FAINT};

pub(super) fn run(claims: &mut Claims<'_>, stage: &Stage) -> Result<(), CommandError> {
    claims.step("The record can be verified")?;
    let path = stage.log();
    let log = fs::read(&path).map_err(CommandError::file(&path))?;
    let verified = commands::verify(&path)?;
    let got = verified
        .broken
        .map_or("sound".to_owned(), |broken| broken.to_string());
    claims.claim(
        &format!(
            "all {} records of the log are sound: each carries the hash of the one before",
            verified.summary.records
        ),
        Surprise::unless_equal("sound", &got),
    )?;
    claims
        .screen
        .text(&format!("  {FAINT}head {}{FAINT:#}", verified.summary.head))?;
    no_secrets(claims, stage, &log)?;
    flipped(claims, &log)
}

fn no_secrets(claims: &mut Claims<'_>, stage: &Stage, log: &[u8]) -> Result<(), CommandError> {
    let leaks = canary::leaks(log);
    let got = leaks.first().map_or("none".to_owned(), ToString::to_string);
    claims.claim(
        "the log holds none of the planted values",
        Surprise::unless(leaks.is_empty(), "none", &got),
    )?;
    let holds = |secret: &str| {
        log.windows(secret.len())
            .any(|window| window == secret.as_bytes())
    };
    let leaked = stage
        .people
        .iter()
        .find(|holder| holds(holder.key.expose()));
    let got = leaked.map_or("none".to_owned(), |holder| {
        format!("the key of {}", holder.person.name)
    });
    claims.claim(
        "and no access key",
        Surprise::unless(leaked.is_none(), "none", &got),
    )
}

/// Flips one bit in the middle of a copy.
fn flipped(claims: &mut Claims<'_>, log: &[u8]) -> Result<(), CommandError> {
    let directory = std::env::temp_dir();
    let copy =
        tempfile::NamedTempFile::new_in(&directory).map_err(CommandError::file(&directory))?;
    let at = log.len() / 2;
    let mut bytes = log.to_vec();
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1;
    }
    fs::write(copy.path(), &bytes).map_err(CommandError::file(copy.path()))?;
    let expected = record_at(log, at);
    let found = verify(copy.path())?;
    claims.screen.line("")?;
    claims.screen.text(&format!(
        "Now a copy of the log, in which one bit of byte {at} is flipped:"
    ))?;
    claims.screen.text(&format!(
        "  {BAD}broken{BAD:#}  {}",
        found.as_ref().map_or("not found", |(_, text)| text)
    ))?;
    let got = found.as_ref().map_or("nothing".to_owned(), |(record, _)| {
        format!("record {record}")
    });
    claims.claim(
        "the flipped bit is found, and the record that it is in is named",
        Surprise::unless_equal(&format!("record {expected}"), &got),
    )
}

/// The record that the verification names, and its words.
fn verify(path: &Path) -> Result<Option<(u64, String)>, CommandError> {
    let verified = commands::verify(path)?;
    Ok(verified
        .broken
        .map(|broken| (broken.sequence, broken.to_string())))
}

/// The number of the record whose line holds the byte at `at`.
fn record_at(log: &[u8], at: usize) -> u64 {
    log.iter().take(at).filter(|byte| **byte == b'\n').count() as u64
}

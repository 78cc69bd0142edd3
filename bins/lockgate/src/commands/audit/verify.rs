//! `lockgate audit verify`.

use std::io::Write;
use std::path::Path;

use audit::{Broken, Summary, Verifier};
use jiff::Timestamp;
use serde::Serialize;

use super::log_file::LogFile;
use super::path;
use crate::cli::{Format, Verify};
use crate::exit::Exit;
use crate::failure::CommandError;
use crate::render::style::{BAD, FAINT, GOOD, HEADING};

pub(super) fn run(options: &Verify) -> Result<Exit, CommandError> {
    let path = path(&options.log)?;
    let verified = verify(&path)?;
    let mut out = anstream::stdout().lock();
    match options.output {
        Format::Table => verified.print(&path, &mut out)?,
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&verified.report())?)?,
    }
    Ok(if verified.broken.is_none() {
        Exit::Fine
    } else {
        Exit::Wrong
    })
}

/// What became of a verification.
pub(crate) struct Verified {
    /// What the sound records, up to the end or to the first broken one, hold.
    pub(crate) summary: Summary,
    /// The first record that is not what was written.
    pub(crate) broken: Option<Broken>,
}

/// Verifies a whole log.
///
/// # Errors
/// [`CommandError::File`].
pub(crate) fn verify(path: &Path) -> Result<Verified, CommandError> {
    let mut log = LogFile::open(path)?;
    let mut verifier = Verifier::new();
    while let Some(line) = log.next_line()? {
        if let Err(broken) = verifier.line(line) {
            return Ok(Verified {
                summary: verifier.finish(),
                broken: Some(broken),
            });
        }
    }
    Ok(Verified {
        summary: verifier.finish(),
        broken: None,
    })
}

/// The report for programs.
#[derive(Serialize)]
struct Report {
    sound: bool,
    /// Sound records, from the first one.
    records: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    /// Hash of the last sound record.
    head: String,
    broken: Option<BrokenReport>,
}

#[derive(Serialize)]
struct BrokenReport {
    record: u64,
    line: u64,
    reason: String,
}

impl Verified {
    fn report(&self) -> Report {
        Report {
            sound: self.broken.is_none(),
            records: self.summary.records,
            first: self.summary.first,
            last: self.summary.last,
            head: self.summary.head.to_string(),
            broken: self.broken.map(|broken| BrokenReport {
                record: broken.sequence,
                line: broken.line,
                reason: broken.reason.to_string(),
            }),
        }
    }

    fn print(&self, path: &Path, out: &mut dyn Write) -> Result<(), CommandError> {
        let summary = &self.summary;
        let time = |time: Option<Timestamp>| {
            time.map_or("-".to_owned(), |time| {
                time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
            })
        };
        match &self.broken {
            None => writeln!(
                out,
                "{GOOD}sound{GOOD:#}    {} records in {}",
                summary.records,
                path.display()
            )?,
            Some(broken) => {
                writeln!(out, "{BAD}broken{BAD:#}   {broken}")?;
                writeln!(
                    out,
                    "         {} records before it are sound; what follows it proves nothing",
                    summary.records
                )?;
            }
        }
        writeln!(out, "{HEADING}first{HEADING:#}    {}", time(summary.first))?;
        writeln!(out, "{HEADING}last{HEADING:#}     {}", time(summary.last))?;
        writeln!(out, "{HEADING}head{HEADING:#}     {}", summary.head)?;
        if self.broken.is_none() {
            writeln!(
                out,
                "{FAINT}Keep the head in another place: it tells later whether the log was cut off or written anew.{FAINT:#}"
            )?;
        }
        Ok(())
    }
}

//! `lockgate audit search`.

use std::io::{BufWriter, Write};

use audit::{Filter, Record};
use jiff::Timestamp;

use super::log_file::LogFile;
use super::{Show, path, unsound};
use crate::cli::Search;
use crate::commands::moment::{self, Direction};
use crate::exit::Exit;
use crate::failure::CommandError;

/// The words of verdicts: a misspelled one would silently find nothing.
const VERDICTS: [&str; 3] = ["allow", "deny", "hold"];

pub(super) fn run(options: &Search) -> Result<Exit, CommandError> {
    let filter = filter(options, Timestamp::now())?;
    let mut log = LogFile::open(&path(&options.log)?)?;
    let show = Show::new(options.records.json);
    let mut out = BufWriter::new(anstream::stdout().lock());
    let mut exit = Exit::Fine;
    while let Some(line) = log.next_line()? {
        match Record::read(line) {
            Ok(record) if filter.matches(&record) => show.record(&mut out, line, &record)?,
            Ok(_) => {}
            Err(reason) => {
                unsound(&reason.to_string());
                exit = Exit::Wrong;
            }
        }
    }
    out.flush()?;
    Ok(exit)
}

fn filter(options: &Search, now: Timestamp) -> Result<Filter, CommandError> {
    let moment = |option, text: &Option<String>| {
        text.as_deref()
            .map(|text| moment::read(option, text, now, Direction::Past))
            .transpose()
    };
    Ok(Filter {
        principal: options.principal.clone(),
        connection: options.connection.clone(),
        verdict: options.verdict.as_deref().map(verdict).transpose()?,
        kind: options.kind.clone(),
        relation: options.relation.clone(),
        text: options.text.clone(),
        since: moment("--since", &options.since)?,
        until: moment("--until", &options.until)?,
    })
}

fn verdict(word: &str) -> Result<String, CommandError> {
    let known = VERDICTS
        .iter()
        .any(|verdict| verdict.eq_ignore_ascii_case(word));
    known
        .then(|| word.to_owned())
        .ok_or_else(|| CommandError::Option {
            option: "--verdict",
            problem: format!(
                "unknown verdict `{word}`: expected one of {}",
                VERDICTS.join(", ")
            ),
        })
}

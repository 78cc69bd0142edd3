//! `lockgate check`: a configuration, its policies, and on request its databases.

mod databases;

use std::io::Write;

use config::{Config, ConfigErrors, Mistake};
use serde::Serialize;

use super::configuration;
use crate::cli::{Check, Format};
use crate::exit::Exit;
use crate::failure::CommandError;
use crate::large_stack;
use crate::render::style::{BAD, CARE, FAINT, GOOD, NAME};

pub(super) use databases::is_system;

pub(super) fn run(options: &Check) -> Result<Exit, CommandError> {
    let report = match configuration::load(&options.config) {
        Err(errors) => Report::of_mistakes(&errors),
        Ok(config) if options.connect => {
            let databases = large_stack::block_on(databases::look(&config))?;
            Report::of_config(&config, databases)
        }
        Ok(config) => Report::of_config(&config, Vec::new()),
    };
    let mut out = anstream::stdout().lock();
    match options.output {
        Format::Table => report.print(&options.config.display().to_string(), &mut out)?,
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?,
    }
    Ok(report.exit())
}

/// What was found; also the report for programs.
#[derive(Serialize)]
struct Report {
    valid: bool,
    mistakes: Vec<Finding>,
    warnings: Vec<Finding>,
    /// The configuration for people, without secrets.
    #[serde(skip)]
    summary: String,
    /// One for each connection, when they were looked at.
    connections: Vec<databases::Report>,
}

/// A mistake or a warning, with its place.
#[derive(Debug, Serialize)]
struct Finding {
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    message: String,
    help: Option<String>,
}

impl From<&Mistake> for Finding {
    fn from(mistake: &Mistake) -> Self {
        Finding {
            file: mistake.file.clone(),
            line: mistake.line,
            column: mistake.column,
            message: mistake.message.clone(),
            help: mistake.help.clone(),
        }
    }
}

impl Report {
    fn of_mistakes(ConfigErrors(mistakes): &ConfigErrors) -> Self {
        Report {
            valid: false,
            mistakes: mistakes.iter().map(Finding::from).collect(),
            warnings: Vec::new(),
            summary: String::new(),
            connections: Vec::new(),
        }
    }

    fn of_config(config: &Config, connections: Vec<databases::Report>) -> Self {
        Report {
            valid: true,
            mistakes: Vec::new(),
            warnings: config
                .warnings
                .iter()
                .map(|warning| Finding::from(&warning.0))
                .collect(),
            summary: config.summary(),
            connections,
        }
    }

    fn exit(&self) -> Exit {
        let unreachable = self
            .connections
            .iter()
            .any(|found| found.outcome.is_unreachable());
        let wrong = self
            .connections
            .iter()
            .any(|found| !found.outcome.mistakes().is_empty());
        match (self.valid && !wrong, unreachable) {
            (false, _) => Exit::Wrong,
            (true, true) => Exit::Unreachable,
            (true, false) => Exit::Fine,
        }
    }

    fn print(&self, file: &str, out: &mut dyn Write) -> Result<(), CommandError> {
        for mistake in &self.mistakes {
            mistake.print(&format!("{BAD}error{BAD:#}"), out)?;
        }
        for warning in &self.warnings {
            warning.print(&format!("{CARE}warning{CARE:#}"), out)?;
        }
        if !self.valid {
            let count = self.mistakes.len();
            let word = if count == 1 { "mistake" } else { "mistakes" };
            writeln!(out, "{BAD}not valid{BAD:#}: {count} {word}")?;
            return Ok(());
        }
        writeln!(out, "{FAINT}{}{FAINT:#}\n", self.summary.trim_end())?;
        self.connections
            .iter()
            .try_for_each(|found| found.print(out))?;
        writeln!(out, "{GOOD}valid{GOOD:#}: {NAME}{file}{NAME:#}")?;
        Ok(())
    }
}

impl Finding {
    fn print(&self, word: &str, out: &mut dyn Write) -> Result<(), CommandError> {
        let numbers = [self.line, self.column].into_iter().flatten();
        let place: String = numbers.map(|number| format!(":{number}")).collect();
        let printable = |text: &str| audit::printable(text).into_owned();
        // The line itself is not shown: it may be the one into which somebody wrote a password.
        writeln!(out, "{word}: {}", printable(&self.message))?;
        writeln!(
            out,
            "  {FAINT}at{FAINT:#}   {}{place}",
            printable(&self.file)
        )?;
        if let Some(help) = &self.help {
            writeln!(out, "  {FAINT}help{FAINT:#} {}", printable(help))?;
        }
        Ok(writeln!(out)?)
    }
}

//! Findings for people and for programs, a row at a time, so that no file is too long.

use std::io::Write;

use clap::builder::styling::Style;
use serde::Serialize;

use super::Finding;
use crate::failure::CommandError;
use crate::files::Row;
use crate::render::style::{BAD, CARE, FAINT, HEADING, NAME};

/// Width of the names of columns; longer ones push the rest of their line to the right.
const COLUMN_WIDTH: usize = 28;
/// Width of the names of types, as the longest.
const TYPE_WIDTH: usize = 22;

/// A line for each finding, under the file's name.
pub(super) fn table(
    file: &str,
    is_first: bool,
    findings: &[Finding<'_>],
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    if is_first {
        writeln!(out, "{NAME}{}{NAME:#}", audit::printable(file))?;
        writeln!(
            out,
            "{HEADING}{:>9}  {:<COLUMN_WIDTH$}  {:<TYPE_WIDTH$}  score  bytes{HEADING:#}",
            "line", "column", "type"
        )?;
    }
    for found in findings {
        let column = audit::printable(found.column.unwrap_or("-"));
        let style = style_of(found);
        writeln!(
            out,
            "{:>9}  {column:<COLUMN_WIDTH$}  {style}{:<TYPE_WIDTH$}{style:#}  {:>5}  {}-{}",
            found.line, found.name, found.score, found.span.start, found.span.end,
        )?;
    }
    Ok(())
}

/// A finding for programs.
#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    line: u64,
    column: Option<&'a str>,
    start: usize,
    end: usize,
    r#type: &'a str,
    tag: &'static str,
    score: u8,
}

/// An object for each finding.
pub(super) fn json(
    file: &str,
    findings: &[Finding<'_>],
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    for found in findings {
        let report = Report {
            file,
            line: found.line,
            column: found.column,
            start: found.span.start,
            end: found.span.end,
            r#type: found.name,
            tag: found.tag,
            score: found.score,
        };
        writeln!(out, "{}", serde_json::to_string(&report)?)?;
    }
    Ok(())
}

/// The row as it is written, with what was found in colour.
pub(super) fn highlight(
    file: &str,
    row: &Row<'_>,
    findings: &[Finding<'_>],
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let file = audit::printable(file);
    write!(out, "{NAME}{file}{NAME:#}{FAINT}:{}:{FAINT:#} ", row.line)?;
    let text = |from: usize, to: usize| {
        let bytes = row.raw.get(from..to).unwrap_or_default();
        let text = String::from_utf8_lossy(bytes);
        audit::printable(&text).into_owned()
    };
    let mut shown = 0;
    for found in findings {
        let style = style_of(found);
        let start = found.in_row.start.max(shown);
        let end = found.in_row.end.max(start);
        write!(
            out,
            "{}{style}{}{style:#}",
            text(shown, start),
            text(start, end)
        )?;
        shown = end;
    }
    let end = row.raw.trim_ascii_end().len();
    Ok(writeln!(out, "{}", text(shown, end))?)
}

/// Secrets can be used by whoever reads them; other data only says something.
fn style_of(found: &Finding<'_>) -> Style {
    if found.tag.starts_with("secret.") {
        BAD
    } else {
        CARE
    }
}

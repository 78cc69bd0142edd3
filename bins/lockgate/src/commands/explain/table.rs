//! The report as people read it.

use std::io::Write;

use super::report::{RefusalReport, Report, SCAN, SCRUB, Statement};
use crate::failure::CommandError;
use crate::render::style::{FAINT, HEADING, NAME, of_verdict};
use crate::render::table::{self, Tone, cell};

/// How far tables stand in.
const INDENT: usize = table::MARGIN as usize;

/// Prints the report.
///
/// # Errors
/// [`CommandError::Output`].
pub(super) fn print(report: &Report, out: &mut dyn Write) -> Result<(), CommandError> {
    let who = match &report.on_behalf_of {
        Some(owner) => format!(
            "{NAME}{}{NAME:#} ({} for {owner})",
            report.principal, report.kind
        ),
        None => format!("{NAME}{}{NAME:#} ({})", report.principal, report.kind),
    };
    let (connection, environment) = (&report.connection, &report.environment);
    let style = of_verdict(report.verdict);
    writeln!(
        out,
        "{who} on {NAME}{connection}{NAME:#} ({environment})  {style}{}{style:#}",
        report.verdict
    )?;
    writeln!(
        out,
        "{FAINT}policy epoch {}, catalog epoch {}{FAINT:#}",
        report.policy_epoch, report.catalog_epoch
    )?;
    if let Some(refusal) = &report.refusal {
        writeln!(out)?;
        print_refusal(refusal, out)?;
    }
    report
        .statements
        .iter()
        .try_for_each(|statement| print_statement(statement, out))
}

fn print_refusal(refusal: &RefusalReport, out: &mut dyn Write) -> Result<(), CommandError> {
    let mut rows = table::with_header(&[]);
    let tell = [
        ("SQLSTATE", Some(&refusal.sqlstate), Tone::Bad),
        ("reason", Some(&refusal.reason), Tone::Plain),
        ("detail", refusal.detail.as_ref(), Tone::Plain),
        ("hint", refusal.hint.as_ref(), Tone::Plain),
    ];
    for (name, text, tone) in tell {
        if let Some(text) = text {
            rows.add_row([cell(name, Tone::Faint), cell(text, tone)]);
        }
    }
    Ok(write!(out, "{}", table::lines(rows, INDENT))?)
}

fn print_statement(statement: &Statement, out: &mut dyn Write) -> Result<(), CommandError> {
    let style = of_verdict(statement.verdict);
    writeln!(
        out,
        "\n{HEADING}{}{HEADING:#}",
        audit::printable(&statement.statement)
    )?;
    write!(out, "  {style}{}{style:#}", statement.verdict)?;
    if !statement.policies.is_empty() {
        write!(out, " by {}", statement.policies.join(", "))?;
    }
    writeln!(out, "  {FAINT}{}{FAINT:#}", statement.kind)?;
    if let Some(refusal) = &statement.refusal {
        print_refusal(refusal, out)?;
    }
    print_unresolved(statement, out)?;
    for (title, table) in [
        ("Result", outputs(statement)),
        ("Columns used", columns(statement)),
        ("Relations", relations(statement)),
        ("Functions", functions(statement)),
        ("Questions", questions(statement)),
    ] {
        if table.row_count() > 0 {
            write!(
                out,
                "\n  {HEADING}{title}{HEADING:#}\n{}",
                table::lines(table, INDENT)
            )?;
        }
    }
    print_notes(statement, out)
}

fn print_unresolved(statement: &Statement, out: &mut dyn Write) -> Result<(), CommandError> {
    for reason in &statement.unresolved {
        writeln!(out, "  not resolved: {}", audit::printable(reason))?;
    }
    Ok(())
}

fn print_notes(statement: &Statement, out: &mut dyn Write) -> Result<(), CommandError> {
    let words = |protection: &'static str| match protection {
        SCAN => "text without a tag is searched for personal data and secrets",
        SCRUB => "errors and notices lose what could carry a value",
        other => other,
    };
    let notes: Vec<_> = statement
        .protections
        .iter()
        .map(|found| words(found))
        .collect();
    if !notes.is_empty() {
        writeln!(out, "\n  {FAINT}{}{FAINT:#}", notes.join("; "))?;
    }
    Ok(())
}

fn outputs(statement: &Statement) -> comfy_table::Table {
    let mut table = table::with_header(&["column", "from", "shown", "tag"]);
    for output in &statement.outputs {
        let from = match (output.from.is_empty(), output.derivation) {
            (true, "opaque") => "unknown".to_owned(),
            (true, _) => "a constant".to_owned(),
            (false, "copied") => output.from.join(", "),
            (false, derivation) => format!("{derivation} from {}", output.from.join(", ")),
        };
        table.add_row([
            cell(&output.name, Tone::Name),
            cell(from, Tone::Plain),
            cell(output.shown.disclosure, tone(output.shown.disclosure)),
            cell(output.shown.tag.as_deref().unwrap_or("-"), Tone::Faint),
        ]);
    }
    if let Some(shown) = &statement.every_output {
        table.add_row([
            cell("every column", Tone::Name),
            cell("not known before it runs", Tone::Plain),
            cell(shown.disclosure, tone(shown.disclosure)),
            cell(shown.tag.as_deref().unwrap_or("-"), Tone::Faint),
        ]);
    }
    table
}

fn columns(statement: &Statement) -> comfy_table::Table {
    let mut table = table::with_header(&["column", "in", "may see", "tag", "by"]);
    for column in &statement.columns {
        table.add_row([
            cell(&column.name, Tone::Name),
            cell(column.clauses.join(", "), Tone::Plain),
            cell(column.disclosure, tone(column.disclosure)),
            cell(column.tag.as_deref().unwrap_or("-"), Tone::Faint),
            cell(column.policies.join(", "), Tone::Faint),
        ]);
    }
    table
}

fn relations(statement: &Statement) -> comfy_table::Table {
    let mut table = table::with_header(&["relation", "actions"]);
    for relation in &statement.relations {
        table.add_row([
            cell(&relation.name, Tone::Name),
            cell(relation.actions.join(", "), Tone::Plain),
        ]);
    }
    table
}

fn functions(statement: &Statement) -> comfy_table::Table {
    let mut table = table::with_header(&["function", "class"]);
    for function in &statement.functions {
        table.add_row([
            cell(&function.name, Tone::Name),
            cell(function.class.replace('_', " "), Tone::Plain),
        ]);
    }
    table
}

fn questions(statement: &Statement) -> comfy_table::Table {
    let mut table = table::with_header(&["principal", "action", "resource", "answer", "by"]);
    for question in &statement.questions {
        let tone = if question.answer == "permitted" {
            Tone::Good
        } else {
            Tone::Bad
        };
        table.add_row([
            cell(&question.principal, Tone::Name),
            cell(question.action, Tone::Plain),
            cell(&question.resource, Tone::Plain),
            cell(question.answer, tone),
            cell(question.policies.join(", "), Tone::Faint),
        ]);
    }
    table
}

fn tone(disclosure: &str) -> Tone {
    match disclosure {
        "clear" => Tone::Good,
        "redacted" => Tone::Bad,
        _ => Tone::Care,
    }
}

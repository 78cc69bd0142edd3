//! Step: the record of it all.

use audit::Outcome;
use comfy_table::ContentArrangement;

use super::claim::{Claims, Surprise};
use super::log::{self, Told};
use crate::demo::configuration::PROD;
use crate::demo::setup::Stage;
use crate::failure::CommandError;
use crate::render::record;
use crate::render::table::{self, Tone, cell};

/// Longest statement that the table shows.
const STATEMENT_MAX: usize = 40;

/// Longest end of a statement that the table shows.
const END_MAX: usize = 34;

pub(super) async fn run(claims: &mut Claims<'_>, stage: &Stage) -> Result<(), CommandError> {
    claims.step("The record of it all")?;
    claims.screen.text(
        "Each statement was written down with its verdict before a byte of it reached the database, and\n\
         again when it had ended. Literals are left out: the record of a secret is not a second secret.",
    )?;
    let told = log::statements(stage).await?;
    let mut rows =
        table::with_header(&["record", "who", "verdict", "statement", "what came of it"]);
    // Every cell is short enough by itself.
    rows.set_content_arrangement(ContentArrangement::Disabled);
    for told in &told {
        rows.add_row([
            cell(format!("#{}", told.record), Tone::Faint),
            cell(&told.who, Tone::Name),
            cell(
                &told.intent.judgement.verdict,
                tone(&told.intent.judgement.verdict),
            ),
            cell(
                record::shortened(&told.intent.judgement.statement, STATEMENT_MAX),
                Tone::Plain,
            ),
            cell(record::shortened(&came_of(told), END_MAX), Tone::Plain),
        ]);
    }
    claims.screen.table(rows)?;
    claims.claim(
        &format!("{} statements, each with its end, on {PROD}", told.len()),
        complete(&told),
    )?;
    claims.claim(
        "the agent's DROP TABLE is there, with the policy that refused it",
        drop_table(&told),
    )
}

fn tone(verdict: &str) -> Tone {
    match verdict {
        "allow" => Tone::Good,
        "hold" => Tone::Care,
        _ => Tone::Bad,
    }
}

fn came_of(told: &Told) -> String {
    match (
        &told.intent.judgement.reason,
        told.intent.judgement.policies.is_empty(),
    ) {
        (Some(_), false) => told.intent.judgement.policies.join(", "),
        (Some(reason), true) => reason.clone(),
        (None, _) => told.outcome.as_ref().map_or("not ended".to_owned(), ended),
    }
}

fn ended(outcome: &Outcome) -> String {
    if let Some(sqlstate) = &outcome.sqlstate {
        return format!("error {sqlstate}");
    }
    let rows = record::count(outcome.rows, "row");
    let (masked, found): (u64, u64) = (
        outcome.masked.values().sum(),
        outcome.detected.values().sum(),
    );
    match (masked, found) {
        (0, 0) => rows,
        (_, 0) => format!("{rows}, {} masked", record::count(masked, "cell")),
        _ => format!("{rows}, {} found and masked", record::count(found, "value")),
    }
}

fn complete(told: &[Told]) -> Result<(), Surprise> {
    let open = told.iter().find(|told| told.outcome.is_none());
    let got = match open {
        Some(open) => format!("record {} without an end", open.record),
        None => format!("{} statements", told.len()),
    };
    // Four parts of three people each, and more.
    Surprise::unless(
        open.is_none() && told.len() > 12,
        "more than 12 statements, all ended",
        &got,
    )
}

fn drop_table(told: &[Told]) -> Result<(), Surprise> {
    let found = told.iter().find(|told| {
        told.intent
            .judgement
            .statement
            .to_lowercase()
            .starts_with("drop table")
    });
    let got = found.map_or("no such record".to_owned(), |told| {
        format!(
            "{} {} {:?}",
            told.who, told.intent.judgement.verdict, told.intent.judgement.policies
        )
    });
    let holds = found.is_some_and(|told| {
        let by = told
            .intent
            .judgement
            .policies
            .iter()
            .any(|policy| policy == "agents/no-ddl");
        by && told.intent.judgement.verdict == "deny" && told.who == "triage-bot for sam"
    });
    Surprise::unless(holds, "triage-bot for sam deny [\"agents/no-ddl\"]", &got)
}

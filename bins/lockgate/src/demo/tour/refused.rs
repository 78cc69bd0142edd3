//! Step: what is refused, and with which words.

use super::claim::{Claims, Surprise};
use super::guests::Guests;
use crate::demo::client::{Answer, Report, Visitor};
use crate::failure::CommandError;
use crate::render::style::{BAD, FAINT};

/// Every row counts once: what a refused statement would have changed.
const COUNTS: &str = "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM orders)";

/// A statement that must be refused.
struct Attempt<'a> {
    who: &'a Visitor,
    sql: &'static str,
    sqlstate: &'static str,
    /// In the message, the detail or the hint.
    says: &'static str,
    claim: &'static str,
}

pub(super) async fn run(claims: &mut Claims<'_>, guests: &Guests) -> Result<(), CommandError> {
    claims.step("What is refused, and how")?;
    claims.screen.text("A refusal is an ordinary PostgreSQL error: psql, drivers and agents know what to do with it.")?;
    let before = guests.dana.ask(COUNTS).await;
    for attempt in attempts(guests) {
        let answer = attempt.who.ask(attempt.sql).await;
        claims.screen.line("")?;
        claims
            .screen
            .statement(attempt.who.person.name, attempt.sql)?;
        let report = match &answer {
            Answer::Error(report) => report.clone(),
            Answer::Rows(_) => Report {
                message: "it ran".to_owned(),
                ..Report::default()
            },
        };
        show(claims, &report)?;
        claims.claim(attempt.claim, check(&attempt, &report))?;
    }
    claims.screen.line("")?;
    let after = guests.dana.ask(COUNTS).await;
    let counted = matches!(&before, Answer::Rows(rows) if rows.cell(0, 1).parse::<u64>().is_ok_and(|count| count > 0));
    claims.claim(
        "every customer and every order is still there",
        Surprise::unless(
            counted && before == after,
            &format!("{before:?}"),
            &format!("{after:?}"),
        ),
    )
}

fn attempts(guests: &Guests) -> [Attempt<'_>; 5] {
    let Guests { dana, sam, bot } = guests;
    [
        Attempt {
            who: bot,
            sql: "DROP TABLE customers",
            sqlstate: "42501",
            says: "agents do not change the structure",
            claim: "an agent does not change the structure of a database, whatever its owner may do",
        },
        Attempt {
            who: bot,
            sql: "DELETE FROM orders",
            sqlstate: "42501",
            says: "WHERE",
            claim: "nor does it write without a predicate",
        },
        Attempt {
            who: dana,
            sql: "DELETE FROM orders",
            sqlstate: "42501",
            says: "needs review",
            claim: "the forgotten WHERE is caught for the administrator as well: it needs a second pair of eyes",
        },
        Attempt {
            who: sam,
            sql: "SELECT ssn::int FROM customers",
            sqlstate: "22P02",
            says: "withheld",
            claim: "an error that would quote a value says what went wrong without the value",
        },
        Attempt {
            who: sam,
            sql: "SELECT id FROM customers WHERE ssn LIKE '1%'",
            sqlstate: "42501",
            says: "ssn",
            claim: "nor can a value be guessed by asking yes or no",
        },
    ]
}

fn check(attempt: &Attempt<'_>, report: &Report) -> Result<(), Surprise> {
    let told = [
        Some(&report.message),
        report.detail.as_ref(),
        report.hint.as_ref(),
    ];
    let says = told
        .into_iter()
        .flatten()
        .any(|text| text.contains(attempt.says));
    Surprise::unless(
        report.sqlstate == attempt.sqlstate && says && report.hint.is_some(),
        &format!(
            "{} with a hint and the words “{}”",
            attempt.sqlstate, attempt.says
        ),
        &format!(
            "{} {} {:?} {:?}",
            report.sqlstate, report.message, report.detail, report.hint
        ),
    )
}

/// As psql shows it.
fn show(claims: &Claims<'_>, report: &Report) -> Result<(), CommandError> {
    let Report {
        sqlstate,
        message,
        detail,
        hint,
    } = report;
    let screen = claims.screen;
    screen.labelled((BAD, "ERROR"), &format!("{sqlstate} {message}"))?;
    for (name, text) in [("DETAIL", detail), ("HINT", hint)] {
        text.iter()
            .try_for_each(|text| screen.labelled((FAINT, name), text))?;
    }
    Ok(())
}

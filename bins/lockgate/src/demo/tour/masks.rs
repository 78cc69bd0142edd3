//! Step: one row of one table, three disclosures.

use testkit::{canary, shop};

use super::claim::{Claims, Surprise};
use super::guests::Guests;
use super::side_by_side::{self, Three};
use crate::demo::client::{Report, Rows, Visitor};
use crate::failure::CommandError;

/// What one person shall see in a cell.
#[derive(Debug, Clone, Copy)]
enum Seen {
    /// This.
    Exactly(&'static str),
    /// Something of the same kind that is not the original: it has this in it.
    StandIn(&'static str),
}
use Seen::{Exactly, StandIn};

const REDACTED: Seen = Exactly("[REDACTED]");

/// Column, what the DBA sees, the support engineer, the agent.
const EXPECTED: [(&str, &str, Seen, Seen); 7] = [
    ("name", canary::NAME, Exactly("Z*** Q***"), StandIn(" ")),
    (
        "email",
        canary::EMAIL,
        Exactly("z***@c***.example"),
        StandIn("@"),
    ),
    ("phone", canary::PHONE, Exactly("+1-***-***-**47"), REDACTED),
    ("ssn", canary::SSN, REDACTED, REDACTED),
    (
        "birth_date",
        canary::BIRTH_DATE,
        Exactly("1970-01-01"),
        Exactly("1970-01-01"),
    ),
    ("card", canary::CARD, Exactly("************8166"), REDACTED),
    ("city", "Lisbon", Exactly("Lisbon"), Exactly("Lisbon")),
];

pub(super) async fn run(claims: &mut Claims<'_>, guests: &Guests) -> Result<(), CommandError> {
    claims.step("One row, three views")?;
    let columns: Vec<_> = EXPECTED.iter().map(|(name, ..)| *name).collect();
    let sql = format!(
        "SELECT {} FROM customers WHERE id = {}",
        columns.join(", "),
        shop::CANARY_ID
    );
    claims
        .screen
        .text("All three send the same statement to production.\n")?;
    claims.screen.statement("", &sql)?;
    let three = match side_by_side::rows(guests.ask_all(&sql).await) {
        Ok(three) => three,
        Err(surprise) => return claims.claim("all three get a row", Err(surprise)),
    };
    claims
        .screen
        .table(side_by_side::of_columns(guests, &three))?;
    let [dana, sam, bot] = checks(&three);
    claims.claim("dana sees what is stored", dana)?;
    claims.claim(
        "sam sees as much as support needs to recognise a customer",
        sam,
    )?;
    claims.claim(
        "triage-bot gets stand-ins, and never more than sam, for whom it acts",
        bot,
    )?;
    let prepared = prepared(guests, &three).await;
    claims.claim(
        "a prepared statement, run twice with binary results, shows each the same",
        prepared,
    )
}

/// Whether each of the three sees what is expected.
fn checks(three: &Three) -> [Result<(), Surprise>; 3] {
    let [dana, sam, bot] = three;
    let check = |rows: &Rows, seen: fn(&(&str, &'static str, Seen, Seen)) -> Seen| {
        EXPECTED.iter().enumerate().try_for_each(|(at, row)| {
            let (name, original, ..) = row;
            cell(name, original, seen(row), rows.cell(0, at))
        })
    };
    [
        check(dana, |(_, original, ..)| Exactly(original)),
        check(sam, |(.., sam, _)| *sam),
        check(bot, |(.., bot)| *bot),
    ]
}

fn cell(name: &str, original: &str, expected: Seen, got: &str) -> Result<(), Surprise> {
    let got_named = format!("{name} = {got}");
    match expected {
        Exactly(text) => Surprise::unless(text == got, &format!("{name} = {text}"), &got_named),
        StandIn(part) => {
            let holds = got != original && got.contains(part);
            let expected = format!("{name} other than the original, with “{part}” in it");
            Surprise::unless(holds, &expected, &got_named)
        }
    }
}

/// 1937-04-23 and 1970-01-01 in the binary format: days since 2000-01-01, four bytes.
const BINARY_BIRTH_DATES: [&str; 3] = ["ffffa68e", "ffffd533", "ffffd533"];

/// Whether the extended protocol shows each person the same as the simple one, and the date of
/// birth, whose binary form is not its text, as its own mask.
async fn prepared(guests: &Guests, three: &Three) -> Result<(), Surprise> {
    let sql = format!(
        "SELECT name, email, phone, birth_date FROM customers WHERE id = {}",
        shop::CANARY_ID
    );
    let expected = three.iter().zip(BINARY_BIRTH_DATES);
    for (visitor, (simple, birth_date)) in guests.all().into_iter().zip(expected) {
        let results = visitor.ask_prepared(&sql, 2).await;
        for rows in &results.map_err(|report| error(visitor, &report))? {
            for at in 0..3 {
                Surprise::unless_equal(simple.cell(0, at), rows.cell(0, at))?;
            }
            Surprise::unless_equal(birth_date, rows.cell(0, 3))?;
        }
    }
    Ok(())
}

fn error(visitor: &Visitor, report: &Report) -> Surprise {
    Surprise {
        expected: "rows".to_owned(),
        got: format!(
            "{} for {}: {}",
            report.sqlstate, visitor.person.name, report.message
        ),
    }
}

//! Step: what is computed from protected values is protected; the rest is not in the way.

use super::claim::{Claims, Surprise};
use super::guests::Guests;
use super::side_by_side;
use crate::demo::client::Rows;
use crate::failure::CommandError;

const ORDERS: &str =
    "SELECT status, count(*) AS orders, sum(total) FROM orders GROUP BY status ORDER BY status";
const SALARIES: &str = "SELECT department, count(*), round(avg(salary)) FROM employees GROUP BY department ORDER BY department";

pub(super) async fn run(claims: &mut Claims<'_>, guests: &Guests) -> Result<(), CommandError> {
    claims.step("Aggregates: nothing in the way, nothing derived leaks")?;
    claims.screen.statement("", ORDERS)?;
    match side_by_side::rows(guests.ask_all(ORDERS).await) {
        Err(surprise) => claims.claim("all three get the orders by status", Err(surprise))?,
        Ok(three) => {
            claims.screen.table(side_by_side::of_rows(guests, &three))?;
            let [dana, sam, bot] = &three;
            let same = dana == sam && dana == bot && dana.rows.len() > 1;
            claims.claim(
                "orders hold nothing sensitive: all three get the same answer",
                Surprise::unless(same, &format!("{dana:?}"), &format!("{sam:?} and {bot:?}")),
            )?;
        }
    }
    claims.screen.line("")?;
    claims.screen.statement("", SALARIES)?;
    match side_by_side::rows(guests.ask_all(SALARIES).await) {
        Err(surprise) => claims.claim("all three get the departments", Err(surprise)),
        Ok(three) => {
            claims.screen.table(side_by_side::of_rows(guests, &three))?;
            let [dana, sam, bot] = &three;
            let clear = (0..dana.rows.len()).all(|row| dana.cell(row, 2) != "0");
            claims.claim(
                "dana gets the averages",
                Surprise::unless(
                    clear && !dana.rows.is_empty(),
                    "salaries",
                    &format!("{dana:?}"),
                ),
            )?;
            claims.claim(
                "an average of salaries comes from salaries: for the others it is redacted, and still a number",
                hidden(dana, sam).and_then(|()| hidden(dana, bot)),
            )
        }
    }
}

/// Whether the departments and counts are the same and every average is the redacted number.
fn hidden(dana: &Rows, other: &Rows) -> Result<(), Surprise> {
    let same =
        |row| dana.cell(row, 0) == other.cell(row, 0) && dana.cell(row, 1) == other.cell(row, 1);
    let holds = dana.rows.len() == other.rows.len()
        && (0..dana.rows.len()).all(|row| same(row) && other.cell(row, 2) == "0");
    Surprise::unless(
        holds,
        "the same departments and counts, and 0 as every average",
        &format!("{other:?}"),
    )
}

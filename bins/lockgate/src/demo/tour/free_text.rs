//! Step: personal data and secrets in text that nobody labelled.

use testkit::{canary, shop};

use super::claim::{Claims, Surprise};
use super::guests::Guests;
use super::side_by_side;
use crate::demo::client::Rows;
use crate::failure::CommandError;

pub(super) async fn run(claims: &mut Claims<'_>, guests: &Guests) -> Result<(), CommandError> {
    claims.step("What people write into free text")?;
    claims.screen.text(
        "No label says that a ticket holds personal data or secrets. Untagged text is searched while it\n\
         passes, and what is found is masked in place.\n",
    )?;
    let sql = format!(
        "SELECT subject, body FROM tickets WHERE customer_id = {} ORDER BY opened_at",
        shop::CANARY_ID
    );
    claims.screen.statement("", &sql)?;
    let three = match side_by_side::rows(guests.ask_all(&sql).await) {
        Ok(three) => three,
        Err(surprise) => return claims.claim("all three get the tickets", Err(surprise)),
    };
    claims.screen.table(side_by_side::of_rows(guests, &three))?;
    let [dana, sam, bot] = three.each_ref().map(text);
    let planted: Vec<_> = canary::ALL
        .iter()
        .filter(|canary| dana.contains(canary.value))
        .collect();
    claims.claim(
        &format!("dana reads {} planted values in two tickets", planted.len()),
        Surprise::unless(planted.len() >= 8, "at least 8", &planted.len().to_string()),
    )?;
    for (who, text) in [("sam", &sam), ("triage-bot", &bot)] {
        let left: Vec<_> = planted
            .iter()
            .filter(|canary| text.contains(canary.value))
            .map(|canary| canary.name)
            .collect();
        claims.claim(
            &format!("{who} reads the tickets, and none of these values"),
            Surprise::unless(left.is_empty(), "none", &left.join(", ")),
        )?;
    }
    let readable = ["Please charge", "Here is our configuration"]
        .iter()
        .all(|part| bot.contains(part));
    claims.claim(
        "the rest of the text stays readable",
        Surprise::unless(readable, "the words of the tickets", &bot),
    )
}

/// All text of a result.
fn text(rows: &Rows) -> String {
    rows.rows
        .iter()
        .flatten()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join("\n")
}

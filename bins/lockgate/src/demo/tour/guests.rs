//! The three, connected to production.

use testkit::canary;

use super::claim::{Claims, Surprise};
use crate::demo::client::{Answer, Visitor};
use crate::demo::configuration::PROD;
use crate::demo::people::{BOT, DANA, SAM};
use crate::demo::setup::Stage;
use crate::failure::CommandError;

/// The three, connected to production.
pub(super) struct Guests {
    pub(super) dana: Visitor,
    pub(super) sam: Visitor,
    pub(super) bot: Visitor,
}

impl Guests {
    /// Connects them.
    ///
    /// # Errors
    /// [`CommandError::Client`].
    pub(super) async fn arrive(stage: &Stage) -> Result<Self, CommandError> {
        Ok(Guests {
            dana: Visitor::connect(stage, DANA, PROD).await?,
            sam: Visitor::connect(stage, SAM, PROD).await?,
            bot: Visitor::connect(stage, BOT, PROD).await?,
        })
    }

    /// All three, the one who sees most first.
    pub(super) fn all(&self) -> [&Visitor; 3] {
        [&self.dana, &self.sam, &self.bot]
    }

    /// What each gets for the same text.
    pub(super) async fn ask_all(&self, sql: &str) -> [Answer; 3] {
        // One after the other, so that the record of it reads as the tour does.
        [
            self.dana.ask(sql).await,
            self.sam.ask(sql).await,
            self.bot.ask(sql).await,
        ]
    }
}

/// Searches every byte that sam and the bot received in the whole tour.
///
/// # Errors
/// [`CommandError::Output`].
pub(super) fn nothing_planted_was_received(
    claims: &mut Claims<'_>,
    guests: &Guests,
) -> Result<(), CommandError> {
    claims.step("Every byte they received")?;
    claims.screen.text(
        "The shop holds planted values that nobody else has. Everything that the three received until now,\n\
         rows, errors and protocol, was kept and is searched for them: as they are, without punctuation,\n\
         reversed, taken apart, in hexadecimal, base64 and binary, and digested.\n",
    )?;
    let planted = canary::ALL.len();
    let found = canary::leaks(&guests.dana.tape.bytes()).len();
    claims.claim(
        "they are in what dana received: the search works",
        Surprise::unless(found > 0, "some planted value", "none"),
    )?;
    let bytes: Vec<_> = [&guests.sam, &guests.bot]
        .map(|visitor| visitor.tape.bytes())
        .into();
    let received: usize = bytes.iter().map(Vec::len).sum();
    let leaks: Vec<_> = bytes
        .iter()
        .flat_map(|bytes| canary::leaks(bytes))
        .collect();
    let got = leaks.first().map_or("none".to_owned(), ToString::to_string);
    claims.claim(
        &format!(
            "none of the {planted} is in the {received} bytes that sam and triage-bot received"
        ),
        Surprise::unless(leaks.is_empty(), "no planted value", &got),
    )
}

//! The guided tour: each step shows something and checks what it shows.

mod claim;
mod derived;
mod free_text;
mod guests;
mod log;
mod login;
mod masks;
mod record;
mod refused;
mod side_by_side;
mod verified;

use super::screen::Screen;
use super::setup::Stage;
use crate::failure::CommandError;
use claim::Claims;
use guests::Guests;

/// Runs all steps, and says how many of their claims did not hold.
///
/// # Errors
/// What kept the tour from going on: somebody cannot connect, the log cannot be read.
pub(super) async fn run(screen: &Screen, stage: &Stage) -> Result<usize, CommandError> {
    let mut claims = Claims::new(screen);
    login::run(&mut claims, stage).await?;
    let guests = Guests::arrive(stage).await?;
    masks::run(&mut claims, &guests).await?;
    free_text::run(&mut claims, &guests).await?;
    derived::run(&mut claims, &guests).await?;
    refused::run(&mut claims, &guests).await?;
    guests::nothing_planted_was_received(&mut claims, &guests)?;
    record::run(&mut claims, stage).await?;
    verified::run(&mut claims, stage)?;
    claims.sum_up()
}

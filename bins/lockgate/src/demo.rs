//! `lockgate demo`: a private PostgreSQL, the gate, and three people who use it for real.

mod client;
mod cluster;
mod configuration;
mod farewell;
mod home;
mod interrupt;
mod people;
mod screen;
mod setup;
mod tape;
mod tour;

use crate::cli::Demo;
use crate::exit::Exit;
use crate::failure::CommandError;
use crate::large_stack;
use interrupt::Interrupt;
use screen::Screen;
use setup::Stage;

/// Runs the demo to its end, which is that of the tour or a signal.
///
/// # Errors
/// What kept it from being set up; nothing is left running then.
pub(crate) fn run(options: &Demo) -> Result<Exit, CommandError> {
    large_stack::block_on(attend(options))?
}

async fn attend(options: &Demo) -> Result<Exit, CommandError> {
    let screen = Screen::of_stdout();
    let mut interrupt = Interrupt::listen()?;
    // Dropping the show ends what it started and removes what it wrote.
    let (stage, exit) = tokio::select! {
        shown = show(options, &screen) => shown?,
        () = interrupt.wait() => {
            screen.line("\nInterrupted: cleaning up.")?;
            return Ok(Exit::Interrupted);
        }
    };
    if !options.exit {
        farewell::print(&screen, &stage)?;
        interrupt.wait().await;
        screen.line("")?;
    }
    stage.end(&screen).await?;
    Ok(if options.exit { exit } else { Exit::Fine })
}

async fn show(options: &Demo, screen: &Screen) -> Result<(Stage, Exit), CommandError> {
    let stage = setup::stage(options, screen).await?;
    let surprises = tour::run(screen, &stage).await?;
    let exit = if surprises == 0 {
        Exit::Fine
    } else {
        Exit::Wrong
    };
    Ok((stage, exit))
}

//! `lockgate audit tail`.

use std::fs::File;
use std::io::Write;
use std::thread;
use std::time::Duration;

use super::{Show, log_file, path};
use crate::cli::Tail;
use crate::exit::Exit;
use crate::failure::CommandError;

/// How often the length of the file is looked at: soon enough for eyes.
const POLL: Duration = Duration::from_millis(200);

pub(super) fn run(options: &Tail) -> Result<Exit, CommandError> {
    let path = path(&options.log)?;
    let mut file = File::open(&path).map_err(CommandError::file(&path))?;
    let show = Show::new(options.records.json);
    let mut piece =
        log_file::last_lines(&mut file, options.lines).map_err(CommandError::file(&path))?;
    let exit = print(show, &piece.lines)?;
    if !options.follow {
        return Ok(exit);
    }
    loop {
        thread::sleep(POLL);
        let length = file.metadata().map_err(CommandError::file(&path))?.len();
        // A log that became shorter was begun anew.
        let from = if length < piece.end { 0 } else { piece.end };
        piece = log_file::lines_from(&mut file, from).map_err(CommandError::file(&path))?;
        print(show, &piece.lines)?;
    }
}

fn print(show: Show, lines: &[Vec<u8>]) -> Result<Exit, CommandError> {
    let mut out = anstream::stdout().lock();
    let mut exit = Exit::Fine;
    for line in lines {
        if show.line(&mut out, line)? == Exit::Wrong {
            exit = Exit::Wrong;
        }
    }
    out.flush()?;
    Ok(exit)
}

//! The records of this tour, from the log's file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::time::Duration;

use audit::{Body, Intent, Outcome, Record, SessionId};

use crate::demo::setup::Stage;
use crate::failure::CommandError;

/// How often the log is read again until every statement has ended in it, and how long between.
const ATTEMPTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(50);

/// A statement with its end.
pub(super) struct Told {
    /// Number of the record of the intent.
    pub(super) record: u64,
    /// Who, and for whom.
    pub(super) who: String,
    pub(super) intent: Intent,
    /// `None` while it runs.
    pub(super) outcome: Option<Outcome>,
}

/// Every statement since the gate started, in order, each with its end.
///
/// # Errors
/// [`CommandError::File`].
pub(super) async fn statements(stage: &Stage) -> Result<Vec<Told>, CommandError> {
    for _ in 0..ATTEMPTS {
        let told = read(stage)?;
        if told.iter().all(|told| told.outcome.is_some()) {
            return Ok(told);
        }
        tokio::time::sleep(PAUSE).await;
    }
    read(stage)
}

fn read(stage: &Stage) -> Result<Vec<Told>, CommandError> {
    let path = stage.log();
    let mut bytes = Vec::new();
    let mut file = File::open(&path).map_err(CommandError::file(&path))?;
    let read = file
        .seek(SeekFrom::Start(stage.log_start))
        .and_then(|_| file.read_to_end(&mut bytes));
    read.map_err(CommandError::file(&path))?;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    Ok(put_together(
        lines.filter_map(|line| Record::read(line).ok()),
    ))
}

/// Intents with their outcomes. A prepared statement has one intent and an outcome for each run;
/// the last one counts.
fn put_together(records: impl Iterator<Item = Record>) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let mut places: BTreeMap<(Option<SessionId>, u64), usize> = BTreeMap::new();
    for record in records {
        let who = who(&record);
        let session = record.event.origin.session;
        match record.event.body {
            Body::Intent(intent) => {
                places.insert((session, intent.statement_id), told.len());
                told.push(Told {
                    record: record.seq,
                    who,
                    intent,
                    outcome: None,
                });
            }
            Body::Outcome(outcome) => {
                let place = places.get(&(session, outcome.statement_id));
                if let Some(told) = place.and_then(|place| told.get_mut(*place)) {
                    told.outcome = Some(outcome);
                }
            }
            Body::SessionStarted { .. }
            | Body::SessionRefused { .. }
            | Body::SessionEnded { .. }
            | Body::Violation { .. }
            | Body::Tripwire { .. }
            | Body::Administration { .. } => {}
        }
    }
    told
}

fn who(record: &Record) -> String {
    let Some(actor) = &record.event.origin.actor else {
        return String::new();
    };
    match &actor.on_behalf_of {
        Some(owner) => format!("{} for {owner}", actor.principal),
        None => actor.principal.clone(),
    }
}

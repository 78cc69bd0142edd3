//! The reader's side of the hash chain.

use crate::record::{Hash, Record};
use jiff::Timestamp;

/// What a sound log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Number of records.
    pub records: u64,
    /// Time of the first record.
    pub first: Option<Timestamp>,
    /// Time of the last record.
    pub last: Option<Timestamp>,
    /// Hash of the last record. Who keeps it elsewhere can tell later whether the log was cut off
    /// or written anew.
    pub head: Hash,
}

/// The first record of a log that is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("record {sequence} (line {line}): {reason}")]
pub struct Broken {
    /// Index of the record that should stand there, from 0.
    pub sequence: u64,
    /// Number of the line, from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: BrokenReason,
}

/// What can be wrong with a line of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenReason {
    /// Its framing or its event cannot be read.
    #[error("the line is not a record")]
    NotARecord,
    /// It has no line feed: the log was cut inside of it.
    #[error("the line is cut short")]
    CutShort,
    /// Another record stands there: one was removed, inserted, repeated or moved.
    #[error("record {got} stands in its place")]
    Sequence {
        /// The sequence number that stands there.
        got: u64,
    },
    /// It was not written after the record that stands before it.
    #[error("the hash of the record before it does not fit")]
    Previous,
    /// Its content is not what was hashed.
    #[error("its hash does not fit its content")]
    Hash,
    /// It reads as an event, but is not spelled as this program spells it.
    #[error("the event is not in its canonical form")]
    NotCanonical,
}

/// Verifies a log line by line, in constant memory.
#[derive(Debug, Clone)]
pub struct Verifier {
    summary: Summary,
}

impl Default for Verifier {
    fn default() -> Self {
        Verifier::new()
    }
}

impl Verifier {
    /// Begins at the start of a log.
    #[must_use]
    pub fn new() -> Self {
        Verifier {
            summary: Summary {
                records: 0,
                first: None,
                last: None,
                head: Hash::NONE,
            },
        }
    }

    /// Verifies the next line, which must still have its line feed, and gives its record.
    ///
    /// # Errors
    /// The first thing that is wrong with it. Lines after a broken one say nothing.
    pub fn line(&mut self, line: &[u8]) -> Result<Record, Broken> {
        let sequence = self.summary.records;
        let broken = |reason| Broken {
            sequence,
            line: sequence.saturating_add(1),
            reason,
        };
        let record = self.check(line).map_err(broken)?;
        self.summary.records = sequence.saturating_add(1);
        self.summary.first.get_or_insert(record.event.time);
        self.summary.last = Some(record.event.time);
        self.summary.head = record.hash;
        Ok(record)
    }

    /// What the lines up to here hold.
    #[must_use]
    pub fn finish(self) -> Summary {
        self.summary
    }

    fn check(&self, line: &[u8]) -> Result<Record, BrokenReason> {
        let line = line.strip_suffix(b"\n").ok_or(BrokenReason::CutShort)?;
        let record = Record::read(line)?;
        if record.seq != self.summary.records {
            return Err(BrokenReason::Sequence { got: record.seq });
        }
        match record.prev == self.summary.head {
            true => Ok(record),
            false => Err(BrokenReason::Previous),
        }
    }
}

/// Verifies a whole log, given as lines that still have their line feeds, as
/// `log.split_inclusive(|byte| *byte == b'\n')` gives them.
///
/// # Errors
/// The first record that is not what was written.
pub fn verify<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Result<Summary, Broken> {
    let mut verifier = Verifier::new();
    for line in lines {
        verifier.line(line)?;
    }
    Ok(verifier.finish())
}

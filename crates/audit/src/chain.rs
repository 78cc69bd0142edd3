//! The writer's side of the hash chain.

use crate::{
    BrokenReason, Event, SinkError,
    record::{Hash, Record, RecordId},
};

/// Where the log stands: the next sequence number and the hash of the last record.
///
/// It is a small value: a sink that failed to write what [`Chain::seal`] made goes back to the copy
/// that it took before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    next: u64,
    head: Hash,
}

impl Default for Chain {
    fn default() -> Self {
        Chain::new()
    }
}

impl Chain {
    /// The chain of an empty log.
    #[must_use]
    pub fn new() -> Self {
        Chain {
            next: 0,
            head: Hash::NONE,
        }
    }

    /// Number of records in it.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.next
    }

    /// The chain after `last_line`, the last whole line of a log. The line must be sound in itself;
    /// what stands before it is for [`crate::Verifier`] to check.
    ///
    /// # Errors
    /// The line is not a sound record: the log must not be continued.
    pub fn resume(last_line: &[u8]) -> Result<Self, BrokenReason> {
        let record = Record::read(last_line)?;
        let next = record.seq.checked_add(1).ok_or(BrokenReason::NotARecord)?;
        Ok(Chain {
            next,
            head: record.hash,
        })
    }

    /// Appends the record of `event` to `out` as one line with its line feed.
    ///
    /// # Errors
    /// [`SinkError::Encode`]; then neither the chain nor `out` has changed.
    pub fn seal(&mut self, event: &Event, out: &mut Vec<u8>) -> Result<RecordId, SinkError> {
        let start = out.len();
        let sealed = self.write(event, out);
        match sealed {
            Ok(chain) => {
                let id = RecordId(self.next);
                *self = chain;
                Ok(id)
            }
            Err(error) => {
                out.truncate(start);
                Err(error)
            }
        }
    }

    /// Writes the line and gives the chain after it.
    fn write(self, event: &Event, out: &mut Vec<u8>) -> Result<Chain, SinkError> {
        let encode = |reason: &str| SinkError::Encode(reason.to_owned());
        out.extend_from_slice(b"{\"seq\":");
        out.extend_from_slice(self.next.to_string().as_bytes());
        out.extend_from_slice(b",\"prev\":\"");
        out.extend_from_slice(&self.head.hex());
        out.extend_from_slice(b"\",\"hash\":\"");
        let hash_at = out.len();
        out.extend_from_slice(&Hash::NO_HEX);
        out.extend_from_slice(b"\",\"event\":");
        let event_at = out.len();
        event
            .write(out)
            .map_err(|error| encode(&error.to_string()))?;
        let json = out.get(event_at..).ok_or_else(|| encode("no event"))?;
        let head = Hash::of(&self.head, self.next, json);
        let next = self
            .next
            .checked_add(1)
            .ok_or_else(|| encode("the log is full"))?;
        let hash = out.get_mut(hash_at..).and_then(<[u8]>::first_chunk_mut);
        *hash.ok_or_else(|| encode("no hash"))? = head.hex();
        out.extend_from_slice(b"}\n");
        Ok(Chain { next, head })
    }
}

/// How many bytes of a log to keep after a crash: up to its last line feed. What follows is a
/// record whose writing was cut off; it was never accepted, so nothing that it tells has happened.
#[must_use]
pub fn torn_tail(log: &[u8]) -> usize {
    log.iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1)
}

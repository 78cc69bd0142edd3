//! Where records are kept.

use crate::{Event, RecordId};

/// Keeps events as records, in two steps, so that what many sessions accept at the same time is
/// written once. A statement goes upstream only after its intent was committed here.
pub trait Sink: Send + Sync {
    /// Accepts an event and gives it its place among the records. What it tells may not happen yet.
    ///
    /// # Errors
    /// The event was not recorded, and what it tells must not happen.
    fn append(&self, event: &Event) -> Result<RecordId, SinkError>;

    /// Makes the records up to this one, and with it all before, survive as the sink promises: when
    /// this returns `Ok`, what they tell may happen.
    ///
    /// # Errors
    /// The records are not safe: nothing that they tell may happen.
    fn commit(&self, last: RecordId) -> Result<(), SinkError>;
}

/// Why an event was not recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SinkError {
    /// No space left where the records are kept.
    #[error("no space left for audit records")]
    Full,
    /// The place where the records are kept cannot be written.
    #[error("the audit log is read-only")]
    ReadOnly,
    /// Any other failure of the place, in the words of the operating system.
    #[error("the audit log cannot be written: {0}")]
    Io(String),
    /// The sink was shut down, or gave up after an earlier failure.
    #[error("the audit log is closed")]
    Closed,
    /// The event cannot be put into its canonical form.
    #[error("the audit event cannot be encoded: {0}")]
    Encode(String),
}

impl SinkError {
    /// The SQLSTATE with which statements are refused: `53100` (disk full) or `58030` (I/O error).
    #[must_use]
    pub fn sqlstate(&self) -> &'static str {
        match self {
            SinkError::Full => "53100",
            SinkError::ReadOnly | SinkError::Io(_) | SinkError::Closed | SinkError::Encode(_) => {
                "58030"
            }
        }
    }
}

//! How a statement ended.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a statement ended, and what the client saw of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The statement's number in its session; its intent has the same.
    pub statement_id: u64,
    /// How it ended.
    pub state: OutcomeState,
    /// SQLSTATE of the error that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<String>,
    /// Rows that reached the client, or that the server says it changed.
    pub rows: u64,
    /// Bytes of result that reached the client.
    pub bytes: u64,
    /// From the first byte sent upstream to the end, in microseconds.
    pub duration_us: u64,
    /// Columns of the result that carry a tag, each with the disclosure that was applied.
    pub disclosed: Vec<Disclosed>,
    /// Number of masked cells by tag.
    pub masked: BTreeMap<String, u64>,
    /// Number of those, by column of the result, in which the operator could not do its work: the
    /// column's type has no such form, is not known, or the cell could not be read. The constant of
    /// the type or NULL was sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fallbacks: BTreeMap<String, u64>,
    /// Number of findings in untagged text by name of the entity.
    pub detected: BTreeMap<String, u64>,
}

/// The ways in which a statement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeState {
    /// To its end.
    Completed,
    /// With an error of the server.
    Failed,
    /// By a cancel request.
    Cancelled,
    /// Before it began, by our verdict.
    Denied,
    /// At its row limit: the portal stays open.
    Suspended,
    /// With the session.
    Unfinished,
}

impl OutcomeState {
    /// The state as records spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            OutcomeState::Completed => "completed",
            OutcomeState::Failed => "failed",
            OutcomeState::Cancelled => "cancelled",
            OutcomeState::Denied => "denied",
            OutcomeState::Suspended => "suspended",
            OutcomeState::Unfinished => "unfinished",
        }
    }
}

/// A column of a result with what was shown of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosed {
    /// Name of the column in the result.
    pub column: String,
    /// The strictest tag of its sources.
    pub tag: String,
    /// `clear`, `partial`, `pseudonym` or `redacted`.
    pub disclosure: String,
}

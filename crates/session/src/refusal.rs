//! A refused statement: what the client is told, and what the server gets in its place.

use bytes::BytesMut;
use policy::{Denial, Verdict};
use wire::encode::{self, Report, Severity};

/// SQLSTATE `insufficient_privilege`: what a denied statement gets.
pub const DENIED: &str = "42501";

/// The text that takes the place of a refused statement. It begins with a closing parenthesis, so
/// no version of PostgreSQL's grammar accepts it; what it says is for the server's log.
pub(crate) const MARKER: &[u8] = b")lockgate: statement refused(";

/// Why a statement is refused, in the words that the client gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Five characters, as PostgreSQL's users know them.
    pub sqlstate: &'static str,
    /// The primary message.
    pub message: String,
    /// The policies that decided, or what was looked for.
    pub detail: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// Whether an approval would allow it.
    pub needs_review: bool,
    /// Ids of the policies that decided; empty when nothing permits, or a rule of the protocol
    /// refuses.
    pub policies: Vec<String>,
}

impl Refusal {
    /// A refusal by a rule that is not a policy.
    pub(crate) fn rule(sqlstate: &'static str, message: impl Into<String>) -> Self {
        Self {
            sqlstate,
            message: message.into(),
            detail: None,
            hint: None,
            needs_review: false,
            policies: Vec::new(),
        }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The refusal that a verdict calls for, if it does.
    pub fn of(verdict: &Verdict) -> Option<Self> {
        match verdict {
            Verdict::Allow { .. } => None,
            Verdict::Deny { policies, denial } => {
                Some(Self::denied(denial, policies.iter().map(ToString::to_string).collect()))
            }
            Verdict::Hold { policies, reason, approvers, .. } => Some(Self {
                sqlstate: DENIED,
                message: format!("needs review: {reason}"),
                detail: Some(match approvers.as_slice() {
                    [] => "No policy names who may approve it.".to_owned(),
                    names => format!("May be approved by: {}.", names.join(", ")),
                }),
                hint: Some(
                    "Held statements are refused until reviews are switched on; ask an approver to run it."
                        .to_owned(),
                ),
                needs_review: true,
                policies: policies.iter().map(ToString::to_string).collect(),
            }),
        }
    }

    fn denied(denial: &Denial, policies: Vec<String>) -> Self {
        let detail = match policies.as_slice() {
            [] => format!(
                "No policy permits {} on {}.",
                denial.action, denial.resource
            ),
            ids => format!(
                "{} on {} is forbidden by policy {}.",
                denial.action,
                denial.resource,
                ids.join(", ")
            ),
        };
        Self {
            sqlstate: DENIED,
            message: denial.reason.clone(),
            detail: Some(detail),
            hint: denial.hint.clone(),
            needs_review: false,
            policies,
        }
    }

    /// Appends the ErrorResponse that tells it.
    pub(crate) fn encode(&self, out: &mut BytesMut) -> Result<(), wire::WireError> {
        encode::error_response(
            out,
            &Report {
                severity: Severity::Error,
                sqlstate: self.sqlstate,
                message: &self.message,
                detail: self.detail.as_deref(),
                hint: self.hint.as_deref(),
                position: None,
            },
        )
    }
}

//! What was decided.

use std::fmt;
use std::sync::Arc;

use crate::disclosure::OutputDisclosures;

/// The `@id` of a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(Arc<str>);

impl PolicyId {
    pub(crate) fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What becomes of a statement and of its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether the statement may run.
    pub verdict: Verdict,
    /// What the actor sees of the columns of the result.
    pub outputs: OutputDisclosures,
    /// The statement touches what this actor may not see in clear: errors and notices lose every
    /// field that can carry a value.
    pub protected: bool,
}

/// Whether something may happen, with the policies that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allow {
        /// The permits that applied, sorted. Empty when there was nothing to ask.
        policies: Vec<PolicyId>,
    },
    /// It may once somebody approved it.
    Hold {
        /// The policies that ask for approval, sorted.
        policies: Vec<PolicyId>,
        /// Why, in a sentence.
        reason: String,
        /// Groups and principals of which each may approve; never empty.
        approvers: Vec<String>,
        /// How long an approval is waited for, such as `30m`: the shortest that a policy names.
        ttl: Option<String>,
    },
    /// It may not.
    Deny {
        /// The policies that forbid it, sorted. Empty: nothing permits it.
        policies: Vec<PolicyId>,
        /// Why.
        denial: Denial,
    },
}

impl Verdict {
    /// The word of screens and records: `allow`, `hold` or `deny`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Allow { .. } => "allow",
            Self::Hold { .. } => "hold",
            Self::Deny { .. } => "deny",
        }
    }

    /// The policies that decided, sorted.
    #[must_use]
    pub fn policies(&self) -> &[PolicyId] {
        match self {
            Self::Allow { policies }
            | Self::Hold { policies, .. }
            | Self::Deny { policies, .. } => policies,
        }
    }
}

/// Why something was denied, in words for the person who asked. Holds no data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The action that was denied, as policies name it.
    pub action: String,
    /// On what, such as `table public.customers`.
    pub resource: String,
    /// The `@reason` of the policy that forbids it, or that nothing permits it.
    pub reason: String,
    /// What can be done.
    pub hint: Option<String>,
}

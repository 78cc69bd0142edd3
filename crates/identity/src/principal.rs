//! Principals and who acts.

use crate::{GroupName, KeyId, PrincipalName};
use std::{collections::BTreeSet, sync::Arc};

/// What a principal is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PrincipalKind {
    /// A person.
    Human,
    /// A program that acts in its own name.
    Service,
    /// An AI agent. Its rights are the intersection of its own and its owner's.
    Agent {
        /// The human or service that it acts for; never another agent.
        on_behalf_of: PrincipalName,
    },
}

impl PrincipalKind {
    /// The kind as configuration and records spell it: `human`, `service` or `agent`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            PrincipalKind::Human => "human",
            PrincipalKind::Service => "service",
            PrincipalKind::Agent { .. } => "agent",
        }
    }
}

/// Someone who can act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Unique name; the `user` of a startup message.
    pub name: PrincipalName,
    /// What it is, and for an agent its owner.
    pub kind: PrincipalKind,
    /// Groups that it belongs to.
    pub groups: BTreeSet<GroupName>,
}

/// A principal that has proved who it is, with the key that proved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who acts.
    pub principal: Arc<Principal>,
    /// For an agent, the principal that it acts for; never itself an agent. `None` for all others.
    pub owner: Option<Arc<Principal>>,
    /// The key that was shown.
    pub key: KeyId,
}

//! The three who use the gate.

use identity::{AccessKey, KeyHash};

use crate::failure::CommandError;
use crate::randomness;

/// One who can log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person {
    /// What it gives as `user`.
    pub(super) name: &'static str,
    /// `human` or `agent`.
    pub(super) kind: &'static str,
    /// For an agent, the person that it acts for.
    pub(super) on_behalf_of: Option<&'static str>,
    /// Its group.
    pub(super) group: &'static str,
    /// What it does, for the table.
    pub(super) role: &'static str,
}

/// The database administrator.
pub(super) const DANA: Person = Person {
    name: "dana",
    kind: "human",
    on_behalf_of: None,
    group: "dba",
    role: "database administrator",
};

/// The support engineer.
pub(super) const SAM: Person = Person {
    name: "sam",
    kind: "human",
    on_behalf_of: None,
    group: "support",
    role: "support engineer",
};

/// The agent of the support engineer.
pub(super) const BOT: Person = Person {
    name: "triage-bot",
    kind: "agent",
    on_behalf_of: Some("sam"),
    group: "agents",
    role: "AI agent, acts for sam",
};

/// All three.
pub(super) const EVERYBODY: [Person; 3] = [DANA, SAM, BOT];

/// One of them with an access key.
pub(super) struct KeyHolder {
    /// Who.
    pub(super) person: Person,
    /// The key; the demo shows it.
    pub(super) key: AccessKey,
    /// What the configuration holds of it.
    pub(super) hash: KeyHash,
}

impl KeyHolder {
    /// Makes a key for `person`.
    ///
    /// # Errors
    /// [`CommandError::Randomness`].
    pub(super) fn new(person: Person) -> Result<Self, CommandError> {
        let key = AccessKey::new(randomness::bytes()?);
        let hash = KeyHash::of(key.expose().as_bytes(), randomness::bytes()?);
        Ok(KeyHolder { person, key, hash })
    }
}

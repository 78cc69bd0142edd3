//! All principals with their keys, checked as a whole.

use crate::{Actor, KeyId, Principal, PrincipalKind, PrincipalName, StoredKey};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Most keys of one principal. Every cleartext login costs as many hashes as the principal with
/// the most keys has (so that time tells nothing), and this bounds it.
pub const MAX_KEYS: usize = 8;

/// One mistake in a list of principals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("principal `{principal}`: {problem}")]
pub struct DirectoryMistake {
    /// Index of the principal in the list, from 0.
    pub entry: usize,
    /// Its name.
    pub principal: PrincipalName,
    /// What is wrong with it.
    pub problem: DirectoryProblem,
}

/// What can be wrong with a principal among others.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryProblem {
    /// The name was given before.
    #[error("the name is used twice")]
    DuplicateName,
    /// An agent acts for somebody who is not in the list.
    #[error("acts on behalf of the unknown principal `{owner}`")]
    UnknownOwner {
        /// The name of the missing owner.
        owner: PrincipalName,
    },
    /// An agent acts for an agent. Rights would have to be followed through a chain in which nobody
    /// is responsible.
    #[error("acts on behalf of `{owner}`, which is an agent itself")]
    OwnerIsAgent {
        /// The name of the owner.
        owner: PrincipalName,
    },
    /// Two keys of the principal have the same id: records could not tell them apart.
    #[error("the key id `{id}` is used twice")]
    DuplicateKeyId {
        /// The id.
        id: KeyId,
    },
    /// More than [`MAX_KEYS`] keys.
    #[error("expected at most {MAX_KEYS} keys, got {got}")]
    TooManyKeys {
        /// How many.
        got: usize,
    },
    /// The hash was copied from another key: one secret would be two identities.
    #[error("the hash of key `{id}` is used twice")]
    DuplicateHash {
        /// The key that repeats it.
        id: KeyId,
    },
}

/// All principals with their keys. A principal without keys is allowed; it cannot log in.
#[derive(Debug, Clone)]
pub struct Directory {
    entries: BTreeMap<PrincipalName, Entry>,
    most_keys: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    principal: Arc<Principal>,
    owner: Option<Arc<Principal>>,
    pub(crate) keys: Vec<StoredKey>,
}

impl Entry {
    pub(crate) fn actor(&self, key: KeyId) -> Actor {
        Actor {
            principal: self.principal.clone(),
            owner: self.owner.clone(),
            key,
        }
    }
}

impl Directory {
    /// Puts the principals together, each with its keys in order of age, the newest last.
    ///
    /// # Errors
    /// All mistakes of the list at once.
    pub fn new(list: Vec<(Principal, Vec<StoredKey>)>) -> Result<Self, Vec<DirectoryMistake>> {
        let mistakes = mistakes(&list);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let most_keys = list.iter().map(|(_, keys)| keys.len()).fold(1, usize::max);
        let list: Vec<_> = list
            .into_iter()
            .map(|(who, keys)| (Arc::new(who), keys))
            .collect();
        let by_name: BTreeMap<_, _> = list
            .iter()
            .map(|(who, _)| (who.name.clone(), who.clone()))
            .collect();
        let entry = |(principal, keys): (Arc<Principal>, Vec<StoredKey>)| {
            let owner = owner_name(&principal).and_then(|name| by_name.get(name).cloned());
            (
                principal.name.clone(),
                Entry {
                    principal,
                    owner,
                    keys,
                },
            )
        };
        Ok(Directory {
            entries: list.into_iter().map(entry).collect(),
            most_keys,
        })
    }

    /// The principal of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Arc<Principal>> {
        self.entries.get(name).map(|entry| &entry.principal)
    }

    /// All principals in the order of their names.
    pub fn principals(&self) -> impl Iterator<Item = &Arc<Principal>> {
        self.entries.values().map(|entry| &entry.principal)
    }

    /// The actor that `name` would be after a login with `key`, which need not exist: for asking
    /// what somebody would be allowed, not for letting somebody in.
    #[must_use]
    pub fn actor(&self, name: &str, key: KeyId) -> Option<Actor> {
        self.entries.get(name).map(|entry| entry.actor(key))
    }

    /// The actor of `name` after a login with one of its keys that has been checked before, if the
    /// key is still there and accepted at `now`.
    #[must_use]
    pub fn live(&self, name: &str, key: &KeyId, now: jiff::Timestamp) -> Option<Actor> {
        let entry = self.entries.get(name)?;
        let live = |stored: &&StoredKey| stored.id == *key && stored.is_live(now);
        let stored = entry.keys.iter().find(live)?;
        Some(entry.actor(stored.id.clone()))
    }

    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// The number of keys of the principal that has the most, at least 1.
    pub(crate) fn most_keys(&self) -> usize {
        self.most_keys
    }
}

fn owner_name(principal: &Principal) -> Option<&PrincipalName> {
    match &principal.kind {
        PrincipalKind::Agent { on_behalf_of } => Some(on_behalf_of),
        PrincipalKind::Human | PrincipalKind::Service => None,
    }
}

fn mistakes(list: &[(Principal, Vec<StoredKey>)]) -> Vec<DirectoryMistake> {
    let by_name: BTreeMap<_, _> = list.iter().rev().map(|(who, _)| (&who.name, who)).collect();
    let mut names = BTreeSet::new();
    let mut hashes = BTreeSet::new();
    let mut found = Vec::new();
    for (entry, (principal, keys)) in list.iter().enumerate() {
        let duplicate = !names.insert(&principal.name);
        let problems = duplicate
            .then_some(DirectoryProblem::DuplicateName)
            .into_iter()
            .chain(owner_problem(principal, &by_name))
            .chain(key_problems(keys, &mut hashes));
        found.extend(problems.map(|problem| DirectoryMistake {
            entry,
            principal: principal.name.clone(),
            problem,
        }));
    }
    found
}

fn owner_problem(
    principal: &Principal,
    by_name: &BTreeMap<&PrincipalName, &Principal>,
) -> Option<DirectoryProblem> {
    let owner = owner_name(principal)?;
    match by_name.get(owner).map(|owner| &owner.kind) {
        None => Some(DirectoryProblem::UnknownOwner {
            owner: owner.clone(),
        }),
        Some(PrincipalKind::Agent { .. }) => Some(DirectoryProblem::OwnerIsAgent {
            owner: owner.clone(),
        }),
        Some(PrincipalKind::Human | PrincipalKind::Service) => None,
    }
}

fn key_problems<'a>(
    keys: &'a [StoredKey],
    hashes: &mut BTreeSet<&'a [u8; 32]>,
) -> Vec<DirectoryProblem> {
    let mut found = Vec::new();
    if keys.len() > MAX_KEYS {
        found.push(DirectoryProblem::TooManyKeys { got: keys.len() });
    }
    let mut ids = BTreeSet::new();
    for key in keys {
        if !ids.insert(&key.id) {
            found.push(DirectoryProblem::DuplicateKeyId { id: key.id.clone() });
        }
        if !hashes.insert(key.hash.stored_key()) {
            found.push(DirectoryProblem::DuplicateHash { id: key.id.clone() });
        }
    }
    found
}

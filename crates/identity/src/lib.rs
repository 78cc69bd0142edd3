//! Credentials to principal: who logs in, with which access key, on whose behalf.
//!
//! This crate never reads a file, the environment, the clock or a source of randomness: all four
//! come in as arguments. It never prints a secret: `Debug` of everything that holds one shows a
//! marker instead, and the memory is wiped on drop.
//!
//! ```
//! use identity::{AccessKey, Directory, KeyHash, Principal, PrincipalKind, StoredKey};
//!
//! let key = AccessKey::new([7; AccessKey::RANDOM_LEN]); // real callers: the system's randomness
//! let stored = StoredKey {
//!     id: key.id().clone(),
//!     hash: KeyHash::of(key.expose().as_bytes(), [9; 16]),
//!     expires: None,
//! };
//! let alice = Principal {
//!     name: "alice".parse()?,
//!     kind: PrincipalKind::Human,
//!     groups: ["dba".parse()?].into(),
//! };
//! let directory = Directory::new(vec![(alice, vec![stored])]).expect("no mistakes");
//! let now = jiff::Timestamp::UNIX_EPOCH;
//! let actor = directory.authenticate("alice", key.expose().as_bytes(), now)?;
//! assert_eq!(actor.principal.name.as_str(), "alice");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access_key;
mod directory;
mod key_hash;
mod login;
mod name;
mod principal;
mod scram;
mod secret;

pub use access_key::AccessKey;
pub use directory::{Directory, DirectoryMistake, DirectoryProblem, MAX_KEYS};
pub use key_hash::{ITERATIONS, KeyHash, StoredKey};
pub use login::{LoginError, ScramCandidate};
pub use name::{GroupName, KeyId, PrincipalName};
pub use principal::{Actor, Principal, PrincipalKind};
pub use scram::{
    AwaitFinal, AwaitSignature, Binding, Challenge, ClientExchange, ClientKeys, MECHANISM,
    MECHANISM_PLUS, NONCE_LEN, ROUNDS, ScramError, mechanisms,
};
pub use secret::{Secret, SecretSource};

/// What is wrong with a text that should have been a name, a key, a key hash or a secret's source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// A name is empty or longer than 63 bytes (PostgreSQL's own limit for names).
    #[error("expected 1 to 63 bytes, got {length}")]
    NameLength {
        /// Length of the refused text in bytes.
        length: usize,
    },
    /// A name holds a character that is not allowed.
    #[error("expected letters, digits and `_.@-`, got {character:?}")]
    NameCharacter {
        /// The first refused character.
        character: char,
    },
    /// An access key does not have the form `lgk_<id>_<secret>_<check>`.
    #[error("expected an access key `lgk_<id>_<secret>_<check>`")]
    AccessKeyForm,
    /// The check digits of an access key do not fit the rest: it was mistyped or cut.
    #[error("the check digits of the access key do not fit: it was mistyped or cut")]
    AccessKeyCheck,
    /// A key hash is not of the form `SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>`.
    #[error("expected a key hash `SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>`")]
    KeyHashForm,
    /// A key hash has another number of iterations.
    #[error("expected {ITERATIONS} iterations in the key hash, got `{got}`")]
    KeyHashIterations {
        /// The number as written.
        got: String,
    },
    /// `env:` or `file:` without a name behind it.
    #[error("expected a name after `{scheme}:`")]
    SecretSourceEmpty {
        /// `env` or `file`.
        scheme: &'static str,
    },
}

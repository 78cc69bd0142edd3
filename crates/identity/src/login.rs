//! Logging in, by cleartext password or by SCRAM-SHA-256.

use crate::{Actor, KeyHash, directory::Directory, key_hash::hmac_sha256};
use jiff::Timestamp;

/// Why a login was refused. `Display` is for our own log; what the client may read is
/// [`LoginError::client_message`], which is the same for all causes, so that nobody learns which
/// principals exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LoginError {
    /// No principal has that name.
    #[error("unknown principal")]
    UnknownPrincipal,
    /// The principal exists and the key is not one of its own.
    #[error("wrong access key")]
    WrongKey,
    /// The right key, shown after its end.
    #[error("expired access key")]
    ExpiredKey,
    /// The principal has no key at all.
    #[error("principal without access keys")]
    NoKey,
    /// The client broke the protocol of the SCRAM exchange.
    #[error("malformed SCRAM message: expected {expected}")]
    Malformed {
        /// What should have stood there.
        expected: &'static str,
    },
    /// The client would have bound the exchange to our certificate and did not see that we offer
    /// it: somebody in the middle took the offer out.
    #[error(
        "the client supports channel binding and did not see it offered: somebody took the offer out"
    )]
    Downgraded,
    /// The client bound the exchange to another certificate than ours: somebody in the middle has
    /// shown it one of his own.
    #[error("the client bound the exchange to another certificate than ours")]
    Unbound,
}

impl LoginError {
    /// The SQLSTATE that PostgreSQL gives: `28P01`, `08P01` for a broken exchange, or `28000` for one
    /// whose channel binding fails.
    #[must_use]
    pub fn sqlstate(self) -> &'static str {
        match self {
            LoginError::Malformed { .. } => "08P01",
            LoginError::Downgraded | LoginError::Unbound => "28000",
            LoginError::UnknownPrincipal
            | LoginError::WrongKey
            | LoginError::ExpiredKey
            | LoginError::NoKey => "28P01",
        }
    }

    /// The words that PostgreSQL's users know.
    #[must_use]
    pub fn client_message(self, user: &str) -> String {
        match self {
            LoginError::Malformed { .. } => "malformed SCRAM message".to_owned(),
            LoginError::Downgraded => "SCRAM channel binding negotiation error".to_owned(),
            LoginError::Unbound => "SCRAM channel binding check failed".to_owned(),
            LoginError::UnknownPrincipal
            | LoginError::WrongKey
            | LoginError::ExpiredKey
            | LoginError::NoKey => format!("password authentication failed for user \"{user}\""),
        }
    }

    /// What to do about it. Only who has shown the right key is told that it has expired.
    #[must_use]
    pub fn client_hint(self) -> Option<&'static str> {
        match self {
            LoginError::ExpiredKey => {
                Some("This access key has expired. Make a new one with \"lockgate key new\".")
            }
            LoginError::UnknownPrincipal | LoginError::WrongKey | LoginError::NoKey => {
                Some("Log in with the name of a principal and its access key as the password.")
            }
            LoginError::Downgraded | LoginError::Unbound => {
                Some("This may be a sign of a man in the middle.")
            }
            LoginError::Malformed { .. } => None,
        }
    }
}

/// The one hash that a SCRAM exchange is held against, and who logs in when it succeeds.
///
/// For an unknown principal, and for one without keys, this is a mock that no proof satisfies: its
/// salt depends on the name alone, so that asking twice tells nothing (PostgreSQL's mock
/// authentication does the same).
#[derive(Debug)]
pub struct ScramCandidate {
    hash: KeyHash,
    outcome: Result<Actor, LoginError>,
}

impl ScramCandidate {
    /// The hash whose salt the server sends.
    #[must_use]
    pub fn hash(&self) -> &KeyHash {
        &self.hash
    }

    /// Ends the exchange: checks the client's `proof` over `auth_message` (RFC 5802 section 3) and
    /// gives the actor with the server's signature.
    ///
    /// # Errors
    /// The reason of the refusal; a mock is refused whatever the proof, after the same work.
    pub fn finish(
        self,
        auth_message: &[u8],
        proof: &[u8; 32],
    ) -> Result<(Actor, [u8; 32]), LoginError> {
        let holds = self.hash.verify_proof(auth_message, proof);
        let signature = self.hash.server_signature(auth_message);
        match self.outcome {
            Ok(actor) if holds => Ok((actor, signature)),
            Err(LoginError::ExpiredKey) if holds => Err(LoginError::ExpiredKey),
            Ok(_) | Err(LoginError::ExpiredKey | LoginError::WrongKey) => Err(LoginError::WrongKey),
            Err(
                error @ (LoginError::UnknownPrincipal
                | LoginError::NoKey
                | LoginError::Malformed { .. }
                | LoginError::Downgraded
                | LoginError::Unbound),
            ) => Err(error),
        }
    }
}

impl Directory {
    /// Logs `user` in by the text of an access key. All live keys of the principal are tried, so
    /// that a new key can be rolled out before the old one ends.
    ///
    /// The work is the same for known and unknown principals, whatever number of keys each has.
    ///
    /// # Errors
    /// [`LoginError`], whose client-facing side does not tell unknown from wrong.
    pub fn authenticate(
        &self,
        user: &str,
        password: &[u8],
        now: Timestamp,
    ) -> Result<Actor, LoginError> {
        let entry = self.entry(user);
        let keys = entry.map_or(&[][..], |entry| &entry.keys);
        let mock = KeyHash::from_parts([0; 16], [0; 32], [0; 32]);
        let mut shown = None;
        for at in 0..self.most_keys() {
            let key = keys.get(at);
            let matches = key.map_or(&mock, |key| &key.hash).verify(password);
            shown = key.filter(|_| matches).or(shown);
        }
        match (entry, shown) {
            (None, _) => Err(LoginError::UnknownPrincipal),
            (Some(entry), None) if entry.keys.is_empty() => Err(LoginError::NoKey),
            (Some(_), None) => Err(LoginError::WrongKey),
            (Some(_), Some(key)) if !key.is_live(now) => Err(LoginError::ExpiredKey),
            (Some(entry), Some(key)) => Ok(entry.actor(key.id.clone())),
        }
    }

    /// The hash for a SCRAM exchange with `user`.
    ///
    /// A SCRAM server sends one salt before it has seen anything of the key, so only one key can be
    /// tried: the live key that stands last in the configuration (the newest), or the last expired
    /// one when none is live, which then ends as [`LoginError::ExpiredKey`]. Older live keys work
    /// by cleartext over TLS.
    ///
    /// `mock_seed` is a secret of this installation that must stay the same, else the salts of
    /// unknown names would change between two attempts and those of known ones would not.
    #[must_use]
    pub fn scram(&self, user: &str, now: Timestamp, mock_seed: &[u8; 32]) -> ScramCandidate {
        let Some(entry) = self.entry(user) else {
            return mock(user, mock_seed, LoginError::UnknownPrincipal);
        };
        let live = entry.keys.iter().rev().find(|key| key.is_live(now));
        match (live, entry.keys.last()) {
            (Some(key), _) => ScramCandidate {
                hash: key.hash.clone(),
                outcome: Ok(entry.actor(key.id.clone())),
            },
            (None, Some(expired)) => ScramCandidate {
                hash: expired.hash.clone(),
                outcome: Err(LoginError::ExpiredKey),
            },
            (None, None) => mock(user, mock_seed, LoginError::NoKey),
        }
    }
}

/// A hash that depends on the name and the seed only, and that belongs to no key.
fn mock(user: &str, seed: &[u8; 32], reason: LoginError) -> ScramCandidate {
    let part = |label: &[u8]| hmac_sha256(seed, &[label, user.as_bytes()]);
    let mut salt = [0; 16];
    salt.iter_mut()
        .zip(part(b"salt\0"))
        .for_each(|(to, from)| *to = from);
    let hash = KeyHash::from_parts(salt, part(b"stored key\0"), part(b"server key\0"));
    ScramCandidate {
        hash,
        outcome: Err(reason),
    }
}

//! What is stored of an access key: PostgreSQL's SCRAM verifier (RFC 5802 section 3, RFC 7677).

use crate::{IdentityError, KeyId};
use aws_lc_rs::{constant_time, digest, hmac, pbkdf2};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use std::{fmt, num::NonZeroU32, str::FromStr};
use zeroize::{Zeroize, Zeroizing};

/// Rounds of PBKDF2, and the only number that is accepted: PostgreSQL's default and the minimum of
/// RFC 7677. Access keys are 200 random bits, so that more rounds would buy nothing, and a number
/// that differs from key to key would tell known principals from unknown ones.
pub const ITERATIONS: u32 = 4096;

const ROUNDS: NonZeroU32 = NonZeroU32::new(ITERATIONS).unwrap();
const PREFIX: &str = "SCRAM-SHA-256";

/// A SCRAM-SHA-256 verifier in the form that PostgreSQL stores in `pg_authid.rolpassword`:
/// `SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>`, all three in base64. Salts are 16 bytes.
///
/// Who reads it cannot log in with it, but its `ServerKey` lets one pose as the server, so `Debug`
/// shows the salt only. Comparing two of them (`==`) is for finding copies, not for logging in.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyHash {
    salt: [u8; 16],
    stored_key: Zeroizing<[u8; 32]>,
    server_key: Zeroizing<[u8; 32]>,
}

/// A key hash with its id and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Public id of the key; what records show.
    pub id: KeyId,
    /// What the shown key is held against.
    pub hash: KeyHash,
    /// The first moment at which the key is no longer accepted; `None`: it does not end.
    pub expires: Option<jiff::Timestamp>,
}

impl StoredKey {
    /// Whether the key is accepted at `now`.
    #[must_use]
    pub fn is_live(&self, now: jiff::Timestamp) -> bool {
        self.expires.is_none_or(|end| now < end)
    }
}

impl KeyHash {
    /// Hashes the text of a key with a random `salt`. Costs [`ITERATIONS`] rounds of HMAC-SHA-256,
    /// about a millisecond.
    ///
    /// The text is taken as it is: access keys are ASCII, which SASLprep (RFC 4013) leaves alone.
    #[must_use]
    pub fn of(password: &[u8], salt: [u8; 16]) -> Self {
        let mut salted = [0; 32];
        pbkdf2::derive(
            pbkdf2::PBKDF2_HMAC_SHA256,
            ROUNDS,
            &salt,
            password,
            &mut salted,
        );
        let mut client_key = hmac_sha256(&salted, &[b"Client Key"]);
        let hash = KeyHash::from_parts(
            salt,
            sha256(&client_key),
            hmac_sha256(&salted, &[b"Server Key"]),
        );
        salted.zeroize();
        client_key.zeroize();
        hash
    }

    /// Puts a hash together: read, computed, or one that belongs to no key.
    pub(crate) fn from_parts(salt: [u8; 16], stored_key: [u8; 32], server_key: [u8; 32]) -> Self {
        KeyHash {
            salt,
            stored_key: stored_key.into(),
            server_key: server_key.into(),
        }
    }

    /// Whether `password` is the text of this key. Takes the same time whatever the answer.
    #[must_use]
    pub fn verify(&self, password: &[u8]) -> bool {
        same(
            KeyHash::of(password, self.salt).stored_key(),
            self.stored_key(),
        )
    }

    /// Whether a SCRAM client's proof holds for `auth_message` (RFC 5802 section 3): the client
    /// key, uncovered by the client signature, must hash to the stored key.
    #[must_use]
    pub fn verify_proof(&self, auth_message: &[u8], proof: &[u8; 32]) -> bool {
        let mut client_key = hmac_sha256(self.stored_key(), &[auth_message]);
        client_key
            .iter_mut()
            .zip(proof)
            .for_each(|(byte, covered)| *byte ^= covered);
        let holds = same(&sha256(&client_key), self.stored_key());
        client_key.zeroize();
        holds
    }

    /// The server's signature of `auth_message`, by which it proves that it holds this hash.
    #[must_use]
    pub fn server_signature(&self, auth_message: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.server_key, &[auth_message])
    }

    /// The salt, which a SCRAM server sends to the client.
    #[must_use]
    pub fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// The number of rounds, which a SCRAM server sends to the client: always [`ITERATIONS`].
    #[must_use]
    pub fn iterations(&self) -> u32 {
        ITERATIONS
    }

    /// `H(ClientKey)`; secret.
    #[must_use]
    pub fn stored_key(&self) -> &[u8; 32] {
        &self.stored_key
    }

    /// `HMAC(SaltedPassword, "Server Key")`; secret.
    #[must_use]
    pub fn server_key(&self) -> &[u8; 32] {
        &self.server_key
    }
}

impl FromStr for KeyHash {
    type Err = IdentityError;

    /// Reads PostgreSQL's form. An error never repeats more of the text than the iterations.
    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let parts = || {
            let rest = text.strip_prefix(PREFIX)?.strip_prefix('$')?;
            let (salting, keys) = rest.split_once('$')?;
            Some((salting.split_once(':')?, keys.split_once(':')?))
        };
        let ((iterations, salt), (stored, server)) = parts().ok_or(IdentityError::KeyHashForm)?;
        if iterations != ITERATIONS.to_string() {
            return Err(IdentityError::KeyHashIterations {
                got: iterations.chars().take(12).collect(),
            });
        }
        Ok(KeyHash::from_parts(
            bytes(salt)?,
            bytes(stored)?,
            bytes(server)?,
        ))
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [salt, stored, server] = [&self.salt[..], &self.stored_key[..], &self.server_key[..]]
            .map(|bytes| BASE64.encode(bytes));
        write!(f, "{PREFIX}${ITERATIONS}:{salt}${stored}:{server}")
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyHash(salt {}, keys hidden)", BASE64.encode(self.salt))
    }
}

fn bytes<const N: usize>(base64: &str) -> Result<[u8; N], IdentityError> {
    let bytes = BASE64
        .decode(base64)
        .map_err(|_| IdentityError::KeyHashForm)?;
    bytes.try_into().map_err(|_| IdentityError::KeyHashForm)
}

fn same(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// HMAC-SHA-256 of the parts one after the other.
pub(crate) fn hmac_sha256(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; 16] = *b"0123456789abcdef";

    #[test]
    fn reads_what_postgres_writes() {
        // Both hold a random salt: PostgreSQL's own code made the one that ours must read.
        let theirs = postgres_protocol::password::scram_sha_256(b"lgk_test_key");
        let hash: KeyHash = theirs.parse().unwrap();
        assert_eq!(hash.to_string(), theirs);
        assert_eq!(
            hash.to_string(),
            KeyHash::of(b"lgk_test_key", *hash.salt()).to_string()
        );
        assert!(hash.verify(b"lgk_test_key"));
        assert!(!hash.verify(b"lgk_test_kex"));
        assert!(!hash.verify(b""));
    }

    #[test]
    fn other_forms_are_refused() {
        let good = KeyHash::of(b"key", SALT).to_string();
        let form = IdentityError::KeyHashForm;
        let iterations = |got: &str| IdentityError::KeyHashIterations {
            got: got.to_owned(),
        };
        let cases = [
            (String::new(), form.clone()),
            ("hunter2".to_owned(), form.clone()),
            (
                "md5a3556571e93b0d20722ba62be61e8c2d".to_owned(),
                form.clone(),
            ),
            (good.replace("SHA-256", "SHA-1"), form.clone()),
            (good.replace("4096", "1"), iterations("1")),
            (good.replace("4096", "04096"), iterations("04096")),
            (
                good.replace("4096", &"9".repeat(50)),
                iterations("999999999999"),
            ),
            (good.replace("MDEy", "MDE"), form.clone()),
            (format!("{good}AAAA"), form.clone()),
            (format!("{good}:x"), form.clone()),
            (good[..good.len() - 4].to_owned(), form),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<KeyHash>().err(), Some(expected), "{text}");
        }
    }

    #[test]
    fn debug_hides_the_keys() {
        let hash = KeyHash::of(b"key", SALT);
        assert_eq!(
            format!("{hash:?}"),
            "KeyHash(salt MDEyMzQ1Njc4OWFiY2RlZg==, keys hidden)"
        );
    }

    #[test]
    fn a_key_ends_at_its_expiry() {
        let second = |n| jiff::Timestamp::from_second(n).unwrap();
        let key = |expires| StoredKey {
            id: "k".parse().unwrap(),
            hash: KeyHash::of(b"key", SALT),
            expires,
        };
        assert!(key(None).is_live(second(9)));
        assert!(key(Some(second(10))).is_live(second(9)));
        assert!(!key(Some(second(10))).is_live(second(10)));
    }
}

//! What a client needs of its password.

use crate::key_hash::hmac_sha256;
use aws_lc_rs::pbkdf2;
use std::{fmt, num::NonZeroU32};
use zeroize::{Zeroize, Zeroizing};

/// `ClientKey` and `ServerKey` of a password under one salt and number of rounds (RFC 5802 section
/// 3): all that a client needs, however often it logs in, without those rounds again.
///
/// Who has them can log in to the server that has the same salt, and pose as it: as secret as the
/// password. `Debug` hides them and the memory is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientKeys {
    pub(super) client: Zeroizing<[u8; 32]>,
    pub(super) server: Zeroizing<[u8; 32]>,
}

impl ClientKeys {
    /// Derives them: `rounds` rounds of HMAC-SHA-256, about a millisecond for 4096.
    ///
    /// The password is prepared as PostgreSQL does: by SASLprep (RFC 4013), and as it is where that
    /// does not allow it.
    #[must_use]
    pub fn derive(password: &str, salt: &[u8], rounds: NonZeroU32) -> Self {
        let prepared = stringprep::saslprep(password).map(|text| text.into_owned());
        let prepared = Zeroizing::new(prepared.unwrap_or_else(|_| password.to_owned()));
        let mut salted = [0; 32];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(algorithm, rounds, salt, prepared.as_bytes(), &mut salted);
        let keys = ClientKeys {
            client: hmac_sha256(&salted, &[b"Client Key"]).into(),
            server: hmac_sha256(&salted, &[b"Server Key"]).into(),
        };
        salted.zeroize();
        keys
    }
}

impl fmt::Debug for ClientKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientKeys(hidden)")
    }
}

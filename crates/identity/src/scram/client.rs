//! The client's side.

use super::{
    BOUND_HEADER, ClientKeys, MECHANISM, MECHANISM_PLUS, Malformed, NONCE_LEN, attribute, is_nonce,
};
use crate::key_hash::{hmac_sha256, sha256};
use aws_lc_rs::constant_time;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use std::{fmt, num::NonZeroU32, ops::RangeInclusive};
use zeroize::Zeroize;

/// Bounds of the number of rounds that a server may ask for. Fewer than RFC 7677 asks for would let
/// a false server guess passwords from our proof; more than this would keep a processor busy for
/// whoever asks, and PostgreSQL's default is 4096.
pub const ROUNDS: RangeInclusive<u32> = 4096..=100_000;

/// What is wrong with a server's side of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ScramError {
    /// A message is not as in RFC 5802 section 7.
    #[error("malformed SCRAM message: expected {expected}")]
    Malformed {
        /// What should have stood there.
        expected: &'static str,
    },
    /// The nonce does not begin with ours: the message belongs to another exchange.
    #[error("the nonce is not of this exchange")]
    Nonce,
    /// More or fewer rounds than [`ROUNDS`].
    #[error("expected {} to {} SCRAM iterations, got {count}", ROUNDS.start(), ROUNDS.end())]
    Rounds {
        /// How many.
        count: u32,
    },
    /// The server does not know the password, or is not the one that the exchange is bound to.
    #[error("wrong SCRAM signature")]
    Signature,
}

/// What a client knows of the channel (RFC 5802 section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// It has nothing to bind to, or shall not.
    Unsupported,
    /// It could bind, and the server did not offer it: the server will notice if it did.
    Unoffered,
    /// To the hash of the server's certificate (RFC 5929 section 4.1).
    EndPoint(Vec<u8>),
}

impl Binding {
    /// The mechanism to choose.
    #[must_use]
    pub fn mechanism(&self) -> &'static str {
        match self {
            Binding::EndPoint(_) => MECHANISM_PLUS,
            Binding::Unsupported | Binding::Unoffered => MECHANISM,
        }
    }

    fn header(&self) -> &'static str {
        match self {
            Binding::Unsupported => "n,,",
            Binding::Unoffered => "y,,",
            Binding::EndPoint(_) => BOUND_HEADER,
        }
    }

    /// The value of `c=`.
    fn value(&self) -> String {
        let data: &[u8] = match self {
            Binding::EndPoint(hash) => hash,
            Binding::Unsupported | Binding::Unoffered => &[],
        };
        BASE64.encode([self.header().as_bytes(), data].concat())
    }
}

/// An exchange that waits for the server's challenge.
#[derive(Debug)]
pub struct ClientExchange {
    nonce: String,
    binding: Binding,
}

impl ClientExchange {
    /// A new exchange; `random` must come from a cryptographic source.
    #[must_use]
    pub fn new(binding: Binding, random: [u8; NONCE_LEN]) -> Self {
        ClientExchange {
            nonce: BASE64.encode(random),
            binding,
        }
    }

    /// The client's first message, the data of `SASLInitialResponse` for
    /// [`Binding::mechanism`]. The name is empty: the startup message tells it.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        format!("{}{}", self.binding.header(), self.bare()).into_bytes()
    }

    fn bare(&self) -> String {
        format!("n=,r={}", self.nonce)
    }

    /// Reads the server's challenge, the data of `AuthenticationSASLContinue`.
    ///
    /// # Errors
    /// [`ScramError`], before anything was derived from the password.
    pub fn challenged(self, server_first: &[u8]) -> Result<Challenge, ScramError> {
        let text = super::text(server_first)?;
        let mut parts = text.split(',');
        let nonce = attribute(parts.next(), "r=", "`r=`")?;
        let salt = attribute(parts.next(), "s=", "`s=`")?;
        let count = attribute(parts.next(), "i=", "`i=`")?;
        // Ours and something of the server's.
        match nonce.strip_prefix(self.nonce.as_str()) {
            Some(theirs) if is_nonce(theirs) => {}
            Some(_) | None => return Err(ScramError::Nonce),
        }
        let salt = BASE64.decode(salt).ok().filter(|salt| !salt.is_empty());
        let salt = salt.ok_or(Malformed("a salt in base64"))?;
        let without_proof = format!("c={},r={nonce}", self.binding.value());
        Ok(Challenge {
            salt,
            rounds: rounds(count)?,
            auth_message: format!("{},{text},{without_proof}", self.bare()),
            without_proof,
        })
    }
}

fn rounds(text: &str) -> Result<NonZeroU32, ScramError> {
    let count: u32 = text.parse().map_err(|_| Malformed("a number of rounds"))?;
    let rounds = NonZeroU32::new(count).filter(|_| ROUNDS.contains(&count));
    rounds.ok_or(ScramError::Rounds { count })
}

/// A challenge that waits for the keys to its salt.
#[derive(Debug)]
pub struct Challenge {
    salt: Vec<u8>,
    rounds: NonZeroU32,
    auth_message: String,
    without_proof: String,
}

impl Challenge {
    /// What [`ClientKeys::derive`] is to be called with.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// How many rounds the server asks for, within [`ROUNDS`].
    #[must_use]
    pub fn rounds(&self) -> NonZeroU32 {
        self.rounds
    }

    /// The client's last message (the data of `SASLResponse`), and what the server must answer.
    #[must_use]
    pub fn answer(self, keys: &ClientKeys) -> (Vec<u8>, AwaitSignature) {
        let message = self.auth_message.as_bytes();
        let stored_key = sha256(keys.client.as_slice());
        let mut proof = hmac_sha256(&stored_key, &[message]);
        proof
            .iter_mut()
            .zip(keys.client.iter())
            .for_each(|(byte, key)| *byte ^= key);
        let answer = format!("{},p={}", self.without_proof, BASE64.encode(proof));
        proof.zeroize();
        let expected = hmac_sha256(&keys.server, &[message]);
        (answer.into_bytes(), AwaitSignature { expected })
    }
}

/// An exchange that waits for the server's own proof.
pub struct AwaitSignature {
    expected: [u8; 32],
}

impl fmt::Debug for AwaitSignature {
    /// Without what is waited for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AwaitSignature(hidden)")
    }
}

impl AwaitSignature {
    /// Checks the server's last message, the data of `AuthenticationSASLFinal`.
    ///
    /// # Errors
    /// [`ScramError::Malformed`], [`ScramError::Signature`].
    pub fn verify(self, server_final: &[u8]) -> Result<(), ScramError> {
        let signature = attribute(Some(super::text(server_final)?), "v=", "`v=`")?;
        let signature = BASE64.decode(signature);
        let signature = signature.map_err(|_| Malformed("a signature in base64"))?;
        constant_time::verify_slices_are_equal(&signature, &self.expected)
            .map_err(|_| ScramError::Signature)
    }
}

#[cfg(test)]
impl ClientExchange {
    /// An unbound exchange with a nonce of the test's.
    pub(super) fn from_nonce(nonce: &str) -> Self {
        ClientExchange {
            nonce: nonce.to_owned(),
            binding: Binding::Unsupported,
        }
    }
}

#[cfg(test)]
impl Challenge {
    /// Another name in the message that is signed.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        self.auth_message = self.auth_message.replacen(from, to, 1);
    }
}

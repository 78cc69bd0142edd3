//! The server's side of a SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), without channel binding.

use crate::{Actor, LoginError, ScramCandidate};
use aws_lc_rs::constant_time;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

/// The mechanism's name, as `AuthenticationSASL` offers it.
pub const MECHANISM: &str = "SCRAM-SHA-256";

/// How many random bytes the server's nonce is made from: as many as PostgreSQL takes.
pub const NONCE_LEN: usize = 18;

/// An exchange that has sent its challenge and waits for the client's proof.
#[derive(Debug)]
pub struct AwaitFinal {
    candidate: ScramCandidate,
    /// `client-first-message-bare "," server-first-message ","`
    auth_message: String,
    nonce: String,
    /// What the client must repeat in `c=`: the base64 of its GS2 header.
    binding: String,
}

impl ScramCandidate {
    /// Reads the client's first message and gives the server's (the data of
    /// `AuthenticationSASLContinue`) with the state that waits for the proof. `random` must come
    /// from a cryptographic source.
    ///
    /// # Errors
    /// [`LoginError::Malformed`] for what RFC 5802 section 7 does not allow, and for channel
    /// binding, which was not offered.
    pub fn begin(
        self,
        client_first: &[u8],
        random: [u8; NONCE_LEN],
    ) -> Result<(AwaitFinal, Vec<u8>), LoginError> {
        let first = ClientFirst::read(client_first)?;
        let nonce = format!("{}{}", first.nonce, BASE64.encode(random));
        let salt = BASE64.encode(self.hash().salt());
        let server_first = format!("r={nonce},s={salt},i={}", self.hash().iterations());
        let state = AwaitFinal {
            auth_message: format!("{},{server_first},", first.bare),
            binding: BASE64.encode(first.header),
            candidate: self,
            nonce,
        };
        Ok((state, server_first.into_bytes()))
    }
}

impl AwaitFinal {
    /// Reads the client's last message and gives who has logged in, with the server's last message
    /// (the data of `AuthenticationSASLFinal`).
    ///
    /// # Errors
    /// [`LoginError::Malformed`], or why the login is refused.
    pub fn finish(mut self, client_final: &[u8]) -> Result<(Actor, Vec<u8>), LoginError> {
        let text = text(client_final)?;
        let (without_proof, proof) = text
            .rsplit_once(",p=")
            .ok_or(malformed("a proof `p=` at the end"))?;
        let mut parts = without_proof.split(',');
        attribute(parts.next(), "c=", "`c=`").and_then(|binding| {
            match binding == self.binding {
                true => Ok(()),
                false => Err(malformed("the channel binding of the first message")),
            }
        })?;
        let nonce = attribute(parts.next(), "r=", "`r=`")?;
        constant_time::verify_slices_are_equal(nonce.as_bytes(), self.nonce.as_bytes())
            .map_err(|_| malformed("the nonce of this exchange"))?;
        let proof = BASE64
            .decode(proof)
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        let proof: [u8; 32] = proof.ok_or(malformed("a proof of 32 bytes in base64"))?;
        self.auth_message.push_str(without_proof);
        let (actor, signature) = self
            .candidate
            .finish(self.auth_message.as_bytes(), &proof)?;
        Ok((
            actor,
            format!("v={}", BASE64.encode(signature)).into_bytes(),
        ))
    }
}

/// `client-first-message = gs2-header client-first-message-bare` (RFC 5802 section 7).
struct ClientFirst<'a> {
    header: &'a str,
    bare: &'a str,
    nonce: &'a str,
}

impl<'a> ClientFirst<'a> {
    fn read(message: &'a [u8]) -> Result<Self, LoginError> {
        let text = text(message)?;
        // `n`: the client does not support channel binding; `y`: it does, and saw that we do not.
        // An authorization identity (`a=`) is refused: nobody logs in as somebody else.
        let bare = text
            .strip_prefix("n,,")
            .or_else(|| text.strip_prefix("y,,"))
            .ok_or(malformed(
                "a header `n,,` or `y,,`: channel binding was not offered",
            ))?;
        let header = text.strip_suffix(bare).unwrap_or_default();
        let mut parts = bare.split(',');
        // The name is ignored, as PostgreSQL does: the startup message has told it.
        attribute(parts.next(), "n=", "`n=`")?;
        let nonce = attribute(parts.next(), "r=", "`r=`")?;
        match nonce.is_empty() || !nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Err(malformed("a printable nonce")),
            false => Ok(ClientFirst {
                header,
                bare,
                nonce,
            }),
        }
    }
}

fn attribute<'a>(
    part: Option<&'a str>,
    name: &str,
    expected: &'static str,
) -> Result<&'a str, LoginError> {
    part.and_then(|part| part.strip_prefix(name))
        .ok_or(malformed(expected))
}

/// Longest message of the exchange in bytes; real ones stay under 200.
const MAX_LEN: usize = 2048;

fn text(message: &[u8]) -> Result<&str, LoginError> {
    match std::str::from_utf8(message) {
        Ok(text) if message.len() <= MAX_LEN => Ok(text),
        Ok(_) => Err(malformed("at most 2048 bytes")),
        Err(_) => Err(malformed("UTF-8")),
    }
}

fn malformed(expected: &'static str) -> LoginError {
    LoginError::Malformed { expected }
}

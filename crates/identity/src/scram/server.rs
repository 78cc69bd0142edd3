//! The server's side.

use super::{BOUND_HEADER, MECHANISM, MECHANISM_PLUS, Malformed, NONCE_LEN, attribute, is_nonce};
use crate::{Actor, LoginError, ScramCandidate};
use aws_lc_rs::constant_time;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

/// An exchange that has sent its challenge and waits for the client's proof.
#[derive(Debug)]
pub struct AwaitFinal {
    candidate: ScramCandidate,
    /// `client-first-message-bare "," server-first-message ","`
    auth_message: String,
    nonce: String,
    header: Header,
    /// What the client must repeat in `c=`: the base64 of its GS2 header and the channel's data.
    binding: String,
}

impl ScramCandidate {
    /// Reads the client's choice of a mechanism with its first message, and gives the server's (the
    /// data of `AuthenticationSASLContinue`) with the state that waits for the proof.
    ///
    /// `end_point` is the hash of our certificate (RFC 5929 section 4.1) when PLUS was offered;
    /// `random` must come from a cryptographic source.
    ///
    /// # Errors
    /// [`LoginError::Malformed`] for what RFC 5802 section 7 does not allow, and for a mechanism
    /// that was not offered or does not fit its message; [`LoginError::Downgraded`] if the client
    /// would have bound the exchange and did not see our offer.
    pub fn begin(
        self,
        mechanism: &[u8],
        client_first: &[u8],
        end_point: Option<&[u8]>,
        random: [u8; NONCE_LEN],
    ) -> Result<(AwaitFinal, Vec<u8>), LoginError> {
        let first = ClientFirst::read(client_first)?;
        let bound = first.header.check(mechanism, end_point)?;
        let nonce = format!("{}{}", first.nonce, BASE64.encode(random));
        let salt = BASE64.encode(self.hash().salt());
        let server_first = format!("r={nonce},s={salt},i={}", self.hash().iterations());
        let input = [first.header.text().as_bytes(), bound].concat();
        let state = AwaitFinal {
            auth_message: format!("{},{server_first},", first.bare),
            header: first.header,
            binding: BASE64.encode(input),
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
    /// [`LoginError::Malformed`]; [`LoginError::Unbound`] if the client saw another certificate than
    /// ours; or why the login is refused.
    pub fn finish(mut self, client_final: &[u8]) -> Result<(Actor, Vec<u8>), LoginError> {
        let text = super::text(client_final)?;
        let (without_proof, proof) = text
            .rsplit_once(",p=")
            .ok_or(Malformed("a proof `p=` at the end"))?;
        let mut parts = without_proof.split(',');
        let binding = attribute(parts.next(), "c=", "`c=`")?;
        if binding != self.binding {
            return Err(self.header.mismatch());
        }
        let nonce = attribute(parts.next(), "r=", "`r=`")?;
        constant_time::verify_slices_are_equal(nonce.as_bytes(), self.nonce.as_bytes())
            .map_err(|_| Malformed("the nonce of this exchange"))?;
        let proof = BASE64
            .decode(proof)
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        let proof: [u8; 32] = proof.ok_or(Malformed("a proof of 32 bytes in base64"))?;
        self.auth_message.push_str(without_proof);
        let (actor, signature) = self
            .candidate
            .finish(self.auth_message.as_bytes(), &proof)?;
        let answer = format!("v={}", BASE64.encode(signature));
        Ok((actor, answer.into_bytes()))
    }
}

/// What a client says of channel binding (RFC 5802 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    /// `n`: it does not support it.
    Unsupported,
    /// `y`: it does, and believes that we do not.
    Unoffered,
    /// `p`: the exchange is bound.
    Bound,
}

impl Header {
    const fn text(self) -> &'static str {
        match self {
            Self::Unsupported => "n,,",
            Self::Unoffered => "y,,",
            Self::Bound => BOUND_HEADER,
        }
    }

    /// The header with what stands behind it. An authorization identity (`a=`) is refused: nobody
    /// logs in as somebody else. So is any other type of binding.
    fn split(text: &str) -> Option<(Self, &str)> {
        [Self::Unsupported, Self::Unoffered, Self::Bound]
            .into_iter()
            .find_map(|header| Some((header, text.strip_prefix(header.text())?)))
    }

    /// Whether the header fits the mechanism and our offer; gives the data to bind to.
    fn check<'a>(
        self,
        mechanism: &[u8],
        end_point: Option<&'a [u8]>,
    ) -> Result<&'a [u8], LoginError> {
        let plus = mechanism == MECHANISM_PLUS.as_bytes();
        if !plus && mechanism != MECHANISM.as_bytes() {
            return Err(Malformed("a mechanism that was offered").into());
        }
        match (self, plus, end_point) {
            (Self::Bound, true, Some(end_point)) => Ok(end_point),
            (Self::Unoffered, false, Some(_)) => Err(LoginError::Downgraded),
            (Self::Unsupported, false, _) | (Self::Unoffered, false, None) => Ok(&[]),
            (Self::Bound, true, None) => Err(Malformed("a mechanism that was offered").into()),
            (Self::Bound, false, _) | (Self::Unsupported | Self::Unoffered, true, _) => {
                Err(Malformed("a header that fits the mechanism").into())
            }
        }
    }

    fn mismatch(self) -> LoginError {
        match self {
            Self::Bound => LoginError::Unbound,
            Self::Unsupported | Self::Unoffered => {
                Malformed("the channel binding of the first message").into()
            }
        }
    }
}

/// `client-first-message = gs2-header client-first-message-bare` (RFC 5802 section 7).
struct ClientFirst<'a> {
    header: Header,
    bare: &'a str,
    nonce: &'a str,
}

impl<'a> ClientFirst<'a> {
    fn read(message: &'a [u8]) -> Result<Self, LoginError> {
        let (header, bare) = Header::split(super::text(message)?).ok_or(Malformed(
            "a header `n,,`, `y,,` or `p=tls-server-end-point,,`",
        ))?;
        let mut parts = bare.split(',');
        // The name is ignored, as PostgreSQL does: the startup message has told it.
        attribute(parts.next(), "n=", "`n=`")?;
        let nonce = attribute(parts.next(), "r=", "`r=`")?;
        match is_nonce(nonce) {
            false => Err(Malformed("a printable nonce").into()),
            true => Ok(ClientFirst {
                header,
                bare,
                nonce,
            }),
        }
    }
}

#[cfg(test)]
impl AwaitFinal {
    /// An unbound exchange after these two messages.
    pub(super) fn of(candidate: ScramCandidate, first: &str, challenge: &str) -> Self {
        let nonce = challenge
            .strip_prefix("r=")
            .and_then(|rest| rest.split(',').next());
        AwaitFinal {
            candidate,
            auth_message: format!("{first},{challenge},"),
            nonce: nonce.unwrap_or_default().to_owned(),
            header: Header::Unsupported,
            binding: BASE64.encode(Header::Unsupported.text()),
        }
    }
}

//! SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, both sides (RFC 5802, RFC 7677), as PostgreSQL speaks them
//! ("SASL Authentication" in its documentation). PLUS binds the exchange to the server's certificate
//! (`tls-server-end-point`, RFC 5929 section 4), so that nobody in the middle can pass it on.

mod client;
mod keys;
mod server;

use crate::LoginError;

pub use client::{AwaitSignature, Binding, Challenge, ClientExchange, ROUNDS, ScramError};
pub use keys::ClientKeys;
pub use server::AwaitFinal;

/// The mechanism's name, as `AuthenticationSASL` offers it.
pub const MECHANISM: &str = "SCRAM-SHA-256";

/// The mechanism that is bound to the server's certificate.
pub const MECHANISM_PLUS: &str = "SCRAM-SHA-256-PLUS";

/// How many random bytes a nonce is made from: as many as PostgreSQL takes.
pub const NONCE_LEN: usize = 18;

/// The GS2 header of a bound exchange (RFC 5802 section 7): no authorization identity.
const BOUND_HEADER: &str = "p=tls-server-end-point,,";

/// Longest message of the exchange in bytes; real ones stay under 300. Nonces without end have been
/// used against proxies (CVE-2026-6665).
const MAX_LEN: usize = 2048;

/// The mechanisms that a server offers: PLUS only where the exchange can be bound to something.
#[must_use]
pub fn mechanisms(end_point: Option<&[u8]>) -> &'static [&'static str] {
    match end_point {
        Some(_) => &[MECHANISM_PLUS, MECHANISM],
        None => &[MECHANISM],
    }
}

fn attribute<'a>(
    part: Option<&'a str>,
    name: &str,
    expected: &'static str,
) -> Result<&'a str, Malformed> {
    part.and_then(|part| part.strip_prefix(name))
        .ok_or(Malformed(expected))
}

fn text(message: &[u8]) -> Result<&str, Malformed> {
    match std::str::from_utf8(message) {
        Ok(text) if message.len() <= MAX_LEN => Ok(text),
        Ok(_) => Err(Malformed("at most 2048 bytes")),
        Err(_) => Err(Malformed("UTF-8")),
    }
}

/// `nonce = printable *` without a comma (RFC 5802 section 7).
fn is_nonce(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b',')
}

/// What a message should have held.
struct Malformed(&'static str);

impl From<Malformed> for LoginError {
    fn from(Malformed(expected): Malformed) -> Self {
        LoginError::Malformed { expected }
    }
}

impl From<Malformed> for ScramError {
    fn from(Malformed(expected): Malformed) -> Self {
        ScramError::Malformed { expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Directory, KeyHash, Principal, PrincipalKind, StoredKey};
    use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

    // RFC 7677 section 3.
    const FIRST: &str = "n=user,r=rOprNGfwEbeRWgbNEkqO";
    const CHALLENGE: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
        s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const WITHOUT_PROOF: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const PROOF: &str = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const SIGNATURE: &[u8] = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    fn salt() -> [u8; 16] {
        let salt = BASE64.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        salt.try_into().unwrap()
    }

    #[test]
    fn the_client_of_rfc_7677() {
        let exchange = ClientExchange::from_nonce("rOprNGfwEbeRWgbNEkqO");
        let mut challenge = exchange.challenged(CHALLENGE.as_bytes()).unwrap();
        assert_eq!(
            (challenge.salt(), challenge.rounds().get()),
            (&salt()[..], 4096)
        );
        // We leave the name empty, as libpq does; the vector does not.
        challenge.rename("n=,", "n=user,");
        let keys = ClientKeys::derive("pencil", challenge.salt(), challenge.rounds());
        let (answer, waiting) = challenge.answer(&keys);
        assert_eq!(answer, format!("{WITHOUT_PROOF},p={PROOF}").into_bytes());
        waiting.verify(SIGNATURE).unwrap();
    }

    #[test]
    fn the_server_of_rfc_7677() {
        let user = Principal {
            name: "user".parse().unwrap(),
            kind: PrincipalKind::Human,
            groups: Default::default(),
        };
        let key = StoredKey {
            id: "k".parse().unwrap(),
            hash: KeyHash::of(b"pencil", salt()),
            expires: None,
        };
        let directory = Directory::new(vec![(user, vec![key])]).unwrap();
        let candidate = directory.scram("user", jiff::Timestamp::UNIX_EPOCH, &[0; 32]);
        let waiting = AwaitFinal::of(candidate, FIRST, CHALLENGE);
        let last = format!("{WITHOUT_PROOF},p={PROOF}");
        let (actor, signature) = waiting.finish(last.as_bytes()).unwrap();
        assert_eq!((actor.key.as_str(), &*signature), ("k", SIGNATURE));
    }
}

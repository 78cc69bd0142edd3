//! SCRAM-SHA-256 with a client (RFC 5802, RFC 7677), bound to the certificate under TLS (RFC 5929,
//! `tls-server-end-point`).
//!
//! pgwire runs the exchange; identity says whose key it is, and checks the proof once more over
//! the messages as they were sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use identity::{Actor, LoginError, ScramCandidate};
use jiff::Timestamp;
use pgwire::api::auth::sasl::scram::{
    ScramSecret, ScramServerAuth, ScramServerAuthWaitingForClientFinal,
};
use pgwire::error::PgWireError;
use tokio::io::{AsyncRead, AsyncWrite};
use wire::encode;
use wire::frontend::SaslInitialResponse;

use super::{LoginRules, ask, broken, password_of};
use crate::channel::Channel;
use crate::error::GatewayError;

const PLAIN: &str = "SCRAM-SHA-256";
const PLUS: &str = "SCRAM-SHA-256-PLUS";

/// Longest message of an exchange in bytes; honest ones stay under 300. Nonces without end have
/// been used against proxies (CVE-2026-6665).
const MAX_LEN: usize = 2048;

/// Runs an exchange with `user`. The outer error ends the connection, the inner one is a login
/// that failed.
pub(super) async fn authenticate<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
    user: &str,
) -> Result<Result<Actor, LoginError>, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let server = server(channel, rules);
    encode::authentication_sasl(&mut channel.output, mechanisms(&server))
        .map_err(GatewayError::Encode)?;
    let message = ask(channel).await?;
    let initial = password_of(&message)?.sasl_initial().map_err(broken)?;
    let candidate = rules
        .directory
        .scram(user, Timestamp::now(), &rules.mock_seed);
    let (challenge, pending) = match begin(&server, &initial, candidate) {
        Ok(begun) => begun,
        Err(refused) => return Ok(Err(refused)),
    };
    encode::authentication_sasl_continue(&mut channel.output, challenge.as_bytes())
        .map_err(GatewayError::Encode)?;
    let message = ask(channel).await?;
    let (actor, proof) = match pending.finish(password_of(&message)?.sasl_response()) {
        Ok(finished) => finished,
        Err(refused) => return Ok(Err(refused)),
    };
    encode::authentication_sasl_final(&mut channel.output, proof.as_bytes())
        .map_err(GatewayError::Encode)?;
    Ok(Ok(actor))
}

/// Binding needs TLS, and a certificate whose signature algorithm names a hash.
fn server<S>(channel: &Channel<S>, rules: &LoginRules) -> ScramServerAuth
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut server = ScramServerAuth::new();
    if let Some(tls) = &rules.tls
        && channel.is_encrypted()
    {
        // Fails for Ed25519 and the like, for which RFC 5929 names no hash: then without binding.
        let _ = server.configure_certificate(&tls.certificate_pem);
    }
    server
}

fn mechanisms(server: &ScramServerAuth) -> &'static [&'static str] {
    match server.supports_channel_binding() {
        true => &[PLUS, PLAIN],
        false => &[PLAIN],
    }
}

/// An exchange whose challenge was made, and that waits for the client's proof.
struct Pending {
    waiting: ScramServerAuthWaitingForClientFinal,
    candidate: ScramCandidate,
    /// `client-first-message-bare "," server-first-message ","`.
    auth_message: String,
}

fn begin(
    server: &ScramServerAuth,
    initial: &SaslInitialResponse<'_>,
    candidate: ScramCandidate,
) -> Result<(String, Pending), LoginError> {
    let first = text(initial.data.ok_or(malformed("a first message"))?)?;
    check_mechanism(server, initial.mechanism, first)?;
    let hash = candidate.hash();
    let secret = ScramSecret::Verifier {
        salt: hash.salt().to_vec(),
        iterations: usize::try_from(hash.iterations()).unwrap_or(usize::MAX),
        stored_key: hash.stored_key().to_vec(),
        server_key: hash.server_key().to_vec(),
    };
    let (challenge, waiting) = server
        .on_client_first_message_with_secret(first.as_bytes(), secret)
        .map_err(|_| malformed("a first message as in RFC 5802"))?;
    // After the GS2 header, which is two fields.
    let bare = first.splitn(3, ',').nth(2).unwrap_or_default();
    let auth_message = format!("{bare},{challenge},");
    Ok((
        challenge,
        Pending {
            waiting,
            candidate,
            auth_message,
        },
    ))
}

/// The mechanism must be one that was offered, and must fit the header: what is called PLUS and is
/// not bound, or the other way round, is a downgrade.
fn check_mechanism(
    server: &ScramServerAuth,
    mechanism: &[u8],
    first: &str,
) -> Result<(), LoginError> {
    let offered = mechanisms(server)
        .iter()
        .any(|name| name.as_bytes() == mechanism);
    let bound = first.starts_with("p=");
    match offered && bound == (mechanism == PLUS.as_bytes()) {
        true => Ok(()),
        false => Err(malformed("a mechanism that was offered")),
    }
}

impl Pending {
    /// Who has logged in, and our own proof for the client.
    fn finish(self, message: &[u8]) -> Result<(Actor, String), LoginError> {
        let last = text(message)?;
        let (without_proof, proof) = last
            .rsplit_once(",p=")
            .ok_or(malformed("a proof `p=` at the end"))?;
        let proof = BASE64
            .decode(proof)
            .ok()
            .and_then(|proof| proof.try_into().ok());
        let proof: [u8; 32] = proof.ok_or(malformed("a proof of 32 bytes in base64"))?;
        let answer = self.waiting.on_client_final_message(message);
        let auth_message = format!("{}{without_proof}", self.auth_message);
        let checked = self.candidate.finish(auth_message.as_bytes(), &proof);
        match (answer, checked) {
            (Ok(answer), Ok((actor, _))) => Ok((actor, answer)),
            (_, Err(refused)) => Err(refused),
            (Err(PgWireError::InvalidPassword(_)), Ok(_)) => Err(LoginError::WrongKey),
            (Err(_), Ok(_)) => Err(malformed("the nonce and binding of this exchange")),
        }
    }
}

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

//! SCRAM-SHA-256 with a server (RFC 5802, RFC 7677). The server, too, must prove that it knows the
//! password's hash.

use postgres_protocol::authentication::sasl::{ChannelBinding, ScramSha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::spawn_blocking;
use wire::backend::Authentication;
use wire::encode;

use super::{authentication, next};
use crate::channel::Channel;
use crate::error::{ChannelError, UpstreamProblem};

pub(super) const MECHANISM: &str = "SCRAM-SHA-256";

/// Bounds of the number of iterations. Fewer than RFC 7677 asks for would let a false server guess
/// passwords from our proof; more than this would keep a processor busy for whoever asks, and
/// PostgreSQL's default is 4096.
const ITERATIONS: std::ops::RangeInclusive<u32> = 4096..=100_000;

/// Longest challenge in bytes; PostgreSQL's has 84.
const MAX_CHALLENGE_LEN: usize = 2048;

/// Answers with `password`, and checks the server's own proof.
pub(super) async fn authenticate<S>(
    channel: &mut Channel<S>,
    password: &str,
) -> Result<(), UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let scram = ScramSha256::new(password.as_bytes(), ChannelBinding::unsupported());
    encode::sasl_initial_response(&mut channel.output, MECHANISM.as_bytes(), scram.message())
        .map_err(ChannelError::from)?;
    channel.send().await?;
    let mut scram = answer(channel, scram).await?;
    encode::sasl_response(&mut channel.output, scram.message()).map_err(ChannelError::from)?;
    channel.send().await?;
    let message = next(channel).await?;
    let Authentication::SaslFinal(proof) = authentication(&message)? else {
        return Err(UpstreamProblem::Unproven);
    };
    scram.finish(proof).map_err(|_| UpstreamProblem::Scram)?;
    match authentication(&next(channel).await?)? {
        Authentication::Ok => Ok(()),
        Authentication::CleartextPassword
        | Authentication::Md5 { .. }
        | Authentication::Sasl { .. }
        | Authentication::SaslContinue(_)
        | Authentication::SaslFinal(_)
        | Authentication::Other(_) => Err(UpstreamProblem::Unproven),
    }
}

/// Waits for the challenge and computes the proof.
async fn answer<S>(
    channel: &mut Channel<S>,
    mut scram: ScramSha256,
) -> Result<ScramSha256, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let message = next(channel).await?;
    let Authentication::SaslContinue(challenge) = authentication(&message)? else {
        return Err(UpstreamProblem::Unproven);
    };
    check_challenge(challenge)?;
    let challenge = challenge.to_vec();
    // PBKDF2 takes milliseconds: other sessions shall not wait for it.
    let computed = spawn_blocking(move || scram.update(&challenge).map(|()| scram));
    computed
        .await
        .ok()
        .and_then(Result::ok)
        .ok_or(UpstreamProblem::Scram)
}

/// `server-first-message = "r=" nonce ",s=" salt ",i=" count` (RFC 5802 section 7).
fn check_challenge(challenge: &[u8]) -> Result<(), UpstreamProblem> {
    let text = std::str::from_utf8(challenge).map_err(|_| UpstreamProblem::Scram)?;
    if text.len() > MAX_CHALLENGE_LEN {
        return Err(UpstreamProblem::Scram);
    }
    let count = text.split(',').find_map(|part| part.strip_prefix("i="));
    let count: u32 = count
        .and_then(|count| count.parse().ok())
        .ok_or(UpstreamProblem::Scram)?;
    match ITERATIONS.contains(&count) {
        true => Ok(()),
        false => Err(UpstreamProblem::Iterations {
            count,
            least: *ITERATIONS.start(),
            most: *ITERATIONS.end(),
        }),
    }
}

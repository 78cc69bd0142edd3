//! SCRAM-SHA-256 with a client, bound to our certificate under TLS. The exchange is `identity`'s.

use aws_lc_rs::rand;
use identity::{Actor, AwaitFinal, LoginError, NONCE_LEN, ScramCandidate, mechanisms};
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use wire::encode;
use wire::frontend::SaslInitialResponse;

use super::{LoginRules, ask, broken, password_of};
use crate::channel::Channel;
use crate::error::GatewayError;

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
    let tls = rules.tls.as_ref().filter(|_| channel.is_encrypted());
    let end_point = tls.and_then(|tls| tls.end_point.as_deref());
    encode::authentication_sasl(&mut channel.output, mechanisms(end_point))
        .map_err(GatewayError::Encode)?;
    let message = ask(channel).await?;
    let initial = password_of(&message)?.sasl_initial().map_err(broken)?;
    let candidate = rules
        .directory
        .scram(user, Timestamp::now(), &rules.mock_seed);
    let (waiting, challenge) = match begin(candidate, &initial, end_point)? {
        Ok(begun) => begun,
        Err(refused) => return Ok(Err(refused)),
    };
    encode::authentication_sasl_continue(&mut channel.output, &challenge)
        .map_err(GatewayError::Encode)?;
    let message = ask(channel).await?;
    let (actor, proof) = match waiting.finish(password_of(&message)?.sasl_response()) {
        Ok(finished) => finished,
        Err(refused) => return Ok(Err(refused)),
    };
    encode::authentication_sasl_final(&mut channel.output, &proof).map_err(GatewayError::Encode)?;
    Ok(Ok(actor))
}

type Begun = Result<(AwaitFinal, Vec<u8>), LoginError>;

fn begin(
    candidate: ScramCandidate,
    initial: &SaslInitialResponse<'_>,
    end_point: Option<&[u8]>,
) -> Result<Begun, GatewayError> {
    let mut random = [0; NONCE_LEN];
    rand::fill(&mut random).map_err(|_| GatewayError::Randomness)?;
    // A client may ask to be asked first (RFC 4422); PostgreSQL's do not, and then nothing is sent.
    let first = initial.data.unwrap_or_default();
    Ok(candidate.begin(initial.mechanism, first, end_point, random))
}

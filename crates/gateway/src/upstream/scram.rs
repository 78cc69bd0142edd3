//! SCRAM with a server. The server, too, must prove that it knows the password's hash. The exchange
//! is `identity`'s.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::rand;
use identity::{Binding, Challenge, ClientExchange, ClientKeys, NONCE_LEN};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::spawn_blocking;
use wire::backend::Authentication;
use wire::encode;

use super::Upstream;
use super::authenticate::password;
use super::message::{authentication, next};
use crate::channel::Channel;
use crate::error::{ChannelError, UpstreamProblem};

/// Runs an exchange, bound as `binding` says, and checks the server's own proof.
pub(super) async fn authenticate<S>(
    channel: &mut Channel<S>,
    upstream: &Upstream,
    binding: Binding,
) -> Result<(), UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut random = [0; NONCE_LEN];
    rand::fill(&mut random).map_err(|_| UpstreamProblem::Randomness)?;
    let mechanism = binding.mechanism().as_bytes();
    let exchange = ClientExchange::new(binding, random);
    encode::sasl_initial_response(&mut channel.output, mechanism, &exchange.message())
        .map_err(ChannelError::from)?;
    channel.send().await?;
    let message = next(channel).await?;
    let Authentication::SaslContinue(challenge) = authentication(&message)? else {
        return Err(UpstreamProblem::Unproven);
    };
    let challenge = exchange.challenged(challenge)?;
    let salt = Salt::of(&challenge);
    let keys = keys(upstream, &salt).await?;
    let (answer, waiting) = challenge.answer(&keys);
    encode::sasl_response(&mut channel.output, &answer).map_err(ChannelError::from)?;
    channel.send().await?;
    let message = next(channel).await?;
    let Authentication::SaslFinal(proof) = authentication(&message)? else {
        return Err(UpstreamProblem::Unproven);
    };
    waiting.verify(proof)?;
    // Only now: what a false server asks for shall not push out what the right one does.
    upstream.keys.note(salt, keys);
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

async fn keys(upstream: &Upstream, salt: &Salt) -> Result<Arc<ClientKeys>, UpstreamProblem> {
    if let Some(keys) = upstream.keys.find(salt) {
        return Ok(keys);
    }
    let (password, salt) = (password(upstream)?.clone(), salt.clone());
    let derive = move || ClientKeys::derive(password.expose(), &salt.bytes, salt.rounds);
    // Thousands of rounds take milliseconds: other sessions shall not wait for them.
    let derived = spawn_blocking(derive).await;
    let derived = derived.map_err(|_| UpstreamProblem::Channel(ChannelError::Closed))?;
    Ok(Arc::new(derived))
}

/// What keys are derived under.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Salt {
    bytes: Vec<u8>,
    rounds: NonZeroU32,
}

impl Salt {
    fn of(challenge: &Challenge) -> Self {
        Self {
            bytes: challenge.salt().to_vec(),
            rounds: challenge.rounds(),
        }
    }
}

/// How many keys of one upstream are kept: its role has one salt, another one after its password was
/// set anew, and a name may stand for servers of different clusters.
const MAX_KEYS: usize = 4;

/// Keys that a server has proved right, so that logging in again costs two hashes and not
/// thousands. Each is wiped when it is dropped.
#[derive(Default)]
pub struct KeyCache(Mutex<Vec<(Salt, Arc<ClientKeys>)>>);

impl KeyCache {
    fn find(&self, salt: &Salt) -> Option<Arc<ClientKeys>> {
        let kept = self.kept();
        let (_, keys) = kept.iter().find(|(kept, _)| kept == salt)?;
        Some(Arc::clone(keys))
    }

    /// Keeps the keys; the oldest make room.
    fn note(&self, salt: Salt, keys: Arc<ClientKeys>) {
        let mut kept = self.kept();
        if kept.iter().any(|(before, _)| *before == salt) {
            return;
        }
        if kept.len() >= MAX_KEYS {
            kept.remove(0);
        }
        kept.push((salt, keys));
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.kept().len()
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(Salt, Arc<ClientKeys>)>> {
        // Every change leaves a whole list: a panic elsewhere does not matter.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyCache(hidden)")
    }
}

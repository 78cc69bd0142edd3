//! The access key in clear, under TLS.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::{constant_time, hmac, rand};
use identity::{Actor, KeyId, LoginError};
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::spawn_blocking;
use wire::encode;
use zeroize::Zeroizing;

use super::{LoginRules, ask, broken, password_of};
use crate::channel::Channel;
use crate::error::{ChannelError, GatewayError};

/// Asks for the access key in clear.
pub(super) async fn authenticate<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
    user: &str,
) -> Result<Result<Actor, LoginError>, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    encode::authentication_cleartext(&mut channel.output);
    let message = ask(channel).await?;
    let password = Zeroizing::new(password_of(&message)?.cleartext().map_err(broken)?.to_vec());
    message.wipe();
    let now = Timestamp::now();
    let tag = rules.seen.tag(user, &password);
    if let Some(actor) = rules.seen.find(user, &tag).and_then(|key| {
        // It may have ended since.
        rules.directory.live(user, &key, now)
    }) {
        return Ok(Ok(actor));
    }
    let (directory, name) = (Arc::clone(&rules.directory), user.to_owned());
    // PBKDF2 takes milliseconds: other sessions shall not wait for it.
    let checked = spawn_blocking(move || directory.authenticate(&name, &password, now)).await;
    let checked = checked.map_err(|_| GatewayError::Client(ChannelError::Closed))?;
    if let Ok(actor) = &checked {
        rules.seen.note(user, tag, &actor.key);
    }
    Ok(checked)
}

/// The keys that were last shown in clear and were right, so that PBKDF2 runs for the first login
/// with a key and not for each.
///
/// What is kept is an HMAC under a random key of this process, and an access key is 200 random
/// bits: nothing can be found out from it by trial. One entry for each principal that has logged in.
pub struct SeenKeys {
    key: hmac::Key,
    by_user: Mutex<HashMap<String, (hmac::Tag, KeyId)>>,
}

impl SeenKeys {
    /// None yet.
    ///
    /// # Errors
    /// [`GatewayError::Randomness`].
    pub fn new() -> Result<Self, GatewayError> {
        let mut random = Zeroizing::new([0; 32]);
        rand::fill(&mut *random).map_err(|_| GatewayError::Randomness)?;
        Ok(Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &*random),
            by_user: Mutex::default(),
        })
    }

    fn tag(&self, user: &str, password: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        // A name holds no NUL.
        [user.as_bytes(), b"\0", password]
            .iter()
            .for_each(|part| context.update(part));
        context.sign()
    }

    fn find(&self, user: &str, tag: &hmac::Tag) -> Option<KeyId> {
        let seen = self.seen();
        let (right, key) = seen.get(user)?;
        constant_time::verify_slices_are_equal(right.as_ref(), tag.as_ref()).ok()?;
        Some(key.clone())
    }

    fn note(&self, user: &str, tag: hmac::Tag, key: &KeyId) {
        self.seen().insert(user.to_owned(), (tag, key.clone()));
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<String, (hmac::Tag, KeyId)>> {
        // Every change is one call on the map: a panic elsewhere leaves it whole.
        self.by_user.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for SeenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeenKeys(hidden)")
    }
}

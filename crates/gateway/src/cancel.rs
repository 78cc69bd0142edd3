//! Cancel keys of our own, and the way from one to the server's.
//!
//! The server's key never reaches a client: whoever saw it on the wire could cancel past us.
//! libpq before version 17 sends a cancel request in clear even when the session is under TLS, so
//! a key that came over TLS is accepted in clear; it cancels, and nothing more.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::{constant_time, rand};
use wire::startup::Version;
use zeroize::Zeroizing;

use crate::error::{GatewayError, UpstreamProblem};
use crate::upstream::{self, BackendKey, Upstream};

/// Bytes of a secret in protocol 3.0: it has no other length.
const SECRET_LEN_3_0: usize = 4;

/// Bytes of a secret in protocol 3.2: what PostgreSQL 18 uses.
const SECRET_LEN_3_2: usize = 32;

/// How often a process id is drawn that no session has. With a million sessions one draw in two
/// thousand is taken.
const DRAWS: usize = 8;

/// The key by which a client may cancel what its session runs.
#[derive(Clone)]
pub struct CancelKey {
    process_id: i32,
    secret: Zeroizing<Vec<u8>>,
}

impl CancelKey {
    /// A random number in place of a process id; positive, as clients show it.
    pub const fn process_id(&self) -> i32 {
        self.process_id
    }

    /// The secret, 4 or 32 random bytes.
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }
}

impl fmt::Debug for CancelKey {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CancelKey({})", self.process_id)
    }
}

/// What a cancel request is passed on to.
#[derive(Debug, Clone)]
pub struct CancelTarget {
    /// The server.
    pub upstream: Arc<Upstream>,
    /// The server's own key.
    pub key: BackendKey,
}

/// The keys of all sessions.
#[derive(Debug, Default)]
pub struct CancelRegistry {
    sessions: Mutex<HashMap<i32, Session>>,
}

#[derive(Debug)]
struct Session {
    key: CancelKey,
    /// `None`: the server gave no key, and nothing can be cancelled there.
    target: Option<CancelTarget>,
}

/// A session's place in the registry, which it leaves when this is dropped.
#[derive(Debug)]
pub struct Registration {
    registry: Arc<CancelRegistry>,
    key: CancelKey,
}

impl CancelRegistry {
    /// A registry without sessions.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Makes a key for a session that speaks `version`. Without a `target` the client gets a key
    /// all the same, as its protocol wants it, and cancelling does nothing.
    ///
    /// # Errors
    /// [`GatewayError::Randomness`].
    pub fn register(
        self: &Arc<Self>,
        version: Version,
        target: Option<CancelTarget>,
    ) -> Result<Registration, GatewayError> {
        let mut sessions = self.sessions();
        for _ in 0..DRAWS {
            let key = draw(version)?;
            if sessions.contains_key(&key.process_id) {
                continue;
            }
            sessions.insert(
                key.process_id,
                Session {
                    key: key.clone(),
                    target,
                },
            );
            return Ok(Registration {
                registry: Arc::clone(self),
                key,
            });
        }
        Err(GatewayError::Randomness)
    }

    /// What a key stands for, if it is that of a session which can be cancelled. The secrets are compared in constant time.
    pub fn target(&self, process_id: i32, secret: &[u8]) -> Option<CancelTarget> {
        let sessions = self.sessions();
        let session = sessions.get(&process_id)?;
        constant_time::verify_slices_are_equal(&session.key.secret, secret).ok()?;
        session.target.clone()
    }

    /// How many sessions have a key.
    pub fn len(&self) -> usize {
        self.sessions().len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.sessions().is_empty()
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<i32, Session>> {
        // Every change is one call on the map: a panic elsewhere leaves it whole.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registration {
    /// The client's key.
    pub const fn key(&self) -> &CancelKey {
        &self.key
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.registry.sessions().remove(&self.key.process_id);
    }
}

fn draw(version: Version) -> Result<CancelKey, GatewayError> {
    let length = if version < Version::V3_2 {
        SECRET_LEN_3_0
    } else {
        SECRET_LEN_3_2
    };
    let mut secret = Zeroizing::new(vec![0; length]);
    let mut number = [0; 4];
    rand::fill(&mut secret).map_err(|_| GatewayError::Randomness)?;
    rand::fill(&mut number).map_err(|_| GatewayError::Randomness)?;
    // Positive and not zero, which no process has.
    let process_id = (i32::from_be_bytes(number) & i32::MAX).max(1);
    Ok(CancelKey { process_id, secret })
}

/// Asks the server to cancel, over a fresh connection that is secured as the session's is, and
/// waits until the server has closed it, so that the request has been carried out.
///
/// # Errors
/// [`GatewayError::Upstream`].
pub async fn cancel(target: &CancelTarget) -> Result<(), GatewayError> {
    let sent = upstream::send_cancel(&target.upstream, &target.key).await;
    sent.map_err(|problem: UpstreamProblem| GatewayError::Upstream {
        connection: target.upstream.name.clone(),
        problem,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::ClientTls;
    use tokio::io::AsyncReadExt;

    fn target(port: u16) -> CancelTarget {
        let upstream = Upstream {
            name: "shop".to_owned(),
            host: "127.0.0.1".to_owned(),
            port,
            database: "shop".to_owned(),
            user: "app".to_owned(),
            password: "x".to_owned().into(),
            tls: ClientTls::Disabled,
        };
        let key = BackendKey {
            process_id: 42,
            secret: Zeroizing::new(b"upstream".to_vec()),
        };
        CancelTarget {
            upstream: Arc::new(upstream),
            key,
        }
    }

    #[test]
    fn only_the_whole_key_finds_a_session_while_it_lasts() {
        let registry = CancelRegistry::new();
        for (version, length) in [
            (Version::V3_0, 4),
            (Version { major: 3, minor: 1 }, 4),
            (Version::V3_2, 32),
        ] {
            let registration = registry.register(version, Some(target(1))).unwrap();
            let (number, secret) = {
                let key = registration.key();
                assert!(key.process_id() > 0);
                (key.process_id(), key.secret().to_vec())
            };
            assert_eq!(secret.len(), length);
            let found = registry.target(number, &secret).unwrap();
            assert_eq!(found.key, target(1).key);
            let mut wrong = secret.clone();
            wrong[length - 1] ^= 1;
            assert!(registry.target(number, &wrong).is_none());
            assert!(registry.target(number, &secret[..length - 1]).is_none());
            assert!(registry.target(number, b"").is_none());
            assert!(registry.target(number ^ 1, &secret).is_none());
            let hidden = format!("{registration:?}");
            assert!(!hidden.contains(&format!("{secret:?}")), "{hidden}");
            drop(registration);
            assert!(registry.target(number, &secret).is_none());
            assert!(registry.is_empty());
        }
    }

    #[test]
    fn keys_differ() {
        let registry = CancelRegistry::new();
        let keep: Vec<_> = (0..100)
            .map(|_| registry.register(Version::V3_0, None).unwrap())
            .collect();
        let secrets: std::collections::HashSet<_> =
            keep.iter().map(|one| one.key().secret().to_vec()).collect();
        assert_eq!((registry.len(), secrets.len()), (100, 100));
        // A session whose server gave no key cannot be cancelled.
        let key = keep[0].key();
        assert!(registry.target(key.process_id(), key.secret()).is_none());
    }

    #[tokio::test]
    async fn the_server_gets_its_own_key_on_a_fresh_connection() {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let target = target(listener.local_addr().unwrap().port());
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 20];
            stream.read_exact(&mut request).await.unwrap();
            request
        };
        let (request, sent) = tokio::join!(server, cancel(&target));
        sent.unwrap();
        assert_eq!(&request, b"\0\0\0\x14\x04\xd2\x16\x2e\0\0\0\x2aupstream");
    }
}

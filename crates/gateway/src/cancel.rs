//! Cancel keys of our own, and the way from one to the server's.
//!
//! The server's key never reaches a client: whoever saw it on the wire could cancel past us. A key
//! that was given under TLS is good under TLS only, unless the configuration says otherwise: who
//! listens on the way could cancel whatever its owner runs from then on.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::{constant_time, rand};
use wire::startup::Version;
use zeroize::Zeroizing;

use crate::addresses::{Failures, Standing};
use crate::channel::Privacy;
use crate::error::{GatewayError, UpstreamProblem};
use crate::login::CancelRequest;
use crate::upstream::{self, Address, BackendKey, Upstream};

/// Bytes of a secret in protocol 3.0: it has no other length.
const SECRET_LEN_3_0: usize = 4;

/// Bytes of a secret in protocol 3.2: what PostgreSQL 18 uses.
const SECRET_LEN_3_2: usize = 32;

/// How often a process id is drawn that no session has. With a million sessions one draw in two
/// thousand is taken.
const DRAWS: usize = 8;

/// Wrong keys of one address in [`FAILURE_WINDOW`] after which it is not listened to. A session that
/// ends just before it is cancelled makes one; finding a key of 4 bytes takes a billion.
const MAX_FAILURES: u32 = 20;

/// How long failures are remembered.
const FAILURE_WINDOW: Duration = Duration::from_secs(60);

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
    /// How the server is spoken to.
    pub upstream: Arc<Upstream>,
    /// Which server runs the session.
    pub address: Address,
    /// The server's own key.
    pub key: BackendKey,
}

/// Whose sessions a request in clear may cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InClear {
    /// Those in clear.
    Clear,
    /// All, as PostgreSQL has it.
    All,
}

/// Why a request to cancel is not carried out. The client is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CancelRefusal {
    /// No session has this key.
    #[error("cancel request with a key that no session has")]
    UnknownKey,
    /// The session is under TLS and the request is not.
    #[error(
        "cancel request in clear for a session under TLS; libpq before 17 sends it so, which \
         `listen.cancel_in_clear` allows"
    )]
    InClear,
    /// The address has now failed too often, and is not listened to for a while.
    #[error("cancel request with a wrong key for the {MAX_FAILURES}th time within a minute")]
    Barred,
    /// The same, again: nothing new to record.
    #[error("cancel request of an address that is barred")]
    StillBarred,
}

/// The keys of all sessions.
#[derive(Debug)]
pub struct CancelRegistry {
    sessions: Mutex<HashMap<i32, Session>>,
    failures: Failures,
}

impl Default for CancelRegistry {
    fn default() -> Self {
        Self {
            sessions: Mutex::default(),
            failures: Failures::new(MAX_FAILURES, FAILURE_WINDOW),
        }
    }
}

#[derive(Debug)]
struct Session {
    key: CancelKey,
    /// How its client was told the key.
    privacy: Privacy,
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

    /// Makes a key for a session that speaks `version` and is told it with this `privacy`. Without a
    /// `target` the client gets a key all the same, as its protocol wants it, and cancelling does
    /// nothing.
    ///
    /// The process is the server's own where no other session has that number, so that it is the one
    /// that `pg_backend_pid()` and notifications name; the secret is ours.
    ///
    /// # Errors
    /// [`GatewayError::Randomness`].
    pub fn register(
        self: &Arc<Self>,
        version: Version,
        privacy: Privacy,
        target: Option<CancelTarget>,
    ) -> Result<Registration, GatewayError> {
        let mut sessions = self.sessions();
        let mut told = target.as_ref().map(|target| target.key.process_id);
        for _ in 0..DRAWS {
            let mut key = draw(version)?;
            key.process_id = told.take().unwrap_or(key.process_id);
            if sessions.contains_key(&key.process_id) {
                continue;
            }
            sessions.insert(
                key.process_id,
                Session {
                    key: key.clone(),
                    privacy,
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

    /// What a request of `from` stands for; `None` if its session's server has no key. The secrets
    /// are compared in constant time.
    ///
    /// # Errors
    /// [`CancelRefusal`], each counted against the address.
    pub fn target(
        &self,
        request: &CancelRequest,
        in_clear: InClear,
        (from, now): (IpAddr, Instant),
    ) -> Result<Option<CancelTarget>, CancelRefusal> {
        if self.failures.is_barred(from, now) {
            return Err(CancelRefusal::StillBarred);
        }
        self.find(request, in_clear)
            .map_err(|refusal| match self.failures.note(from, now) {
                Standing::Within => refusal,
                Standing::Reached => CancelRefusal::Barred,
                Standing::Beyond => CancelRefusal::StillBarred,
            })
    }

    fn find(
        &self,
        request: &CancelRequest,
        in_clear: InClear,
    ) -> Result<Option<CancelTarget>, CancelRefusal> {
        let sessions = self.sessions();
        let session = sessions.get(&request.process_id);
        let session = session.ok_or(CancelRefusal::UnknownKey)?;
        constant_time::verify_slices_are_equal(&session.key.secret, &request.secret)
            .map_err(|_| CancelRefusal::UnknownKey)?;
        match (session.privacy, request.privacy, in_clear) {
            (Privacy::Tls, Privacy::Clear, InClear::Clear) => Err(CancelRefusal::InClear),
            (Privacy::Clear, _, _) | (_, Privacy::Tls, _) | (_, _, InClear::All) => {
                Ok(session.target.clone())
            }
        }
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
    let sent = upstream::send_cancel(&target.upstream, &target.address, &target.key).await;
    sent.map_err(|problem: UpstreamProblem| GatewayError::Upstream {
        connection: target.upstream.name.clone(),
        problem,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::tests::upstream;
    use tokio::io::AsyncReadExt;

    const FROM: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn target(port: u16) -> CancelTarget {
        let key = BackendKey {
            process_id: 42,
            secret: Zeroizing::new(b"upstream".to_vec()),
        };
        CancelTarget {
            upstream: Arc::new(upstream()),
            address: Address::Tcp("127.0.0.1".to_owned(), port),
            key,
        }
    }

    fn request(process_id: i32, secret: &[u8], privacy: Privacy) -> CancelRequest {
        CancelRequest {
            process_id,
            secret: Zeroizing::new(secret.to_vec()),
            privacy,
        }
    }

    type Found = Result<Option<BackendKey>, CancelRefusal>;

    fn find(registry: &CancelRegistry, process_id: i32, secret: &[u8]) -> Found {
        let request = request(process_id, secret, Privacy::Tls);
        let found = registry.target(&request, InClear::Clear, (FROM, Instant::now()));
        found.map(|target| target.map(|target| target.key))
    }

    #[test]
    fn only_the_whole_key_finds_a_session_while_it_lasts() {
        for (version, length) in [
            (Version::V3_0, 4),
            (Version { major: 3, minor: 1 }, 4),
            (Version::V3_2, 32),
        ] {
            let registry = CancelRegistry::new();
            let registration = registry
                .register(version, Privacy::Tls, Some(target(1)))
                .unwrap();
            let (number, secret) = {
                let key = registration.key();
                assert!(key.process_id() > 0);
                (key.process_id(), key.secret().to_vec())
            };
            assert_eq!(secret.len(), length);
            let found = find(&registry, number, &secret);
            assert_eq!(found, Ok(Some(target(1).key)));
            let mut wrong = secret.clone();
            wrong[length - 1] ^= 1;
            let unknown = Err(CancelRefusal::UnknownKey);
            assert_eq!(find(&registry, number, &wrong), unknown);
            assert_eq!(find(&registry, number, &secret[..length - 1]), unknown);
            assert_eq!(find(&registry, number, b""), unknown);
            assert_eq!(find(&registry, number ^ 1, &secret), unknown);
            let hidden = format!("{registration:?}");
            assert!(!hidden.contains(&format!("{secret:?}")), "{hidden}");
            drop(registration);
            assert_eq!(find(&registry, number, &secret), unknown);
            assert!(registry.is_empty());
        }
    }

    #[test]
    fn keys_differ() {
        let registry = CancelRegistry::new();
        let register = || {
            registry
                .register(Version::V3_0, Privacy::Clear, None)
                .unwrap()
        };
        let keep: Vec<_> = (0..100).map(|_| register()).collect();
        let secrets: std::collections::HashSet<_> =
            keep.iter().map(|one| one.key().secret().to_vec()).collect();
        assert_eq!((registry.len(), secrets.len()), (100, 100));
        // A session whose server gave no key cannot be cancelled.
        let key = keep[0].key();
        assert_eq!(find(&registry, key.process_id(), key.secret()), Ok(None));
    }

    #[test]
    fn a_key_that_was_given_under_tls_is_good_under_tls_only() {
        use Privacy::{Clear, Tls};
        for (session, asked, in_clear, expected) in [
            (Tls, Tls, InClear::Clear, Ok(())),
            (Tls, Clear, InClear::Clear, Err(CancelRefusal::InClear)),
            (Tls, Clear, InClear::All, Ok(())),
            (Clear, Clear, InClear::Clear, Ok(())),
            (Clear, Tls, InClear::Clear, Ok(())),
        ] {
            let registry = CancelRegistry::new();
            let registration = registry.register(Version::V3_0, session, None).unwrap();
            let key = registration.key();
            let request = request(key.process_id(), key.secret(), asked);
            let found = registry.target(&request, in_clear, (FROM, Instant::now()));
            assert_eq!(
                found.map(drop),
                expected,
                "{session:?} {asked:?} {in_clear:?}"
            );
        }
    }

    #[test]
    fn an_address_that_guesses_is_not_listened_to() {
        let registry = CancelRegistry::new();
        let registration = registry
            .register(Version::V3_0, Privacy::Clear, Some(target(1)))
            .unwrap();
        let key = registration.key();
        let right = request(key.process_id(), key.secret(), Privacy::Clear);
        let wrong = request(key.process_id(), b"", Privacy::Clear);
        let start = Instant::now();
        let ask = |request: &CancelRequest, from: IpAddr, now: Instant| {
            let found = registry.target(request, InClear::Clear, (from, now));
            found.map(|target| target.is_some())
        };
        for _ in 1..MAX_FAILURES {
            assert_eq!(ask(&wrong, FROM, start), Err(CancelRefusal::UnknownKey));
        }
        assert_eq!(ask(&right, FROM, start), Ok(true));
        assert_eq!(ask(&wrong, FROM, start), Err(CancelRefusal::Barred));
        assert_eq!(ask(&right, FROM, start), Err(CancelRefusal::StillBarred));
        assert_eq!(ask(&right, "192.0.2.1".parse().unwrap(), start), Ok(true));
        assert_eq!(ask(&right, FROM, start + FAILURE_WINDOW), Ok(true));
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

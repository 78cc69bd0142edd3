//! One configured connection at run time: the snapshots under which its sessions are judged.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use config::ConnectionConfig;
use policy::{LabelRule, Labels, Policy, Tag};
use session::World;
use sql::Catalog;
use sql::catalog::{Column, Relation};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

use crate::admissions::Admissions;
use crate::catalog::{Loaded, Reader, Versions};
use crate::error::GatewayError;
use crate::fault::InspectError;
use crate::upstream::{self, Upstream};

/// How often the catalogs are compared with the snapshot while the gate runs: changes that pass
/// around the gate are seen within this time. One query of about a millisecond.
pub(crate) const POLL: Duration = Duration::from_secs(2);

/// How old the last look at the catalogs may be when a session begins: those who log in together
/// share one, and what was changed past the gate is seen by who logs in a moment later.
const LOGIN_AGE: Duration = Duration::from_millis(5);

/// How long reading the catalogs may take, and the wait for somebody else who reads them: the largest
/// (a hundred thousand relations) are read in seconds, and whoever reads from a server that is gone
/// without a word must not hold up all others until the operating system finds out.
const LOAD_LIMIT: Duration = Duration::from_secs(60);

/// How often a load is tried: what others drop while it is read makes one fail, and each attempt sees
/// the catalogs anew.
const ATTEMPTS: usize = 5;

/// One configured connection at run time.
pub(crate) struct Database {
    pub(crate) config: ConnectionConfig,
    pub(crate) upstream: Arc<Upstream>,
    /// Whom the policy lets in that came with this configuration.
    pub(crate) admissions: Admissions,
    rules: Vec<LabelRule>,
    by_name: bool,
    policy: ArcSwap<Policy>,
    state: ArcSwapOption<State>,
    /// Keeps two loads from running at once.
    look: Mutex<Look>,
    epochs: AtomicU64,
    sessions: AtomicUsize,
}

/// Our own session upstream, and when it last began to compare the catalogs with the snapshot.
#[derive(Default)]
struct Look {
    reader: Option<Reader>,
    began: Option<Instant>,
}

/// A session on a database.
pub(crate) struct Presence(Arc<Database>);

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.sessions.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the last load gave.
pub(crate) struct State {
    pub(crate) world: World,
    /// The search path that a new session starts with, as the server writes it.
    pub(crate) search_path: String,
    versions: Arc<Versions>,
}

impl Database {
    pub(crate) fn new(
        config: &config::Config,
        connection: &ConnectionConfig,
        policy: Arc<Policy>,
    ) -> Result<Self, GatewayError> {
        Ok(Self {
            config: connection.clone(),
            upstream: Arc::new(Upstream::new(connection, &config.limits)?),
            admissions: Admissions::default(),
            rules: config.labels_of(&connection.name),
            by_name: config.classify_by_name,
            policy: ArcSwap::new(policy),
            state: ArcSwapOption::empty(),
            look: Mutex::default(),
            epochs: AtomicU64::new(1),
            sessions: AtomicUsize::new(0),
        })
    }

    /// How policies and records name it.
    pub(crate) fn named(&self) -> policy::Connection {
        policy::Connection {
            name: self.config.name.clone(),
            environment: self.config.environment.clone(),
            database: self.config.database.clone(),
        }
    }

    /// The snapshots in force; loads them first when there are none.
    pub(crate) async fn state(&self) -> Result<Arc<State>, InspectError> {
        match self.state.load_full() {
            Some(state) => Ok(state),
            None => self.load(&mut *self.look().await?, |_| true).await,
        }
    }

    /// The snapshots for a session of a client who came at this moment: see [`LOGIN_AGE`].
    pub(crate) async fn at_login(&self, came: Instant) -> Result<Arc<State>, InspectError> {
        let mut look = self.look().await?;
        let is_fresh = |began: Instant| came.saturating_duration_since(began) < LOGIN_AGE;
        match self.state.load_full() {
            Some(state) if look.began.is_some_and(is_fresh) => Ok(state),
            _ => self.load(&mut look, |_| false).await,
        }
    }

    /// The snapshots in force, if they were ever loaded.
    pub(crate) fn current(&self) -> Option<Arc<State>> {
        self.state.load_full()
    }

    /// Loads the catalogs again if they are not those of the snapshot.
    pub(crate) async fn refresh(&self) -> Result<Arc<State>, InspectError> {
        self.load(&mut *self.look().await?, |_| false).await
    }

    /// The only one who looks at the catalogs for now.
    async fn look(&self) -> Result<MutexGuard<'_, Look>, InspectError> {
        self.within(LOAD_LIMIT, async { Ok(self.look.lock().await) })
            .await
    }

    /// Counts a session for as long as the presence is kept.
    pub(crate) fn enter(self: &Arc<Self>) -> Presence {
        self.sessions.fetch_add(1, Ordering::Relaxed);
        Presence(Arc::clone(self))
    }

    /// Finds changes that did not pass through the gate, while anybody is there. When nobody is, our
    /// own session leaves too: it would keep the database from being dropped or copied, for which
    /// PostgreSQL waits five seconds (`CountOtherDBBackends`).
    pub(crate) async fn watch(&self) -> Result<(), InspectError> {
        if self.sessions.load(Ordering::Relaxed) == 0 {
            self.look.lock().await.reader.take();
            return Ok(());
        }
        self.refresh().await.map(drop)
    }

    /// Puts another policy in force; sessions see it with their next statement.
    pub(crate) fn set_policy(&self, policy: &Arc<Policy>) {
        self.policy.store(Arc::clone(policy));
        self.state.rcu(|state| {
            state.as_ref().map(|state| {
                Arc::new(State {
                    world: World {
                        policy: Arc::clone(policy),
                        ..state.world.clone()
                    },
                    search_path: state.search_path.clone(),
                    versions: Arc::clone(&state.versions),
                })
            })
        });
    }

    async fn load(
        &self,
        look: &mut Look,
        always: impl Fn(&State) -> bool,
    ) -> Result<Arc<State>, InspectError> {
        let mut attempt = 1;
        loop {
            match self.try_load(look, &always).await {
                // Others drop what is just being read.
                Err(InspectError::Catalog { .. }) if attempt < ATTEMPTS => attempt += 1,
                loaded => return loaded,
            }
        }
    }

    async fn try_load(
        &self,
        look: &mut Look,
        always: &impl Fn(&State) -> bool,
    ) -> Result<Arc<State>, InspectError> {
        let failed = |error| self.failed(&error);
        look.began = None;
        let began = Instant::now();
        let mut reader = match look.reader.take().filter(|reader| !reader.is_closed()) {
            Some(reader) => reader,
            None => {
                let client = upstream::catalog_client(&self.upstream).await?;
                let setup = async { Reader::new(client).await.map_err(failed) };
                self.within(self.upstream.timeout, setup).await?
            }
        };
        let before = self.state.load_full().filter(|state| !always(state));
        if let Some(state) = &before
            && self.is_current(&reader, state).await?
        {
            *look = Look {
                reader: Some(reader),
                began: Some(began),
            };
            return Ok(Arc::clone(state));
        }
        let known = before
            .as_deref()
            .map(|state| (state.world.catalog.rows(), &*state.versions));
        let loading = async { reader.load(known).await.map_err(failed) };
        let loaded = self.within(LOAD_LIMIT, loading).await?;
        look.reader = Some(reader);
        let before = before.as_deref().map(|state| &*state.world.catalog);
        let state = Arc::new(self.digest(loaded, before)?);
        self.state.store(Some(Arc::clone(&state)));
        look.began = Some(began);
        Ok(state)
    }

    /// Whether the server's catalogs are still those of the snapshot: a matter of a millisecond.
    async fn is_current(&self, reader: &Reader, state: &State) -> Result<bool, InspectError> {
        let asked = async {
            let current = reader.is_current(&state.versions).await;
            current.map_err(|error| self.failed(&error))
        };
        self.within(self.upstream.timeout, asked).await
    }

    async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, InspectError>>,
    ) -> Result<T, InspectError> {
        let late = || InspectError::Silent {
            connection: self.config.name.clone(),
            limit,
        };
        timeout(limit, work).await.unwrap_or_else(|_| Err(late()))
    }

    fn digest(&self, loaded: Loaded, before: Option<&Catalog>) -> Result<State, InspectError> {
        let epoch = self.epochs.fetch_add(1, Ordering::Relaxed);
        let catalog = match before {
            Some(before) => before.followed_by(loaded.rows, epoch),
            None => Catalog::new(loaded.rows, epoch),
        };
        let by_name =
            |_: &Relation, column: &Column, catalog: &Catalog| self.tag_by_name(column, catalog);
        let labels = Labels::build(&catalog, &self.rules, &by_name).map_err(|mistakes| {
            InspectError::Labels {
                connection: self.config.name.clone(),
                mistakes: mistakes.iter().map(ToString::to_string).collect(),
            }
        })?;
        let world = World {
            policy: self.policy.load_full(),
            catalog: Arc::new(catalog),
            labels: Arc::new(labels),
        };
        Ok(State {
            world,
            search_path: loaded.search_path,
            versions: Arc::new(loaded.versions),
        })
    }

    fn tag_by_name(&self, column: &Column, catalog: &Catalog) -> Option<Tag> {
        if !self.by_name {
            return None;
        }
        let type_name = catalog
            .type_of(column.type_oid)
            .map_or("", |column_type| column_type.name.as_str());
        let classification = detect::classify_column(&column.name, type_name)?;
        Tag::new(classification.tag).ok()
    }

    fn failed(&self, error: &tokio_postgres::Error) -> InspectError {
        InspectError::Catalog {
            connection: self.config.name.clone(),
            sqlstate: error.code().map(|code| code.code().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;

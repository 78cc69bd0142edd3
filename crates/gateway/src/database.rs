//! One configured connection at run time: the snapshots under which its sessions are judged.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use config::ConnectionConfig;
use policy::{LabelRule, Labels, Policy, Tag};
use session::World;
use sql::Catalog;
use sql::catalog::{Column, Relation};
use tokio::sync::Mutex;
use tokio_postgres::Client;

use crate::catalog::{self, Loaded};
use crate::error::GatewayError;
use crate::fault::InspectError;
use crate::upstream::{self, Upstream};

/// How often the catalogs are compared with the snapshot while the gate runs: changes that pass
/// around the gate are seen within this time. One query of about a millisecond.
pub(crate) const POLL: Duration = Duration::from_secs(2);

/// One configured connection at run time.
pub(crate) struct Database {
    pub(crate) config: ConnectionConfig,
    pub(crate) upstream: Arc<Upstream>,
    rules: Vec<LabelRule>,
    by_name: bool,
    policy: ArcSwap<Policy>,
    state: ArcSwapOption<State>,
    /// Our own session upstream; also keeps two loads from running at once.
    client: Mutex<Option<Client>>,
    epochs: AtomicU64,
}

/// What the last load gave.
pub(crate) struct State {
    pub(crate) world: World,
    /// The search path that a new session starts with, as the server writes it.
    pub(crate) search_path: String,
    fingerprint: String,
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
            rules: config.labels_of(&connection.name),
            by_name: config.classify_by_name,
            policy: ArcSwap::new(policy),
            state: ArcSwapOption::empty(),
            client: Mutex::new(None),
            epochs: AtomicU64::new(1),
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
            None => self.load(|_| true).await,
        }
    }

    /// The snapshots in force, if they were ever loaded.
    pub(crate) fn current(&self) -> Option<Arc<State>> {
        self.state.load_full()
    }

    /// Loads the catalogs again if they are not those of the snapshot.
    pub(crate) async fn refresh(&self) -> Result<Arc<State>, InspectError> {
        self.load(|_| false).await
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
                    fingerprint: state.fingerprint.clone(),
                })
            })
        });
    }

    async fn load(&self, always: impl Fn(&State) -> bool) -> Result<Arc<State>, InspectError> {
        let mut slot = self.client.lock().await;
        let mut client = match slot.take().filter(|client| !client.is_closed()) {
            Some(client) => client,
            None => upstream::catalog_client(&self.upstream).await?,
        };
        if let Some(state) = self.state.load_full().filter(|state| !always(state)) {
            let now = catalog::fingerprint(&client)
                .await
                .map_err(|error| self.failed(&error))?;
            if now == state.fingerprint {
                *slot = Some(client);
                return Ok(state);
            }
        }
        let loaded = catalog::load(&mut client)
            .await
            .map_err(|error| self.failed(&error))?;
        *slot = Some(client);
        let state = Arc::new(self.digest(loaded)?);
        self.state.store(Some(Arc::clone(&state)));
        Ok(state)
    }

    fn digest(&self, loaded: Loaded) -> Result<State, InspectError> {
        let catalog = Catalog::new(loaded.rows, self.epochs.fetch_add(1, Ordering::Relaxed));
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
            fingerprint: loaded.fingerprint,
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

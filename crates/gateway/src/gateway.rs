//! The running gate: what it was started with, and how it is reloaded and drained.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use audit::{Body, Event, Origin, Sink};
use config::{Auth, Config, ListenTls};
use jiff::Timestamp;
use mask::MaskKey;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::addresses::{Failures, Waiting};
use crate::audit_log::AuditLog;
use crate::cancel::CancelRegistry;
use crate::database::{self, Database};
use crate::door;
use crate::fault::{ReloadError, StartError};
use crate::lanes::Lanes;
use crate::login::{CertificateRules, LoginRules, Method, SeenKeys, Transport};
use crate::private_file;
use crate::tls::{ClientTrust, ServerTls};

/// Holds the key of all pseudonyms when the configuration gives none.
const MASK_KEY_FILE: &str = "mask-key";

/// Holds the secret that makes login exchanges with unknown principals look like any other.
const MOCK_SEED_FILE: &str = "mock-seed";

/// Records of clients of one address that were turned away, in each [`TURNED_AWAY_WINDOW`]: enough
/// to see that it happens, and a flood of them fills no disk.
const TURNED_AWAY_RECORDS: u32 = 10;

/// See [`TURNED_AWAY_RECORDS`].
const TURNED_AWAY_WINDOW: Duration = Duration::from_secs(60);

/// A running gate in this process.
pub struct Gateway {
    shared: Arc<Shared>,
    address: SocketAddr,
    tasks: TaskTracker,
    drain: CancellationToken,
    stop: CancellationToken,
    lanes: Arc<Lanes>,
}

/// What all sessions share.
pub(crate) struct Shared {
    pub(crate) active: ArcSwap<Active>,
    pub(crate) sink: Arc<AuditLog>,
    pub(crate) cancels: Arc<CancelRegistry>,
    pub(crate) mask_key: Arc<MaskKey>,
    pub(crate) places: Arc<Semaphore>,
    /// Who has not logged in yet.
    pub(crate) waiting: Arc<Waiting>,
    pub(crate) turned_away: Failures,
    pub(crate) started: Instant,
    /// Said before the token that wakes sessions to see it.
    pub(crate) draining: AtomicBool,
}

/// What a reload replaces.
pub(crate) struct Active {
    pub(crate) config: Config,
    pub(crate) rules: LoginRules,
    pub(crate) databases: HashMap<String, Arc<Database>>,
    /// Limits of new sessions: one table of messages for all.
    pub(crate) session_limits: session::Limits,
    /// Operators of tags.
    pub(crate) operators: Arc<session::Operators>,
}

impl Gateway {
    /// Starts the gate: opens the audit log and the listener, and accepts clients from then on.
    ///
    /// # Errors
    ///
    /// [`StartError`]: nothing is left running.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let state_dir = config.state_dir.clone();
        private_file::directory(&state_dir)?;
        let sink = Arc::new(AuditLog::open(&state_dir)?);
        let mask_key = match &config.masking_key {
            Some(key) => MaskKey::new(*key.expose()),
            None => MaskKey::new(private_file::seed(&state_dir.join(MASK_KEY_FILE))?),
        };
        let places = Arc::new(Semaphore::new(config.limits.max_sessions));
        let listener = TcpListener::bind(config.listen.address)
            .await
            .map_err(|error| StartError::Listen {
                address: config.listen.address,
                kind: error.kind(),
            })?;
        let address = listener.local_addr().map_err(|error| StartError::Listen {
            address: config.listen.address,
            kind: error.kind(),
        })?;
        let active = Active::new(config)?;
        let lanes = Lanes::start().map_err(|error| StartError::Threads(error.kind()))?;
        let lanes = Arc::new(lanes);
        let shared = Arc::new(Shared {
            active: ArcSwap::from_pointee(active),
            sink,
            cancels: CancelRegistry::new(),
            mask_key: Arc::new(mask_key),
            places,
            waiting: Arc::default(),
            turned_away: Failures::new(TURNED_AWAY_RECORDS, TURNED_AWAY_WINDOW),
            started: Instant::now(),
            draining: AtomicBool::new(false),
        });
        let detail = format!(
            "version {}, policy epoch {}",
            env!("CARGO_PKG_VERSION"),
            shared.policy_epoch()
        );
        shared.administration("start", detail)?;
        let gateway = Self {
            shared,
            address,
            tasks: TaskTracker::new(),
            drain: CancellationToken::new(),
            stop: CancellationToken::new(),
            lanes,
        };
        gateway.run(listener);
        Ok(gateway)
    }

    fn run(&self, listener: TcpListener) {
        let door = door::Door {
            shared: Arc::clone(&self.shared),
            tasks: self.tasks.clone(),
            drain: self.drain.clone(),
            stop: self.stop.clone(),
            lanes: Arc::clone(&self.lanes),
        };
        self.tasks.spawn(door::accept(listener, door));
        let (sink, drain) = (Arc::clone(&self.shared.sink), self.drain.clone());
        self.tasks.spawn(async move {
            drain.run_until_cancelled(sink.keep_flushed()).await;
        });
        self.tasks
            .spawn(watch_catalogs(Arc::clone(&self.shared), self.drain.clone()));
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The file of the audit log.
    pub fn audit_log(&self) -> &Path {
        self.shared.sink.path()
    }

    /// Writes all records that were accepted into the file of the audit log.
    ///
    /// # Errors
    ///
    /// Not all could be written; those are kept and tried again.
    pub fn flush_audit_log(&self) -> Result<(), audit::SinkError> {
        self.shared.sink.flush()
    }

    /// The certificate that clients are shown, when there is one and it was made by the gate.
    pub fn certificate(&self) -> Option<PathBuf> {
        let active = self.shared.active.load();
        match active.config.listen.tls {
            ListenTls::SelfSigned => {
                Some(active.config.state_dir.join(crate::tls::CERTIFICATE_FILE))
            }
            ListenTls::Files { .. } | ListenTls::Off => None,
        }
    }

    /// Puts another configuration in force: principals and keys for new logins, policies for the
    /// next statement of every session, connections and labels for new sessions. The listener and
    /// the state directory stay.
    ///
    /// # Errors
    ///
    /// [`ReloadError`]: the old configuration stays in force.
    pub fn reload(&self, config: Config) -> Result<(), ReloadError> {
        let result = self.try_reload(config);
        let detail = match &result {
            Ok(()) => format!("in force, policy epoch {}", self.shared.policy_epoch()),
            Err(error) => format!("refused, the old configuration stays: {error}"),
        };
        self.shared
            .administration("reload", detail)
            .map_err(ReloadError::Audit)?;
        result
    }

    fn try_reload(&self, config: Config) -> Result<(), ReloadError> {
        let old = self.shared.active.load_full();
        if config.listen.address != old.config.listen.address
            || config.state_dir != old.config.state_dir
        {
            return Err(ReloadError::NeedsRestart);
        }
        let new = Active::new(config).map_err(ReloadError::Start)?;
        // Sessions that are open keep their connection's snapshots; only the policy in them changes.
        let policy = Arc::clone(&new.config.policy);
        old.databases
            .values()
            .for_each(|database| database.set_policy(&policy));
        self.shared.active.store(Arc::new(new));
        Ok(())
    }

    /// Records a reload that failed before there was a configuration to put in force.
    ///
    /// # Errors
    ///
    /// The audit log did not accept the record.
    pub fn reload_refused(&self, reason: &str) -> Result<(), audit::SinkError> {
        let detail = format!("refused, the old configuration stays: {reason}");
        self.shared.administration("reload", detail)
    }

    /// Ends the gate: no new clients, sessions end when they are idle, and what is left after the
    /// time that the configuration gives is cut off.
    pub async fn drain(self) {
        let limit = self.shared.active.load().config.limits.drain_timeout;
        self.shared.draining.store(true, Ordering::Release);
        self.drain.cancel();
        self.tasks.close();
        if tokio::time::timeout(limit, self.tasks.wait())
            .await
            .is_err()
        {
            self.stop.cancel();
            self.tasks.wait().await;
        }
        // The process ends in any case; a log that cannot take this record has said so before.
        let _ = self.shared.administration("stop", "drained".to_owned());
    }
}

impl Shared {
    fn policy_epoch(&self) -> String {
        self.active.load().config.policy.epoch().to_string()
    }

    fn administration(&self, action: &str, detail: String) -> Result<(), audit::SinkError> {
        let body = Body::Administration {
            action: action.to_owned(),
            detail,
        };
        let record = self.sink.append(&event(Origin::default(), body))?;
        self.sink.commit(record)
    }
}

/// An event that belongs to no session.
pub(crate) fn event(origin: Origin, body: Body) -> Event {
    Event {
        time: Timestamp::now(),
        origin: origin.into(),
        body,
    }
}

impl Active {
    fn new(config: Config) -> Result<Self, StartError> {
        let rules = login_rules(&config)?;
        let policy = Arc::clone(&config.policy);
        let database = |connection: &config::ConnectionConfig| {
            let database = Database::new(&config, connection, Arc::clone(&policy))?;
            Ok((connection.name.clone(), Arc::new(database)))
        };
        let databases = config
            .connections
            .iter()
            .map(database)
            .collect::<Result<_, StartError>>()?;
        Ok(Self {
            session_limits: session_limits(&config.limits),
            operators: Arc::new(operators(&config.masks)),
            config,
            rules,
            databases,
        })
    }
}

fn operators(rules: &[config::MaskRule]) -> session::Operators {
    let rule = |rule: &config::MaskRule| (rule.tag.clone(), rule.disclosure, rule.operator);
    session::Operators::new(rules.iter().map(rule))
}

fn session_limits(limits: &config::Limits) -> session::Limits {
    let sizes = wire::frame::Sizes {
        held: limits.max_message_bytes,
        ..wire::frame::Sizes::default()
    };
    session::Limits {
        wire: Arc::new(wire::frame::Limits::new(&sizes)),
        statement: limits.max_statement_bytes,
        ..session::Limits::default()
    }
}

fn server_tls(config: &Config) -> Result<Option<ServerTls>, StartError> {
    let clients = config.listen.client_certificates.as_ref();
    let clients = clients.map(|found| ClientTrust {
        ca: &found.ca,
        revoked: found.revoked.as_deref(),
    });
    Ok(match &config.listen.tls {
        ListenTls::SelfSigned => {
            let names = names(config);
            Some(ServerTls::self_signed(&config.state_dir, &names, clients)?)
        }
        ListenTls::Files { certificate, key } => {
            Some(ServerTls::from_files(certificate, key, clients)?)
        }
        ListenTls::Off => None,
    })
}

fn login_rules(config: &Config) -> Result<LoginRules, StartError> {
    let tls = server_tls(config)?;
    let method = match config.listen.auth {
        Auth::ScramSha256 => Method::ScramSha256,
        Auth::Password => Method::Password,
    };
    // With a certificate, nothing is offered in clear: statements and results are as secret as keys.
    let transport = if tls.is_some() {
        Transport::TlsOnly
    } else {
        Transport::Any
    };
    Ok(LoginRules {
        tls,
        transport,
        method,
        directory: Arc::new(config.directory.clone()),
        mock_seed: private_file::seed(&config.state_dir.join(MOCK_SEED_FILE))?,
        connections: config
            .connections
            .iter()
            .map(|connection| connection.name.clone())
            .collect::<BTreeSet<_>>(),
        certificates: certificate_rules(config),
        seen: Arc::new(SeenKeys::new()?),
        timeout: config.limits.login_timeout,
    })
}

fn certificate_rules(config: &Config) -> Option<CertificateRules> {
    let found = config.listen.client_certificates.as_ref()?;
    Some(CertificateRules {
        mode: found.mode,
        login: found.login,
        name: found.name,
        principals: Arc::new(config.certificates.clone()),
    })
}

/// What a certificate that we make is for.
fn names(config: &Config) -> Vec<String> {
    vec![
        "localhost".to_owned(),
        config.listen.address.ip().to_string(),
    ]
}

/// Finds changes of the catalogs that did not pass through the gate.
async fn watch_catalogs(shared: Arc<Shared>, drain: CancellationToken) {
    let mut ticks = tokio::time::interval(database::POLL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = drain.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let databases: Vec<_> = shared.active.load().databases.values().cloned().collect();
        // Only those that a session has used: a database that nobody asks for is left alone.
        for database in databases
            .iter()
            .filter(|database| database.current().is_some())
        {
            if let Err(error) = database.watch().await {
                tracing::warn!(connection = database.config.name, %error, "cannot compare the catalogs");
            }
        }
    }
}

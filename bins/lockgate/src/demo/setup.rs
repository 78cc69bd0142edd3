//! Everything that runs while the demo runs.

use std::net::SocketAddr;
use std::path::PathBuf;

use gateway::Gateway;
use testkit::Cluster;

use super::cluster;
use super::configuration::{PACKS, text};
use super::home::Home;
use super::people::{EVERYBODY, KeyHolder, Person};
use super::screen::Screen;
use crate::cli::Demo;
use crate::commands::configuration;
use crate::failure::CommandError;

/// The file of the database's password, which none of the people ever sees.
const PASSWORD_FILE: &str = "upstream-password";

/// What runs, and who can use it.
pub(super) struct Stage {
    // INVARIANT: in this order, so that the gate ends before its database, and both before the files.
    gateway: Gateway,
    cluster: Cluster,
    pub(super) home: Home,
    pub(super) people: Vec<KeyHolder>,
    /// The length of the audit log before anybody came.
    pub(super) log_start: u64,
}

/// Sets everything up.
///
/// # Errors
/// What kept it from being set up; nothing is left running then.
pub(super) async fn stage(options: &Demo, screen: &Screen) -> Result<Stage, CommandError> {
    let home = Home::new(options.state_dir.as_deref())?;
    screen.title(
        "Lockgate",
        "A real PostgreSQL, a gate in front of it, and three who use it. Nothing but this machine is touched.",
    )?;
    let (cluster, shop) = cluster::start(screen).await?;
    let people = EVERYBODY
        .into_iter()
        .map(KeyHolder::new)
        .collect::<Result<Vec<_>, _>>()?;
    home.write(PASSWORD_FILE, &shop.password)?;
    let text = text(options.port, cluster.address(), PASSWORD_FILE, &people);
    home.write_config(&text)?;
    let config = configuration::load(&home.config())?;
    let gateway = Gateway::start(config).await?;
    let log = gateway.audit_log();
    let log_start = std::fs::metadata(log)
        .map_err(CommandError::file(log))?
        .len();
    screen.good(&format!(
        "the gate listens on {}, policies: {}",
        gateway.address(),
        PACKS.join(", ")
    ))?;
    Ok(Stage {
        gateway,
        cluster,
        home,
        people,
        log_start,
    })
}

impl Stage {
    /// Where clients connect.
    pub(super) fn address(&self) -> SocketAddr {
        self.gateway.address()
    }

    /// The certificate of the gate.
    pub(super) fn certificate(&self) -> Option<PathBuf> {
        self.gateway.certificate()
    }

    /// The file of the audit log.
    pub(super) fn log(&self) -> PathBuf {
        self.home.path().join(gateway::AUDIT_FILE)
    }

    /// One of the people, with the key.
    pub(super) fn holder(&self, person: Person) -> Option<&KeyHolder> {
        self.people.iter().find(|holder| holder.person == person)
    }

    /// Ends everything, and removes what shall not stay.
    ///
    /// # Errors
    /// What did not end.
    pub(super) async fn end(self, screen: &Screen) -> Result<(), CommandError> {
        screen.line("")?;
        screen.doing("ending the gate and the cluster")?;
        self.gateway.drain().await;
        cluster::stop(self.cluster).await?;
        let kept = self.home.stays().then(|| self.home.path().to_path_buf());
        self.home.leave()?;
        match kept {
            Some(path) => screen.done(&format!("all ended; {} is kept", path.display())),
            None => screen.done("all ended, nothing is left behind"),
        }
    }
}

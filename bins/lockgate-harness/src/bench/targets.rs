//! What is measured against each other.

use std::net::{SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

use testkit::shop;

use super::cases::View;
use super::children::{self, Keys, Running};
use super::data::Server;
use super::fake_upstream::IDLE_APPLICATION;
use crate::HarnessError;
use crate::client::Client;
use crate::stand::CONNECTION;

/// The environment variable with the password of targets given on the command line.
pub(super) const PASSWORD_VARIABLE: &str = "LOCKGATE_BENCH_PASSWORD";

/// Time for a target given on the command line to be put in front of the server.
const FOREIGN_TIME: Duration = Duration::from_secs(120);

/// The pause between two tries to log in to something that starts.
const POLL: Duration = Duration::from_millis(50);

/// Most sessions of a gate in a bench.
const MAX_SESSIONS: &str = "2000";

/// How one logs in to a target.
enum Door {
    /// As the server's own role, whatever the view.
    Role {
        user: String,
        database: String,
        password: String,
    },
    /// As a principal of the gate, by its access key.
    Gate { keys: Keys },
}

impl View {
    /// Who has it, by name and access key.
    fn key(self, keys: &[(String, String)]) -> Option<&(String, String)> {
        let wanted = match self {
            Self::Clear => "dana",
            Self::Masked => "sam",
        };
        keys.iter().find(|(name, _)| name == wanted)
    }
}

/// A way to the server.
pub(super) struct Target {
    pub(super) name: String,
    address: SocketAddr,
    door: Door,
    /// The process whose CPU time and memory are read.
    pub(super) process_id: Option<u32>,
    _running: Option<Running>,
}

impl Target {
    /// Logs in.
    pub(super) fn connect(&self, view: View) -> Result<Client, HarnessError> {
        self.connect_with(view, &[])
    }

    /// Logs in a session that stays idle, which a fake server knows by its application.
    pub(super) fn connect_idle(&self) -> Result<Client, HarnessError> {
        self.connect_with(View::Clear, &[("application_name", IDLE_APPLICATION)])
    }

    fn connect_with(&self, view: View, settings: &[(&str, &str)]) -> Result<Client, HarnessError> {
        let (user, database, password) = match &self.door {
            Door::Role {
                user,
                database,
                password,
            } => (user.as_str(), database.as_str(), password),
            Door::Gate { keys } => {
                let (name, key) = view.key(keys).ok_or(HarnessError::Greeting)?;
                (name.as_str(), CONNECTION, key)
            }
        };
        let mut parameters = vec![("user", user), ("database", database)];
        parameters.extend_from_slice(settings);
        Client::connect_with(self.address, &parameters, password).map_err(|error| self.error(error))
    }

    /// The error with the target's name.
    pub(super) fn error(&self, source: HarnessError) -> HarnessError {
        HarnessError::Target {
            name: self.name.clone(),
            source: Box::new(source),
        }
    }

    /// Logs in as soon as that works.
    fn await_login(&self, time: Duration) -> Result<(), HarnessError> {
        let deadline = Instant::now() + time;
        loop {
            match self.connect(View::Clear) {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > deadline => return Err(error),
                Err(_) => std::thread::sleep(POLL),
            }
        }
    }
}

/// A kind of target that the harness starts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Direct,
    Copying,
    Gate,
    Pgbouncer,
}

impl Own {
    /// What it is called in the report and on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Copying => "copying",
            Self::Gate => "gate",
            Self::Pgbouncer => "pgbouncer",
        }
    }
}

/// In the order of the report.
pub(super) const OWN: [Own; 4] = [Own::Direct, Own::Copying, Own::Gate, Own::Pgbouncer];

/// Starts a target; `None` if its program is not on this machine.
pub(super) fn start(own: Own, server: &Server) -> Result<Option<Target>, HarnessError> {
    let behind = server.cluster.address();
    let role = Door::Role {
        user: shop::ROLE.to_owned(),
        database: shop::PROD.to_owned(),
        password: server.password.clone(),
    };
    let (running, address, door) = match own {
        Own::Direct => (None, behind, role),
        Own::Copying => {
            let (running, address) = children::copying(behind)?;
            (Some(running), address, role)
        }
        Own::Gate => return gate(behind, &server.password, MAX_SESSIONS).map(Some),
        Own::Pgbouncer => {
            let Some(binary) = children::pgbouncer_binary() else {
                return Ok(None);
            };
            let (running, address) = children::pgbouncer(&binary, server)?;
            (Some(running), address, role)
        }
    };
    let target = Target {
        name: own.name().to_owned(),
        address,
        door,
        process_id: running.as_ref().map(Running::process_id),
        _running: running,
    };
    target.await_login(children::START_TIME)?;
    Ok(Some(target))
}

/// Starts the gate in front of what listens at `behind`.
pub(super) fn gate(
    behind: SocketAddr,
    password: &str,
    max_sessions: &str,
) -> Result<Target, HarnessError> {
    let extra = ["--max-sessions", max_sessions];
    let (running, address, keys) = children::gate(behind, password, &extra)?;
    let target = Target {
        name: Own::Gate.name().to_owned(),
        address,
        door: Door::Gate { keys },
        process_id: Some(running.process_id()),
        _running: Some(running),
    };
    target.await_login(children::START_TIME)?;
    Ok(target)
}

/// A target given as `name=host:port/database/user`, with the process ids given as `name=pid`.
pub(super) fn foreign(given: &str, process_ids: &[String]) -> Result<Target, HarnessError> {
    let wrong = || HarnessError::Option {
        given: given.to_owned(),
        expected: "name=host:port/database/user",
    };
    let (name, rest) = given.split_once('=').ok_or_else(wrong)?;
    let mut parts = rest.split('/');
    let (Some(address), Some(database), Some(user), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    let process_id = process_ids
        .iter()
        .filter_map(|given| given.split_once('='))
        .find(|(of, _)| *of == name)
        .map(|(_, number)| number.parse())
        .transpose()
        .map_err(|_| HarnessError::Option {
            given: process_ids.join(" "),
            expected: "name=pid",
        })?;
    Ok(Target {
        name: name.to_owned(),
        address: address.to_socket_addrs()?.next().ok_or_else(wrong)?,
        door: Door::Role {
            user: user.to_owned(),
            database: database.to_owned(),
            password: std::env::var(PASSWORD_VARIABLE).unwrap_or_default(),
        },
        process_id,
        _running: None,
    })
}

/// Waits for targets that somebody else puts in front of `server`, and tells them what they need.
pub(super) fn await_foreign(targets: &[Target], server: &Server) -> Result<(), HarnessError> {
    if targets.is_empty() {
        return Ok(());
    }
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("password");
    std::fs::write(&file, &server.password)?;
    eprintln!(
        "waiting for the given targets; the server is {}, database {}, role {}, its password is in {}",
        server.cluster.address(),
        shop::PROD,
        shop::ROLE,
        file.display()
    );
    targets
        .iter()
        .try_for_each(|target| target.await_login(FOREIGN_TIME))
}

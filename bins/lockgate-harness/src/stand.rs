//! The stand: a gate in front of a private PostgreSQL with the shop's data.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use gateway::Gateway;
use identity::{AccessKey, KeyHash};
use testkit::{Cluster, Options, PgBinaries, shop};

use crate::HarnessError;

/// The connection that everything runs on.
pub(crate) const CONNECTION: &str = "shop-prod";

/// The principals: name, and the lines of their configuration.
const PRINCIPALS: &[(&str, &str)] = &[
    ("dana", "kind = \"human\"\ngroups = [\"dba\"]"),
    ("sam", "kind = \"human\"\ngroups = [\"support\"]"),
    (
        "triage-bot",
        "kind = \"agent\"\non_behalf_of = \"sam\"\ngroups = [\"agents\"]",
    ),
];

/// Lines of a stand's greeting: where the gate listens, and a key for each principal.
pub(crate) const GREETING_LINES: usize = 1 + PRINCIPALS.len();

/// The environment variable with the password of the role, for a stand before another's server.
pub(crate) const PASSWORD_VARIABLE: &str = "LOCKGATE_STAND_PASSWORD";

/// Where the server is and how much the gate lets in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upstream<'a> {
    /// A server with the shop's data.
    pub(crate) server: SocketAddr,
    /// The password of its role.
    pub(crate) password: &'a str,
    /// Most sessions at a time; `None`: as the gate has it by default.
    pub(crate) max_sessions: Option<usize>,
}

/// A running gate, what is behind it and who may log in.
pub(crate) struct Stand {
    gateway: Gateway,
    config: config::Config,
    keys: Vec<(&'static str, AccessKey)>,
    directory: tempfile::TempDir,
    /// The server, if it is ours. It ends after the gate.
    _cluster: Option<Cluster>,
}

impl Stand {
    /// Starts a server and the gate in front of it.
    pub(crate) async fn start() -> Result<Self, HarnessError> {
        let binaries = PgBinaries::find(&|name| std::env::var_os(name))?;
        let cluster = Cluster::start(&binaries, Options::default())?;
        let shop = shop::load(&cluster).await?;
        let upstream = Upstream {
            server: cluster.address(),
            password: &shop.password,
            max_sessions: None,
        };
        Ok(Self {
            _cluster: Some(cluster),
            ..Self::before(upstream).await?
        })
    }

    /// Starts the gate in front of a server that is there already.
    pub(crate) async fn before(upstream: Upstream<'_>) -> Result<Self, HarnessError> {
        let directory = tempfile::tempdir()?;
        let keys: Vec<_> = PRINCIPALS
            .iter()
            .zip(1u8..)
            // Keys of a stand that lives for one run on loopback need not be random.
            .map(|((name, _), number)| (*name, AccessKey::new([number; AccessKey::RANDOM_LEN])))
            .collect();
        let text = configuration(&upstream, directory.path(), &keys);
        let load = || load(&text, directory.path(), upstream.password);
        let gateway = Gateway::start(load()?).await?;
        let config = load()?;
        Ok(Self {
            gateway,
            config,
            keys,
            directory,
            _cluster: None,
        })
    }

    /// Where the gate listens.
    pub(crate) fn gate(&self) -> SocketAddr {
        self.gateway.address()
    }

    /// The gate's configuration.
    pub(crate) fn config(&self) -> &config::Config {
        &self.config
    }

    /// The access key of a principal.
    pub(crate) fn key(&self, principal: &str) -> &str {
        self.keys
            .iter()
            .find(|(name, _)| *name == principal)
            .map_or("", |(_, key)| key.expose())
    }

    /// Every file of the state directory, the audit log among them, with its bytes.
    ///
    /// # Errors
    ///
    /// When there is no audit log, or a file cannot be read.
    pub(crate) fn state(&self) -> std::io::Result<Vec<(PathBuf, Vec<u8>)>> {
        self.gateway
            .flush_audit_log()
            .map_err(std::io::Error::other)?;
        let mut directories = vec![self.directory.path().to_owned()];
        let mut files = Vec::new();
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    directories.push(entry.path());
                } else {
                    files.push((entry.path(), std::fs::read(entry.path())?));
                }
            }
        }
        if files
            .iter()
            .any(|(path, _)| path.ends_with(gateway::AUDIT_FILE))
        {
            Ok(files)
        } else {
            Err(std::io::Error::other("there is no audit log"))
        }
    }

    /// Prints `gate HOST PORT` and `key NAME KEY` for each principal, then waits for the end of
    /// standard input: whoever started this holds the other end, so it cannot outlive them.
    pub(crate) fn serve(&self) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "gate {} {}", self.gate().ip(), self.gate().port())?;
        for (name, key) in &self.keys {
            writeln!(out, "key {name} {}", key.expose())?;
        }
        out.flush()?;
        std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
        Ok(())
    }

    pub(crate) async fn stop(self) {
        self.gateway.drain().await;
    }
}

fn load(
    text: &str,
    directory: &Path,
    password: &str,
) -> Result<config::Config, config::ConfigErrors> {
    let env = |name: &str| (name == "SHOP_PASSWORD").then(|| password.to_owned());
    config::parse(text, &directory.join("lockgate.toml"), &env)
}

fn configuration(
    upstream: &Upstream<'_>,
    directory: &Path,
    keys: &[(&'static str, AccessKey)],
) -> String {
    let mut text = format!(
        "state_dir = {:?}\n[listen]\naddress = \"127.0.0.1:0\"\ntls = \"off\"\n\
         [policy]\npacks = [\"guardrails/production\", \"agents\", \"pii\"]\n\
         [limits]\ndrain_timeout = \"1s\"\n{}\
         [[connection]]\nname = {CONNECTION:?}\nenvironment = \"prod\"\nhost = {:?}\nport = {}\n\
         database = {:?}\nuser = {:?}\npassword = \"env:SHOP_PASSWORD\"\ntls = \"disable\"\n",
        directory.display().to_string(),
        upstream
            .max_sessions
            .map_or_else(String::new, |most| format!("max_sessions = {most}\n")),
        upstream.server.ip().to_string(),
        upstream.server.port(),
        shop::PROD,
        shop::ROLE,
    );
    for column in shop::SENSITIVE {
        text.push_str(&format!(
            "[[label]]\nconnection = {CONNECTION:?}\ncolumn = \"public.{}.{}\"\ntag = {:?}\n",
            column.relation, column.column, column.tag
        ));
    }
    for ((name, lines), (_, key)) in PRINCIPALS.iter().zip(keys) {
        let hash = KeyHash::of(key.expose().as_bytes(), [7; 16]);
        text.push_str(&format!(
            "[[principal]]\nname = {name:?}\n{lines}\nkeys = [{{ id = \"{}\", hash = \"{hash}\" }}]\n",
            key.id()
        ));
    }
    text
}

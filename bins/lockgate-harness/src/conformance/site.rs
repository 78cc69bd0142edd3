//! Where a suite runs: a fresh private PostgreSQL, alone or with a gate in front that lets its one
//! principal do everything.

use std::net::SocketAddr;
use std::path::Path;

use gateway::Gateway;
use identity::{AccessKey, KeyHash};
use testkit::{Cluster, Options, PgBinaries};

use crate::HarnessError;

/// The role upstream and the principal of the gate: the same name, so that whatever prints it prints
/// the same in both runs, and the superuser whom PostgreSQL's suite expects to own the catalogs.
pub(crate) const USER: &str = testkit::SUPERUSER;

/// The database of all suites: PostgreSQL's own expects to find its name in results.
pub(crate) const DATABASE: &str = "regression";

/// Permits everything, so that nothing that differs is the work of a policy.
const POLICY: &str = "@id(\"conformance/everything\")\npermit (principal, action, resource);\n";

/// The policy's file in the gate's directory.
const POLICY_FILE: &str = "everything.cedar";

/// Databases that suites connect to, one configured connection each.
const DATABASES: [&str; 3] = [DATABASE, "postgres", "asyncpg_intro_test"];

/// What the suites' authors test with where it is not PostgreSQL's default: prepared transactions,
/// and buffers large enough that no scan of the suite begins in the middle of its table.
const SETTINGS: [(&str, &str); 2] = [
    ("max_prepared_transactions", "2"),
    ("shared_buffers", "128MB"),
];

/// How a client reaches the server, directly or through the gate.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) password: String,
}

/// A server for one run of one suite.
pub(crate) struct Site {
    cluster: Cluster,
}

/// A gate in front of a [`Site`].
pub(crate) struct Gate {
    gateway: Gateway,
    key: AccessKey,
    _directory: tempfile::TempDir,
}

impl Site {
    pub(crate) async fn start(binaries: &PgBinaries) -> Result<Self, HarnessError> {
        let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let options = Options {
            settings: settings.into(),
            ..Options::default()
        };
        let cluster = Cluster::start(binaries, options)?;
        let client = cluster.connect("postgres").await?;
        for statement in preparation() {
            client
                .batch_execute(&statement)
                .await
                .map_err(|error| HarnessError::Answer(error.to_string()))?;
        }
        Ok(Self { cluster })
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            address: self.cluster.address(),
            password: self.cluster.password().to_owned(),
        }
    }
}

/// The database as PostgreSQL's own suite makes it (`pg_regress --create`).
fn preparation() -> Vec<String> {
    let mut statements = vec![format!(
        "CREATE DATABASE {DATABASE} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    )];
    let settings = [
        ("lc_messages", "C"),
        ("lc_monetary", "C"),
        ("lc_numeric", "C"),
        ("lc_time", "C"),
        ("bytea_output", "hex"),
        ("timezone_abbreviations", "Default"),
    ];
    statements.extend(
        settings.map(|(name, value)| format!("ALTER DATABASE {DATABASE} SET {name} TO '{value}'")),
    );
    statements
}

impl Gate {
    pub(crate) async fn start(site: &Site) -> Result<Self, HarnessError> {
        let directory = tempfile::tempdir()?;
        // A gate that lives for one run on loopback needs no random key.
        let key = AccessKey::new([1; AccessKey::RANDOM_LEN]);
        std::fs::write(directory.path().join(POLICY_FILE), POLICY)?;
        let text = configuration(site, directory.path(), &key);
        let env =
            |name: &str| (name == "UPSTREAM_PASSWORD").then(|| site.cluster.password().to_owned());
        let config = config::parse(&text, &directory.path().join("lockgate.toml"), &env)?;
        Ok(Self {
            gateway: Gateway::start(config).await?,
            key,
            _directory: directory,
        })
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            address: self.gateway.address(),
            password: self.key.expose().to_owned(),
        }
    }

    pub(crate) async fn stop(self) {
        self.gateway.drain().await;
    }
}

fn configuration(site: &Site, directory: &Path, key: &AccessKey) -> String {
    let server = site.cluster.address();
    let mut text = format!(
        "state_dir = {:?}\n[listen]\naddress = \"127.0.0.1:0\"\ntls = \"off\"\n\
         [policy]\nfiles = [{POLICY_FILE:?}]\n[limits]\ndrain_timeout = \"1s\"\n\
         [[principal]]\nname = {USER:?}\nkind = \"human\"\n\
         keys = [{{ id = \"{}\", hash = \"{}\" }}]\n",
        directory.join("state").display().to_string(),
        key.id(),
        KeyHash::of(key.expose().as_bytes(), [7; 16]),
    );
    for database in DATABASES {
        text.push_str(&format!(
            "[[connection]]\nname = {database:?}\nenvironment = \"conformance\"\nhost = {:?}\n\
             port = {}\ndatabase = {database:?}\nuser = {USER:?}\n\
             password = \"env:UPSTREAM_PASSWORD\"\ntls = \"disable\"\n",
            server.ip().to_string(),
            server.port(),
        ));
    }
    text
}

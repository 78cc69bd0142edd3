//! A server with a table of people, and a gate before it.

use std::net::SocketAddr;

use audit::verify;
use gateway::Gateway;
use identity::{AccessKey, KeyHash};
use testkit::{Cluster, Options, PgBinaries, SUPERUSER};

use crate::client::{Client, Fault, PATIENCE};

/// In every row, where `sam` may not see it.
pub(crate) const CANARY: &str = "900-55-1234";

/// Rows of `people`.
pub(crate) const PEOPLE: usize = 2_000;

/// `ada` may do and see everything; `sam` reads and writes, and sees no `ssn`.
const POLICIES: &str = r#"
@id("all")
permit (principal in Group::"dba", action, resource);

@id("reads")
permit (principal in Group::"support", action in [Action::"connect", Action::"read", Action::"write"], resource);
"#;

const USERS: [(&str, &str, u8); 2] = [("ada", "dba", 1), ("sam", "support", 2)];

/// A server, and a gate before it or before what stands before it.
pub(crate) struct Stand {
    pub(crate) gate: Gateway,
    pub(crate) cluster: Cluster,
    _directory: tempfile::TempDir,
}

/// A server with the table.
pub(crate) async fn cluster() -> Cluster {
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
    let cluster = Cluster::start(&binaries, Options::default()).unwrap();
    let made = format!(
        "create table people (id int, name text, ssn text);
         insert into people select n, 'name ' || n, '{CANARY}' from generate_series(1, {PEOPLE}) n"
    );
    let superuser = cluster.connect("postgres").await.unwrap();
    superuser.batch_execute(&made).await.unwrap();
    cluster
}

impl Stand {
    pub(crate) async fn start() -> Self {
        let cluster = cluster().await;
        let server = cluster.address();
        Self::before(cluster, server, "").await
    }

    /// With a gate that finds the server at this address, and these lines in its configuration.
    pub(crate) async fn before(cluster: Cluster, server: SocketAddr, lines: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("test.cedar"), POLICIES).unwrap();
        let mut text = format!(
            "state_dir = \"state\"\n\
             [listen]\naddress = \"127.0.0.1:0\"\ntls = \"off\"\n\
             [limits]\ndrain_timeout = \"1s\"\n{lines}\n\
             [policy]\nfiles = [\"test.cedar\"]\n\
             [[label]]\ncolumn = \"public.people.ssn\"\ntag = \"pii.ssn\"\n\
             [[connection]]\nname = \"db\"\nenvironment = \"prod\"\ndatabase = \"postgres\"\n\
             user = {SUPERUSER:?}\npassword = \"env:PASSWORD\"\ntls = \"disable\"\n\
             host = \"{}\"\nport = {}\n",
            server.ip(),
            server.port(),
        );
        for (name, group, number) in USERS {
            let key = key(number);
            let hash = KeyHash::of(key.expose().as_bytes(), [7; 16]);
            text.push_str(&format!(
                "[[principal]]\nname = {name:?}\nkind = \"human\"\ngroups = [{group:?}]\n\
                 keys = [{{ id = \"{}\", hash = \"{hash}\" }}]\n",
                key.id()
            ));
        }
        let password = |name: &str| (name == "PASSWORD").then(|| cluster.password().to_owned());
        let path = directory.path().join("lockgate.toml");
        let config = config::parse(&text, &path, &password);
        let config = config.unwrap_or_else(|errors| panic!("{errors}"));
        Self {
            gate: Gateway::start(config).await.unwrap(),
            cluster,
            _directory: directory,
        }
    }

    /// A session of this principal.
    pub(crate) async fn session(&self, user: &str) -> Client {
        self.at(self.gate.address(), user).await.unwrap()
    }

    /// A session of this principal, or why there is none, at the gate's address or a relay's.
    pub(crate) async fn at(&self, address: SocketAddr, user: &str) -> Result<Client, Fault> {
        let (name, _, number) = USERS.iter().find(|(name, _, _)| *name == user).unwrap();
        let key = key(*number);
        Client::connect(address, (name, "db", key.expose())).await
    }

    /// A session without the gate.
    pub(crate) async fn straight(&self) -> Client {
        let login = (SUPERUSER, "postgres", self.cluster.password());
        Client::connect(self.cluster.address(), login)
            .await
            .unwrap()
    }

    /// Waits until the server says `true` to this condition.
    pub(crate) async fn until(&self, condition: &str) {
        let watch = self.cluster.connect("postgres").await.unwrap();
        let query = format!("select {condition}");
        let held = async {
            while !watch
                .query_one(&query, &[])
                .await
                .unwrap()
                .get::<_, bool>(0)
            {}
        };
        let held = tokio::time::timeout(PATIENCE, held).await;
        held.unwrap_or_else(|_| panic!("not true in time: {condition}"));
    }

    /// Waits until the server runs no session of the gate's clients but those.
    pub(crate) async fn released(&self, left: usize) {
        // The gate's own, which reads the catalogs, is one of them while it is open.
        self.until(&format!(
            "count(*) <= {left} from pg_stat_activity where backend_type = 'client backend' \
             and pid <> pg_backend_pid() and application_name not like 'lockgate%'"
        ))
        .await;
    }

    /// Every record of the log is what was written.
    pub(crate) fn verified(&self) -> String {
        self.gate.flush_audit_log().unwrap();
        let log = std::fs::read_to_string(self.gate.audit_log()).unwrap();
        let lines = log.as_bytes().split_inclusive(|byte| *byte == b'\n');
        verify(lines).unwrap();
        log
    }

    pub(crate) async fn stop(self) {
        self.verified();
        self.gate.drain().await;
        self.cluster.stop().unwrap();
    }
}

fn key(number: u8) -> AccessKey {
    AccessKey::new([number; AccessKey::RANDOM_LEN])
}

/// Nothing of what this client heard is in clear.
#[track_caller]
pub(crate) fn saw_nothing(client: &Client) {
    let heard = String::from_utf8_lossy(&client.heard);
    assert!(!heard.contains(CANARY), "{heard}");
}

//! The built proxy in front of a private server.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use audit::{Body, Record, verify};
use identity::{AccessKey, KeyHash};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::Value;
use testkit::{Cluster, Options, PgBinaries, SUPERUSER};

use crate::client::{Client, Fault};

const POLICY: &str = "@id(\"all\") permit (principal, action, resource);";

/// A server with a table that shows what ran, and a home for the proxy.
pub(crate) struct Place {
    pub(crate) cluster: Cluster,
    home: tempfile::TempDir,
}

impl Place {
    /// With the proxy's files in a directory of this one.
    pub(crate) async fn new(parent: &Path) -> Self {
        let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
        let cluster = Cluster::start(&binaries, Options::default()).unwrap();
        let superuser = cluster.connect("postgres").await.unwrap();
        superuser
            .batch_execute("create table ran (n int)")
            .await
            .unwrap();
        let place = Self {
            cluster,
            home: tempfile::tempdir_in(parent).unwrap(),
        };
        place.write("password", place.cluster.password());
        place.write("all.cedar", POLICY);
        place.write("lockgate.toml", &place.configuration());
        place
    }

    fn configuration(&self) -> String {
        let key = key();
        let hash = KeyHash::of(key.expose().as_bytes(), [7; 16]);
        format!(
            "state_dir = \"state\"\n\
             [listen]\naddress = \"127.0.0.1:0\"\ntls = \"off\"\n\
             [policy]\nfiles = [\"all.cedar\"]\n\
             [[connection]]\nname = \"db\"\nenvironment = \"prod\"\ndatabase = \"postgres\"\n\
             user = {SUPERUSER:?}\npassword = \"file:password\"\ntls = \"disable\"\n\
             host = \"127.0.0.1\"\nport = {}\n\
             [[principal]]\nname = \"ada\"\nkind = \"human\"\n\
             keys = [{{ id = \"{}\", hash = \"{hash}\" }}]\n",
            self.cluster.address().port(),
            key.id()
        )
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.home.path().join("state").join(gateway::AUDIT_FILE)
    }

    /// How many rows the table has.
    pub(crate) async fn ran(&self) -> usize {
        let superuser = self.cluster.connect("postgres").await.unwrap();
        let row = superuser.query_one("select count(*) from ran", &[]).await;
        usize::try_from(row.unwrap().get::<_, i64>(0)).unwrap()
    }

    /// How many INSERTs have an intent on record, in a log that is sound up to its last whole line.
    pub(crate) fn intended(&self) -> usize {
        let log = std::fs::read(self.log()).unwrap();
        let whole = log
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let lines = || log[..whole].split_inclusive(|byte| *byte == b'\n');
        verify(lines()).unwrap();
        lines()
            .filter(|line| match Record::read(line).unwrap().event.body {
                Body::Intent(intent) => {
                    intent.judgement.kind == "insert" && intent.judgement.verdict == "allow"
                }
                _ => false,
            })
            .count()
    }
}

/// A running proxy.
pub(crate) struct Proxy {
    process: Child,
    address: SocketAddr,
}

impl Proxy {
    pub(crate) fn start(place: &Place) -> Self {
        // A file that may not grow is an error to the proxy and not a signal that ends it.
        let mut process = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(env!("CARGO_BIN_EXE_lockgate-proxy"))
            .arg("--config")
            .arg(place.home.path().join("lockgate.toml"))
            .env_remove("LOCKGATE_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = log.find_map(|line| {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let is_up = line["message"].as_str() == Some("accepting clients");
            is_up.then(|| line["address"].as_str().unwrap().parse().unwrap())
        });
        std::thread::spawn(move || log.for_each(drop));
        Self {
            process,
            address: address.expect("the proxy says where it listens"),
        }
    }

    pub(crate) async fn session(&self) -> Result<Client, Fault> {
        let key = key();
        Client::connect(self.address, ("ada", "db", key.expose())).await
    }

    fn id(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.process.id()).unwrap()).unwrap()
    }

    /// Limits what the proxy has of this from now on; `None`: as much as this process.
    pub(crate) fn limit(&self, resource: Resource, current: Option<u64>) {
        let Rlimit {
            current: ours,
            maximum,
        } = getrlimit(resource);
        let new = Rlimit {
            current: current.or(ours),
            maximum,
        };
        prlimit(Some(self.id()), resource, new).unwrap();
    }

    /// Lets the proxy open this many more descriptors.
    pub(crate) fn allow_descriptors(&self, more: usize) {
        let open = format!("/proc/{}/fd", self.process.id());
        let open: Vec<u64> = std::fs::read_dir(open)
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .file_name()
                    .to_str()
                    .unwrap()
                    .parse()
                    .unwrap()
            })
            .collect();
        let free = (0..).filter(|number| !open.contains(number)).nth(more);
        self.limit(Resource::Nofile, free);
    }

    /// Ends it without a chance to do anything about it.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It has ended, or a test failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn key() -> AccessKey {
    AccessKey::new([1; AccessKey::RANDOM_LEN])
}

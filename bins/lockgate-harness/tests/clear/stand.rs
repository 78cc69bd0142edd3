//! A server, a gate whose policy permits one principal everything, and the programs of PostgreSQL
//! on either way.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gateway::Gateway;
use identity::{AccessKey, KeyHash};
use testkit::{Cluster, Options, PgBinaries, shop};

/// Stack of the threads that read statements.
const STACK: usize = 16 * 1024 * 1024;

/// `ada` may do everything and see everything; `lim` may read and call what is harmless.
const POLICY: &str = "@id(\"all\") permit (principal == Human::\"ada\", action, resource);\n\
     @id(\"reads\") permit (principal == Human::\"lim\", \
     action in [Action::\"connect\", Action::\"read\"], resource);\n";

/// How a program reaches the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To the server itself.
    Direct,
    /// Through the gate, as the one who may do everything.
    Gate,
    /// Through the gate, as one who may only read.
    Limited,
    /// To the database `copy`.
    DirectToCopy,
    GateToCopy,
}

impl Way {
    pub(crate) const BOTH: [Self; 2] = [Self::Direct, Self::Gate];

    /// Whether it leads through the gate; the name of the user.
    fn user(self) -> (bool, &'static str) {
        match self {
            Self::Direct | Self::DirectToCopy => (false, "postgres"),
            Self::Gate | Self::GateToCopy => (true, "ada"),
            Self::Limited => (true, "lim"),
        }
    }

    fn database(self) -> &'static str {
        match self {
            Self::Direct | Self::Gate | Self::Limited => shop::PROD,
            Self::DirectToCopy | Self::GateToCopy => "copy",
        }
    }
}

pub(crate) struct Stand {
    runtime: tokio::runtime::Runtime,
    gateway: Option<Gateway>,
    cluster: Cluster,
    binaries: PathBuf,
    keys: Vec<(&'static str, AccessKey)>,
    directory: tempfile::TempDir,
}

impl Stand {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .expect("a runtime");
        let binaries = PgBinaries::find(&|name| std::env::var_os(name)).expect("PostgreSQL");
        let settings = vec![("max_prepared_transactions".to_owned(), "5".to_owned())];
        let options = Options {
            settings,
            ..Options::default()
        };
        let cluster = Cluster::start(&binaries, options).expect("a server");
        runtime
            .block_on(shop::load(&cluster))
            .expect("the shop's data");
        let directory = tempfile::tempdir().expect("a directory");
        let keys = vec![
            ("ada", AccessKey::new([9; AccessKey::RANDOM_LEN])),
            ("lim", AccessKey::new([8; AccessKey::RANDOM_LEN])),
        ];
        let policy = directory.path().join("all.cedar");
        std::fs::write(&policy, POLICY).expect("the policy can be written");
        let text = configuration(&cluster, directory.path(), &keys);
        let password = cluster.password().to_owned();
        let env = move |name: &str| (name == "PASSWORD").then(|| password.clone());
        let config = config::parse(&text, &directory.path().join("lockgate.toml"), &env);
        let config = config.unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let gateway = runtime.block_on(Gateway::start(config)).expect("a gate");
        Self {
            runtime,
            gateway: Some(gateway),
            cluster,
            binaries: binaries.directory().to_owned(),
            keys,
            directory,
        }
    }

    /// Where files may be put.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    fn command(&self, way: Way, program: &str) -> Command {
        let (through, user) = way.user();
        let gate = self.gateway.as_ref().map(Gateway::address);
        let address = gate.filter(|_| through).unwrap_or(self.cluster.address());
        let key = self.keys.iter().find(|(name, _)| *name == user);
        let password = key.map_or(self.cluster.password(), |(_, key)| key.expose());
        // Some packages keep the clients elsewhere.
        let beside = self.binaries.join(program);
        let found = beside.is_file().then_some(beside);
        let mut command = Command::new(found.unwrap_or_else(|| PathBuf::from(program)));
        command
            .env("PGHOST", address.ip().to_string())
            .env("PGPORT", address.port().to_string())
            .env("PGUSER", user)
            .env("PGPASSWORD", password)
            .env("PGDATABASE", way.database())
            .env("PGSSLMODE", "disable")
            .env("PGCONNECT_TIMEOUT", "20")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("PGOPTIONS");
        command
    }

    /// What psql says to a script, unaligned and without headings, errors in full and in order.
    pub(crate) fn script(&self, way: Way, script: &str) -> String {
        self.script_with(way, script, "")
    }

    /// The same with settings that are chosen at the start.
    pub(crate) fn script_with(&self, way: Way, script: &str, options: &str) -> String {
        let mut command = self.command(way, "psql");
        command.args(["-X", "-q", "-A", "-t", "-v", "VERBOSITY=verbose", "-f", "-"]);
        if !options.is_empty() {
            command.env("PGOPTIONS", options);
        }
        finish(command, script)
    }

    /// What a program says on both outputs.
    pub(crate) fn run(&self, way: Way, program: &str, arguments: &[&str]) -> String {
        let mut command = self.command(way, program);
        command.args(arguments);
        finish(command, "")
    }

    pub(crate) fn stop(mut self) {
        if let Some(gateway) = self.gateway.take() {
            self.runtime.block_on(gateway.drain());
        }
    }
}

/// Runs it, its errors among what it says as they come.
fn finish(mut command: Command, input: &str) -> String {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let errors = writer.try_clone().expect("a pipe's second end");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(writer)
        .stderr(errors)
        .spawn()
        .expect("the program starts");
    // The ends of the pipe that the command holds would keep it open.
    drop(command);
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_owned();
    let feeding = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let mut said = Vec::new();
    std::io::Read::read_to_end(&mut reader, &mut said).expect("what it says");
    child.wait().expect("the program ends");
    // A program that ended early does not read the rest.
    let _ = feeding.join();
    String::from_utf8_lossy(&said).into_owned()
}

fn configuration(cluster: &Cluster, directory: &Path, keys: &[(&str, AccessKey)]) -> String {
    let server: SocketAddr = cluster.address();
    let mut text = format!(
        "state_dir = {:?}\n[listen]\naddress = \"127.0.0.1:0\"\ntls = \"off\"\n\
         [policy]\npacks = []\nfiles = [\"all.cedar\"]\n[limits]\ndrain_timeout = \"1s\"\n",
        directory.display().to_string(),
    );
    for database in [shop::PROD, "copy"] {
        // The copy is made later; until then it stands for the same database.
        text.push_str(&format!(
            "[[connection]]\nname = {database:?}\nenvironment = \"prod\"\nhost = {:?}\nport = {}\n\
             database = {database:?}\nuser = \"postgres\"\npassword = \"env:PASSWORD\"\ntls = \"disable\"\n",
            server.ip().to_string(),
            server.port(),
        ));
    }
    for (name, key) in keys {
        let hash = KeyHash::of(key.expose().as_bytes(), [7; 16]);
        text.push_str(&format!(
            "[[principal]]\nname = {name:?}\nkind = \"human\"\nkeys = [{{ id = \"{}\", hash = \"{hash}\" }}]\n",
            key.id()
        ));
    }
    text
}

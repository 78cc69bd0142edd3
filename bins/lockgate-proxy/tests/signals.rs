//! The built proxy: what it says, and what signals do to it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

use std::io::{BufRead, BufReader, Lines};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use audit::{Body, Record};
use serde_json::Value;

/// A configuration whose database does not answer: none is needed to start.
const CONFIG: &str = "
state_dir = \"state\"

[listen]
address = \"127.0.0.1:0\"

[policy]
packs = [\"guardrails/production\"]

[[connection]]
name = \"shop\"
environment = \"prod\"
host = \"127.0.0.1\"
port = 1
user = \"gate\"
password = \"file:password\"
tls = \"disable\"
";

fn home(config: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in [("password", "not-a-real-one"), ("lockgate.toml", config)] {
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    home
}

struct Proxy {
    process: Child,
    log: Lines<BufReader<ChildStderr>>,
}

impl Proxy {
    fn start(home: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_lockgate-proxy"))
            .arg("--config")
            .arg(home.join("lockgate.toml"))
            .env_remove("LOCKGATE_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap()).lines();
        Proxy { process, log }
    }

    /// Reads the log up to the line with this message.
    fn until(&mut self, message: &str) -> Value {
        loop {
            let line = self.log.next().expect("the log ended").unwrap();
            let line: Value = serde_json::from_str(&line).expect("a line of JSON");
            if line["message"]
                .as_str()
                .is_some_and(|found| found.contains(message))
            {
                return line;
            }
        }
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    fn ended(mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }
}

/// Action and detail of the records of what was done to the gate.
fn administration(home: &Path) -> Vec<(String, String)> {
    let log = std::fs::read(home.join("state/audit.jsonl")).unwrap();
    let records = log
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| Record::read(line).unwrap());
    let told = records.filter_map(|record| match record.event.body {
        Body::Administration { action, detail } => Some((action, detail)),
        _ => None,
    });
    told.collect()
}

#[test]
fn it_starts_reloads_and_drains_and_records_all_of_it() {
    let home = home(CONFIG);
    let mut proxy = Proxy::start(home.path());
    let up = proxy.until("accepting clients");
    let address: std::net::SocketAddr = up["address"].as_str().unwrap().parse().unwrap();
    assert!(std::net::TcpStream::connect(address).is_ok());

    let config = home.path().join("lockgate.toml");
    std::fs::write(&config, CONFIG.replace("[listen]", "[lisen]")).unwrap();
    proxy.signal("-HUP");
    let mistake = proxy.until("unknown key `lisen`");
    assert_eq!(
        (&mistake["line"], &mistake["level"]),
        (&4.into(), &"ERROR".into())
    );
    proxy.until("the old configuration stays");

    std::fs::write(
        &config,
        CONFIG.replace("\"guardrails/production\"", "\"pii\""),
    )
    .unwrap();
    proxy.signal("-HUP");
    proxy.until("the configuration was reloaded");

    proxy.signal("-TERM");
    proxy.until("drained");
    assert_eq!(proxy.ended(), Some(0));
    let told = administration(home.path());
    let actions: Vec<_> = told.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["start", "reload", "reload", "stop"]);
    assert!(told[1].1.contains("refused"), "{told:?}");
    assert!(told[2].1.contains("in force"), "{told:?}");
}

#[test]
fn a_configuration_with_mistakes_does_not_start() {
    let home = home(
        &CONFIG
            .replace("port = 1", "port = 0")
            .replace("\"prod\"", "\"\""),
    );
    let mut proxy = Proxy::start(home.path());
    let first = proxy.until("`connection.environment` is empty");
    assert!(
        first["help"].as_str().unwrap().contains("staging"),
        "{first}"
    );
    proxy.until("`connection.port` is out of range");
    proxy.until("the configuration cannot be used");
    assert_eq!(proxy.ended(), Some(2));
    assert!(!home.path().join("state").exists());
}

#[test]
fn an_address_in_use_is_said_to_be() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let home = home(&CONFIG.replace("127.0.0.1:0", &address));
    let mut proxy = Proxy::start(home.path());
    let said = proxy.until("cannot listen on");
    assert!(
        said["message"].as_str().unwrap().contains(&address),
        "{said}"
    );
    assert_eq!(proxy.ended(), Some(3));
}

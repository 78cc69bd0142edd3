//! A whole gate between a real client library and a real server: TLS, bound logins, certificates,
//! cancel requests, sockets.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use gateway::Gateway;
use identity::{AccessKey, KeyHash};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
};
use testkit::{Cluster, Options, PgBinaries, SUPERUSER, ServerTls};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Who logs in.
const USER: &str = "ada";

/// The interpreter that has psycopg, with a libpq of version 17 or newer.
const PYTHON: &str = "LOCKGATE_PYTHON";

/// An authority, with what it has signed: the gate's certificate, the server's, and ada's.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        let mut parameters = CertificateParams::new(vec![]).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters
            .distinguished_name
            .push(DnType::CommonName, "authority");
        let key = KeyPair::generate().unwrap();
        let root = parameters.self_signed(&key).unwrap();
        files.write("ca.pem", &root.pem());
        let issuer = Issuer::new(parameters, key);
        for (file, name) in [("gate", None), ("server", None), (USER, Some(USER))] {
            let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
            let mut parameters = CertificateParams::new(names).unwrap();
            if let Some(name) = name {
                parameters.distinguished_name = DistinguishedName::new();
                parameters.distinguished_name.push(DnType::CommonName, name);
            }
            let key = KeyPair::generate().unwrap();
            let signed = parameters.signed_by(&key, &issuer).unwrap();
            files.write(&format!("{file}.pem"), &signed.pem());
            files.write(&format!("{file}.key"), &key.serialize_pem());
        }
        let all = "@id(\"all\") permit(principal, action, resource);";
        files.write("all.cedar", all);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(self.path(name), text).unwrap();
        let owner = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.path(name), owner).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }
}

/// A server, a gate before it, and ada's key.
struct Stand {
    gate: Gateway,
    cluster: Cluster,
    files: Files,
    key: AccessKey,
}

impl Stand {
    /// With these lines under `[listen]` and `[[connection]]`. `HOST` and `SOCKETS` stand for where
    /// the server listens.
    async fn start(listen: &str, connection: &str) -> Self {
        let files = Files::new();
        let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
        let options = Options {
            tls: Some(ServerTls {
                certificate_pem: files.read("server.pem"),
                key_pem: files.read("server.key"),
            }),
            hba: Some(
                "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n".to_owned(),
            ),
            ..Options::default()
        };
        let cluster = Cluster::start(&binaries, options).unwrap();
        let key = AccessKey::new([1; AccessKey::RANDOM_LEN]);
        let connection = connection
            .replace("HOST", "host = \"127.0.0.1\"\ntls_ca = \"ca.pem\"")
            .replace("SOCKETS", &cluster.directory().display().to_string());
        let text = format!(
            "state_dir = \"state\"\n\
             [listen]\naddress = \"127.0.0.1:0\"\n\
             tls = {{ certificate = \"gate.pem\", key = \"gate.key\" }}\n{listen}\n\
             [limits]\ndrain_timeout = \"1s\"\n\
             [policy]\nfiles = [\"all.cedar\"]\n\
             [[connection]]\nname = \"db\"\nenvironment = \"prod\"\ndatabase = \"postgres\"\n\
             user = {SUPERUSER:?}\npassword = \"env:PASSWORD\"\nport = {}\n{connection}\n\
             [[principal]]\nname = {USER:?}\nkind = \"human\"\n\
             keys = [{{ id = \"{}\", hash = \"{}\" }}]\n",
            cluster.address().port(),
            key.id(),
            KeyHash::of(key.expose().as_bytes(), [7; 16]),
        );
        let password = |name: &str| (name == "PASSWORD").then(|| cluster.password().to_owned());
        let config = config::parse(&text, &files.path("lockgate.toml"), &password);
        let config = config.unwrap_or_else(|errors| panic!("{errors}"));
        Self {
            gate: Gateway::start(config).await.unwrap(),
            cluster,
            files,
            key,
        }
    }

    /// A program that finds the gate in its environment, as libpq does.
    fn client(&self, program: &Path, settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.files.0.path())
            .env("PGHOST", "localhost")
            .env("PGPORT", self.gate.address().port().to_string())
            .env("PGUSER", USER)
            .env("PGPASSWORD", self.key.expose())
            .env("PGDATABASE", "db")
            .env("PGSSLMODE", "verify-full")
            .env("PGSSLROOTCERT", self.files.path("ca.pem"))
            .env("PGCONNECT_TIMEOUT", "20")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    async fn psql(&self, settings: &[(&str, &str)], statement: &str) -> Output {
        let mut psql = self.client(Path::new("psql"), settings);
        psql.args(["-X", "-A", "-t", "-c", statement]);
        psql.output().await.unwrap()
    }

    /// The records of the log.
    fn log(&self) -> String {
        std::fs::read_to_string(self.gate.audit_log()).unwrap()
    }

    async fn stop(self) {
        self.gate.drain().await;
        self.cluster.stop().unwrap();
    }
}

#[track_caller]
fn said(output: &Output, expected: &str) {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    let text = String::from_utf8_lossy(&both);
    assert!(
        text.contains(expected),
        "expected `{expected}`, got `{text}`"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn psql_binds_its_login_and_so_does_the_gate() {
    let stand = Stand::start("", "HOST\nchannel_binding = \"require\"").await;
    let bound = [("PGCHANNELBINDING", "require")];
    said(&stand.psql(&bound, "select 40 + 2").await, "42\n");
    let wrong = [("PGCHANNELBINDING", "require"), ("PGPASSWORD", "wrong")];
    let failed = "password authentication failed for user \"ada\"";
    said(&stand.psql(&wrong, "select 1").await, failed);
    said(
        &stand.psql(&[("PGSSLMODE", "disable")], "select 1").await,
        "over TLS only",
    );
    stand.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn psql_shows_its_certificate() {
    let listen = "[listen.client_certificates]\nca = \"ca.pem\"\nmode = \"required\"";
    let stand = Stand::start(listen, "HOST").await;
    let missing = "connection requires a valid client certificate";
    said(&stand.psql(&[], "select 1").await, missing);
    let (certificate, key) = (stand.files.path("ada.pem"), stand.files.path("ada.key"));
    let shown = [
        ("PGSSLCERT", certificate.to_str().unwrap()),
        ("PGSSLKEY", key.to_str().unwrap()),
    ];
    said(&stand.psql(&shown, "select 40 + 2").await, "42\n");
    // The gate's certificate names nobody.
    let (certificate, key) = (stand.files.path("gate.pem"), stand.files.path("gate.key"));
    let other = [
        ("PGSSLCERT", certificate.to_str().unwrap()),
        ("PGSSLKEY", key.to_str().unwrap()),
    ];
    let foreign = "certificate authentication failed for user \"ada\"";
    said(&stand.psql(&other, "select 1").await, foreign);
    stand.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_reached_by_its_socket() {
    let stand = Stand::start("", "host = \"SOCKETS\"").await;
    let address = "select coalesce(inet_server_addr()::text, 'socket')";
    said(&stand.psql(&[], address).await, "socket\n");
    stand.stop().await;
}

/// Waits until the server runs what psql has sent.
async fn runs(stand: &Stand) {
    let watch = stand.cluster.connect("postgres").await.unwrap();
    let running = "select count(*) from pg_stat_activity \
                   where state = 'active' and query like '%from generate_series%' \
                   and pid <> pg_backend_pid()";
    while watch
        .query_one(running, &[])
        .await
        .unwrap()
        .get::<_, i64>(0)
        == 0
    {}
}

/// A statement that runs for minutes.
const LONG: &str = "select count(*) from generate_series(1, 100000000000) g";

fn interrupt(process: &Child) {
    let id = process.id().unwrap().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.unwrap().success());
}

/// libpq before 17 asks in clear, whatever the session is under.
#[tokio::test(flavor = "multi_thread")]
async fn psql_cancels_in_clear_only_where_that_is_allowed() {
    for allowed in [true, false] {
        let stand = Stand::start(&format!("cancel_in_clear = {allowed}"), "HOST").await;
        let mut psql = stand.client(Path::new("psql"), &[]);
        psql.args(["-X", "-c", LONG])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let psql = psql.spawn().unwrap();
        runs(&stand).await;
        interrupt(&psql);
        let recorded = "cancel request in clear for a session under TLS";
        if allowed {
            let output = psql.wait_with_output().await.unwrap();
            said(&output, "canceling statement due to user request");
            assert!(!stand.log().contains(recorded));
        } else {
            while !stand.log().contains(recorded) {
                tokio::task::yield_now().await;
            }
            drop(psql);
        }
        stand.stop().await;
    }
}

/// What libpq learned in 17 and 18: TLS at once, cancel requests under TLS, protocol 3.2.
const SCRIPT: &str = r#"
import sys, psycopg
from psycopg import pq
assert pq.version() >= 170000, pq.version()
options = dict(sslnegotiation="direct", channel_binding="require", require_auth="scram-sha-256")
if pq.version() >= 180000:
    options["max_protocol_version"] = "latest"
connection = psycopg.connect("", autocommit=True, **options)
print("answer", connection.execute("select 40 + 2").fetchone()[0], flush=True)
import threading
def cancel():
    sys.stdin.readline()
    connection.cancel_safe()
failures = []
threading.excepthook = lambda failure: failures.append(failure.exc_value)
thread = threading.Thread(target=cancel)
thread.start()
print("running", flush=True)
try:
    connection.execute(sys.argv[1])
except psycopg.errors.QueryCanceled as error:
    print("cancelled", error.sqlstate, flush=True)
thread.join()
assert not failures, failures
print("answer", connection.execute("select 40 + 3").fetchone()[0], flush=True)
"#;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs LOCKGATE_PYTHON with psycopg; .ci/run runs it"]
async fn a_newer_libpq_connects_directly_and_cancels_under_tls() {
    let stand = Stand::start("", "HOST").await;
    let python = PathBuf::from(std::env::var_os(PYTHON).unwrap());
    let mut client = stand.client(&python, &[]);
    client
        .args(["-c", SCRIPT, LONG])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut client = client.spawn().unwrap();
    let mut lines = BufReader::new(client.stdout.take().unwrap()).lines();
    assert_eq!(
        lines.next_line().await.unwrap().as_deref(),
        Some("answer 42")
    );
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("running"));
    runs(&stand).await;
    // The end of its input is its sign.
    drop(client.stdin.take());
    assert_eq!(
        lines.next_line().await.unwrap().as_deref(),
        Some("cancelled 57014")
    );
    assert_eq!(
        lines.next_line().await.unwrap().as_deref(),
        Some("answer 43")
    );
    assert!(client.wait().await.unwrap().success());
    stand.stop().await;
}

//! The proxies in processes of their own, so that their CPU time and memory are their own.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use testkit::shop;

use super::data::Server;
use crate::HarnessError;
use crate::stand;

/// The account that pgbouncer runs as when we are root, which it refuses to: `nobody`.
const NOBODY: u32 = 65_534;

/// Where Debian and most other systems keep it; it is not in everybody's path.
const PGBOUNCER_PLACES: [&str; 3] = [
    "/usr/sbin/pgbouncer",
    "/usr/local/bin/pgbouncer",
    "/usr/bin/pgbouncer",
];

/// Time for a child to say where it listens: it reads a catalog first.
pub(super) const START_TIME: Duration = Duration::from_secs(20);

/// Names of principals and their access keys.
pub(super) type Keys = Vec<(String, String)>;

/// A process that ends when this value is dropped, and when we end.
#[derive(Debug)]
pub(super) struct Running {
    process: Child,
    /// The end of our own children: they end when it closes.
    input: Option<ChildStdin>,
    /// Files that it reads.
    _directory: Option<tempfile::TempDir>,
}

impl Running {
    pub(super) fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A child of ours ends in order when its input closes; another one is told.
        if self.input.take().is_none() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Starts the gate in front of `server`; `extra` are options of `lockgate-harness stand`.
pub(super) fn gate(
    server: SocketAddr,
    password: &str,
    extra: &[&str],
) -> Result<(Running, SocketAddr, Keys), HarnessError> {
    let address = server.to_string();
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["stand", "--server", &address])
        .args(extra)
        .env(stand::PASSWORD_VARIABLE, password);
    let (running, lines) = start(command, stand::GREETING_LINES)?;
    let keys = lines
        .iter()
        .filter_map(|line| line.strip_prefix("key ")?.split_once(' '));
    let keys = keys.map(|(name, key)| (name.to_owned(), key.to_owned()));
    Ok((running, listening(&lines)?, keys.collect()))
}

/// Starts the relay that only copies.
pub(super) fn copying(server: SocketAddr) -> Result<(Running, SocketAddr), HarnessError> {
    let address = server.to_string();
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["copying-relay", "--server", &address]);
    let (running, lines) = start(command, 1)?;
    Ok((running, listening(&lines)?))
}

/// Starts the server that lets idle sessions in by itself, in front of a real one.
pub(super) fn fake_upstream(server: SocketAddr) -> Result<(Running, SocketAddr), HarnessError> {
    let address = server.to_string();
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["fake-upstream", "--server", &address]);
    let (running, lines) = start(command, 1)?;
    Ok((running, listening(&lines)?))
}

/// Starts one of our own commands, which says where it listens.
fn start(mut command: Command, lines: usize) -> Result<(Running, Vec<String>), HarnessError> {
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (input, output) = (process.stdin.take(), process.stdout.take());
    let running = Running {
        process,
        input,
        _directory: None,
    };
    let output = output.ok_or(HarnessError::Greeting)?;
    let lines = BufReader::new(output).lines().take(lines);
    Ok((running, lines.collect::<Result<_, _>>()?))
}

fn listening(lines: &[String]) -> Result<SocketAddr, HarnessError> {
    lines
        .first()
        .and_then(|line| {
            let mut words = line.split(' ').skip(1);
            let address = words.next()?.parse().ok()?;
            Some(SocketAddr::new(address, words.next()?.parse().ok()?))
        })
        .ok_or(HarnessError::Greeting)
}

/// Where pgbouncer is, if it is.
pub(super) fn pgbouncer_binary() -> Option<PathBuf> {
    PGBOUNCER_PLACES
        .iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
}

/// Starts pgbouncer with session pooling. It knows the role's password, by which clients log in to
/// it and it to the server, both by SCRAM, as the gate does.
pub(super) fn pgbouncer(
    binary: &Path,
    server: &Server,
) -> Result<(Running, SocketAddr), HarnessError> {
    let directory = tempfile::tempdir()?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let config = directory.path().join("pgbouncer.ini");
    let users = directory.path().join("users.txt");
    let role = format!("\"{}\" \"{}\"\n", shop::ROLE, server.password);
    write_private(&users, &role)?;
    write_private(&config, &pgbouncer_config(address, server, &users))?;
    // With the parent's end comes SIGTERM, so that no process stays behind.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM"]);
    if fs::metadata(directory.path())?.uid() == 0 {
        for path in [directory.path(), &config, &users] {
            chown(path, Some(NOBODY), Some(NOBODY))?;
        }
        let account = NOBODY.to_string();
        command.args(["--reuid", &account, "--regid", &account, "--clear-groups"]);
    }
    let process = command
        .args([binary.as_os_str(), "-q".as_ref(), config.as_os_str()])
        .stdin(Stdio::null())
        .spawn()?;
    let running = Running {
        process,
        input: None,
        _directory: Some(directory),
    };
    Ok((running, address))
}

fn write_private(path: &Path, text: &str) -> Result<(), HarnessError> {
    let mut file = fs::File::create(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(file.write_all(text.as_bytes())?)
}

/// One server connection for each client, kept for the next one; no periodic statistics.
fn pgbouncer_config(address: SocketAddr, server: &Server, users: &Path) -> String {
    let upstream = server.cluster.address();
    format!(
        "[databases]\n{database} = host={host} port={port} dbname={database}\n\
         [pgbouncer]\nlisten_addr = {listen}\nlisten_port = {listen_port}\nunix_socket_dir =\n\
         auth_type = scram-sha-256\nauth_file = {users}\npool_mode = session\n\
         max_client_conn = 5000\ndefault_pool_size = 600\nlog_connections = 0\n\
         log_disconnections = 0\nlog_stats = 0\n",
        database = shop::PROD,
        host = upstream.ip(),
        port = upstream.port(),
        listen = address.ip(),
        listen_port = address.port(),
        users = users.display(),
    )
}

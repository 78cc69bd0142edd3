//! The server's process: started, waited for, ended.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::account::Account;
use super::{SUPERUSER, data};
use crate::ClusterError;

/// The certificate and the key in the cluster's directory.
pub(super) const CERTIFICATE_FILE: &str = "server.crt";
pub(super) const KEY_FILE: &str = "server.key";

/// A start takes a tenth of a second; a loaded machine may need a hundred times that.
const START_TIME: Duration = Duration::from_secs(60);

/// A fast shutdown waits for backends to roll back and for one checkpoint.
const STOP_TIME: Duration = Duration::from_secs(15);

/// How long one try to connect may take.
const PROBE_TIME: Duration = Duration::from_secs(2);

/// The pause between two looks at the server while it starts or ends.
const POLL: Duration = Duration::from_millis(5);

/// How much of the log an error shows.
const LOG_TAIL_LINES: usize = 12;

/// The longest path that the address of a Unix socket can hold on every system.
const SOCKET_PATH_MAX: usize = 100;

/// Starts the server so that it ends when we do, in whatever way we end: the pipe that is the
/// script's input closes with the last process that holds the other end, which is ours. Then the
/// reader asks the server, which is the script's own process after `exec`, for a fast shutdown.
const SUPERVISE: &str = r#"
exec 3<&0
(read -r line <&3; kill -INT $$) </dev/null >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-
"#;

/// SQLSTATE `cannot_connect_now`: the server starts up or shuts down.
const CANNOT_CONNECT_NOW: &[u8] = b"57P03";

/// How a server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// Sessions are ended and rolled back, then the data is brought in order.
    Fast,
    /// Everything ends at once, as in a crash; the next start recovers.
    Immediate,
}

/// Everything that a start needs.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) program: PathBuf,
    pub(super) account: Account,
    pub(super) directory: PathBuf,
    pub(super) address: SocketAddr,
    pub(super) settings: Vec<(String, String)>,
    pub(super) tls: bool,
}

impl Launch {
    pub(super) fn log(&self) -> PathBuf {
        self.directory.join("server.log")
    }

    fn command(&self, log: File) -> Result<Command, ClusterError> {
        let errors = log.try_clone().map_err(ClusterError::file(&self.log()))?;
        let mut command = self.account.command(Path::new("/bin/sh"));
        command
            .args(["-c", SUPERVISE, "sh"])
            .arg(&self.program)
            .arg("-D")
            .arg(data::path(&self.directory))
            .args(
                self.all_settings()
                    .iter()
                    .flat_map(|setting| ["-c", setting]),
            )
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(errors);
        // A Ctrl-C is for us: we end the server when we are done with it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Ok(command)
    }

    /// `name=value`, the caller's last, so that they win.
    fn all_settings(&self) -> Vec<String> {
        let mut settings: Vec<String> = [
            "fsync=off",
            "full_page_writes=off",
            "shared_buffers=16MB",
            "log_timezone=UTC",
            "timezone=UTC",
        ]
        .map(str::to_owned)
        .into();
        settings.push(format!("listen_addresses={}", self.address.ip()));
        settings.push(format!("port={}", self.address.port()));
        settings.push(format!(
            "unix_socket_directories={}",
            self.socket_directory()
        ));
        if self.tls {
            let file = |name| self.directory.join(name).display().to_string();
            settings.push("ssl=on".to_owned());
            settings.push(format!("ssl_cert_file={}", file(CERTIFICATE_FILE)));
            settings.push(format!("ssl_key_file={}", file(KEY_FILE)));
        }
        settings.extend(
            self.settings
                .iter()
                .map(|(name, value)| format!("{name}={value}")),
        );
        settings
    }

    /// The cluster's directory, or none where the socket's address would be too long.
    fn socket_directory(&self) -> String {
        let directory = self.directory.display().to_string();
        let socket = format!("{directory}/.s.PGSQL.{}", self.address.port());
        if socket.len() <= SOCKET_PATH_MAX {
            directory
        } else {
            String::new()
        }
    }

    fn log_tail(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines.len().saturating_sub(LOG_TAIL_LINES);
        lines.get(tail..).unwrap_or_default().join("\n")
    }
}

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Server {
    process: Child,
}

impl Server {
    /// Starts the server and returns when it takes logins.
    pub(super) fn start(launch: &Launch) -> Result<Server, ClusterError> {
        let log_path = launch.log();
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log_path)
            .map_err(ClusterError::file(&log_path))?;
        let process = launch
            .command(log)?
            .spawn()
            .map_err(|error| ClusterError::Spawn {
                program: launch.program.clone(),
                kind: error.kind(),
            })?;
        let mut server = Server { process };
        server.wait_until_ready(launch)?;
        Ok(server)
    }

    pub(super) fn process_id(&self) -> u32 {
        self.process.id()
    }

    fn wait_until_ready(&mut self, launch: &Launch) -> Result<(), ClusterError> {
        let deadline = Instant::now() + START_TIME;
        while Instant::now() < deadline {
            if takes_logins(launch.address) {
                return Ok(());
            }
            if self.has_ended() {
                return Err(ClusterError::Ended {
                    log: launch.log_tail(),
                });
            }
            thread::sleep(POLL);
        }
        Err(ClusterError::NotReady {
            after: START_TIME,
            log: launch.log_tail(),
        })
    }

    pub(super) fn stop(mut self, shutdown: Shutdown) -> Result<(), ClusterError> {
        self.end(shutdown)
    }

    /// Asks the server to end, then insists.
    fn end(&mut self, shutdown: Shutdown) -> Result<(), ClusterError> {
        if shutdown == Shutdown::Immediate {
            self.quit();
        }
        // Ends the supervisor's read, which asks for a fast shutdown. It comes before any wait:
        // as long as the process has not been waited for, its id is nobody else's.
        drop(self.process.stdin.take());
        if self.ended_within(STOP_TIME) {
            return Ok(());
        }
        self.quit();
        if !self.ended_within(STOP_TIME) {
            // Only errs if the process has ended meanwhile.
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
        Err(ClusterError::NotStopped { after: STOP_TIME })
    }

    /// Asks for an immediate shutdown. A failure shows as a server that does not end.
    fn quit(&self) {
        let process = self.process.id().to_string();
        let _ = Command::new("kill")
            .args(["-QUIT", &process])
            .stdin(Stdio::null())
            .status();
    }

    fn ended_within(&mut self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if self.has_ended() {
                return true;
            }
            thread::sleep(POLL);
        }
        false
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.process.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nobody is left to hear of an error. After `stop` the process is known to have ended.
        let _ = self.end(Shutdown::Fast);
    }
}

/// Whether the server at `address` answers a StartupMessage with anything but "not now".
///
/// Written out here, since a start must not need an async runtime (protocol: StartupMessage;
/// AuthenticationRequest `R`, ErrorResponse `E`).
fn takes_logins(address: SocketAddr) -> bool {
    first_answer(address).is_ok_and(|answer| match answer.first() {
        Some(b'R') => true,
        Some(b'E') => !answer
            .windows(CANNOT_CONNECT_NOW.len())
            .any(|at| at == CANNOT_CONNECT_NOW),
        Some(_) | None => false,
    })
}

fn first_answer(address: SocketAddr) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect_timeout(&address, PROBE_TIME)?;
    server.set_read_timeout(Some(PROBE_TIME))?;
    server.write_all(&startup_message())?;
    let mut answer = vec![0; 512];
    let length = server.read(&mut answer)?;
    answer.truncate(length);
    Ok(answer)
}

/// A StartupMessage of protocol 3.0 for the superuser.
fn startup_message() -> Vec<u8> {
    let body = format!("user\0{SUPERUSER}\0database\0{SUPERUSER}\0\0");
    // The length counts itself and the version; the body is far below 4 GiB.
    let length = u32::try_from(body.len())
        .unwrap_or(u32::MAX)
        .saturating_add(8);
    let version: u32 = 3 << 16;
    [
        &length.to_be_bytes()[..],
        &version.to_be_bytes(),
        body.as_bytes(),
    ]
    .concat()
}

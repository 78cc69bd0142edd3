//! A private cluster: its options, its life, and connections to it.

mod account;
pub(crate) mod data;
mod server;

use std::fs::Permissions;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use account::Account;
pub use server::Shutdown;
use server::{Launch, Server};
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::{ClusterError, PgBinaries};

/// The name of the superuser of every cluster.
pub const SUPERUSER: &str = "postgres";

/// How often another port is tried: the free port that the system named may be taken by somebody
/// else before the server binds it.
const PORT_ATTEMPTS: usize = 3;

/// What a cluster shall be like. The default is what most tests want.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The directory in which the cluster's own fresh directory is made; by default the system's
    /// directory for temporary files.
    pub parent: Option<PathBuf>,
    /// Whether `initdb` runs for this cluster.
    pub data: DataSource,
    /// Settings beyond ours, as in postgresql.conf, such as `("log_statement", "all")`.
    pub settings: Vec<(String, String)>,
    /// The server's certificate; without it the server speaks no TLS.
    pub tls: Option<ServerTls>,
    /// The text of pg_hba.conf; by default every role logs in by SCRAM from the loopback address.
    pub hba: Option<String>,
}

/// Where the files of a fresh cluster come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DataSource {
    /// A copy of a directory that `initdb` made once for this account and version, kept in the
    /// directory for temporary files. The superuser's password is that of the original.
    #[default]
    Cached,
    /// `initdb` runs, with a password of its own; nothing is left behind.
    Fresh,
}

/// A certificate and its key, as the server shall present them.
#[derive(Clone)]
pub struct ServerTls {
    /// The chain, leaf first, as PEM.
    pub certificate_pem: String,
    /// The private key as PEM.
    pub key_pem: String,
}

impl std::fmt::Debug for ServerTls {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

/// A running PostgreSQL of our own. Dropping it ends the server and removes its directory.
#[derive(Debug)]
pub struct Cluster {
    // INVARIANT: declared before `directory`, so that the server ends before its files go.
    server: Option<Server>,
    launch: Launch,
    password: String,
    directory: TempDir,
}

impl Cluster {
    /// Makes and starts a cluster, and returns when it takes logins.
    ///
    /// Started as root, the server runs as `nobody`, since PostgreSQL refuses to run as root.
    /// Blocks the thread for about half a second.
    ///
    /// # Errors
    /// Whatever keeps the cluster from being made or started; nothing is left running then.
    pub fn start(binaries: &PgBinaries, options: Options) -> Result<Cluster, ClusterError> {
        let directory = fresh_directory(options.parent.as_deref())?;
        let account = Account::for_server(directory.path())?;
        account.own(directory.path())?;
        let password = data::create(binaries, &account, options.data, directory.path())?;
        write_options(&account, directory.path(), &options)?;
        let mut launch = Launch {
            program: binaries.postgres(),
            account,
            directory: directory.path().to_path_buf(),
            address: free_address()?,
            settings: options.settings,
            tls: options.tls.is_some(),
        };
        let server = start_on_a_free_port(&mut launch)?;
        Ok(Cluster {
            server: Some(server),
            launch,
            password,
            directory,
        })
    }

    /// Where the server listens: a port of 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        self.launch.address
    }

    /// The password of [`SUPERUSER`].
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The directory of the cluster: data, log and socket.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The file to which the server logs.
    pub fn log(&self) -> PathBuf {
        self.launch.log()
    }

    /// The process id of the server, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.server.as_ref().map(Server::process_id)
    }

    /// Ends the server and keeps its data: what a database outage looks like.
    ///
    /// # Errors
    /// [`ClusterError::NotStopped`] if the server had to be killed.
    pub fn halt(&mut self, shutdown: Shutdown) -> Result<(), ClusterError> {
        match self.server.take() {
            Some(server) => server.stop(shutdown),
            None => Ok(()),
        }
    }

    /// Starts the server again on the same port, after [`Cluster::halt`].
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn resume(&mut self) -> Result<(), ClusterError> {
        if self.server.is_none() {
            self.server = Some(Server::start(&self.launch)?);
        }
        Ok(())
    }

    /// Ends the server and removes the directory, and says if that went wrong.
    ///
    /// # Errors
    /// [`ClusterError::NotStopped`] if the server had to be killed, [`ClusterError::File`] if the
    /// directory could not be removed.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.halt(Shutdown::Fast)?;
        let path = self.directory.path().to_path_buf();
        self.directory.close().map_err(ClusterError::file(&path))
    }

    /// Connects as the superuser. Needs a tokio runtime, in which the connection lives until the
    /// client is dropped.
    ///
    /// # Errors
    /// [`ClusterError::Sql`] with the server's words.
    pub async fn connect(&self, database: &str) -> Result<tokio_postgres::Client, ClusterError> {
        self.connect_as(SUPERUSER, &self.password, database).await
    }

    /// Connects as `role`, as [`Cluster::connect`] does.
    ///
    /// # Errors
    /// [`ClusterError::Sql`] with the server's words.
    pub async fn connect_as(
        &self,
        role: &str,
        password: &str,
        database: &str,
    ) -> Result<tokio_postgres::Client, ClusterError> {
        let (client, connection) = tokio_postgres::Config::new()
            .host(self.address().ip().to_string())
            .port(self.address().port())
            .user(role)
            .password(password)
            .dbname(database)
            .connect(NoTls)
            .await
            .map_err(ClusterError::sql("connecting to the cluster"))?;
        // Ends with the client; its errors are the client's errors too.
        tokio::spawn(connection);
        Ok(client)
    }
}

/// A directory that nobody else uses, below `parent` or where others may enter.
fn fresh_directory(parent: Option<&Path>) -> Result<TempDir, ClusterError> {
    let parent = match parent {
        Some(parent) => parent.to_path_buf(),
        None => account::reachable_temporary_directory(),
    };
    tempfile::Builder::new()
        .prefix("lockgate-pg-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(&parent)
        .map_err(ClusterError::file(&parent))
}

fn write_options(
    account: &Account,
    directory: &Path,
    options: &Options,
) -> Result<(), ClusterError> {
    if let Some(tls) = &options.tls {
        account.write(
            &directory.join(server::CERTIFICATE_FILE),
            &tls.certificate_pem,
        )?;
        account.write(&directory.join(server::KEY_FILE), &tls.key_pem)?;
    }
    if let Some(hba) = &options.hba {
        account.write(&data::path(directory).join("pg_hba.conf"), hba)?;
    }
    Ok(())
}

fn start_on_a_free_port(launch: &mut Launch) -> Result<Server, ClusterError> {
    let mut attempt = 1;
    loop {
        match Server::start(launch) {
            Err(ClusterError::Ended { log })
                if attempt < PORT_ATTEMPTS && log.contains("Address already in use") =>
            {
                attempt += 1;
                launch.address = free_address()?;
            }
            started => return started,
        }
    }
}

/// A loopback address whose port is free now.
fn free_address() -> Result<SocketAddr, ClusterError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(ClusterError::file(Path::new("127.0.0.1:0")))
}

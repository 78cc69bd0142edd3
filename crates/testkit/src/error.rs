//! What can go wrong between the binaries on the disk and a loaded database.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why there is no cluster, or no data in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// No directory holds PostgreSQL's server programs.
    #[error(
        "PostgreSQL's server programs `initdb` and `postgres` were not found in {}: {install}",
        join(.searched)
    )]
    NoBinaries {
        /// Where they were looked for, in order.
        searched: Vec<PathBuf>,
        /// What to run to have them.
        install: String,
    },
    /// A directory was named, and the programs are not in it.
    #[error("`{variable}` names `{directory}`, which has no `{program}`")]
    NotInNamedDirectory {
        /// The environment variable.
        variable: &'static str,
        /// Its value.
        directory: PathBuf,
        /// The program that is missing.
        program: &'static str,
    },
    /// We run as root, as which PostgreSQL refuses to run, and know no other account.
    #[error("PostgreSQL does not run as root, and /etc/passwd names no unprivileged account")]
    NoAccount,
    /// The account that PostgreSQL would run as cannot reach the directory of the cluster.
    #[error("`{directory}` cannot be reached by an unprivileged account")]
    OutOfReach {
        /// The directory, or the one above it, that others may not enter.
        directory: PathBuf,
    },
    /// A file or directory could not be read, written or handed over.
    #[error("`{path}`: {kind}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// A program could not be started at all.
    #[error("`{program}` cannot be started: {kind}")]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// `initdb` ended with an error.
    #[error("`initdb` failed: {output}")]
    Initdb {
        /// What it printed.
        output: String,
    },
    /// The server ended before it was ready.
    #[error("the server ended while it started: {log}")]
    Ended {
        /// The end of the server's log.
        log: String,
    },
    /// The server did not become ready in time.
    #[error("the server was not ready after {} s: {log}", .after.as_secs())]
    NotReady {
        /// How long it was given.
        after: Duration,
        /// The end of the server's log.
        log: String,
    },
    /// The server did not end in time and had to be killed.
    #[error("the server did not end in {} s", .after.as_secs())]
    NotStopped {
        /// How long it was given.
        after: Duration,
    },
    /// The server refused a connection or a statement.
    #[error("{action}: {message}")]
    Sql {
        /// What was being done.
        action: &'static str,
        /// The server's or driver's words.
        message: String,
    },
}

impl ClusterError {
    /// An I/O error of the file at `path`.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> ClusterError {
        let path = path.to_path_buf();
        move |error| ClusterError::File {
            path,
            kind: error.kind(),
        }
    }

    /// A driver's error while doing `action`, with what the server said of it.
    pub(crate) fn sql(action: &'static str) -> impl FnOnce(tokio_postgres::Error) -> ClusterError {
        move |error| ClusterError::Sql {
            action,
            message: error
                .as_db_error()
                .map_or_else(|| error.to_string(), ToString::to_string),
        }
    }
}

fn join(paths: &[PathBuf]) -> String {
    let shown: Vec<_> = paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    if shown.is_empty() {
        "any directory".to_owned()
    } else {
        shown.join(", ")
    }
}

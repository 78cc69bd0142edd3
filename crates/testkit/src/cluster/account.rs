//! The account that the server runs as: ours, or an unprivileged one when we are root.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ClusterError;

/// The account that has least to lose, tried first.
const PREFERRED: &str = "nobody";

/// Where an unprivileged account can usually enter, after `TMPDIR`.
const TEMPORARY_DIRECTORIES: [&str; 2] = ["/tmp", "/var/tmp"];

/// Who owns the cluster's files and runs its programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Account {
    /// The account that runs us.
    Ours,
    /// Another, since we are root.
    Unprivileged(Ids),
}

/// The numbers by which the kernel knows an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ids {
    user: u32,
    group: u32,
}

impl Account {
    /// The account for a server whose files are in `directory`, which we have just made.
    pub(super) fn for_server(directory: &Path) -> Result<Account, ClusterError> {
        // The owner of a directory of our own making is the user that we act as.
        let owner = fs::metadata(directory)
            .map_err(ClusterError::file(directory))?
            .uid();
        if owner != 0 {
            return Ok(Account::Ours);
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let ids = unprivileged(&passwd).ok_or(ClusterError::NoAccount)?;
        match directory
            .ancestors()
            .skip(1)
            .find(|above| !enterable_by_all(above))
        {
            None => Ok(Account::Unprivileged(ids)),
            Some(closed) => Err(ClusterError::OutOfReach {
                directory: closed.to_path_buf(),
            }),
        }
    }

    /// Hands the file or directory at `path` over to the account.
    pub(super) fn own(&self, path: &Path) -> Result<(), ClusterError> {
        match self {
            Account::Ours => Ok(()),
            Account::Unprivileged(ids) => {
                chown(path, Some(ids.user), Some(ids.group)).map_err(ClusterError::file(path))
            }
        }
    }

    /// Writes a file that only the account may read.
    pub(super) fn write(&self, path: &Path, text: &str) -> Result<(), ClusterError> {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(ClusterError::file(path))?;
        self.own(path)
    }

    /// Makes a directory that only the account may enter.
    pub(super) fn make_directory(&self, path: &Path) -> Result<(), ClusterError> {
        DirBuilder::new()
            .mode(0o700)
            .create(path)
            .map_err(ClusterError::file(path))?;
        self.own(path)
    }

    /// Copies the files and directories in `from` to the new directory `to`.
    pub(super) fn copy(&self, from: &Path, to: &Path) -> Result<(), ClusterError> {
        self.make_directory(to)?;
        for entry in fs::read_dir(from).map_err(ClusterError::file(from))? {
            let entry = entry.map_err(ClusterError::file(from))?;
            let target = to.join(entry.file_name());
            if entry
                .file_type()
                .map_err(ClusterError::file(from))?
                .is_dir()
            {
                self.copy(&entry.path(), &target)?;
            } else {
                fs::copy(entry.path(), &target).map_err(ClusterError::file(&target))?;
                self.own(&target)?;
            }
        }
        Ok(())
    }

    /// A command that runs as the account, away from our terminal, our input and the settings
    /// that our environment holds for PostgreSQL's programs.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        command
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::null());
        if let Account::Unprivileged(ids) = self {
            command.uid(ids.user).gid(ids.group);
        }
        command
    }
}

/// The first directory for temporary files that every account may enter; else the system's.
pub(super) fn reachable_temporary_directory() -> PathBuf {
    let system = std::env::temp_dir();
    std::iter::once(system.clone())
        .chain(TEMPORARY_DIRECTORIES.map(PathBuf::from))
        .find(|directory| directory.ancestors().all(enterable_by_all))
        .unwrap_or(system)
}

fn enterable_by_all(directory: &Path) -> bool {
    directory.as_os_str().is_empty()
        || fs::metadata(directory).is_ok_and(|found| found.permissions().mode() & 0o001 != 0)
}

/// The ids of `nobody`, else of the first account in `passwd` that is not root's.
fn unprivileged(passwd: &str) -> Option<Ids> {
    let accounts: Vec<(&str, Ids)> = passwd.lines().filter_map(account_of).collect();
    accounts
        .iter()
        .find(|(name, _)| *name == PREFERRED)
        .or_else(|| accounts.first())
        .map(|(_, ids)| *ids)
}

/// Name and ids in a line such as `nobody:x:65534:65534:…`; `None` for those with a zero.
fn account_of(line: &str) -> Option<(&str, Ids)> {
    let mut fields = line.split(':');
    let name = fields.next()?;
    let user = fields.nth(1)?.parse().ok().filter(|id| *id != 0)?;
    let group = fields.next()?.parse().ok().filter(|id| *id != 0)?;
    Some((name, Ids { user, group }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unprivileged_account_is_never_root() {
        let cases = [
            (
                "root:x:0:0::/:/bin/sh\nnobody:x:65534:65533::/:/bin/false",
                Some((65534, 65533)),
            ),
            (
                "root:x:0:0::/:/bin/sh\ndaemon:x:1:2::/:/bin/false",
                Some((1, 2)),
            ),
            ("a:x:7:8::/:\nnobody:x:99:99::/:", Some((99, 99))),
            ("toor:x:0:5::/:\nwheel:x:5:0::/:\nodd:x:-2:-2::/:", None),
            ("", None),
        ];
        for (passwd, expected) in cases {
            let found = unprivileged(passwd).map(|ids| (ids.user, ids.group));
            assert_eq!(found, expected, "{passwd}");
        }
    }
}

//! The files of a fresh cluster: made by `initdb`, or copied from what it made before.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::account::{self, Account};
use super::{DataSource, SUPERUSER};
use crate::{ClusterError, PgBinaries};

/// Raised when what `initdb` is asked for changes, so that no older copy is used.
const TEMPLATE_FORMAT: u32 = 1;

/// The locales that know Unicode without being anybody's, in order of preference. Not every
/// system has the first.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// In a template beside `data`: the superuser's password.
const PASSWORD_FILE: &str = "password";

/// The directory of the data in a cluster's directory.
pub(super) fn path(directory: &Path) -> PathBuf {
    directory.join("data")
}

/// Makes the data in `directory`, which belongs to `account`; returns the superuser's password.
pub(super) fn create(
    binaries: &PgBinaries,
    account: &Account,
    source: DataSource,
    directory: &Path,
) -> Result<String, ClusterError> {
    match source {
        DataSource::Fresh => initialise(binaries, account, directory),
        DataSource::Cached => copy_template(binaries, account, directory),
    }
}

fn copy_template(
    binaries: &PgBinaries,
    account: &Account,
    directory: &Path,
) -> Result<String, ClusterError> {
    let template = template(binaries, account)?;
    // Directories for temporary files are swept: what has been damaged there is not used.
    let Ok(password) = fs::read_to_string(template.join(PASSWORD_FILE)) else {
        return initialise(binaries, account, directory);
    };
    account.copy(&path(&template), &path(directory))?;
    Ok(password)
}

/// 192 random bits as hexadecimal digits, from the system's generator.
///
/// # Errors
/// [`ClusterError::File`] if the system has none.
pub(crate) fn random_password() -> Result<String, ClusterError> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0; 24];
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(ClusterError::file(source))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn initialise(
    binaries: &PgBinaries,
    account: &Account,
    directory: &Path,
) -> Result<String, ClusterError> {
    let password = random_password()?;
    let password_file = directory.join("initial-password");
    account.write(&password_file, &password)?;
    let outcome = initdb_in_some_locale(binaries, account, directory, &password_file);
    fs::remove_file(&password_file).map_err(ClusterError::file(&password_file))?;
    outcome.map(|()| password)
}

fn initdb_in_some_locale(
    binaries: &PgBinaries,
    account: &Account,
    directory: &Path,
    password_file: &Path,
) -> Result<(), ClusterError> {
    let [preferred, always_there] = LOCALES;
    // A failed `initdb` removes what it began, so that the next locale can be tried.
    initdb(binaries, account, directory, password_file, preferred)
        .or_else(|_| initdb(binaries, account, directory, password_file, always_there))
}

fn initdb(
    binaries: &PgBinaries,
    account: &Account,
    directory: &Path,
    password_file: &Path,
    locale: &str,
) -> Result<(), ClusterError> {
    let program = binaries.initdb();
    let output = account
        .command(&program)
        .arg("--pgdata")
        .arg(path(directory))
        .arg("--pwfile")
        .arg(password_file)
        .args(["--username", SUPERUSER, "--auth", "scram-sha-256"])
        .args(["--encoding", "UTF8", "--locale", locale, "--no-sync"])
        // Small segments: less to write and to copy.
        .args(["--wal-segsize", "1"])
        .output()
        .map_err(|error| ClusterError::Spawn {
            program,
            kind: error.kind(),
        })?;
    if output.status.success() {
        return Ok(());
    }
    let words = [output.stdout, output.stderr].concat();
    Err(ClusterError::Initdb {
        output: String::from_utf8_lossy(&words).trim().to_owned(),
    })
}

/// The template of this version and account, made now if there is none.
///
/// Several processes may make it at once: each makes its own, and the first to rename it to its
/// final name wins.
fn template(binaries: &PgBinaries, account: &Account) -> Result<PathBuf, ClusterError> {
    let user = our_user()?;
    let root = template_root(user)?;
    let finished = root.join(template_name(&binaries.version()?, account));
    if finished.is_dir() {
        return Ok(finished);
    }
    let building = build_template(binaries, account, &root)?;
    // From here on only we can read it, whoever owns the files within.
    chown(building.path(), Some(user), None).map_err(ClusterError::file(building.path()))?;
    match fs::rename(building.path(), &finished) {
        Ok(()) => Ok(finished),
        // Somebody else was faster; ours is removed when `building` is dropped.
        Err(_) if finished.is_dir() => Ok(finished),
        Err(error) => Err(ClusterError::file(&finished)(error)),
    }
}

fn build_template(
    binaries: &PgBinaries,
    account: &Account,
    root: &Path,
) -> Result<TempDir, ClusterError> {
    let building = tempfile::Builder::new()
        .prefix("building-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(root)
        .map_err(ClusterError::file(root))?;
    account.own(building.path())?;
    let password = initialise(binaries, account, building.path())?;
    Account::Ours.write(&building.path().join(PASSWORD_FILE), &password)?;
    Ok(building)
}

/// The directory of the templates. It must be ours, since whoever can write in it decides which
/// password the clusters have.
fn template_root(user: u32) -> Result<PathBuf, ClusterError> {
    let root = account::reachable_temporary_directory().join(format!("lockgate-testkit-{user}"));
    match DirBuilder::new().create(&root) {
        // Others may pass, since `initdb` may run as another, but see nothing.
        Ok(()) => fs::set_permissions(&root, Permissions::from_mode(0o711))
            .map_err(ClusterError::file(&root))?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(ClusterError::file(&root)(error)),
    }
    let found = fs::symlink_metadata(&root).map_err(ClusterError::file(&root))?;
    if found.is_dir() && found.uid() == user && found.mode() & 0o022 == 0 {
        Ok(root)
    } else {
        Err(ClusterError::File {
            path: root,
            kind: std::io::ErrorKind::PermissionDenied,
        })
    }
}

fn template_name(version: &str, account: &Account) -> String {
    let version: String = version
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    let owner = match account {
        Account::Ours => "ours",
        Account::Unprivileged(_) => "unprivileged",
    };
    format!("{version}-{owner}-{TEMPLATE_FORMAT}")
}

/// The user that we act as: the owner of what we make.
fn our_user() -> Result<u32, ClusterError> {
    tempfile::tempfile()
        .and_then(|file| file.metadata())
        .map(|found| found.uid())
        .map_err(ClusterError::file(&std::env::temp_dir()))
}

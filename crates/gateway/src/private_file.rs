//! The state directory and its files, which only we may read.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::error::GatewayError;

/// Read and write for the owner alone.
const MODE: u32 = 0o600;

/// The same for a directory.
const DIRECTORY_MODE: u32 = 0o700;

/// Makes a directory, with those above it, that only we may enter. One that is there already stays
/// as it is: who made it has decided.
///
/// # Errors
/// [`GatewayError::File`].
pub(crate) fn directory(path: &Path) -> Result<(), GatewayError> {
    let made = DirBuilder::new()
        .recursive(true)
        .mode(DIRECTORY_MODE)
        .create(path);
    made.map_err(|error| failed(path, &error))
}

/// The content of `path`, or `None` if there is no such file. Takes away what others may do with
/// it, should somebody have given it.
///
/// # Errors
/// [`GatewayError::File`].
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, GatewayError> {
    let content = match fs::read(path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, &error)),
    };
    fs::set_permissions(path, fs::Permissions::from_mode(MODE))
        .map_err(|error| failed(path, &error))?;
    Ok(Some(content))
}

/// Writes `path` whole or not at all: under another name first, synced, then renamed.
///
/// # Errors
/// [`GatewayError::File`].
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), GatewayError> {
    let draft = path.with_extension("new");
    write_synced(&draft, content).map_err(|error| failed(&draft, &error))?;
    fs::rename(&draft, path).map_err(|error| failed(path, &error))
}

fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    // A leftover of a crash; made anew, so that its mode is ours.
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// `LEN` random bytes that are kept in `path`: made at the first start, the same ever after.
///
/// # Errors
/// [`GatewayError::File`], also when the file has another size ([`io::ErrorKind::InvalidData`]);
/// [`GatewayError::Randomness`].
pub(crate) fn seed<const LEN: usize>(path: &Path) -> Result<[u8; LEN], GatewayError> {
    if let Some(content) = read(path)? {
        return content.try_into().map_err(|_| GatewayError::File {
            path: path.to_owned(),
            kind: io::ErrorKind::InvalidData,
        });
    }
    let mut seed = [0; LEN];
    aws_lc_rs::rand::fill(&mut seed).map_err(|_| GatewayError::Randomness)?;
    write(path, &seed)?;
    Ok(seed)
}

fn failed(path: &Path, error: &io::Error) -> GatewayError {
    GatewayError::File {
        path: path.to_owned(),
        kind: error.kind(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn seeds_are_kept_and_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seed");
        let first: [u8; 32] = seed(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(seed::<32>(&path).unwrap(), first);
        assert_eq!(mode(&path), 0o600);
        assert_ne!(first, [0; 32]);
        // A file of the wrong size is not quietly replaced.
        let expected = GatewayError::File {
            path: path.clone(),
            kind: io::ErrorKind::InvalidData,
        };
        assert_eq!(seed::<16>(&path), Err(expected));
    }

    #[test]
    fn directories_are_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state/inner");
        super::directory(&path).unwrap();
        super::directory(&path).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o700, 0o700));
    }

    #[test]
    fn a_leftover_of_a_crash_does_not_hinder() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file.pem");
        fs::write(directory.path().join("file.new"), "half").unwrap();
        write(&path, b"whole").unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), b"whole");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}

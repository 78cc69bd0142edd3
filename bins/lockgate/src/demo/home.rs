//! Where the demo keeps its files.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::configuration::MARK;
use crate::failure::CommandError;

/// Name of the configuration.
const CONFIG_FILE: &str = "lockgate.toml";

/// The state directory: one that goes away with this value, or one that was named and stays.
pub(super) struct Home {
    path: PathBuf,
    temporary: Option<TempDir>,
}

impl Home {
    /// The directory `named`, made if need be, or a temporary one.
    ///
    /// # Errors
    /// [`CommandError::Foreign`] when it holds a configuration that the demo did not write,
    /// [`CommandError::File`].
    pub(super) fn new(named: Option<&Path>) -> Result<Self, CommandError> {
        let Some(path) = named else {
            let parent = std::env::temp_dir();
            let made = tempfile::Builder::new()
                .prefix("lockgate-demo-")
                .tempdir_in(&parent);
            let temporary = made.map_err(CommandError::file(&parent))?;
            return Ok(Home {
                path: temporary.path().to_path_buf(),
                temporary: Some(temporary),
            });
        };
        // Only for us: it will hold keys.
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(CommandError::file(path))?;
        let home = Home {
            path: path.to_path_buf(),
            temporary: None,
        };
        home.is_ours()?;
        Ok(home)
    }

    fn is_ours(&self) -> Result<(), CommandError> {
        let path = self.config();
        match fs::read(&path) {
            Ok(text) if text.starts_with(MARK.as_bytes()) => Ok(()),
            Ok(_) => Err(CommandError::Foreign(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(CommandError::file(&path)(error)),
        }
    }

    /// The directory.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it stays when the demo ends.
    pub(super) fn stays(&self) -> bool {
        self.temporary.is_none()
    }

    /// The configuration in it.
    pub(super) fn config(&self) -> PathBuf {
        self.path.join(CONFIG_FILE)
    }

    /// Writes a file that only we may read; one of that name is replaced.
    ///
    /// # Errors
    /// [`CommandError::File`].
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), CommandError> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(CommandError::file(&path)(error));
            }
            Ok(()) | Err(_) => {}
        }
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path);
        let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(CommandError::file(&path))
    }

    /// Writes the configuration.
    ///
    /// # Errors
    /// [`CommandError::File`].
    pub(super) fn write_config(&self, text: &str) -> Result<(), CommandError> {
        self.write(CONFIG_FILE, text)
    }

    /// Removes the directory if it is temporary, and says if that went wrong.
    ///
    /// # Errors
    /// [`CommandError::File`].
    pub(super) fn leave(self) -> Result<(), CommandError> {
        match self.temporary {
            Some(temporary) => temporary.close().map_err(CommandError::file(&self.path)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_with_a_configuration_of_somebody_else_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::new(Some(directory.path())).unwrap();
        home.write_config(&format!("{MARK} once")).unwrap();
        assert!(Home::new(Some(directory.path())).is_ok());
        home.write_config("state_dir = \"/var/lib/lockgate\"")
            .unwrap();
        assert!(matches!(
            Home::new(Some(directory.path())),
            Err(CommandError::Foreign(_))
        ));
    }

    #[test]
    fn a_temporary_directory_goes_away() {
        let home = Home::new(None).unwrap();
        home.write("secret", "x").unwrap();
        let path = home.path().to_path_buf();
        home.leave().unwrap();
        assert!(!path.exists());
    }
}

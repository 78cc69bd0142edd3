//! What surrounds the configuration file: other files, and the environment.

use crate::document::{At, Section};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Largest file that is read: policies and secrets are far below.
const MAX_FILE_LEN: u64 = 4 << 20;

/// Where relative paths begin, and the environment.
pub(crate) struct Surroundings<'a> {
    pub(crate) base: &'a Path,
    pub(crate) env: &'a dyn Fn(&str) -> Option<String>,
}

impl Surroundings<'_> {
    /// The path, relative to the configuration file.
    pub(crate) fn path(&self, text: &str) -> PathBuf {
        self.base.join(text)
    }

    /// The path under a key that must be there and name a file that can be read.
    pub(crate) fn file(
        &self,
        section: &Section<'_, '_>,
        key: &'static str,
        help: &str,
    ) -> Option<PathBuf> {
        self.readable(section, key, section.required(key, help)?)
    }

    /// The same for a file that nobody else should read.
    pub(crate) fn secret_file(
        &self,
        section: &Section<'_, '_>,
        key: &'static str,
    ) -> Option<PathBuf> {
        let text = section.required(key, "name a PEM file")?;
        let path = self.readable(section, key, text)?;
        warn_if_shared(section, text.line, &path);
        Some(path)
    }

    /// A path that need not be there, but if it is, must name a file that can be read. `None`: there,
    /// but wrong.
    pub(crate) fn optional_file(
        &self,
        section: &Section<'_, '_>,
        key: &'static str,
    ) -> Option<Option<PathBuf>> {
        match section.text_or_nothing(key)? {
            None => Some(None),
            Some(text) => self.readable(section, key, text).map(Some),
        }
    }

    pub(crate) fn readable(
        &self,
        section: &Section<'_, '_>,
        key: &str,
        text: At<&str>,
    ) -> Option<PathBuf> {
        let path = self.path(text.value);
        match fs::File::open(&path).and_then(|file| file.metadata()) {
            Ok(metadata) if metadata.is_file() => Some(path),
            Ok(_) => {
                let message = format!(
                    "`{}`: `{}` is not a file",
                    section.path(key),
                    path.display()
                );
                section.mistake(text.line, message, "name a file");
                None
            }
            Err(error) => {
                unreadable(
                    section,
                    key,
                    At {
                        value: &path,
                        line: text.line,
                    },
                    &error,
                );
                None
            }
        }
    }
}

/// Says that a file cannot be read, and what to do.
pub(crate) fn unreadable(section: &Section<'_, '_>, key: &str, path: At<&Path>, error: &io::Error) {
    let message = format!(
        "`{}`: cannot read `{}`: {}",
        section.path(key),
        path.value.display(),
        word(error)
    );
    let help = match error.kind() {
        io::ErrorKind::NotFound => "paths are relative to the configuration file",
        io::ErrorKind::PermissionDenied => "let the user that runs the proxy read it",
        _ => "name a file of text",
    };
    section.mistake(path.line, message, help);
}

/// The operating system's words, without its numbers.
pub(crate) fn word(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
        _ => error.to_string(),
    }
}

/// Reads a text file of bounded length.
pub(crate) fn text(path: &Path) -> io::Result<String> {
    use io::Read;
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(MAX_FILE_LEN + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_LEN {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is larger than 4 MiB",
        ));
    }
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Warns when every user of the machine can read a file that holds a secret.
pub(crate) fn warn_if_shared(section: &Section<'_, '_>, line: usize, path: &Path) {
    if is_shared(path) {
        let message = format!(
            "`{}` holds a secret and every user can read it",
            path.display()
        );
        section
            .report
            .warning(line, message, format!("run `chmod 600 {}`", path.display()));
    }
}

#[cfg(unix)]
fn is_shared(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_shared(_path: &Path) -> bool {
    false
}

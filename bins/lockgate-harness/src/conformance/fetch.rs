//! Fetches what the suites are made of: sources and headers by apt, Python packages by pip. Nothing
//! of it is kept in the repository, and the machine's own settings of apt are not touched.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tool;
use crate::HarnessError;

/// The major version whose suites are run; the list of expected differences is made for it.
pub(crate) const MAJOR: &str = "15";

/// The work directory and what lies in it.
#[derive(Debug)]
pub(crate) struct Work {
    root: PathBuf,
}

impl Work {
    /// Makes the directory. The server's account, which is not ours when we are root, must be able
    /// to read the suite's files.
    pub(crate) fn open(root: PathBuf) -> Result<Self, HarnessError> {
        fs::create_dir_all(&root)?;
        fs::set_permissions(&root, fs::Permissions::from_mode(0o755))?;
        Ok(Self { root })
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// A fresh directory for what a run leaves behind, in which the server may write too.
    pub(crate) fn results(&self, name: &str) -> Result<PathBuf, HarnessError> {
        let path = self.path(name);
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777))?;
        Ok(path)
    }

    /// The unpacked sources of PostgreSQL.
    pub(crate) fn sources(&self) -> Result<PathBuf, HarnessError> {
        let finished = self.path("source");
        if finished.is_dir() {
            return Ok(finished);
        }
        let downloads = self.downloads()?;
        tool::output(
            self.apt("apt-get")
                .args(["-qq", "source", "--download-only"])
                .arg(format!("postgresql-{MAJOR}"))
                .current_dir(&downloads),
        )?;
        let archive = downloaded(&downloads, ".orig.tar.bz2")?;
        let building = self.path("source.part");
        fs::create_dir_all(&building)?;
        tool::output(
            Command::new("tar")
                .args(["--extract", "--strip-components=1", "--no-same-owner"])
                .arg("--file")
                .arg(archive)
                .arg("--directory")
                .arg(&building),
        )?;
        fs::rename(&building, &finished)?;
        readable_by_all(&finished)?;
        Ok(finished)
    }

    /// The root of the unpacked packages of headers and static libraries.
    pub(crate) fn headers(&self) -> Result<PathBuf, HarnessError> {
        let finished = self.path("headers");
        if finished.is_dir() {
            return Ok(finished);
        }
        let downloads = self.downloads()?;
        let building = self.path("headers.part");
        for package in [&*format!("postgresql-server-dev-{MAJOR}"), "libpq-dev"] {
            tool::output(
                self.apt("apt-get")
                    .args(["-qq", "download", package])
                    .current_dir(&downloads),
            )?;
            let archive = downloaded(&downloads, &format!("{package}_"))?;
            tool::output(
                Command::new("dpkg-deb")
                    .arg("--extract")
                    .arg(archive)
                    .arg(&building),
            )?;
        }
        fs::rename(&building, &finished)?;
        Ok(finished)
    }

    fn downloads(&self) -> Result<PathBuf, HarnessError> {
        self.refresh_lists()?;
        let downloads = self.path("downloads");
        fs::create_dir_all(&downloads)?;
        Ok(downloads)
    }

    /// Lists of packages with sources, beside the machine's own.
    fn refresh_lists(&self) -> Result<(), HarnessError> {
        let done = self.path("apt/done");
        if done.exists() {
            return Ok(());
        }
        fs::create_dir_all(self.path("apt/lists/partial"))?;
        fs::create_dir_all(self.path("apt/cache/archives/partial"))?;
        fs::create_dir_all(self.path("apt/sources"))?;
        fs::write(self.path("apt/sources/all.sources"), deb_sources()?)?;
        tool::output(self.apt("apt-get").args(["-qq", "update"]))?;
        fs::write(done, "")?;
        Ok(())
    }

    /// A program of apt that works in our directory only.
    fn apt(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (option, below) in [
            ("Dir::Etc::SourceParts", "apt/sources"),
            ("Dir::State::Lists", "apt/lists"),
            ("Dir::Cache", "apt/cache"),
        ] {
            command
                .arg("-o")
                .arg(format!("{option}={}", self.path(below).display()));
        }
        command.args([
            "-o",
            "Dir::Etc::SourceList=/dev/null",
            "-o",
            "APT::Sandbox::User=root",
        ]);
        command
    }
}

/// The machine's own archive, with its sources, and of it the release only: what mirrors hold of
/// other suites comes and goes.
fn deb_sources() -> Result<String, HarnessError> {
    let list = debian_file("/etc/apt/sources.list.d/debian.sources")?;
    let release = debian_file("/etc/os-release")?;
    let value = |text: &str, name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name))
            .map(|value| value.trim().trim_matches('"').to_owned())
            .unwrap_or_default()
    };
    Ok(format!(
        "Types: deb deb-src\nURIs: {}\nSuites: {}\nComponents: main\n\
         Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
        value(&list, "URIs:"),
        value(&release, "VERSION_CODENAME=")
    ))
}

fn debian_file(path: &str) -> Result<String, HarnessError> {
    fs::read_to_string(path).map_err(|error| HarnessError::Tool {
        program: "apt-get".to_owned(),
        reason: format!("{path}: {error}; the suites are fetched on Debian only"),
    })
}

/// The downloaded file whose name holds `part`.
fn downloaded(directory: &Path, part: &str) -> Result<PathBuf, HarnessError> {
    let found = fs::read_dir(directory)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().contains(part))
        });
    found.ok_or_else(|| HarnessError::Tool {
        program: "apt-get".to_owned(),
        reason: format!("downloaded no file called `…{part}…`"),
    })
}

/// Lets every account read what is below `path`.
pub(crate) fn readable_by_all(path: &Path) -> Result<(), HarnessError> {
    tool::output(Command::new("chmod").args(["-R", "a+rX"]).arg(path)).map(drop)
}

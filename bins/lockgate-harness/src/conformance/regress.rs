//! PostgreSQL's own regression suite.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::fetch::{MAJOR, Work, readable_by_all};
use super::outcome::{Results, Status};
use super::site::{DATABASE, Target, USER};
use super::tool;
use crate::HarnessError;

/// Tests of one group that run at once: more keep two cores no busier.
const CONNECTIONS: usize = 4;

/// A direct run takes a minute; one that waits for ever must end.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// Makes the tables and functions that the other tests use.
const SETUP: &str = "test_setup";

/// The suite, fetched and built.
pub(crate) struct Suite {
    source: PathBuf,
    library: PathBuf,
}

impl Suite {
    pub(crate) fn prepare(work: &Work) -> Result<Self, HarnessError> {
        let source = work.sources()?.join("src/test/regress");
        let library = work.path("regress-library");
        let module = library.join("regress.so");
        if !module.exists() {
            build(work, &source, &library)?;
        }
        Ok(Self { source, library })
    }

    /// Runs the named tests one after another, or the whole schedule.
    pub(crate) fn run(
        &self,
        target: &Target,
        out: &Path,
        only: &[String],
    ) -> Result<Results, HarnessError> {
        for directory in ["results", "testtablespace", "sql", "expected"] {
            fs::create_dir(out.join(directory))?;
        }
        tool::output(Command::new("chmod").args(["-R", "777"]).arg(out))?;
        let schedule = out.join("schedule");
        fs::write(&schedule, self.schedule(only)?)?;
        let mut command = Command::new(program("lib/pgxs/src/test/regress/pg_regress"));
        command
            .arg("--use-existing")
            .arg(format!("--host={}", target.address.ip()))
            .arg(format!("--port={}", target.address.port()))
            .arg(format!("--user={USER}"))
            .arg(format!("--dbname={DATABASE}"))
            .arg(format!("--inputdir={}", self.source.display()))
            .arg(format!("--outputdir={}", out.display()))
            .arg(format!("--dlpath={}", self.library.display()))
            .arg(format!("--bindir={}", program("bin").display()))
            .arg("--max-concurrent-tests=20")
            .arg(format!("--max-connections={CONNECTIONS}"))
            .arg(format!("--schedule={}", schedule.display()));
        let log = out.join("log");
        tool::timed(tool::connect_to(&mut command, target), &log, LIMIT)?;
        let results = read_results(&fs::read_to_string(&log)?);
        if results.is_empty() {
            return Err(tool::failed(
                &command,
                tool::tail(&fs::read_to_string(&log)?),
            ));
        }
        Ok(results)
    }

    fn schedule(&self, only: &[String]) -> Result<String, HarnessError> {
        if only.is_empty() {
            return Ok(fs::read_to_string(self.source.join("parallel_schedule"))?);
        }
        let others = only
            .iter()
            .map(String::as_str)
            .filter(|test| *test != SETUP);
        Ok(std::iter::once(SETUP)
            .chain(others)
            .map(|test| format!("test: {test}\n"))
            .collect())
    }
}

/// The C functions that the tests load, and two modules of the server's package beside them.
fn build(work: &Work, source: &Path, library: &Path) -> Result<(), HarnessError> {
    let headers = work.headers()?.join("usr/include/postgresql");
    fs::create_dir_all(library)?;
    for module in ["refint.so", "autoinc.so"] {
        fs::copy(program("lib").join(module), library.join(module))?;
    }
    tool::output(
        Command::new("gcc")
            .args(["-O1", "-fPIC", "-shared", "-DDLSUFFIX=\".so\""])
            .arg("-I")
            .arg(headers.join(MAJOR).join("server"))
            .arg("-I")
            .arg(&headers)
            .arg("-o")
            .arg(library.join("regress.so"))
            .arg(source.join("regress.c")),
    )?;
    readable_by_all(library)
}

/// A file or directory of the server's package.
fn program(below: &str) -> PathBuf {
    Path::new("/usr/lib/postgresql").join(MAJOR).join(below)
}

/// Reads lines such as `test boolean ... ok 12 ms` and `     char ... FAILED 3 ms`.
fn read_results(log: &str) -> Results {
    log.lines()
        .filter_map(|line| {
            let (name, verdict) = line.split_once(" ... ")?;
            let name = name.split_whitespace().last()?;
            let verdict = verdict.trim_start();
            let status = if verdict.starts_with("ok") {
                Status::Pass
            } else {
                Status::Fail
            };
            Some((name.to_owned(), status))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_read() {
        let log = "(using postmaster on 127.0.0.1, port 1)\n\
                   test test_setup                   ... ok          371 ms\n\
                   parallel group (2 tests):  char boolean\n\
                   \x20    boolean                      ... ok           98 ms\n\
                   \x20    char                         ... FAILED       41 ms\n\
                   test tablespace                   ... FAILED (test process exited with exit code 2)       10 ms\n";
        let results = read_results(log);
        let failed: Vec<_> = results
            .iter()
            .filter(|(_, status)| **status == Status::Fail)
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(results.len(), 4);
        assert_eq!(failed, ["char", "tablespace"]);
    }
}

//! The suite of asyncpg, a driver of Python that uses the extended protocol in binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::fetch::Work;
use super::outcome::{Results, Status};
use super::site::Target;
use super::tool;
use crate::HarnessError;

/// The version of the driver and of its suite.
const VERSION: &str = "0.32.0";

/// What the suite imports.
const PACKAGES: [&str; 4] = ["pytest", "pytest-timeout", "uvloop", "distro"];

/// Of one test, in seconds.
const TEST_LIMIT: u32 = 60;

/// A direct run takes a minute and a half.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// Tells us how each test ended.
const PLUGIN: &str = include_str!("../../conformance/report.py");

/// Check the style of the driver's source, and that the right version is installed.
const LEFT_OUT: [&str; 2] = ["tests/test__sourcecode.py", "tests/test__environment.py"];

/// The suite and an interpreter with the driver.
pub(crate) struct Suite {
    python: PathBuf,
    directory: PathBuf,
}

impl Suite {
    pub(crate) fn prepare(work: &Work) -> Result<Self, HarnessError> {
        let environment = work.path("asyncpg-python");
        let suite = Self {
            python: environment.join("bin/python"),
            directory: work.path("asyncpg"),
        };
        if !suite.directory.is_dir() {
            suite.install(work, &environment)?;
        }
        fs::write(suite.directory.join("lockgate_report.py"), PLUGIN)?;
        Ok(suite)
    }

    fn install(&self, work: &Work, environment: &Path) -> Result<(), HarnessError> {
        tool::output(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(environment),
        )?;
        let driver = format!("asyncpg=={VERSION}");
        let pip = || {
            let mut command = Command::new(&self.python);
            command.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]);
            command
        };
        tool::output(pip().arg("install").arg(&driver).args(PACKAGES))?;
        let downloads = work.path("asyncpg-download");
        fs::create_dir_all(&downloads)?;
        tool::output(
            pip()
                // Only of the driver itself: what it is built with may come built.
                .args(["download", "--no-deps", "--no-binary", "asyncpg", &driver])
                .arg("--dest")
                .arg(&downloads),
        )?;
        let archive = downloads.join(format!("asyncpg-{VERSION}.tar.gz"));
        tool::output(
            Command::new("tar")
                .args(["--extract", "--strip-components=1", "--no-same-owner"])
                .arg("--file")
                .arg(archive)
                .arg("--directory")
                .arg(&downloads),
        )?;
        // Away from the driver's source, so that the installed driver is imported.
        let building = work.path("asyncpg.part");
        fs::create_dir_all(&building)?;
        fs::rename(downloads.join("tests"), building.join("tests"))?;
        fs::rename(&building, &self.directory)?;
        Ok(())
    }

    /// Runs the tests whose names hold one of `only`, or all.
    pub(crate) fn run(
        &self,
        target: &Target,
        out: &Path,
        only: &[String],
    ) -> Result<Results, HarnessError> {
        let report = out.join("report");
        let mut command = Command::new(&self.python);
        command
            .args(["-m", "pytest", "tests", "-q", "-p", "no:cacheprovider"])
            .args(["-p", "lockgate_report"])
            // Tracebacks of tests that ran out of time break the other styles.
            .arg("--tb=native")
            .arg(format!("--timeout={TEST_LIMIT}"))
            .args(LEFT_OUT.map(|path| format!("--ignore={path}")))
            .current_dir(&self.directory)
            .env("PYTHONPATH", &self.directory)
            .env("LOCKGATE_REPORT", &report);
        if !only.is_empty() {
            command.args(["-k", &only.join(" or ")]);
        }
        let log = out.join("log");
        tool::timed(tool::connect_to(&mut command, target), &log, LIMIT)?;
        let text = fs::read_to_string(&report).or_else(|_| {
            Err(tool::failed(
                &command,
                tool::tail(&fs::read_to_string(&log)?),
            ))
        })?;
        Ok(read_results(&text))
    }
}

fn read_results(report: &str) -> Results {
    report
        .lines()
        .filter_map(|line| {
            let (name, status) = line.split_once('\t')?;
            let status = match status {
                "pass" => Status::Pass,
                "skip" => Status::Skip,
                "error" => Status::Error,
                _ => Status::Fail,
            };
            Some((name.to_owned(), status))
        })
        .collect()
}

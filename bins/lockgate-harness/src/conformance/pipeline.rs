//! PostgreSQL's own client of libpq's pipeline mode, `src/test/modules/libpq_pipeline`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::fetch::{MAJOR, Work};
use super::outcome::{Results, Status};
use super::site::{DATABASE, Target, USER};
use super::tool::{self, Ended};
use crate::HarnessError;

/// A test takes a second.
const LIMIT: Duration = Duration::from_secs(60);

/// The client, built.
pub(crate) struct Suite {
    program: PathBuf,
}

impl Suite {
    pub(crate) fn prepare(work: &Work) -> Result<Self, HarnessError> {
        let program = work.path("libpq_pipeline");
        if !program.exists() {
            build(work, &program)?;
        }
        Ok(Self { program })
    }

    /// Runs the named tests, or all.
    pub(crate) fn run(
        &self,
        target: &Target,
        out: &Path,
        only: &[String],
    ) -> Result<Results, HarnessError> {
        let names = tool::output(Command::new(&self.program).arg("tests"))?;
        let wanted = |name: &&str| only.is_empty() || only.iter().any(|only| only == name);
        names
            .split_whitespace()
            .filter(wanted)
            .map(|name| {
                let mut command = Command::new(&self.program);
                command.arg(name).arg(format!(
                    "host={} port={} user={USER} dbname={DATABASE}",
                    target.address.ip(),
                    target.address.port()
                ));
                let log = out.join(name);
                let ended = tool::timed(tool::connect_to(&mut command, target), &log, LIMIT)?;
                let status = match ended {
                    Ended::Well => Status::Pass,
                    Ended::Badly | Ended::TooLate => Status::Fail,
                };
                Ok((name.to_owned(), status))
            })
            .collect()
    }
}

fn build(work: &Work, program: &Path) -> Result<(), HarnessError> {
    let source = work
        .sources()?
        .join("src/test/modules/libpq_pipeline/libpq_pipeline.c");
    let headers = work.headers()?;
    let include = headers.join("usr/include/postgresql");
    tool::output(
        Command::new("gcc")
            .arg("-O1")
            .arg("-I")
            .arg(include.join(MAJOR).join("server"))
            .arg("-I")
            .arg(&include)
            .arg(source)
            .arg("-o")
            .arg(program)
            // The library itself is the machine's, which psql needs too.
            .arg("-l:libpq.so.5")
            .arg("-L")
            .arg(headers.join(format!("usr/lib/postgresql/{MAJOR}/lib")))
            .args(["-lpgcommon", "-lpgport"]),
    )
    .map(drop)
}

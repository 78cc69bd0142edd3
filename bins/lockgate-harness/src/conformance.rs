//! Third-party suites, run directly against a server and through a gate in front of one whose
//! principal may do everything: the two must not differ, but for a list of decisions.

mod asyncpg;
mod fetch;
mod outcome;
mod pipeline;
mod regress;
mod servers;
mod site;
mod tool;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use testkit::PgBinaries;
use tokio::runtime::Runtime;

use crate::HarnessError;
use fetch::Work;
use outcome::{Expected, Results, counts};
use site::{Gate, Site, Target};

/// What is run.
#[derive(Args)]
pub(crate) struct Options {
    /// Which suite.
    suite: Suite,
    /// Only these tests (of asyncpg: those whose names hold one of these words).
    #[arg(long, num_args = 1..)]
    only: Vec<String>,
    /// A selection that takes about two minutes.
    #[arg(long, conflicts_with = "only")]
    quick: bool,
    /// Where sources are fetched to and results are left; kept for the next run.
    #[arg(long)]
    work: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// PostgreSQL 15's regression suite.
    Regress,
    /// PostgreSQL 15's client of libpq's pipeline mode.
    Pipeline,
    /// asyncpg's suite.
    Asyncpg,
    /// All of these.
    All,
    /// The attacks and asyncpg's suite against PostgreSQL 16, 17 and 18.
    Servers,
}

/// Tests of PostgreSQL's suite that `--quick` runs: types, each kind of statement, errors and their
/// places in the text, COPY, and few definitions, of which each costs a look at the catalogs.
const QUICK_REGRESS: &[&str] = &[
    "boolean",
    "text",
    "int4",
    "numeric",
    "enum",
    "rangetypes",
    "timestamptz",
    "interval",
    "horology",
    "database",
    "encoding",
    "copy",
    "copyselect",
    "copydml",
    "insert_conflict",
    "create_misc",
    "create_procedure",
    "select",
    "errors",
    "transactions",
    "portals",
    "prepare",
];

/// Words in the names of asyncpg's tests that `--quick` runs.
const QUICK_ASYNCPG: &[&str] = &[
    "test_prepare",
    "test_cursor",
    "test_copy",
    "test_transaction",
    "TestExecuteScript",
    "test_listeners",
];

/// Runs suites, prints what differs, and fails unless that is exactly what is expected.
pub(crate) fn run(runtime: &Runtime, options: &Options) -> Result<(), HarnessError> {
    let runner = Runner {
        runtime,
        work: Work::open(options.work.clone().unwrap_or_else(default_work))?,
        expected: Expected::load()?,
    };
    let faults = match options.suite {
        Suite::Servers => runner.servers(options)?,
        Suite::All => runner.suites(&[Suite::Regress, Suite::Pipeline, Suite::Asyncpg], options)?,
        one => runner.suites(&[one], options)?,
    };
    if faults == 0 {
        Ok(())
    } else {
        Err(HarnessError::Differs(faults))
    }
}

/// Beside the clusters of the tests: a directory that the server's account can read.
fn default_work() -> PathBuf {
    std::env::temp_dir().join("lockgate-conformance")
}

impl Options {
    fn selection(&self, suite: Suite) -> Vec<String> {
        let quick: &[&str] = match suite {
            _ if !self.quick => return self.only.clone(),
            Suite::Regress => QUICK_REGRESS,
            Suite::Asyncpg => QUICK_ASYNCPG,
            Suite::Pipeline | Suite::All | Suite::Servers => &[],
        };
        quick.iter().map(ToString::to_string).collect()
    }
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Self::Regress => "regress",
            Self::Pipeline => "pipeline",
            Self::Asyncpg => "asyncpg",
            Self::All => "all",
            Self::Servers => "servers",
        }
    }
}

/// A suite that is ready to run.
enum Prepared {
    Regress(regress::Suite),
    Pipeline(pipeline::Suite),
    Asyncpg(asyncpg::Suite),
}

impl Prepared {
    fn run(&self, target: &Target, out: &Path, only: &[String]) -> Result<Results, HarnessError> {
        match self {
            Self::Regress(suite) => suite.run(target, out, only),
            Self::Pipeline(suite) => suite.run(target, out, only),
            Self::Asyncpg(suite) => suite.run(target, out, only),
        }
    }
}

/// What all runs share.
struct Runner<'a> {
    runtime: &'a Runtime,
    work: Work,
    expected: Expected,
}

impl Runner<'_> {
    /// Runs suites on the machine's server; gives the number of faults.
    fn suites(&self, suites: &[Suite], options: &Options) -> Result<usize, HarnessError> {
        let binaries = PgBinaries::find(&|name| std::env::var_os(name))?;
        let faults = suites
            .iter()
            .map(|suite| self.suite(*suite, options, &binaries));
        faults.sum()
    }

    /// Runs what does not depend on a server's version on each: the client of pipeline mode sets a
    /// parameter that has another name since 16.
    fn servers(&self, options: &Options) -> Result<usize, HarnessError> {
        let mut faults = 0;
        for version in servers::VERSIONS {
            let binaries = servers::binaries(&self.work, version)?;
            println!("{}:", binaries.version()?);
            faults += servers::attack(&self.work, version, &binaries)?;
            faults += self.suite(Suite::Asyncpg, options, &binaries)?;
        }
        Ok(faults)
    }

    /// Runs a suite both ways and prints what differs; gives the number of faults.
    fn suite(
        &self,
        suite: Suite,
        options: &Options,
        binaries: &PgBinaries,
    ) -> Result<usize, HarnessError> {
        let work = &self.work;
        let prepared = match suite {
            Suite::Regress => Prepared::Regress(regress::Suite::prepare(work)?),
            Suite::Pipeline => Prepared::Pipeline(pipeline::Suite::prepare(work)?),
            Suite::Asyncpg | Suite::All | Suite::Servers => {
                Prepared::Asyncpg(asyncpg::Suite::prepare(work)?)
            }
        };
        let only = options.selection(suite);
        let name = suite.name();

        let site = self.runtime.block_on(Site::start(binaries))?;
        let out = work.results(&format!("{name}-direct"))?;
        let direct = timed(name, "direct", &out, || {
            prepared.run(&site.target(), &out, &only)
        })?;
        drop(site);

        let site = self.runtime.block_on(Site::start(binaries))?;
        let gate = self.runtime.block_on(Gate::start(&site))?;
        let out = work.results(&format!("{name}-gate"))?;
        let through = timed(name, "gate", &out, || {
            prepared.run(&gate.target(), &out, &only)
        });
        self.runtime.block_on(gate.stop());
        Ok(self.judge(name, &direct, &through?, only.is_empty()))
    }

    /// Prints what differs and whether it may; gives the number of faults.
    fn judge(&self, name: &str, direct: &Results, through: &Results, whole: bool) -> usize {
        let differences = self.expected.compare(name, direct, through);
        for difference in &differences {
            println!("{name}: {difference}");
        }
        let unknown = if whole {
            self.expected.unknown(name, direct)
        } else {
            Vec::new()
        };
        for test in &unknown {
            println!("{name}: {test}: LISTED, but there is no such test");
        }
        let faults = differences.iter().filter(|found| found.is_fault()).count();
        faults + unknown.len()
    }
}

/// Runs once and prints what came of it.
fn timed(
    suite: &str,
    way: &str,
    out: &Path,
    run: impl FnOnce() -> Result<Results, HarnessError>,
) -> Result<Results, HarnessError> {
    let start = Instant::now();
    let results = run()?;
    println!(
        "{suite} {way}: {} total={} seconds={} results in {}",
        counts(&results),
        results.len(),
        seconds(start.elapsed()),
        out.display()
    );
    Ok(results)
}

fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64())
}

//! What passing through the gate costs.

mod cases;
mod children;
mod copying;
mod crowd;
mod data;
mod fake_upstream;
mod load;
mod process;
mod report;
mod runner;
mod scale;
mod targets;

use clap::{Args, Subcommand};
use tokio::runtime::Runtime;

use crate::HarnessError;
use cases::{CASES, Case, Pin, Work};
pub(crate) use copying::serve as copying_relay;
use data::Server;
pub(crate) use fake_upstream::serve as fake_upstream;
use process::{pin, pin_this_thread};
use report::{CaseReport, Report};
use runner::Runner;
use targets::{OWN, Own, Target};

#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Selects, COPY, logins and idle connections: direct, through a relay that only copies,
    /// through the gate, through pgbouncer if it is there, and through any other target, turn by
    /// turn.
    Relay(RelayOptions),
    /// Memory that must stay flat over a million queries, results, copies and values of a size, and
    /// queries that must stay fast among ten thousand sessions.
    Scale(scale::ScaleOptions),
}

#[derive(Args)]
pub(crate) struct RelayOptions {
    /// Rounds of each case.
    #[arg(long, default_value_t = 21)]
    rounds: usize,
    /// Only these cases (see the report for their ids).
    #[arg(long = "case", value_delimiter = ',')]
    cases: Vec<String>,
    /// Leaves out one of copying, gate, pgbouncer.
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// One more target in front of the same server, as name=host:port/database/user; its password
    /// comes in the environment as LOCKGATE_BENCH_PASSWORD. The harness says where the server is
    /// and waits until the target lets it in.
    #[arg(long = "target")]
    targets: Vec<String>,
    /// The process of a target, as name=pid; without it the target is not pinned and its CPU time
    /// not read.
    #[arg(long = "target-pid")]
    process_ids: Vec<String>,
    /// Which CPUs may be used; by default point selects are pinned together, the rest is not.
    #[arg(long)]
    pin: Option<Pin>,
    /// Prints everything as JSON instead of tables.
    #[arg(long)]
    json: bool,
}

/// Runs a bench.
pub(crate) fn run(bench: Bench, runtime: &Runtime) -> Result<(), HarnessError> {
    match bench {
        Bench::Relay(options) => relay(&options, runtime),
        Bench::Scale(options) => scale::run(&options, runtime),
    }
}

fn relay(options: &RelayOptions, runtime: &Runtime) -> Result<(), HarnessError> {
    let cases = chosen(&options.cases)?;
    let server = runtime.block_on(Server::start())?;
    let mut targets = Vec::new();
    for own in OWN {
        if wanted(own, options) {
            targets.extend(targets::start(own, &server)?);
        }
    }
    let foreign = options
        .targets
        .iter()
        .map(|given| targets::foreign(given, &options.process_ids));
    let foreign: Vec<Target> = foreign.collect::<Result<_, _>>()?;
    targets::await_foreign(&foreign, &server)?;
    targets.extend(foreign);
    let mut report = Report::new(options.rounds);
    for case in cases {
        let pin = options.pin.unwrap_or(case.pin);
        let measured = match case.work {
            Work::Idle => idle(&case, &server, options)?,
            _ => measure(&case, pin, &server, &targets, options.rounds)?,
        };
        if !options.json {
            print!("{measured}");
        }
        report.cases.push(measured);
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    }
    Ok(())
}

/// The cases with these ids; without any, all.
fn chosen(ids: &[String]) -> Result<Vec<Case>, HarnessError> {
    let unknown = ids
        .iter()
        .find(|id| CASES.iter().all(|case| case.id != **id));
    if let Some(id) = unknown {
        return Err(HarnessError::Option {
            given: id.clone(),
            expected: "the id of a case, such as `a`, `b`, `c-masked`, `d`, `first`, `churn`, `idle`",
        });
    }
    let wanted = |case: &Case| ids.is_empty() || ids.iter().any(|id| id == case.id);
    Ok(CASES.into_iter().filter(wanted).collect())
}

fn wanted(own: Own, options: &RelayOptions) -> bool {
    own == Own::Direct || options.without.iter().all(|name| name != own.name())
}

/// Runs a case on all targets, turn by turn. Who begins changes from round to round.
fn measure(
    case: &Case,
    pinned: Pin,
    server: &Server,
    targets: &[Target],
    rounds: usize,
) -> Result<CaseReport, HarnessError> {
    let (servers, clients) = pinned.cpus()?;
    let processes = targets.iter().filter_map(|target| target.process_id);
    for process_id in processes.chain(server.cluster.process_id()) {
        pin(process_id, &servers)?;
    }
    let free = process::Cpus::ours()?;
    pin_this_thread(&clients)?;
    let runners = targets.iter().map(|target| Runner::start(case, target));
    let mut runners: Vec<Runner<'_>> = runners.collect::<Result<_, _>>()?;
    for round in 0..rounds {
        let first = round % runners.len().max(1);
        let (after, before) = runners.split_at_mut(first);
        for runner in before.iter_mut().chain(after) {
            runner.round(round)?;
        }
    }
    let measured = runners.into_iter().map(Runner::finish).collect();
    pin_this_thread(&free)?;
    Ok(CaseReport::new(case, pinned, (servers, clients), measured))
}

/// Measures memory in processes that did nothing before: what they had taken would be used again.
fn idle(case: &Case, server: &Server, options: &RelayOptions) -> Result<CaseReport, HarnessError> {
    let mut measured = Vec::new();
    let own = OWN.into_iter().filter(|own| *own != Own::Direct);
    for own in own.filter(|own| wanted(*own, options)) {
        if let Some(target) = targets::start(own, server)? {
            measured.push(runner::idle(case, &target)?);
        }
    }
    let cpus = Pin::Off.cpus()?;
    Ok(CaseReport::new(case, Pin::Off, cpus, measured))
}

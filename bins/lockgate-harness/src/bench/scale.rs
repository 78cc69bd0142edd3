//! Memory that must not grow, whatever passes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use tokio::runtime::Runtime;

use super::cases::View;
use super::crowd;
use super::data::{ROWS, SINK, Server};
use super::load::{self, Line, Pace};
use super::process::resident_kib;
use super::targets::{self, Own, Target};
use crate::HarnessError;

/// The most that resident memory may grow by, in KiB.
const FLAT: u64 = 10 * 1024;

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(20);

const GIB: u64 = 1 << 30;

/// The single large value, in bytes.
const FIELD: u64 = 512 << 20;

/// Clients of the million queries.
const CLIENTS: usize = 16;

/// Queries of each client before memory is first looked at: buffers have their size then.
const WARM_UP: usize = 1000;

/// A slow reader waits this long after each MiB: 250 MiB/s at the most, less than a server sends.
const PAUSE: Duration = Duration::from_millis(4);

/// A thing to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Check {
    /// A million queries on 16 connections.
    Queries,
    /// A result of 1 GiB to a reader that is slower than the server, nothing masked.
    SlowReader,
    /// The same with three columns masked.
    SlowReaderMasked,
    /// COPY of 1 GiB into a table.
    CopyIn,
    /// One value of 512 MiB.
    LargeField,
    /// Ten thousand idle sessions and a thousand logins a second, and what a query takes meanwhile.
    Crowd,
}

const CHECKS: [Check; 6] = [
    Check::Queries,
    Check::SlowReader,
    Check::SlowReaderMasked,
    Check::CopyIn,
    Check::LargeField,
    Check::Crowd,
];

#[derive(clap::Args)]
pub(crate) struct ScaleOptions {
    /// Only these checks.
    #[arg(long = "check", value_delimiter = ',')]
    checks: Vec<Check>,
    /// Queries of the first check.
    #[arg(long, default_value_t = 1_000_000)]
    queries: usize,
    #[command(flatten)]
    crowd: crowd::CrowdOptions,
}

/// Runs the checks, each with a gate of its own, and fails if one fails.
pub(super) fn run(options: &ScaleOptions, runtime: &Runtime) -> Result<(), HarnessError> {
    let server = runtime.block_on(Server::start())?;
    let chosen = |check: &Check| options.checks.is_empty() || options.checks.contains(check);
    let mut failed = 0;
    for check in CHECKS.into_iter().filter(chosen) {
        let held = match check {
            Check::Crowd => crowd::run(&options.crowd, &server)?,
            Check::Queries
            | Check::SlowReader
            | Check::SlowReaderMasked
            | Check::CopyIn
            | Check::LargeField => memory(check, options, &server)?,
        };
        failed += usize::from(!held);
    }
    match failed {
        0 => Ok(()),
        failed => Err(HarnessError::Scale(failed)),
    }
}

/// Whether the gate's memory stays flat.
fn memory(check: Check, options: &ScaleOptions, server: &Server) -> Result<bool, HarnessError> {
    let Some(gate) = targets::start(Own::Gate, server)? else {
        return Ok(false);
    };
    let process_id = gate.process_id.ok_or(HarnessError::Greeting)?;
    let (grown, what) = match check {
        Check::Queries => queries(&gate, process_id, options.queries)?,
        Check::SlowReader => slow_reader(&gate, process_id, View::Clear)?,
        Check::SlowReaderMasked => slow_reader(&gate, process_id, View::Masked)?,
        Check::CopyIn => copy_in(&gate, process_id)?,
        Check::LargeField | Check::Crowd => large_field(&gate, process_id)?,
    };
    let held = grown.peak <= grown.before + FLAT;
    println!(
        "{:<5} {what}: {} KiB resident before, {} at most, {} after (may grow by {FLAT})",
        if held { "held" } else { "NOT" },
        grown.before,
        grown.peak,
        grown.after
    );
    Ok(held)
}

/// Resident memory in KiB.
struct Grown {
    before: u64,
    peak: u64,
    after: u64,
}

/// Looks at a process's memory while `work` is done.
fn watched<T>(
    process_id: u32,
    work: impl FnOnce() -> Result<T, HarnessError>,
) -> Result<(Grown, T), HarnessError> {
    let before = resident_kib(process_id)?;
    let (peak, done) = (AtomicU64::new(before), AtomicBool::new(false));
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // A process that is gone shows in the result of the work.
                peak.fetch_max(resident_kib(process_id).unwrap_or(0), Ordering::Relaxed);
                std::thread::sleep(LOOK);
            }
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })?;
    let after = resident_kib(process_id)?;
    let peak = peak.into_inner().max(after);
    let grown = Grown {
        before,
        peak,
        after,
    };
    Ok((grown, result))
}

type Outcome = Result<(Grown, String), HarnessError>;

fn queries(gate: &Target, process_id: u32, count: usize) -> Outcome {
    let parse = load::parse("select id, product, balance from bench_people where id = $1")?;
    let requests = load::bindings(ROWS.min(1000) as usize)?;
    let mut lines = Vec::new();
    for _ in 0..CLIENTS {
        let mut line = Line::new(gate.connect(View::Clear)?);
        line.exchange(&parse)?;
        lines.push(line);
    }
    load::together(&mut lines, &requests, WARM_UP)?;
    let each = count.div_ceil(CLIENTS);
    let (grown, _) = watched(process_id, || load::together(&mut lines, &requests, each))?;
    Ok((
        grown,
        format!("{} queries on {CLIENTS} connections", each * CLIENTS),
    ))
}

/// About 1.1 GiB.
const LARGE: &str = "select id, email, phone, ssn, team, product, balance, visits, created_at from bench_people cross join generate_series(1, 40)";

fn slow_reader(gate: &Target, process_id: u32, view: View) -> Outcome {
    let mut line = Line::new(gate.connect(view)?);
    line.exchange(&load::query("select id, email from bench_people limit 10")?)?;
    line.pace = Pace::Slow(PAUSE);
    let request = load::query(LARGE)?;
    let (grown, length) = watched(process_id, || line.exchange(&request))?;
    let masks = match view {
        View::Clear => "nothing",
        View::Masked => "three columns",
    };
    Ok((
        grown,
        format!("{} MiB to a slow reader, {masks} masked", length >> 20),
    ))
}

fn copy_in(gate: &Target, process_id: u32) -> Outcome {
    let mut line = Line::new(gate.connect(View::Clear)?);
    line.exchange(&load::query("select count(*) from bench_people")?)?;
    let mut text = vec![b'x'; 1024];
    text.extend_from_slice(b"\n");
    let mut chunk = BytesMut::new();
    wire::encode::copy_data(&mut chunk, &text.repeat(63))?;
    let count = GIB.div_ceil(chunk.len() as u64);
    let request = load::query(&format!("copy {SINK} from stdin"))?;
    let (grown, ()) = watched(process_id, || line.copy_in(&request, &chunk, count))?;
    line.exchange(&load::query(&format!("truncate {SINK}"))?)?;
    Ok((
        grown,
        format!(
            "copy of {} MiB into a table",
            (count * chunk.len() as u64) >> 20
        ),
    ))
}

fn large_field(gate: &Target, process_id: u32) -> Outcome {
    let mut line = Line::new(gate.connect(View::Clear)?);
    line.exchange(&load::query("select repeat('x', 10)")?)?;
    let request = load::query(&format!("select repeat('x', {FIELD})"))?;
    let (grown, length) = watched(process_id, || line.exchange(&request))?;
    Ok((grown, format!("one value of {} MiB", length >> 20)))
}

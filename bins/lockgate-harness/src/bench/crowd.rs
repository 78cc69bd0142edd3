//! Many sessions that do nothing and many that come and go, and how those that work fare.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::cases::View;
use super::children;
use super::data::Server;
use super::load::{self, Line};
use super::process::{descriptors, resident_kib};
use super::runner::leave;
use super::targets::{self, Target};
use crate::HarnessError;
use crate::client::Client;

/// Threads that log in: a login waits for the network most of its time.
const THREADS: usize = 32;

/// Descriptors that a gate needs besides two for each idle session: two for each of those that come and
/// go, a second's worth of them.
const SPARE: u64 = 2_000;

/// The pause between two queries of the session that works: as a program that does other things
/// too, so that one query does not wait for the one before.
const THINK: Duration = Duration::from_millis(2);

/// How many of the logins that were asked for must have been done.
const KEPT: f64 = 0.95;

/// How many times its quiet value the 99th percentile may be.
const SLOWER: f64 = 2.0;

#[derive(clap::Args)]
pub(crate) struct CrowdOptions {
    /// Idle sessions.
    #[arg(long, default_value_t = 10_000)]
    idle: u64,
    /// Logins a second.
    #[arg(long, default_value_t = 1_000)]
    logins: u64,
    /// Seconds of each part.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// Measures a working session's queries in quiet, among idle sessions, and among logins.
pub(super) fn run(options: &CrowdOptions, server: &Server) -> Result<bool, HarnessError> {
    let most = descriptors()?.saturating_sub(SPARE) / 2;
    let count = options.idle.min(most);
    if count < options.idle {
        println!("      only {count} idle sessions: a process may have no more descriptors here");
    }
    let (_fake, address) = children::fake_upstream(server.cluster.address())?;
    let gate = targets::gate(address, &server.password, &(most + SPARE / 2).to_string())?;
    let process_id = gate.process_id.ok_or(HarnessError::Greeting)?;
    let time = Duration::from_secs(options.seconds);
    let mut worker = Line::new(gate.connect(View::Clear)?);
    let mut percentile = || work_for(&mut worker, time);
    let quiet = percentile()?;
    let before = resident_kib(process_id)?;
    let start = Instant::now();
    let idle = idlers(&gate, count)?;
    let opened = start.elapsed();
    let resident = resident_kib(process_id)?;
    let crowded = percentile()?;
    let (pressed, rate) = among_logins(&gate, options.logins, percentile)?;
    drop(idle);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let ratio = |time: Duration| time.as_secs_f64() / quiet.as_secs_f64();
    println!(
        "      {count} idle sessions: logged in within {:.1} s, {:.1} KiB each",
        opened.as_secs_f64(),
        resident.saturating_sub(before) as f64 / count.max(1) as f64,
    );
    let held =
        ratio(crowded) < SLOWER && ratio(pressed) < SLOWER && rate >= options.logins as f64 * KEPT;
    println!(
        "{:<5} p99 of a point select: {:.3} ms quiet, {:.3} among idle sessions ({:.2}), {:.3} among {rate:.0} logins a second ({:.2})",
        if held { "held" } else { "NOT" },
        ms(quiet),
        ms(crowded),
        ratio(crowded),
        ms(pressed),
        ratio(pressed),
    );
    Ok(held)
}

/// The 99th percentile of one session's queries.
fn work_for(line: &mut Line, time: Duration) -> Result<Duration, HarnessError> {
    let request = load::query("select id, product, balance from bench_people where id = 4242")?;
    let end = Instant::now() + time;
    let mut times = Vec::new();
    while Instant::now() < end {
        let start = Instant::now();
        line.exchange(&request)?;
        times.push(start.elapsed());
        std::thread::sleep(THINK);
    }
    times.sort_unstable();
    let index = times.len() * 99 / 100;
    times
        .get(index)
        .copied()
        .ok_or_else(|| HarnessError::Answer("no query was answered".to_owned()))
}

/// Logs `count` idle sessions in, on several threads.
fn idlers(gate: &Target, count: u64) -> Result<Vec<Client>, HarnessError> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = shares(count)
            .map(|share| scope.spawn(move || (0..share).map(|_| gate.connect_idle()).collect()))
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            let share: Result<Vec<Client>, HarnessError> = joined(thread.join())?;
            all.extend(share?);
        }
        Ok(all)
    })
}

/// Runs `work` while sessions come and go, `rate` a second; returns its result and the rate that
/// was reached.
fn among_logins(
    gate: &Target,
    rate: u64,
    work: impl FnOnce() -> Result<Duration, HarnessError>,
) -> Result<(Duration, f64), HarnessError> {
    let done = AtomicBool::new(false);
    let start = Instant::now();
    std::thread::scope(|scope| {
        let threads: Vec<_> = shares(rate)
            .map(|share| {
                let done = &done;
                scope.spawn(move || come_and_go(gate, share, done))
            })
            .collect();
        let result = work();
        done.store(true, Ordering::Relaxed);
        let mut logins = 0;
        for thread in threads {
            logins += joined(thread.join())??;
        }
        Ok((result?, logins as f64 / start.elapsed().as_secs_f64()))
    })
}

/// Logs in and leaves `rate` times a second; one that is late goes on at once.
fn come_and_go(gate: &Target, rate: u64, done: &AtomicBool) -> Result<u64, HarnessError> {
    let start = Instant::now();
    let mut logins = 0;
    while !done.load(Ordering::Relaxed) {
        leave(gate.connect_idle()?)?;
        logins += 1;
        let due = start + Duration::from_secs_f64(logins as f64 / rate.max(1) as f64);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    Ok(logins)
}

/// What each thread does of `count`.
fn shares(count: u64) -> impl Iterator<Item = u64> {
    let threads = THREADS as u64;
    (0..threads).map(move |thread| count / threads + u64::from(thread < count % threads))
}

fn joined<T>(result: std::thread::Result<T>) -> Result<T, HarnessError> {
    result.map_err(|_| HarnessError::Answer("a client panicked".to_owned()))
}

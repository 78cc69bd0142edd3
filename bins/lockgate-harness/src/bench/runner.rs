//! One case on one target.

use std::io::Write;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use wire::encode;

use super::cases::{Case, Work};
use super::load::{self, Line};
use super::process::{cpu_seconds, resident_kib};
use super::targets::Target;
use crate::HarnessError;
use crate::client::Client;

/// Point selects of one client in a round, which takes tenths of a second.
const POINTS: usize = 3000;

/// Clients with a prepared statement.
const CLIENTS: usize = 16;

/// Executions of each of them in a round.
const EXECUTIONS: usize = 500;

/// Different ids that they ask for.
const BINDINGS: usize = 1000;

/// Logins in a round.
const LOGINS: usize = 50;

/// Connections that are kept to see what they take. Each has a server process, which is more than
/// what a proxy keeps for it.
const IDLE: usize = 500;

/// The round that is not measured; its ids are not asked for by others.
const WARM_UP: usize = 30;

/// What was measured of one target.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Measured {
    pub(super) target: String,
    /// Units of work in a round: queries, results, logins.
    pub(super) units: usize,
    /// Seconds of each round.
    pub(super) seconds: Vec<f64>,
    /// CPU seconds of the target's process in all rounds.
    #[serde(rename = "cpu_seconds_in_all")]
    pub(super) cpu_seconds: Option<f64>,
    /// Bytes of one answer, of a bulk select.
    pub(super) answer_bytes: Option<u64>,
    /// Resident memory of each idle connection in KiB: after the login, and after one statement.
    pub(super) idle_kib: Option<[f64; 2]>,
}

/// A target that is ready for rounds.
pub(super) struct Runner<'t> {
    target: &'t Target,
    case: Case,
    lines: Vec<Line>,
    /// The requests, where they are the same in each round.
    requests: Vec<BytesMut>,
    measured: Measured,
}

impl<'t> Runner<'t> {
    /// Connects, prepares, and works for one round that is not measured.
    pub(super) fn start(case: &Case, target: &'t Target) -> Result<Self, HarnessError> {
        let (clients, requests, units) = match case.work {
            Work::Simple(_) => (1, Vec::new(), POINTS),
            Work::Prepared(_) => (CLIENTS, load::bindings(BINDINGS)?, CLIENTS * EXECUTIONS),
            Work::Bulk(text) | Work::FirstRow(text) => (1, vec![load::query(text)?], 1),
            Work::Churn | Work::Idle => (0, Vec::new(), LOGINS),
        };
        let lines = (0..clients).map(|_| Ok(Line::new(target.connect(case.view)?)));
        let mut runner = Self {
            target,
            case: *case,
            lines: lines.collect::<Result<_, HarnessError>>()?,
            requests,
            measured: Measured::of(target, units),
        };
        runner.warm_up().map_err(|error| target.error(error))?;
        Ok(runner)
    }

    fn warm_up(&mut self) -> Result<(), HarnessError> {
        if let Work::Prepared(text) = self.case.work {
            let parse = load::parse(text)?;
            for line in &mut self.lines {
                line.exchange(&parse)?;
            }
        }
        if let (Work::Bulk(_), Some(line), Some(request)) = (
            self.case.work,
            self.lines.first_mut(),
            self.requests.first(),
        ) {
            self.measured.answer_bytes = Some(line.exchange(request)?);
        }
        self.work(WARM_UP).map(drop)
    }

    /// Works for one round.
    pub(super) fn round(&mut self, round: usize) -> Result<(), HarnessError> {
        let cpu = self.cpu()?;
        let time = self.work(round).map_err(|error| self.target.error(error))?;
        self.measured.seconds.push(time.as_secs_f64());
        if let (Some(before), Some(after)) = (cpu, self.cpu()?) {
            *self.measured.cpu_seconds.get_or_insert(0.0) += after - before;
        }
        Ok(())
    }

    fn cpu(&self) -> Result<Option<f64>, HarnessError> {
        self.target.process_id.map(cpu_seconds).transpose()
    }

    fn work(&mut self, round: usize) -> Result<Duration, HarnessError> {
        let target = self.target;
        match (
            self.case.work,
            self.lines.first_mut(),
            self.requests.first(),
        ) {
            (Work::Simple(text), Some(line), _) => {
                let requests = load::queries(text, POINTS, round)?;
                timed(|| {
                    requests
                        .iter()
                        .try_for_each(|request| line.exchange(request).map(drop))
                })
            }
            (Work::Prepared(_), ..) => load::together(&mut self.lines, &self.requests, EXECUTIONS),
            (Work::Bulk(_), Some(line), Some(request)) => {
                timed(
                    || match Some(line.exchange(request)?) == self.measured.answer_bytes {
                        true => Ok(()),
                        false => Err(HarnessError::Answer(
                            "another length than before".to_owned(),
                        )),
                    },
                )
            }
            (Work::FirstRow(_), Some(line), Some(request)) => line.first_row(request),
            (Work::Churn | Work::Idle, ..) => {
                timed(|| (0..LOGINS).try_for_each(|_| leave(target.connect(self.case.view)?)))
            }
            (Work::Simple(_) | Work::Bulk(_) | Work::FirstRow(_), ..) => {
                Err(HarnessError::Answer("no connection".to_owned()))
            }
        }
    }

    /// What was measured.
    pub(super) fn finish(self) -> Measured {
        self.measured
    }
}

impl Measured {
    fn of(target: &Target, units: usize) -> Self {
        Self {
            target: target.name.clone(),
            units,
            seconds: Vec::new(),
            cpu_seconds: None,
            answer_bytes: None,
            idle_kib: None,
        }
    }
}

fn timed(work: impl FnOnce() -> Result<(), HarnessError>) -> Result<Duration, HarnessError> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// Says goodbye and closes.
pub(super) fn leave(client: Client) -> Result<(), HarnessError> {
    let mut out = BytesMut::new();
    encode::terminate(&mut out);
    Ok(client.into_stream().write_all(&out)?)
}

/// Keeps [`IDLE`] connections and sees what the target's memory grew by for each.
pub(super) fn idle(case: &Case, target: &Target) -> Result<Measured, HarnessError> {
    let mut measured = Measured::of(target, IDLE);
    let Some(process_id) = target.process_id else {
        return Ok(measured);
    };
    let before = resident_kib(process_id)?;
    let clients = (0..IDLE).map(|_| target.connect(case.view));
    let mut clients: Vec<Client> = clients.collect::<Result<_, _>>()?;
    let logged_in = resident_kib(process_id)?;
    for client in &mut clients {
        client.simple("select id, product from bench_people where id = 4242")?;
    }
    let used = resident_kib(process_id)?;
    let each = |after: u64| after.saturating_sub(before) as f64 / IDLE as f64;
    measured.idle_kib = Some([each(logged_in), each(used)]);
    clients.into_iter().try_for_each(leave)?;
    Ok(measured)
}

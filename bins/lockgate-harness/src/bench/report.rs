//! Figures for people and for programs.

use std::fmt;

use serde::Serialize;

use super::cases::{Case, Pin, Ratio, Work};
use super::process::Cpus;
use super::runner::Measured;

/// All that was measured.
#[derive(Serialize)]
pub(super) struct Report {
    rounds: usize,
    pub(super) cases: Vec<CaseReport>,
}

impl Report {
    pub(super) fn new(rounds: usize) -> Self {
        Self {
            rounds,
            cases: Vec::new(),
        }
    }
}

/// Smallest, median and largest of a list.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Spread {
    min: f64,
    median: f64,
    max: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        Some(Self {
            min: *values.first()?,
            median: *values.get(values.len() / 2)?,
            max: *values.last()?,
        })
    }
}

/// One case with all its targets.
#[derive(Serialize)]
pub(super) struct CaseReport {
    id: &'static str,
    title: &'static str,
    pinned: String,
    cpu_seconds_for: &'static str,
    lines: Vec<Row>,
}

/// One target of a case.
#[derive(Serialize)]
struct Row {
    /// Milliseconds of one unit: a query, a result, a login.
    milliseconds: Option<Spread>,
    /// Compared with `direct` in the same round.
    ratio: Option<Spread>,
    /// CPU seconds of the target's process for a million queries, a thousand results or a thousand
    /// logins, as the case has it.
    cpu_seconds: Option<f64>,
    #[serde(flatten)]
    measured: Measured,
}

impl CaseReport {
    pub(super) fn new(
        case: &Case,
        pin: Pin,
        (servers, clients): (Cpus, Cpus),
        measured: Vec<Measured>,
    ) -> Self {
        let direct = measured
            .iter()
            .find(|measured| measured.target == "direct")
            .map(|measured| measured.seconds.clone())
            .unwrap_or_default();
        let pinned = match pin {
            Pin::Off => "not pinned".to_owned(),
            Pin::Together | Pin::Split => {
                format!("server and proxies on cpu {servers}, clients on cpu {clients}")
            }
        };
        Self {
            id: case.id,
            title: case.title,
            pinned,
            cpu_seconds_for: cpu_units(case).1,
            lines: measured
                .into_iter()
                .map(|measured| Row::new(case, measured, &direct))
                .collect(),
        }
    }
}

/// For how many units CPU time is told, and in which words.
fn cpu_units(case: &Case) -> (f64, &'static str) {
    match case.work {
        Work::Simple(_) | Work::Prepared(_) => (1e6, "cpu s/million queries"),
        Work::Bulk(_) | Work::FirstRow(_) => (1e3, "cpu s/1000 results"),
        Work::Churn | Work::Idle => (1e3, "cpu s/1000 logins"),
    }
}

impl Row {
    fn new(case: &Case, measured: Measured, direct: &[f64]) -> Self {
        let pairs = measured.seconds.iter().zip(direct);
        let ratios = pairs.map(|(ours, direct)| match case.ratio {
            Ratio::Latency => ours / direct,
            Ratio::Throughput => direct / ours,
        });
        let units = measured.units as f64;
        let each = measured.seconds.iter().map(|time| time * 1e3 / units);
        let worked = units * measured.seconds.len() as f64;
        let first_row = matches!(case.work, Work::FirstRow(_));
        Self {
            milliseconds: Spread::of(each.collect()),
            ratio: Spread::of(ratios.collect()),
            cpu_seconds: measured
                .cpu_seconds
                .filter(|_| !first_row)
                .map(|cpu| cpu / worked * cpu_units(case).0),
            measured,
        }
    }
}

impl fmt::Display for CaseReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "({}) {} [{}]", self.id, self.title, self.pinned)?;
        if self.lines.iter().any(|row| row.measured.idle_kib.is_some()) {
            return self.idle(out);
        }
        writeln!(
            out,
            "  {:<12} {:>10} {:>8} {:>8} {:>8} {:>22}",
            "", "ms median", "ratio", "min", "max", self.cpu_seconds_for
        )?;
        for row in &self.lines {
            let ratio = row.ratio.unwrap_or_default();
            let cpu = row
                .cpu_seconds
                .map_or_else(|| "-".to_owned(), |cpu| format!("{cpu:.2}"));
            writeln!(
                out,
                "  {:<12} {:>10.3} {:>8.3} {:>8.3} {:>8.3} {cpu:>22}",
                row.measured.target,
                row.milliseconds.unwrap_or_default().median,
                ratio.median,
                ratio.min,
                ratio.max
            )?;
        }
        Ok(())
    }
}

impl CaseReport {
    fn idle(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "  {:<12} {:>16} {:>16}",
            "", "KiB, logged in", "KiB, used once"
        )?;
        for row in &self.lines {
            let [logged_in, used] = row.measured.idle_kib.unwrap_or_default();
            let name = &row.measured.target;
            writeln!(out, "  {name:<12} {logged_in:>16.1} {used:>16.1}")?;
        }
        Ok(())
    }
}

//! What is measured.

use super::process::Cpus;
use crate::HarnessError;

/// As whom one looks: what a principal of the gate may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// A database administrator, who sees everything in clear.
    Clear,
    /// A support engineer, for whom three of the nine columns are masked and other text is scanned.
    Masked,
}

/// What is sent in one round.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    /// One client sends texts one after the other by the simple protocol; `{}` becomes an id that
    /// was not asked for before.
    Simple(&'static str),
    /// Sixteen clients execute one prepared statement each, with changing ids.
    Prepared(&'static str),
    /// One client reads one large result.
    Bulk(&'static str),
    /// One client waits for the first row of a large result.
    FirstRow(&'static str),
    /// One client logs in and leaves, again and again.
    Churn,
    /// Many clients log in, ask once, and stay.
    Idle,
}

/// How a target compares with the direct connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ratio {
    /// Its time by the direct time: 1 is as good as direct, 2 is twice as slow.
    Latency,
    /// Its throughput by the direct one: 1 is as good as direct, 0.5 is half as fast.
    Throughput,
}

/// Which CPUs server, proxies and clients may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Pin {
    /// One CPU for server, proxies and clients: what a hop costs shows, not the waking of a halted
    /// CPU.
    Together,
    /// One CPU for server and proxies, another one for the clients.
    Split,
    /// Every one.
    Off,
}

impl Pin {
    /// Where server and proxies, and where clients run.
    pub(super) fn cpus(self) -> Result<(Cpus, Cpus), HarnessError> {
        let all = Cpus::ours()?;
        Ok(match self {
            Self::Together => (all.only(0), all.only(0)),
            Self::Split => (all.only(0), all.only(1)),
            Self::Off => (all.clone(), all),
        })
    }
}

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) view: View,
    pub(super) work: Work,
    pub(super) ratio: Ratio,
    /// Unless the command line says otherwise.
    pub(super) pin: Pin,
}

const SAME_POINT: &str = "select id, product, balance from bench_people where id = 4242";
const FRESH_POINT: &str = "select id, product, balance from bench_people where id = {}";
const MASKED_POINT: &str = "select id, email, phone, ssn from bench_people where id = 4242";
const PREPARED_POINT: &str = "select id, product, balance from bench_people where id = $1";
const ALL: &str =
    "select id, email, phone, ssn, team, product, balance, visits, created_at from bench_people";
const COPY: &str = "copy (select id, email, phone, ssn, team, product, balance, visits, created_at from bench_people) to stdout";
/// Free text that is scanned for who does not see sensitive data in clear.
const SCANNED: &str = "select id, subject, body from tickets cross join generate_series(1, 100)";

const fn case(id: &'static str, title: &'static str, view: View, work: Work, ratio: Ratio) -> Case {
    let pin = match work {
        Work::Simple(_) | Work::Prepared(_) => Pin::Together,
        Work::Bulk(_) | Work::FirstRow(_) | Work::Churn | Work::Idle => Pin::Off,
    };
    Case {
        id,
        title,
        view,
        work,
        ratio,
        pin,
    }
}

/// All of them, in the order in which they run.
pub(super) const CASES: [Case; 13] = [
    case(
        "a",
        "point select, simple, 1 client, the same text",
        View::Clear,
        Work::Simple(SAME_POINT),
        Ratio::Latency,
    ),
    case(
        "a-fresh",
        "point select, simple, 1 client, a new text each time",
        View::Clear,
        Work::Simple(FRESH_POINT),
        Ratio::Latency,
    ),
    case(
        "a-masked",
        "point select of 3 masked columns, simple, 1 client",
        View::Masked,
        Work::Simple(MASKED_POINT),
        Ratio::Latency,
    ),
    case(
        "b",
        "point select, prepared, 16 clients",
        View::Clear,
        Work::Prepared(PREPARED_POINT),
        Ratio::Throughput,
    ),
    case(
        "c",
        "bulk select, nothing masked",
        View::Clear,
        Work::Bulk(ALL),
        Ratio::Throughput,
    ),
    case(
        "c-masked",
        "bulk select, 3 of 9 columns masked",
        View::Masked,
        Work::Bulk(ALL),
        Ratio::Throughput,
    ),
    case(
        "c-scanned",
        "bulk select, free text scanned",
        View::Masked,
        Work::Bulk(SCANNED),
        Ratio::Throughput,
    ),
    case(
        "d",
        "copy out, nothing masked",
        View::Clear,
        Work::Bulk(COPY),
        Ratio::Throughput,
    ),
    case(
        "d-masked",
        "copy out, 3 of 9 columns masked",
        View::Masked,
        Work::Bulk(COPY),
        Ratio::Throughput,
    ),
    case(
        "first",
        "first row of a large result, nothing masked",
        View::Clear,
        Work::FirstRow(ALL),
        Ratio::Latency,
    ),
    case(
        "first-masked",
        "first row of a large masked result",
        View::Masked,
        Work::FirstRow(ALL),
        Ratio::Latency,
    ),
    case(
        "churn",
        "log in and leave, 1 client",
        View::Clear,
        Work::Churn,
        Ratio::Latency,
    ),
    case(
        "idle",
        "resident memory of an idle connection",
        View::Clear,
        Work::Idle,
        Ratio::Latency,
    ),
];

//! What passing through the gate costs.

use std::time::{Duration, Instant};

use testkit::shop;

use crate::HarnessError;
use crate::client::Client;
use crate::stand::{CONNECTION, Stand};

/// Point selects in one round: enough that one round takes tens of milliseconds.
const POINTS: usize = 300;

const POINT: &str = "select id, status, total from orders where id = 42";
/// About 60,000 rows of 60 bytes without protected columns.
const BULK: &str = "select o.id, o.status, o.total, o.placed_at, i.product from orders o join order_items i on i.order_id = o.id cross join generate_series(1, 10)";
/// The same number of rows with four protected columns.
const MASKED: &str = "select c.id, c.name, c.email, c.phone, c.ssn from customers c cross join generate_series(1, 40)";
/// Free text that is scanned.
const SCANNED: &str = "select id, subject, body from tickets cross join generate_series(1, 40)";

/// One measurement.
struct Case {
    name: &'static str,
    principal: &'static str,
    statement: &'static str,
    repeats: usize,
}

const CASES: [Case; 5] = [
    Case {
        name: "point select, all clear",
        principal: "dana",
        statement: POINT,
        repeats: POINTS,
    },
    Case {
        name: "point select, under masks",
        principal: "sam",
        statement: POINT,
        repeats: POINTS,
    },
    Case {
        name: "bulk select, all clear",
        principal: "dana",
        statement: BULK,
        repeats: 1,
    },
    Case {
        name: "bulk select, masked",
        principal: "sam",
        statement: MASKED,
        repeats: 1,
    },
    Case {
        name: "bulk select, free text scanned",
        principal: "sam",
        statement: SCANNED,
        repeats: 1,
    },
];

/// Measures each case direct and through the gate, turn by turn, and prints medians.
pub(crate) fn relay(stand: &Stand, rounds: usize) -> Result<(), HarnessError> {
    let mut direct = Client::connect(
        stand.server(),
        shop::ROLE,
        shop::PROD,
        stand.upstream_password(),
    )?;
    println!(
        "{:<32} {:>12} {:>12} {:>14} {:>10}",
        "", "direct", "gate", "time, gate/", "rate, gate/"
    );
    println!(
        "{:<32} {:>12} {:>12} {:>14} {:>10}",
        "median of rounds", "ms", "ms", "direct", "direct"
    );
    for case in CASES {
        let mut gate = Client::connect(
            stand.gate(),
            case.principal,
            CONNECTION,
            stand.key(case.principal),
        )?;
        let mut times = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            times.0.push(measure(&mut direct, &case)?);
            times.1.push(measure(&mut gate, &case)?);
        }
        let (direct, gate) = (median(times.0), median(times.1));
        let ratio = gate.as_secs_f64() / direct.as_secs_f64();
        println!(
            "{:<32} {:>12.3} {:>12.3} {:>14.2} {:>10.2}",
            case.name,
            direct.as_secs_f64() * 1e3 / case.repeats as f64,
            gate.as_secs_f64() * 1e3 / case.repeats as f64,
            ratio,
            1.0 / ratio
        );
    }
    Ok(())
}

fn measure(client: &mut Client, case: &Case) -> Result<Duration, HarnessError> {
    let start = Instant::now();
    for _ in 0..case.repeats {
        let reply = client.simple(case.statement)?;
        if let Some((sqlstate, message)) = reply.error {
            return Err(HarnessError::Answer(format!("{sqlstate}: {message}")));
        }
        client.received.clear();
    }
    Ok(start.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

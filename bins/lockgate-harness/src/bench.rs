//! What passing through the gate costs.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
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

/// Measures each case direct, through a relay that only copies bytes, and through the gate, turn by
/// turn, and prints medians.
pub(crate) fn relay(stand: &Stand, rounds: usize) -> Result<(), HarnessError> {
    let password = stand.upstream_password();
    let copier = copying_relay(stand.server())?;
    let mut direct = Client::connect(stand.server(), shop::ROLE, shop::PROD, password)?;
    let mut copied = Client::connect(copier, shop::ROLE, shop::PROD, password)?;
    println!(
        "{:<32} {:>10} {:>10} {:>10} {:>13} {:>13}",
        "median, ms", "direct", "copying", "gate", "gate/direct", "gate/copying"
    );
    for case in CASES {
        let key = stand.key(case.principal);
        let mut gate = Client::connect(stand.gate(), case.principal, CONNECTION, key)?;
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..rounds {
            let clients = [&mut direct, &mut copied, &mut gate];
            for (client, times) in clients.into_iter().zip(&mut times) {
                times.push(measure(client, &case)?);
            }
        }
        let [direct, copied, gate] = times.map(|times| median(times).as_secs_f64());
        let each = |time: f64| time * 1e3 / case.repeats as f64;
        println!(
            "{:<32} {:>10.3} {:>10.3} {:>10.3} {:>13.2} {:>13.2}",
            case.name,
            each(direct),
            each(copied),
            each(gate),
            gate / direct,
            gate / copied
        );
    }
    Ok(())
}

/// The least that any proxy costs: a thread for each direction that copies what comes.
fn copying_relay(server: SocketAddr) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    // Ends with the process; every connection ends with its peers.
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(upstream) = TcpStream::connect(server) else {
                return;
            };
            for stream in [&client, &upstream] {
                let _ = stream.set_nodelay(true);
            }
            let (Ok(from), Ok(to)) = (client.try_clone(), upstream.try_clone()) else {
                return;
            };
            std::thread::spawn(move || copy(from, to));
            std::thread::spawn(move || copy(upstream, client));
        }
    });
    Ok(address)
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to
            .write_all(buffer.get(..count).unwrap_or_default())
            .is_err()
        {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
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

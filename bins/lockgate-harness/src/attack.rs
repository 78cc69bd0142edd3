//! Tries to get planted values past the masks.

use std::sync::Arc;

use policy::{Context, Viewer};
use session::{Judged, Known, View, judge};
use testkit::canary;
use tokio::runtime::Runtime;

use crate::HarnessError;
use crate::client::{Client, Reply};
use crate::rows::{ATTEMPTS, Attempt, Way};
use crate::stand::{CONNECTION, Stand};

/// Whose eyes must not see the planted values.
const ATTACKERS: [&str; 2] = ["sam", "triage-bot"];

/// What an attempt got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Got {
    /// Rows, without planted values.
    Masked,
    /// Nothing reached the server.
    Denied,
    /// The server ran it and failed; the client got words without values.
    GenericError,
}

impl Got {
    fn word(self) -> &'static str {
        match self {
            Self::Masked => "masked",
            Self::Denied => "denied",
            Self::GenericError => "generic error",
        }
    }
}

/// Runs the attempts, prints what each got, and fails when a planted value came through or an
/// attempt did not get what `explain` foretells.
pub(crate) fn run(stand: &Stand, runtime: &Runtime, row: Option<u32>) -> Result<(), HarnessError> {
    let inspected = runtime.block_on(gateway::inspect(stand.config(), CONNECTION))?;
    let mut breaches = 0;
    println!(
        "{:>3}  {:<10}  {:<6}  {:<13}  statement",
        "row", "as", "way", "got"
    );
    for principal in ATTACKERS {
        for attempt in ATTEMPTS
            .iter()
            .filter(|attempt| row.is_none_or(|row| row == attempt.row))
        {
            let (got, faults) = try_one(stand, principal, attempt)?;
            let foretold = foretell(stand, &inspected, principal, attempt)?;
            let mut faults = faults;
            if foretold != (got == Got::Denied) {
                faults.push(format!(
                    "`explain` foretold {}",
                    if foretold { "a denial" } else { "no denial" }
                ));
            }
            println!(
                "{:>3}  {principal:<10}  {:<6}  {:<13}  {}",
                attempt.row,
                attempt.way.word(),
                got.word(),
                attempt.statements.join(" ")
            );
            for fault in &faults {
                println!("     BREACH: {fault}");
            }
            breaches += usize::from(!faults.is_empty());
        }
    }
    breaches += log_faults(stand)?;
    println!(
        "{breaches} breaches in {} attempts",
        ATTEMPTS.len() * ATTACKERS.len()
    );
    if breaches == 0 {
        Ok(())
    } else {
        Err(HarnessError::Breached(breaches))
    }
}

fn try_one(
    stand: &Stand,
    principal: &str,
    attempt: &Attempt,
) -> Result<(Got, Vec<String>), HarnessError> {
    let mut client = Client::connect(stand.gate(), principal, CONNECTION, stand.key(principal))?;
    let mut last = Reply::default();
    let ends = attempt.statements.len();
    for (statement, number) in attempt.statements.iter().zip(1..) {
        // What leads up to the last statement returns no rows, whose format could matter.
        let reply = match attempt.way {
            Way::Binary if number == ends => client.binary(statement)?,
            Way::Binary | Way::Simple => client.simple(statement)?,
        };
        // The first refusal is what the attempt got.
        if last.error.is_none() {
            last = reply;
        }
    }
    let leaks = canary::column_leaks(&client.received);
    let mut faults: Vec<String> = leaks.iter().map(|leak| format!("{leak}")).collect();
    faults.dedup();
    let got = match &last.error {
        None => Got::Masked,
        Some((sqlstate, message)) => error_kind(sqlstate, message),
    };
    if got == Got::Masked && last.rows.is_empty() && last.copied.is_empty() {
        faults.push("no rows came: the attempt proves nothing".to_owned());
    }
    Ok((got, faults))
}

/// Our denials have their own SQLSTATEs and words; what the server says of protected statements
/// ends with the SQLSTATE in parentheses.
fn error_kind(sqlstate: &str, message: &str) -> Got {
    if message.ends_with(&format!("({sqlstate})")) {
        Got::GenericError
    } else {
        Got::Denied
    }
}

/// Whether the judgement that `lockgate explain` prints refuses the attempt.
fn foretell(
    stand: &Stand,
    inspected: &gateway::Inspected,
    principal: &str,
    attempt: &Attempt,
) -> Result<bool, HarnessError> {
    let config = stand.config();
    let key = identity::AccessKey::new([0; identity::AccessKey::RANDOM_LEN]);
    let actor = config
        .directory
        .actor(principal, key.id().clone())
        .ok_or_else(|| HarnessError::Login(format!("no principal `{principal}`")))?;
    let context = Context {
        now: jiff::Timestamp::now(),
        client_address: None,
        purpose: None,
        approved: false,
        approvals: 0,
        ticket: None,
    };
    let view = View {
        policy: &inspected.world.policy,
        viewer: Viewer {
            actor: &actor,
            connection: &inspected.connection,
            catalog: &inspected.world.catalog,
            labels: &inspected.world.labels,
            context: &context,
        },
        naming: &inspected.naming,
    };
    let text = attempt.statements.join(";\n");
    std::thread::scope(|scope| {
        let judging = std::thread::Builder::new()
            .stack_size(crate::STACK)
            .spawn_scoped(scope, || match judge(&text, &view, &Nobody) {
                Ok(batch) => batch.iter().any(|judged| judged.refusal.is_some()),
                Err(_) => true,
            })?;
        judging
            .join()
            .map_err(|_| HarnessError::Answer("the judgement panicked".to_owned()))
    })
}

struct Nobody;

impl Known for Nobody {
    fn prepared(&self, _: &str) -> Option<Arc<Judged>> {
        None
    }

    fn cursor(&self, _: &str) -> Option<Arc<Judged>> {
        None
    }
}

/// The log must hold neither planted values nor keys.
fn log_faults(stand: &Stand) -> Result<usize, HarnessError> {
    let log = stand.log()?;
    let leaks = canary::leaks(&log);
    leaks
        .iter()
        .for_each(|leak| println!("     BREACH in the audit log: {leak}"));
    let keys = ATTACKERS.iter().filter(|principal| {
        let key = stand.key(principal).as_bytes();
        log.windows(key.len()).any(|window| window == key)
    });
    let keys = keys
        .inspect(|principal| println!("     BREACH: the audit log holds the key of {principal}"))
        .count();
    Ok(leaks.len() + keys)
}

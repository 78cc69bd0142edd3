//! Tries to get planted values past the masks.

use std::path::PathBuf;
use std::sync::Arc;

use policy::{Context, Viewer};
use session::{Judged, Known, View, judge};
use testkit::canary;
use tokio::runtime::Runtime;

use crate::HarnessError;
use crate::client::{Client, Reply};
use crate::guesses;
use crate::rows::{self, Attempt, Way};
use crate::stand::{CONNECTION, Stand};
use crate::table::Table;

/// Whose eyes must not see the planted values.
const ATTACKERS: [&str; 2] = ["sam", "triage-bot"];

/// Which attempts, and where their table goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only the attempts of this row of the list of threats.
    #[arg(long)]
    row: Option<u32>,
    /// Writes the table of all rows, outcomes and tests as Markdown into this file.
    #[arg(long, conflicts_with = "row")]
    table: Option<PathBuf>,
}

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

    /// What does not depend on the server's version: some of what one runs, another fails.
    fn outcome(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Masked | Self::GenericError => "ran without a planted value",
        }
    }
}

/// Runs the attempts, prints what each got, and fails when a planted value came through or an
/// attempt did not get what `explain` foretells.
pub(crate) fn run(stand: &Stand, runtime: &Runtime, options: &Options) -> Result<(), HarnessError> {
    let row = options.row;
    let inspected = runtime.block_on(gateway::inspect(stand.config(), CONNECTION))?;
    let mut breaches = 0;
    let mut attempts = 0;
    let mut table = Table::default();
    println!(
        "{:>3}  {:<10}  {:<6}  {:<13}  statement",
        "row", "as", "way", "got"
    );
    for principal in ATTACKERS {
        for (attempt, way) in
            rows::all().filter(|(attempt, _)| row.is_none_or(|row| row == attempt.row))
        {
            attempts += 1;
            let (got, faults) = try_one(stand, principal, attempt, way)?;
            table.count(attempt.row, got.outcome());
            let foretold = foretell(stand, &inspected, principal, (attempt, way))?;
            let mut faults = faults;
            if foretold != (got == Got::Denied) {
                faults.push(format!(
                    "`explain` foretold {}",
                    if foretold { "a denial" } else { "no denial" }
                ));
            }
            print(principal, (attempt, way), got, &faults);
            breaches += usize::from(!faults.is_empty());
        }
    }
    if row.is_none_or(|row| guesses::ROWS.contains(&row)) {
        breaches += guesses::run(stand, &ATTACKERS)?;
    }
    if let Some(path) = &options.table {
        std::fs::write(path, table.markdown())?;
    }
    breaches += log_faults(stand)?;
    println!("{breaches} breaches in {attempts} attempts");
    if breaches == 0 {
        Ok(())
    } else {
        Err(HarnessError::Breached(breaches))
    }
}

fn print(principal: &str, (attempt, way): (&Attempt, Way), got: Got, faults: &[String]) {
    println!(
        "{:>3}  {principal:<10}  {:<6}  {:<13}  {}",
        attempt.row,
        way.word(),
        got.word(),
        attempt.statements.join(" ")
    );
    for fault in faults {
        println!("     BREACH: {fault}");
    }
}

fn try_one(
    stand: &Stand,
    principal: &str,
    attempt: &Attempt,
    way: Way,
) -> Result<(Got, Vec<String>), HarnessError> {
    let mut client = Client::connect(stand.gate(), principal, CONNECTION, stand.key(principal))?;
    let last = send(&mut client, attempt.statements, way)?;
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

/// What the first refusal said, or else the last statement.
fn send(client: &mut Client, statements: &[&str], way: Way) -> Result<Reply, HarnessError> {
    if way == Way::Pipelined {
        return client.pipelined(statements);
    }
    let mut last = Reply::default();
    let ends = statements.len();
    for (statement, number) in statements.iter().zip(1..) {
        // What leads up to the last statement returns no rows, whose format could matter.
        let reply = if way == Way::Binary && number == ends {
            client.binary(statement)?
        } else {
            client.simple(statement)?
        };
        if last.error.is_none() {
            last = reply;
        }
    }
    Ok(last)
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
    (attempt, way): (&Attempt, Way),
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
                // Parse takes one statement alone, whatever the judgement of two.
                Ok(batch) if way == Way::Binary && batch.len() > attempt.statements.len() => true,
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

/// No file of the state directory, the audit log among them, may hold planted values or keys.
fn log_faults(stand: &Stand) -> Result<usize, HarnessError> {
    let mut faults = 0;
    for (path, bytes) in stand.state()? {
        let name = path.display();
        for leak in canary::leaks(&bytes) {
            println!("     BREACH in `{name}`: {leak}");
            faults += 1;
        }
        for principal in ATTACKERS {
            let key = stand.key(principal).as_bytes();
            if bytes.windows(key.len()).any(|window| window == key) {
                println!("     BREACH: `{name}` holds the key of {principal}");
                faults += 1;
            }
        }
    }
    Ok(faults)
}

//! Benchmarks and attacks against a running gate.
//!
//! Every command starts a private PostgreSQL with the shop's data and a gate in front of it, in
//! this process and on loopback only, and takes both down again.

mod attack;
mod bench;
mod client;
mod conformance;
mod rows;
mod stand;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Stack of the threads that read statements (`sql::read`).
const STACK: usize = 16 * 1024 * 1024;

#[derive(Parser)]
#[command(name = "lockgate-harness", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures.
    #[command(subcommand)]
    Bench(Bench),
    /// Tries to get planted values past the masks, as a support engineer and as an AI agent, and
    /// says for each attempt what it got.
    Attack {
        /// Only the attempts of this row of the list of threats.
        #[arg(long)]
        row: Option<u32>,
    },
    /// Starts the gate, says where it listens and who may log in with which key, and waits until
    /// standard input closes.
    Stand,
    /// Runs third-party suites directly and through a gate that permits everything, and fails
    /// unless the results differ exactly as expected.
    Conformance(conformance::Options),
}

#[derive(Subcommand)]
enum Bench {
    /// A point select and bulk selects, direct and through the gate, interleaved: medians and
    /// ratios.
    Relay {
        /// Rounds of each measurement.
        #[arg(long, default_value_t = 21)]
        rounds: usize,
    },
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum HarnessError {
    #[error("postgresql: {0}")]
    Cluster(#[from] testkit::ClusterError),
    #[error("configuration: {0}")]
    Config(#[from] config::ConfigErrors),
    #[error("gate: {0}")]
    Gate(#[from] gateway::StartError),
    #[error("gate: {0}")]
    Inspect(#[from] gateway::InspectError),
    #[error("client: {0}")]
    Io(#[from] std::io::Error),
    #[error("client: {0}")]
    Wire(#[from] wire::WireError),
    #[error("client: login failed: {0}")]
    Login(String),
    #[error("client: unexpected answer: {0}")]
    Answer(String),
    #[error("{0} attempts went through")]
    Breached(usize),
    #[error("`{program}` failed: {reason}")]
    Tool { program: String, reason: String },
    #[error("the list of expected differences: {0}")]
    ExpectedList(#[from] toml::de::Error),
    #[error("{0} results are not what is expected")]
    Differs(usize),
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lockgate-harness: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), HarnessError> {
    // The gate's threads run in the background; clients are blocking and stay on this thread.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build()?;
    if let Command::Conformance(options) = &cli.command {
        return conformance::run(&runtime, options);
    }
    let stand = runtime.block_on(stand::Stand::start())?;
    let result = match cli.command {
        Command::Bench(Bench::Relay { rounds }) => bench::relay(&stand, rounds),
        Command::Attack { row } => attack::run(&stand, &runtime, row),
        Command::Stand => stand.serve().map_err(HarnessError::from),
        // Has servers of its own, above.
        Command::Conformance(_) => Ok(()),
    };
    runtime.block_on(stand.stop());
    result
}

//! Benchmarks and attacks against a running gate.
//!
//! Every command but `detect` starts a private PostgreSQL with the shop's data and a gate in front of it, on
//! loopback only, and takes both down again. Benches start the gate in a process of its own.

mod attack;
mod bench;
mod client;
mod conformance;
mod detect_lines;
mod guesses;
mod rows;
mod stand;
mod table;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use stand::Stand;

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
    Bench(bench::Bench),
    /// Tries to get planted values past the masks, as a support engineer and as an AI agent, and
    /// says for each attempt what it got.
    Attack(attack::Options),
    /// Starts the gate, says where it listens and who may log in with which key, and waits until
    /// standard input closes.
    Stand(StandOptions),
    /// Starts a relay that only copies bytes to a server, says where it listens, and waits until
    /// standard input closes.
    CopyingRelay {
        /// Where the server listens.
        #[arg(long)]
        server: SocketAddr,
    },
    /// Starts a server that lets idle sessions in by itself and passes the rest on to another, says
    /// where it listens, and waits until standard input closes.
    FakeUpstream {
        /// Where the other listens.
        #[arg(long)]
        server: SocketAddr,
    },
    /// Runs third-party suites directly and through a gate that permits everything, and fails
    /// unless the results differ exactly as expected.
    Conformance(conformance::Options),
    /// Searches cells, or classifies columns, that are given as lines of JSON.
    Detect(detect_lines::Options),
}

#[derive(Args)]
struct StandOptions {
    /// A server with the shop's data to stand before, instead of a private one; the password of
    /// its role comes in the environment.
    #[arg(long, requires = "password")]
    server: Option<SocketAddr>,
    #[arg(long, hide = true, env = stand::PASSWORD_VARIABLE, hide_env_values = true)]
    password: Option<String>,
    /// Most sessions at a time.
    #[arg(long)]
    max_sessions: Option<usize>,
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
    #[error("process {0} cannot be pinned: {1}")]
    Pin(u32, std::io::Error),
    #[error("`{0}` does not say what proc(5) promises")]
    Proc(String),
    #[error("a proxy did not say where it listens")]
    Greeting,
    #[error("target `{name}`: {source}")]
    Target {
        name: String,
        source: Box<HarnessError>,
    },
    #[error("`{given}`: expected {expected}")]
    Option {
        given: String,
        expected: &'static str,
    },
    #[error("{0} checks of scale failed")]
    Scale(usize),
    #[error("results as json: {0}")]
    Json(#[from] serde_json::Error),
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
    match cli.command {
        Command::Bench(bench) => bench::run(bench, &runtime),
        Command::Attack(options) => {
            let stand = runtime.block_on(Stand::start())?;
            let result = attack::run(&stand, &runtime, &options);
            runtime.block_on(stand.stop());
            result
        }
        Command::Stand(options) => {
            let stand = runtime.block_on(start(&options))?;
            let result = stand.serve();
            runtime.block_on(stand.stop());
            Ok(result?)
        }
        Command::Conformance(options) => conformance::run(&runtime, &options),
        Command::Detect(options) => detect_lines::run(&options),
        Command::CopyingRelay { server } => Ok(bench::copying_relay(server)?),
        Command::FakeUpstream { server } => bench::fake_upstream(server, &runtime),
    }
}

async fn start(options: &StandOptions) -> Result<Stand, HarnessError> {
    let (Some(server), Some(password)) = (options.server, &options.password) else {
        return Stand::start().await;
    };
    Stand::before(stand::Upstream {
        server,
        password,
        max_sessions: options.max_sessions,
    })
    .await
}

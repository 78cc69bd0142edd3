//! The Lockgate proxy: `lockgate-proxy --config lockgate.toml`.
//!
//! Reads the configuration, starts the gate, and passes signals on: SIGTERM and SIGINT drain it, a
//! second one ends it at once, SIGHUP puts the configuration in force as it is now. What the gate
//! does is not here but in `gateway`.

mod logging;
mod options;
mod serve;

use std::process::ExitCode;

use clap::Parser;

/// The stack of every thread: statements and view definitions are read by a parser that recurses to
/// the depth that its gate allows, more than the two megabytes that threads have by default.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// The configuration cannot be used.
const EXIT_CONFIGURATION: u8 = 2;

/// The gate cannot start.
const EXIT_START: u8 = 3;

fn main() -> ExitCode {
    let options = options::Options::parse();
    logging::install(options.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build();
    let ended = match runtime {
        // On a thread of the runtime, so that it has the large stack as well.
        Ok(runtime) => runtime.block_on(async { tokio::spawn(serve::serve(options.config)).await }),
        Err(error) => {
            tracing::error!(%error, "no runtime");
            return ExitCode::from(EXIT_START);
        }
    };
    match ended {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            error.log();
            ExitCode::from(error.exit())
        }
        Err(error) => {
            tracing::error!(%error, "the gate ended unexpectedly");
            ExitCode::from(EXIT_START)
        }
    }
}

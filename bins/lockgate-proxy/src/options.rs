//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

const AFTER_HELP: &str = "\
Signals:
  SIGTERM, SIGINT  drain: no new clients, idle sessions end, the rest after limits.drain_timeout;
                   a second one ends at once
  SIGHUP           put the configuration in force as it is now; with mistakes the old one stays

Environment:
  LOCKGATE_LOG     what is logged, such as `info` (the default) or `gateway=debug`

Exit codes:
  0  drained
  2  the configuration cannot be used; every mistake is logged
  3  the gate cannot start";

/// The identity-aware gate in front of PostgreSQL: the proxy
#[derive(Debug, Parser)]
#[command(name = "lockgate-proxy", version, after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// The configuration
    #[arg(long, value_name = "FILE", env = "LOCKGATE_CONFIG")]
    pub(crate) config: PathBuf,
    /// How log lines are written on the error output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) log_format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object a line
    #[default]
    Json,
    /// For people
    Text,
}

#[cfg(test)]
mod tests {
    use super::Options;
    use clap::CommandFactory;

    #[test]
    fn the_options_hang_together() {
        Options::command().debug_assert();
    }
}

//! What can be typed.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes:
  0    all is well: valid, allowed, verified
  1    what was checked is wrong: mistakes, a statement that is not allowed, a broken record,
       sensitive data found
  2    the command line, or a configuration that it names, cannot be used
  3    a file, a database or PostgreSQL's programs cannot be reached
  130  ended by Ctrl-C before it was done";

/// The identity-aware gate in front of PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "lockgate", version, styles = STYLES, after_help = EXIT_CODES)]
#[command(
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands, in the order in which one meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show it all on this machine: a private PostgreSQL, the gate, and three people who use it
    #[command(after_help = EXIT_CODES)]
    Demo(Demo),
    /// Check a configuration and its policies, and say every mistake with its place and its fix
    #[command(after_help = EXIT_CODES)]
    Check(Check),
    /// Say what the gate would do with a statement, and why
    #[command(after_help = EXIT_CODES)]
    Explain(Explain),
    /// Make access keys
    #[command(subcommand, after_help = EXIT_CODES)]
    Key(Key),
    /// Read and verify the audit log
    #[command(subcommand, after_help = EXIT_CODES)]
    Audit(Audit),
    /// Find sensitive data in files: ends with 1 when there is some
    #[command(after_help = EXIT_CODES)]
    Detect(Detect),
    /// Mask the sensitive data in files, and what columns named for it hold
    #[command(after_help = EXIT_CODES)]
    Mask(Mask),
    /// Propose labels for the columns of a database, from their names and samples of their values
    #[command(after_help = EXIT_CODES)]
    Classify(Classify),
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// For programs, with names of fields that stay
    Json,
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End after the tour: with 0 if every step behaved, else with 1
    #[arg(long)]
    pub(crate) exit: bool,
    /// Keep the configuration and the audit log in this directory
    #[arg(long, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
    /// The loopback port of the gate; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The configuration
    #[arg(long, value_name = "FILE", env = "LOCKGATE_CONFIG")]
    pub(crate) config: PathBuf,
    /// Also connect to every database and compare it with the configuration
    #[arg(long)]
    pub(crate) connect: bool,
    /// How the report is written
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: Format,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The configuration
    #[arg(long, value_name = "FILE", env = "LOCKGATE_CONFIG")]
    pub(crate) config: PathBuf,
    /// The principal who would send the statement
    #[arg(long = "as", value_name = "PRINCIPAL")]
    pub(crate) principal: String,
    /// The connection on which
    #[arg(long = "on", value_name = "CONNECTION")]
    pub(crate) connection: String,
    /// How the report is written
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: Format,
    /// The same as `--output json`
    #[arg(long, conflicts_with = "output")]
    pub(crate) json: bool,
    /// The statement, or several with semicolons between them
    pub(crate) sql: String,
}

/// The commands of `key`.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make an access key, print it once, and print the line for the configuration
    New(NewKey),
}

/// Options of `key new`.
#[derive(Debug, Args)]
pub(crate) struct NewKey {
    /// The public id that records show; by default one that is part of the key
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// When the key ends, from now on, such as `90d`, `12h` or `1y`; by default never
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,
    /// Print a whole `[[principal]]` of this name instead of the key's line alone
    #[arg(long, value_name = "NAME")]
    pub(crate) principal: Option<String>,
    /// How the key is written
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: Format,
}

/// The commands of `audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Show the last records
    Tail(Tail),
    /// Show the records that match
    Search(Box<Search>),
    /// Verify the whole log; name the first record that is not what was written
    Verify(Verify),
}

/// Which log.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Log {
    /// The state directory of a gate or of a demo
    #[arg(long, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
    /// The configuration of a gate
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The log itself
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}

/// How records are printed.
#[derive(Debug, Args)]
pub(crate) struct Records {
    /// Print the records as they stand in the log
    #[arg(long)]
    pub(crate) json: bool,
}

/// Options of `audit tail`.
#[derive(Debug, Args)]
pub(crate) struct Tail {
    #[command(flatten)]
    pub(crate) log: Log,
    /// How many records
    #[arg(short = 'n', long = "lines", value_name = "N", default_value_t = 20)]
    pub(crate) lines: usize,
    /// Go on with new records as they are written
    #[arg(short, long)]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) records: Records,
}

/// Options of `audit search`. Names are compared without regard to case.
#[derive(Debug, Args)]
pub(crate) struct Search {
    #[command(flatten)]
    pub(crate) log: Log,
    /// Who acted, or for whom an agent acted
    #[arg(long, value_name = "NAME")]
    pub(crate) principal: Option<String>,
    /// On which connection
    #[arg(long, value_name = "NAME")]
    pub(crate) connection: Option<String>,
    /// The verdict on a statement: allow, deny or hold
    #[arg(long, value_name = "WORD")]
    pub(crate) verdict: Option<String>,
    /// What it is: a kind of statement, such as `select`, or of record, such as `outcome`
    #[arg(long, value_name = "WORD")]
    pub(crate) kind: Option<String>,
    /// A relation that a statement uses, as `table` or `schema.table`
    #[arg(long, value_name = "NAME")]
    pub(crate) relation: Option<String>,
    /// A piece of any text in the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// From this time on: `2026-01-31T08:00:00Z`, or a time before now such as `2h`
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    #[command(flatten)]
    pub(crate) records: Records,
}

/// Options of `audit verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) log: Log,
    /// How the report is written
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: Format,
}

/// How the values of a file are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// Fields between delimiters, the first row with their names
    Csv,
    /// A JSON value on each line
    Jsonl,
    /// Lines of text
    Text,
}

/// The files that are read.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// The files; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How they are laid out; by default as their endings say (csv, tsv, jsonl, ndjson), else text
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) input: Option<InputFormat>,
    /// What is between two fields of CSV; by default a comma, in tsv a tab
    #[arg(long, value_name = "CHARACTER")]
    pub(crate) delimiter: Option<char>,
    /// The first row of CSV holds values, not names
    #[arg(long)]
    pub(crate) no_header: bool,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum FindingFormat {
    /// A line for each finding, for people; without the values
    #[default]
    Table,
    /// A JSON object on a line for each finding; without the values
    Json,
    /// The rows that hold something, with it in colour
    Highlight,
}

/// Options of `detect`. The names of columns and the keys of JSON tell about their values.
#[derive(Debug, Args)]
pub(crate) struct Detect {
    #[command(flatten)]
    pub(crate) files: Files,
    /// How findings are written
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) format: FindingFormat,
    /// A configuration whose `[[detector]]` types are found too
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// What is done to sensitive data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum MaskOperator {
    /// A mark in its place, such as `[EMAIL_ADDRESS]`
    #[default]
    Redact,
    /// The part of it that its form may show
    Partial,
    /// A stand-in, the same for the same value as the gate of the configuration gives
    Pseudonym,
}

/// Options of `mask`. What stays is copied byte by byte.
#[derive(Debug, Args)]
pub(crate) struct Mask {
    #[command(flatten)]
    pub(crate) files: Files,
    /// Where the masked rows go, a file that does not exist yet; by default the standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// What is done to sensitive data
    #[arg(long, value_enum, default_value_t)]
    pub(crate) operator: MaskOperator,
    /// A configuration whose `[[detector]]` types are found too, and whose `[masking]` key makes
    /// pseudonyms
    #[arg(long, value_name = "FILE", required_if_eq("operator", "pseudonym"))]
    pub(crate) config: Option<PathBuf>,
}

/// Options of `classify`. What is printed is a piece of a configuration, to be read and changed.
#[derive(Debug, Args)]
pub(crate) struct Classify {
    /// The connection whose database is looked at
    #[arg(value_name = "CONNECTION")]
    pub(crate) connection: String,
    /// The configuration
    #[arg(long, value_name = "FILE", env = "LOCKGATE_CONFIG")]
    pub(crate) config: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_hang_together() {
        Cli::command().debug_assert();
    }
}

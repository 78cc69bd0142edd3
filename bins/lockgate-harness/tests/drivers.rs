//! Real drivers against a gate: what they show a support engineer is masked, and they work.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what the tests share may fail as loudly as they do"
)]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use testkit::{PgBinaries, canary};

/// Who looks: a support engineer, who must not see the planted values.
const VIEWER: &str = "sam";
/// The name that clients give as the database.
const CONNECTION: &str = "shop-prod";
/// The interpreter that has psycopg and asyncpg.
const PYTHON: &str = "LOCKGATE_PYTHON";
/// `gate`, and a `key` for each of dana, sam and triage-bot.
const GREETING_LINES: usize = 4;

/// A stand in a process of its own, which ends when the standard input that we hold closes.
struct Stand {
    process: Child,
    host: String,
    port: String,
    key: String,
}

impl Stand {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_lockgate-harness"))
            .arg("stand")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the harness starts");
        let lines: Vec<String> = BufReader::new(process.stdout.take().expect("piped"))
            .lines()
            .take(GREETING_LINES)
            .collect::<Result<_, _>>()
            .expect("text");
        let find = |prefix: &str| {
            lines
                .iter()
                .find_map(|line| line.strip_prefix(prefix))
                .unwrap_or_else(|| panic!("no `{prefix}` in {} lines", lines.len()))
                .to_owned()
        };
        let address = find("gate ");
        let (host, port) = address.split_once(' ').expect("host and port");
        Self {
            host: host.to_owned(),
            port: port.to_owned(),
            key: find(&format!("key {VIEWER} ")),
            process,
        }
    }

    /// The command with what libpq and its kin read from the environment.
    fn client(&self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        command
            .env("PGHOST", &self.host)
            .env("PGPORT", &self.port)
            .env("PGUSER", VIEWER)
            .env("PGPASSWORD", &self.key)
            .env("PGDATABASE", CONNECTION)
            .env("PGSSLMODE", "disable")
            .env("PGCONNECT_TIMEOUT", "20")
            .stdin(Stdio::null());
        command
    }

    /// What psql did with one command: its exit code, and what it said on both outputs.
    fn psql(&self, command: &str) -> (Option<i32>, String) {
        let output = self
            .client(psql())
            .args(["-X", "-v", "VERBOSITY=verbose", "-c", command])
            .output()
            .expect("psql starts");
        (output.status.code(), said(&output))
    }

    fn stop(mut self) {
        drop(self.process.stdin.take());
        let status = self.process.wait().expect("the harness ends");
        assert!(status.success(), "the stand ended with {status}");
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        // After a failed test too, the server has to go down with its gate.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn psql() -> PathBuf {
    PgBinaries::find(&|name| std::env::var_os(name))
        .map(|binaries| binaries.directory().join("psql"))
        .ok()
        .filter(|path| path.is_file())
        .unwrap_or_else(|| PathBuf::from("psql"))
}

/// All that a client put out, which must hold no planted value.
fn said(output: &Output) -> String {
    let mut bytes = output.stdout.clone();
    bytes.push(b'\n');
    bytes.extend_from_slice(&output.stderr);
    let leaks: Vec<String> = canary::column_leaks(&bytes)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(leaks.is_empty(), "{leaks:?}");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn psql_works_and_shows_masked_values() {
    let stand = Stand::start();
    // Each command, its exit code, and what psql says among other things.
    let cases: [(&str, i32, &[&str]); 6] = [
        (
            "select id, name, email, ssn from customers where id = 4711",
            0,
            &["4711", "[REDACTED]", "z***@c***.example", "(1 row)"],
        ),
        ("select * from customers", 0, &["4711", "rows)"]),
        (
            r"\d customers",
            0,
            &[
                "Table \"public.customers\"",
                "ssn",
                "birth_date",
                "customers_pkey",
            ],
        ),
        (
            r"\copy (select id, ssn from customers where id = 4711) to stdout",
            0,
            // As wide as its type, `character(11)`.
            &["4711\t[REDACTED] \n"],
        ),
        ("drop table customers", 1, &["ERROR:  42501:"]),
        ("select count(*) from customers", 0, &["(1 row)"]),
    ];
    for (command, code, wanted) in cases {
        let (got, text) = stand.psql(command);
        assert_eq!(got, Some(code), "`{command}`: {text}");
        for words in wanted {
            assert!(text.contains(words), "`{command}` lacks `{words}`: {text}");
        }
    }
    stand.stop();
}

#[test]
#[ignore = "needs LOCKGATE_PYTHON with psycopg and asyncpg; .ci/run runs it"]
fn psycopg_and_asyncpg_work_and_show_masked_values() {
    let python = std::env::var_os(PYTHON).expect("LOCKGATE_PYTHON names an interpreter");
    let stand = Stand::start();
    let output = stand
        .client(PathBuf::from(python))
        .args([
            "-u",
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/drivers.py"),
        ])
        .output()
        .expect("the interpreter starts");
    let text = said(&output);
    assert!(output.status.success(), "{}: {text}", output.status);
    // The script says this at its very end: an early exit is no success.
    assert!(text.contains("all steps behaved"), "{text}");
    stand.stop();
}

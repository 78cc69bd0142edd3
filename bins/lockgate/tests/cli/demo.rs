//! `lockgate demo`, and the configuration that it leaves for other commands.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use super::{Home, ended, lockgate, run, text_of};

#[test]
fn the_whole_tour_behaves_and_what_it_wrote_verifies() {
    let home = Home::new();
    let state = text_of(&home.path().join("state"));
    let tour = ended(
        lockgate(&["demo", "--exit", "--state-dir", &state])
            .output()
            .unwrap(),
    );
    assert_eq!(tour.code, Some(0), "{}\n{}", tour.out, tour.error);
    assert!(tour.out.contains("checks of the tour hold"), "{}", tour.out);
    assert!(!tour.out.contains('✗') && !tour.out.contains('\u{1b}'));
    let widest = tour
        .out
        .lines()
        .max_by_key(|line| line.chars().count())
        .unwrap();
    assert!(widest.chars().count() <= 120, "{widest}");

    let verified = run(&["audit", "verify", "--state-dir", &state]);
    assert_eq!(verified.code, Some(0), "{}", verified.out);
    let denied = run(&[
        "audit",
        "search",
        "--verdict",
        "deny",
        "--state-dir",
        &state,
    ]);
    assert!(denied.out.contains("agents/no-ddl"), "{}", denied.out);
    let log = std::fs::read(home.path().join("state/audit.jsonl")).unwrap();
    assert_eq!(testkit::canary::leaks(&log), vec![]);

    // A second one goes on in the same directory.
    let again = run(&["demo", "--exit", "--state-dir", &state]);
    assert_eq!(again.code, Some(0), "{}\n{}", again.out, again.error);
}

#[test]
fn without_postgresql_it_says_what_to_install() {
    let empty = tempfile::tempdir().unwrap();
    let missing = lockgate(&["demo", "--exit"])
        .env("LOCKGATE_PG_BIN", empty.path())
        .output();
    let missing = ended(missing.unwrap());
    assert_eq!(missing.code, Some(3));
    assert!(
        missing.error.contains("has no `initdb`"),
        "{}",
        missing.error
    );
}

#[test]
fn it_does_not_touch_a_configuration_that_is_not_its_own() {
    let home = Home::new();
    let config = home.config("");
    let before = std::fs::read(&config).unwrap();
    let refused = run(&["demo", "--exit", "--state-dir", &text_of(home.path())]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.error.contains("was not written by the demo"),
        "{}",
        refused.error
    );
    assert_eq!(std::fs::read(&config).unwrap(), before);
}

/// A demo that stays, with the lines that it printed until it was ready.
pub(super) struct Standing {
    process: Child,
    pub(super) state: String,
    _home: Home,
}

impl Standing {
    pub(super) fn up() -> Self {
        let home = Home::new();
        let state = text_of(&home.path().join("state"));
        let mut process = lockgate(&["demo", "--state-dir", &state])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines
            .map(Result::unwrap)
            .find(|line| line.contains("audit verify --state-dir"));
        assert!(ready.is_some(), "the demo ended before it was ready");
        Standing {
            process,
            state,
            _home: home,
        }
    }

    /// Sends a signal by its name and gives the exit code.
    pub(super) fn end(mut self, signal: &str) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(
            std::process::Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        self.process.wait().unwrap().code()
    }
}

#[test]
fn it_ends_in_order_by_a_signal() {
    for signal in ["-INT", "-TERM"] {
        assert_eq!(Standing::up().end(signal), Some(0), "{signal}");
    }
}

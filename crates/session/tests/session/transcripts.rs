//! Conversations as data, in `cases/*.txt`.
//!
//! A case begins with `# title`. `C:` and `S:` are messages of the client and of the server, each in
//! the words of [`crate::messages`]; a few other lines direct the double: `as NAME`, `sink full`,
//! `reload`, `limit WHAT BYTES`, `end`. All other lines are what the session does with them:
//! `> server:` and `> client:` (`=` is the very message that came), `!` what it records, `~` that it
//! keeps the client's message until the server has answered, `x` why it ended.
//!
//! With `LOCKGATE_BLESS=1` the files are written anew from what the session does: read the change.

use std::path::PathBuf;
use std::sync::Arc;

use audit::SinkError;
use session::{Limits, SessionError};
use wire::frame::Side;

use crate::double::{Double, with_stack};
use crate::messages;

/// Set: the files are written anew.
const BLESS: &str = "LOCKGATE_BLESS";

/// One conversation.
pub(crate) struct Case {
    pub(crate) title: String,
    pub(crate) lines: Vec<String>,
}

/// The cases of one file.
pub(crate) fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if let Some(title) = line.strip_prefix("# ") {
            cases.push(Case {
                title: title.to_owned(),
                lines: Vec::new(),
            });
        } else if let Some(case) = cases.last_mut().filter(|_| !line.is_empty()) {
            case.lines.push(line.to_owned());
        }
    }
    cases
}

/// A double under the directions at the head of a case, and the rest of its lines.
fn begin(lines: &[String]) -> Double {
    let mut limits = Limits::default();
    let mut principal = "dana";
    for line in lines {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["as", name] => principal = name,
            ["limit", "held_row", bytes] => limits.held_row = bytes.parse().unwrap(),
            ["limit", "statement", bytes] => limits.statement = bytes.parse().unwrap(),
            ["limit", "pipeline", count] => limits.pipeline = count.parse().unwrap(),
            ["limit", "held", bytes] => {
                let sizes = wire::frame::Sizes {
                    held: bytes.parse().unwrap(),
                    ..wire::frame::Sizes::default()
                };
                limits.wire = Arc::new(wire::frame::Limits::new(&sizes));
            }
            _ => {}
        }
    }
    Double::new(principal, limits)
}

/// The conversation as it really goes: the lines of the case that direct it, each with what follows.
fn played(case: &Case) -> Vec<String> {
    let mut double = begin(&case.lines);
    let mut told = Vec::new();
    for (number, line) in case.lines.iter().enumerate() {
        let (sent, result) = match line.split_once(' ') {
            Some(("C:", message)) => {
                let bytes = messages::client(message);
                let result = double.client(&bytes);
                (bytes, result)
            }
            Some(("S:", message)) => {
                let bytes = messages::server(message);
                let result = double.server(&bytes);
                (bytes, result)
            }
            Some((">" | "!" | "x", _)) => continue,
            _ => match direct(&mut double, line) {
                Directed::Done => (Vec::new(), Ok(())),
                Directed::Unknown => continue,
            },
        };
        told.push(line.clone());
        if !report(&mut double, &sent, result, &mut told) {
            // What nobody heard stays in the case, and so makes it fail.
            let unheard = case.lines.iter().skip(number + 1);
            told.extend(unheard.filter(|line| is_said(line)).cloned());
            break;
        }
    }
    told
}

fn is_said(line: &str) -> bool {
    line.starts_with("C:") || line.starts_with("S:")
}

enum Directed {
    Done,
    Unknown,
}

fn direct(double: &mut Double, line: &str) -> Directed {
    match line {
        "sink full" => double.sink.refuse(Some(SinkError::Full)),
        "sink closed" => double.sink.refuse(Some(SinkError::Closed)),
        "sink works" => double.sink.refuse(None),
        "reload" => double.reload(),
        "end" => double.end(None),
        line if line.starts_with("as ") || line.starts_with("limit ") => {}
        _ => return Directed::Unknown,
    }
    Directed::Done
}

/// Appends what the session did; `false` when it ended.
fn report(
    double: &mut Double,
    sent: &[u8],
    result: Result<(), SessionError>,
    told: &mut Vec<String>,
) -> bool {
    told.extend(double.sink.take());
    let same = |line: String, bytes: &[u8]| if bytes == sent { "=".to_owned() } else { line };
    for (line, bytes) in messages::told(&double.take_to_server(), Side::Frontend) {
        told.push(format!("> server: {}", same(line, &bytes)));
    }
    for (line, bytes) in messages::told(&double.take_to_client(), Side::Backend) {
        told.push(format!("> client: {}", same(line, &bytes)));
    }
    if double.holds_back() {
        told.push("~".to_owned());
    }
    let Err(error) = result else { return true };
    told.push(format!("x {error}"));
    double.end(Some(&error));
    told.extend(double.sink.take());
    false
}

fn check(file: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/session/cases")
        .join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let cases = cases(&text);
    let played: Vec<Vec<String>> = with_stack(|| cases.iter().map(played).collect());
    if std::env::var_os(BLESS).is_some() {
        let told = cases.iter().zip(&played);
        let texts = told.map(|(case, lines)| format!("# {}\n{}\n", case.title, lines.join("\n")));
        std::fs::write(&path, texts.collect::<Vec<_>>().join("\n")).unwrap();
        return;
    }
    for (case, lines) in cases.iter().zip(&played) {
        let end = lines.iter().position(|line| line.starts_with("x "));
        assert!(
            !lines
                .iter()
                .skip(end.unwrap_or(lines.len()))
                .any(|line| is_said(line)),
            "{file}: {}: the session ended too early\n{}",
            case.title,
            lines.join("\n")
        );
        assert!(
            *lines == case.lines,
            "{file}: {}\n\nwanted:\n{}\n\nbut was:\n{}\n",
            case.title,
            case.lines.join("\n"),
            lines.join("\n")
        );
    }
}

#[test]
fn simple_queries() {
    check("simple.txt");
}

#[test]
fn extended_queries() {
    check("extended.txt");
}

#[test]
fn refusals() {
    check("refusals.txt");
}

#[test]
fn names() {
    check("names.txt");
}

#[test]
fn copy() {
    check("copy.txt");
}

#[test]
fn unreadable_texts() {
    check("unreadable.txt");
}

#[test]
fn faults() {
    check("faults.txt");
}

//! What the text of a source file must not hold.
//!
//! The rules look at code only: not at comments, not at the tests at the end of a file.

use crate::graph::PURE;

/// The most lines of code that a file has: beyond it a type or a seam is missing.
pub(crate) const CODE_LINES_MAX: usize = 400;

/// Files that are longer, each with the reason.
pub(crate) const LONG_FILES: [(&str, &str); 0] = [];

/// Lines that may break a rule: file, pattern, and why.
const EXCEPTIONS: [(&str, &str, &str); 1] = [(
    "crates/sql/src/second.rs",
    "std::thread",
    "the second parser needs a deeper stack than its caller may have; the thread ends within the call",
)];

/// What makes a crate impure, with the rule.
const IMPURE: [(&str, &str); 21] = [
    ("std::fs", "files are I/O"),
    ("fs::", "files are I/O"),
    ("File::open", "files are I/O"),
    ("File::create", "files are I/O"),
    ("TcpStream", "sockets are I/O"),
    ("TcpListener", "sockets are I/O"),
    ("UdpSocket", "sockets are I/O"),
    ("UnixStream", "sockets are I/O"),
    ("std::os", "the operating system is I/O"),
    ("std::process", "processes are I/O"),
    ("std::thread", "threads are I/O"),
    ("std::env", "the environment is an argument"),
    ("env::var", "the environment is an argument"),
    ("SystemTime::now", "the clock is an argument"),
    ("Instant::now", "the clock is an argument"),
    ("Timestamp::now", "the clock is an argument"),
    ("Zoned::now", "the clock is an argument"),
    ("thread_local!", "nothing global changes"),
    ("print!", "output is I/O"),
    ("println!", "output is I/O"),
    ("eprintln!", "output is I/O"),
];

/// What lets a static change, or be set once by whoever comes first.
const CHANGING: [&str; 6] = ["Mutex", "RwLock", "Atomic", "OnceLock", "OnceCell", "Cell<"];

/// What no crate has.
const NEVER: [(&str, &str); 3] = [
    ("todo!", "no stubs"),
    ("unimplemented!", "no stubs"),
    ("static mut", "nothing global changes"),
];

/// Every line of the file at `path` that breaks a rule, each with the rule.
pub(crate) fn offences(path: &str, text: &str) -> Vec<String> {
    if is_test(path) {
        return Vec::new();
    }
    let pure = is_pure(path);
    let mut found: Vec<String> = code(text)
        .into_iter()
        .filter_map(|(number, line)| {
            let (pattern, rule) = broken_rule(line, pure)?;
            if EXCEPTIONS
                .iter()
                .any(|(file, allowed, _)| *file == path && *allowed == pattern)
            {
                return None;
            }
            Some(format!("{path}:{number}: `{pattern}`: {rule}"))
        })
        .collect();
    let lines = code_lines(text);
    if lines > CODE_LINES_MAX && !LONG_FILES.iter().any(|(listed, _)| *listed == path) {
        found.push(format!(
            "{path}: {lines} lines of code, more than {CODE_LINES_MAX}: which type or seam is missing?"
        ));
    }
    found
}

fn broken_rule(line: &str, pure: bool) -> Option<(&'static str, &'static str)> {
    let listed = |rules: &[(&'static str, &'static str)]| {
        rules
            .iter()
            .copied()
            .find(|(pattern, _)| holds(line, pattern))
    };
    if !pure {
        return listed(&NEVER);
    }
    listed(&NEVER)
        .or_else(|| listed(&IMPURE))
        .or_else(|| changing_static(line))
}

fn changing_static(line: &str) -> Option<(&'static str, &'static str)> {
    let pattern = CHANGING
        .into_iter()
        .find(|pattern| line.contains(pattern))?;
    let item = line.split_whitespace().take(2).any(|word| word == "static");
    item.then_some((pattern, "no static changes"))
}

/// How many lines of the file are code.
pub(crate) fn code_lines(text: &str) -> usize {
    code(text).len()
}

/// A file of its own for tests: `mod tests;` within `src/`.
fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

fn is_pure(path: &str) -> bool {
    path.strip_prefix("crates/")
        .and_then(|path| path.split('/').next())
        .is_some_and(|name| PURE.contains(&name))
}

/// Whether `line` holds `pattern` as words of its own: `println!` is not `eprintln!`.
fn holds(line: &str, pattern: &str) -> bool {
    line.match_indices(pattern).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

/// The lines of code with their numbers: without blank lines, comments and test items.
fn code(text: &str) -> Vec<(usize, &str)> {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line));
    let mut found = Vec::new();
    while let Some((number, line)) = lines.next() {
        let trimmed = line.trim_start();
        if line.starts_with("#[cfg(test)]") {
            // The item ends with its brace at the margin, or with the semicolon of `mod tests;`.
            lines.find(|(_, line)| *line == "}" || line.starts_with("mod ") && line.ends_with(';'));
        } else if !trimmed.is_empty() && !trimmed.starts_with("//") {
            found.push((number, line));
        }
    }
    found
}

#[test]
fn planted_lines_are_found() {
    let cases = [
        ("crates/wire/src/frame.rs", "use std::fs;"),
        (
            "crates/sql/src/lib.rs",
            "let home = std::env::var(\"HOME\");",
        ),
        (
            "crates/policy/src/a/b.rs",
            "    let now = jiff::Timestamp::now();",
        ),
        (
            "crates/audit/src/lib.rs",
            "std::net::TcpStream::connect(address)",
        ),
        ("crates/mask/src/lib.rs", "static mut COUNT: u32 = 0;"),
        ("crates/session/src/lib.rs", "println!(\"{row:?}\");"),
        ("crates/session/src/lib.rs", "eprintln!(\"{row:?}\");"),
        (
            "crates/mask/src/lib.rs",
            "static SEEN: AtomicU64 = AtomicU64::new(0);",
        ),
        (
            "crates/mask/src/lib.rs",
            "pub(crate) static SEEN: OnceLock<Key> = OnceLock::new();",
        ),
        (
            "crates/wire/src/lib.rs",
            "use std::net::{IpAddr, TcpStream};",
        ),
        ("crates/gateway/src/lib.rs", "    todo!()"),
    ];
    for (path, line) in cases {
        let text = format!("//! A crate.\n\n{line}\n");
        let found = offences(path, &text);
        assert_eq!(found.len(), 1, "{path}: {line}: {found:?}");
        assert!(
            found.concat().starts_with(&format!("{path}:3: ")),
            "{found:?}"
        );
    }
}

#[test]
fn comments_tests_and_impure_crates_are_left_alone() {
    let cases = [
        ("crates/wire/src/frame.rs", "/// Never uses std::fs.\n"),
        (
            "crates/wire/src/frame.rs",
            "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n",
        ),
        ("crates/wire/src/tests.rs", "use std::fs;\n"),
        ("crates/wire/src/frame.rs", "use std::net::IpAddr;\n"),
        (
            "crates/mask/src/lib.rs",
            "fn seen(list: &'static [Cell<u8>]) {}\n",
        ),
        (
            "crates/mask/src/lib.rs",
            "static SEEN: LazyLock<Vec<u8>> = LazyLock::new(Vec::new);\n",
        ),
        ("crates/gateway/src/clock.rs", "let now = Instant::now();\n"),
        ("bins/lockgate/src/main.rs", "println!(\"hello\");\n"),
    ];
    for (path, text) in cases {
        assert_eq!(offences(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn what_follows_the_tests_is_code() {
    for tests in ["mod tests;\n", "mod tests {\n    use std::fs;\n}\n"] {
        let text = format!("#[cfg(test)]\n{tests}use std::env;\n");
        let found = offences("crates/wire/src/lib.rs", &text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found.concat().contains("std::env"), "{found:?}");
    }
}

#[test]
fn a_long_file_is_found() {
    let long = "let x = 1;\n".repeat(CODE_LINES_MAX);
    assert_eq!(
        offences("crates/wire/src/lib.rs", &long),
        Vec::<String>::new()
    );
    let found = offences(
        "crates/wire/src/lib.rs",
        &format!("{long}let y = 2;\n// no code\n"),
    );
    assert_eq!(found.len(), 1, "{found:?}");
}

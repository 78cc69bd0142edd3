//! `lockgate detect` and `lockgate mask`.

use std::io::Write;
use std::process::Stdio;

use super::{Ended, Home, ended, lockgate, run, text_of};

/// Runs with `input` as the standard input.
fn run_with(arguments: &[&str], input: &[u8]) -> Ended {
    let mut child = lockgate(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    ended(child.wait_with_output().unwrap())
}

const CSV: &str = "\u{feff}id,customer_ssn,note\r\n\
    1,536221234,\"call \"\"Ann\"\", anna@example.org\"\r\n\
    2,,\"two\r\nlines, bob@example.org\"\r\n\
    3,536-22-1234,nothing \"to\" see\r\n";

const JSONL: &str = concat!(
    "{\"id\": 7, \"user\": {\"ssn\": 536221234, \"tags\": [\"a\", \"anna@example.org\"]}}\n",
    "{\"note\": \"say \\\"hi\\\" to bob@example.org\", \"ok\": true}\n",
    "not json but bob@example.org\n",
);

const TEXT: &str = "write to anna@example.org\n\
    -----BEGIN RSA PRIVATE KEY-----\n\
    MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9OiZ1BjP5CE/Wm/Rr500PRKRqtCN\n\
    JrzTHUWBRcbRJ0KXWlOj1b2mZUqkYgbmTHUWBRcbRJ0KXWlOj1b2mZUqkYgbmQ==\n\
    -----END RSA PRIVATE KEY-----\n\
    done";

/// Line, column and type of each finding, from the report for programs.
fn findings(report: &str) -> Vec<(u64, Option<String>, String)> {
    let read = |line: &str| {
        let found: serde_json::Value = serde_json::from_str(line).unwrap();
        let column = found["column"].as_str().map(str::to_owned);
        let entity = found["type"].as_str().unwrap().to_owned();
        (found["line"].as_u64().unwrap(), column, entity)
    };
    report.lines().map(read).collect()
}

#[test]
fn findings_have_their_line_column_and_type() {
    let csv = [
        (2, "customer_ssn", "US_SSN"),
        (2, "note", "EMAIL_ADDRESS"),
        (4, "note", "EMAIL_ADDRESS"),
        (5, "customer_ssn", "US_SSN"),
    ];
    let jsonl = [
        (1, "$.user.ssn", "US_SSN"),
        (1, "$.user.tags[1]", "EMAIL_ADDRESS"),
        (2, "$.note", "EMAIL_ADDRESS"),
        (3, "", "EMAIL_ADDRESS"),
    ];
    let text = [(1, "", "EMAIL_ADDRESS"), (2, "", "PRIVATE_KEY")];
    let home = Home::new();
    for (name, contents, expected) in [
        ("a.csv", CSV, &csv[..]),
        ("a.jsonl", JSONL, &jsonl),
        ("a.log", TEXT, &text),
    ] {
        let path = text_of(&home.write(name, contents));
        let ended = run(&["detect", "--format", "json", &path]);
        assert_eq!(ended.code, Some(1), "{name}: {}", ended.error);
        let got = findings(&ended.out);
        let got: Vec<_> = got
            .iter()
            .map(|(line, column, entity)| {
                (
                    *line,
                    column.as_deref().unwrap_or_default(),
                    entity.as_str(),
                )
            })
            .collect();
        assert_eq!(got, expected, "{name}");
    }
}

#[test]
fn reports_for_people_show_where_and_highlights_show_what() {
    let ended = run_with(&["detect", "-", "--input", "csv"], CSV.as_bytes());
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("EMAIL_ADDRESS"), "{}", ended.out);
    assert!(!ended.out.contains("example.org"), "{}", ended.out);
    let ended = run_with(&["detect", "-", "--format", "highlight"], TEXT.as_bytes());
    let first = ended.out.lines().next().unwrap();
    assert_eq!(first, "-:1: write to anna@example.org");
    assert!(!ended.out.contains("done"), "{}", ended.out);
}

#[test]
fn clean_files_end_with_nothing_and_0() {
    for input in ["", "nothing here\n", "a,b\n1,2\n"] {
        for format in ["text", "csv", "jsonl"] {
            let ended = run_with(&["detect", "-", "--input", format], input.as_bytes());
            assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{input:?}");
            let ended = run_with(&["mask", "-", "--input", format], input.as_bytes());
            assert_eq!(
                (ended.code, ended.out.as_str()),
                (Some(0), input),
                "{input:?}"
            );
        }
    }
}

#[test]
fn masked_files_keep_their_format_and_what_is_not_sensitive() {
    let csv = "\u{feff}id,customer_ssn,note\r\n\
        1,[REDACTED],\"call \"\"Ann\"\", [EMAIL_ADDRESS]\"\r\n\
        2,,\"two\r\nlines, [EMAIL_ADDRESS]\"\r\n\
        3,[REDACTED],nothing \"to\" see\r\n";
    let jsonl = concat!(
        "{\"id\": 7, \"user\": {\"ssn\": 0, \"tags\": [\"a\", \"[EMAIL_ADDRESS]\"]}}\n",
        "{\"note\": \"say \\\"hi\\\" to [EMAIL_ADDRESS]\", \"ok\": true}\n",
        "not json but [EMAIL_ADDRESS]\n",
    );
    let text = "write to [EMAIL_ADDRESS]\n[PRIVATE_KEY]\ndone";
    for (format, input, expected) in [
        ("csv", CSV, csv),
        ("jsonl", JSONL, jsonl),
        ("text", TEXT, text),
    ] {
        let ended = run_with(&["mask", "-", "--input", format], input.as_bytes());
        assert_eq!(ended.code, Some(0), "{}", ended.error);
        assert_eq!(ended.out, expected, "{format}");
        let again = run_with(&["mask", "-", "--input", format], expected.as_bytes());
        assert_eq!(again.out, expected, "{format} masked twice");
    }
}

#[test]
fn bytes_that_are_no_text_pass() {
    let input = b"\xff\xfe\x00 anna@example.org \x80\n";
    let home = Home::new();
    let (from, to) = (home.write("bytes", input), home.path().join("masked"));
    let ended = run(&["mask", &text_of(&from), "--output", &text_of(&to)]);
    assert_eq!(ended.code, Some(0), "{}", ended.error);
    let masked = std::fs::read(&to).unwrap();
    assert_eq!(masked, b"\xff\xfe\x00 [EMAIL_ADDRESS] \x80\n");
    // What is there already is not written over.
    let ended = run(&["mask", &text_of(&from), "--output", &text_of(&from)]);
    assert_eq!(ended.code, Some(3));
    assert_eq!(std::fs::read(&from).unwrap(), input);
}

#[test]
fn pseudonyms_are_the_same_for_the_same_key() {
    let home = Home::new();
    home.write("masking-key", "42".repeat(32));
    let config = home.config("[masking]\nkey = \"file:masking-key\"\n");
    let input = b"email\nanna@example.org\nbob@example.org\nanna@example.org\n";
    let arguments = [
        "mask",
        "-",
        "--input",
        "csv",
        "--operator",
        "pseudonym",
        "--config",
        &config,
    ];
    let ended = run_with(&arguments, input);
    assert_eq!(ended.code, Some(0), "{}", ended.error);
    let lines: Vec<_> = ended.out.lines().collect();
    assert_eq!(lines[1], lines[3]);
    assert_ne!(lines[1], lines[2]);
    assert!(!ended.out.contains("anna"), "{}", ended.out);
    assert_eq!(run_with(&arguments, input).out, ended.out);

    let config = home.config("");
    let arguments = ["mask", "-", "--operator", "pseudonym", "--config", &config];
    assert_eq!(run_with(&arguments, input).code, Some(2));
    assert_eq!(run_with(&arguments[..4], input).code, Some(2));
}

#[test]
fn a_row_without_end_is_an_error_and_not_all_of_the_memory() {
    let mut input = b"a,b\n1,\"open\n".to_vec();
    input.resize(20 * 1024 * 1024, b'x');
    let home = Home::new();
    let path = text_of(&home.write("open.csv", input));
    for command in ["detect", "mask"] {
        let ended = run(&[command, &path]);
        assert_eq!(ended.code, Some(3), "{}", ended.error);
        assert!(
            ended.error.contains("line 3: the row is longer"),
            "{}",
            ended.error
        );
    }
}

#[test]
fn types_of_the_configuration_are_found_and_masked() {
    let home = Home::new();
    let config = home
        .config("[[detector]]\nname = \"BADGE\"\ntag = \"pii.username\"\npattern = 'B-[0-9]+'\n");
    let input = b"seen: B-1042, anna@example.org\n";
    let ended = run_with(
        &["detect", "-", "--format", "json", "--config", &config],
        input,
    );
    let types: Vec<_> = findings(&ended.out)
        .into_iter()
        .map(|found| found.2)
        .collect();
    assert_eq!(types, ["BADGE", "EMAIL_ADDRESS"]);
    let ended = run_with(&["mask", "-", "--config", &config], input);
    assert_eq!(ended.out, "seen: [BADGE], [EMAIL_ADDRESS]\n");
}

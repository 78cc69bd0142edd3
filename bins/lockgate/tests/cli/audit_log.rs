//! `lockgate audit`.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use audit::{
    ActorInfo, Body, Chain, ConnectionInfo, Event, Intent, Judgement, Origin, Protocol,
    RelationInfo,
};

use super::{Home, lockgate, run, text_of};

fn intent(second: i64, principal: &str, statement: &str, verdict: &str) -> Event {
    Event {
        time: jiff::Timestamp::from_second(1_700_000_000 + second).unwrap(),
        origin: Origin {
            session: None,
            actor: Some(ActorInfo {
                principal: principal.to_owned(),
                kind: "human".to_owned(),
                on_behalf_of: None,
                key: "k1".to_owned(),
            }),
            connection: Some(ConnectionInfo {
                name: "shop".to_owned(),
                environment: "prod".to_owned(),
                database: "shop".to_owned(),
            }),
            client: None,
        }
        .into(),
        body: Body::Intent(Intent {
            statement_id: 1,
            judgement: Judgement {
                statement: statement.to_owned(),
                fingerprint: String::new(),
                kind: "select".to_owned(),
                verdict: verdict.to_owned(),
                policies: vec![],
                reason: None,
                policy_epoch: String::new(),
                catalog_epoch: 1,
                relations: vec![RelationInfo {
                    name: "public.orders".to_owned(),
                    actions: vec!["select".to_owned()],
                }],
                columns: vec![],
                functions: vec![],
            }
            .into(),
            protocol: Protocol::Simple,
        }),
    }
}

/// Nine records, of which every third is denied.
fn log() -> Vec<u8> {
    let (mut chain, mut log) = (Chain::new(), Vec::new());
    for number in 0..9 {
        let (who, verdict) = if number % 3 == 2 {
            ("bert", "deny")
        } else {
            ("anna", "allow")
        };
        let statement = format!("select {number}\u{1b}[2J from orders");
        chain
            .seal(&intent(number, who, &statement, verdict), &mut log)
            .unwrap();
    }
    log
}

fn home_with_log() -> (Home, String) {
    let home = Home::new();
    let path = text_of(&home.write("audit.jsonl", log()));
    (home, path)
}

#[test]
fn a_sound_log_verifies_however_it_is_named() {
    let (home, log) = home_with_log();
    let config = home.config("");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("state_dir = \".\"\n{text}")).unwrap();
    let directory = text_of(home.path());
    for named in [
        ["--log", &log],
        ["--state-dir", &directory],
        ["--config", &config],
    ] {
        let ended = run(&[&["audit", "verify", "-o", "json"][..], &named].concat());
        assert_eq!(ended.code, Some(0), "{named:?}: {}", ended.error);
        let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(
            (&report["sound"], &report["records"]),
            (&true.into(), &9.into())
        );
        assert_eq!(report["head"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn a_flipped_byte_anywhere_is_found_and_its_record_named() {
    let (home, path) = home_with_log();
    let sound = log();
    for at in (0..sound.len()).step_by(sound.len() / 12) {
        let mut flipped = sound.clone();
        flipped[at] ^= 1;
        home.write("audit.jsonl", &flipped);
        let ended = run(&["audit", "verify", "--log", &path]);
        let record = sound[..at].iter().filter(|byte| **byte == b'\n').count();
        let named = format!("broken   record {record} (line {})", record + 1);
        assert_eq!(ended.code, Some(1), "byte {at}");
        assert!(ended.out.contains(&named), "byte {at}: {}", ended.out);
    }
}

#[test]
fn a_missing_log_is_no_sound_log() {
    let ended = run(&["audit", "verify", "--log", "/nowhere/audit.jsonl"]);
    assert_eq!(ended.code, Some(3));
    assert!(
        ended
            .error
            .contains("`/nowhere/audit.jsonl`: entity not found"),
        "{}",
        ended.error
    );
    assert_eq!(run(&["audit", "verify"]).code, Some(2), "which log?");
}

#[test]
fn records_are_found_and_nothing_in_them_acts_on_the_terminal() {
    let (_home, log) = home_with_log();
    let cases = [
        (vec!["search"], 9),
        (vec!["search", "--principal", "BERT"], 3),
        (vec!["search", "--verdict", "allow"], 6),
        (
            vec!["search", "--relation", "orders", "--text", "SELECT 4"],
            1,
        ),
        (vec!["search", "--kind", "outcome"], 0),
        (vec!["search", "--since", "2023-11-14T22:13:25Z"], 4),
        (vec!["search", "--until", "2023-11-14T22:13:25Z"], 5),
        (vec!["search", "--since", "1h"], 0),
        (vec!["tail"], 9),
        (vec!["tail", "-n", "2"], 2),
    ];
    for (arguments, expected) in cases {
        let ended = run(&[&["audit"][..], &arguments, &["--log", &log]].concat());
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.error);
        assert_eq!(
            ended.out.lines().count(),
            expected,
            "{arguments:?}\n{}",
            ended.out
        );
        assert!(!ended.out.contains('\u{1b}'), "{arguments:?}");
    }
    let ended = run(&["audit", "search", "--verdict", "denied", "--log", &log]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.error.contains("expected one of allow, deny, hold"),
        "{}",
        ended.error
    );
}

#[test]
fn json_gives_the_records_as_they_stand() {
    let (_home, path) = home_with_log();
    let ended = run(&["audit", "tail", "-n", "3", "--json", "--log", &path]);
    let whole = String::from_utf8(log()).unwrap();
    assert!(whole.ends_with(&ended.out));
    assert_eq!(ended.out.lines().count(), 3);
}

#[test]
fn follow_shows_what_is_added() {
    let (home, path) = home_with_log();
    let mut follow = lockgate(&["audit", "tail", "-n", "1", "-f", "--log", &path])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("#8 "));
    let sound = log();
    let last = sound
        .split_inclusive(|byte| *byte == b'\n')
        .next_back()
        .unwrap();
    let mut chain = Chain::resume(last).unwrap();
    let mut line = Vec::new();
    chain
        .seal(&intent(60, "anna", "select later", "allow"), &mut line)
        .unwrap();
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(home.path().join("audit.jsonl"))
        .unwrap();
    // In two pieces: a record that is being written is not shown by half.
    let (first, rest) = line.split_at(40);
    file.write_all(first).unwrap();
    file.write_all(rest).unwrap();
    let added = lines.next().unwrap().unwrap();
    follow.kill().unwrap();
    follow.wait().unwrap();
    assert!(
        added.contains("#9 ") && added.contains("select later"),
        "{added}"
    );
}

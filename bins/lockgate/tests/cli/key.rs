//! `lockgate key`.

use super::{Home, run};

fn json(arguments: &[&str]) -> serde_json::Value {
    let ended = run(arguments);
    assert_eq!(ended.code, Some(0), "{}", ended.error);
    serde_json::from_str(&ended.out).unwrap()
}

#[test]
fn a_new_key_goes_into_a_configuration_and_logs_in() {
    let made = json(&[
        "key",
        "new",
        "--principal",
        "anna",
        "--expires",
        "90d",
        "-o",
        "json",
    ]);
    let home = Home::new();
    let path = home.config(made["toml"].as_str().unwrap());
    let checked = run(&["check", "--config", &path]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.error);
    assert!(
        checked.out.contains("principal   anna (human)"),
        "{}",
        checked.out
    );

    let config = config::load(path.as_ref(), &|_| None).unwrap();
    let key = made["key"].as_str().unwrap().as_bytes();
    let now = jiff::Timestamp::now();
    let actor = config.directory.authenticate("anna", key, now).unwrap();
    assert_eq!(actor.key.as_str(), made["id"].as_str().unwrap());
    let late = now + jiff::SignedDuration::from_hours(91 * 24);
    assert_eq!(
        config.directory.authenticate("anna", key, late),
        Err(identity::LoginError::ExpiredKey)
    );
}

#[test]
fn the_table_shows_the_key_once_and_no_two_keys_are_alike() {
    let key = |out: &str| {
        let keys: Vec<_> = out
            .split_whitespace()
            .filter(|word| word.starts_with("lgk_"))
            .collect();
        assert_eq!(keys.len(), 1, "{out}");
        keys[0].to_owned()
    };
    let (first, second) = (run(&["key", "new"]), run(&["key", "new"]));
    assert_ne!(key(&first.out), key(&second.out));
    assert!(first.out.contains("keys = [{ id = \""), "{}", first.out);
    assert!(!first.out.contains('\u{1b}'), "no colours into a pipe");
}

#[test]
fn an_id_of_ones_own() {
    let made = json(&["key", "new", "--id", "laptop", "-o", "json"]);
    assert_eq!(made["id"], "laptop");
    assert!(
        made["toml"]
            .as_str()
            .unwrap()
            .starts_with("keys = [{ id = \"laptop\", hash = ")
    );
    assert_eq!(made["expires"], serde_json::Value::Null);
}

#[test]
fn what_cannot_be_is_refused_with_what_can() {
    let cases = [
        (
            vec!["key", "new", "--id", "a b"],
            "`--id`: expected letters",
        ),
        (vec!["key", "new", "--expires", "soon"], "expected such as"),
        (
            vec!["key", "new", "--expires", "2001-01-01T00:00:00Z"],
            "would never work",
        ),
        (
            vec!["key", "new", "--principal", ""],
            "`--principal`: expected 1 to 63",
        ),
    ];
    for (arguments, expected) in cases {
        let ended = run(&arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(
            ended.error.contains(expected),
            "{arguments:?}: {}",
            ended.error
        );
        assert_eq!(ended.out, "", "{arguments:?}");
    }
}

//! `lockgate check`.

use super::{Home, run};

#[test]
fn every_mistake_is_told_with_its_place_and_its_fix() {
    let home = Home::new();
    home.write(
        "ours.cedar",
        "@id(\"a\")\npermit(principal, action == Action::\"slect\", resource);\n",
    );
    let path =
        home.config("[listen]\ntsl = \"off\"\n\n[[principal]]\nname = \"anna\"\nkind = \"humn\"\n");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace("[policy]", "[policy]\nfiles = [\"ours.cedar\"]"),
    )
    .unwrap();
    let ended = run(&["check", "--config", &path]);
    assert_eq!(ended.code, Some(1));
    for expected in [
        "unknown key `listen.tsl`",
        "did you mean `tls`?",
        "lockgate.toml:15",
        "unknown value `humn`",
        "ours.cedar:2",
        "Action::\"select\"",
        "not valid: 3 mistakes",
    ] {
        assert!(ended.out.contains(expected), "{expected} in\n{}", ended.out);
    }

    let ended = run(&["check", "--config", &path, "--output", "json"]);
    assert_eq!(ended.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(report["valid"], false);
    assert_eq!(report["mistakes"].as_array().unwrap().len(), 3);
    assert_eq!(report["mistakes"][0]["line"], 15);
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let home = Home::new();
    let path = home.config("");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("file:password", "hunter2-in-clear")).unwrap();
    let ended = run(&["check", "--config", &path]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.contains("the secret itself is not allowed here"),
        "{}",
        ended.out
    );
    assert!(!ended.out.contains("hunter2"), "{}", ended.out);
}

#[test]
fn warnings_do_not_fail() {
    let home = Home::new();
    let path = home.config("");
    let ended = run(&["check", "--config", &path]);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    assert!(ended.out.contains("nobody can log in"), "{}", ended.out);
    assert!(ended.out.contains("valid: "), "{}", ended.out);
}

#[test]
fn a_database_that_does_not_answer_is_told_apart_from_a_mistake() {
    let home = Home::new();
    // Nothing listens on port 1.
    let path = home.config("");
    let ended = run(&["check", "--config", &path, "--connect"]);
    assert_eq!(ended.code, Some(3), "{}", ended.out);
    assert!(
        ended.out.contains("shop (prod)  unreachable"),
        "{}",
        ended.out
    );
    assert!(!ended.out.contains("not-a-real-one"));
}

#[test]
fn a_missing_file_is_a_mistake_of_its_own() {
    let ended = run(&["check", "--config", "/nowhere/lockgate.toml"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.contains("cannot read the configuration"),
        "{}",
        ended.out
    );
}

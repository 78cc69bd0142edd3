//! Files → configuration, or every mistake with its place and its fix.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use config::{Auth, Config, ConfigErrors, Durability, Limits, ListenTls, UpstreamTls, load, parse};
use identity::{KeyHash, PrincipalKind};
use std::{fs, path::Path, time::Duration};

const HASH: &str = "SCRAM-SHA-256$4096:BwcHBwcHBwcHBwcHBwcHBw==$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// What every case has behind it, so that it has only the mistake that it is about.
const REST: &str = r#"
[[connection]]
name = "rest"
environment = "prod"
host = "localhost"
user = "gate"
password = "env:PASSWORD"

[[principal]]
name = "rest"
kind = "human"
"#;

fn env(name: &str) -> Option<String> {
    match name {
        "PASSWORD" => Some("hunter2".to_owned()),
        "EMPTY" => Some(String::new()),
        "NUL" => Some("a\0b".to_owned()),
        "KEY" => Some("42".repeat(32)),
        "KEY64" => Some(format!("{}=", "A".repeat(43))),
        _ => None,
    }
}

fn in_directory(directory: &Path, text: &str) -> Result<Config, ConfigErrors> {
    parse(text, &directory.join("lockgate.toml"), &env)
}

/// A directory with the files that the cases name.
fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::create_dir(at("policies")).unwrap();
    for (name, text) in [
        (
            "policies/b.cedar",
            "@id(\"b\") permit(principal, action == Action::\"connect\", resource);",
        ),
        (
            "policies/a.cedar",
            "@id(\"a\") permit(principal, action == Action::\"connect\", resource);",
        ),
        ("policies/.hidden.cedar", "not a policy"),
        ("policies/notes.txt", "not a policy"),
        (
            "wrong.cedar",
            "\npermit(principal, action == Action::\"connect\", resource);",
        ),
        ("password", "hunter2\n"),
        ("empty", "\n"),
        ("cert.pem", "certificate"),
        ("key.pem", "key"),
    ] {
        fs::write(at(name), text).unwrap();
        restrict(&at(name), 0o600);
    }
    fs::write(at("latin1"), b"caf\xe9").unwrap();
    restrict(&at("latin1"), 0o600);
    directory
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Mistakes or, if there are none, warnings, without the directory.
fn found(directory: &Path, text: &str) -> String {
    let text = format!("{text}{REST}").replace("HASH", HASH);
    let found = match in_directory(directory, &text) {
        Ok(config) => config
            .warnings
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
        Err(errors) => errors.to_string(),
    };
    found.replace(&format!("{}/", directory.display()), "")
}

/// `mistakes.txt`: cases between lines of `=`, each the text of a file and, after a line of `-`,
/// all that is said about it.
#[test]
fn every_mistake_with_its_place_and_its_fix() {
    let directory = directory();
    for case in include_str!("mistakes.txt").split("\n====\n") {
        let (text, expected) = case.split_once("\n----\n").unwrap();
        assert_eq!(
            found(directory.path(), text),
            expected.trim_end(),
            "\n{text}\n"
        );
    }
}

/// Mistakes of all sections in the order of their lines, those of policies behind.
#[test]
fn all_mistakes_at_once() {
    let text = r#"
classify_by_name = 1
[listen]
port = 1
[audit]
durability = "durable"
[limits]
max_sessions = 0
[policy]
files = ["wrong.cedar"]
[[connection]]
[[principal]]
[[label]]
[masking]
key = "x"
"#;
    let directory = directory();
    let errors = in_directory(directory.path(), text).unwrap_err().0;
    let lines: Vec<_> = errors.iter().map(|mistake| mistake.line.unwrap()).collect();
    assert_eq!(
        lines,
        [2, 4, 6, 8, 11, 11, 11, 11, 11, 12, 12, 13, 13, 15, 2]
    );
    assert!(errors.last().unwrap().file.ends_with("wrong.cedar"));
    assert!(errors.iter().all(|mistake| mistake.help.is_some()));
}

#[test]
fn nothing_is_not_a_configuration() {
    let said = parse("", Path::new("lockgate.toml"), &env)
        .unwrap_err()
        .to_string();
    assert_eq!(
        said,
        "lockgate.toml:1: there is no connection\n  \
         help: add a `[[connection]]` with name, environment, host, user and password"
    );
}

const GOOD: &str = r#"
state_dir = "/var/lib/lockgate"
classify_by_name = false

[listen]
address = "[::1]:6433"
auth = "password"
tls = { certificate = "cert.pem", key = "key.pem" }

[audit]
durability = "buffered"

[limits]
max_statement_bytes = "64KiB"
max_message_bytes = 1048576
max_sessions = 7
login_timeout = "3s"
connect_timeout = "500ms"
idle_timeout = "off"
drain_timeout = "1m"

[policy]
packs = ["pii"]
files = ["policies/*.cedar"]

[[connection]]
name = "shop-prod"
environment = "prod"
host = "db.internal"
port = 5433
database = "shop"
user = "gate"
password = "file:password"
tls = "verify-ca"
tls_ca = "cert.pem"

[[connection]]
name = "shop-staging"
environment = "staging"
host = "127.0.0.1"
user = "gate"
password = "env:PASSWORD"
tls = "disable"

[[principal]]
name = "sam"
kind = "human"
groups = ["support", "staff"]
keys = [
  { id = "old", hash = "HASH", expires = 2030-01-31T00:00:00Z },
]

[[principal]]
name = "helper"
kind = "agent"
on_behalf_of = "sam"
purpose = "answers tickets"

[[principal]]
name = "nightly"
kind = "service"

[[label]]
column = "public.customers.email"
tag = "pii.email"

[[label]]
connection = "shop-prod"
column = "*.*.note"
tag = "none"

[[mask]]
tag = "pii.card"
operator = "mask_card"

[[mask]]
tag = "pii"
see = "pseudonym"
operator = "hash(length = 20)"

[masking]
key = "env:KEY"
"#;

fn good(directory: &Path) -> Config {
    let path = directory.join("lockgate.toml");
    fs::write(&path, GOOD.replace("HASH", HASH)).unwrap();
    load(&path, &env).unwrap()
}

#[test]
fn a_good_file() {
    let directory = directory();
    let at = |name: &str| directory.path().join(name);
    let config = good(directory.path());
    assert_eq!(config.listen.address.to_string(), "[::1]:6433");
    assert_eq!(config.listen.auth, Auth::Password);
    let (certificate, key) = (at("cert.pem"), at("key.pem"));
    assert_eq!(config.listen.tls, ListenTls::Files { certificate, key });
    assert_eq!(config.state_dir, Path::new("/var/lib/lockgate"));
    assert_eq!(config.audit.durability, Durability::Buffered);
    let limits = Limits {
        max_statement_bytes: 65536,
        max_message_bytes: 1048576,
        max_sessions: 7,
        login_timeout: Duration::from_secs(3),
        connect_timeout: Duration::from_millis(500),
        idle_timeout: None,
        drain_timeout: Duration::from_secs(60),
        ..Limits::default()
    };
    assert_eq!(config.limits, limits);
    let names: Vec<_> = config
        .policies
        .iter()
        .map(|source| source.name.clone())
        .collect();
    let path = |name| at(name).display().to_string();
    assert_eq!(
        names,
        [
            "pii.cedar",
            &path("policies/a.cedar"),
            &path("policies/b.cedar")
        ]
    );
    assert_eq!(config.policy.epoch().len(), 16);
    assert!(!config.classify_by_name);
    assert_eq!(config.masking_key.unwrap().expose(), &[0x42; 32]);
    assert_eq!(config.warnings, []);
}

#[test]
fn masks_show_no_more_than_their_rung() {
    let directory = directory();
    let masks = good(directory.path()).masks;
    let words: Vec<_> = masks
        .iter()
        .map(|rule| {
            (
                rule.tag.as_str(),
                rule.disclosure.word(),
                rule.operator.name(),
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            ("pii.card", "partial", "mask_card"),
            ("pii", "pseudonym", "hash")
        ]
    );
    let path = directory.path().join("lockgate.toml");
    let text = fs::read_to_string(&path).unwrap();
    for (operator, message) in [
        (
            "mask_card",
            "`mask.operator`: `mask_card` shows more than `pseudonym` may",
        ),
        (
            "shuffle",
            "`mask.operator`: not an operator such as `token`",
        ),
        (
            "noise(ratio = 7)",
            "`mask.operator`: operator `noise` has a setting",
        ),
    ] {
        fs::write(&path, text.replace("hash(length = 20)", operator)).unwrap();
        let errors = load(&path, &env).unwrap_err().to_string();
        assert!(errors.contains(message), "{errors}");
    }
}

#[test]
fn good_connections_and_labels() {
    let directory = directory();
    let config = good(directory.path());
    let prod = config.connection("shop-prod").unwrap();
    assert_eq!(
        (prod.environment.as_str(), prod.host.as_str(), prod.port),
        ("prod", "db.internal", 5433)
    );
    assert_eq!(
        (prod.database.as_str(), prod.user.as_str()),
        ("shop", "gate")
    );
    assert_eq!(prod.password.as_ref().unwrap().expose(), "hunter2");
    let ca = Some(directory.path().join("cert.pem"));
    assert_eq!(prod.tls, UpstreamTls::VerifyCa { ca });
    let staging = config.connection("shop-staging").unwrap();
    assert_eq!(
        (staging.database.as_str(), staging.port),
        ("shop-staging", 5432)
    );
    assert_eq!(staging.password.as_ref().unwrap().expose(), "hunter2");
    assert_eq!(staging.tls, UpstreamTls::Disable);
    assert!(config.connection("shop").is_none());
    let columns = |connection| -> Vec<String> {
        config
            .labels_of(connection)
            .into_iter()
            .map(|rule| rule.column)
            .collect()
    };
    assert_eq!(columns("shop-prod"), ["email", "note"]);
    assert_eq!(columns("shop-staging"), ["email"]);
    let tags: Vec<_> = config
        .labels
        .iter()
        .map(|(_, rule)| rule.tag.as_ref())
        .collect();
    assert_eq!(tags, [Some(&"pii.email".parse().unwrap()), None]);
}

#[test]
fn good_principals() {
    let directory = directory();
    let config = good(directory.path());
    let helper = config.directory.find("helper").unwrap();
    assert_eq!(
        helper.kind,
        PrincipalKind::Agent {
            on_behalf_of: "sam".parse().unwrap()
        }
    );
    assert_eq!(config.purpose(&helper.name), Some("answers tickets"));
    let sam = config.directory.find("sam").unwrap();
    assert_eq!(
        sam.groups
            .iter()
            .map(|group| group.as_str())
            .collect::<Vec<_>>(),
        ["staff", "support"]
    );
    assert_eq!(config.purpose(&sam.name), None);
    assert_eq!(
        config.directory.find("nightly").unwrap().kind,
        PrincipalKind::Service
    );
    let scram = |second| {
        let now = jiff::Timestamp::from_second(second).unwrap();
        config.directory.scram("sam", now, &[0; 32]).hash().clone()
    };
    assert_eq!(scram(0), HASH.parse::<KeyHash>().unwrap());
}

#[test]
fn what_the_file_does_not_say_has_its_default() {
    let directory = directory();
    let config = in_directory(directory.path(), REST).unwrap();
    assert_eq!(config.listen.address.to_string(), config::DEFAULT_ADDRESS);
    assert_eq!(
        (config.listen.auth, config.listen.tls),
        (Auth::ScramSha256, ListenTls::SelfSigned)
    );
    assert_eq!(
        config.state_dir,
        directory.path().join(config::DEFAULT_STATE_DIR)
    );
    assert_eq!(config.limits, Limits::default());
    assert_eq!(
        config.connections[0].tls,
        UpstreamTls::VerifyFull { ca: None }
    );
    assert!(config.classify_by_name && config.masking_key.is_none());
    let key = in_directory(
        directory.path(),
        &format!("[masking]\nkey = \"env:KEY64\"\n{REST}"),
    );
    assert_eq!(key.unwrap().masking_key.unwrap().expose(), &[0; 32]);
}

#[test]
fn no_secret_is_shown() {
    let directory = directory();
    let config = good(directory.path());
    let shown = format!("{config:?}\n{}", config.summary());
    let keys = HASH.rsplit('$').next().unwrap();
    for secret in ["hunter2", &"42".repeat(32), "66, 66, 66", keys] {
        assert!(!shown.contains(secret), "{secret}\n{shown}");
    }
    let inline = GOOD
        .replace("env:PASSWORD", "hunter3")
        .replace("HASH", "hunter3");
    let errors = in_directory(directory.path(), &inline).unwrap_err();
    assert!(
        !format!("{errors}{errors:?}").contains("hunter3"),
        "{errors}"
    );
}

#[test]
fn the_summary_tells_what_is_configured() {
    let directory = directory();
    let summary = good(directory.path()).summary();
    let summary = summary.replace(&format!("{}/", directory.path().display()), "");
    let (before, epoch) = summary.split_once("(epoch ").unwrap();
    let (_, after) = epoch.split_once(')').unwrap();
    assert_eq!(
        format!("{before}(epoch){after}"),
        "\
listen      [::1]:6433, tls cert.pem, password
state       /var/lib/lockgate
audit       buffered
limits      statement 65536 B, message 1048576 B, 7 sessions
timeouts    login 3s, connect 500ms, idle off, drain 1m
policies    pii.cedar, policies/a.cedar, policies/b.cedar (epoch)
connection  shop-prod (prod): gate@db.internal:5433/shop, tls verify-ca
connection  shop-staging (staging): gate@127.0.0.1:5432/shop-staging, tls disable
principal   helper (agent for sam)
principal   nightly (service)
principal   sam (human) in staff, support
labels      2 by rule, only
masking     key given, 2 by rule
"
    );
}

#[cfg(unix)]
#[test]
fn a_secret_that_everybody_can_read_is_warned_of() {
    let directory = directory();
    restrict(&directory.path().join("password"), 0o644);
    restrict(&directory.path().join("key.pem"), 0o604);
    let warnings: Vec<_> = good(directory.path())
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    let warnings = warnings
        .join("\n")
        .replace(&format!("{}/", directory.path().display()), "");
    assert_eq!(
        warnings,
        "\
warning: lockgate.toml:8: `key.pem` holds a secret and every user can read it
  help: run `chmod 600 key.pem`
warning: lockgate.toml:33: `password` holds a secret and every user can read it
  help: run `chmod 600 password`"
    );
}

#[test]
fn a_file_that_is_not_there() {
    let said = load(Path::new("/nosuch/lockgate.toml"), &env)
        .unwrap_err()
        .to_string();
    assert_eq!(
        said,
        "/nosuch/lockgate.toml: cannot read the configuration: no such file\n  \
         help: name the file with `--config`"
    );
}

proptest::proptest! {
    /// A file with a piece torn out or put in is a configuration or has mistakes with places.
    #[test]
    fn any_damage_is_told_with_its_place(at in 0_usize..GOOD.len(), cut in 0_usize..9, put in ".{0,9}") {
        let directory = std::env::temp_dir().join("lockgate-config-none");
        let is_kept = |place: usize| place < at || place >= at + cut;
        let mut text: String = GOOD
            .char_indices()
            .filter(|(place, _)| is_kept(*place))
            .map(|(_, character)| character)
            .collect();
        text.insert_str(at.min(text.len()), &put);
        let errors = in_directory(&directory, &text).unwrap_err().0; // its files are not there
        proptest::prop_assert!(!errors.is_empty());
        for mistake in errors {
            let line = mistake.line.unwrap();
            proptest::prop_assert!(line >= 1 && line <= text.lines().count() + 1, "{mistake}");
        }
    }
}

#[test]
fn detectors_of_the_file_find_their_types() {
    let text = format!(
        "[[detector]]\nname = \"BADGE\"\ntag = \"pii.username\"\npattern = '\\bB-\\d+'\n\
         context = [\"badge\"]\n\n[[detector]]\nname = \"PROJECT\"\ntag = \"secret.token\"\n\
         words = [\"blue heron\"]\nscore = 60\n{REST}"
    );
    let directory = directory();
    let config = in_directory(directory.path(), &text).unwrap();
    let mut spans = detect::Spans::new();
    let value = b"badge B-77 of Blue Heron";
    config.detector.detect(value, None, &mut spans);
    let found: Vec<_> = spans
        .iter()
        .map(|span| (config.detector.name_of(span), span.score))
        .collect();
    assert_eq!(found, [("BADGE", 85), ("PROJECT", 60)]);
    assert!(config.summary().contains("detectors   BADGE, PROJECT\n"));
}

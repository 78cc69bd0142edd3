//! `lockgate explain`, against the databases of a demo.

use super::demo::Standing;
use super::{Ended, run};

/// Who, what, the exit code, and what the report says.
const CASES: [(&str, &str, i32, &str); 8] = [
    ("dana", "SELECT ssn FROM customers", 0, "clear"),
    ("sam", "SELECT ssn FROM customers", 0, "redacted"),
    (
        "sam",
        "SELECT upper(email) AS e FROM customers",
        0,
        "derived from public.customers.email",
    ),
    ("triage-bot", "SELECT email FROM customers", 0, "pseudonym"),
    ("triage-bot", "DROP TABLE customers", 1, "agents/no-ddl"),
    (
        "dana",
        "DELETE FROM orders",
        1,
        "hold by guardrails/unrestricted-write",
    ),
    (
        "sam",
        "SELECT 1 FROM customers WHERE ssn = '1'",
        1,
        "filter",
    ),
    ("sam", "SELECT ((", 1, "cannot be analysed"),
];

fn explain(config: &str, who: &str, sql: &str, more: &[&str]) -> Ended {
    run(&[
        &[
            "explain",
            "--config",
            config,
            "--as",
            who,
            "--on",
            "shop-prod",
            sql,
        ],
        more,
    ]
    .concat())
}

#[test]
fn it_tells_what_the_gate_would_do() {
    let demo = Standing::up();
    let config = format!("{}/lockgate.toml", demo.state);
    for (who, sql, code, says) in CASES {
        let told = explain(&config, who, sql, &[]);
        assert_eq!(
            told.code,
            Some(code),
            "{who}: {sql}\n{}{}",
            told.out,
            told.error
        );
        assert!(
            told.out.contains(says),
            "{who}: {sql}: {says} in\n{}",
            told.out
        );
    }
    programs_can_read_it(&config);
    let unknown = explain(&config, "nobody", "SELECT 1", &[]);
    assert_eq!(unknown.code, Some(2));
    let known = "expected one of `dana`, `sam`, `triage-bot`";
    assert!(unknown.error.contains(known), "{}", unknown.error);
    check_finds_labels_that_name_nothing(&config, &format!("{}/misfit.toml", demo.state));
    assert_eq!(demo.end("-INT"), Some(0));
}

fn programs_can_read_it(config: &str) {
    let sql = "SELECT id, email FROM customers; DROP TABLE orders";
    let told = explain(config, "sam", sql, &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(
        report["verdict"], "deny",
        "one refused statement refuses the text"
    );
    let statements = report["statements"].as_array().unwrap();
    let [select, drop] = &statements[..] else {
        panic!("expected two statements, got {report}")
    };
    assert_eq!(select["verdict"], "allow");
    assert_eq!(
        select["outputs"][1],
        serde_json::json!({
            "name": "email", "from": ["public.customers.email"], "derivation": "copied",
            "disclosure": "partial", "tag": "pii.email"
        })
    );
    assert_eq!(drop["relations"][0]["actions"][0], "drop");
}

fn check_finds_labels_that_name_nothing(config: &str, misfit: &str) {
    let checked = run(&["check", "--connect", "--config", config]);
    assert_eq!(checked.code, Some(0), "{}", checked.out);
    assert!(
        checked.out.contains("columns with a tag"),
        "{}",
        checked.out
    );
    let text = std::fs::read_to_string(config).unwrap();
    let label = "\n[[label]]\ncolumn = \"public.customers.emial\"\ntag = \"pii.email\"\n";
    std::fs::write(misfit, text + label).unwrap();
    let checked = run(&["check", "--connect", "--config", misfit]);
    assert_eq!(checked.code, Some(1), "{}", checked.out);
    assert!(checked.out.contains("no column `emial`"), "{}", checked.out);
}

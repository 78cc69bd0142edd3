//! The bench against real processes: its figures are there, for every target that it starts.

use std::process::Command;

#[test]
fn every_own_target_has_its_figures() {
    let output = Command::new(env!("CARGO_BIN_EXE_lockgate-harness"))
        .args(["bench", "relay", "--json", "--rounds", "1"])
        .args(["--case", "a,c-masked,first", "--without", "pgbouncer"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for case in report["cases"].as_array().unwrap() {
        let lines = case["lines"].as_array().unwrap();
        let names: Vec<_> = lines.iter().map(|line| &line["target"]).collect();
        assert_eq!(names, ["direct", "copying", "gate"]);
        for line in lines {
            assert!(line["ratio"]["median"].as_f64().unwrap() > 0.0, "{line}");
        }
    }
    let masked = &report["cases"][1]["lines"];
    assert_ne!(
        masked[0]["answer_bytes"], masked[2]["answer_bytes"],
        "the gate masked nothing: {masked}"
    );
}

//! None of the attempts of the list of threats gets a planted value, and each gets what `explain`
//! foretells.

use std::process::Command;

#[test]
fn no_attempt_goes_through() {
    let table = tempfile::NamedTempFile::new().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_lockgate-harness"))
        .args(["attack", "--table"])
        .arg(table.path())
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success(),
        "{report}\n{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(report.contains("0 breaches in 670 attempts"), "{report}");
    // Written anew by `lockgate-harness attack --table tests/threats.md`.
    let kept = include_str!("../../../tests/threats.md");
    assert_eq!(std::fs::read_to_string(table.path()).unwrap(), kept);
}

//! None of the attempts of the list of threats gets a planted value, and each gets what `explain`
//! foretells.

use std::process::Command;

#[test]
fn no_attempt_goes_through() {
    let run = Command::new(env!("CARGO_BIN_EXE_lockgate-harness"))
        .arg("attack")
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success(),
        "{report}\n{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(report.contains("0 breaches in 176 attempts"), "{report}");
}

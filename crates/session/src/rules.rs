//! Refusals that no policy can lift: what the gate cannot follow or mask yet.

use policy::Decision;
use sql::Facts;
use sql::facts::{CopyFormat, FunctionUse, Kind, Transaction};

use crate::judge::hides_outputs;
use crate::refusal::Refusal;
use crate::settings;

/// Not supported.
const FEATURE_NOT_SUPPORTED: &str = "0A000";

/// Why the statement is refused whatever policy says, if it is.
pub(crate) fn refuse(facts: &Facts, decision: &Decision, scan: bool) -> Option<Refusal> {
    refuse_kind(&facts.kind)
        .or_else(|| refuse_settings(facts))
        .or_else(|| refuse_functions(facts))
        .or_else(|| refuse_binary_copy(facts, decision, scan))
}

fn refuse_kind(kind: &Kind) -> Option<Refusal> {
    let (message, hint) = match kind {
        Kind::Listen | Kind::Notify => (
            "LISTEN and NOTIFY are not supported through this gate",
            "Their payloads reach other sessions without passing their policy.",
        ),
        Kind::Transaction(Transaction::TwoPhase) => (
            "two-phase commit is not supported through this gate",
            "End the transaction with COMMIT or ROLLBACK.",
        ),
        Kind::CopyServer => (
            "COPY from or to files and programs of the server is not supported through this gate",
            "Use COPY … TO STDOUT or FROM STDIN; psql's \\copy does.",
        ),
        _ => return None,
    };
    Some(Refusal::rule(FEATURE_NOT_SUPPORTED, message).with_hint(hint))
}

fn refuse_settings(facts: &Facts) -> Option<Refusal> {
    facts
        .settings
        .iter()
        .find_map(|change| settings::effect(change).err())
}

/// `set_config` changes settings by values that no text shows.
fn refuse_functions(facts: &Facts) -> Option<Refusal> {
    let sets = |function: &FunctionUse| function.name == "set_config";
    facts.functions.iter().any(sets).then(|| {
        Refusal::rule(
            crate::DENIED,
            "the function set_config is not permitted through this gate",
        )
        .with_hint("Use SET, which is checked setting by setting.")
    })
}

fn refuse_binary_copy(facts: &Facts, decision: &Decision, scan: bool) -> Option<Refusal> {
    let binary = facts.kind == Kind::CopyOut(CopyFormat::Binary);
    (binary && (scan || hides_outputs(decision))).then(|| {
        Refusal::rule(crate::DENIED, "binary COPY cannot be masked yet")
            .with_hint("Use the text or CSV format: COPY … TO STDOUT (FORMAT csv).")
    })
}

//! Refusals that no policy can lift: what the gate cannot follow.

use sql::Facts;
use sql::facts::{FunctionUse, Kind, Transaction};

use crate::refusal::Refusal;
use crate::settings;

/// Not supported.
const FEATURE_NOT_SUPPORTED: &str = "0A000";

/// Why the statement is refused whatever policy says, if it is.
pub(crate) fn refuse(facts: &Facts) -> Option<Refusal> {
    refuse_kind(&facts.kind)
        .or_else(|| refuse_settings(facts))
        .or_else(|| refuse_functions(facts))
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

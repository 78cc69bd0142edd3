//! Refusals that no policy can lift: what the gate cannot read by or mask.

use policy::Decision;
use sql::facts::{Kind, Setting, SettingChange, SettingValue};
use sql::{Facts, SettingClass, is_pinned_value};

use crate::refusal::Refusal;

/// Why the statement is refused whatever policy says, if it is.
pub(crate) fn refuse(facts: &Facts, decision: &Decision, scan: bool) -> Option<Refusal> {
    facts
        .settings
        .iter()
        .find_map(refuse_pinned)
        .or_else(|| refuse_server_copy(facts, decision, scan))
}

/// The text of statements is read under the values that these settings have.
fn refuse_pinned(change: &SettingChange) -> Option<Refusal> {
    let Setting::Named(name) = &change.setting else {
        return None;
    };
    let SettingClass::Pinned(only) = SettingClass::of(name, None) else {
        return None;
    };
    let kept = match &change.value {
        // The value with which the session began is the one that it is pinned to.
        SettingValue::Default => true,
        value => value
            .text()
            .is_some_and(|value| is_pinned_value(only, &value)),
    };
    (!kept).then(|| {
        let message = format!("setting `{name}` can only be `{only}` through this gate");
        Refusal::rule(crate::DENIED, message)
            .with_hint("The text of statements is read under this value, so it is pinned.")
    })
}

/// What the server writes to a file or program of its own passes no mask.
fn refuse_server_copy(facts: &Facts, decision: &Decision, scan: bool) -> Option<Refusal> {
    let hidden = facts.kind == Kind::CopyServer && (scan || decision.protected);
    hidden.then(|| {
        let message = "COPY from or to a file or program of the server cannot be masked";
        Refusal::rule(crate::DENIED, message)
            .with_hint("Use COPY … TO STDOUT or FROM STDIN; psql's \\copy does.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sql::facts::Lasting;

    #[test]
    fn pins_hold_however_they_are_tried() {
        let change = |name: &str, value| SettingChange {
            setting: Setting::Named(name.to_owned()),
            value,
            lasting: Lasting::Session,
        };
        let given = |value: &str| SettingValue::Given(vec![value.to_owned()]);
        let text = |value: &str| SettingValue::Perhaps(value.to_owned());
        for (name, value, refused) in [
            ("client_encoding", given("utf-8"), false),
            ("client_encoding", given("SJIS"), true),
            ("client_encoding", given("SQL_ASCII"), true),
            ("client_encoding", text("SJIS"), true),
            ("client_encoding", SettingValue::Unknown, true),
            ("client_encoding", SettingValue::Default, false),
            ("standard_conforming_strings", given("true"), false),
            ("standard_conforming_strings", given("off"), true),
            ("standard_conforming_strings", text("0"), true),
            ("datestyle", given("SQL"), false),
        ] {
            let refusal = refuse_pinned(&change(name, value.clone()));
            assert_eq!(refusal.is_some(), refused, "{name}={value:?}");
        }
    }
}

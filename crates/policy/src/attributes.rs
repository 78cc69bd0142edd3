//! The attributes of the context, and which of them policies look at.
//!
//! What no loaded policy looks at cannot change an answer. It is cut from the context before
//! anything is asked or looked up, so that a cached answer is the answer.

use std::collections::BTreeSet;

use cedar_policy::Policy;
use jiff::Timestamp;
use serde_json::Value;

use crate::viewer::Context;

/// Seconds of a minute, to which the time is cut.
const MINUTE: i64 = 60;

/// An attribute of the context that comes from the circumstances and not from the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Attribute {
    Time,
    Purpose,
    ClientAddress,
    Ticket,
    Approved,
    Approvals,
}

impl Attribute {
    const ALL: [Self; 6] = [
        Self::Time,
        Self::Purpose,
        Self::ClientAddress,
        Self::Ticket,
        Self::Approved,
        Self::Approvals,
    ];

    /// The name in the schema.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Purpose => "purpose",
            Self::ClientAddress => "client_address",
            Self::Ticket => "ticket",
            Self::Approved => "approved",
            Self::Approvals => "approvals",
        }
    }
}

/// The attributes that policies look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mentioned(BTreeSet<Attribute>);

impl Mentioned {
    /// Those of one policy. A policy that cannot be taken apart counts as one that looks at all.
    pub(crate) fn by(policy: &Policy) -> Self {
        let mut names = BTreeSet::new();
        let known = policy
            .to_json()
            .is_ok_and(|json| collect(&json, &mut names));
        let looks_at = |attribute: &Attribute| !known || names.contains(attribute.name());
        Self(Attribute::ALL.into_iter().filter(looks_at).collect())
    }

    pub(crate) fn has(&self, attribute: Attribute) -> bool {
        self.0.contains(&attribute)
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// The part of the circumstances that policies look at; the rest is set to the same for all.
    pub(crate) fn cut(&self, context: &Context) -> Context {
        let seconds = context.now.as_second();
        let minute = seconds.saturating_sub(seconds.rem_euclid(MINUTE));
        let now = Some(minute).filter(|_| self.has(Attribute::Time));
        let text = |attribute, text: &Option<String>| text.clone().filter(|_| self.has(attribute));
        Context {
            now: now
                .and_then(|at| Timestamp::from_second(at).ok())
                .unwrap_or(Timestamp::UNIX_EPOCH),
            client_address: context
                .client_address
                .filter(|_| self.has(Attribute::ClientAddress)),
            purpose: text(Attribute::Purpose, &context.purpose),
            approved: context.approved && self.has(Attribute::Approved),
            approvals: if self.has(Attribute::Approvals) {
                context.approvals
            } else {
                0
            },
            ticket: text(Attribute::Ticket, &context.ticket),
        }
    }
}

/// Collects the attributes of `context` in Cedar's JSON form of an expression. False when the
/// context is used in another way than by its attributes: then what was collected is not all.
fn collect(json: &Value, names: &mut BTreeSet<String>) -> bool {
    match json {
        Value::Object(fields) => {
            let left = fields.get("left").is_some_and(is_context);
            if let (true, Some(Value::String(name))) = (left, fields.get("attr")) {
                names.insert(name.clone());
                return true;
            }
            !is_context(json) && fields.values().all(|value| collect(value, names))
        }
        Value::Array(values) => values.iter().all(|value| collect(value, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn is_context(json: &Value) -> bool {
    json.get("Var").and_then(Value::as_str) == Some("context")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks which attributes a condition looks at.
    fn check(condition: &str, expected: &[&str]) {
        let text = format!("permit(principal, action, resource) when {{ {condition} }};");
        let mentioned = Mentioned::by(&Policy::parse(None, text).unwrap());
        let names: Vec<_> = mentioned
            .0
            .iter()
            .map(|attribute| attribute.name())
            .collect();
        assert_eq!(names, expected, "{condition}");
    }

    #[test]
    fn attributes_of_conditions() {
        check("true", &[]);
        check("context.approved", &["approved"]);
        check(
            "context has ticket && context.ticket like \"OPS-*\"",
            &["ticket"],
        );
        check(
            "context.has_predicate || context[\"approvals\"] > 1",
            &["approvals"],
        );
        check(
            "if context.time > datetime(\"2026-01-01\") then context has purpose else false",
            &["time", "purpose"],
        );
        check("context has client_address", &["client_address"]);
        check("\"context.approved\" == \"Var\"", &[]);
        check(
            "[context].isEmpty()",
            &[
                "time",
                "purpose",
                "client_address",
                "ticket",
                "approved",
                "approvals",
            ],
        );
    }
}

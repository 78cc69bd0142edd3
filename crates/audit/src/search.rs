//! Finding records again.

use crate::{Body, Event, Record};
use jiff::Timestamp;
use serde_json::Value;

/// What a record must be to be found: every field that is given must match; names are compared
/// without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Name of the principal that acted, or for which an agent acted, or that a refused client
    /// claimed to be.
    pub principal: Option<String>,
    /// Name of the connection, or of the database that a refused client asked for.
    pub connection: Option<String>,
    /// Verdict of an intent.
    pub verdict: Option<String>,
    /// Kind of the statement, such as `select`, or of the event, such as `outcome`.
    pub kind: Option<String>,
    /// Relation of an intent, as `schema.table` or `table`.
    pub relation: Option<String>,
    /// A piece of any text in the event.
    pub text: Option<String>,
    /// The earliest time.
    pub since: Option<Timestamp>,
    /// The first time that is too late.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// Whether `record` is one to find.
    #[must_use]
    pub fn matches(&self, record: &Record) -> bool {
        let event = &record.event;
        let given = |wanted: &Option<String>, test: fn(&Event, &str) -> bool| {
            wanted.as_deref().is_none_or(|wanted| test(event, wanted))
        };
        self.since.is_none_or(|since| event.time >= since)
            && self.until.is_none_or(|until| event.time < until)
            && given(&self.principal, is_by)
            && given(&self.connection, is_on)
            && given(&self.verdict, has_verdict)
            && given(&self.kind, is_kind)
            && given(&self.relation, touches)
            && given(&self.text, mentions)
    }
}

fn is_by(event: &Event, name: &str) -> bool {
    let actor = event.origin.actor.as_ref();
    let names = [
        actor.map(|actor| actor.principal.as_str()),
        actor.and_then(|actor| actor.on_behalf_of.as_deref()),
        claimed(event).0,
    ];
    names
        .into_iter()
        .flatten()
        .any(|found| found.eq_ignore_ascii_case(name))
}

fn is_on(event: &Event, name: &str) -> bool {
    let connection = event
        .origin
        .connection
        .as_ref()
        .map(|connection| connection.name.as_str());
    let names = [connection, claimed(event).1];
    names
        .into_iter()
        .flatten()
        .any(|found| found.eq_ignore_ascii_case(name))
}

/// User and database that a refused client gave.
fn claimed(event: &Event) -> (Option<&str>, Option<&str>) {
    match &event.body {
        Body::SessionRefused { user, database, .. } => (user.as_deref(), database.as_deref()),
        Body::SessionStarted { .. }
        | Body::SessionEnded { .. }
        | Body::Intent(_)
        | Body::Outcome(_)
        | Body::Violation { .. }
        | Body::Tripwire { .. }
        | Body::Administration { .. } => (None, None),
    }
}

fn judgement(event: &Event) -> Option<&crate::Judgement> {
    match &event.body {
        Body::Intent(intent) => Some(&intent.judgement),
        Body::SessionStarted { .. }
        | Body::SessionRefused { .. }
        | Body::SessionEnded { .. }
        | Body::Outcome(_)
        | Body::Violation { .. }
        | Body::Tripwire { .. }
        | Body::Administration { .. } => None,
    }
}

fn has_verdict(event: &Event, verdict: &str) -> bool {
    judgement(event).is_some_and(|judgement| judgement.verdict.eq_ignore_ascii_case(verdict))
}

fn is_kind(event: &Event, kind: &str) -> bool {
    event.body.word().eq_ignore_ascii_case(kind)
        || judgement(event).is_some_and(|judgement| judgement.kind.eq_ignore_ascii_case(kind))
}

fn touches(event: &Event, relation: &str) -> bool {
    let is_it = |name: &str| {
        let bare = name.rsplit_once('.').map_or(name, |(_, bare)| bare);
        name.eq_ignore_ascii_case(relation) || bare.eq_ignore_ascii_case(relation)
    };
    judgement(event)
        .is_some_and(|judgement| judgement.relations.iter().any(|found| is_it(&found.name)))
}

fn mentions(event: &Event, piece: &str) -> bool {
    let piece = piece.to_lowercase();
    serde_json::to_value(event).is_ok_and(|value| holds(&value, &piece))
}

/// Whether a text anywhere in `value` holds `piece`. Events nest four deep at most.
fn holds(value: &Value, piece: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(piece),
        Value::Array(items) => items.iter().any(|item| holds(item, piece)),
        Value::Object(fields) => fields.iter().any(|(name, item)| {
            holds(item, piece) || (item.is_u64() && name.to_lowercase() == piece)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

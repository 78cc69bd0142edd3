//! A record of the audit log as one line.

use audit::{Body, Event, Intent, Outcome, OutcomeState, Record, Side, printable};
use clap::builder::styling::Style;

use super::style::{BAD, CARE, FAINT, GOOD, NAME, PLAIN, of_verdict, paint};

/// Longest statement that is shown, in characters; the whole one is in the record.
const STATEMENT_MAX: usize = 60;

/// The record as one line: number, time, who where, what. What a client chose is made printable.
pub(crate) fn line(record: &Record) -> String {
    let number = format!("{:>5}", format!("#{}", record.seq));
    let time = record.event.time.strftime("%Y-%m-%d %H:%M:%S");
    let who = format!("{:<26}", who(&record.event));
    let (style, word) = word(&record.event.body);
    format!(
        "{} {} {} {} {}",
        paint(FAINT, number),
        paint(FAINT, time),
        paint(NAME, who),
        paint(style, format!("{word:<9}")),
        detail(&record.event.body)
    )
}

/// `bot for sam@shop-prod`; a client that was refused is known by what it claimed.
fn who(event: &Event) -> String {
    let (user, database) = match &event.body {
        Body::SessionRefused { user, database, .. } => (user.as_deref(), database.as_deref()),
        Body::SessionStarted { .. }
        | Body::SessionEnded { .. }
        | Body::Intent(_)
        | Body::Outcome(_)
        | Body::Violation { .. }
        | Body::Tripwire { .. }
        | Body::Administration { .. } => (None, None),
    };
    let actor = event
        .origin
        .actor
        .as_ref()
        .map(|actor| match &actor.on_behalf_of {
            Some(owner) => format!("{} for {owner}", actor.principal),
            None => actor.principal.clone(),
        });
    let connection = event
        .origin
        .connection
        .as_ref()
        .map(|connection| connection.name.as_str())
        .or(database);
    let who = actor.or_else(|| user.map(|user| format!("“{user}”")));
    let who = who
        .or_else(|| event.origin.client.clone())
        .unwrap_or_else(|| "the gate".to_owned());
    let text = match connection {
        Some(connection) => format!("{who}@{connection}"),
        None => who,
    };
    printable(&text).into_owned()
}

fn word(body: &Body) -> (Style, &str) {
    match body {
        Body::SessionStarted { .. } => (PLAIN, "login"),
        Body::SessionRefused { .. } => (BAD, "refused"),
        Body::SessionEnded { .. } => (PLAIN, "logout"),
        Body::Intent(intent) => (
            of_verdict(&intent.judgement.verdict),
            intent.judgement.verdict.as_str(),
        ),
        Body::Outcome(outcome) => (of_state(outcome.state), outcome.state.word()),
        Body::Violation { .. } => (BAD, "violation"),
        Body::Tripwire { .. } => (CARE, "tripwire"),
        Body::Administration { action, .. } => (PLAIN, action),
    }
}

fn of_state(state: OutcomeState) -> Style {
    match state {
        OutcomeState::Completed | OutcomeState::Suspended => GOOD,
        OutcomeState::Cancelled | OutcomeState::Unfinished => CARE,
        OutcomeState::Failed | OutcomeState::Denied => BAD,
    }
}

fn detail(body: &Body) -> String {
    let text = match body {
        Body::SessionStarted {
            application, tls, ..
        } => {
            let line = if *tls { "over TLS" } else { "in clear" };
            match application {
                Some(application) => format!("{line}, application {application}"),
                None => line.to_owned(),
            }
        }
        Body::SessionRefused {
            sqlstate, reason, ..
        } => format!("{sqlstate} {reason}"),
        Body::SessionEnded {
            reason,
            statements,
            rows,
            ..
        } => {
            format!(
                "{reason}; {}, {}",
                count(*statements, "statement"),
                count(*rows, "row")
            )
        }
        Body::Intent(intent) => self::intent(intent),
        Body::Outcome(outcome) => self::outcome(outcome),
        Body::Violation { side, reason } => format!("by the {}: {reason}", side_word(*side)),
        Body::Tripwire { column, reason } => format!("{column}: {reason}"),
        Body::Administration { detail, .. } => detail.clone(),
    };
    printable(&text).into_owned()
}

/// The statement, and what decided.
fn intent(intent: &Intent) -> String {
    let statement = shortened(&intent.judgement.statement, STATEMENT_MAX);
    let policies = intent.judgement.policies.join(", ");
    match (&intent.judgement.reason, policies.is_empty()) {
        (Some(reason), true) => format!("{statement}  [{reason}]"),
        (Some(_), false) => format!("{statement}  [{policies}]"),
        (None, _) => statement,
    }
}

/// Rows, time, and what was hidden.
fn outcome(outcome: &Outcome) -> String {
    let mut parts = Vec::new();
    parts.extend(
        outcome
            .sqlstate
            .as_ref()
            .map(|sqlstate| format!("SQLSTATE {sqlstate}")),
    );
    if outcome.state != OutcomeState::Denied {
        parts.push(count(outcome.rows, "row"));
        let micros = outcome.duration_us;
        parts.push(format!("{}.{} ms", micros / 1000, micros % 1000 / 100));
    }
    let counted = |counts: &std::collections::BTreeMap<String, u64>| {
        counts
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !outcome.masked.is_empty() {
        parts.push(format!("masked {}", counted(&outcome.masked)));
    }
    if !outcome.fallbacks.is_empty() {
        parts.push(format!(
            "without their operator {}",
            counted(&outcome.fallbacks)
        ));
    }
    if !outcome.detected.is_empty() {
        parts.push(format!("found {}", counted(&outcome.detected)));
    }
    parts.join(", ")
}

fn side_word(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}

/// `1 row`, `2 rows`.
pub(crate) fn count(number: u64, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// The text cut to `max` characters, with an ellipsis where it was cut.
pub(crate) fn shortened(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use audit::{ActorInfo, Chain, ConnectionInfo, Judgement, Origin};

    fn record(body: Body) -> Record {
        let event = Event {
            time: "2026-02-03T04:05:06Z".parse().unwrap(),
            origin: Origin {
                session: None,
                actor: Some(ActorInfo {
                    principal: "bot\u{1b}[2J".into(),
                    kind: "agent".into(),
                    on_behalf_of: Some("sam".into()),
                    key: "k1".into(),
                }),
                connection: Some(ConnectionInfo {
                    name: "shop".into(),
                    environment: "prod".into(),
                    database: "shop".into(),
                }),
                client: None,
            }
            .into(),
            body,
        };
        let mut line = Vec::new();
        Chain::new().seal(&event, &mut line).unwrap();
        Record::read(&line).unwrap()
    }

    fn plain(line: &str) -> String {
        anstream::adapter::strip_str(line).to_string()
    }

    #[test]
    fn a_denied_statement_shows_who_and_why_and_nothing_acts_on_the_terminal() {
        let body = Body::Intent(Intent {
            statement_id: 1,
            judgement: Judgement {
                statement: "DROP TABLE\u{1b}]0;x customers".into(),
                fingerprint: String::new(),
                kind: "drop".into(),
                verdict: "deny".into(),
                policies: vec!["agents/no-ddl".into()],
                reason: Some("agents do not".into()),
                policy_epoch: String::new(),
                catalog_epoch: 1,
                relations: vec![],
                columns: vec![],
                functions: vec![],
            }
            .into(),
            protocol: audit::Protocol::Simple,
        });
        let line = line(&record(body));
        assert_eq!(
            plain(&line),
            "   #0 2026-02-03 04:05:06 bot\\u{1b}[2J for sam@shop  deny      \
             DROP TABLE\\u{1b}]0;x customers  [agents/no-ddl]"
        );
    }

    #[test]
    fn an_outcome_shows_what_was_hidden() {
        let outcome = Outcome {
            statement_id: 1,
            state: OutcomeState::Completed,
            sqlstate: None,
            rows: 1,
            bytes: 10,
            duration_us: 2345,
            disclosed: vec![],
            masked: [("pii.email".to_owned(), 2)].into(),
            fallbacks: [("contact".to_owned(), 1)].into(),
            detected: [("JWT".to_owned(), 1)].into(),
        };
        assert_eq!(
            super::outcome(&outcome),
            "1 row, 2.3 ms, masked pii.email 2, without their operator contact 1, found JWT 1"
        );
    }

    #[test]
    fn long_statements_are_cut_at_characters() {
        assert_eq!(shortened("żółć", 4), "żółć");
        assert_eq!(shortened("żółć!", 4), "żół…");
        assert_eq!(shortened("ab cdef", 4), "ab…");
    }
}

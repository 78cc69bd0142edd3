//! From the text of a statement to its verdict: the one place that the pump and `explain` share.

use std::sync::Arc;

use audit::{Judgement, Part};
use policy::{Decision, OutputDisclosures, Viewer};
use sql::facts::{Kind, Lineage, Outputs, Unresolved};
use sql::{Facts, NameContext, Statement};

use crate::record;
use crate::refusal::Refusal;
use crate::rows::PlanCache;
use crate::rules;

/// A statement with its verdict.
#[derive(Debug)]
pub struct Judged {
    /// The statement and its facts. For EXECUTE and FETCH the relations, columns and outputs are
    /// those of what they run.
    pub statement: Statement,
    /// What policy says.
    pub decision: Decision,
    /// Set when the statement must not reach the server.
    pub refusal: Option<Refusal>,
    /// Whether text without a tag is scanned for personal data and secrets.
    pub scan: bool,
    /// What its records say of it.
    pub(crate) record: Part<Judgement>,
    /// Masks of its rows, once the server has described them.
    pub(crate) plans: PlanCache,
}

impl Judged {
    /// What the statement is and touches.
    pub fn facts(&self) -> &Facts {
        &self.statement.facts
    }

    /// Names of the result's columns as far as the facts predict them.
    pub fn output_names(&self) -> Vec<String> {
        match &self.facts().outputs {
            Outputs::Columns(columns) => columns.iter().map(|column| column.name.clone()).collect(),
            Outputs::None | Outputs::Harmless | Outputs::Unknown(_) | Outputs::Named => Vec::new(),
        }
    }
}

/// Prepared statements and cursors that a statement can name.
pub trait Known {
    /// The prepared statement of this name, made by PREPARE or by a Parse message.
    fn prepared(&self, name: &str) -> Option<Arc<Judged>>;
    /// The cursor of this name, made by DECLARE or by a Bind message.
    fn cursor(&self, name: &str) -> Option<Arc<Judged>>;
}

/// Who looks, at what, under which policy, and what names mean to them.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The policy in force.
    pub policy: &'a policy::Policy,
    /// Principal, connection, catalog, labels and context.
    pub viewer: Viewer<'a>,
    /// The session's search path.
    pub names: &'a NameContext,
}

/// Reads the text and judges each of its statements, in order.
///
/// Statements see the names that earlier statements of the same text make (`PREPARE p …; EXECUTE
/// p`). A refused statement does not end the list: each has its own verdict, and the caller refuses
/// the whole text when one is refused.
///
/// A text that cannot be analysed is one statement of which nothing is known
/// ([`Kind::Unreadable`]), for those who may run what is opaque: what PostgreSQL's own grammar makes
/// of it is between them and the server.
///
/// # Errors
///
/// The text cannot be analysed, and that is not permitted: nothing of it may be sent.
pub fn judge(text: &str, view: &View<'_>, known: &dyn Known) -> Result<Vec<Arc<Judged>>, Refusal> {
    let statements = match sql::read(text, view.viewer.catalog, view.names) {
        Ok(statements) => statements,
        Err(unreadable) => {
            let why = Unresolved {
                position: unreadable.position,
                reason: unreadable.to_string(),
            };
            return judge_unread(text, why, view)
                .map_err(|_| unreadable_refusal(&unreadable))
                .map(|judged| vec![judged]);
        }
    };
    let mut batch = Batch {
        known,
        judged: Vec::with_capacity(statements.len()),
    };
    for statement in statements {
        let judged = judge_one(statement, view, &batch);
        batch.judged.push(Arc::new(judged));
    }
    Ok(batch.judged)
}

/// Judges a whole text of which nothing is known.
///
/// # Errors
///
/// Policy does not permit it.
pub(crate) fn judge_unread(
    text: &str,
    why: Unresolved,
    view: &View<'_>,
) -> Result<Arc<Judged>, Refusal> {
    let judged = judge_facts(sql::unread(text, why), view);
    match judged.refusal.clone() {
        Some(refusal) => Err(refusal),
        None => Ok(Arc::new(judged)),
    }
}

fn unreadable_refusal(unreadable: &sql::Unreadable) -> Refusal {
    let place = unreadable
        .position
        .map(|at| format!(" at byte {at}"))
        .unwrap_or_default();
    Refusal::rule(crate::DENIED, format!("this statement cannot be analysed{place}: {}", unreadable.reason))
        .with_hint("What cannot be analysed is never sent. Write it in a plainer form; the message says which.")
}

fn judge_one(mut statement: Statement, view: &View<'_>, known: &dyn Known) -> Judged {
    let missing = adopt_named(&mut statement.facts, known);
    let mut judged = judge_facts(statement, view);
    // Whoever may run what is opaque asks the server, which knows its names best.
    if judged.refusal.is_some() {
        judged.refusal = missing.or(judged.refusal);
    }
    judged
}

fn judge_facts(statement: Statement, view: &View<'_>) -> Judged {
    let decision = view.policy.decide(&view.viewer, &statement.facts);
    let scan = !view.policy.sees_sensitive(&view.viewer);
    let refusal =
        rules::refuse(&statement.facts, &decision, scan).or_else(|| Refusal::of(&decision.verdict));
    let record = record::judgement(&statement, &decision, refusal.as_ref(), view);
    Judged {
        record: record.into(),
        statement,
        decision,
        refusal,
        scan,
        plans: PlanCache::default(),
    }
}

/// Gives EXECUTE and FETCH the facts of what they run; says what is wrong when that is not known.
fn adopt_named(facts: &mut Facts, known: &dyn Known) -> Option<Refusal> {
    let (source, what, sqlstate) = match &facts.kind {
        Kind::Execute { name } => (
            known.prepared(name),
            format!("prepared statement \"{name}\""),
            "26000",
        ),
        Kind::Fetch { cursor } | Kind::Move { cursor } => (
            known.cursor(cursor),
            format!("cursor \"{cursor}\""),
            "34000",
        ),
        _ => return None,
    };
    let Some(source) = source else {
        facts.outputs = Outputs::Unknown(Lineage::opaque());
        facts.unresolved.push(Unresolved {
            position: None,
            reason: format!("{what} is not known to this session"),
        });
        return Some(
            Refusal::rule(sqlstate, format!("{what} does not exist")).with_hint(
                "It must be made in this session, through this gate, before it is used.",
            ),
        );
    };
    let run = source.facts();
    facts.relations.extend(run.relations.iter().cloned());
    facts.columns.extend(run.columns.iter().copied());
    facts.functions.extend(run.functions.iter().cloned());
    facts.flows.extend(run.flows.iter().cloned());
    facts.unresolved.extend(run.unresolved.iter().cloned());
    facts.restriction = run.restriction;
    facts.outputs = run.outputs.clone();
    None
}

/// The statements judged so far in one text, in front of the names of the session.
struct Batch<'a> {
    known: &'a dyn Known,
    judged: Vec<Arc<Judged>>,
}

impl Batch<'_> {
    fn find(&self, makes: impl Fn(&Kind) -> bool) -> Option<Arc<Judged>> {
        self.judged
            .iter()
            .rev()
            .find(|judged| makes(&judged.facts().kind))
            .cloned()
    }
}

impl Known for Batch<'_> {
    fn prepared(&self, wanted: &str) -> Option<Arc<Judged>> {
        self.find(|kind| matches!(kind, Kind::Prepare { name } if name == wanted))
            .or_else(|| self.known.prepared(wanted))
    }

    fn cursor(&self, wanted: &str) -> Option<Arc<Judged>> {
        self.find(|kind| matches!(kind, Kind::Declare { cursor } if cursor == wanted))
            .or_else(|| self.known.cursor(wanted))
    }
}

/// Whether nothing of the results is hidden, whatever they turn out to be.
pub(crate) fn sees_all(judged: &Judged) -> bool {
    !judged.scan && !hides_outputs(&judged.decision)
}

/// Whether a decision hides anything of its outputs.
pub(crate) fn hides_outputs(decision: &Decision) -> bool {
    let hidden = |column: &policy::ColumnDisclosure| column.disclosure != policy::Disclosure::Clear;
    match &decision.outputs {
        OutputDisclosures::None => false,
        OutputDisclosures::Columns(columns) => columns.iter().any(hidden),
        OutputDisclosures::Every(column) => hidden(column),
        OutputDisclosures::Named => true,
    }
}

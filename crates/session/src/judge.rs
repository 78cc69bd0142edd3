//! From the text of a statement to its verdict: the one place that the pump and `explain` share.

use std::sync::Arc;

use audit::{Judgement, Part};
use policy::{ColumnDisclosure, Decision, Disclosure, OutputDisclosures, Viewer};
use sql::facts::{Holdability, Kind, Lineage, Outputs, Transaction, Unresolved};
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
    /// Where what it runs comes from.
    pub(crate) runs: Runs,
    /// What its records say of it.
    pub(crate) record: Part<Judgement>,
    /// Masks of its rows, once the server has described them.
    pub(crate) plans: PlanCache,
}

/// Where what a statement runs comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    /// From its text.
    Text,
    /// From the name in its text, as that stands when it runs: EXECUTE, FETCH and MOVE.
    Name,
    /// From the text of the PREPARE or DECLARE that made it.
    Made,
}

impl Judged {
    /// What the statement is and touches.
    pub fn facts(&self) -> &Facts {
        &self.statement.facts
    }

    /// Whether it runs what a name stands for at the moment at which it runs.
    pub(crate) fn runs_by_name(&self) -> bool {
        self.runs == Runs::Name
    }

    /// Whether it is one that PREPARE and DECLARE take. EXECUTE and FETCH also run others that
    /// messages prepared and bound, whatever they are.
    fn is_plain(&self) -> bool {
        let plain = matches!(
            self.facts().kind,
            Kind::Select | Kind::Insert | Kind::Update | Kind::Delete | Kind::Merge
        );
        match self.runs {
            Runs::Text => plain,
            Runs::Name => false,
            Runs::Made => true,
        }
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
            let judged = judge_unread(text, why, view);
            return match judged.refusal {
                Some(_) => Err(unreadable_refusal(&unreadable)),
                None => Ok(vec![Arc::new(judged)]),
            };
        }
    };
    let mut batch = Batch {
        view,
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
pub(crate) fn judge_unread(text: &str, why: Unresolved, view: &View<'_>) -> Judged {
    judge_facts(sql::unread(text, why), view, Runs::Text, None)
}

/// Whether nothing of the results is hidden, whatever they turn out to be.
pub(crate) fn sees_all(judged: &Judged) -> bool {
    let clear = |column: &ColumnDisclosure| column.disclosure == Disclosure::Clear;
    let shows_all = match &judged.decision.outputs {
        OutputDisclosures::None => true,
        OutputDisclosures::Columns(columns) => columns.iter().all(clear),
        OutputDisclosures::Every(column) => clear(column),
        OutputDisclosures::Named => false,
    };
    shows_all && !judged.scan
}

fn unreadable_refusal(unreadable: &sql::Unreadable) -> Refusal {
    let place = unreadable
        .position
        .map(|at| format!(" at byte {at}"))
        .unwrap_or_default();
    Refusal::rule(crate::DENIED, format!("this statement cannot be analysed{place}: {}", unreadable.reason))
        .with_hint("What cannot be analysed is never sent. Write it in a plainer form; the message says which.")
}

/// Judges a statement again whose facts hold: what it runs was fixed when it was first judged.
pub(crate) fn judge_again(judged: &Judged, view: &View<'_>) -> Judged {
    judge_facts(judged.statement.clone(), view, judged.runs, None)
}

/// What EXECUTE or FETCH will run under the name that a PREPARE or DECLARE makes; `None`: the
/// statement makes none.
pub(crate) fn judge_made(judged: &Judged, view: &View<'_>) -> Option<Judged> {
    let kind = match &judged.facts().kind {
        Kind::Prepare { name } => Kind::Execute { name: name.clone() },
        Kind::Declare { cursor, .. } => Kind::Fetch {
            cursor: cursor.clone(),
        },
        _ => return None,
    };
    let mut statement = judged.statement.clone();
    statement.facts.kind = kind;
    Some(judge_facts(statement, view, Runs::Made, None))
}

fn judge_one(mut statement: Statement, view: &View<'_>, known: &dyn Known) -> Judged {
    let Some(named) = look_up(&statement.facts.kind, known) else {
        return judge_facts(statement, view, Runs::Text, None);
    };
    let unfit = named.adopt(&mut statement.facts);
    judge_facts(statement, view, Runs::Name, unfit)
}

fn judge_facts(statement: Statement, view: &View<'_>, runs: Runs, unfit: Option<Unfit>) -> Judged {
    let decision = view.policy.decide(&view.viewer, &statement.facts);
    let scan = !view.policy.sees_sensitive(&view.viewer);
    let refused = rules::refuse(&statement.facts).or_else(|| Refusal::of(&decision.verdict));
    let refusal = match unfit {
        Some(Unfit::Kind(refusal)) => Some(refusal),
        // Whoever may run what is opaque asks the server, which knows its names best.
        Some(Unfit::Missing(refusal)) => refused.and(Some(refusal)),
        None => refused,
    };
    let record = record::judgement(&statement, &decision, refusal.as_ref(), view);
    Judged {
        record: record.into(),
        statement,
        decision,
        refusal,
        scan,
        runs,
        plans: PlanCache::default(),
    }
}

/// What a statement names, in words, and what is known under that name.
struct Named {
    what: String,
    source: Option<Arc<Judged>>,
    /// The SQLSTATE with which PostgreSQL says that there is none.
    sqlstate: &'static str,
}

/// Why the facts of what a statement names cannot be its own.
enum Unfit {
    /// There is none.
    Missing(Refusal),
    /// It may be, and do, anything: settings, names and transactions could change unseen.
    Kind(Refusal),
}

/// What EXECUTE, FETCH and MOVE name; `None`: it is another statement.
fn look_up(kind: &Kind, known: &dyn Known) -> Option<Named> {
    match kind {
        Kind::Execute { name } => Some(Named {
            what: format!("prepared statement \"{name}\""),
            source: known.prepared(name),
            sqlstate: "26000",
        }),
        Kind::Fetch { cursor } | Kind::Move { cursor } => Some(Named {
            what: format!("cursor \"{cursor}\""),
            source: known.cursor(cursor),
            sqlstate: "34000",
        }),
        _ => None,
    }
}

impl Named {
    /// Gives a statement the facts of what it runs, or says why not.
    fn adopt(self, facts: &mut Facts) -> Option<Unfit> {
        let Self {
            what,
            source,
            sqlstate,
        } = self;
        let Some(source) = source else {
            facts.outputs = Outputs::Unknown(Lineage::opaque());
            facts.unresolved.push(Unresolved {
                position: None,
                reason: format!("{what} is not known to this session"),
            });
            let refusal = Refusal::rule(sqlstate, format!("{what} does not exist")).with_hint(
                "It must be made in this session, through this gate, before it is used.",
            );
            return Some(Unfit::Missing(refusal));
        };
        let run = source.facts();
        facts.relations.extend(run.relations.iter().cloned());
        facts.columns.extend(run.columns.iter().copied());
        facts.functions.extend(run.functions.iter().cloned());
        facts.flows.extend(run.flows.iter().cloned());
        facts.unresolved.extend(run.unresolved.iter().cloned());
        facts.restriction = run.restriction;
        facts.outputs = run.outputs.clone();
        (!source.is_plain()).then(|| Unfit::Kind(not_plain(&what)))
    }
}

fn not_plain(what: &str) -> Refusal {
    Refusal::rule(
        "0A000",
        format!(
            "{what} is neither a query nor a change of rows: this gate runs it by messages alone"
        ),
    )
    .with_hint("Send the statement itself, or execute it by the extended query protocol.")
}

/// The statements judged so far in one text, in front of the names of the session.
struct Batch<'a> {
    view: &'a View<'a>,
    known: &'a dyn Known,
    judged: Vec<Arc<Judged>>,
}

impl Batch<'_> {
    /// What the newest of these that speaks of a name made of it.
    fn find(&self, says: impl Fn(&Kind) -> Option<Said<'_>>) -> Option<Option<Arc<Judged>>> {
        let mut since = Since::Now;
        for judged in self.judged.iter().rev() {
            let kind = &judged.facts().kind;
            match (&since, says(kind)) {
                (Since::Savepoint(name), None)
                    if kind == &Kind::Transaction(Transaction::Savepoint((*name).to_owned())) =>
                {
                    since = Since::Now
                }
                (Since::Now, Some(Said::Makes(_)))
                | (Since::Commit, Some(Said::Makes(Holdability::WithHold))) => {
                    return Some(judge_made(judged, self.view).map(Arc::new));
                }
                (_, Some(Said::Makes(_) | Said::Drops)) => return Some(None),
                (Since::Now, Some(Said::Commits)) => since = Since::Commit,
                (Since::Now, Some(Said::RollsBackTo(name))) => since = Since::Savepoint(name),
                (_, Some(Said::Commits | Said::RollsBackTo(_)) | None) => {}
            }
        }
        // What is older than the text may have ended in it.
        (!matches!(since, Since::Now)).then_some(None)
    }
}

/// What has survived, on the way back through a text.
enum Since<'a> {
    /// Everything that was made.
    Now,
    /// What is WITH HOLD.
    Commit,
    /// What was made before the savepoint.
    Savepoint(&'a str),
}

/// What a statement says of a name.
enum Said<'a> {
    Makes(Holdability),
    Drops,
    Commits,
    RollsBackTo(&'a str),
}

fn says_of_statement<'a>(kind: &'a Kind, wanted: &str) -> Option<Said<'a>> {
    match kind {
        // It outlives every transaction.
        Kind::Prepare { name } => (name == wanted).then_some(Said::Makes(Holdability::WithHold)),
        Kind::Deallocate { name } => name
            .as_ref()
            .is_none_or(|name| name == wanted)
            .then_some(Said::Drops),
        _ => None,
    }
}

fn says_of_cursor<'a>(kind: &'a Kind, wanted: &str) -> Option<Said<'a>> {
    match kind {
        Kind::Declare { cursor, hold } => (cursor == wanted).then_some(Said::Makes(*hold)),
        Kind::Close { cursor } => cursor
            .as_ref()
            .is_none_or(|cursor| cursor == wanted)
            .then_some(Said::Drops),
        Kind::Transaction(Transaction::Commit) => Some(Said::Commits),
        Kind::Transaction(Transaction::Rollback) => Some(Said::Drops),
        Kind::Transaction(Transaction::RollbackTo(name)) => Some(Said::RollsBackTo(name)),
        _ => None,
    }
}

impl Known for Batch<'_> {
    fn prepared(&self, wanted: &str) -> Option<Arc<Judged>> {
        self.find(|kind| says_of_statement(kind, wanted))
            .unwrap_or_else(|| self.known.prepared(wanted))
    }

    fn cursor(&self, wanted: &str) -> Option<Arc<Judged>> {
        self.find(|kind| says_of_cursor(kind, wanted))
            .unwrap_or_else(|| self.known.cursor(wanted))
    }
}

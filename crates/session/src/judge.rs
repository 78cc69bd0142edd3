//! From the text of a statement to its verdict: the one place that the pump and `explain` share.

use std::borrow::Cow;
use std::sync::Arc;

use audit::{Judgement, Part};
use policy::{Decision, Viewer};
use sql::facts::{Holdability, Kind, Lineage, Outputs, Unresolved};
use sql::{Facts, Reading, Statement, Unreadable};

use crate::name_effect::NameEffect;
use crate::naming::{Naming, needs_no_names};
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
    /// What unqualified names mean in the session.
    pub naming: &'a Naming,
}

/// What is said of a statement that names something while it is not known what names mean.
const NAMES_UNKNOWN: &str = "what names mean is not known here; send the statement in a message of its own, behind the one \
     that changes search_path or the role, or qualify the names and set both first";

/// Reads the text and judges each of its statements, in order.
///
/// Statements see the names that earlier statements of the same text make (`PREPARE p …; EXECUTE
/// p`), and what they make names mean (`SET search_path = …`). A refused statement does not end the
/// list: each has its own verdict, and the caller refuses the whole text when one is refused.
///
/// A text that cannot be read is one statement of [`Kind::Unreadable`] for those who may run such.
///
/// # Errors
///
/// The text cannot be analysed: nothing of it may be sent.
pub fn judge(text: &str, view: &View<'_>, known: &dyn Known) -> Result<Vec<Arc<Judged>>, Refusal> {
    match judge_readable(text, view, known) {
        Ok(batch) => Ok(batch),
        Err(unreadable) => judge_unreadable(text, &unreadable, view),
    }
}

fn judge_readable(
    text: &str,
    view: &View<'_>,
    known: &dyn Known,
) -> Result<Vec<Arc<Judged>>, Unreadable> {
    let catalog = view.viewer.catalog;
    let reading = Reading::of(text)?;
    let mut naming = Cow::Borrowed(view.naming);
    let mut names = naming.names(catalog);
    let mut batch = Batch {
        view,
        known,
        judged: Vec::with_capacity(reading.len()),
    };
    for index in 0..reading.len() {
        let within = names.clone().unwrap_or_default();
        let mut statement = reading.statement(index, catalog, &within)?;
        let prepared_before =
            matches!(naming, Cow::Owned(_)) && matches!(statement.facts.kind, Kind::Execute { .. });
        if prepared_before || (names.is_none() && !needs_no_names(&statement.facts.kind)) {
            without_names(&mut statement.facts);
        }
        let judged = judge_one(statement, view, &batch);
        if index + 1 < reading.len() && naming.follows(judged.facts()) {
            naming.to_mut().apply(judged.facts());
            names = naming.names(catalog);
        }
        batch.judged.push(Arc::new(judged));
    }
    Ok(batch.judged)
}

/// Nothing that was resolved counts when it is not known what names mean.
fn without_names(facts: &mut Facts) {
    facts.unresolved.push(Unresolved {
        position: None,
        reason: NAMES_UNKNOWN.to_owned(),
    });
    if facts.outputs != Outputs::None {
        facts.outputs = Outputs::Unknown(Lineage::opaque());
    }
}

fn judge_unreadable(
    text: &str,
    unreadable: &Unreadable,
    view: &View<'_>,
) -> Result<Vec<Arc<Judged>>, Refusal> {
    let judged = judge_facts(sql::unreadable(text, unreadable), view, Runs::Text, None);
    let runs = judged.refusal.is_none() && view.policy.sees_everything(&view.viewer);
    if runs {
        Ok(vec![Arc::new(judged)])
    } else {
        Err(unreadable_refusal(unreadable))
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
    let Some(named) = look_up(&statement.facts, known) else {
        return judge_facts(statement, view, Runs::Text, None);
    };
    let unfit = named.adopt(&mut statement.facts);
    judge_facts(statement, view, Runs::Name, unfit)
}

fn judge_facts(statement: Statement, view: &View<'_>, runs: Runs, unfit: Option<Unfit>) -> Judged {
    let decision = view.policy.decide(&view.viewer, &statement.facts);
    let scan = !view.policy.sees_sensitive(&view.viewer);
    let refused =
        rules::refuse(&statement.facts, &decision, scan).or_else(|| Refusal::of(&decision.verdict));
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
fn look_up(facts: &Facts, known: &dyn Known) -> Option<Named> {
    match NameEffect::of(facts) {
        NameEffect::Executes(name) => Some(Named {
            what: format!("prepared statement \"{name}\""),
            source: known.prepared(name),
            sqlstate: "26000",
        }),
        NameEffect::Fetches(cursor) => Some(Named {
            what: format!("cursor \"{cursor}\""),
            source: known.cursor(cursor),
            sqlstate: "34000",
        }),
        NameEffect::None
        | NameEffect::Prepares(_)
        | NameEffect::Declares(..)
        | NameEffect::Deallocates(_)
        | NameEffect::Closes(_)
        | NameEffect::Discards
        | NameEffect::Commits
        | NameEffect::RollsBack
        | NameEffect::Saves(_)
        | NameEffect::Releases(_)
        | NameEffect::RollsBackTo(_) => None,
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
        facts.settings.extend(run.settings.iter().cloned());
        facts.unresolved.extend(run.unresolved.iter().cloned());
        facts.restriction = run.restriction;
        // Where the facts are incomplete already, so are the outputs.
        if matches!(facts.outputs, Outputs::Named | Outputs::None) {
            facts.outputs = run.outputs.clone();
        }
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
    fn find(
        &self,
        says: impl Fn(NameEffect<'_>) -> Option<Said<'_>>,
    ) -> Option<Option<Arc<Judged>>> {
        let mut since = Since::Now;
        for judged in self.judged.iter().rev() {
            let naming = NameEffect::of(judged.facts());
            if since == Since::Savepoint(naming) {
                since = Since::Now;
                continue;
            }
            match (since, says(naming)) {
                (Since::Now, Some(Said::Makes(_)))
                | (Since::Commit, Some(Said::Makes(Holdability::WithHold))) => {
                    return Some(judge_made(judged, self.view).map(Arc::new));
                }
                (_, Some(Said::Makes(_) | Said::Drops)) => return Some(None),
                (Since::Now, Some(Said::Commits)) => since = Since::Commit,
                (Since::Now, Some(Said::RollsBackTo(name))) => {
                    since = Since::Savepoint(NameEffect::Saves(name));
                }
                (_, Some(Said::Commits | Said::RollsBackTo(_)) | None) => {}
            }
        }
        // What is older than the text may have ended in it.
        (since != Since::Now).then_some(None)
    }
}

/// What has survived, on the way back through a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since<'a> {
    /// Everything that was made.
    Now,
    /// What is WITH HOLD.
    Commit,
    /// What was made before this SAVEPOINT.
    Savepoint(NameEffect<'a>),
}

/// What a statement says of a name.
enum Said<'a> {
    Makes(Holdability),
    Drops,
    Commits,
    RollsBackTo(&'a str),
}

fn says_of_statement<'a>(naming: NameEffect<'a>, wanted: &str) -> Option<Said<'a>> {
    match naming {
        // It outlives every transaction.
        NameEffect::Prepares(name) => {
            (name == wanted).then_some(Said::Makes(Holdability::WithHold))
        }
        NameEffect::Deallocates(Some(name)) => (name == wanted).then_some(Said::Drops),
        NameEffect::Deallocates(None) | NameEffect::Discards => Some(Said::Drops),
        NameEffect::None
        | NameEffect::Declares(..)
        | NameEffect::Executes(_)
        | NameEffect::Fetches(_)
        | NameEffect::Closes(_)
        | NameEffect::Commits
        | NameEffect::RollsBack
        | NameEffect::Saves(_)
        | NameEffect::Releases(_)
        | NameEffect::RollsBackTo(_) => None,
    }
}

fn says_of_cursor<'a>(naming: NameEffect<'a>, wanted: &str) -> Option<Said<'a>> {
    match naming {
        NameEffect::Declares(cursor, hold) => (cursor == wanted).then_some(Said::Makes(hold)),
        NameEffect::Closes(Some(cursor)) => (cursor == wanted).then_some(Said::Drops),
        NameEffect::Closes(None) | NameEffect::Discards | NameEffect::RollsBack => {
            Some(Said::Drops)
        }
        NameEffect::Commits => Some(Said::Commits),
        NameEffect::RollsBackTo(name) => Some(Said::RollsBackTo(name)),
        NameEffect::None
        | NameEffect::Prepares(_)
        | NameEffect::Executes(_)
        | NameEffect::Fetches(_)
        | NameEffect::Deallocates(_)
        | NameEffect::Saves(_)
        | NameEffect::Releases(_) => None,
    }
}

impl Known for Batch<'_> {
    fn prepared(&self, wanted: &str) -> Option<Arc<Judged>> {
        self.find(|naming| says_of_statement(naming, wanted))
            .unwrap_or_else(|| self.known.prepared(wanted))
    }

    fn cursor(&self, wanted: &str) -> Option<Arc<Judged>> {
        self.find(|naming| says_of_cursor(naming, wanted))
            .unwrap_or_else(|| self.known.cursor(wanted))
    }
}

//! What is told about a statement. The fields are the interface for programs: they stay.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use policy::{ColumnDisclosure, OutputDisclosures, Verdict, Viewer};
use serde::Serialize;
use session::{Judged, Refusal, World};
use sql::Catalog;
use sql::facts::{ColumnId, Facts, Lineage, Outputs};

use super::words::{class_word, clause_word, derivation_word};

/// The verdict of what may run.
pub(super) const ALLOW: &str = "allow";
const HOLD: &str = "hold";
const DENY: &str = "deny";

/// Text without a tag is searched for personal data and secrets.
pub(super) const SCAN: &str = "text_scanned";
/// Errors and notices lose what could carry a value.
pub(super) const SCRUB: &str = "errors_scrubbed";

/// What the gate would do with a text.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) principal: String,
    /// `human`, `service` or `agent`.
    pub(super) kind: String,
    pub(super) on_behalf_of: Option<String>,
    pub(super) connection: String,
    pub(super) environment: String,
    pub(super) policy_epoch: String,
    pub(super) catalog_epoch: u64,
    /// `allow`, `hold` or `deny`: of the text as a whole, which runs only if all of it may.
    pub(super) verdict: &'static str,
    /// Why the principal may not even connect, or why the text cannot be analysed.
    pub(super) refusal: Option<RefusalReport>,
    /// One for each statement of the text.
    pub(super) statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Serialize)]
pub(super) struct Statement {
    /// Without literals.
    pub(super) statement: String,
    /// Such as `select`.
    pub(super) kind: &'static str,
    pub(super) verdict: &'static str,
    /// Ids of those that decided.
    pub(super) policies: Vec<String>,
    pub(super) refusal: Option<RefusalReport>,
    pub(super) relations: Vec<Relation>,
    /// Those that are not known to be harmless.
    pub(super) functions: Vec<Function>,
    /// Columns that it uses, with what the principal sees of each.
    pub(super) columns: Vec<Column>,
    /// Columns of the result, where they are known beforehand.
    pub(super) outputs: Vec<Output>,
    /// What is shown of every column of the result, where they are not known beforehand.
    pub(super) every_output: Option<Shown>,
    /// What could not be resolved.
    pub(super) unresolved: Vec<String>,
    /// Every question that was put to the policies.
    pub(super) questions: Vec<Question>,
    /// What the gate does beside masking columns: [`SCAN`], [`SCRUB`].
    pub(super) protections: Vec<&'static str>,
}

/// What the client is told.
#[derive(Debug, Serialize)]
pub(super) struct RefusalReport {
    pub(super) sqlstate: String,
    pub(super) reason: String,
    pub(super) detail: Option<String>,
    pub(super) hint: Option<String>,
}

/// A relation with what is done to it.
#[derive(Debug, Serialize)]
pub(super) struct Relation {
    pub(super) name: String,
    pub(super) actions: Vec<&'static str>,
}

/// A function that is not known to be harmless.
#[derive(Debug, Serialize)]
pub(super) struct Function {
    pub(super) name: String,
    /// Why not.
    pub(super) class: &'static str,
}

/// A column that is used.
#[derive(Debug, Serialize)]
pub(super) struct Column {
    pub(super) name: String,
    /// Where: `output`, `filter`, `join` and so on.
    pub(super) clauses: Vec<&'static str>,
    pub(super) disclosure: &'static str,
    pub(super) tag: Option<String>,
    pub(super) policies: Vec<String>,
}

/// A column of the result.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    pub(super) name: String,
    /// The columns that flow into it.
    pub(super) from: Vec<String>,
    /// `copied`, `derived` or `opaque`.
    pub(super) derivation: &'static str,
    #[serde(flatten)]
    pub(super) shown: Shown,
}

/// What is shown of a value.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    /// `clear`, `partial`, `pseudonym` or `redacted`.
    pub(super) disclosure: &'static str,
    /// The strictest tag behind it.
    pub(super) tag: Option<String>,
}

/// A question that was put to the policies.
#[derive(Debug, Serialize)]
pub(super) struct Question {
    pub(super) principal: String,
    pub(super) action: &'static str,
    pub(super) resource: String,
    pub(super) answer: &'static str,
    pub(super) policies: Vec<String>,
}

/// The report on what was judged.
pub(super) fn of(
    viewer: &Viewer<'_>,
    world: &World,
    connect: &Verdict,
    judged: Result<Vec<Arc<Judged>>, Refusal>,
) -> Report {
    let (refusal, judged) = match (refused_connect(viewer, connect), judged) {
        (Some(refusal), Ok(judged)) => (Some(refusal), judged),
        (Some(refusal), Err(_)) => (Some(refusal), Vec::new()),
        (None, Err(refusal)) => (Some(RefusalReport::from(&refusal)), Vec::new()),
        (None, Ok(judged)) => (None, judged),
    };
    let statements: Vec<_> = judged
        .iter()
        .map(|judged| statement(viewer, world, judged))
        .collect();
    let verdict = if refusal.is_some() {
        DENY
    } else {
        worst(&statements)
    };
    let principal = &viewer.actor.principal;
    Report {
        principal: principal.name.to_string(),
        kind: principal.kind.word().to_owned(),
        on_behalf_of: viewer
            .actor
            .owner
            .as_ref()
            .map(|owner| owner.name.to_string()),
        connection: viewer.connection.name.clone(),
        environment: viewer.connection.environment.clone(),
        policy_epoch: world.policy.epoch().to_string(),
        catalog_epoch: world.catalog.epoch(),
        verdict,
        refusal,
        statements,
    }
}

fn worst(statements: &[Statement]) -> &'static str {
    let any = |verdict| {
        statements
            .iter()
            .any(|statement| statement.verdict == verdict)
    };
    match (any(DENY), any(HOLD)) {
        (true, _) => DENY,
        (false, true) => HOLD,
        (false, false) => ALLOW,
    }
}

fn refused_connect(viewer: &Viewer<'_>, connect: &Verdict) -> Option<RefusalReport> {
    let (reason, hint) = match connect {
        Verdict::Allow { .. } => return None,
        Verdict::Hold { reason, .. } => (reason.clone(), None),
        Verdict::Deny { denial, .. } => (denial.reason.clone(), denial.hint.clone()),
    };
    Some(RefusalReport {
        sqlstate: session::DENIED.to_owned(),
        reason: format!("may not connect to `{}`: {reason}", viewer.connection.name),
        detail: None,
        hint,
    })
}

impl From<&Refusal> for RefusalReport {
    fn from(refusal: &Refusal) -> Self {
        RefusalReport {
            sqlstate: refusal.sqlstate.to_owned(),
            reason: refusal.message.clone(),
            detail: refusal.detail.clone(),
            hint: refusal.hint.clone(),
        }
    }
}

fn statement(viewer: &Viewer<'_>, world: &World, judged: &Judged) -> Statement {
    let facts = judged.facts();
    let explanation = world.policy.explain(viewer, facts);
    let policies = match &judged.refusal {
        Some(refusal) => refusal.policies.clone(),
        None => texts(judged.decision.verdict.policies()),
    };
    let questions = explanation.questions.into_iter().map(|asked| Question {
        principal: asked.principal,
        action: asked.action,
        resource: asked.resource,
        answer: asked.answer,
        policies: texts(&asked.policies),
    });
    Statement {
        statement: judged.statement.normalised.clone(),
        kind: policy::kind_word(&facts.kind),
        verdict: verdict(judged),
        policies,
        refusal: judged.refusal.as_ref().map(RefusalReport::from),
        relations: relations(facts, &world.catalog),
        functions: functions(facts),
        columns: columns(facts, &world.catalog, &explanation.columns),
        outputs: outputs(judged, &world.catalog),
        every_output: every_output(&judged.decision.outputs),
        unresolved: facts
            .unresolved
            .iter()
            .map(|found| found.reason.clone())
            .collect(),
        questions: questions.collect(),
        protections: protections(judged),
    }
}

fn verdict(judged: &Judged) -> &'static str {
    match &judged.refusal {
        None => ALLOW,
        Some(refusal) if refusal.needs_review => HOLD,
        Some(_) => DENY,
    }
}

fn protections(judged: &Judged) -> Vec<&'static str> {
    let found = [(judged.scan, SCAN), (judged.decision.protected, SCRUB)];
    found
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, word)| word)
        .collect()
}

fn texts(policies: &[policy::PolicyId]) -> Vec<String> {
    policies.iter().map(ToString::to_string).collect()
}

fn relations(facts: &Facts, catalog: &Catalog) -> Vec<Relation> {
    let mut by_name: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for used in &facts.relations {
        let name = match catalog.relation(used.relation) {
            Some(relation) => format!("{}.{}", relation.schema, relation.name),
            None => format!("oid {}", used.relation),
        };
        by_name.entry(name).or_default().push(used.action.word());
    }
    by_name
        .into_iter()
        .map(|(name, actions)| Relation { name, actions })
        .collect()
}

fn functions(facts: &Facts) -> Vec<Function> {
    let name = |schema: &Option<String>, name: &str| match schema {
        Some(schema) => format!("{schema}.{name}"),
        None => name.to_owned(),
    };
    let functions = facts.functions.iter();
    functions
        .map(|function| Function {
            name: name(&function.schema, &function.name),
            class: class_word(function.class),
        })
        .collect()
}

fn columns(facts: &Facts, catalog: &Catalog, seen: &[policy::Seen]) -> Vec<Column> {
    let column = |seen: &policy::Seen| {
        let uses = facts
            .columns
            .iter()
            .filter(|used| used.column == seen.column);
        let clauses: BTreeSet<_> = uses.map(|used| clause_word(used.clause)).collect();
        Column {
            name: column_name(catalog, seen.column),
            clauses: clauses.into_iter().collect(),
            disclosure: seen.disclosure.disclosure.word(),
            tag: seen.disclosure.tag.as_ref().map(ToString::to_string),
            policies: texts(&seen.policies),
        }
    };
    seen.iter().map(column).collect()
}

fn outputs(judged: &Judged, catalog: &Catalog) -> Vec<Output> {
    let (Outputs::Columns(columns), OutputDisclosures::Columns(disclosures)) =
        (&judged.facts().outputs, &judged.decision.outputs)
    else {
        return Vec::new();
    };
    let output = |(column, disclosure): (&sql::facts::OutputColumn, &ColumnDisclosure)| Output {
        name: column.name.clone(),
        from: sources(catalog, &column.lineage),
        derivation: derivation_word(column.lineage.derivation),
        shown: Shown::from(disclosure),
    };
    columns.iter().zip(disclosures).map(output).collect()
}

fn every_output(outputs: &OutputDisclosures) -> Option<Shown> {
    match outputs {
        OutputDisclosures::Every(disclosure) => Some(Shown::from(disclosure)),
        OutputDisclosures::None | OutputDisclosures::Columns(_) | OutputDisclosures::Named => None,
    }
}

impl From<&ColumnDisclosure> for Shown {
    fn from(disclosure: &ColumnDisclosure) -> Self {
        Shown {
            disclosure: disclosure.disclosure.word(),
            tag: disclosure.tag.as_ref().map(ToString::to_string),
        }
    }
}

fn sources(catalog: &Catalog, lineage: &Lineage) -> Vec<String> {
    lineage
        .sources
        .iter()
        .map(|source| column_name(catalog, *source))
        .collect()
}

fn column_name(catalog: &Catalog, id: ColumnId) -> String {
    match catalog.column(id) {
        Some((relation, column)) => {
            format!("{}.{}.{}", relation.schema, relation.name, column.name)
        }
        None => format!("oid {} column {}", id.relation, id.number),
    }
}

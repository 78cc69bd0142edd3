//! Events of a session: who, what, with which verdict, and what came of it.

use std::collections::BTreeMap;
use std::time::Duration;

use audit::{
    ActorInfo, Body, ConnectionInfo, Disclosed, Intent, Judgement, Origin, Outcome, OutcomeState,
    Protocol, RelationInfo,
};
use mask::copy::Counts;
use policy::{Decision, Verdict};
use sql::{Catalog, Facts, Statement};

use crate::judge::View;
use crate::names::Epoch;
use crate::refusal::Refusal;
use crate::rows::PlannedColumn;
use crate::run::Run;
use crate::session::Who;

/// What all events of a session share.
pub(crate) fn origin(who: &Who) -> Origin {
    let principal = &who.actor.principal;
    Origin {
        session: Some(who.id),
        actor: Some(ActorInfo {
            principal: principal.name.to_string(),
            kind: principal.kind.word().to_owned(),
            on_behalf_of: who.actor.owner.as_ref().map(|owner| owner.name.to_string()),
            key: who.actor.key.to_string(),
        }),
        connection: Some(ConnectionInfo {
            name: who.connection.name.clone(),
            environment: who.connection.environment.clone(),
            database: who.connection.database.clone(),
        }),
        client: who.client.map(|address| address.to_string()),
    }
}

/// What the records of a statement say of it whenever it runs.
pub(crate) fn judgement(
    statement: &Statement,
    decision: &Decision,
    refusal: Option<&Refusal>,
    view: &View<'_>,
) -> Judgement {
    let (facts, catalog) = (&statement.facts, view.viewer.catalog);
    let (verdict, policies) = verdict(decision, refusal);
    Judgement {
        statement: statement.normalised.clone(),
        fingerprint: statement.fingerprint.to_string(),
        kind: policy::kind_word(&facts.kind).to_owned(),
        verdict: verdict.to_owned(),
        policies,
        reason: refusal.map(|refusal| refusal.message.clone()),
        policy_epoch: view.policy.epoch().to_string(),
        catalog_epoch: catalog.epoch(),
        relations: relations(facts, catalog),
        columns: columns(facts, catalog),
        functions: facts
            .functions
            .iter()
            .map(|function| function.name.clone())
            .collect(),
    }
}

/// That a text was refused which could not be read.
pub(crate) fn unread(text: &str, refusal: &Refusal, epoch: &Epoch, protocol: Protocol) -> Body {
    let judgement = Judgement {
        statement: sql::normalise(text),
        fingerprint: String::new(),
        kind: "unreadable".to_owned(),
        verdict: "deny".to_owned(),
        policies: Vec::new(),
        reason: Some(refusal.message.clone()),
        policy_epoch: epoch.policy.to_string(),
        catalog_epoch: epoch.catalog,
        relations: Vec::new(),
        columns: Vec::new(),
        functions: Vec::new(),
    };
    Body::Intent(Intent {
        // No statement was told apart, so none has a number.
        statement_id: 0,
        judgement: judgement.into(),
        protocol,
    })
}

fn verdict(decision: &Decision, refusal: Option<&Refusal>) -> (&'static str, Vec<String>) {
    match refusal {
        Some(refusal) if refusal.needs_review => ("hold", refusal.policies.clone()),
        Some(refusal) => ("deny", refusal.policies.clone()),
        None => match &decision.verdict {
            Verdict::Allow { policies } => {
                ("allow", policies.iter().map(ToString::to_string).collect())
            }
            // A refusal is made of every other verdict.
            Verdict::Hold { .. } | Verdict::Deny { .. } => ("deny", Vec::new()),
        },
    }
}

fn relations(facts: &Facts, catalog: &Catalog) -> Vec<RelationInfo> {
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for used in &facts.relations {
        let name = match catalog.relation(used.relation) {
            Some(relation) => format!("{}.{}", relation.schema, relation.name),
            None => format!("oid {}", used.relation),
        };
        by_name
            .entry(name)
            .or_default()
            .push(used.action.word().to_owned());
    }
    by_name
        .into_iter()
        .map(|(name, actions)| RelationInfo { name, actions })
        .collect()
}

fn columns(facts: &Facts, catalog: &Catalog) -> Vec<String> {
    let mut names: Vec<String> = facts
        .columns
        .iter()
        .filter_map(|used| catalog.column(used.column))
        .map(|(relation, column)| format!("{}.{}.{}", relation.schema, relation.name, column.name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What came of a run.
pub(crate) fn outcome(
    run: &Run,
    state: OutcomeState,
    sqlstate: Option<&str>,
    now: Duration,
) -> Body {
    let columns = run.plan().map(|plan| &plan.columns[..]).unwrap_or_default();
    Body::Outcome(Outcome {
        statement_id: run.id,
        state,
        sqlstate: sqlstate.map(ToOwned::to_owned),
        rows: run.tally.rows,
        bytes: run.tally.bytes,
        duration_us: u64::try_from(now.saturating_sub(run.sent).as_micros()).unwrap_or(u64::MAX),
        disclosed: columns.iter().filter_map(disclosed).collect(),
        masked: masked(columns, &run.tally.counts),
        fallbacks: fallbacks(columns, &run.tally.counts),
        detected: run.tally.detected(),
    })
}

fn disclosed(column: &PlannedColumn) -> Option<Disclosed> {
    let tag = column.disclosure.tag.as_ref()?;
    Some(Disclosed {
        column: column.name.clone(),
        tag: tag.to_string(),
        disclosure: column.disclosure.disclosure.word().to_owned(),
    })
}

/// By column and not by tag: it says where the operator of a tag does not suit the type.
fn fallbacks(columns: &[PlannedColumn], counts: &[Counts]) -> BTreeMap<String, u64> {
    let mut by_column = BTreeMap::new();
    let cells = columns.iter().zip(counts);
    for (column, counts) in cells.filter(|(_, counts)| counts.fallbacks > 0) {
        *by_column.entry(column.name.clone()).or_default() += counts.fallbacks;
    }
    by_column
}

fn masked(columns: &[PlannedColumn], counts: &[Counts]) -> BTreeMap<String, u64> {
    let mut by_tag = BTreeMap::new();
    for (column, counts) in columns.iter().zip(counts) {
        let tag = column
            .disclosure
            .tag
            .as_ref()
            .map_or("detected", |tag| tag.as_str());
        if counts.masked > 0 {
            *by_tag.entry(tag.to_owned()).or_default() += counts.masked;
        }
    }
    by_tag
}

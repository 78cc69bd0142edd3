//! What is asked fits the schema: strict validation is worth nothing otherwise.

use cedar_policy::{Entities, Request};

use super::shop::{Shop, actor, context, who_where};
use crate::Context;
use crate::action::Action;
use crate::court::{self, Case, StatementClass};
use crate::entities::Party;
use crate::question::questions;
use crate::resource::Resource;

const WHAT: &str = "select +select:customers +alter:odd filter:customers.email fn:unknown:f \
                    fn:runs_sql:g set:app.x=y set:role=z schema:create:public unresolved flow:-?customers.ssn \
                    +select:pg_class";

/// Everything that there can be in a context.
fn full_context() -> Context {
    Context {
        client_address: Some([0xfe80, 0, 0, 0, 0, 0, 0, 1].into()),
        purpose: Some("p".to_owned()),
        ticket: Some("t".to_owned()),
        approvals: 2,
        ..context()
    }
}

#[test]
fn every_question_fits_the_schema() {
    let schema = court::schema().unwrap();
    let shop = Shop::with_packs();
    let facts = shop.facts(WHAT);
    let context = full_context();
    let vocabulary = shop.policy.court.vocabulary();
    let statement = StatementClass {
        word: "select",
        has_predicate: true,
        estimated_rows: Some(1),
    };
    let mut asked = 0;
    for who in [
        "dana@prod",
        "svc-etl@prod",
        "triage-bot@prod",
        "etl-bot@prod",
    ] {
        let (actor, connection) = who_where(who);
        let case = Case {
            connection: &connection,
            context: &context,
            statement: Some(statement),
        };
        let viewer = shop.viewer(&actor, &connection, &context);
        let party = Party {
            principal: &actor.principal,
            owner: actor.owner.as_deref(),
        };
        let party = vocabulary.party(party);
        let mut all: Vec<_> = questions(&viewer, &facts)
            .into_iter()
            .map(|q| (q.action, q.resource))
            .collect();
        all.extend(Action::LADDER.map(|(rung, _)| (rung, Resource::unknown_column())));
        all.push((Action::Connect, Resource::Database));
        for (action, resource) in all {
            let resource = vocabulary.resource(&connection, &resource);
            let entities = party.entities.iter().chain(&resource.entities).cloned();
            Entities::from_entities(entities, Some(&schema)).unwrap();
            let context = court::cedar_context(&case, action).unwrap();
            let (who, does) = (party.uid.clone(), vocabulary.action(action));
            Request::new(who, does, resource.uid, context, Some(&schema))
                .unwrap_or_else(|error| panic!("{action:?}: {error}"));
            asked += 1;
        }
    }
    assert!(asked > 50);
}

#[test]
fn the_schema_has_exactly_our_actions() {
    let schema = court::schema().unwrap();
    let groups = ["read", "write", "ddl", "admin", "see"];
    let mut theirs: Vec<String> = schema
        .actions()
        .map(|action| action.id().unescaped().to_owned())
        .filter(|action| !groups.contains(&action.as_str()))
        .collect();
    let mut ours: Vec<String> = Action::ALL
        .iter()
        .map(|action| action.name().to_owned())
        .collect();
    theirs.sort();
    ours.sort();
    assert_eq!(theirs, ours);
}

#[test]
fn ids_are_not_ambiguous() {
    let shop = Shop::with_packs();
    let (_, connection) = who_where("dana@prod");
    let id = |resource: &Resource<'_>| {
        let slice = shop
            .policy
            .court
            .vocabulary()
            .resource(&connection, resource);
        slice.uid.to_string()
    };
    let table = |schema, name| Resource::Table { schema, name };
    assert_eq!(id(&Resource::Database), "Database::\"prod.shop-prod\"");
    assert_eq!(
        id(&table("public", "orders")),
        "Table::\"prod.shop-prod.public.orders\""
    );
    assert_eq!(
        id(&Resource::unknown_column()),
        "Column::\"prod.shop-prod.unknown\""
    );
    let tricky = [
        table("a.b", "c"),
        table("a", "b.c"),
        table("a", "b\".\"c"),
        table("\"a", "b\".c"),
    ];
    let mut ids: Vec<_> = tricky.iter().map(id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), tricky.len(), "{ids:?}");
}

#[test]
fn policies_are_cut_by_action_exactly() {
    // Whatever is cut away cannot decide: asking all policies gives the same answer.
    let shop = Shop::with_packs();
    let actor = actor("dev");
    let party = Party {
        principal: &actor.principal,
        owner: None,
    };
    let (_, connection) = who_where("dev@prod");
    let context = context();
    let statement = StatementClass {
        word: "delete",
        has_predicate: false,
        estimated_rows: None,
    };
    let case = Case {
        connection: &connection,
        context: &context,
        statement: Some(statement),
    };
    let court = &shop.policy.court;
    let party = court.vocabulary().party(party);
    let resource = court.vocabulary().resource(
        &connection,
        &Resource::Table {
            schema: "s",
            name: "t",
        },
    );
    for action in [
        Action::Select,
        Action::Delete,
        Action::Drop,
        Action::Grant,
        Action::Lock,
    ] {
        let cut = court.ask(&party, action, &resource, &case);
        assert_eq!(
            cut,
            court.ask_all(&party, action, &resource, &case),
            "{action:?}"
        );
    }
}

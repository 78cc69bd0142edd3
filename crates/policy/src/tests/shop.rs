//! A small shop: its catalog, its labels and its people.
//!
//! `who` is `sam@prod`: a principal and an environment.

use std::collections::BTreeSet;
use std::sync::Arc;

use identity::{AccessKey, Actor, Principal, PrincipalKind};
use sql::Catalog;
use sql::catalog::{CatalogRows, Column, Relation, RelationKind};
use sql::facts::ColumnId;

use super::spelling::spelled;
use crate::{
    ConnectViewer, Connection, Context, Decision, Labels, Policy, PolicySource, Tag, Verdict,
    Viewer,
};

/// Schema, relation, columns.
const TABLES: &[(&str, &str, &[&str])] = &[
    (
        "public",
        "customers",
        &[
            "id",
            "name",
            "email",
            "phone",
            "ssn",
            "birth_date",
            "card",
            "notes",
        ],
    ),
    ("public", "orders", &["id", "customer_id", "total"]),
    ("public", "contacts", &["id", "email", "everything"]),
    ("public", "employees", &["id", "name", "salary"]),
    ("public", "api_keys", &["id", "key"]),
    ("public", "leads", &["id", "email", "ssn"]),
    ("pg_catalog", "pg_class", &["oid", "relname"]),
    ("pg_catalog", "pg_authid", &["rolname", "rolpassword"]),
    ("odd.schema", "odd", &["odd"]),
];

/// Column name → tag, wherever the column is.
const TAGS: &[(&str, &str)] = &[
    ("name", "pii.name"),
    ("email", "pii.email"),
    ("phone", "pii.phone"),
    ("ssn", "pii.ssn"),
    ("birth_date", "pii.birth_date"),
    ("card", "pii.card"),
    ("salary", "business.salary"),
    ("key", "secret.key"),
    ("everything", "sensitive"),
];

/// Name, owner of an agent, groups. A name that begins with `svc-` is a service.
const PEOPLE: &[(&str, Option<&str>, &[&str])] = &[
    ("dana", None, &["dba"]),
    ("dev", None, &["developers"]),
    ("sam", None, &["support"]),
    ("ana", None, &["analysts"]),
    ("nobody", None, &[]),
    ("svc-etl", None, &[]),
    ("triage-bot", Some("sam"), &["agents"]),
    ("dba-bot", Some("dana"), &["agents", "dba"]),
    ("etl-bot", Some("svc-etl"), &["agents"]),
];

pub(super) struct Shop {
    pub(super) policy: Policy,
    pub(super) catalog: Catalog,
    pub(super) labels: Labels,
}

pub(super) fn context() -> Context {
    Context {
        now: "2026-03-04T05:06:07Z".parse().unwrap(),
        client_address: None,
        purpose: None,
        approved: false,
        approvals: 0,
        ticket: None,
    }
}

pub(super) fn source(text: &str) -> PolicySource {
    PolicySource {
        name: "test.cedar".to_owned(),
        text: text.to_owned(),
    }
}

impl Shop {
    /// Under all packs.
    pub(super) fn with_packs() -> Self {
        Self::new(
            &crate::PACKS
                .iter()
                .map(|name| crate::pack(name).unwrap())
                .collect::<Vec<_>>(),
        )
    }

    /// Under these policies alone.
    pub(super) fn under(policies: &str) -> Self {
        Self::new(&[source(policies)])
    }

    fn new(sources: &[PolicySource]) -> Self {
        let policy = Policy::load(sources).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let catalog = Catalog::new(rows(), 1);
        let labels = Labels::build(&catalog, &[], &by_name).unwrap();
        Self {
            policy,
            catalog,
            labels,
        }
    }

    pub(super) fn decide(&self, who: &str, what: &str, context: &Context) -> Decision {
        let (actor, connection) = who_where(who);
        self.policy.decide(
            &self.viewer(&actor, &connection, context),
            &self.facts(what),
        )
    }

    pub(super) fn viewer<'a>(
        &'a self,
        actor: &'a Actor,
        connection: &'a Connection,
        context: &'a Context,
    ) -> Viewer<'a> {
        let (catalog, labels) = (&self.catalog, &self.labels);
        Viewer {
            actor,
            connection,
            catalog,
            labels,
            context,
        }
    }

    /// Checks what comes out.
    pub(super) fn check(&self, who: &str, what: &str, expected: &str) {
        let decision = self.decide(who, what, &context());
        assert_eq!(
            spelled(&decision),
            expected,
            "{who}: {what}\n{:?}",
            decision.verdict
        );
    }

    pub(super) fn connect(&self, who: &str) -> Verdict {
        let (actor, connection) = who_where(who);
        let context = context();
        let (actor, connection, context) = (&actor, &connection, &context);
        self.policy.may_connect(&ConnectViewer {
            actor,
            connection,
            context,
        })
    }

    pub(super) fn column(&self, name: &str) -> ColumnId {
        let (relation, column) = name.split_once('.').unwrap_or_else(|| panic!("{name}"));
        let relation = self.relation(relation);
        let number = relation
            .columns
            .iter()
            .find(|c| c.name == column)
            .map_or(99, |c| c.number);
        ColumnId {
            relation: relation.oid,
            number,
        }
    }

    pub(super) fn relation(&self, name: &str) -> &Relation {
        let found = self
            .catalog
            .relations()
            .find(|relation| relation.name == name);
        found.unwrap_or_else(|| panic!("no relation {name}"))
    }
}

pub(super) fn who_where(who: &str) -> (Actor, Connection) {
    let (name, environment) = who.split_once('@').unwrap();
    let actor = actor(name);
    let connection = Connection {
        name: format!("shop-{environment}"),
        environment: environment.to_owned(),
        database: "shop".to_owned(),
    };
    (actor, connection)
}

pub(super) fn actor(name: &str) -> Actor {
    let person = principal(name);
    let owner = match &person.kind {
        PrincipalKind::Agent { on_behalf_of } => Some(Arc::new(principal(on_behalf_of.as_str()))),
        PrincipalKind::Human | PrincipalKind::Service => None,
    };
    let key = AccessKey::new([7; AccessKey::RANDOM_LEN]).id().clone();
    Actor {
        principal: Arc::new(person),
        owner,
        key,
    }
}

fn principal(name: &str) -> Principal {
    let (name, owner, groups) = PEOPLE.iter().find(|(known, ..)| *known == name).unwrap();
    let kind = match owner {
        Some(owner) => PrincipalKind::Agent {
            on_behalf_of: owner.parse().unwrap(),
        },
        None if name.starts_with("svc-") => PrincipalKind::Service,
        None => PrincipalKind::Human,
    };
    let groups: BTreeSet<_> = groups.iter().map(|group| group.parse().unwrap()).collect();
    Principal {
        name: name.parse().unwrap(),
        kind,
        groups,
    }
}

pub(super) fn rows() -> CatalogRows {
    let relations = TABLES
        .iter()
        .zip(100..)
        .map(|((schema, name, columns), oid)| Relation {
            oid,
            schema: (*schema).to_owned(),
            name: (*name).to_owned(),
            kind: RelationKind::Table,
            columns: columns.iter().zip(1..).map(column).collect(),
            definition: None,
            parents: Vec::new(),
            estimated_rows: 1000,
        });
    CatalogRows {
        relations: relations.collect(),
        ..CatalogRows::default()
    }
}

pub(super) fn column((name, number): (&&str, i16)) -> Column {
    Column {
        number,
        name: (*name).to_owned(),
        type_oid: 25,
        type_modifier: -1,
        origin: sql::catalog::ColumnOrigin::Given,
    }
}

pub(super) fn by_name(_: &Relation, column: &Column, _: &Catalog) -> Option<Tag> {
    let tag = TAGS.iter().find(|(name, _)| *name == column.name)?.1;
    Some(Tag::new(tag).unwrap())
}

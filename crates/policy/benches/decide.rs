//! How long a decision takes, made anew and from the cache.

#![expect(clippy::expect_used, reason = "a benchmark may fail loudly")]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use identity::{AccessKey, Actor, Principal, PrincipalKind};
use policy::{Connection, Context, Labels, Policy, Tag, Viewer};
use sql::Catalog;
use sql::catalog::{CatalogRows, Column, Relation, RelationKind};
use sql::facts::{
    Clause, ColumnId, ColumnUse, Derivation, Facts, Kind, Lineage, OutputColumn, Outputs,
    RelationUse, Restriction, TableAction,
};

/// Columns of the table.
const COLUMNS: i16 = 30;
/// How many of them are tagged.
const TAGGED: i16 = 8;

fn catalog() -> Catalog {
    let column = |number: i16| Column {
        number,
        name: format!("c{number}"),
        type_oid: 25,
        type_modifier: -1,
        origin: sql::catalog::ColumnOrigin::Given,
    };
    let relation = Relation {
        oid: 1,
        schema: "public".to_owned(),
        name: "t".to_owned(),
        kind: RelationKind::Table,
        columns: (1..=COLUMNS).map(column).collect(),
        definition: None,
        parents: Vec::new(),
        estimated_rows: 1000,
    };
    Catalog::new(
        CatalogRows {
            relations: vec![relation],
            ..CatalogRows::default()
        },
        1,
    )
}

fn labels(catalog: &Catalog) -> Labels {
    let by_name = |_: &Relation, column: &Column, _: &Catalog| {
        (column.number <= TAGGED).then(|| Tag::new("pii.email").expect("a tag"))
    };
    Labels::build(catalog, &[], &by_name).expect("no rules, no mistakes")
}

/// `SELECT` of some columns, with a condition on one that is not tagged.
fn select(columns: impl Iterator<Item = i16>) -> Facts {
    let id = |number| ColumnId {
        relation: 1,
        number,
    };
    let output = |number| OutputColumn {
        name: format!("c{number}"),
        lineage: Lineage {
            sources: BTreeSet::from([id(number)]),
            derivation: Derivation::Copied,
        },
    };
    let columns: Vec<i16> = columns.collect();
    let used = |clause| {
        move |number: &i16| ColumnUse {
            column: id(*number),
            clause,
        }
    };
    Facts {
        kind: Kind::Select,
        relations: BTreeSet::from([RelationUse {
            relation: 1,
            action: TableAction::Select,
        }]),
        columns: columns
            .iter()
            .map(used(Clause::Output))
            .chain([COLUMNS].iter().map(used(Clause::Filter)))
            .collect(),
        functions: BTreeSet::new(),
        outputs: Outputs::Columns(columns.iter().copied().map(output).collect()),
        flows: Vec::new(),
        restriction: Restriction::NotApplicable,
        settings: Vec::new(),
        schemas: BTreeSet::new(),
        unresolved: Vec::new(),
    }
}

/// A support engineer, and an agent that acts for them.
fn actors() -> [(&'static str, Actor); 2] {
    let principal = |name: &str, kind, group: &str| {
        Arc::new(Principal {
            name: name.parse().expect("a name"),
            kind,
            groups: BTreeSet::from([group.parse().expect("a group")]),
        })
    };
    let key = AccessKey::new([7; AccessKey::RANDOM_LEN]).id().clone();
    let sam = principal("sam", PrincipalKind::Human, "support");
    let kind = PrincipalKind::Agent {
        on_behalf_of: sam.name.clone(),
    };
    let bot = principal("bot", kind, "agents");
    [
        (
            "human",
            Actor {
                principal: Arc::clone(&sam),
                owner: None,
                key: key.clone(),
            },
        ),
        (
            "agent",
            Actor {
                principal: bot,
                owner: Some(sam),
                key,
            },
        ),
    ]
}

fn load() -> Policy {
    let packs: Vec<_> = policy::PACKS
        .iter()
        .filter_map(|name| policy::pack(name))
        .collect();
    Policy::load(&packs).expect("the packs are right")
}

fn decide(criterion: &mut Criterion) {
    let catalog = catalog();
    let labels = labels(&catalog);
    let connection = Connection {
        name: "shop-prod".to_owned(),
        environment: "prod".to_owned(),
        database: "shop".to_owned(),
    };
    let context = Context {
        now: jiff::Timestamp::UNIX_EPOCH,
        client_address: None,
        purpose: None,
        approved: false,
        approvals: 0,
        ticket: None,
    };
    let statements = [("point", select(1..=3)), ("star", select(1..=COLUMNS))];
    criterion.bench_function("load packs", |bench| bench.iter(load));
    let policy = load();
    for (who, actor) in &actors() {
        let viewer = Viewer {
            actor,
            connection: &connection,
            catalog: &catalog,
            labels: &labels,
            context: &context,
        };
        for (what, facts) in &statements {
            criterion.bench_function(&format!("{who} {what} anew"), |bench| {
                bench.iter(|| black_box(policy.explain(&viewer, facts)));
            });
            criterion.bench_function(&format!("{who} {what} cached"), |bench| {
                bench.iter(|| black_box(policy.decide(&viewer, facts)));
            });
        }
    }
}

criterion_group!(benches, decide);
criterion_main!(benches);

//! Which columns carry which tags.

use sql::Catalog;
use sql::catalog::{CatalogRows, Relation, RelationKind};

use super::shop::{by_name, column};
use crate::labels::LabelMistake;
use crate::{LabelRule, Labels, Tag};

const MEMBERS: u32 = 1;
const OLD_MEMBERS: u32 = 2;
const OLDER_MEMBERS: u32 = 3;
const PLAIN: u32 = 4;
const VIEW: u32 = 5;
const BLIND: u32 = 6;
const STATS: u32 = 7;
const STATEMENTS: u32 = 8;
const SYSTEM_VIEW: u32 = 9;

fn relation(oid: u32, name: &str, columns: &[&str]) -> Relation {
    Relation {
        oid,
        schema: "public".to_owned(),
        name: name.to_owned(),
        kind: RelationKind::Table,
        columns: columns.iter().zip(1..).map(column).collect(),
        definition: None,
        parents: Vec::new(),
        estimated_rows: -1,
    }
}

fn catalog() -> Catalog {
    let view = |oid, name: &str, columns: &[&str], definition: Option<&str>| Relation {
        kind: RelationKind::View,
        definition: definition.map(str::to_owned),
        ..relation(oid, name, columns)
    };
    let system = |relation: Relation| Relation {
        schema: "pg_catalog".to_owned(),
        ..relation
    };
    let relations = vec![
        relation(MEMBERS, "members", &["id", "email", "notes"]),
        Relation {
            parents: vec![MEMBERS],
            ..relation(OLD_MEMBERS, "old", &["notes", "id", "email"])
        },
        Relation {
            parents: vec![OLD_MEMBERS],
            ..relation(OLDER_MEMBERS, "older", &["id", "notes", "extra"])
        },
        relation(PLAIN, "plain", &["id", "text", "email"]),
        view(
            VIEW,
            "v",
            &["who", "t"],
            Some(
                " SELECT m.email AS who,\n    p.text AS t\n   FROM public.members m\n     JOIN public.plain p ON m.id = p.id;",
            ),
        ),
        view(BLIND, "blind", &["a"], None),
        system(relation(
            STATS,
            "pg_stats",
            &["tablename", "most_common_vals", "email"],
        )),
        view(STATEMENTS, "pg_stat_statements", &["query", "calls"], None),
        system(view(SYSTEM_VIEW, "pg_tables", &["schemaname"], None)),
    ];
    Catalog::new(
        CatalogRows {
            relations,
            ..CatalogRows::default()
        },
        1,
    )
}

fn rule(relation: &str, column: &str, tag: Option<&str>) -> LabelRule {
    LabelRule {
        schema: "public".to_owned(),
        relation: relation.to_owned(),
        column: column.to_owned(),
        tag: tag.map(|tag| Tag::new(tag).unwrap()),
    }
}

/// Every label as `relation.number: tags`.
fn spelled(rules: &[LabelRule]) -> Vec<String> {
    let labels = Labels::build(&catalog(), rules, &by_name).unwrap();
    let tags = |tags: &[Tag]| tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(" ");
    labels
        .iter()
        .map(|(id, t)| format!("{}.{}: {}", id.relation, id.number, tags(t)))
        .collect()
}

/// What is there without rules.
const WITHOUT_RULES: [&str; 8] = [
    "1.2: pii.email",
    "2.3: pii.email",
    "4.3: pii.email",
    "5.1: pii.email",
    "6.1: unknown",
    "7.2: catalog.statistics",
    "8.1: catalog.statements unknown",
    "8.2: unknown",
];

#[test]
fn by_name_views_and_system_catalogs() {
    assert_eq!(spelled(&[]), WITHOUT_RULES);
}

#[test]
fn rules_win_over_names() {
    let found = spelled(&[
        rule("plain", "email", None),
        rule("plain", "text", Some("secret.key")),
    ]);
    let mut expected = WITHOUT_RULES.map(str::to_owned).to_vec();
    expected[2] = "4.2: secret.key".to_owned();
    expected.insert(4, "5.2: secret.key".to_owned());
    assert_eq!(found, expected);
    // A rule with another tag replaces the one by name.
    assert_eq!(
        spelled(&[rule("plain", "email", Some("secret"))])[2],
        "4.3: secret"
    );
    // What others share stays: the child is still tagged by its name.
    assert_eq!(
        spelled(&[rule("members", "email", None)])[0],
        "1.2: pii.email"
    );
    // Nobody can take away the tags of the system catalogs.
    assert_eq!(
        spelled(&[rule("pg_stat_statements", "*", None)]),
        WITHOUT_RULES
    );
}

#[test]
fn inheritance_shares_tags_both_ways() {
    let all = spelled(&[rule("old", "notes", Some("pii.health"))]);
    for label in ["1.3: pii.health", "2.1: pii.health", "3.2: pii.health"] {
        assert!(all.contains(&label.to_owned()), "{all:?}");
    }
    assert_eq!(all, spelled(&[rule("older", "notes", Some("pii.health"))]));
    assert_eq!(
        all,
        spelled(&[rule("members", "notes", Some("pii.health"))])
    );
}

#[test]
fn a_rule_for_a_view_holds_for_its_sources() {
    let all = spelled(&[rule("v", "t", Some("secret.key"))]);
    assert!(all.contains(&"4.2: secret.key".to_owned()), "{all:?}");
    assert!(all.contains(&"5.2: secret.key".to_owned()), "{all:?}");
}

#[test]
fn patterns() {
    let all = spelled(&[rule("plain", "*", Some("pii"))]);
    assert!(
        all.iter().filter(|label| label.starts_with("4.")).count() == 3,
        "{all:?}"
    );
    let everywhere = LabelRule {
        schema: "*".to_owned(),
        ..rule("*", "calls", Some("pii"))
    };
    assert!(spelled(&[everywhere]).contains(&"8.2: pii unknown".to_owned()));
}

#[test]
fn names_that_are_not_there() {
    let rules = [
        LabelRule {
            schema: "pulbic".to_owned(),
            ..rule("members", "id", None)
        },
        rule("membres", "id", None),
        rule("members", "emial", Some("pii")),
        rule("members", "email", Some("pii")),
        rule("*", "emial", None),
    ];
    let mistakes = Labels::build(&catalog(), &rules, &by_name).unwrap_err();
    let [schema, relation, column, any] = mistakes.as_slice() else {
        panic!("{mistakes:?}")
    };
    assert_eq!(
        *schema,
        LabelMistake::UnknownSchema {
            schema: "pulbic".to_owned()
        }
    );
    assert_eq!(
        relation.to_string(),
        "no relation `membres` in schema `public`"
    );
    assert_eq!(
        column.to_string(),
        "no column `emial` in relation `members` of schema `public`"
    );
    assert_eq!(
        any.to_string(),
        "no column `emial` in relation `*` of schema `public`"
    );
}

use super::*;

use proptest::prelude::*;
use sql::catalog::{CatalogRows, Role};

/// What a session began with.
const AT_FIRST: &str = "a";

fn catalog() -> Catalog {
    let role = |name: &str, closed: &[&str]| Role {
        name: name.to_owned(),
        closed_schemas: closed.iter().map(|schema| (*schema).to_owned()).collect(),
    };
    let roles = vec![role("gate", &["closed"]), role("other", &[])];
    let rows = CatalogRows {
        roles,
        ..CatalogRows::default()
    };
    Catalog::new(rows, 1)
}

/// The path behind statements that all completed; `?`: not known.
fn behind(text: &str) -> String {
    let catalog = catalog();
    let mut naming = Naming::known(AT_FIRST, "gate");
    for statement in sql::read(text, &catalog, &NameContext::default()).unwrap() {
        naming.apply(&statement.facts);
    }
    naming
        .names(&catalog)
        .map_or("?".to_owned(), |names| names.search_path.join(","))
}

/// Statements, and the path behind them.
const BEHIND: &[(&str, &str)] = &[
    ("set search_path = b, c", "b,c"),
    ("set search_path = '$user', closed, c", "gate,c"),
    ("set search_path = b; reset search_path", "a"),
    ("set search_path = b; reset all", "a"),
    ("set search_path = b; set search_path to default", "a"),
    ("set schema 'b'", "b"),
    ("set datestyle = iso", "a"),
    ("begin; set local search_path = b", "b"),
    ("begin; set local search_path = b; commit", "a"),
    ("begin; set search_path = b; commit", "b"),
    ("begin; set search_path = b; rollback", "a"),
    ("begin; set search_path = b; set local search_path = c", "c"),
    (
        "begin; set search_path = b; set local search_path = c; commit",
        "b",
    ),
    ("begin; set local search_path = c; set search_path = b", "b"),
    (
        "begin; set local search_path = c; set search_path = b; commit",
        "b",
    ),
    (
        "begin; savepoint s; set search_path = b; rollback to s",
        "a",
    ),
    (
        "begin; savepoint s; set search_path = b; release s; commit",
        "b",
    ),
    (
        "begin; savepoint s; set local search_path = b; release s; commit",
        "a",
    ),
    (
        "begin; set search_path = b; savepoint s; set search_path = c; rollback to s; rollback to s",
        "b",
    ),
    (
        "begin; savepoint s; savepoint s; set search_path = b; rollback to s; commit",
        "a",
    ),
    (
        "select pg_catalog.set_config('search_path', 'b, c', false)",
        "?",
    ),
    ("do $$ begin end $$", "?"),
    ("begin; do $$ begin end $$; set search_path = b", "?"),
    (
        "set role other; set search_path = '$user', closed",
        "other,closed",
    ),
    ("set role nobody", "?"),
    ("set role other; reset role", "a"),
    ("set session authorization other", "?"),
    (
        "begin; set local role other; set local search_path = closed; commit",
        "a",
    ),
    ("begin; set session authorization other; rollback", "a"),
    ("set search_path = b; set role other; discard all", "a"),
    ("prepare p as select nobody_knows()", "a"),
    (
        "declare c cursor with hold for select nobody_knows(); set search_path = b",
        "?",
    ),
];

#[test]
fn names_are_followed() {
    for (text, expected) in BEHIND {
        assert_eq!(behind(text), *expected, "{text}");
    }
}

#[test]
fn what_was_learned_within_a_transaction_ends_with_it() {
    let values = |path: &str| Values {
        path: Arc::from([path.to_owned()]),
        user: Arc::from("gate"),
        login: Arc::from("gate"),
    };
    let mut naming = Naming::unknown();
    naming.learn(values("a"), OpenTransaction::No);
    naming.now = Kept::unknown();
    naming.learn(values("b"), OpenTransaction::Yes);
    assert_eq!(naming.values(), Some(values("b")));
    let mut rolled_back = naming.clone();
    rolled_back.end(End::RolledBack);
    assert_eq!(rolled_back.values(), Some(values("a")));
    naming.end(End::Committed);
    assert_eq!(naming.values(), None);
}

#[test]
fn a_commit_of_a_failed_transaction_takes_back() {
    let catalog = catalog();
    let mut naming = Naming::known(AT_FIRST, "gate");
    let read = |text: &str| sql::read(text, &catalog, &NameContext::default()).unwrap();
    read("begin; set search_path = b")
        .iter()
        .for_each(|one| naming.apply(&one.facts));
    naming.transacting(Transacting::Failed);
    read("commit")
        .iter()
        .for_each(|one| naming.apply(&one.facts));
    assert_eq!(naming.names(&catalog).unwrap().search_path, ["a"]);
}

proptest! {
    /// However deep savepoints nest, what is kept of them is bounded, and a rollback to one that is
    /// no longer kept is not guessed.
    #[test]
    fn savepoints_are_bounded(extra in 1usize..50) {
        let mut naming = Naming::known(AT_FIRST, "gate");
        for number in 0..MAX_SAVEPOINTS + extra {
            naming.transact(&Transaction::Savepoint(number.to_string()));
        }
        prop_assert_eq!(naming.savepoints.len(), MAX_SAVEPOINTS);
        naming.transact(&Transaction::RollbackTo((extra - 1).to_string()));
        prop_assert_eq!(naming.values(), None);
    }
}

//! A snapshot that follows another is the snapshot that would have been made from nothing.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod shop;

use shop::shop;
use sql::catalog::{CatalogRows, Relation, RelationKind, TypeStructure};
use sql::{Catalog, Oid};

fn relation(rows: &mut CatalogRows, oid: Oid) -> &mut Relation {
    let mut relations = rows.relations.iter_mut();
    relations.find(|relation| relation.oid == oid).unwrap()
}

fn check(what: &str, change: impl Fn(&mut CatalogRows)) {
    let before = shop();
    let mut rows = before.rows().clone();
    change(&mut rows);
    let followed = before.followed_by(rows.clone(), 8);
    let fresh = Catalog::new(rows, 8);
    assert_eq!(followed.epoch(), 8);
    for relation in fresh.relations() {
        assert_eq!(
            followed.view_lineage(relation.oid),
            fresh.view_lineage(relation.oid),
            "{what}: {}",
            relation.name
        );
    }
}

#[test]
fn as_if_made_from_nothing() {
    check("nothing", |_| {});
    check("a new table", |rows| {
        let mut new = relation(rows, 1).clone();
        new.oid = 900;
        new.name = "nowhere".to_owned();
        rows.relations.push(new);
    });
    check("a new view", |rows| {
        let mut new = relation(rows, 31).clone();
        new.oid = 901;
        new.name = "vvv".to_owned();
        rows.relations.push(new);
    });
    check("a dropped view", |rows| {
        rows.relations.retain(|relation| relation.oid != 31);
    });
    check("a view with another definition", |rows| {
        relation(rows, 30).definition = Some("SELECT dob AS s FROM public.customers".to_owned());
    });
    check("a definition that could not be read", |rows| {
        relation(rows, 30).definition = None;
    });
    check("columns that changed their names", |rows| {
        let columns = &mut relation(rows, 1).columns;
        let (ssn, dob) = (columns[2].name.clone(), columns[3].name.clone());
        (columns[2].name, columns[3].name) = (dob, ssn);
    });
    check("a table that changed its name", |rows| {
        relation(rows, 1).name = "people".to_owned();
    });
    check("a table that became a view", |rows| {
        let table = relation(rows, 1);
        table.kind = RelationKind::View;
    });
    check("another function", |rows| {
        let mut functions = rows.functions.iter_mut();
        let mystery = functions.find(|function| function.name == "mystery");
        mystery.unwrap().schema = "pg_catalog".to_owned();
    });
    check("another type", |rows| {
        rows.types[0].structure = TypeStructure::Pseudo;
    });
}

/// A definition that a lock kept from being read is read by the next snapshot.
#[test]
fn what_could_not_be_read_is_read_later() {
    let all = shop().rows().clone();
    let mut rows = all.clone();
    relation(&mut rows, 30).definition = None;
    let blind = Catalog::new(rows, 7);
    let seeing = blind.followed_by(all, 8);
    assert_ne!(blind.view_lineage(31), shop().view_lineage(31));
    assert_eq!(seeing.view_lineage(30), shop().view_lineage(30));
    assert_eq!(seeing.view_lineage(31), shop().view_lineage(31));
}

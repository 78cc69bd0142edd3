//! Kind, relations read and written, and missing WHERE of a statement, by its text alone. Each of
//! these passes both readings.

#![expect(clippy::panic, reason = "a test fails loudly")]

use sql::outline;
use sql::outline::{Name, Outline, OutlineKind as Kind};

fn one(text: &str) -> Outline {
    match outline(text) {
        Ok(mut outlines) if outlines.len() == 1 => outlines.remove(0),
        other => panic!("{text}: {other:?}"),
    }
}

fn names<'a>(names: impl IntoIterator<Item = &'a Name>) -> String {
    names
        .into_iter()
        .map(|name| name.join("."))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Text, kind, relations read, relations written.
const READS_AND_WRITES: &[(&str, Kind, &str, &str)] = &[
    ("select 1", Kind::Query, "", ""),
    (
        "select * from a, b.c x join d using (e)",
        Kind::Query,
        "a b.c d",
        "",
    ),
    ("select * from \"A b\", C", Kind::Query, "A b c", ""),
    (
        "select * from only a, only (b), c *",
        Kind::Query,
        "a b c",
        "",
    ),
    ("table only a", Kind::Query, "a", ""),
    ("table a.b", Kind::Query, "a.b", ""),
    (
        "select * from f(1) g, lateral (select * from a) x, generate_series(1, 2)",
        Kind::Query,
        "a",
        "",
    ),
    (
        "select (select 1 from a), exists (select 1 from b) order by (select 1 from c) limit (select 1 from d)",
        Kind::Query,
        "a b c d",
        "",
    ),
    (
        "select count(*) filter (where a in (select 1 from b)) over (order by (select 1 from c)) from d",
        Kind::Query,
        "b c d",
        "",
    ),
    ("values ((select 1 from a))", Kind::Query, "a", ""),
    (
        "select 1 from a union select 2 from b except (select 3 from c)",
        Kind::Query,
        "a b c",
        "",
    ),
    ("select * into b from a", Kind::Query, "a", "b"),
    ("select * from a for update of a", Kind::Query, "a", ""),
    (
        "select * from a tablesample system (1), rows from (f(1), g(2)) x",
        Kind::Query,
        "a",
        "",
    ),
    ("insert into a select * from b", Kind::Insert, "b", "a"),
    (
        "insert into a values ((select 1 from b)) on conflict (c) do update set d = (select 1 from e) where f returning (select 1 from g)",
        Kind::Insert,
        "b e g",
        "a",
    ),
    (
        "update only a as x set b = (select 1 from c) from d where x.e = d.e",
        Kind::Update,
        "c d",
        "a",
    ),
    (
        "delete from a using b, c where true",
        Kind::Delete,
        "b c",
        "a",
    ),
    (
        "merge into a using b on a.x = b.x when matched then update set y = (select 1 from c)",
        Kind::Merge,
        "b c",
        "a",
    ),
    ("truncate a, only b.c", Kind::Truncate, "", "a b.c"),
    ("copy a to stdout", Kind::Copy, "a", ""),
    ("copy a.b (c) from stdin", Kind::Copy, "", "a.b"),
    ("copy (select 1 from a) to stdout", Kind::Copy, "a", ""),
    (
        "copy (delete from a where true returning *) to stdout",
        Kind::Copy,
        "",
        "a",
    ),
    (
        "explain analyze delete from a using b where true",
        Kind::Explain,
        "b",
        "a",
    ),
    ("prepare p as select 1 from a", Kind::Prepare, "a", ""),
    (
        "declare c cursor for select 1 from a",
        Kind::Cursor,
        "a",
        "",
    ),
    ("create table a as select 1 from b", Kind::Create, "b", "a"),
    (
        "create table a (like b, c int references d.e) inherits (f)",
        Kind::Create,
        "b d.e f",
        "a",
    ),
    (
        "create table a partition of b default",
        Kind::Create,
        "b",
        "a",
    ),
    ("create view a as select 1 from b", Kind::Create, "b", "a"),
    (
        "create recursive view a (n) as select 1 from a union select 1 from b",
        Kind::Create,
        "b",
        "a",
    ),
    (
        "create materialized view a as select 1 from b",
        Kind::Create,
        "b",
        "a",
    ),
    ("create index on a (b)", Kind::Create, "", "a"),
    (
        "create function f() returns int begin atomic select 1 from a; update b set c = 1; end",
        Kind::Create,
        "a",
        "b",
    ),
    (
        "create rule r as on insert to a do instead (insert into b select 1 from c; delete from d)",
        Kind::Create,
        "c",
        "a b d",
    ),
    ("drop table a, b.c", Kind::Drop, "", "a b.c"),
    ("alter table a rename to b", Kind::Alter, "", "a"),
    ("alter view a rename to b", Kind::Alter, "", "a"),
    ("comment on table a is null", Kind::Comment, "", "a"),
    ("grant select on a, b to c", Kind::Grant, "", "a b"),
    ("lock table a", Kind::Lock, "", "a"),
    ("vacuum a", Kind::Administer, "", "a"),
    ("call f((select 1 from a))", Kind::Call, "a", ""),
    ("do 'begin end'", Kind::Do, "", ""),
    ("execute p((select 1 from a))", Kind::Execute, "a", ""),
    ("begin", Kind::Transaction, "", ""),
    ("end", Kind::Transaction, "", ""),
    ("set search_path = a, b", Kind::Set, "", ""),
    ("show all", Kind::Show, "", ""),
    ("fetch all from c", Kind::Cursor, "", ""),
    ("notify c, 'x'", Kind::Notify, "", ""),
];

#[test]
fn reads_and_writes() {
    for (text, kind, reads, writes) in READS_AND_WRITES {
        let outline = one(text);
        assert_eq!(outline.kind, *kind, "{text}");
        assert_eq!(names(&outline.reads), *reads, "reads of {text}");
        assert_eq!(names(&outline.writes), *writes, "writes of {text}");
    }
}

/// Text, relations read, relations written.
const WITH_QUERIES: &[(&str, &str, &str)] = &[
    ("with a as (select 1) select * from a", "", ""),
    (
        "with a as (select 1) select * from a, public.a",
        "public.a",
        "",
    ),
    // Earlier siblings only.
    (
        "with x as (select * from c), c as (select 1) select * from x",
        "c",
        "",
    ),
    ("with c as (select * from c) select * from c", "c", ""),
    (
        "with recursive x as (select * from c), c as (select 1) select * from x",
        "",
        "",
    ),
    (
        "with recursive c as (select 1 union select * from c) select * from c",
        "",
        "",
    ),
    // The WITH of a set operation covers all arms, one in parentheses its own.
    (
        "with a as (select 1) select * from a union select * from a",
        "",
        "",
    ),
    (
        "with a as (select 1) (select * from a) union select * from a",
        "",
        "",
    ),
    (
        "(with a as (select 1) select * from a) union select * from a",
        "a",
        "",
    ),
    (
        "select * from a union (with a as (select 1) select * from a)",
        "a",
        "",
    ),
    (
        "with a as (select 1) select * from a union select * from b intersect select * from a order by (select 1 from a)",
        "b",
        "",
    ),
    // Sub-queries see what is around them, and what is inside ends there.
    (
        "with a as (select 1) select (select 1 from (select * from a) x)",
        "",
        "",
    ),
    (
        "select (with a as (select 1) select 1 from a) from a",
        "a",
        "",
    ),
    (
        "with a as (with b as (select 1) select * from b) select * from a, b",
        "b",
        "",
    ),
    // The target of a change is never a WITH query.
    (
        "with a as (select 1) insert into a select * from a",
        "",
        "a",
    ),
    (
        "with a as (select 1) update a set b = 1 from a x where true",
        "",
        "a",
    ),
    (
        "with a as (select 1) delete from a using a as x where true",
        "",
        "a",
    ),
    (
        "with d as (delete from c where true returning *) select * from d",
        "",
        "c",
    ),
    (
        "with a as (insert into b select 1 from c returning *) select * from a, b",
        "b c",
        "b",
    ),
    ("with a as (select 1) table a", "", ""),
    ("with \"A\" as (select 1) select * from a", "a", ""),
    ("with A as (select 1) select * from a, \"a\"", "", ""),
    (
        "create view v as with a as (select 1) select * from a",
        "",
        "v",
    ),
];

#[test]
fn with_queries_hide_names_where_postgresql_says() {
    for (text, reads, writes) in WITH_QUERIES {
        let outline = one(text);
        assert_eq!(names(&outline.reads), *reads, "reads of {text}");
        assert_eq!(names(&outline.writes), *writes, "writes of {text}");
    }
}

#[test]
fn unicode_names_are_decoded() {
    assert_eq!(names(&one("select * from U&\"d\\0061ta\"").reads), "data");
    assert_eq!(
        names(&one("select * from U&\"d!0061ta\" uescape '!'").reads),
        "data"
    );
    assert_eq!(
        names(&one("select * from U&\"d\\0061ta\".x").reads),
        "data.x"
    );
    assert_eq!(
        names(&one("with U&\"\\0061\" as (select 1) select * from a").reads),
        ""
    );
}

#[test]
fn a_missing_where_is_seen_anywhere() {
    let cases = [
        ("delete from a", true),
        ("delete from a where b = 1", false),
        ("update a set b = 1", true),
        ("update a set b = (select 1 from c where d)", true),
        ("update a set b = 1 where current of c", false),
        (
            "with x as (delete from a returning *) select * from x where true",
            true,
        ),
        ("explain analyze update a set b = 1", true),
        ("prepare p as delete from a", true),
        ("select 1", false),
        ("truncate a", false),
    ];
    for (text, unrestricted) in cases {
        assert_eq!(one(text).unrestricted, unrestricted, "{text}");
    }
}

#[test]
fn several_statements() {
    let kinds: Vec<Kind> = outline("begin; delete from a where b; ; commit")
        .expect("read")
        .into_iter()
        .map(|outline| outline.kind)
        .collect();
    assert_eq!(kinds, [Kind::Transaction, Kind::Delete, Kind::Transaction]);
}

use super::left_out::LeftOut;
use super::{OutlineKind, agree, outline_of, readings};
use crate::gate;
use crate::outline::Outline;
use crate::unreadable::{Disagreement, UnreadableReason};

fn first(text: &str) -> Vec<Outline> {
    let gated = gate::admit(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    gated
        .statements
        .iter()
        .map(|statement| outline_of(&statement.node))
        .collect()
}

fn difference(text: &str, outlines: &[Outline]) -> Disagreement {
    match agree(text, outlines).map_err(|error| error.reason) {
        Err(UnreadableReason::Disagreement(difference)) => difference,
        other => panic!("{text}: {other:?}"),
    }
}

/// Everyday statements that the second parser accepts and compares in full.
const COMPARED: &[&str] = &[
    "select a, b from c join d using (e) where f = 1 order by g limit 10",
    "with a as (select 1), b as (select * from a) select * from b, c",
    "with x as (select * from c), c as (select 1) select * from x",
    "with recursive r as (select 1 union all select * from r) select * from r, s",
    "with a as (select 1) select * from a union select * from a",
    "(with a as (select 1) select * from a) union select * from a",
    "select (select max(x) from b), exists (select 1 from c), array(select 1 from d) from e",
    "select * from a, lateral (select * from b where b.x = a.y) z, generate_series(1, 2) g",
    "select sum(a) over (partition by b order by c) from d group by rollup (e)",
    "insert into a (b) select c from d on conflict (b) do update set b = 1 returning b",
    "with n as (select 1) insert into a select * from n",
    "update a set b = c.d from c where a.e = c.e returning *",
    "delete from a using b where a.c = b.c",
    "merge into a using b on a.x = b.x when matched then delete when not matched then insert (x) values (1)",
    "with d as (delete from c returning *) select * from d",
    "truncate a, b",
    "copy a to stdout",
    "copy a (b) from stdin with (format csv)",
    "copy (select * from a) to stdout",
    "explain analyze delete from a",
    "prepare p as select * from a where b = $1",
    "declare c cursor for select * from a",
    "create table a as select * from b",
    "create view a as select * from b",
    "select * into a from b",
];

#[test]
fn everyday_statements_are_compared_and_agree() {
    for text in COMPARED {
        let second = readings(text).unwrap_or_else(|| panic!("not accepted: {text}"));
        assert!(
            second.iter().all(|reading| reading.left_out.is_empty()),
            "{text}"
        );
        assert_eq!(agree(text, &first(text)), Ok(()), "{text}");
    }
}

#[test]
fn any_difference_is_found() {
    for text in COMPARED {
        let outlines = first(text);
        let mut twice = outlines.clone();
        twice.extend(outlines.clone());
        let expected = Disagreement::Statements {
            first: 2,
            second: 1,
        };
        assert_eq!(difference(text, &twice), expected, "{text}");

        let changed = |change: fn(&mut Outline)| {
            let mut outlines = outlines.clone();
            change(&mut outlines[0]);
            difference(text, &outlines)
        };
        let kind = changed(|outline| outline.kind = OutlineKind::Notify);
        assert_eq!(kind, Disagreement::Kind { statement: 1 }, "{text}");
        let name = "x.y".to_owned();
        let reads = changed(|outline| {
            outline.reads.insert(vec!["x".into(), "y".into()]);
        });
        assert_eq!(
            reads,
            Disagreement::Reads {
                statement: 1,
                name: name.clone()
            },
            "{text}"
        );
        let writes = changed(|outline| {
            outline.writes.insert(vec!["x".into(), "y".into()]);
        });
        assert_eq!(
            writes,
            Disagreement::Writes { statement: 1, name },
            "{text}"
        );
        let restriction = changed(|outline| outline.unrestricted = !outline.unrestricted);
        assert_eq!(
            restriction,
            Disagreement::Restriction { statement: 1 },
            "{text}"
        );
        if !outlines[0].reads.is_empty() {
            assert!(
                matches!(changed(|o| o.reads.clear()), Disagreement::Reads { .. }),
                "{text}"
            );
        }
        if !outlines[0].writes.is_empty() {
            assert!(
                matches!(changed(|o| o.writes.clear()), Disagreement::Writes { .. }),
                "{text}"
            );
        }
    }
}

#[test]
fn what_the_second_parser_refuses_is_not_compared() {
    for text in [
        "do $$ begin end $$",
        "select * from U&\"a\"",
        "reindex table a",
    ] {
        assert!(
            readings(text).is_none(),
            "{text} is accepted now: compare it"
        );
        assert_eq!(agree(text, &first(text)), Ok(()), "{text}");
    }
}

/// Known misreads that are put right, each with the sign that it still is one.
#[test]
fn misreads_are_put_right() {
    for text in [
        // ONLY is a table with an alias, or a function.
        "select * from only a",
        "select * from only (a)",
        "select * from only (a.b) x",
        "update only a set b = 1",
        "delete from only a where b",
        // `WITH … INSERT` is a query.
        "with n as (select 1) update a set b = 1 from n",
        "with n as (select 1) delete from a where true",
    ] {
        assert!(readings(text).is_some(), "not accepted: {text}");
        assert_eq!(agree(text, &first(text)), Ok(()), "{text}");
    }
}

/// One statement for each class that is left out: it would differ, or has nothing to compare.
#[test]
fn classes_that_are_left_out_have_a_reason() {
    let cases = [
        (LeftOut::TableCommand, "table A"),
        (LeftOut::TableCommand, "select 1 from b union table a"),
        (
            LeftOut::TableDefinition,
            "create table a (b int references c, like d) inherits (e)",
        ),
        (
            LeftOut::TableDefinition,
            "create table a partition of b for values in (1)",
        ),
        (
            LeftOut::TableChange,
            "alter table a attach partition b default",
        ),
        (
            LeftOut::TableChange,
            "alter table a add constraint c foreign key (d) references e (f)",
        ),
        (LeftOut::OtherObjects, "comment on table a is 'b'"),
        (LeftOut::OtherObjects, "grant select on a to b"),
        (LeftOut::OtherObjects, "drop table a, b"),
        (
            LeftOut::OtherObjects,
            "create policy a on b using (exists (select 1 from c))",
        ),
        (
            LeftOut::OtherObjects,
            "create trigger a before insert on b for each row execute function f()",
        ),
        (
            LeftOut::OtherObjects,
            "create function f() returns int language sql return (select 1 from a)",
        ),
        (LeftOut::OtherCommands, "set search_path = a"),
        (LeftOut::OtherCommands, "begin"),
    ];
    for (class, text) in cases {
        if let Some(second) = readings(text) {
            assert!(
                second[0].left_out.contains(&class),
                "{text}: {:?}",
                second[0].left_out
            );
        }
        assert_eq!(agree(text, &first(text)), Ok(()), "{text}");
    }
    assert!(LeftOut::TableCommand.reads() && !LeftOut::TableCommand.writes());
}

/// A command that only other databases have cannot pass for a query.
#[test]
fn an_unknown_kind_is_no_query() {
    let text = "pragma a";
    let query = first("select 1");
    if readings(text).is_some() {
        assert_eq!(
            difference(text, &query),
            Disagreement::Kind { statement: 1 }
        );
    }
}

//! No text makes a parser overflow its stack: that would end the process. Every construct nested
//! 10,000 deep is refused with a clear reason on an ordinary test thread (2 MiB of stack), and what
//! is admitted is read to its end there.

use std::fmt::Write as _;

use sql::{UnreadableReason as Reason, outline};

/// Constructs as their front, their middle and their back, repeated around each other.
const NESTED: &[(&str, &str, &str, &str, &str)] = &[
    // name, before, opening, middle, closing (`§` in the opening counts up)
    ("parentheses", "select ", "(", "1", ")"),
    ("brackets", "select ", "array[", "1", "]"),
    ("bare brackets", "select array", "[", "1", "]"),
    ("calls", "select ", "f(", "1", ")"),
    ("case", "select ", "case when a then ", "1", " end"),
    (
        "case operand",
        "select ",
        "case ",
        "1",
        " when 1 then 2 end",
    ),
    ("sub-selects", "select ", "(select ", "1", ")"),
    (
        "derived tables",
        "select * from ",
        "(select * from ",
        "t",
        ") x",
    ),
    (
        "joined tables",
        "select * from ",
        "(a join ",
        "t",
        " on true)",
    ),
    (
        "exists",
        "select 1 where ",
        "exists (select 1 where ",
        "true",
        ")",
    ),
    ("in", "select ", "a in (", "1", ")"),
    ("casts", "select ", "cast(", "1", " as int)"),
    ("row", "select ", "row(", "1", ")"),
    ("with", "", "with a as (", "select 1", ") select * from a"),
    (
        "with in with",
        "",
        "with a as (select 1), b as (",
        "select 1",
        ") select 1",
    ),
    (
        "lateral",
        "select * from ",
        "lateral (select * from ",
        "t",
        ") x",
    ),
    ("not", "select ", "not ", "true", ""),
    ("minus", "select ", "- ", "1", ""),
    ("plus", "select ", "+ ", "1", ""),
    ("custom prefix", "select ", "@ ", "1", ""),
    ("tilde", "select ", "~ ", "1", ""),
    ("operator()", "select ", "operator(pg_catalog.-) ", "1", ""),
    ("terms", "select ", "1 + ", "1", ""),
    ("concatenation", "select ", "'a' || ", "'b'", ""),
    ("equals", "select ", "a = ", "b", ""),
    ("and", "select ", "a and ", "b", ""),
    ("or", "select ", "a or ", "b", ""),
    ("is", "select a", "", "", " is true"),
    ("like", "select ", "a like ", "b", ""),
    ("between", "select ", "a between 1 and ", "b", ""),
    ("in chain", "select ", "a in ", "b", ""),
    ("type casts", "select 1", "", "", "::int"),
    ("subscripts", "select a", "", "", "[1]"),
    ("fields", "select a", "", "", ".b"),
    ("calls of calls", "select f", "", "", "()"),
    ("collate", "select a", "", "", " collate \"C\""),
    ("at time zone", "select a", "", "", " at time zone 'UTC'"),
    ("union", "", "select 1 union ", "select 2", ""),
    (
        "union of two columns",
        "",
        "select 1, 2 union all ",
        "select 2, 3",
        "",
    ),
    ("intersect", "", "select 1 intersect ", "select 2", ""),
    ("except values", "", "values (1) except ", "values (2)", ""),
    ("joins", "select * from a", "", "", " join b on true"),
    (
        "natural joins",
        "select * from a",
        "",
        "",
        " natural join b",
    ),
    (
        "joins on the right",
        "select * from a",
        " join b",
        " on true",
        " on true",
    ),
    ("cross joins", "select * from a, b", "", "", " cross join c"),
    ("explain", "", "explain ", "select 1", ""),
    ("prepare", "", "prepare a as ", "select 1", ""),
    ("declare", "", "declare a cursor for ", "select 1", ""),
    (
        "create schema",
        "",
        "create schema a ",
        "create table t ()",
        "",
    ),
    ("array types", "select 1::int", "", "", "[]"),
    ("array bounds", "create table t (a int", "", ")", "[3]"),
    (
        "setof",
        "create function f() returns ",
        "setof ",
        "int",
        " language sql as ''",
    ),
    (
        "grouping sets",
        "select 1 group by ",
        "grouping sets (",
        "a",
        ")",
    ),
    ("rollup", "select 1 group by ", "rollup (", "a", ")"),
    ("filter", "select ", "count(*) filter (where ", "true", ")"),
    ("window", "select ", "sum(1) over (order by ", "1", ")"),
    ("json", "select ", "json_array(", "1", ")"),
    ("xml", "select ", "xmlelement(name a, ", "1", ")"),
    ("copy", "", "copy (", "select 1", ") to stdout"),
    (
        "partition bounds",
        "create table t partition of p for values in (",
        "(",
        "1",
        ")",
    ),
    (
        "begin atomic",
        "",
        "create function f() returns int begin atomic ",
        "select 1",
        "; end",
    ),
    (
        "insert",
        "",
        "with a as (insert into t ",
        "select 1",
        " returning *) select 1",
    ),
];

fn text(nested: &(&str, &str, &str, &str, &str), depth: usize) -> String {
    let (_, before, opening, middle, closing) = nested;
    format!(
        "{before}{}{middle}{}",
        opening.repeat(depth),
        closing.repeat(depth)
    )
}

#[test]
fn ten_thousand_levels_are_refused() {
    for nested in NESTED {
        let reason = outline(&text(nested, 10_000)).map_err(|error| error.reason);
        assert!(
            matches!(
                reason,
                Err(Reason::TooDeep { .. } | Reason::TooLongChain { .. } | Reason::Syntax { .. })
            ),
            "{}: {reason:?}",
            nested.0
        );
    }
}

/// Whatever the depth, the parser is not run on a text that overflows its stack, and what it
/// accepts is walked to its end.
#[test]
fn any_depth_is_read_or_refused() {
    let mut admitted = String::new();
    for nested in NESTED {
        for depth in [10, 30, 50, 199, 200, 330, 495, 990, 1000] {
            if outline(&text(nested, depth)).is_ok() {
                let _ = write!(admitted, "{} ", nested.0);
            }
        }
    }
    // That the fronts and backs above are SQL at all.
    for name in [
        "parentheses",
        "case",
        "with",
        "union",
        "terms",
        "joins",
        "fields",
    ] {
        assert!(admitted.contains(name), "{name} never admitted");
    }
}

#[test]
fn deep_and_long_together() {
    // 190 sub-selects, each with a chain of its own.
    let level = format!("(select {}", "1 + ".repeat(5));
    let text = format!("select {}1{}", level.repeat(190), ")".repeat(190));
    let _ = outline(&text);
    let level = format!("(select {} from t where {}", "1", "a and ".repeat(4));
    let text = format!("select {}1{}", level.repeat(150), ")".repeat(150));
    let _ = outline(&text);
    let level = format!("case when {} then ", "a or ".repeat(4) + "b");
    let text = format!("select {}1{}", level.repeat(199), " end".repeat(199));
    let _ = outline(&text);
}

#[test]
fn everyday_length_is_admitted() {
    let list = "1, ".repeat(10_000);
    let rows = "(1, 'a', now()), ".repeat(2_000);
    let terms = "a = 1 or ".repeat(400);
    let unions = "select 1, 2 union all ".repeat(400);
    let cases = "when a = 1 then 'x' ".repeat(400);
    for text in [
        format!("select * from t where a in ({list}1)"),
        format!("insert into t values {rows}(1, 'a', now())"),
        format!("select * from t where {terms} b"),
        format!("{unions} select 3, 4"),
        format!("select case {cases} end from t"),
        "select 1;".repeat(2_000),
    ] {
        assert!(outline(&text).is_ok(), "{}", &text[..60]);
    }
}

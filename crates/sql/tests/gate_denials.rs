//! What the gate refuses, each with its reason: the ways in which the parser is known to read a
//! text otherwise than PostgreSQL does.

#![expect(clippy::panic, reason = "a test fails loudly")]

use sql::{LexicalError, UnreadableReason as Reason, outline};

fn reason(text: &str) -> Reason {
    match outline(text) {
        Err(unreadable) => unreadable.reason,
        Ok(outlines) => panic!("{text} was read as {outlines:?}"),
    }
}

fn is_admitted(text: &str) {
    if let Err(error) = outline(text) {
        panic!("{text}: {error}");
    }
}

#[test]
fn a_continued_escape_string_is_not_read() {
    // PostgreSQL: four columns, a read of customers. The parser: two columns, no relation.
    let bypasses = [
        "select E'a'\n'\\'', (select max(ssn) from customers), ', ' --'",
        "select E'a' -- it\n'\\'', (select max(ssn) from customers), ', ' --'",
        "select e'a'\n-- x\n  '\\'', (select max(ssn) from customers), ', ' --'",
        "select E'a'\n'b'\n'\\'', (select max(ssn) from customers), ', ' --'",
        "select E'a'\r'\\'', (select 1), ', ' --'",
    ];
    for text in bypasses {
        assert_eq!(reason(text), Reason::EscapeContinuation, "{text}");
    }
    is_admitted("select 'a'\n'b', E'c\\'d', E'e'");
}

#[test]
fn bytes() {
    assert_eq!(reason("\u{feff}select 1"), Reason::ByteOrderMark);
    assert_eq!(reason("select 'a\0b'"), Reason::ZeroByte);
    let long = format!("select '{}'", "x".repeat(1 << 20));
    let expected = Reason::TooLong {
        length: long.len(),
        limit: 1 << 20,
    };
    assert_eq!(reason(&long), expected);
    is_admitted(&format!("select '{}'", "x".repeat((1 << 20) - 9)));
}

#[test]
fn lexical_errors_are_not_left_to_the_parser() {
    let cases = [
        ("select 'a", LexicalError::UnterminatedString),
        ("select 1 /* ", LexicalError::UnterminatedComment),
        ("select 123abc", LexicalError::NumberJunk),
        ("select 0x1$$a$$", LexicalError::NumberJunk),
        ("\\d customers", LexicalError::UnexpectedCharacter),
        ("select 1 \\gset", LexicalError::UnexpectedCharacter),
        ("select $a", LexicalError::UnexpectedCharacter),
    ];
    for (text, expected) in cases {
        assert_eq!(reason(text), Reason::Lexical(expected), "{text}");
    }
}

#[test]
fn operators_are_cut_alike() {
    is_admitted("select f(a => -1, b => @ 2, c := 3), 1 <@ 2, a ->> 'b', x::int4[], y[1:2], - - 1");
    is_admitted("select a @- 1, b = -1, c <> - 2, d operator(pg_catalog.+) 1, 2*/**/3");
}

#[test]
fn key_words_as_relations() {
    for word in [
        "user",
        "current_date",
        "current_user",
        "localtime",
        "session_user",
        "USER",
    ] {
        let text = format!("select * from {word}");
        let expected = Reason::KeywordAsRelation {
            word: word.to_lowercase(),
        };
        assert_eq!(reason(&text), expected, "{text}");
    }
    for text in [
        "select * from \"user\"",
        "select * from public.user",
        "select * from events, data, type, index, session, name, values_",
    ] {
        is_admitted(text);
    }
    assert!(outline("insert into user values (1)").is_err());
}

#[test]
fn syntax_of_no_released_version() {
    let cases = [
        "repack t",
        "update t for portion of valid from '2020-01-01' to '2021-01-01' set a = 1 where b = 2",
        "select * from graph_table (g match (a) columns (a.x))",
        "create property graph g",
        "select first_value(a) ignore nulls over (order by b) from t",
        "select first_value(a) respect nulls over (order by b) from t",
        "insert into t values (1) on conflict (a) do select returning *",
        "alter table t merge partitions (a, b) into c",
        "select :name",
    ];
    for text in cases {
        let reason = reason(text);
        assert!(
            matches!(reason, Reason::NotAdmitted { .. } | Reason::Syntax { .. }),
            "{text}: {reason:?}"
        );
    }
    let reason = reason("select * from a.b.c.d");
    assert!(matches!(reason, Reason::NotAdmitted { .. }), "{reason:?}");
}

#[test]
fn syntax_errors_say_where_and_hold_no_literal() {
    let error = outline("select 1 from where a = 'secret'").unwrap_err();
    assert_eq!(
        error.position.map(|at| (9..=14).contains(&at)),
        Some(true),
        "{error:?}"
    );
    for text in [
        "select 'secret' 'secret'",
        "select 1 from t where 'secret' in",
        "create table t partition of p for values with ('secret' 1)",
        "select B'secret'",
        "insert into t values ('secret' 'x' 12345)",
        "select U&'\\secret'",
    ] {
        let message = outline(text).unwrap_err().to_string();
        assert!(!message.contains("secret"), "{text}: {message}");
    }
}

#[test]
fn statements_are_those_between_semicolons() {
    let cases = [
        ("", 0),
        (" ;; -- c\n ; /* ; */", 0),
        ("select ';', \";\", $$;$$ -- ;", 1),
        (";select 1;;select 2; -- end", 2),
        (
            "create rule r as on insert to t do also (insert into u select 1; delete from v where true)",
            1,
        ),
        (
            "create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3",
            2,
        ),
        ("begin; select 1; end", 3),
        ("-- a\nselect 1 -- b\n; /* c */ select 2 /* d */", 2),
    ];
    for (text, count) in cases {
        match outline(text) {
            Ok(outlines) => assert_eq!(outlines.len(), count, "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }
}

#[test]
fn bodies_of_functions_are_looked_at() {
    let deep = format!("select {}1{}", "(".repeat(10_000), ")".repeat(10_000));
    let text = format!("create function f() returns int language sql as $x${deep}$x$");
    assert!(matches!(reason(&text), Reason::TooDeep { .. }));
    is_admitted("create function f() returns int language sql as $$select 1$$");
    is_admitted("create function f() returns int language plpgsql as $$begin return 1; end$$");
}

#[test]
fn long_names_are_one_name_up_to_their_63rd_byte() {
    let long = "x".repeat(64);
    let outlines = outline(&format!("select * from {long}")).expect("admitted");
    assert!(outlines[0].reads.contains(&vec!["x".repeat(63)]));
    // The WITH query hides what is the same name to PostgreSQL.
    let text = format!("with {long} as (select 1) select * from {}", "X".repeat(70));
    assert!(outline(&text).expect("admitted")[0].reads.is_empty());
}

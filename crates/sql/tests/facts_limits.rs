//! Texts that are large, deep or strange.

mod shop;

use std::time::{Duration, Instant};

use shop::{facts, facts_with, public, rendered, shop};
use sql::NameContext;
use sql::facts::{FunctionClass, Kind, Outputs};

/// Deep enough for anything people write; the gate's limit is a little higher.
const DEEP: usize = 150;

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

/// On the 2 MiB of a standard thread, without optimisation.
#[test]
fn deep_nesting_is_read_and_keeps_its_lineage() {
    let texts = [
        format!("select {} from customers", nested("(", "ssn", ")", DEEP)),
        format!(
            "select {} from customers",
            nested("lower(", "ssn", ")", DEEP)
        ),
        format!(
            "select {} from customers",
            nested("case when true then ", "ssn", " end", DEEP)
        ),
        format!(
            "select {} as s from customers",
            nested("(select ", "ssn", ")", DEEP)
        ),
        nested("select * from (", "select ssn from customers", ") q", DEEP),
        nested(
            "with q as (",
            "select ssn from customers",
            ") select * from q",
            DEEP / 2,
        ),
        format!(
            "select ssn from {}",
            nested("(", "customers cross join orders", ")", DEEP)
        ),
        nested(
            "select ssn from customers where exists (",
            "select 1",
            ")",
            DEEP,
        ),
        nested("(", "select ssn from customers", ")", DEEP),
        nested(
            "select ssn from customers union (",
            "select ssn from customers",
            ")",
            DEEP,
        ),
    ];
    for text in texts {
        let facts = facts(&text);
        assert_eq!(facts.unresolved, [], "{text}");
        let Outputs::Columns(columns) = &facts.outputs else {
            unreachable!("{text}")
        };
        let sources: Vec<_> = columns
            .iter()
            .flat_map(|column| &column.lineage.sources)
            .collect();
        assert!(
            sources.iter().any(|id| id.relation == 1 && id.number == 3),
            "{text}"
        );
    }
}

#[test]
fn long_chains_take_no_stack() {
    let terms = vec!["ssn"; 900];
    let unions = vec!["select ssn from customers"; 300];
    let joins = vec!["customers"; 100].join(" natural join ");
    let texts = [
        format!("select {} from customers", terms.join(" || ")),
        format!("select {} from customers", terms.join(" + ")),
        format!("select ssn{} from customers", "::text".repeat(900)),
        format!(
            "select 1 from customers where {}",
            vec!["ssn = 'x'"; 450].join(" or ")
        ),
        unions.join(" union all "),
        unions.join(" intersect "),
        format!("select ssn from {joins}"),
    ];
    for text in texts {
        let facts = facts(&text);
        assert_eq!(facts.unresolved, [], "{}", &text[..80]);
    }
}

#[test]
fn work_is_bounded() {
    let stars = format!("select {} from customers", vec!["*"; 100_000].join(","));
    let recursive = nested(
        "with recursive r as (select * from (",
        "select ssn from customers",
        ") q union all select * from r) select * from r",
        60,
    );
    let sums = format!("select {} from customers", vec!["ssn"; 100_000].join(","));
    for text in [stars, recursive, sums] {
        let start = Instant::now();
        // What is found does not matter, only that something is, in time.
        let _ = sql::read(&text, &shop(), &public());
        assert!(start.elapsed() < Duration::from_secs(30), "{}", &text[..80]);
    }
}

#[test]
fn names_are_cut_to_63_bytes() {
    let (table, column) = ("l".repeat(70), "c".repeat(64));
    let text = format!("select {column} as {column} from {table}");
    let cut = "c".repeat(63);
    assert_eq!(
        rendered(&facts(&text)),
        format!("select; out {cut}=long.long; rel select:{}", "l".repeat(63))
    );
    // A WITH query's name and an alias are cut likewise.
    let text = format!(
        "with {table} as (select ssn as {column}x from customers) select {column}y from {table}z"
    );
    assert_eq!(
        rendered(&facts(&text)),
        format!("select; out {cut}=customers.ssn; rel select:customers")
    );
}

#[test]
fn the_search_path_decides() {
    let hidden = NameContext {
        search_path: vec!["hidden".to_owned(), "public".to_owned()],
    };
    let found = rendered(&facts_with("select ssn from customers", &hidden));
    assert_eq!(
        found,
        "select; out ssn=hidden.customers.ssn; rel select:customers"
    );
    let found = rendered(&facts_with("select name from customers", &hidden));
    assert!(found.contains("! column `name`"), "{found}");

    let none = NameContext::default();
    let found = rendered(&facts_with("select ssn from customers", &none));
    assert!(
        found.contains("! relation `customers` is not on the search path"),
        "{found}"
    );
    let found = rendered(&facts_with("select oid from pg_class", &none));
    assert_eq!(found, "select; out oid=pg_class.oid; rel select:pg_class");

    // A function in any schema of the path may be the one that is called.
    let evil = NameContext {
        search_path: vec!["evil".to_owned(), "pg_catalog".to_owned()],
    };
    let functions = facts_with("select lower('A')", &evil).functions;
    assert_eq!(
        functions.first().map(|used| used.class),
        Some(FunctionClass::UserDefined)
    );
    assert!(facts("select lower('A')").functions.is_empty());
}

#[test]
fn an_empty_text_is_one_empty_statement() {
    for text in ["", "  ", "-- nothing\n", ";;"] {
        let statements = sql::read(text, &shop(), &public()).unwrap();
        assert_eq!(statements.len(), 1, "{text:?}");
        assert_eq!(statements[0].facts.kind, Kind::Empty, "{text:?}");
    }
}

#[test]
fn statements_keep_their_order_and_range() {
    let text = "select 1; /* ; */ delete from customers where id = 1;";
    let statements = sql::read(text, &shop(), &public()).unwrap();
    let texts: Vec<_> = statements.iter().map(|s| &text[s.range.clone()]).collect();
    assert_eq!(texts, ["select 1", "delete from customers where id = 1"]);
    assert_eq!(statements[1].facts.kind, Kind::Delete);
    assert_ne!(statements[0].fingerprint, statements[1].fingerprint);
    // Literals do not tell statements apart, and do not stand in the record.
    let other = sql::read("delete from customers where id = 22", &shop(), &public()).unwrap();
    assert_eq!(other[0].fingerprint, statements[1].fingerprint);
    assert!(!other[0].normalised.contains("22"));
}

#[test]
fn positions_are_those_of_the_text() {
    let text = "select 1; select ssn from customers, nowhere";
    let statements = sql::read(text, &shop(), &public()).unwrap();
    let positions: Vec<_> = statements[1]
        .facts
        .unresolved
        .iter()
        .map(|u| u.position)
        .collect();
    assert_eq!(positions, [text.find("nowhere")]);
}

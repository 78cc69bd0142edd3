//! The catalog of a small shop, and facts as short text.
//!
//! Facts are rendered as sections that are left out when empty:
//! `kind; out name=table.column, name~table.column; rel action:table; use clause:table.column;
//! fn class:name; flow target<-source; restricted; set name=value; schema action:name; !reason`.
//! `=` is a copied value, `~` a derived one, `?` one that is opaque. Uses in outputs are left out.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod rendering;

pub(crate) use rendering::rendered;
use sql::catalog::{
    CatalogRows, Column, ColumnOrigin, Function, FunctionKind, Relation, RelationKind, Type,
    TypeStructure, Volatility,
};
use sql::facts::Facts;
use sql::{Catalog, NameContext};

const TEXT: u32 = 25;
const INT: u32 = 23;
const ADDRESS: u32 = 9001;
const RECORD: u32 = 2249;
const ANY_ELEMENT: u32 = 2283;

fn column(number: usize, spelling: &str) -> Column {
    let (name, type_oid) = match spelling.split_once(':') {
        Some((name, "int")) => (name, INT),
        Some((name, "address")) => (name, ADDRESS),
        Some((name, "generated")) => (name, INT),
        Some((name, _)) => (name, TEXT),
        None => (spelling, TEXT),
    };
    let number = i16::try_from(number + 1).unwrap();
    Column {
        number,
        name: name.to_owned(),
        type_oid,
        type_modifier: -1,
        origin: if spelling.ends_with(":generated") {
            ColumnOrigin::Generated
        } else {
            ColumnOrigin::Given
        },
    }
}

fn relation(oid: u32, name: &str, kind: RelationKind, columns: &str) -> Relation {
    let (schema, name) = name.split_once('.').unwrap_or(("public", name));
    Relation {
        oid,
        schema: schema.to_owned(),
        name: name.to_owned(),
        kind,
        columns: columns
            .split_whitespace()
            .enumerate()
            .map(|(n, c)| column(n, c))
            .collect(),
        definition: None,
        parents: Vec::new(),
        estimated_rows: 1_000,
    }
}

fn view(oid: u32, name: &str, columns: &str, definition: &str) -> Relation {
    let definition = (!definition.is_empty()).then(|| definition.to_owned());
    Relation {
        definition,
        ..relation(oid, name, RelationKind::View, columns)
    }
}

fn child_of(parent: u32, relation: Relation) -> Relation {
    Relation {
        parents: vec![parent],
        ..relation
    }
}

fn function(oid: u32, name: &str, result: u32) -> Function {
    let (schema, name) = name.split_once('.').unwrap_or(("pg_catalog", name));
    Function {
        oid,
        schema: schema.to_owned(),
        name: name.to_owned(),
        result,
        kind: FunctionKind::Function,
        volatility: Volatility::Volatile,
    }
}

fn base_type(oid: u32, name: &str) -> Type {
    Type {
        oid,
        schema: "pg_catalog".to_owned(),
        name: name.to_owned(),
        structure: TypeStructure::Base,
    }
}

fn relations() -> Vec<Relation> {
    let table = RelationKind::Table;
    vec![
        relation(1, "customers", table, "id:int name ssn dob card email"),
        relation(2, "orders", table, "id:int customer_id:int total note"),
        relation(3, "dump", table, "x y"),
        relation(4, "places", table, "id:int home:address"),
        relation(5, "hidden.customers", table, "id:int ssn"),
        relation(6, "child", table, "id:int parent:int ssn"),
        relation(7, "s", table, "a b"),
        relation(8, "log", RelationKind::PartitionedTable, "at message"),
        child_of(8, relation(9, "log_2024", table, "at message")),
        relation(10, "numbers", RelationKind::Sequence, "last_value"),
        relation(11, "guesses", table, "v ssn"),
        relation(12, "sums", table, "a:int doubled:generated b:int"),
        relation(20, "address", RelationKind::CompositeType, "street city"),
        view(
            30,
            "v",
            "s",
            " SELECT ssn AS s FROM public.customers WHERE id > 0;",
        ),
        view(
            31,
            "vv",
            "s n",
            " SELECT v.s, upper(v.s) AS n FROM public.v;",
        ),
        view(32, "cycle_a", "x", "SELECT x FROM public.cycle_b"),
        view(33, "cycle_b", "x", "SELECT x FROM public.cycle_a"),
        view(34, "broken", "x", "SELECT nothing FROM public.nowhere"),
        view(
            35,
            "counted",
            "n",
            "SELECT count(*) FROM public.customers WHERE ssn LIKE '1%'",
        ),
        view(36, "unknown_view", "x y", ""),
        view(
            37,
            "called",
            "a b",
            "SELECT public.mystery(ssn) AS a, id AS b FROM public.customers",
        ),
        relation(
            40,
            "pg_catalog.pg_stats",
            RelationKind::View,
            "tablename most_common_vals",
        ),
        relation(41, "pg_catalog.pg_class", table, "oid relname"),
        relation(50, "pg_temp_3.shadowed", table, "a"),
        relation(51, "shadowed", table, "a"),
        relation(60, "MixedCase", table, "Weird"),
        relation(61, &"l".repeat(63), table, &"c".repeat(63)),
    ]
}

fn functions() -> Vec<Function> {
    let text = [
        "count",
        "max",
        "min",
        "sum",
        "lower",
        "upper",
        "length",
        "row_to_json",
        "to_jsonb",
        "string_agg",
        "array_agg",
        "json_agg",
        "pg_read_file",
        "query_to_xml",
        "set_config",
        "current_setting",
        "pg_sleep",
        "pg_notify",
        "lo_get",
        "nextval",
        "now",
        "row_number",
        "rank",
        "percentile_disc",
        "generate_series",
        "repeat",
        "concat",
        "xmlforest",
        "left",
        "pg_get_viewdef",
        "mode",
        "abs",
        "substring",
        "coalesce_not_this",
        "mystery_free",
    ];
    let mut all: Vec<Function> = (100..)
        .zip(text)
        .map(|(oid, name)| function(oid, name, TEXT))
        .collect();
    all.extend([
        function(200, "json_each", RECORD),
        function(201, "unnest", ANY_ELEMENT),
        function(300, "public.mystery", TEXT),
        function(301, "public.customer_of", 9002),
        function(302, "evil.lower", TEXT),
        function(303, "public.make_report", TEXT),
    ]);
    all
}

fn types() -> Vec<Type> {
    let pseudo = |oid, name: &str| Type {
        structure: TypeStructure::Pseudo,
        ..base_type(oid, name)
    };
    let composite = |oid, name: &str, relation| Type {
        schema: "public".to_owned(),
        structure: TypeStructure::Composite(relation),
        ..base_type(oid, name)
    };
    vec![
        base_type(TEXT, "text"),
        base_type(INT, "int4"),
        pseudo(RECORD, "record"),
        pseudo(ANY_ELEMENT, "anyelement"),
        composite(ADDRESS, "address", 20),
        composite(9002, "customers", 1),
    ]
}

/// The shop on a PostgreSQL 15.
pub(crate) fn shop() -> Catalog {
    let rows = CatalogRows {
        server_version: 150_000,
        relations: relations(),
        functions: functions(),
        types: types(),
    };
    Catalog::new(rows, 7)
}

pub(crate) fn public() -> NameContext {
    NameContext {
        search_path: vec!["public".to_owned()],
    }
}

/// The facts of a text with one statement.
pub(crate) fn facts(text: &str) -> Facts {
    facts_with(text, &public())
}

pub(crate) fn facts_with(text: &str, names: &NameContext) -> Facts {
    let statements =
        sql::read(text, &shop(), names).unwrap_or_else(|unreadable| panic!("{text}: {unreadable}"));
    assert_eq!(statements.len(), 1, "{text}");
    statements.into_iter().next().unwrap().facts
}

/// Compares the facts of each text, rendered, and shows all that differ. A line of cases is a text;
/// the indented line below it, its facts; one that begins with `#`, a comment.
pub(crate) fn check(cases: &str) {
    let lines = cases
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>();
    assert!(!lines.is_empty() && lines.len().is_multiple_of(2));
    let mut wrong = Vec::new();
    for case in lines.chunks(2) {
        let (text, expected) = (case[0], case[1].trim());
        let found = rendered(&facts(text));
        if expected != found {
            wrong.push(format!("{text}\n  want {expected}\n  got  {found}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

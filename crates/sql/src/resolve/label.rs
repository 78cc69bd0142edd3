//! The name that PostgreSQL gives a result column without AS.

use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::{child_of_kind, name_of};

/// PostgreSQL's words for a column of which it can tell no name.
const NAMELESS: &str = "?column?";

/// How well a name fits: a type's name gives way to a column's or function's.
enum Fit {
    Good(String),
    Weak(String),
    None,
}

/// As PostgreSQL's `FigureColname`.
pub(super) fn label(expression: &SyntaxNode) -> String {
    match fit(expression) {
        Fit::Good(name) | Fit::Weak(name) => name,
        Fit::None => NAMELESS.to_owned(),
    }
}

fn fit(expression: &SyntaxNode) -> Fit {
    let mut node = expression.clone();
    let mut weak = None;
    // What stands around a name and leaves it as it is; a loop, since it can be repeated at will.
    loop {
        let inner = match node.kind() {
            SyntaxKind::COLLATE
            | SyntaxKind::PAREN_EXPR
            | SyntaxKind::INDEX_EXPR
            | SyntaxKind::SLICE_EXPR => node.children().next(),
            SyntaxKind::CASE_EXPR => {
                weak.get_or_insert_with(|| "case".to_owned());
                child_of_kind(&node, SyntaxKind::ELSE_CLAUSE)
                    .and_then(|clause| clause.children().next())
            }
            SyntaxKind::CAST_EXPR => {
                if let Some(name) = node.children().find_map(|child| type_name(&child)) {
                    weak.get_or_insert(name);
                }
                node.children().find(|child| type_name(child).is_none())
            }
            SyntaxKind::SELECT => first_target(&node),
            _ => break,
        };
        let Some(inner) = inner else { break };
        node = inner;
    }
    match (own_name(&node), weak) {
        (Some(name), _) => Fit::Good(name),
        (None, Some(name)) => Fit::Weak(name),
        (None, None) => Fit::None,
    }
}

fn first_target(select: &SyntaxNode) -> Option<SyntaxNode> {
    let clause = child_of_kind(select, SyntaxKind::SELECT_CLAUSE)?;
    let target = child_of_kind(&clause, SyntaxKind::TARGET_LIST)?
        .children()
        .next()?;
    match child_of_kind(&target, SyntaxKind::AS_NAME) {
        Some(alias) => alias.children().next(),
        None => target.children().next(),
    }
}

/// The name that a node has by itself.
fn own_name(node: &SyntaxNode) -> Option<String> {
    match node.kind() {
        SyntaxKind::NAME_REF | SyntaxKind::COLUMN_NAME => Some(name_of(node)),
        SyntaxKind::FIELD_EXPR => node
            .children()
            .filter(|c| c.kind() == SyntaxKind::NAME_REF)
            .last()
            .map(|n| name_of(&n)),
        SyntaxKind::CALL_EXPR => node.children().next().and_then(|callee| called(&callee)),
        SyntaxKind::ARRAY_EXPR => Some("array".to_owned()),
        SyntaxKind::TUPLE_EXPR => Some("row".to_owned()),
        SyntaxKind::BIN_EXPR => {
            let has = |kind| node.children_with_tokens().any(|part| part.kind() == kind);
            if has(SyntaxKind::AT_TIME_ZONE) {
                Some("timezone".to_owned())
            } else {
                has(SyntaxKind::OVERLAPS_KW).then(|| "overlaps".to_owned())
            }
        }
        SyntaxKind::POSTFIX_EXPR => {
            let operator = node.children().last()?.kind();
            match operator {
                SyntaxKind::AT_LOCAL => Some("timezone".to_owned()),
                SyntaxKind::IS_NORMALIZED => Some("is_normalized".to_owned()),
                _ => None,
            }
        }
        _ => None,
    }
}

fn called(callee: &SyntaxNode) -> Option<String> {
    let has = |kind| child_of_kind(callee, kind).is_some();
    match callee.kind() {
        SyntaxKind::NAME_REF | SyntaxKind::FIELD_EXPR => own_name(callee),
        SyntaxKind::TRIM_FN if has(SyntaxKind::TRIM_LEADING) => Some("ltrim".to_owned()),
        SyntaxKind::TRIM_FN if has(SyntaxKind::TRIM_TRAILING) => Some("rtrim".to_owned()),
        SyntaxKind::TRIM_FN => Some("btrim".to_owned()),
        SyntaxKind::COLLATION_FOR_FN => Some("pg_collation_for".to_owned()),
        SyntaxKind::ANY_FN | SyntaxKind::ALL_FN | SyntaxKind::SOME_FN => None,
        _ => callee
            .first_token()
            .map(|token| token.text().to_ascii_lowercase()),
    }
}

/// The name of a type as PostgreSQL's catalogs spell it; `None`: the node is no type.
fn type_name(node: &SyntaxNode) -> Option<String> {
    let zoned = child_of_kind(node, SyntaxKind::WITH_TIMEZONE).is_some();
    let name = match node.kind() {
        SyntaxKind::ARRAY_TYPE => return node.children().find_map(|child| type_name(&child)),
        SyntaxKind::PATH_TYPE => return path_type_name(node),
        SyntaxKind::VARCHAR_TYPE => "varchar",
        SyntaxKind::CHARACTER_TYPE => "bpchar",
        SyntaxKind::BIT_TYPE => "bit",
        SyntaxKind::BIT_VARYING_TYPE => "varbit",
        SyntaxKind::DOUBLE_TYPE => "float8",
        SyntaxKind::INTERVAL_TYPE => "interval",
        SyntaxKind::TIME_TYPE if zoned => "timetz",
        SyntaxKind::TIME_TYPE => "time",
        SyntaxKind::TIMESTAMP_TYPE if zoned => "timestamptz",
        SyntaxKind::TIMESTAMP_TYPE => "timestamp",
        _ => return None,
    };
    Some(name.to_owned())
}

fn path_type_name(node: &SyntaxNode) -> Option<String> {
    let parts = super::names::path_parts(&child_of_kind(node, SyntaxKind::PATH_REF)?);
    let name = parts.last()?;
    let standard = match name.as_str() {
        "int" | "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "boolean" => "bool",
        "decimal" | "dec" => "numeric",
        "real" => "float4",
        "float" => "float8",
        _ => return Some(name.clone()),
    };
    Some(standard.to_owned())
}

//! Constructs that the parser accepts and the gate does not.

use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::identifier;
use crate::unreadable::{Unreadable, UnreadableReason};

/// Syntax that no released PostgreSQL has, or that the parser has for other programs.
const NOT_ADMITTED: &[(SyntaxKind, &str)] = &[
    (SyntaxKind::REPACK, "REPACK"),
    (SyntaxKind::FOR_PORTION_OF, "FOR PORTION OF"),
    (SyntaxKind::GRAPH_TABLE_FN, "GRAPH_TABLE"),
    (SyntaxKind::GRAPH_TABLE_FROM_ITEM, "GRAPH_TABLE"),
    (SyntaxKind::CREATE_PROPERTY_GRAPH, "PROPERTY GRAPH"),
    (SyntaxKind::ALTER_PROPERTY_GRAPH, "PROPERTY GRAPH"),
    (SyntaxKind::DROP_PROPERTY_GRAPH, "PROPERTY GRAPH"),
    (SyntaxKind::OBJECT_PROPERTY_GRAPH, "PROPERTY GRAPH"),
    (SyntaxKind::PRIVILEGE_PROPERTY_GRAPH, "PROPERTY GRAPH"),
    (SyntaxKind::IGNORE_NULLS, "IGNORE NULLS"),
    (SyntaxKind::RESPECT_NULLS, "RESPECT NULLS"),
    (SyntaxKind::CONFLICT_DO_SELECT, "ON CONFLICT DO SELECT"),
    (SyntaxKind::JSON_TABLE_PLAN_CLAUSE, "JSON_TABLE … PLAN"),
    (SyntaxKind::MERGE_PARTITIONS, "MERGE PARTITIONS"),
    (SyntaxKind::SPLIT_PARTITION, "SPLIT PARTITION"),
    (SyntaxKind::EXCEPT_TABLE_CLAUSE, "FOR ALL TABLES EXCEPT"),
    (
        SyntaxKind::NON_STANDARD_PARAM,
        "a parameter written `:name`",
    ),
    (
        SyntaxKind::BIND_PARAM_NAME_REF,
        "a parameter written `:name`",
    ),
];

/// Denies what is not admitted: new syntax, key words as relations, names of more than three parts.
pub(super) fn check(root: &SyntaxNode) -> Result<(), Unreadable> {
    root.descendants().try_for_each(|node| {
        let kind = node.kind();
        match NOT_ADMITTED.iter().find(|(denied, _)| *denied == kind) {
            Some((_, construct)) => Err(not_admitted(&node, construct, advice(kind))),
            None if is_relation(kind) => check_relation(&node),
            None => Ok(()),
        }
    })
}

fn advice(kind: SyntaxKind) -> Option<&'static str> {
    matches!(
        kind,
        SyntaxKind::NON_STANDARD_PARAM | SyntaxKind::BIND_PARAM_NAME_REF
    )
    .then_some("write parameters as $1, $2, …")
}

fn not_admitted(
    node: &SyntaxNode,
    construct: &'static str,
    instead: Option<&'static str>,
) -> Unreadable {
    let reason = UnreadableReason::NotAdmitted { construct, instead };
    Unreadable::at(node.text_range().start().into(), reason)
}

fn is_relation(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::RELATION_NAME_REF
            | SyntaxKind::TABLE_NAME_REF
            | SyntaxKind::TABLE_NAME
            | SyntaxKind::VIEW
            | SyntaxKind::VIEW_REF
            | SyntaxKind::SEQUENCE
            | SyntaxKind::SEQUENCE_REF
            | SyntaxKind::INDEX_REF
    )
}

/// `FROM user` is a call of a function to PostgreSQL and a relation to the parser.
fn check_relation(node: &SyntaxNode) -> Result<(), Unreadable> {
    let position = usize::from(node.text_range().start());
    let parts = identifier::parts_of(node);
    if parts.len() > 3 {
        let instead = Some("write schema.relation");
        return Err(not_admitted(
            node,
            "a relation's name of more than three parts",
            instead,
        ));
    }
    let first = node
        .descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .find(|token| token.kind().is_keyword() || token.kind() == SyntaxKind::IDENT);
    match first {
        Some(token) if identifier::is_reserved(token.text()) => {
            let word = token.text().to_ascii_lowercase();
            Err(Unreadable::at(
                position,
                UnreadableReason::KeywordAsRelation { word },
            ))
        }
        // In the name of a relation, the first word is its own.
        Some(_) | None => Ok(()),
    }
}

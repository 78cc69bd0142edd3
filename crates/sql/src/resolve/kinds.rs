//! Kinds of tree nodes, as the reader tells them apart and names them.

use squawk_syntax::SyntaxKind;

use super::parts::is_query;

/// Nodes that reach data or run something: each must have been looked at when a statement has been
/// read.
pub(super) fn must_be_seen(kind: SyntaxKind) -> bool {
    is_query(kind)
        || matches!(
            kind,
            SyntaxKind::INSERT
                | SyntaxKind::UPDATE
                | SyntaxKind::DELETE
                | SyntaxKind::MERGE
                | SyntaxKind::CALL_EXPR
                | SyntaxKind::RELATION_NAME_REF
                | SyntaxKind::TABLE_NAME_REF
                | SyntaxKind::VIEW_REF
        )
}

/// Statements whose body runs later, or somewhere else: what it does is not among the facts, and
/// the kind alone says what the statement is.
pub(super) fn has_hidden_body(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::DO
            | SyntaxKind::CREATE_FUNCTION
            | SyntaxKind::CREATE_PROCEDURE
            | SyntaxKind::CREATE_AGGREGATE
            | SyntaxKind::CREATE_TRIGGER
            | SyntaxKind::CREATE_EVENT_TRIGGER
            | SyntaxKind::CREATE_RULE
            | SyntaxKind::CREATE_OPERATOR
            | SyntaxKind::CREATE_CAST
            | SyntaxKind::CREATE_LANGUAGE
            | SyntaxKind::CREATE_EXTENSION
    )
}

/// A node's kind in words.
pub(super) fn words(kind: SyntaxKind) -> String {
    format!("{kind:?}").to_ascii_lowercase().replace('_', " ")
}

/// Parts of DDL that hold options, types and names, and no expression over data.
pub(super) fn is_plain_ddl(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::ATTRIBUTE_LIST
            | SyntaxKind::ALTER_OPTION_LIST
            | SyntaxKind::OPTION_ITEM_LIST
            | SyntaxKind::WITH_PARAMS
            | SyntaxKind::SET_OPTIONS
            | SyntaxKind::RESET_OPTIONS
            | SyntaxKind::SET_STATISTICS
            | SyntaxKind::SEQUENCE_OPTION_LIST
            | SyntaxKind::OPTION_AS_TYPE
            | SyntaxKind::OPTION_CACHE
            | SyntaxKind::OPTION_INCREMENT
            | SyntaxKind::OPTION_RESTART
            | SyntaxKind::OPTION_START
            | SyntaxKind::OPTION_MAX_VALUE
            | SyntaxKind::OPTION_MIN_VALUE
            | SyntaxKind::SET_SEQUENCE_OPTION
            | SyntaxKind::RESTART
            | SyntaxKind::ROLE_OPTION_LIST
            | SyntaxKind::SET_CONFIG_PARAM
            | SyntaxKind::RESET_CONFIG_PARAM
            | SyntaxKind::DATABASE_OPTION_LIST
            | SyntaxKind::VACUUM_OPTION_LIST
            | SyntaxKind::REINDEX_OPTION_LIST
            | SyntaxKind::CHECKPOINT_OPTION_LIST
            | SyntaxKind::PARAM_LIST
            | SyntaxKind::ALTER_SET_STATISTICS
            | SyntaxKind::FUNC_OPTION_LIST
            | SyntaxKind::OP_SIG_LIST
            | SyntaxKind::OP_SIG
            | SyntaxKind::OPERATOR_CLASS_OPTION_LIST
            | SyntaxKind::ARRAY_TYPE
            | SyntaxKind::PATH_TYPE
            | SyntaxKind::VARCHAR_TYPE
            | SyntaxKind::CHARACTER_TYPE
            | SyntaxKind::BIT_TYPE
            | SyntaxKind::BIT_VARYING_TYPE
            | SyntaxKind::TIME_TYPE
            | SyntaxKind::TIMESTAMP_TYPE
            | SyntaxKind::INTERVAL_TYPE
    )
}

/// Bounds of partitions: MINVALUE and MAXVALUE look like columns there.
pub(super) fn is_partition_bound(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::PARTITION_FOR_VALUES_FROM
            | SyntaxKind::PARTITION_FOR_VALUES_IN
            | SyntaxKind::PARTITION_FOR_VALUES_WITH
    )
}

/// References to relations by their name.
pub(super) fn is_relation_reference(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::RELATION_NAME_REF
            | SyntaxKind::TABLE_NAME_REF
            | SyntaxKind::VIEW_REF
            | SyntaxKind::SEQUENCE_REF
    )
}

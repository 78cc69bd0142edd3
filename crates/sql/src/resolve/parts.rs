//! Which nodes an expression may be made of. What is not listed here is not analysed.

use squawk_syntax::SyntaxKind;

/// What a node inside an expression is to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Has a value of its own.
    Value,
    /// Its value is made of those of all its children, in whatever way.
    Bag,
    /// A query whose result is used as a value.
    Query,
    /// Words and types: holds nothing that has a value, unless it is nested in it.
    Inert,
    /// Not listed.
    Unknown,
}

/// What a node of this kind inside an expression is.
pub(super) fn part(kind: SyntaxKind) -> Part {
    if is_value(kind) {
        Part::Value
    } else if is_bag(kind) || is_json_or_xml_bag(kind) {
        Part::Bag
    } else if is_query(kind) {
        Part::Query
    } else if is_operator(kind) || is_type(kind) || is_word(kind) {
        Part::Inert
    } else {
        Part::Unknown
    }
}

/// Queries: SELECT in all its forms.
pub(super) fn is_query(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::SELECT
            | SyntaxKind::SELECT_INTO
            | SyntaxKind::PAREN_SELECT
            | SyntaxKind::TABLE
            | SyntaxKind::VALUES
            | SyntaxKind::COMPOUND_SELECT
    )
}

fn is_value(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::NAME_REF
            | SyntaxKind::FIELD_EXPR
            | SyntaxKind::CALL_EXPR
            | SyntaxKind::PAREN_EXPR
            | SyntaxKind::LITERAL
    )
}

fn is_bag(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::BIN_EXPR
            | SyntaxKind::PREFIX_EXPR
            | SyntaxKind::POSTFIX_EXPR
            | SyntaxKind::BETWEEN_EXPR
            | SyntaxKind::CASE_EXPR
            | SyntaxKind::WHEN_CLAUSE_LIST
            | SyntaxKind::WHEN_CLAUSE
            | SyntaxKind::ELSE_CLAUSE
            | SyntaxKind::CAST_EXPR
            | SyntaxKind::COLLATE
            | SyntaxKind::ARRAY_EXPR
            | SyntaxKind::TUPLE_EXPR
            | SyntaxKind::INDEX_EXPR
            | SyntaxKind::SLICE_EXPR
            | SyntaxKind::ARG
            | SyntaxKind::NAMED_ARG
            | SyntaxKind::EXTRACT_FN
            | SyntaxKind::SUBSTRING_FN
            | SyntaxKind::SUBSTRING_EXPRS
            | SyntaxKind::SUBSTRING_FOR_FROM
            | SyntaxKind::SUBSTRING_FROM_FOR
            | SyntaxKind::SUBSTRING_SIMILAR_ESCAPE
            | SyntaxKind::POSITION_FN
            | SyntaxKind::OVERLAY_FN
            | SyntaxKind::OVERLAY_EXPRS
            | SyntaxKind::OVERLAY_PLACING
            | SyntaxKind::TRIM_FN
            | SyntaxKind::TRIM_EXPRS
            | SyntaxKind::TRIM_EXPR_FROM
            | SyntaxKind::TRIM_FROM
            | SyntaxKind::COLLATION_FOR_FN
            | SyntaxKind::SOME_FN
            | SyntaxKind::ANY_FN
            | SyntaxKind::ALL_FN
            | SyntaxKind::SORT_BY_LIST
            | SyntaxKind::SORT_BY
            | SyntaxKind::ORDER_BY_CLAUSE
            | SyntaxKind::SET_EXPR
            | SyntaxKind::SET_EXPR_LIST
            | SyntaxKind::ROW
            | SyntaxKind::ROW_LIST
            | SyntaxKind::COLUMN_TARGET
            | SyntaxKind::COLUMN_TARGET_LIST
            | SyntaxKind::INDEX_ACCESSOR
            | SyntaxKind::SLICE_ACCESSOR
    )
}

fn is_json_or_xml_bag(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::JSON_ARRAY_FN
            | SyntaxKind::JSON_ARRAY_AGG_FN
            | SyntaxKind::JSON_EXISTS_FN
            | SyntaxKind::JSON_FN
            | SyntaxKind::JSON_OBJECT_FN
            | SyntaxKind::JSON_OBJECT_AGG_FN
            | SyntaxKind::JSON_QUERY_FN
            | SyntaxKind::JSON_SCALAR_FN
            | SyntaxKind::JSON_SERIALIZE_FN
            | SyntaxKind::JSON_VALUE_FN
            | SyntaxKind::JSON_VALUE_EXPR
            | SyntaxKind::JSON_EXPR_FORMAT
            | SyntaxKind::JSON_SELECT_FORMAT
            | SyntaxKind::JSON_KEY_VALUE
            | SyntaxKind::JSON_PASSING_CLAUSE
            | SyntaxKind::JSON_PASSING_ARG
            | SyntaxKind::JSON_PATH_CLAUSE
            | SyntaxKind::JSON_ON_ERROR_CLAUSE
            | SyntaxKind::JSON_ON_EMPTY_CLAUSE
            | SyntaxKind::JSON_BEHAVIOR_DEFAULT
            | SyntaxKind::JSON_TABLE
            | SyntaxKind::JSON_TABLE_COLUMN_LIST
            | SyntaxKind::JSON_TABLE_VALUE_COLUMN
            | SyntaxKind::JSON_TABLE_EXISTS_COLUMN
            | SyntaxKind::JSON_TABLE_NESTED_COLUMN
            | SyntaxKind::JSON_TABLE_ORDINALITY_COLUMN
            | SyntaxKind::XML_ELEMENT_FN
            | SyntaxKind::XML_EXISTS_FN
            | SyntaxKind::XML_FOREST_FN
            | SyntaxKind::XML_PARSE_FN
            | SyntaxKind::XML_PI_FN
            | SyntaxKind::XML_ROOT_FN
            | SyntaxKind::XML_SERIALIZE_FN
            | SyntaxKind::XML_VERSION_EXPR
            | SyntaxKind::XML_TABLE
            | SyntaxKind::XML_TABLE_COLUMN_LIST
            | SyntaxKind::XML_TABLE_COLUMN
            | SyntaxKind::XML_COLUMN_OPTION_LIST
            | SyntaxKind::XML_NAMESPACE_LIST
            | SyntaxKind::XML_NAMESPACE
            | SyntaxKind::XML_ROW_PASSING_CLAUSE
            | SyntaxKind::XML_PASSING_DOC
            | SyntaxKind::EXPR_AS_XML_ATTR_LIST
            | SyntaxKind::EXPR_AS_XML_ATTR
            | SyntaxKind::EXPR_AS_ELEMENT_TAG_LIST
            | SyntaxKind::EXPR_AS_ELEMENT_TAG
            | SyntaxKind::OPTION_IDENT
            | SyntaxKind::OPTION_DEFAULT
            | SyntaxKind::OPTION_PATH
    )
}

/// Operators that the tree spells as nodes.
fn is_operator(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::CUSTOM_OP
            | SyntaxKind::OPERATOR_CALL
            | SyntaxKind::COLON_COLON
            | SyntaxKind::AT_LOCAL
            | SyntaxKind::AT_TIME_ZONE
            | SyntaxKind::IS_DISTINCT_FROM
            | SyntaxKind::IS_NOT_DISTINCT_FROM
            | SyntaxKind::IS_NOT
            | SyntaxKind::IS_NORMALIZED
            | SyntaxKind::IS_NOT_NORMALIZED
            | SyntaxKind::IS_JSON
            | SyntaxKind::IS_JSON_ARRAY
            | SyntaxKind::IS_JSON_OBJECT
            | SyntaxKind::IS_JSON_SCALAR
            | SyntaxKind::IS_JSON_VALUE
            | SyntaxKind::IS_NOT_JSON
            | SyntaxKind::IS_NOT_JSON_ARRAY
            | SyntaxKind::IS_NOT_JSON_OBJECT
            | SyntaxKind::IS_NOT_JSON_SCALAR
            | SyntaxKind::IS_NOT_JSON_VALUE
            | SyntaxKind::NOT_ILIKE
            | SyntaxKind::NOT_IN
            | SyntaxKind::NOT_LIKE
            | SyntaxKind::NOT_SIMILAR_TO
            | SyntaxKind::SIMILAR_TO
            | SyntaxKind::SYMMETRIC
            | SyntaxKind::ASYMMETRIC
            | SyntaxKind::SORT_USING
    )
}

fn is_type(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::ARRAY_TYPE
            | SyntaxKind::PATH_TYPE
            | SyntaxKind::VARCHAR_TYPE
            | SyntaxKind::CHARACTER_TYPE
            | SyntaxKind::BIT_TYPE
            | SyntaxKind::BIT_VARYING_TYPE
            | SyntaxKind::DOUBLE_TYPE
            | SyntaxKind::TIME_TYPE
            | SyntaxKind::TIMESTAMP_TYPE
            | SyntaxKind::INTERVAL_TYPE
            | SyntaxKind::INTERVAL_YEAR
            | SyntaxKind::INTERVAL_MONTH
            | SyntaxKind::INTERVAL_DAY
            | SyntaxKind::INTERVAL_HOUR
            | SyntaxKind::INTERVAL_MINUTE
            | SyntaxKind::INTERVAL_SECOND
            | SyntaxKind::COLLATION_REF
            | SyntaxKind::JSON_RETURNING_CLAUSE
    )
}

/// Words that say how, and names of what an expression makes.
fn is_word(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::PARAM_NAME_REF
            | SyntaxKind::EXTRACT_FIELD_NAME
            | SyntaxKind::EXTRACT_FIELD_LITERAL
            | SyntaxKind::TRIM_BOTH
            | SyntaxKind::TRIM_LEADING
            | SyntaxKind::TRIM_TRAILING
            | SyntaxKind::SORT_ASC
            | SyntaxKind::SORT_DESC
            | SyntaxKind::NULLS_FIRST
            | SyntaxKind::NULLS_LAST
            | SyntaxKind::ALL
            | SyntaxKind::DISTINCT
            | SyntaxKind::COLUMN_NAME
            | SyntaxKind::COLUMN_NAME_REF
            | SyntaxKind::FIELD_ACCESSOR
            | SyntaxKind::JSON_FORMAT_CLAUSE
            | SyntaxKind::JSON_ABSENT_ON_NULL
            | SyntaxKind::JSON_NULL_ON_NULL
            | SyntaxKind::JSON_WITH_UNIQUE_KEYS
            | SyntaxKind::JSON_WITHOUT_UNIQUE_KEYS
            | SyntaxKind::JSON_WITH_CONDITIONAL_WRAPPER
            | SyntaxKind::JSON_WITH_UNCONDITIONAL_WRAPPER
            | SyntaxKind::JSON_WITHOUT_WRAPPER
            | SyntaxKind::JSON_QUOTES_CLAUSE
            | SyntaxKind::JSON_BEHAVIOR_ERROR
            | SyntaxKind::JSON_BEHAVIOR_NULL
            | SyntaxKind::JSON_BEHAVIOR_TRUE
            | SyntaxKind::JSON_BEHAVIOR_FALSE
            | SyntaxKind::JSON_BEHAVIOR_UNKNOWN
            | SyntaxKind::JSON_BEHAVIOR_EMPTY_ARRAY
            | SyntaxKind::JSON_BEHAVIOR_EMPTY_OBJECT
            | SyntaxKind::JSON_VARIABLE_NAME
            | SyntaxKind::JSON_PATH_NAME_CLAUSE
            | SyntaxKind::JSON_TABLE_PLAN_CLAUSE
            | SyntaxKind::XML_ATTR
            | SyntaxKind::XML_CONTENT
            | SyntaxKind::XML_DOCUMENT
            | SyntaxKind::XML_NAMESPACE_PREFIX
            | SyntaxKind::XML_PASSING_MECH_BY_REF
            | SyntaxKind::XML_PASSING_MECH_BY_VALUE
            | SyntaxKind::XML_PI_TARGET
            | SyntaxKind::XML_VERSION_NO_VALUE
            | SyntaxKind::ELEMENT_TAG
            | SyntaxKind::INDENT
            | SyntaxKind::NO_INDENT
            | SyntaxKind::PRESERVE_WHITESPACE
            | SyntaxKind::STRIP_WHITESPACE
            | SyntaxKind::STANDALONE_YES
            | SyntaxKind::STANDALONE_NO
            | SyntaxKind::STANDALONE_NO_VALUE
            | SyntaxKind::OPTION_NOT_NULL
            | SyntaxKind::OPTION_NULL
    )
}

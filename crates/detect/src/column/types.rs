//! Which tags a PostgreSQL type can hold at all.

/// A family of types that can hold the same kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Boolean,
    /// Integers, `numeric`, floats, `money`.
    Number,
    /// Dates and timestamps.
    Date,
    /// Times of day, intervals, geometry without a person in it.
    Nothing,
    Inet,
    MacAddress,
    Bytes,
    Uuid,
    /// Character types, documents, domains, enums and everything unknown.
    Any,
}

impl Class {
    /// The class of a type by its SQL or catalog name; `text[]` and `_text` are as `text`.
    pub(super) fn of(type_name: &str) -> Class {
        let bare = type_name
            .trim()
            .trim_start_matches("pg_catalog.")
            .trim_start_matches('_');
        let end = bare.find(['(', '[']).unwrap_or(bare.len());
        let word = bare.get(..end).unwrap_or_default().trim();
        let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
        if is(&["bool", "boolean"]) {
            Class::Boolean
        } else if is(NUMBERS) {
            Class::Number
        } else if is(DATES) || word.to_ascii_lowercase().starts_with("timestamp") {
            Class::Date
        } else if is(&[
            "time", "timetz", "interval", "oid", "xid", "tsvector", "tsquery",
        ]) {
            Class::Nothing
        } else if is(&["inet", "cidr"]) {
            Class::Inet
        } else if is(&["macaddr", "macaddr8"]) {
            Class::MacAddress
        } else if is(&["bytea"]) {
            Class::Bytes
        } else if is(&["uuid"]) {
            Class::Uuid
        } else {
            Class::Any
        }
    }

    /// Whether a column of this class can hold values of `tag`.
    pub(super) fn can_hold(self, tag: &str) -> bool {
        match self {
            Class::Any => true,
            Class::Boolean | Class::Nothing => false,
            Class::Number => NUMERIC_TAGS.contains(&tag),
            Class::Date => tag == "pii.birth_date",
            Class::Inet => tag == "pii.ip",
            Class::MacAddress => tag == "pii.mac",
            Class::Bytes => tag.starts_with("secret.") || tag == "pii.health",
            Class::Uuid => tag == "secret.token" || tag == "secret.key",
        }
    }

    /// The tag of a class whose every value is of one kind, whatever the column is called.
    pub(super) fn tag_by_itself(self) -> Option<&'static str> {
        match self {
            Class::Inet => Some("pii.ip"),
            Class::MacAddress => Some("pii.mac"),
            Class::Boolean | Class::Number | Class::Date | Class::Nothing => None,
            Class::Bytes | Class::Uuid | Class::Any => None,
        }
    }

    /// The word given as evidence when the type decided.
    pub(super) fn word(self) -> &'static str {
        match self {
            Class::Inet => "inet",
            Class::MacAddress => "macaddr",
            Class::Boolean | Class::Number | Class::Date | Class::Nothing => "",
            Class::Bytes | Class::Uuid | Class::Any => "",
        }
    }
}

#[rustfmt::skip] // Rows in lines, not one a line.
const NUMBERS: &[&str] = &[
    "int2", "int4", "int8", "smallint", "integer", "int", "bigint", "smallserial", "serial",
    "bigserial", "numeric", "decimal", "float4", "float8", "real", "double precision", "money",
];

const DATES: &[&str] = &["date", "daterange"];

#[rustfmt::skip] // Rows in lines, not one a line.
const NUMERIC_TAGS: &[&str] = &[
    "pii.phone", "pii.ssn", "pii.national_id", "pii.postal_code", "pii.location", "pii.birth_date",
    "pii.gender", "pii.demographic", "pii.health", "pii.card", "pii.card_security",
    "pii.bank_account", "pii.ip", "secret.password", "business.salary",
];

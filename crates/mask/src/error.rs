//! What can go wrong: in the rows of a COPY and where operators are chosen. A cell always has a
//! fallback.

use thiserror::Error;

/// Why an operator cannot be had, or the rows of a COPY cannot be masked; nothing of the row was
/// written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MaskError {
    /// An operator has no form for a type.
    #[error("operator `{operator}` has no form for type `{shape}`; use {instead}")]
    OperatorType {
        /// The operator's name in configuration.
        operator: &'static str,
        /// The type's name.
        shape: &'static str,
        /// What to use in its place.
        instead: &'static str,
    },
    /// An operator's result does not fit into the column.
    #[error(
        "operator `{operator}` needs {needed} characters, the column has {found}; use {instead}"
    )]
    OperatorLength {
        /// The operator's name in configuration.
        operator: &'static str,
        /// Characters that it needs.
        needed: usize,
        /// Characters that the column has.
        found: usize,
        /// What to use in its place.
        instead: &'static str,
    },
    /// FF1 on fewer than a million values can be undone by trying them (NIST SP 800-38G Rev. 1,
    /// section 5.2).
    #[error(
        "operator `fpe` needs a domain of at least 1000000 values, the column has fewer; use `token`"
    )]
    SmallDomain,
    /// A parameter of an operator is out of its range.
    #[error("operator `{operator}` needs {parameter} from {least} to {most}")]
    OperatorParameter {
        /// The operator's name in configuration.
        operator: &'static str,
        /// Which parameter.
        parameter: &'static str,
        /// Its least value.
        least: u32,
        /// Its greatest value.
        most: u32,
    },
    /// A word of a configuration names no operator, or is not of the form of one.
    #[error(
        "not an operator such as `token` or `mask(last = 4)`; there are null, default, redact, \
         partial, pseudonym, mask, mask_email, mask_card, mask_ip, mask_phone, mask_url, \
         mask_secret, hash, token, fpe, noise, date_shift, generalize, encrypt"
    )]
    OperatorWord,
    /// A setting of an operator is missing, unknown, or not a value of its kind.
    #[error("operator `{operator}` has a setting that is missing, unknown or not of its kind")]
    OperatorSetting {
        /// The operator's name in configuration.
        operator: &'static str,
    },
    /// A path of JSON is not one of names, wildcards and descendants.
    #[error("json path is not of the form `$.name[*]..name`")]
    JsonPath,
    /// What should be revealed was not made by an operator that can be undone, under this key.
    #[error("value was not made under this key by `encrypt` or `fpe`")]
    NotRevealed,
    /// Delimiter, quote and escape must be three plain bytes that PostgreSQL accepts.
    #[error("copy options are not those of a COPY in text or CSV format")]
    CopyOptions,
    /// In text format a value can look exactly like this null string, so that NULL and the value
    /// cannot be told apart.
    #[error("null string of the copy can be mistaken for a value of a protected column")]
    AmbiguousNull,
    /// A row has another number of columns than announced.
    #[error("copy row has {found} columns, expected {expected}")]
    ColumnCount {
        /// Columns that were announced.
        expected: usize,
        /// Columns that the row has.
        found: usize,
    },
    /// A row is longer than [`copy::MAX_ROW`](crate::copy::MAX_ROW).
    #[error("copy row is longer than {limit} bytes")]
    RowTooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The data is not PostgreSQL's binary format, or goes on after its end.
    #[error("copy data is not in the binary format")]
    CopyFraming,
    /// Data in binary format ended before its trailer.
    #[error("copy data ends before its trailer")]
    UnfinishedTuple,
    /// The rows ended inside a quoted value.
    #[error("copy data ends inside a quoted value")]
    UnfinishedQuote,
}

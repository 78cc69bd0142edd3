//! What can go wrong: only in the rows of a COPY, since a cell always has a fallback.

use thiserror::Error;

/// Why the rows of a COPY cannot be masked; nothing of the row was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MaskError {
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

//! What a peer, or a caller of an encoder, got wrong.

use crate::frame::Side;

/// A violation of the protocol by the peer, or a message that cannot be written.
///
/// After any of these the stream has no known position any more: the connection must be closed.
/// No variant carries a value from a result row or a secret, so the text is safe to log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The type byte is none that this side may send.
    #[error("unknown {side} message type {tag:#04x}")]
    UnknownTag {
        /// Who sent it.
        side: Side,
        /// The byte in place of a type.
        tag: u8,
    },
    /// A length field is smaller than the least that its message can have.
    #[error("{what} declares a length of {length}, expected at least {least}")]
    ShortLength {
        /// The message.
        what: &'static str,
        /// The declared length in bytes, itself included.
        length: usize,
        /// The least length in bytes, itself included.
        least: usize,
    },
    /// A length or count is over its limit.
    #[error("{what} has a length of {length}, over the limit of {limit}")]
    TooLong {
        /// The message or field.
        what: &'static str,
        /// The length in bytes (for counts: in items).
        length: usize,
        /// The limit in the same unit.
        limit: usize,
    },
    /// The message ends inside a field.
    #[error("message ends inside a field: {needed} bytes expected, {left} left")]
    Truncated {
        /// Bytes that the field needs.
        needed: usize,
        /// Bytes that the message still has.
        left: usize,
    },
    /// Bytes follow the last field.
    #[error("{count} bytes follow the last field of the message")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// A string has no NUL at its end.
    #[error("a string is not terminated")]
    Unterminated,
    /// A string that is to be written holds a NUL, which would end it early.
    #[error("a string to be sent holds a NUL byte")]
    NulInText,
    /// A startup parameter is not valid UTF-8.
    #[error("a startup parameter is not valid UTF-8")]
    NotUtf8,
    /// A value's length is negative and is not -1 (NULL).
    #[error("a value declares a length of {length}, expected -1 or more")]
    NegativeLength {
        /// The declared length.
        length: i32,
    },
    /// Describe or Close names neither a statement nor a portal.
    #[error("unknown target {target:#04x}, expected `S` or `P`")]
    UnknownTarget {
        /// The byte in place of the target.
        target: u8,
    },
    /// ReadyForQuery carries an unknown transaction status.
    #[error("unknown transaction status {status:#04x}, expected `I`, `T` or `E`")]
    UnknownStatus {
        /// The byte in place of the status.
        status: u8,
    },
    /// A COPY response has a format that is neither text (0) nor binary (1).
    #[error("unknown copy format {format}, expected 0 or 1")]
    UnknownCopyFormat {
        /// The byte in place of the format.
        format: u8,
    },
    /// The startup packet asks for a protocol other than 3.x.
    #[error("unsupported protocol {major}.{minor}, expected 3.0 to 3.2")]
    UnsupportedVersion {
        /// The major version asked for.
        major: u16,
        /// The minor version asked for.
        minor: u16,
    },
    /// A startup parameter is given twice, so that it is unclear which one counts.
    #[error("startup parameter `{name}` is given twice")]
    DuplicateParameter {
        /// Its name.
        name: String,
    },
    /// A row was declared with one number of columns and written with another.
    #[error("{written} cells written to a row of {declared} columns")]
    CellCount {
        /// The number of columns declared at its start.
        declared: usize,
        /// The number of cells written, counting the refused one.
        written: usize,
    },
}

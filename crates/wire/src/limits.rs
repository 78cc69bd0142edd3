//! How long a frame of each type may be.

use crate::frame::Side;
use crate::{backend, frontend};

/// Longest message that PostgreSQL itself can build or read (`MaxAllocSize` is 1 GiB - 1), so
/// that nothing longer can be honest; also far from the wrap of the 32-bit length.
pub const MAX_MESSAGE_LEN: usize = 0x3FFF_FFFF;

/// Longest short message that PostgreSQL reads from a client (`PQ_SMALL_MESSAGE_LIMIT`).
pub const SMALL_LEN: usize = 10_000;

/// Longest authentication message (`PG_MAX_AUTH_TOKEN_LENGTH`): tokens fit, floods do not.
pub const AUTHENTICATION_LEN: usize = 65_535;

/// Longest statement that is held for a verdict: above any statement that people or
/// migration tools write, small enough that a thousand sessions fit into memory.
pub const HELD_LEN: usize = 16 * 1024 * 1024;

/// Longest description of results: 1664 columns (`MaxTupleAttributeNumber`) of 63-byte names take
/// 137 kB, 65,535 parameter types take 262 kB.
pub const METADATA_LEN: usize = 1024 * 1024;

/// Longest error, notice or notification: errors quote the value that they complain about, which
/// may be large; held like a statement.
pub const REPORT_LEN: usize = HELD_LEN;

/// The limit of each class of messages, in bytes of the length field (which counts itself, not
/// the type byte).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// Query, Parse, FunctionCall and CopyFail.
    pub held: usize,
    /// Close, Describe, Execute, Flush, Sync, Terminate and CopyDone from a client.
    pub small: usize,
    /// Passwords and SASL messages, both directions.
    pub authentication: usize,
    /// RowDescription, ParameterDescription and all other short messages of a server.
    pub metadata: usize,
    /// ErrorResponse, NoticeResponse and NotificationResponse.
    pub reports: usize,
    /// DataRow, Bind and CopyData of both directions: these need not be held whole.
    pub streamed: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            held: HELD_LEN,
            small: SMALL_LEN,
            authentication: AUTHENTICATION_LEN,
            metadata: METADATA_LEN,
            reports: REPORT_LEN,
            streamed: MAX_MESSAGE_LEN,
        }
    }
}

/// The limits of all message types, looked up by type byte. About 2 kB: make one, pass it by
/// reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    // Zero for a type that this side may not send.
    frontend: [u32; 256],
    backend: [u32; 256],
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(&Sizes::default())
    }
}

impl Limits {
    /// Limits from sizes. A size over [`MAX_MESSAGE_LEN`] counts as that.
    pub fn new(sizes: &Sizes) -> Self {
        Self {
            frontend: table(|tag| frontend::class(tag).map(|class| sizes.of(class))),
            backend: table(|tag| backend::class(tag).map(|class| sizes.of(class))),
        }
    }

    /// The longest length field that a message of this type may have; `None` for a type that this
    /// side may not send.
    pub fn of(&self, side: Side, tag: u8) -> Option<usize> {
        let limit = self.raw(side, tag);
        usize::try_from(limit).ok().filter(|&limit| limit > 0)
    }

    /// As [`Limits::of`], with 0 for a type that this side may not send.
    #[inline]
    pub(crate) fn raw(&self, side: Side, tag: u8) -> u32 {
        let table = match side {
            Side::Frontend => &self.frontend,
            Side::Backend => &self.backend,
        };
        table.get(usize::from(tag)).copied().unwrap_or(0)
    }
}

/// What a message is held for, which decides its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Held,
    Small,
    Authentication,
    Metadata,
    Report,
    Streamed,
}

impl Sizes {
    fn of(&self, class: Class) -> u32 {
        let size = match class {
            Class::Held => self.held,
            Class::Small => self.small,
            Class::Authentication => self.authentication,
            Class::Metadata => self.metadata,
            Class::Report => self.reports,
            Class::Streamed => self.streamed,
        };
        u32::try_from(size.min(MAX_MESSAGE_LEN)).unwrap_or(u32::MAX)
    }
}

fn table(limit: impl Fn(u8) -> Option<u32>) -> [u32; 256] {
    let mut table = [0; 256];
    for (tag, entry) in (0..=u8::MAX).zip(table.iter_mut()) {
        *entry = limit(tag).unwrap_or(0);
    }
    table
}

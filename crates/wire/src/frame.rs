//! Finds whole frames by their headers.
//!
//! A frame is one type byte, a 32-bit length that counts itself and the body, and the body
//! (PostgreSQL documentation, "Message Formats"). Nothing here looks into a body, so the same
//! bytes give the same frames however the stream is split.

use std::fmt;

use crate::{WireError, backend, frontend};

pub use crate::limits::{
    AUTHENTICATION_LEN, HELD_LEN, Limits, MAX_MESSAGE_LEN, METADATA_LEN, REPORT_LEN, SMALL_LEN,
    Sizes,
};

/// Bytes of a header: the type and the length.
pub const HEADER_LEN: usize = 5;

/// The length field counts itself.
const LENGTH_LEN: u32 = 4;

/// Who sends a message; the same type byte means different messages on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The client.
    Frontend,
    /// The server.
    Backend,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Frontend => "frontend",
            Self::Backend => "backend",
        })
    }
}

/// One whole frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The type byte, known to be one that its side may send.
    pub tag: u8,
    /// What follows the length.
    pub body: &'a [u8],
    // INVARIANT: `body` is the tail of `whole` after the header.
    whole: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Header and body, as they came.
    pub const fn whole(&self) -> &'a [u8] {
        self.whole
    }
}

impl fmt::Debug for Frame<'_> {
    /// Type and size only: bodies hold values and secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Frame({:?}, {} bytes)",
            char::from(self.tag),
            self.whole.len()
        )
    }
}

/// What the input begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan<'a> {
    /// A whole frame and the number of input bytes that it takes.
    Frame(Frame<'a>, usize),
    /// Not a whole frame yet.
    Partial {
        /// Bytes needed from the start of the frame: all of it, or [`HEADER_LEN`] while the
        /// header is incomplete.
        needed: usize,
        /// The type, once its byte is there; known to be one that this side may send.
        tag: Option<u8>,
        /// Bytes of the whole frame, once the header is there; known to be within the limit.
        length: Option<usize>,
    },
}

/// Looks for a whole frame at the start of `input`.
///
/// # Errors
/// [`WireError::UnknownTag`], [`WireError::ShortLength`] or [`WireError::TooLong`], as soon as the
/// bytes that show it are there.
#[inline]
pub fn scan<'a>(input: &'a [u8], side: Side, limits: &Limits) -> Result<Scan<'a>, WireError> {
    let Some((header, _)) = input.split_first_chunk::<HEADER_LEN>() else {
        return scan_short(input, side, limits);
    };
    let length = frame_len(*header, side, limits)?;
    let tag = header[0];
    let Some((whole, _)) = input.split_at_checked(length) else {
        return Ok(Scan::Partial {
            needed: length,
            tag: Some(tag),
            length: Some(length),
        });
    };
    let body = whole.get(HEADER_LEN..).unwrap_or_default();
    Ok(Scan::Frame(Frame { tag, body, whole }, length))
}

/// A run of whole frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Run {
    /// Bytes of all of them.
    pub length: usize,
    /// How many they are.
    pub frames: u64,
}

/// The longest prefix of `input` that consists of whole frames of types that `keep` accepts, for a
/// relay that passes such a run untouched.
///
/// The run ends before the first frame that is incomplete, not kept or not valid.
///
/// # Errors
/// As [`scan`], when the very first frame is the invalid one: a violation after a run is found by
/// the call that follows it, so that the result does not depend on how the stream was split.
#[inline]
pub fn run(
    input: &[u8],
    side: Side,
    limits: &Limits,
    keep: impl Fn(u8) -> bool,
) -> Result<Run, WireError> {
    let mut rest = input;
    let mut frames = 0u64;
    while let Some((header, _)) = rest.split_first_chunk::<HEADER_LEN>() {
        if !keep(header[0]) {
            break;
        }
        let length = match frame_len(*header, side, limits) {
            Ok(length) => length,
            Err(violation) if frames == 0 => return Err(violation),
            Err(_) => break,
        };
        let Some((_, tail)) = rest.split_at_checked(length) else {
            break;
        };
        rest = tail;
        frames = frames.saturating_add(1);
    }
    Ok(Run {
        length: input.len().saturating_sub(rest.len()),
        frames,
    })
}

/// Bytes of the whole frame with this header.
#[inline]
fn frame_len(header: [u8; HEADER_LEN], side: Side, limits: &Limits) -> Result<usize, WireError> {
    let [tag, a, b, c, d] = header;
    let length = u32::from_be_bytes([a, b, c, d]);
    let limit = limits.raw(side, tag);
    if length < LENGTH_LEN || length > limit {
        return Err(violation(side, tag, length, limit));
    }
    // One more for the type byte. INVARIANT: `limit` is at most MAX_MESSAGE_LEN, so neither wraps.
    Ok((length as usize).saturating_add(1))
}

#[cold]
fn violation(side: Side, tag: u8, length: u32, limit: u32) -> WireError {
    if limit == 0 {
        return WireError::UnknownTag { side, tag };
    }
    let what = message_name(side, tag);
    let (length, limit) = (length as usize, limit as usize);
    if length < LENGTH_LEN as usize {
        return WireError::ShortLength {
            what,
            length,
            least: LENGTH_LEN as usize,
        };
    }
    WireError::TooLong {
        what,
        length,
        limit,
    }
}

#[cold]
fn scan_short<'a>(input: &[u8], side: Side, limits: &Limits) -> Result<Scan<'a>, WireError> {
    let tag = input.first().copied();
    if let Some(tag) = tag
        && limits.raw(side, tag) == 0
    {
        return Err(WireError::UnknownTag { side, tag });
    }
    Ok(Scan::Partial {
        needed: HEADER_LEN,
        tag,
        length: None,
    })
}

/// The documentation's name for a message type, for errors and logs.
pub const fn message_name(side: Side, tag: u8) -> &'static str {
    match side {
        Side::Frontend => frontend::name(tag),
        Side::Backend => backend::name(tag),
    }
}

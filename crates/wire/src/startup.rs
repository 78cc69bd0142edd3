//! The packets before the first typed message: they have a length and no type byte.
//!
//! PostgreSQL documentation, "Message Formats": SSLRequest, GSSENCRequest, CancelRequest and
//! StartupMessage.

use crate::WireError;
use crate::cursor::Cursor;

/// Longest packet that PostgreSQL reads here (`MAX_STARTUP_PACKET_LENGTH`).
pub const MAX_PACKET_LEN: usize = 10_000;

/// Most parameters of one startup packet. PostgreSQL has about 400 settings and drivers send
/// fewer than ten; the limit keeps the search for duplicates cheap before anybody is known.
pub const MAX_PARAMETERS: usize = 64;

/// Shortest and longest secret of a cancel request (4 bytes in protocol 3.0, up to 256 in 3.2).
pub const SECRET_LEN: std::ops::RangeInclusive<usize> = 4..=256;

/// Prefix of parameters that ask for protocol extensions.
pub const PROTOCOL_OPTION_PREFIX: &str = "_pq_.";

pub(crate) const SSL_REQUEST: u32 = 80_877_103;
pub(crate) const GSSENC_REQUEST: u32 = 80_877_104;
pub(crate) const CANCEL_REQUEST: u32 = 80_877_102;

const LENGTH_LEN: usize = 4;
/// Length and request code or version.
const LEAST_LEN: usize = 8;

/// A protocol version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// 3 since PostgreSQL 7.4.
    pub major: u16,
    /// 0, or 2 since PostgreSQL 18 (3.1 was skipped).
    pub minor: u16,
}

impl Version {
    /// The version that every client of the last twenty years speaks.
    pub const V3_0: Self = Self { major: 3, minor: 0 };
    /// The version with cancel secrets of up to 256 bytes.
    pub const V3_2: Self = Self { major: 3, minor: 2 };

    /// As one number on the wire: major in the upper half.
    pub const fn code(self) -> u32 {
        ((self.major as u32) << 16) | self.minor as u32
    }

    /// From one number on the wire.
    pub const fn from_code(code: u32) -> Self {
        let [a, b, c, d] = code.to_be_bytes();
        Self {
            major: u16::from_be_bytes([a, b]),
            minor: u16::from_be_bytes([c, d]),
        }
    }
}

/// One packet before the first typed message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet<'a> {
    /// The client asks for TLS.
    Ssl,
    /// The client asks for GSSAPI encryption.
    GssEnc,
    /// The client asks to cancel what another connection runs.
    Cancel(CancelRequest<'a>),
    /// The client opens a session.
    Startup(Startup<'a>),
}

/// What the input begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanPacket<'a> {
    /// A whole packet and the number of input bytes that it takes.
    Packet(Packet<'a>, usize),
    /// Not a whole packet yet.
    Partial {
        /// Bytes needed from the start of the packet: all of it, or 4 while its length is
        /// incomplete.
        needed: usize,
    },
}

/// Which session to cancel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CancelRequest<'a> {
    /// The process id that BackendKeyData gave.
    pub process_id: i32,
    /// The secret that BackendKeyData gave, 4 to 256 bytes.
    pub secret: &'a [u8],
}

impl std::fmt::Debug for CancelRequest<'_> {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "CancelRequest({}, {} secret bytes)",
            self.process_id,
            self.secret.len()
        )
    }
}

/// The packet that opens a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Startup<'a> {
    /// Major version 3 with any minor version.
    pub version: Version,
    // INVARIANT: pairs of terminated UTF-8 strings without duplicates, no terminator at the end.
    parameters: &'a [u8],
}

impl<'a> Startup<'a> {
    /// All parameters but those that ask for protocol extensions, in the client's order.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.pairs()
            .filter(|(name, _)| !name.starts_with(PROTOCOL_OPTION_PREFIX))
    }

    /// The parameters whose names begin with `_pq_.`, in the client's order.
    pub fn protocol_options(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.pairs()
            .filter(|(name, _)| name.starts_with(PROTOCOL_OPTION_PREFIX))
    }

    /// The value of one parameter.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        self.pairs()
            .find(|(each, _)| *each == name)
            .map(|(_, value)| value)
    }

    fn pairs(&self) -> Pairs<'a> {
        Pairs(Cursor::new(self.parameters))
    }
}

/// Looks for a whole packet at the start of `input`.
///
/// # Errors
/// [`WireError`] for a length outside 8 ..= [`MAX_PACKET_LEN`] (as soon as it is there), for
/// requests of a wrong length, a protocol other than 3.x, strings that are not UTF-8 or not
/// terminated, duplicates, too many parameters and trailing bytes.
pub fn scan(input: &[u8]) -> Result<ScanPacket<'_>, WireError> {
    let mut cursor = Cursor::new(input);
    let Ok(length) = cursor.u32() else {
        return Ok(ScanPacket::Partial { needed: LENGTH_LEN });
    };
    let length = packet_len(length)?;
    let Some((packet, _)) = input.split_at_checked(length) else {
        return Ok(ScanPacket::Partial { needed: length });
    };
    let mut cursor = Cursor::new(packet);
    cursor.u32()?;
    Ok(ScanPacket::Packet(decode(cursor)?, length))
}

fn packet_len(length: u32) -> Result<usize, WireError> {
    let length = length as usize;
    if length < LEAST_LEN {
        return Err(WireError::ShortLength {
            what: "startup packet",
            length,
            least: LEAST_LEN,
        });
    }
    if length > MAX_PACKET_LEN {
        return Err(WireError::TooLong {
            what: "startup packet",
            length,
            limit: MAX_PACKET_LEN,
        });
    }
    Ok(length)
}

fn decode(mut cursor: Cursor<'_>) -> Result<Packet<'_>, WireError> {
    match cursor.u32()? {
        SSL_REQUEST => cursor.finish().map(|()| Packet::Ssl),
        GSSENC_REQUEST => cursor.finish().map(|()| Packet::GssEnc),
        CANCEL_REQUEST => cancel(cursor).map(Packet::Cancel),
        code => startup(Version::from_code(code), cursor).map(Packet::Startup),
    }
}

fn cancel(mut cursor: Cursor<'_>) -> Result<CancelRequest<'_>, WireError> {
    let process_id = cursor.i32()?;
    let secret = cursor.rest();
    check_secret(secret)?;
    Ok(CancelRequest { process_id, secret })
}

/// Refuses a cancel secret of a length that no protocol version has.
pub(crate) fn check_secret(secret: &[u8]) -> Result<(), WireError> {
    let length = secret.len();
    if length < *SECRET_LEN.start() {
        return Err(WireError::ShortLength {
            what: "cancel secret",
            length,
            least: *SECRET_LEN.start(),
        });
    }
    if length > *SECRET_LEN.end() {
        return Err(WireError::TooLong {
            what: "cancel secret",
            length,
            limit: *SECRET_LEN.end(),
        });
    }
    Ok(())
}

fn startup(version: Version, cursor: Cursor<'_>) -> Result<Startup<'_>, WireError> {
    if version.major != Version::V3_0.major {
        let Version { major, minor } = version;
        return Err(WireError::UnsupportedVersion { major, minor });
    }
    let body = cursor.rest();
    let parameters = check_parameters(cursor)?;
    Ok(Startup {
        version,
        parameters: body.get(..parameters).unwrap_or_default(),
    })
}

/// Checks the list of parameters and returns how many bytes it takes without its terminator.
fn check_parameters(mut cursor: Cursor<'_>) -> Result<usize, WireError> {
    let body = cursor.rest();
    let mut count: usize = 0;
    loop {
        let taken = body.len().saturating_sub(cursor.rest().len());
        let name = utf8(cursor.text()?)?;
        if name.is_empty() {
            cursor.finish()?;
            return Ok(taken);
        }
        utf8(cursor.text()?)?;
        count = count.saturating_add(1);
        if count > MAX_PARAMETERS {
            return Err(WireError::TooLong {
                what: "list of startup parameters",
                length: count,
                limit: MAX_PARAMETERS,
            });
        }
        let before = Pairs(Cursor::new(body.get(..taken).unwrap_or_default()));
        refuse_duplicate(before, name)?;
    }
}

fn refuse_duplicate(mut before: Pairs<'_>, name: &str) -> Result<(), WireError> {
    if before.any(|(earlier, _)| earlier == name) {
        return Err(WireError::DuplicateParameter {
            name: name.to_owned(),
        });
    }
    Ok(())
}

fn utf8(text: &[u8]) -> Result<&str, WireError> {
    std::str::from_utf8(text).map_err(|_| WireError::NotUtf8)
}

/// Pairs of strings that were checked before.
#[derive(Debug, Clone)]
struct Pairs<'a>(Cursor<'a>);

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let name = utf8(self.0.text().ok()?).ok()?;
        let value = utf8(self.0.text().ok()?).ok()?;
        Some((name, value))
    }
}

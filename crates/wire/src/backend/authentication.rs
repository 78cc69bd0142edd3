//! Authentication requests, which share one type byte and differ by a code.

use std::fmt;

use crate::WireError;
use crate::cursor::Cursor;

/// An authentication request, or that authentication is complete.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Authentication<'a> {
    /// Authentication is complete.
    Ok,
    /// The password in clear is asked for.
    CleartextPassword,
    /// An MD5 of the password is asked for.
    Md5 {
        /// What to salt it with.
        salt: [u8; 4],
    },
    /// One of these SASL mechanisms is asked for.
    Sasl {
        /// The mechanisms, in the server's order of preference.
        mechanisms: Mechanisms<'a>,
    },
    /// The next data of a SASL exchange.
    SaslContinue(&'a [u8]),
    /// The last data of a SASL exchange.
    SaslFinal(&'a [u8]),
    /// Any other code (Kerberos, GSSAPI, SSPI), which this crate does not read further.
    Other(i32),
}

impl<'a> Authentication<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        Ok(match cursor.i32()? {
            0 => Self::Ok,
            3 => Self::CleartextPassword,
            5 => Self::Md5 {
                salt: cursor.u32()?.to_be_bytes(),
            },
            10 => Self::Sasl {
                mechanisms: Mechanisms::read(cursor)?,
            },
            11 => Self::SaslContinue(cursor.take_rest()),
            12 => Self::SaslFinal(cursor.take_rest()),
            code => {
                cursor.take_rest();
                Self::Other(code)
            }
        })
    }
}

impl fmt::Debug for Authentication<'_> {
    /// Without salts and data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("Ok"),
            Self::CleartextPassword => f.write_str("CleartextPassword"),
            Self::Md5 { .. } => f.write_str("Md5"),
            Self::Sasl { mechanisms } => write!(f, "Sasl({mechanisms:?})"),
            Self::SaslContinue(_) => f.write_str("SaslContinue"),
            Self::SaslFinal(_) => f.write_str("SaslFinal"),
            Self::Other(code) => write!(f, "Other({code})"),
        }
    }
}

/// Names of SASL mechanisms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Mechanisms<'a> {
    // INVARIANT: terminated strings, none of them empty, no terminator at the end.
    names: &'a [u8],
}

impl<'a> Mechanisms<'a> {
    /// Each name in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut cursor = Cursor::new(self.names);
        std::iter::from_fn(move || cursor.text().ok())
    }

    fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        let start = cursor.rest();
        loop {
            let taken = start.len().saturating_sub(cursor.rest().len());
            if cursor.text()?.is_empty() {
                return Ok(Self {
                    names: start.get(..taken).unwrap_or_default(),
                });
            }
        }
    }
}

impl fmt::Debug for Mechanisms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|name| name.escape_ascii().to_string()))
            .finish()
    }
}

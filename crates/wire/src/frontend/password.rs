//! The answers to authentication requests, which share one type byte: what was asked decides
//! which one it is.

use std::fmt;

use crate::WireError;
use crate::cursor::Cursor;

/// A message of type `p`. Look at it as what was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Password<'a> {
    body: &'a [u8],
}

impl<'a> Password<'a> {
    pub(crate) const fn new(body: &'a [u8]) -> Self {
        Self { body }
    }

    /// PasswordMessage: the password without its NUL.
    ///
    /// # Errors
    /// [`WireError`] if it is not one terminated string.
    pub fn cleartext(&self) -> Result<&'a [u8], WireError> {
        let mut cursor = Cursor::new(self.body);
        let password = cursor.text()?;
        cursor.finish()?;
        Ok(password)
    }

    /// SASLInitialResponse: the mechanism and the first data.
    ///
    /// # Errors
    /// [`WireError`] if the lengths do not agree with the body.
    pub fn sasl_initial(&self) -> Result<SaslInitialResponse<'a>, WireError> {
        let mut cursor = Cursor::new(self.body);
        let response = SaslInitialResponse {
            mechanism: cursor.text()?,
            data: cursor.value()?,
        };
        cursor.finish()?;
        Ok(response)
    }

    /// SASLResponse: the mechanism's data, which is the whole body.
    pub const fn sasl_response(&self) -> &'a [u8] {
        self.body
    }
}

impl fmt::Debug for Password<'_> {
    /// Without the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// The first answer of a SASL exchange.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SaslInitialResponse<'a> {
    /// The mechanism that the client chose.
    pub mechanism: &'a [u8],
    /// Its first data, if it sends any.
    pub data: Option<&'a [u8]>,
}

impl fmt::Debug for SaslInitialResponse<'_> {
    /// Without the data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SaslInitialResponse({})", self.mechanism.escape_ascii())
    }
}

//! The fields of errors and notices.

use std::fmt;

use crate::WireError;
use crate::cursor::Cursor;

/// The fields of an ErrorResponse or NoticeResponse. No field is certain to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReportFields<'a> {
    // INVARIANT: code bytes that are not 0, each with a terminated string; no terminator.
    fields: &'a [u8],
}

impl<'a> ReportFields<'a> {
    /// Each field in order: its code (documentation, "Error and Notice Message Fields") and text.
    pub fn fields(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let mut cursor = Cursor::new(self.fields);
        std::iter::from_fn(move || Some((cursor.u8().ok()?, cursor.text().ok()?)))
    }

    /// The first field with this code.
    pub fn field(&self, code: u8) -> Option<&'a [u8]> {
        self.fields()
            .find(|(each, _)| *each == code)
            .map(|(_, text)| text)
    }

    /// The SQLSTATE, which is five characters from an honest server.
    pub fn sqlstate(&self) -> Option<&'a [u8]> {
        self.field(b'C')
    }

    /// The severity: the one that is not translated (since PostgreSQL 9.6), else the other.
    pub fn severity(&self) -> Option<&'a [u8]> {
        self.field(b'V').or_else(|| self.field(b'S'))
    }

    /// The primary message.
    pub fn message(&self) -> Option<&'a [u8]> {
        self.field(b'M')
    }

    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        let start = cursor.rest();
        loop {
            let taken = start.len().saturating_sub(cursor.rest().len());
            if cursor.u8()? == 0 {
                return Ok(Self {
                    fields: start.get(..taken).unwrap_or_default(),
                });
            }
            cursor.text()?;
        }
    }
}

impl fmt::Debug for ReportFields<'_> {
    /// The SQLSTATE only: texts quote values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ReportFields({})",
            self.sqlstate().unwrap_or_default().escape_ascii()
        )
    }
}

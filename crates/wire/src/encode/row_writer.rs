//! Rows that are written cell by cell.

use bytes::{BufMut, BytesMut};

use super::{count_of, length_of, patch, put_value};
use crate::WireError;
use crate::backend::tag;

/// Writes one DataRow cell by cell. A row that is dropped before [`RowWriter::finish`] leaves the
/// buffer as it was, so a half row can never be sent. To change few cells of a row that came, use
/// [`super::RowEdit`].
#[derive(Debug)]
pub struct RowWriter<'a> {
    out: &'a mut BytesMut,
    /// Where the row starts in `out`; its end when the row is finished.
    keep: usize,
    columns: u16,
    written: u16,
}

impl<'a> RowWriter<'a> {
    /// Begins a row.
    ///
    /// # Errors
    /// [`WireError::TooLong`] for more than 65,535 columns.
    #[inline]
    pub fn new(out: &'a mut BytesMut, columns: usize) -> Result<Self, WireError> {
        let columns = count_of("list of cells", columns)?;
        let keep = out.len();
        out.put_u8(tag::DATA_ROW);
        out.put_u32(0);
        out.put_u16(columns);
        Ok(Self {
            out,
            keep,
            columns,
            written: 0,
        })
    }

    /// Writes a cell as it is; `None` for NULL.
    ///
    /// # Errors
    /// [`WireError::CellCount`] for one cell too many, [`WireError::TooLong`].
    #[inline]
    pub fn copy(&mut self, cell: Option<&[u8]>) -> Result<(), WireError> {
        let written = self.next()?;
        // Refuses before it writes, so that a refused cell leaves nothing.
        put_value(self.out, cell)?;
        self.written = written;
        Ok(())
    }

    /// Writes NULL.
    ///
    /// # Errors
    /// [`WireError::CellCount`] for one cell too many.
    #[inline]
    pub fn null(&mut self) -> Result<(), WireError> {
        self.copy(None)
    }

    /// Writes a cell of what `write` appends to the buffer, whose earlier bytes it must leave
    /// alone.
    ///
    /// # Errors
    /// [`WireError::CellCount`] for one cell too many, [`WireError::TooLong`].
    #[inline]
    pub fn with(&mut self, write: impl FnOnce(&mut BytesMut)) -> Result<(), WireError> {
        let written = self.next()?;
        let at = self.out.len();
        self.out.put_u32(0);
        let start = self.out.len();
        write(self.out);
        let length = length_of("value", self.out.len().saturating_sub(start))
            .inspect_err(|_| self.out.truncate(at))?;
        patch(self.out, at, length.to_be_bytes());
        self.written = written;
        Ok(())
    }

    /// Completes the row.
    ///
    /// # Errors
    /// [`WireError::CellCount`] when cells are missing, [`WireError::TooLong`]; the row is then
    /// taken back.
    #[inline]
    pub fn finish(self) -> Result<(), WireError> {
        if self.written != self.columns {
            return Err(self.miscount(self.written.into()));
        }
        let at = self.keep.saturating_add(1);
        let length = length_of("DataRow", self.out.len().saturating_sub(at))?;
        let mut row = self;
        patch(row.out, at, length.to_be_bytes());
        row.keep = row.out.len();
        Ok(())
    }

    /// The number of cells once the next one is written.
    #[inline]
    fn next(&self) -> Result<u16, WireError> {
        match self.written.checked_add(1) {
            Some(next) if next <= self.columns => Ok(next),
            Some(_) | None => Err(self.miscount(usize::from(self.written).saturating_add(1))),
        }
    }

    #[cold]
    fn miscount(&self, written: usize) -> WireError {
        WireError::CellCount {
            declared: self.columns.into(),
            written,
        }
    }
}

impl Drop for RowWriter<'_> {
    fn drop(&mut self) {
        self.out.truncate(self.keep);
    }
}

//! Rows that are handed on with some of their cells changed.

use bytes::{BufMut, BytesMut};

use super::{length_of, patch, put_value};
use crate::WireError;
use crate::backend::{DataRow, tag};

/// Bytes of a cell's length field.
const LENGTH: usize = 4;

/// Appends a DataRow with some cells changed; runs of cells that are kept are copied whole.
///
/// [`RowEdit::next_cell`] walks the row; [`RowEdit::replace`] and [`RowEdit::null`] change the cell
/// it gave last. A row that is dropped before [`RowEdit::finish`] leaves the buffer as it was, so a
/// half row can never be sent.
#[derive(Debug)]
pub struct RowEdit<'o, 'r> {
    out: &'o mut BytesMut,
    /// Where the row starts in `out`; its end when the row is finished.
    keep: usize,
    cells: &'r [u8],
    declared: usize,
    left: usize,
    /// Bytes of `cells` before this are in `out`.
    copied: usize,
    /// Where the cell given last starts, with its length field, and where it ends.
    cell: usize,
    next: usize,
}

impl<'o, 'r> RowEdit<'o, 'r> {
    /// Begins the copy of a row.
    ///
    /// # Errors
    /// [`WireError::TooLong`] for more than 65,535 columns.
    #[inline]
    pub fn new(out: &'o mut BytesMut, row: &DataRow<'r>) -> Result<Self, WireError> {
        let columns = super::count_of("list of cells", row.len())?;
        let keep = out.len();
        out.put_u8(tag::DATA_ROW);
        out.put_u32(0);
        out.put_u16(columns);
        Ok(Self {
            out,
            keep,
            cells: row.raw_cells(),
            declared: row.len(),
            left: row.len(),
            copied: 0,
            cell: 0,
            next: 0,
        })
    }

    /// The next cell, `Some(None)` for NULL; `None` after the last.
    ///
    /// # Errors
    /// [`WireError::Truncated`], [`WireError::NegativeLength`], [`WireError::TrailingBytes`].
    #[inline]
    pub fn next_cell(&mut self) -> Result<Option<Option<&'r [u8]>>, WireError> {
        let rest = self.cells.get(self.next..).unwrap_or_default();
        let Some(left) = self.left.checked_sub(1) else {
            return match rest.len() {
                0 => Ok(None),
                count => Err(WireError::TrailingBytes { count }),
            };
        };
        let mut cursor = crate::cursor::Cursor::new(rest);
        let value = cursor.value()?;
        self.left = left;
        self.cell = self.next;
        self.next = self
            .next
            .saturating_add(LENGTH)
            .saturating_add(value.map_or(0, <[u8]>::len));
        Ok(Some(value))
    }

    /// Puts these bytes in the place of the cell that was given last.
    ///
    /// # Errors
    /// [`WireError::TooLong`].
    #[inline]
    pub fn replace(&mut self, value: &[u8]) -> Result<(), WireError> {
        self.change(Some(value))
    }

    /// Puts NULL in the place of the cell that was given last.
    ///
    /// # Errors
    /// None in practice; the type is that of [`RowEdit::replace`].
    #[inline]
    pub fn null(&mut self) -> Result<(), WireError> {
        self.change(None)
    }

    /// Completes the row.
    ///
    /// # Errors
    /// [`WireError::CellCount`] when cells were not looked at, [`WireError::TooLong`]; the row is
    /// then taken back.
    #[inline]
    pub fn finish(mut self) -> Result<(), WireError> {
        if self.left > 0 {
            let written = self.declared.saturating_sub(self.left);
            return Err(WireError::CellCount {
                declared: self.declared,
                written,
            });
        }
        self.copy_until(self.cells.len());
        let at = self.keep.saturating_add(1);
        let length = length_of("DataRow", self.out.len().saturating_sub(at))?;
        patch(self.out, at, length.to_be_bytes());
        self.keep = self.out.len();
        Ok(())
    }

    #[inline]
    fn change(&mut self, value: Option<&[u8]>) -> Result<(), WireError> {
        self.copy_until(self.cell);
        self.copied = self.next;
        put_value(self.out, value)
    }

    #[inline]
    fn copy_until(&mut self, end: usize) {
        let run = self.cells.get(self.copied..end).unwrap_or_default();
        self.out.extend_from_slice(run);
        self.copied = end;
    }
}

impl Drop for RowEdit<'_, '_> {
    fn drop(&mut self) {
        self.out.truncate(self.keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(cells: &[Option<Vec<u8>>]) -> BytesMut {
        let mut out = BytesMut::new();
        super::super::data_row(&mut out, cells.iter().map(Option::as_deref)).unwrap();
        out
    }

    proptest! {
        /// An edited row is the row that would have been written with the changed cells.
        #[test]
        fn equals_a_row_written_anew(
            cells in proptest::collection::vec(
                (proptest::option::of(proptest::collection::vec(any::<u8>(), 0..9)), 0u8..3), 0..9),
        ) {
            let before: Vec<_> = cells.iter().map(|(cell, _)| cell.clone()).collect();
            let after: Vec<_> = cells.iter().map(|(cell, change)| match change {
                0 => cell.clone(),
                1 => Some(b"changed".to_vec()),
                _ => None,
            }).collect();
            let frame = body(&before);
            let row = DataRow::new(&frame[5..]).unwrap();
            let mut out = BytesMut::from(&b"before"[..]);
            let mut edit = RowEdit::new(&mut out, &row).unwrap();
            for (_, change) in &cells {
                edit.next_cell().unwrap().unwrap();
                match change {
                    0 => {}
                    1 => edit.replace(b"changed").unwrap(),
                    _ => edit.null().unwrap(),
                }
            }
            prop_assert_eq!(edit.next_cell(), Ok(None));
            edit.finish().unwrap();
            prop_assert_eq!(&out[6..], &body(&after)[..]);
        }

        /// Whatever the bytes, a row that is not whole leaves nothing behind.
        #[test]
        fn a_broken_row_is_taken_back(bytes in proptest::collection::vec(any::<u8>(), 2..40)) {
            let row = DataRow::new(&bytes).unwrap();
            let mut out = BytesMut::new();
            let mut edit = RowEdit::new(&mut out, &row).unwrap();
            let result = loop {
                match edit.next_cell() {
                    Ok(Some(_)) => {}
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            if result.is_ok() {
                edit.finish().unwrap();
                prop_assert_eq!(&out[5..], &bytes[..]);
            } else {
                drop(edit);
                prop_assert!(out.is_empty());
            }
        }
    }
}

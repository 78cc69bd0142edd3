//! The description of a result, and its rows.

use std::fmt;

use crate::WireError;
use crate::cursor::Cursor;

/// The columns of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowDescription<'a> {
    count: usize,
    // INVARIANT: exactly `count` fields.
    fields: &'a [u8],
}

impl<'a> RowDescription<'a> {
    /// How many columns.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Each column in order.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let mut cursor = Cursor::new(self.fields);
        std::iter::from_fn(move || Field::read(&mut cursor).ok())
    }

    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        let count = usize::from(cursor.u16()?);
        let start = cursor.rest();
        for _ in 0..count {
            Field::read(cursor)?;
        }
        let taken = start.len().saturating_sub(cursor.rest().len());
        Ok(Self {
            count,
            fields: start.get(..taken).unwrap_or_default(),
        })
    }
}

/// One column of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name in the result.
    pub name: &'a [u8],
    /// OID of the relation that it comes from; 0 when it is computed.
    pub table: u32,
    /// Attribute number in that relation; 0 when it is computed.
    pub column: i16,
    /// OID of its type.
    pub type_oid: u32,
    /// `pg_type.typlen`; negative for types of variable width.
    pub type_size: i16,
    /// `pg_attribute.atttypmod`; -1 for none.
    pub type_modifier: i32,
    /// 0 for text, 1 for binary; 0 also when it is not known yet (Describe of a statement).
    pub format: i16,
}

impl<'a> Field<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        Ok(Self {
            name: cursor.text()?,
            table: cursor.u32()?,
            column: cursor.i16()?,
            type_oid: cursor.u32()?,
            type_size: cursor.i16()?,
            type_modifier: cursor.i32()?,
            format: cursor.i16()?,
        })
    }
}

/// One row of a result, whose cells are checked as they are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DataRow<'a> {
    columns: usize,
    cells: &'a [u8],
}

impl<'a> DataRow<'a> {
    /// The view of a DataRow's body.
    ///
    /// # Errors
    /// [`WireError::Truncated`] if there is no column count.
    #[inline]
    pub fn new(body: &'a [u8]) -> Result<Self, WireError> {
        let mut cursor = Cursor::new(body);
        let columns = usize::from(cursor.u16()?);
        Ok(Self {
            columns,
            cells: cursor.rest(),
        })
    }

    /// How many columns it declares.
    pub const fn len(&self) -> usize {
        self.columns
    }

    /// Whether it declares none.
    pub const fn is_empty(&self) -> bool {
        self.columns == 0
    }

    /// The bytes of its cells, each with its length before it.
    #[inline]
    pub(crate) const fn raw_cells(&self) -> &'a [u8] {
        self.cells
    }

    /// Each cell in order; `None` for NULL. Read it to its end: bytes after the last cell come as
    /// one more item, an error.
    #[inline]
    pub const fn cells(&self) -> Cells<'a> {
        Cells {
            left: self.columns,
            cursor: Cursor::new(self.cells),
        }
    }
}

impl fmt::Debug for DataRow<'_> {
    /// Sizes only: cells hold values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "DataRow({} columns, {} bytes)",
            self.columns,
            self.cells.len()
        )
    }
}

/// The cells of a row. Ends after its first error.
#[derive(Clone)]
pub struct Cells<'a> {
    left: usize,
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Cells<'a> {
    type Item = Result<Option<&'a [u8]>, WireError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let Some(left) = self.left.checked_sub(1) else {
            return self.end();
        };
        self.left = left;
        let cell = self.cursor.value();
        if cell.is_err() {
            self.left = 0;
            self.cursor.take_rest();
        }
        Some(cell)
    }
}

impl Cells<'_> {
    fn end<T>(&mut self) -> Option<Result<T, WireError>> {
        match self.cursor.take_rest().len() {
            0 => None,
            count => Some(Err(WireError::TrailingBytes { count })),
        }
    }
}

impl std::iter::FusedIterator for Cells<'_> {}

impl fmt::Debug for Cells<'_> {
    /// Sizes only: cells hold values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cells({} left)", self.left)
    }
}

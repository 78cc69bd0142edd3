//! Results: their description and their rows.

use bytes::{BufMut, BytesMut};

use super::{count_of, framed, patch, put_text, put_value};
use crate::WireError;
use crate::backend::{Field, tag};

/// RowDescription.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn row_description<'a>(
    out: &mut BytesMut,
    fields: impl IntoIterator<Item = Field<'a>>,
) -> Result<(), WireError> {
    framed(out, tag::ROW_DESCRIPTION, |out| {
        let at = out.len();
        out.put_u16(0);
        let mut count: usize = 0;
        for field in fields {
            put_field(out, &field)?;
            count = count.saturating_add(1);
        }
        patch(out, at, count_of("list of columns", count)?.to_be_bytes());
        Ok(())
    })
}

fn put_field(out: &mut BytesMut, field: &Field<'_>) -> Result<(), WireError> {
    put_text(out, field.name)?;
    out.put_u32(field.table);
    out.put_i16(field.column);
    out.put_u32(field.type_oid);
    out.put_i16(field.type_size);
    out.put_i32(field.type_modifier);
    out.put_i16(field.format);
    Ok(())
}

/// DataRow, with `None` for NULL.
///
/// # Errors
/// [`WireError::TooLong`].
pub fn data_row<'a>(
    out: &mut BytesMut,
    cells: impl IntoIterator<Item = Option<&'a [u8]>>,
) -> Result<(), WireError> {
    framed(out, tag::DATA_ROW, |out| {
        let at = out.len();
        out.put_u16(0);
        let mut count: usize = 0;
        for cell in cells {
            put_value(out, cell)?;
            count = count.saturating_add(1);
        }
        patch(out, at, count_of("list of cells", count)?.to_be_bytes());
        Ok(())
    })
}

//! Writes messages, appending to a buffer.
//!
//! Encoders of messages without variable parts cannot fail. All others return
//! [`WireError::TooLong`] or [`WireError::NulInText`] and leave the buffer as it was.

mod backend;
mod frontend;
mod row;
mod row_edit;

use bytes::{BufMut, BytesMut};

use crate::WireError;
use crate::frame::MAX_MESSAGE_LEN;

pub use backend::{
    Report, Severity, authentication_cleartext, authentication_md5, authentication_ok,
    authentication_sasl, authentication_sasl_continue, authentication_sasl_final, backend_key_data,
    bind_complete, close_complete, command_complete, copy_in_response, copy_out_response,
    empty_query, error_response, error_response_of, negotiate_protocol_version, no_data,
    notice_response, notice_response_of, notification_response, parameter_description,
    parameter_status, parse_complete, portal_suspended, ready_for_query,
};
pub use frontend::{
    Binding, bind, cancel_request, close, copy_fail, describe, execute, flush, gssenc_request,
    parse, password, query, sasl_initial_response, sasl_response, ssl_request, startup, sync,
    terminate,
};
pub use row::{data_row, row_description};
pub use row_edit::RowEdit;

// The two sides share these type bytes.
const COPY_DATA: u8 = crate::frontend::tag::COPY_DATA;
const COPY_DONE: u8 = crate::frontend::tag::COPY_DONE;

/// CopyData, of either side.
///
/// # Errors
/// [`WireError::TooLong`].
pub fn copy_data(out: &mut BytesMut, data: &[u8]) -> Result<(), WireError> {
    framed(out, COPY_DATA, |out| put_bytes(out, data))
}

/// CopyDone, of either side.
pub fn copy_done(out: &mut BytesMut) {
    put_empty(out, COPY_DONE);
}

/// Writes a frame: the type, the length of what `body` writes, and that.
fn framed(
    out: &mut BytesMut,
    tag: u8,
    body: impl FnOnce(&mut BytesMut) -> Result<(), WireError>,
) -> Result<(), WireError> {
    let start = out.len();
    out.put_u8(tag);
    let written = with_length(out, body);
    if written.is_err() {
        out.truncate(start);
    }
    written
}

/// Writes a length that counts itself and what `body` writes, and that.
fn with_length(
    out: &mut BytesMut,
    body: impl FnOnce(&mut BytesMut) -> Result<(), WireError>,
) -> Result<(), WireError> {
    let at = out.len();
    out.put_u32(0);
    let written = body(out).and_then(|()| {
        let length = length_of("message", out.len().saturating_sub(at))?;
        patch(out, at, length.to_be_bytes());
        Ok(())
    });
    if written.is_err() {
        out.truncate(at);
    }
    written
}

/// Overwrites bytes that were written before at `at`.
#[inline]
fn patch<const N: usize>(out: &mut BytesMut, at: usize, bytes: [u8; N]) {
    if let Some(place) = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<N>) {
        *place = bytes;
    }
}

/// A frame without a body.
fn put_empty(out: &mut BytesMut, tag: u8) {
    out.put_u8(tag);
    out.put_u32(4);
}

fn put_bytes(out: &mut BytesMut, bytes: &[u8]) -> Result<(), WireError> {
    length_of("message", bytes.len())?;
    out.put_slice(bytes);
    Ok(())
}

/// Writes a string with its NUL.
fn put_text(out: &mut BytesMut, text: &[u8]) -> Result<(), WireError> {
    if text.contains(&0) {
        return Err(WireError::NulInText);
    }
    put_bytes(out, text)?;
    out.put_u8(0);
    Ok(())
}

/// Writes a value with its length; -1 for NULL.
#[inline]
fn put_value(out: &mut BytesMut, value: Option<&[u8]>) -> Result<(), WireError> {
    let Some(value) = value else {
        out.put_i32(-1);
        return Ok(());
    };
    out.put_u32(length_of("value", value.len())?);
    out.put_slice(value);
    Ok(())
}

/// Writes a 16-bit count and as many 16-bit numbers.
fn put_formats(out: &mut BytesMut, formats: &[i16]) -> Result<(), WireError> {
    out.put_u16(count_of("list of formats", formats.len())?);
    for &format in formats {
        out.put_i16(format);
    }
    Ok(())
}

/// Writes a 16-bit count and as many OIDs.
fn put_oids(out: &mut BytesMut, oids: &[u32]) -> Result<(), WireError> {
    out.put_u16(count_of("list of types", oids.len())?);
    for &oid in oids {
        out.put_u32(oid);
    }
    Ok(())
}

/// A length for the wire. Never wraps: what PostgreSQL cannot hold is refused.
#[inline]
fn length_of(what: &'static str, length: usize) -> Result<u32, WireError> {
    let too_long = WireError::TooLong {
        what,
        length,
        limit: MAX_MESSAGE_LEN,
    };
    match u32::try_from(length) {
        Ok(short) if length <= MAX_MESSAGE_LEN => Ok(short),
        Ok(_) | Err(_) => Err(too_long),
    }
}

/// A count for the wire. Never wraps.
#[inline]
fn count_of(what: &'static str, count: usize) -> Result<u16, WireError> {
    u16::try_from(count).map_err(|_| WireError::TooLong {
        what,
        length: count,
        limit: usize::from(u16::MAX),
    })
}

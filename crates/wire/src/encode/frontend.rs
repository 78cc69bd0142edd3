//! Messages of a client.

use bytes::{BufMut, BytesMut};

use super::{
    count_of, framed, put_bytes, put_empty, put_formats, put_oids, put_text, put_value, with_length,
};
use crate::WireError;
use crate::frontend::{Target, tag};
use crate::startup::{CANCEL_REQUEST, GSSENC_REQUEST, SSL_REQUEST, Version, check_secret};

/// Query.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn query(out: &mut BytesMut, text: &[u8]) -> Result<(), WireError> {
    framed(out, tag::QUERY, |out| put_text(out, text))
}

/// Parse, with the OIDs of the parameter types that are declared.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn parse(out: &mut BytesMut, name: &[u8], text: &[u8], types: &[u32]) -> Result<(), WireError> {
    framed(out, tag::PARSE, |out| {
        put_text(out, name)?;
        put_text(out, text)?;
        put_oids(out, types)
    })
}

/// What a Bind says.
#[derive(Clone, Copy, Default)]
pub struct Binding<'a> {
    /// The portal to make; empty for the unnamed one.
    pub portal: &'a [u8],
    /// The prepared statement; empty for the unnamed one.
    pub statement: &'a [u8],
    /// Formats of the parameters: none, one for all, or one for each.
    pub formats: &'a [i16],
    /// The parameters; `None` for NULL.
    pub parameters: &'a [Option<&'a [u8]>],
    /// Formats of the result: none, one for all, or one for each.
    pub result_formats: &'a [i16],
}

/// Bind.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn bind(out: &mut BytesMut, binding: &Binding<'_>) -> Result<(), WireError> {
    framed(out, tag::BIND, |out| {
        put_text(out, binding.portal)?;
        put_text(out, binding.statement)?;
        put_formats(out, binding.formats)?;
        out.put_u16(count_of("list of parameters", binding.parameters.len())?);
        for parameter in binding.parameters {
            put_value(out, *parameter)?;
        }
        put_formats(out, binding.result_formats)
    })
}

/// Describe.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn describe(out: &mut BytesMut, target: Target, name: &[u8]) -> Result<(), WireError> {
    framed(out, tag::DESCRIBE, |out| {
        out.put_u8(target.byte());
        put_text(out, name)
    })
}

/// Execute; 0 rows means all.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn execute(out: &mut BytesMut, portal: &[u8], max_rows: i32) -> Result<(), WireError> {
    framed(out, tag::EXECUTE, |out| {
        put_text(out, portal)?;
        out.put_i32(max_rows);
        Ok(())
    })
}

/// Close.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn close(out: &mut BytesMut, target: Target, name: &[u8]) -> Result<(), WireError> {
    framed(out, tag::CLOSE, |out| {
        out.put_u8(target.byte());
        put_text(out, name)
    })
}

/// Sync.
pub fn sync(out: &mut BytesMut) {
    put_empty(out, tag::SYNC);
}

/// Flush.
pub fn flush(out: &mut BytesMut) {
    put_empty(out, tag::FLUSH);
}

/// Terminate.
pub fn terminate(out: &mut BytesMut) {
    put_empty(out, tag::TERMINATE);
}

/// CopyFail, with the reason.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn copy_fail(out: &mut BytesMut, reason: &[u8]) -> Result<(), WireError> {
    framed(out, tag::COPY_FAIL, |out| put_text(out, reason))
}

/// PasswordMessage.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn password(out: &mut BytesMut, password: &[u8]) -> Result<(), WireError> {
    framed(out, tag::PASSWORD, |out| put_text(out, password))
}

/// SASLInitialResponse.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn sasl_initial_response(
    out: &mut BytesMut,
    mechanism: &[u8],
    data: &[u8],
) -> Result<(), WireError> {
    framed(out, tag::PASSWORD, |out| {
        put_text(out, mechanism)?;
        put_value(out, Some(data))
    })
}

/// SASLResponse.
///
/// # Errors
/// [`WireError::TooLong`].
pub fn sasl_response(out: &mut BytesMut, data: &[u8]) -> Result<(), WireError> {
    framed(out, tag::PASSWORD, |out| put_bytes(out, data))
}

/// StartupMessage.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn startup<'a>(
    out: &mut BytesMut,
    version: Version,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), WireError> {
    with_length(out, |out| {
        out.put_u32(version.code());
        for (name, value) in parameters {
            put_text(out, name.as_bytes())?;
            put_text(out, value.as_bytes())?;
        }
        out.put_u8(0);
        Ok(())
    })
}

/// SSLRequest.
pub fn ssl_request(out: &mut BytesMut) {
    out.put_u32(8);
    out.put_u32(SSL_REQUEST);
}

/// GSSENCRequest.
pub fn gssenc_request(out: &mut BytesMut) {
    out.put_u32(8);
    out.put_u32(GSSENC_REQUEST);
}

/// CancelRequest, with the key of the session to cancel.
///
/// # Errors
/// [`WireError::ShortLength`] or [`WireError::TooLong`] for a secret outside 4 ..= 256 bytes.
pub fn cancel_request(out: &mut BytesMut, process_id: i32, secret: &[u8]) -> Result<(), WireError> {
    check_secret(secret)?;
    with_length(out, |out| {
        out.put_u32(CANCEL_REQUEST);
        out.put_i32(process_id);
        put_bytes(out, secret)
    })
}

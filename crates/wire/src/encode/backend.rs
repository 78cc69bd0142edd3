//! Messages of a server.

use bytes::{BufMut, BytesMut};

use super::{framed, length_of, put_bytes, put_empty, put_formats, put_oids, put_text};
use crate::WireError;
use crate::backend::{TransactionStatus, tag};
use crate::startup::{Version, check_secret};

/// How bad a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The statement failed.
    Error,
    /// The session ends.
    Fatal,
    /// All sessions end.
    Panic,
    /// A warning.
    Warning,
    /// A notice.
    Notice,
    /// For debugging.
    Debug,
    /// Information that was asked for.
    Info,
    /// For the log.
    Log,
}

impl Severity {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
            Self::Panic => "PANIC",
            Self::Warning => "WARNING",
            Self::Notice => "NOTICE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Log => "LOG",
        }
    }
}

/// What an error or notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report<'a> {
    /// How bad it is.
    pub severity: Severity,
    /// Five characters (documentation, "PostgreSQL Error Codes").
    pub sqlstate: &'a str,
    /// One line.
    pub message: &'a str,
    /// More about it.
    pub detail: Option<&'a str>,
    /// What to do about it.
    pub hint: Option<&'a str>,
    /// Where in the statement, in characters from 1.
    pub position: Option<u32>,
}

/// ErrorResponse.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn error_response(out: &mut BytesMut, report: &Report<'_>) -> Result<(), WireError> {
    framed(out, tag::ERROR_RESPONSE, |out| put_report(out, report))
}

/// NoticeResponse.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn notice_response(out: &mut BytesMut, report: &Report<'_>) -> Result<(), WireError> {
    framed(out, tag::NOTICE_RESPONSE, |out| put_report(out, report))
}

/// ErrorResponse with these fields, each with its code (documentation, "Error and Notice Message
/// Fields"), in this order.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn error_response_of<'a>(
    out: &mut BytesMut,
    fields: impl IntoIterator<Item = (u8, &'a [u8])>,
) -> Result<(), WireError> {
    framed(out, tag::ERROR_RESPONSE, |out| put_fields(out, fields))
}

/// NoticeResponse with these fields, as [`error_response_of`].
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn notice_response_of<'a>(
    out: &mut BytesMut,
    fields: impl IntoIterator<Item = (u8, &'a [u8])>,
) -> Result<(), WireError> {
    framed(out, tag::NOTICE_RESPONSE, |out| put_fields(out, fields))
}

fn put_fields<'a>(
    out: &mut BytesMut,
    fields: impl IntoIterator<Item = (u8, &'a [u8])>,
) -> Result<(), WireError> {
    for (code, text) in fields {
        out.put_u8(code);
        put_text(out, text)?;
    }
    out.put_u8(0);
    Ok(())
}

fn put_report(out: &mut BytesMut, report: &Report<'_>) -> Result<(), WireError> {
    let position = report.position.map(|position| position.to_string());
    let fields = [
        (b'S', Some(report.severity.word())),
        (b'V', Some(report.severity.word())),
        (b'C', Some(report.sqlstate)),
        (b'M', Some(report.message)),
        (b'D', report.detail),
        (b'H', report.hint),
        (b'P', position.as_deref()),
    ];
    let given = fields
        .into_iter()
        .filter_map(|(code, text)| Some((code, text?.as_bytes())));
    put_fields(out, given)
}

/// ReadyForQuery.
pub fn ready_for_query(out: &mut BytesMut, status: TransactionStatus) {
    out.put_u8(tag::READY_FOR_QUERY);
    out.put_u32(5);
    out.put_u8(status.byte());
}

/// ParameterStatus.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn parameter_status(out: &mut BytesMut, name: &[u8], value: &[u8]) -> Result<(), WireError> {
    framed(out, tag::PARAMETER_STATUS, |out| {
        put_text(out, name)?;
        put_text(out, value)
    })
}

/// BackendKeyData.
///
/// # Errors
/// [`WireError::ShortLength`] or [`WireError::TooLong`] for a secret outside 4 ..= 256 bytes.
pub fn backend_key_data(
    out: &mut BytesMut,
    process_id: i32,
    secret: &[u8],
) -> Result<(), WireError> {
    check_secret(secret)?;
    framed(out, tag::BACKEND_KEY_DATA, |out| {
        out.put_i32(process_id);
        put_bytes(out, secret)
    })
}

/// AuthenticationOk.
pub fn authentication_ok(out: &mut BytesMut) {
    put_authentication(out, 0);
}

/// AuthenticationCleartextPassword.
pub fn authentication_cleartext(out: &mut BytesMut) {
    put_authentication(out, 3);
}

/// AuthenticationMD5Password. Nothing of ours asks for it; scripted servers do.
///
/// # Errors
/// None in practice: its size is fixed.
pub fn authentication_md5(out: &mut BytesMut, salt: [u8; 4]) -> Result<(), WireError> {
    authentication_with(out, 5, |out| put_bytes(out, &salt))
}

/// AuthenticationSASL, with the mechanisms in order of preference.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn authentication_sasl(out: &mut BytesMut, mechanisms: &[&str]) -> Result<(), WireError> {
    authentication_with(out, 10, |out| {
        for mechanism in mechanisms {
            put_text(out, mechanism.as_bytes())?;
        }
        out.put_u8(0);
        Ok(())
    })
}

/// AuthenticationSASLContinue.
///
/// # Errors
/// [`WireError::TooLong`].
pub fn authentication_sasl_continue(out: &mut BytesMut, data: &[u8]) -> Result<(), WireError> {
    authentication_with(out, 11, |out| put_bytes(out, data))
}

/// AuthenticationSASLFinal.
///
/// # Errors
/// [`WireError::TooLong`].
pub fn authentication_sasl_final(out: &mut BytesMut, data: &[u8]) -> Result<(), WireError> {
    authentication_with(out, 12, |out| put_bytes(out, data))
}

fn put_authentication(out: &mut BytesMut, code: i32) {
    out.put_u8(tag::AUTHENTICATION);
    out.put_u32(8);
    out.put_i32(code);
}

fn authentication_with(
    out: &mut BytesMut,
    code: i32,
    data: impl FnOnce(&mut BytesMut) -> Result<(), WireError>,
) -> Result<(), WireError> {
    framed(out, tag::AUTHENTICATION, |out| {
        out.put_i32(code);
        data(out)
    })
}

/// NegotiateProtocolVersion: the newest minor version of protocol 3 that we speak, and the
/// protocol options that we do not know.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn negotiate_protocol_version(
    out: &mut BytesMut,
    minor: u16,
    unrecognised: &[&str],
) -> Result<(), WireError> {
    framed(out, tag::NEGOTIATE_PROTOCOL_VERSION, |out| {
        // The documentation speaks of the minor version; servers send, and libpq expects, the
        // whole code.
        out.put_u32(Version { major: 3, minor }.code());
        out.put_u32(length_of("list of protocol options", unrecognised.len())?);
        for option in unrecognised {
            put_text(out, option.as_bytes())?;
        }
        Ok(())
    })
}

/// CommandComplete.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn command_complete(out: &mut BytesMut, tag: &[u8]) -> Result<(), WireError> {
    framed(out, tag::COMMAND_COMPLETE, |out| put_text(out, tag))
}

/// NotificationResponse.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::NulInText`].
pub fn notification_response(
    out: &mut BytesMut,
    process_id: i32,
    channel: &[u8],
    payload: &[u8],
) -> Result<(), WireError> {
    framed(out, tag::NOTIFICATION_RESPONSE, |out| {
        out.put_i32(process_id);
        put_text(out, channel)?;
        put_text(out, payload)
    })
}

/// ParameterDescription.
///
/// # Errors
/// [`WireError::TooLong`].
pub fn parameter_description(out: &mut BytesMut, types: &[u32]) -> Result<(), WireError> {
    framed(out, tag::PARAMETER_DESCRIPTION, |out| put_oids(out, types))
}

/// CopyInResponse: 0 is text, 1 is binary; the format of each column.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::UnknownCopyFormat`].
pub fn copy_in_response(out: &mut BytesMut, format: u8, formats: &[i16]) -> Result<(), WireError> {
    put_copy_response(out, tag::COPY_IN_RESPONSE, format, formats)
}

/// CopyOutResponse: 0 is text, 1 is binary; the format of each column.
///
/// # Errors
/// [`WireError::TooLong`], [`WireError::UnknownCopyFormat`].
pub fn copy_out_response(out: &mut BytesMut, format: u8, formats: &[i16]) -> Result<(), WireError> {
    put_copy_response(out, tag::COPY_OUT_RESPONSE, format, formats)
}

fn put_copy_response(
    out: &mut BytesMut,
    tag: u8,
    format: u8,
    formats: &[i16],
) -> Result<(), WireError> {
    if format > 1 {
        return Err(WireError::UnknownCopyFormat { format });
    }
    framed(out, tag, |out| {
        out.put_u8(format);
        put_formats(out, formats)
    })
}

/// ParseComplete.
pub fn parse_complete(out: &mut BytesMut) {
    put_empty(out, tag::PARSE_COMPLETE);
}

/// BindComplete.
pub fn bind_complete(out: &mut BytesMut) {
    put_empty(out, tag::BIND_COMPLETE);
}

/// CloseComplete.
pub fn close_complete(out: &mut BytesMut) {
    put_empty(out, tag::CLOSE_COMPLETE);
}

/// NoData.
pub fn no_data(out: &mut BytesMut) {
    put_empty(out, tag::NO_DATA);
}

/// EmptyQueryResponse.
pub fn empty_query(out: &mut BytesMut) {
    put_empty(out, tag::EMPTY_QUERY_RESPONSE);
}

/// PortalSuspended.
pub fn portal_suspended(out: &mut BytesMut) {
    put_empty(out, tag::PORTAL_SUSPENDED);
}

//! Messages of a server, as views that borrow from the frame.

mod authentication;
mod report;
mod rows;
pub mod tag;

use std::fmt;

use crate::WireError;
use crate::cursor::Cursor;
use crate::frame::{Frame, Side};
use crate::frontend::{Formats, TypeOids};
use crate::limits::Class;
use crate::startup::{Version, check_secret};

pub use authentication::{Authentication, Mechanisms};
pub use report::ReportFields;
pub use rows::{Cells, DataRow, Field, RowDescription};

/// One message of a server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// An authentication request, or that authentication is complete.
    Authentication(Authentication<'a>),
    /// The key for cancel requests.
    BackendKeyData(BackendKeyData<'a>),
    /// Bind succeeded.
    BindComplete,
    /// Close succeeded.
    CloseComplete,
    /// A statement is complete.
    CommandComplete(CommandComplete<'a>),
    /// COPY in both directions begins (replication only).
    CopyBothResponse(CopyResponse<'a>),
    /// A piece of COPY data.
    CopyData(&'a [u8]),
    /// COPY data is complete.
    CopyDone,
    /// COPY from the client begins.
    CopyInResponse(CopyResponse<'a>),
    /// COPY to the client begins.
    CopyOutResponse(CopyResponse<'a>),
    /// One row of a result.
    DataRow(DataRow<'a>),
    /// The statement text was empty.
    EmptyQueryResponse,
    /// An error.
    ErrorResponse(ReportFields<'a>),
    /// The result of a function call; `None` for NULL.
    FunctionCallResponse(Option<&'a [u8]>),
    /// The server speaks an older minor version, or does not know some protocol options.
    NegotiateProtocolVersion(NegotiateProtocolVersion<'a>),
    /// A described statement or portal returns no rows.
    NoData,
    /// A notice.
    NoticeResponse(ReportFields<'a>),
    /// A notification that another session raised.
    NotificationResponse(NotificationResponse<'a>),
    /// The types of a statement's parameters.
    ParameterDescription(TypeOids<'a>),
    /// A setting's value, at the start and on change.
    ParameterStatus(ParameterStatus<'a>),
    /// Parse succeeded.
    ParseComplete,
    /// Execute stopped at its row limit.
    PortalSuspended,
    /// The server waits for the next statement.
    ReadyForQuery(ReadyForQuery),
    /// The columns of a result.
    RowDescription(RowDescription<'a>),
}

impl Message<'_> {
    /// Its type byte.
    pub const fn tag(&self) -> u8 {
        match self {
            Self::Authentication(_) => tag::AUTHENTICATION,
            Self::BackendKeyData(_) => tag::BACKEND_KEY_DATA,
            Self::BindComplete => tag::BIND_COMPLETE,
            Self::CloseComplete => tag::CLOSE_COMPLETE,
            Self::CommandComplete(_) => tag::COMMAND_COMPLETE,
            Self::CopyBothResponse(_) => tag::COPY_BOTH_RESPONSE,
            Self::CopyData(_) => tag::COPY_DATA,
            Self::CopyDone => tag::COPY_DONE,
            Self::CopyInResponse(_) => tag::COPY_IN_RESPONSE,
            Self::CopyOutResponse(_) => tag::COPY_OUT_RESPONSE,
            Self::DataRow(_) => tag::DATA_ROW,
            Self::EmptyQueryResponse => tag::EMPTY_QUERY_RESPONSE,
            Self::ErrorResponse(_) => tag::ERROR_RESPONSE,
            Self::FunctionCallResponse(_) => tag::FUNCTION_CALL_RESPONSE,
            Self::NegotiateProtocolVersion(_) => tag::NEGOTIATE_PROTOCOL_VERSION,
            Self::NoData => tag::NO_DATA,
            Self::NoticeResponse(_) => tag::NOTICE_RESPONSE,
            Self::NotificationResponse(_) => tag::NOTIFICATION_RESPONSE,
            Self::ParameterDescription(_) => tag::PARAMETER_DESCRIPTION,
            Self::ParameterStatus(_) => tag::PARAMETER_STATUS,
            Self::ParseComplete => tag::PARSE_COMPLETE,
            Self::PortalSuspended => tag::PORTAL_SUSPENDED,
            Self::ReadyForQuery(_) => tag::READY_FOR_QUERY,
            Self::RowDescription(_) => tag::ROW_DESCRIPTION,
        }
    }
}

impl fmt::Debug for Message<'_> {
    /// The name only: values may be anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name(self.tag()))
    }
}

/// The key for cancel requests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BackendKeyData<'a> {
    /// The server process.
    pub process_id: i32,
    /// Its secret, 4 to 256 bytes.
    pub secret: &'a [u8],
}

impl fmt::Debug for BackendKeyData<'_> {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "BackendKeyData({}, {} secret bytes)",
            self.process_id,
            self.secret.len()
        )
    }
}

/// A complete statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandComplete<'a> {
    /// The command tag, as `INSERT 0 5` or `CREATE TABLE`.
    pub tag: &'a [u8],
}

impl CommandComplete<'_> {
    /// The number of rows at the end of the tag, for commands that count them.
    pub fn rows(&self) -> Option<u64> {
        let last = self.tag.rsplit(|&byte| byte == b' ').next()?;
        // `parse` would take a sign, which no tag has.
        let digits = last.iter().all(u8::is_ascii_digit).then_some(last)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }
}

/// How COPY data comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyResponse<'a> {
    /// 0 for text (and CSV), 1 for binary.
    pub format: u8,
    /// The format of each column.
    pub formats: Formats<'a>,
}

impl<'a> CopyResponse<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        let format = cursor.u8()?;
        if format > 1 {
            return Err(WireError::UnknownCopyFormat { format });
        }
        Ok(Self {
            format,
            formats: Formats::read(cursor)?,
        })
    }
}

/// What the server negotiates down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NegotiateProtocolVersion<'a> {
    /// The newest version that the server speaks. (The documentation speaks of a minor version;
    /// servers send the whole code.)
    pub version: Version,
    // INVARIANT: terminated strings.
    options: &'a [u8],
}

impl<'a> NegotiateProtocolVersion<'a> {
    /// The protocol options that the server does not know.
    pub fn unrecognised(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut cursor = Cursor::new(self.options);
        std::iter::from_fn(move || cursor.text().ok())
    }

    fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        let version = Version::from_code(cursor.u32()?);
        let count = cursor.u32()?;
        let options = cursor.rest();
        // Each takes a byte at least, so a large count ends with the body.
        for _ in 0..count {
            cursor.text()?;
        }
        let taken = options.len().saturating_sub(cursor.rest().len());
        Ok(Self {
            version,
            options: options.get(..taken).unwrap_or_default(),
        })
    }
}

/// A notification that another session raised.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NotificationResponse<'a> {
    /// The process that raised it.
    pub process_id: i32,
    /// The channel.
    pub channel: &'a [u8],
    /// The payload, which may be anything.
    pub payload: &'a [u8],
}

impl fmt::Debug for NotificationResponse<'_> {
    /// Without the payload.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NotificationResponse({})", self.channel.escape_ascii())
    }
}

/// A setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParameterStatus<'a> {
    /// The setting.
    pub name: &'a [u8],
    /// Its value.
    pub value: &'a [u8],
}

/// The server waits for the next statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadyForQuery {
    /// Whether a transaction is open.
    pub status: TransactionStatus,
}

/// Whether a transaction is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionStatus {
    /// None is.
    Idle,
    /// One is.
    InTransaction,
    /// One is, and failed: only its end is accepted.
    Failed,
}

impl TransactionStatus {
    /// Its byte on the wire.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Idle => b'I',
            Self::InTransaction => b'T',
            Self::Failed => b'E',
        }
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, WireError> {
        match cursor.u8()? {
            b'I' => Ok(Self::Idle),
            b'T' => Ok(Self::InTransaction),
            b'E' => Ok(Self::Failed),
            status => Err(WireError::UnknownStatus { status }),
        }
    }
}

/// The typed view of a server's frame. Every byte is accounted for, but for the cells of a
/// [`DataRow`], which are checked as they are read.
///
/// # Errors
/// [`WireError`] says which byte or count is wrong.
pub fn decode(frame: Frame<'_>) -> Result<Message<'_>, WireError> {
    let mut cursor = Cursor::new(frame.body);
    let message = body(frame.tag, &mut cursor)?;
    cursor.finish()?;
    Ok(message)
}

fn body<'a>(tag: u8, cursor: &mut Cursor<'a>) -> Result<Message<'a>, WireError> {
    Ok(match tag {
        tag::AUTHENTICATION => Message::Authentication(Authentication::read(cursor)?),
        tag::BACKEND_KEY_DATA => Message::BackendKeyData(backend_key_data(cursor)?),
        tag::BIND_COMPLETE => Message::BindComplete,
        tag::CLOSE_COMPLETE => Message::CloseComplete,
        tag::COMMAND_COMPLETE => Message::CommandComplete(CommandComplete {
            tag: cursor.text()?,
        }),
        tag::COPY_BOTH_RESPONSE => Message::CopyBothResponse(CopyResponse::read(cursor)?),
        tag::COPY_DATA => Message::CopyData(cursor.take_rest()),
        tag::COPY_DONE => Message::CopyDone,
        tag::COPY_IN_RESPONSE => Message::CopyInResponse(CopyResponse::read(cursor)?),
        tag::COPY_OUT_RESPONSE => Message::CopyOutResponse(CopyResponse::read(cursor)?),
        tag::DATA_ROW => Message::DataRow(DataRow::new(cursor.take_rest())?),
        tag::EMPTY_QUERY_RESPONSE => Message::EmptyQueryResponse,
        tag::ERROR_RESPONSE => Message::ErrorResponse(ReportFields::read(cursor)?),
        tag::FUNCTION_CALL_RESPONSE => Message::FunctionCallResponse(cursor.value()?),
        tag::NEGOTIATE_PROTOCOL_VERSION => {
            Message::NegotiateProtocolVersion(NegotiateProtocolVersion::read(cursor)?)
        }
        tag::NO_DATA => Message::NoData,
        tag::NOTICE_RESPONSE => Message::NoticeResponse(ReportFields::read(cursor)?),
        tag::NOTIFICATION_RESPONSE => Message::NotificationResponse(NotificationResponse {
            process_id: cursor.i32()?,
            channel: cursor.text()?,
            payload: cursor.text()?,
        }),
        tag::PARAMETER_DESCRIPTION => Message::ParameterDescription(TypeOids::read(cursor)?),
        tag::PARAMETER_STATUS => Message::ParameterStatus(ParameterStatus {
            name: cursor.text()?,
            value: cursor.text()?,
        }),
        tag::PARSE_COMPLETE => Message::ParseComplete,
        tag::PORTAL_SUSPENDED => Message::PortalSuspended,
        tag::READY_FOR_QUERY => Message::ReadyForQuery(ReadyForQuery {
            status: TransactionStatus::read(cursor)?,
        }),
        tag::ROW_DESCRIPTION => Message::RowDescription(RowDescription::read(cursor)?),
        tag => {
            return Err(WireError::UnknownTag {
                side: Side::Backend,
                tag,
            });
        }
    })
}

fn backend_key_data<'a>(cursor: &mut Cursor<'a>) -> Result<BackendKeyData<'a>, WireError> {
    let process_id = cursor.i32()?;
    let secret = cursor.take_rest();
    check_secret(secret)?;
    Ok(BackendKeyData { process_id, secret })
}

/// Whether a server may send this type byte.
pub const fn is_known_tag(tag: u8) -> bool {
    class(tag).is_some()
}

/// The class that decides the limit of a type; `None` for a type that no server may send.
pub(crate) const fn class(tag: u8) -> Option<Class> {
    match tag {
        tag::DATA_ROW | tag::COPY_DATA => Some(Class::Streamed),
        tag::ERROR_RESPONSE | tag::NOTICE_RESPONSE | tag::NOTIFICATION_RESPONSE => {
            Some(Class::Report)
        }
        tag::AUTHENTICATION => Some(Class::Authentication),
        tag::BACKEND_KEY_DATA
        | tag::BIND_COMPLETE
        | tag::CLOSE_COMPLETE
        | tag::COMMAND_COMPLETE
        | tag::COPY_BOTH_RESPONSE
        | tag::COPY_DONE
        | tag::COPY_IN_RESPONSE
        | tag::COPY_OUT_RESPONSE
        | tag::EMPTY_QUERY_RESPONSE
        | tag::FUNCTION_CALL_RESPONSE
        | tag::NEGOTIATE_PROTOCOL_VERSION
        | tag::NO_DATA
        | tag::PARAMETER_DESCRIPTION
        | tag::PARAMETER_STATUS
        | tag::PARSE_COMPLETE
        | tag::PORTAL_SUSPENDED
        | tag::READY_FOR_QUERY
        | tag::ROW_DESCRIPTION => Some(Class::Metadata),
        _ => None,
    }
}

/// The documentation's name of a type.
pub(crate) const fn name(tag: u8) -> &'static str {
    match tag {
        tag::AUTHENTICATION => "Authentication",
        tag::BACKEND_KEY_DATA => "BackendKeyData",
        tag::BIND_COMPLETE => "BindComplete",
        tag::CLOSE_COMPLETE => "CloseComplete",
        tag::COMMAND_COMPLETE => "CommandComplete",
        tag::COPY_BOTH_RESPONSE => "CopyBothResponse",
        tag::COPY_DATA => "CopyData",
        tag::COPY_DONE => "CopyDone",
        tag::COPY_IN_RESPONSE => "CopyInResponse",
        tag::COPY_OUT_RESPONSE => "CopyOutResponse",
        tag::DATA_ROW => "DataRow",
        tag::EMPTY_QUERY_RESPONSE => "EmptyQueryResponse",
        tag::ERROR_RESPONSE => "ErrorResponse",
        tag::FUNCTION_CALL_RESPONSE => "FunctionCallResponse",
        tag::NEGOTIATE_PROTOCOL_VERSION => "NegotiateProtocolVersion",
        tag::NO_DATA => "NoData",
        tag::NOTICE_RESPONSE => "NoticeResponse",
        tag::NOTIFICATION_RESPONSE => "NotificationResponse",
        tag::PARAMETER_DESCRIPTION => "ParameterDescription",
        tag::PARAMETER_STATUS => "ParameterStatus",
        tag::PARSE_COMPLETE => "ParseComplete",
        tag::PORTAL_SUSPENDED => "PortalSuspended",
        tag::READY_FOR_QUERY => "ReadyForQuery",
        tag::ROW_DESCRIPTION => "RowDescription",
        _ => "unknown message",
    }
}

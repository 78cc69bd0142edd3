//! Messages of a client, as views that borrow from the frame.

mod bind;
mod long_bind;
mod password;
pub mod tag;

use std::fmt;

use crate::WireError;
use crate::cursor::Cursor;
use crate::frame::Frame;
use crate::limits::Class;

pub use bind::{Bind, Formats, Parameters};
pub use long_bind::{BindNames, LongBind};
pub use password::{Password, SaslInitialResponse};

/// One message of a client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// Binds values to a prepared statement, which makes a portal.
    Bind(Bind<'a>),
    /// Drops a prepared statement or a portal.
    Close(Close<'a>),
    /// A piece of COPY data; its borders need not be those of rows.
    CopyData(&'a [u8]),
    /// COPY data is complete.
    CopyDone,
    /// COPY data is given up, with the client's reason.
    CopyFail(&'a [u8]),
    /// Asks for the description of a prepared statement or a portal.
    Describe(Describe<'a>),
    /// Runs a portal.
    Execute(Execute<'a>),
    /// Asks the server to send what it has.
    Flush,
    /// Calls a function by its OID; the body as it came.
    FunctionCall(&'a [u8]),
    /// Prepares a statement.
    Parse(Parse<'a>),
    /// An answer to an authentication request.
    Password(Password<'a>),
    /// Runs statements by the simple protocol.
    Query(Query<'a>),
    /// Ends a batch of the extended protocol.
    Sync,
    /// Ends the session.
    Terminate,
}

impl Message<'_> {
    /// Its type byte.
    pub const fn tag(&self) -> u8 {
        match self {
            Self::Bind(_) => tag::BIND,
            Self::Close(_) => tag::CLOSE,
            Self::CopyData(_) => tag::COPY_DATA,
            Self::CopyDone => tag::COPY_DONE,
            Self::CopyFail(_) => tag::COPY_FAIL,
            Self::Describe(_) => tag::DESCRIBE,
            Self::Execute(_) => tag::EXECUTE,
            Self::Flush => tag::FLUSH,
            Self::FunctionCall(_) => tag::FUNCTION_CALL,
            Self::Parse(_) => tag::PARSE,
            Self::Password(_) => tag::PASSWORD,
            Self::Query(_) => tag::QUERY,
            Self::Sync => tag::SYNC,
            Self::Terminate => tag::TERMINATE,
        }
    }
}

impl fmt::Debug for Message<'_> {
    /// The name only: texts and values may be anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name(self.tag()))
    }
}

/// Statements of the simple protocol.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Query<'a> {
    /// The text without its NUL; holds no NUL, need not be UTF-8.
    pub text: &'a [u8],
}

impl fmt::Debug for Query<'_> {
    /// The size only: statements hold literals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({} bytes)", self.text.len())
    }
}

/// A statement to prepare.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Parse<'a> {
    /// The statement's name; empty for the unnamed one.
    pub name: &'a [u8],
    /// The text without its NUL; holds no NUL, need not be UTF-8.
    pub text: &'a [u8],
    /// The types that the client declares.
    pub parameter_types: TypeOids<'a>,
}

impl fmt::Debug for Parse<'_> {
    /// The size only: statements hold literals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Parse({}, {} bytes)",
            self.name.escape_ascii(),
            self.text.len()
        )
    }
}

/// OIDs of types, as in Parse and ParameterDescription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeOids<'a> {
    // INVARIANT: four bytes for each.
    bytes: &'a [u8],
}

impl<'a> TypeOids<'a> {
    /// How many.
    pub const fn len(&self) -> usize {
        self.bytes.len() / 4
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Each OID in order; 0 where it is left to the server.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        self.bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&oid| u32::from_be_bytes(oid))
    }

    /// Takes a 16-bit count and as many OIDs.
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        let count = usize::from(cursor.u16()?);
        let bytes = cursor.bytes(count.saturating_mul(4))?;
        Ok(Self { bytes })
    }
}

/// What Describe and Close are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A prepared statement.
    Statement,
    /// A portal.
    Portal,
}

impl Target {
    /// Its byte on the wire.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Statement => b'S',
            Self::Portal => b'P',
        }
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, WireError> {
        match cursor.u8()? {
            b'S' => Ok(Self::Statement),
            b'P' => Ok(Self::Portal),
            target => Err(WireError::UnknownTarget { target }),
        }
    }
}

/// A prepared statement or portal to describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Describe<'a> {
    /// Which kind.
    pub target: Target,
    /// Its name; empty for the unnamed one.
    pub name: &'a [u8],
}

/// A prepared statement or portal to drop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close<'a> {
    /// Which kind.
    pub target: Target,
    /// Its name; empty for the unnamed one.
    pub name: &'a [u8],
}

/// A portal to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Execute<'a> {
    /// The portal's name; empty for the unnamed one.
    pub portal: &'a [u8],
    /// Most rows to return; 0 or less for all.
    pub max_rows: i32,
}

/// The typed view of a client's frame. Every byte is accounted for.
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
        tag::BIND => Message::Bind(Bind::read(cursor)?),
        tag::CLOSE => Message::Close(Close {
            target: Target::read(cursor)?,
            name: cursor.text()?,
        }),
        tag::COPY_DATA => Message::CopyData(cursor.take_rest()),
        tag::COPY_DONE => Message::CopyDone,
        tag::COPY_FAIL => Message::CopyFail(cursor.text()?),
        tag::DESCRIBE => Message::Describe(Describe {
            target: Target::read(cursor)?,
            name: cursor.text()?,
        }),
        tag::EXECUTE => Message::Execute(Execute {
            portal: cursor.text()?,
            max_rows: cursor.i32()?,
        }),
        tag::FLUSH => Message::Flush,
        tag::FUNCTION_CALL => Message::FunctionCall(cursor.take_rest()),
        tag::PARSE => Message::Parse(Parse {
            name: cursor.text()?,
            text: cursor.text()?,
            parameter_types: TypeOids::read(cursor)?,
        }),
        tag::PASSWORD => Message::Password(Password::new(cursor.take_rest())),
        tag::QUERY => Message::Query(Query {
            text: cursor.text()?,
        }),
        tag::SYNC => Message::Sync,
        tag::TERMINATE => Message::Terminate,
        tag => {
            return Err(WireError::UnknownTag {
                side: crate::frame::Side::Frontend,
                tag,
            });
        }
    })
}

/// Whether a client may send this type byte.
pub const fn is_known_tag(tag: u8) -> bool {
    class(tag).is_some()
}

/// The class that decides the limit of a type; `None` for a type that no client may send.
pub(crate) const fn class(tag: u8) -> Option<Class> {
    match tag {
        tag::COPY_FAIL | tag::FUNCTION_CALL | tag::PARSE | tag::QUERY => Some(Class::Held),
        tag::CLOSE
        | tag::COPY_DONE
        | tag::DESCRIBE
        | tag::EXECUTE
        | tag::FLUSH
        | tag::SYNC
        | tag::TERMINATE => Some(Class::Small),
        tag::BIND | tag::COPY_DATA => Some(Class::Streamed),
        tag::PASSWORD => Some(Class::Authentication),
        _ => None,
    }
}

/// The documentation's name of a type.
pub(crate) const fn name(tag: u8) -> &'static str {
    match tag {
        tag::BIND => "Bind",
        tag::CLOSE => "Close",
        tag::COPY_DATA => "CopyData",
        tag::COPY_DONE => "CopyDone",
        tag::COPY_FAIL => "CopyFail",
        tag::DESCRIBE => "Describe",
        tag::EXECUTE => "Execute",
        tag::FLUSH => "Flush",
        tag::FUNCTION_CALL => "FunctionCall",
        tag::PARSE => "Parse",
        tag::PASSWORD => "PasswordMessage",
        tag::QUERY => "Query",
        tag::SYNC => "Sync",
        tag::TERMINATE => "Terminate",
        _ => "unknown message",
    }
}

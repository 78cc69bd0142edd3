//! Messages too long to wait for: they go on, or are dropped, as they come.

use std::sync::Arc;

use bytes::{Buf, BytesMut};
use wire::WireError;
use wire::frame;
use wire::frontend::{self, BindNames, LongBind};

use super::extended::{Bindable, no_statement};
use super::{Taken, Turn, unexpected_tag, violation};
use crate::names::{Portal, Prepared};
use crate::pending::Pending;
use crate::session::{Mode, SessionError};

/// A message that may go by in pieces does when it is longer than this.
const PASS_IN_PIECES: usize = 64 * 1024;

/// What is to become of the rest of a long message.
#[derive(Debug)]
pub(crate) enum LongMessage {
    /// So many bytes go on.
    Pass(usize),
    /// So many bytes are dropped: nobody takes them.
    Drop(usize),
    /// The values of a Bind go on while their counts and lengths are checked.
    Bind(Box<Binding>),
}

/// A Bind whose statement was found, and that may go on.
#[derive(Debug)]
pub(crate) struct Binding {
    portal: Vec<u8>,
    /// `None`: it was refused, and the marker stands in its place.
    statement: Option<Arc<Prepared>>,
    rest: LongBind,
}

impl Turn<'_> {
    /// Begins a message that is not whole yet. [`Taken::Wait`]: it must be waited for, because it is
    /// short, has to be read as a whole, or cannot be judged yet.
    pub(super) fn begin_long(
        &mut self,
        input: &mut BytesMut,
        (tag, length): (Option<u8>, Option<usize>),
    ) -> Result<Taken, SessionError> {
        let (Some(tag), Some(length)) = (tag, length) else {
            return Ok(Taken::Wait);
        };
        if length <= PASS_IN_PIECES {
            return Ok(Taken::Wait);
        }
        match (tag, self.session.mode) {
            (frontend::tag::COPY_DATA, mode) => {
                let taken = mode == Mode::CopyData
                    || (mode == Mode::Statements && self.session.queue.expects_copy_data());
                // Without a statement that takes it, it is left over from one that failed.
                self.session.client_long = Some(match taken {
                    true => LongMessage::Pass(length),
                    false => LongMessage::Drop(length),
                });
                Ok(Taken::Done)
            }
            (frontend::tag::BIND, Mode::Statements) => self.begin_long_bind(input, length),
            // The server would drop it too (`ignore_till_sync`).
            (frontend::tag::BIND, Mode::Skipping) => {
                self.session.client_long = Some(LongMessage::Drop(length));
                Ok(Taken::Done)
            }
            (frontend::tag::BIND, Mode::CopyData) => Err(unexpected_tag(tag)),
            _ => Ok(Taken::Wait),
        }
    }

    /// Judges a Bind by its names and sends its beginning, or the marker in its place.
    fn begin_long_bind(
        &mut self,
        input: &mut BytesMut,
        length: usize,
    ) -> Result<Taken, SessionError> {
        if self.is_full() {
            return Ok(self.wait());
        }
        let start = input.get(frame::HEADER_LEN..).unwrap_or_default();
        let Some((names, _)) = BindNames::read(start) else {
            return names_must_come(start.len());
        };
        let statement = match self.bindable(names.statement)? {
            Bindable::Current(statement) => Ok(statement),
            Bindable::Refused(refusal) => Err(refusal),
            Bindable::Missing => Err(no_statement(names.statement)),
            Bindable::Unsettled => return Ok(self.wait()),
        };
        let portal = names.portal.to_vec();
        let head = frame::HEADER_LEN + names.portal.len() + names.statement.len() + 2;
        let statement = match statement {
            Ok(statement) => {
                self.out.to_server.pass(input, head);
                Some(statement)
            }
            Err(refusal) => {
                self.replace(refusal)?;
                input.advance(head);
                None
            }
        };
        self.session.client_long = Some(LongMessage::Bind(Box::new(Binding {
            portal,
            statement,
            rest: LongBind::new(length.saturating_sub(head)),
        })));
        Ok(Taken::Done)
    }

    /// Goes on with a long message.
    pub(super) fn go_on(&mut self, input: &mut BytesMut) -> Result<(), SessionError> {
        self.session.client_long = match self.session.client_long.take() {
            Some(LongMessage::Pass(left)) => {
                let length = left.min(input.len());
                self.out.to_server.pass(input, length);
                Some(LongMessage::Pass(left - length)).filter(|_| left > length)
            }
            Some(LongMessage::Drop(left)) => {
                let length = left.min(input.len());
                input.advance(length);
                Some(LongMessage::Drop(left - length)).filter(|_| left > length)
            }
            Some(LongMessage::Bind(binding)) => self.go_on_binding(binding, input)?,
            None => None,
        };
        Ok(())
    }

    fn go_on_binding(
        &mut self,
        mut binding: Box<Binding>,
        input: &mut BytesMut,
    ) -> Result<Option<LongMessage>, SessionError> {
        let length = binding.rest.left().min(input.len());
        binding
            .rest
            .take(input.get(..length).unwrap_or_default())
            .map_err(violation)?;
        match binding.statement {
            Some(_) => self.out.to_server.pass(input, length),
            None => input.advance(length),
        }
        if binding.rest.left() > 0 {
            return Ok(Some(LongMessage::Bind(binding)));
        }
        let formats = binding.rest.finish().map_err(violation)?;
        // An error that came in the meantime makes the server skip this Bind with all up to the Sync.
        if let (Some(statement), Mode::Statements) = (binding.statement, self.session.mode) {
            self.session.queue.push(Pending::Bind {
                name: binding.portal,
                portal: Portal::bound(statement, formats.into()),
            });
        }
        Ok(None)
    }
}

/// The names of a Bind are not whole: they come with the next bytes, unless they are longer than any
/// that is honest.
fn names_must_come(length: usize) -> Result<Taken, SessionError> {
    if length > PASS_IN_PIECES {
        return Err(violation(WireError::TooLong {
            what: "name in Bind",
            length,
            limit: PASS_IN_PIECES,
        }));
    }
    Ok(Taken::Wait)
}

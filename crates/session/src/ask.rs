//! Asking the server what names mean, between two messages of the client.
//!
//! SHOW needs no snapshot, so it may be asked at the very start of a transaction, before SET
//! TRANSACTION. The client sees neither the question nor the answer.

use std::sync::Arc;

use bytes::BytesMut;
use sql::split_search_path;
use wire::WireError;
use wire::backend::Message;
use wire::encode::{self, Binding};
use wire::frontend::Target;

use crate::naming::Values;

/// What is asked, in order.
const QUESTIONS: [&[u8]; 3] = [
    b"SHOW search_path",
    b"SHOW role",
    b"SHOW session_authorization",
];

/// The name of the statement and portal of a question; closed again at once. A name leaves the
/// unnamed ones alone, which are the client's.
const NAME: &[u8] = b"lockgate_asks";

/// Each question closes its portal and its statement.
const CLOSINGS: usize = 2 * QUESTIONS.len();

/// A question on its way.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) end: AskEnd,
    answers: Vec<String>,
    closings: usize,
}

/// How the server is made to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskEnd {
    /// By a Sync of our own: the server is between two transactions of the client's, or between two
    /// statements of an open one.
    Sync,
    /// By Flush: the client has begun a pipeline, which a Sync would end.
    Flush,
}

/// What a message of the server means for a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// More is to come.
    Partly,
    /// All questions are answered; `None`: not in a way that can be read.
    Done(Option<Values>),
    /// It is none of the answers.
    Foreign,
}

impl Ask {
    /// Appends the questions.
    pub(crate) fn send(out: &mut BytesMut, end: AskEnd) -> Result<Self, WireError> {
        for question in QUESTIONS {
            encode::parse(out, NAME, question, &[])?;
            encode::bind(
                out,
                &Binding {
                    portal: NAME,
                    statement: NAME,
                    formats: &[],
                    parameters: &[],
                    result_formats: &[],
                },
            )?;
            encode::execute(out, NAME, 0)?;
            encode::close(out, Target::Portal, NAME)?;
            encode::close(out, Target::Statement, NAME)?;
        }
        match end {
            AskEnd::Sync => encode::sync(out),
            AskEnd::Flush => encode::flush(out),
        }
        Ok(Self {
            end,
            answers: Vec::with_capacity(QUESTIONS.len()),
            closings: 0,
        })
    }

    /// Takes a message of the server that belongs to the questions.
    pub(crate) fn take(&mut self, message: &Message<'_>) -> Answer {
        match message {
            Message::ParseComplete | Message::BindComplete | Message::CommandComplete(_) => {
                return Answer::Partly;
            }
            Message::DataRow(row) => {
                let cell = row.cells().next().and_then(Result::ok).flatten();
                let text = cell.map(|cell| String::from_utf8_lossy(cell).into_owned());
                self.answers.extend(text);
                return Answer::Partly;
            }
            Message::CloseComplete => self.closings += 1,
            Message::ReadyForQuery(_) if self.end == AskEnd::Sync => {
                return Answer::Done(self.values());
            }
            _ => return Answer::Foreign,
        }
        if self.closings == CLOSINGS && self.end == AskEnd::Flush {
            return Answer::Done(self.values());
        }
        Answer::Partly
    }

    fn values(&self) -> Option<Values> {
        let [path, role, session_user] = self.answers.as_slice() else {
            return None;
        };
        let user = if role == "none" { session_user } else { role };
        Some(Values {
            path: split_search_path(path)?.into(),
            user: Arc::from(user.as_str()),
            login: Arc::from(session_user.as_str()),
        })
    }
}

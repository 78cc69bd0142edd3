//! Answers to the session's own questions.

use wire::backend::{Message, TransactionStatus};

use super::{Action, Turn, unexpected};
use crate::ask::{Answer, AskEnd};
use crate::naming::OpenTransaction;
use crate::pending::Pending;
use crate::session::{Session, SessionError};

impl Turn<'_> {
    /// Takes a message that answers a question; `None`: it is not for the session alone.
    pub(super) fn asked(&mut self, message: &Message<'_>) -> Result<Option<Action>, SessionError> {
        let Some(Pending::Ask(ask)) = self.session.queue.front_mut() else {
            return Ok(None);
        };
        let end = ask.end;
        match message {
            // These come at any time.
            Message::ParameterStatus(_)
            | Message::NoticeResponse(_)
            | Message::NotificationResponse(_) => return Ok(None),
            // Behind a Sync of our own the error is ours too: somebody cancelled the question. It
            // ends at the ReadyForQuery that follows. In the client's pipeline it is the client's.
            Message::ErrorResponse(report) => {
                let fatal = matches!(report.severity(), Some(b"FATAL" | b"PANIC"));
                let ours = end == AskEnd::Sync && !fatal;
                return Ok(ours.then_some(Action::Swallow));
            }
            _ => {}
        }
        match ask.take(message) {
            Answer::Partly => {}
            Answer::Foreign => return Err(unexpected("answer to a question of the gate")),
            Answer::Done(values) => {
                self.session.queue.pop();
                let transaction = self.session.open_transaction(end);
                self.session.tracked.answered(values, transaction);
            }
        }
        Ok(Some(Action::Swallow))
    }
}

impl Session {
    /// Whether what was asked holds within a transaction only. A pipeline is one until its Sync.
    fn open_transaction(&self, end: AskEnd) -> OpenTransaction {
        match (end, self.transaction) {
            (AskEnd::Sync, TransactionStatus::Idle) => OpenTransaction::No,
            _ => OpenTransaction::Yes,
        }
    }

    /// Whether the server's next messages answer a question of the session's own.
    pub(crate) fn is_asking(&self) -> bool {
        matches!(self.queue.front(), Some(Pending::Ask(_)))
    }
}

//! What the server sends.

mod asked;
mod copy;
mod errors;
mod result;

use audit::{OutcomeState, Side};
use bytes::{Buf, BytesMut};

use mask::Styles;
use sql::facts::Kind;
use wire::backend::{
    self, CommandComplete, Message, ParameterStatus, RowDescription, TransactionStatus,
};
use wire::frame::{self, Frame, Scan};
use wire::frontend::Target;

use crate::copy_out::CopyOut;
use crate::names::{Completed, Lookup};
use crate::naming::Transacting;
use crate::output::{Output, Snapshot};
use crate::pending::{Asker, Pending, changes_catalog};
use crate::rows::Fields;
use crate::run::{Rows, Run};
use crate::session::{Mode, Notifications, Session, SessionError, Step};

/// Settings that the server reports and that must keep their value.
const PINS: &[(&str, &[u8])] = &[
    ("client_encoding", b"UTF8"),
    ("standard_conforming_strings", b"on"),
];

/// What is to become of a message.
enum Action {
    Pass,
    /// The client does not get it, or got something else in its place.
    Swallow,
}

/// The tag of a statement that ends without one.
const UNTAGGED: CommandComplete<'static> = CommandComplete { tag: b"" };

/// Whether the client gets an answer of this message.
fn answer_for(asker: Asker) -> Action {
    match asker {
        Asker::Client => Action::Pass,
        Asker::Session => Action::Swallow,
    }
}

struct Turn<'a> {
    session: &'a mut Session,
    step: Step<'a>,
    out: &'a mut Output,
}

pub(crate) fn take(
    session: &mut Session,
    input: &mut BytesMut,
    step: Step<'_>,
    out: &mut Output,
) -> Result<(), SessionError> {
    let mut turn = Turn { session, step, out };
    while !input.is_empty() {
        if turn.session.server_passing > 0 {
            let length = turn.session.server_passing.min(input.len());
            turn.out.to_client.pass(input, length);
            turn.session.server_passing -= length;
            continue;
        }
        turn.session.queue.skip_copy_ends();
        let asking = turn.session.is_asking();
        let taken = match input.first().filter(|_| !asking) {
            Some(&backend::tag::DATA_ROW) => turn.rows(input)?,
            Some(&backend::tag::COPY_DATA) => turn.copy_data(input)?,
            Some(_) | None => false,
        };
        if taken {
            continue;
        }
        let scan = frame::scan(input, frame::Side::Backend, &turn.session.limits.wire)
            .map_err(violation)?;
        let (action, length) = match scan {
            Scan::Frame(frame, length) => (turn.message(frame)?, length),
            // An answer to the session's own question is read whole; it is as short as a name.
            Scan::Partial {
                length: Some(length),
                ..
            } if asking && length <= frame::SMALL_LEN => return Ok(()),
            Scan::Partial {
                tag: Some(tag),
                length: Some(length),
                ..
            } => {
                return turn.long(input, tag, length);
            }
            Scan::Partial { .. } => return Ok(()),
        };
        match action {
            Action::Pass => turn.out.to_client.pass(input, length),
            Action::Swallow => input.advance(length),
        }
    }
    Ok(())
}

fn violation(source: wire::WireError) -> SessionError {
    SessionError::Violation {
        side: Side::Server,
        source,
    }
}

impl Turn<'_> {
    fn message(&mut self, frame: Frame<'_>) -> Result<Action, SessionError> {
        let message = backend::decode(frame).map_err(violation)?;
        if let Some(action) = self.asked(&message)? {
            return Ok(action);
        }
        match message {
            Message::DataRow(_) => Err(unexpected("DataRow")),
            Message::RowDescription(description) => self.row_description(&description),
            Message::NoData => self.no_data(),
            Message::ParameterDescription(_) => self.parameter_description(),
            Message::ParseComplete => self.parse_complete(),
            Message::BindComplete => self.bind_complete(),
            Message::CloseComplete => self.close_complete(),
            Message::CommandComplete(complete) => {
                self.command_complete(&complete, OutcomeState::Completed)
            }
            Message::EmptyQueryResponse => {
                self.command_complete(&UNTAGGED, OutcomeState::Completed)
            }
            Message::PortalSuspended => self.command_complete(&UNTAGGED, OutcomeState::Suspended),
            Message::CopyInResponse(_) => self.copy_in_response(),
            Message::CopyOutResponse(response) => self.copy_out_response(&response),
            Message::CopyData(_) => Err(unexpected("CopyData")),
            Message::CopyDone => self.copy_done(),
            Message::ErrorResponse(fields) => self.error(&fields),
            Message::NoticeResponse(fields) => self.notice(&fields),
            Message::ReadyForQuery(ready) => self.ready(ready.status),
            Message::ParameterStatus(status) => self.parameter_status(&status),
            Message::NotificationResponse(_) => Ok(match self.session.notifications {
                Notifications::Passed => Action::Pass,
                Notifications::Withheld => Action::Swallow,
            }),
            Message::Authentication(_) => Err(unexpected("Authentication")),
            Message::BackendKeyData(_) => Err(unexpected("BackendKeyData")),
            Message::CopyBothResponse(_) => Err(unexpected("CopyBothResponse")),
            Message::FunctionCallResponse(_) => Err(unexpected("FunctionCallResponse")),
            Message::NegotiateProtocolVersion(_) => Err(unexpected("NegotiateProtocolVersion")),
        }
    }

    fn row_description(
        &mut self,
        description: &RowDescription<'_>,
    ) -> Result<Action, SessionError> {
        let fields = Fields::read(description);
        if let Some(Pending::Query(_)) = self.session.queue.front() {
            self.describe_current(fields)?;
            return Ok(Action::Pass);
        }
        self.described(fields, "RowDescription")
    }

    fn no_data(&mut self) -> Result<Action, SessionError> {
        self.described(Fields(Box::default()), "NoData")
    }

    /// The answer to the Describe message that is first in the queue.
    fn described(&mut self, fields: Fields, message: &'static str) -> Result<Action, SessionError> {
        let due = |entry: &Pending| matches!(entry, Pending::Describe(_));
        let Some(Pending::Describe(describe)) = self.next(due) else {
            return Err(unexpected(message));
        };
        if let Some(description) = describe.of.description() {
            description.answer(fields);
        }
        Ok(answer_for(describe.asker))
    }

    fn parameter_description(&mut self) -> Result<Action, SessionError> {
        match self.session.queue.front() {
            Some(Pending::Describe(describe)) => Ok(answer_for(describe.asker)),
            Some(_) | None => Err(unexpected("ParameterDescription")),
        }
    }

    fn parse_complete(&mut self) -> Result<Action, SessionError> {
        let due = |entry: &Pending| matches!(entry, Pending::Parse { .. });
        let Some(Pending::Parse { name, statement }) = self.next(due) else {
            return Err(unexpected("ParseComplete"));
        };
        self.session.names.keep_statement(&name, statement);
        Ok(Action::Pass)
    }

    fn bind_complete(&mut self) -> Result<Action, SessionError> {
        let due = |entry: &Pending| matches!(entry, Pending::Bind { .. });
        let Some(Pending::Bind { name, portal }) = self.next(due) else {
            return Err(unexpected("BindComplete"));
        };
        self.session.names.keep_portal(&name, portal);
        Ok(Action::Pass)
    }

    fn close_complete(&mut self) -> Result<Action, SessionError> {
        let due = |entry: &Pending| matches!(entry, Pending::Close(_));
        let Some(Pending::Close(close)) = self.next(due) else {
            return Err(unexpected("CloseComplete"));
        };
        match close.target {
            Target::Statement => self.session.names.drop_statement(&close.name),
            Target::Portal => self.session.names.drop_portal(&close.name),
        }
        Ok(answer_for(close.asker))
    }

    /// The entry that an answer ends, if it is one that the answer may end. Another stays: what it
    /// runs is recorded as unfinished.
    fn next(&mut self, due: impl FnOnce(&Pending) -> bool) -> Option<Pending> {
        let queue = &mut self.session.queue;
        queue.front().is_some_and(due).then(|| queue.pop())?
    }

    fn command_complete(
        &mut self,
        complete: &CommandComplete<'_>,
        state: OutcomeState,
    ) -> Result<Action, SessionError> {
        if let Some(Pending::Query(query)) = self.session.queue.front_mut()
            && let Some(run) = query.unreadable()
        {
            run.end_one(complete.rows());
            return Ok(Action::Pass);
        }
        let (mut run, portal) = match self.session.queue.front_mut() {
            Some(Pending::Query(query)) => match query.runs.pop_front() {
                Some(run) => (run, None),
                None => return Err(unexpected("CommandComplete")),
            },
            Some(Pending::Execute(_)) => match self.session.queue.pop() {
                Some(Pending::Execute(execute)) => {
                    (execute.run, Some((execute.name, execute.portal)))
                }
                Some(_) | None => return Err(unexpected("CommandComplete")),
            },
            Some(_) | None => return Err(unexpected("CommandComplete")),
        };
        if let Some(rows) = complete.rows().filter(|_| run.tally.rows == 0) {
            run.tally.rows = rows;
        }
        self.session.finish(&run, self.step, state, None);
        if let Some((name, portal)) = &portal
            && portal.lookup == Lookup::AtFirstRun
        {
            self.session.names.looked_up(name, &portal.statement);
        }
        if state == OutcomeState::Completed {
            let portal = portal.as_ref().map(|(name, _)| name.as_slice());
            self.complete(&run, complete.tag, portal);
        }
        Ok(Action::Pass)
    }

    /// What a completed statement means for the session.
    fn complete(&mut self, run: &Run, tag: &[u8], portal: Option<&[u8]>) {
        let session = &mut *self.session;
        let facts = run.judged.facts();
        session.protected |= run.judged.decision.protected;
        if changes_catalog(&facts.kind) {
            session.snapshot = Snapshot::Stale;
        }
        session.tracked.completed(facts);
        if matches!(
            facts.kind,
            Kind::Listen | Kind::Do | Kind::Call | Kind::Unreadable
        ) {
            session.notifications = Notifications::Passed;
        }
        session.names.completed(Completed {
            facts,
            makes: run.makes.as_ref(),
            tag,
            portal,
        });
    }

    /// The end of a text that could not be read, whatever was in it.
    fn end_unreadable(&mut self) {
        let Some(Pending::Query(query)) = self.session.queue.front_mut() else {
            return;
        };
        if query.unreadable().is_none() {
            return;
        }
        if let Some(run) = query.runs.pop_front() {
            let state = OutcomeState::Completed;
            self.session.finish(&run, self.step, state, None);
            self.complete(&run, b"", None);
        }
    }

    fn ready(&mut self, status: TransactionStatus) -> Result<Action, SessionError> {
        self.end_unreadable();
        let due = |entry: &Pending| match entry {
            Pending::Query(query) => query.runs.is_empty(),
            other => matches!(other, Pending::Sync),
        };
        match self.next(due) {
            Some(Pending::Query(_)) => self.session.names.queried(),
            Some(_) => {}
            None => return Err(unexpected("ReadyForQuery")),
        }
        let session = &mut *self.session;
        session.transaction = status;
        if session.mode == Mode::CopyData {
            session.mode = Mode::Statements;
        }
        match status {
            TransactionStatus::Idle => session.tracked.idle(),
            TransactionStatus::InTransaction => session.tracked.in_transaction(Transacting::Sound),
            TransactionStatus::Failed => session.tracked.in_transaction(Transacting::Failed),
        }
        if status == TransactionStatus::Idle {
            session.names.idle();
            session.protected = false;
            if std::mem::take(&mut session.snapshot) == Snapshot::Stale {
                self.out.snapshot = Snapshot::Stale;
            }
        }
        Ok(Action::Pass)
    }

    fn parameter_status(&mut self, status: &ParameterStatus<'_>) -> Result<Action, SessionError> {
        if let Some((name, value)) = PINS.iter().find(|(name, _)| name.as_bytes() == status.name)
            && status.value != *value
        {
            return Err(SessionError::PinBroken { name });
        }
        if status.name == b"DateStyle" {
            self.session.styles = Styles::from_date_style(&String::from_utf8_lossy(status.value));
        }
        Ok(Action::Pass)
    }
}

/// The statement whose answer the server is sending.
fn current_run(session: &mut Session) -> Option<&mut Run> {
    match session.queue.front_mut() {
        Some(Pending::Query(query)) => query.runs.front_mut(),
        Some(Pending::Execute(execute)) => Some(&mut execute.run),
        Some(
            Pending::Parse { .. }
            | Pending::Bind { .. }
            | Pending::Describe(_)
            | Pending::Close(_)
            | Pending::Refused(_)
            | Pending::Doomed
            | Pending::Sync
            | Pending::Ask(_)
            | Pending::CopyEnd,
        )
        | None => None,
    }
}

fn current_copy(session: &mut Session) -> Option<&mut CopyOut> {
    match current_run(session).map(|run| &mut run.result) {
        Some(Rows::CopyOut(copy)) => Some(copy),
        _ => None,
    }
}

fn unexpected(message: &'static str) -> SessionError {
    SessionError::Unexpected {
        side: Side::Server,
        message,
    }
}

impl Session {
    /// Records every statement that has no outcome yet.
    pub(crate) fn abandon_all(&mut self, step: Step<'_>) {
        while let Some(entry) = self.queue.pop() {
            let runs: Vec<Run> = match entry {
                Pending::Query(query) => query.runs.into(),
                Pending::Execute(execute) => vec![execute.run],
                Pending::Parse { .. }
                | Pending::Bind { .. }
                | Pending::Describe(_)
                | Pending::Close(_)
                | Pending::Refused(_)
                | Pending::Doomed
                | Pending::Sync
                | Pending::Ask(_)
                | Pending::CopyEnd => continue,
            };
            for run in &runs {
                self.finish(run, step, OutcomeState::Unfinished, None);
            }
        }
    }
}

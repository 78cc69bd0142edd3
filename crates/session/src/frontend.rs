//! What the client sends.

mod extended;
mod long;

use std::sync::Arc;

use audit::{OutcomeState, Protocol, Side};
use bytes::{Buf, BytesMut};
use wire::encode;
use wire::frame::{self, Frame, Scan};
use wire::frontend::{self, Message, Query};

use crate::ask::{Ask, AskEnd};
use crate::judge::Judged;
use crate::output::{Client, Output};
use crate::pending::{Pending, QueryRun};
use crate::record;
use crate::refusal::{MARKER, Refusal};
use crate::run::Run;
use crate::session::{Mode, Session, SessionError, Step};
use crate::tracked::{Asking, Before};

pub(crate) use long::LongMessage;

/// What became of a message.
enum Taken {
    Done,
    /// It cannot be judged before the server has answered; it stays in the input.
    Wait,
}

/// What a message is handled with.
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
    if out.client == Client::Waiting {
        out.client = Client::Open;
    }
    while out.client == Client::Open && !input.is_empty() {
        if session.client_long.is_some() {
            (Turn { session, step, out }).go_on(input)?;
            continue;
        }
        let scan =
            frame::scan(input, frame::Side::Frontend, &session.limits.wire).map_err(violation)?;
        let (frame, length) = match scan {
            Scan::Frame(frame, length) => (frame, length),
            Scan::Partial { tag, length, .. } => {
                let mut turn = Turn { session, step, out };
                match turn.begin_long(input, (tag, length))? {
                    Taken::Done => continue,
                    Taken::Wait => return Ok(()),
                }
            }
        };
        match (Turn { session, step, out }).message(frame)? {
            Taken::Done => input.advance(length),
            Taken::Wait => {
                out.client = Client::Waiting;
                return Ok(());
            }
        }
    }
    Ok(())
}

fn violation(source: wire::WireError) -> SessionError {
    SessionError::Violation {
        side: Side::Client,
        source,
    }
}

impl Turn<'_> {
    fn message(&mut self, frame: Frame<'_>) -> Result<Taken, SessionError> {
        let message = frontend::decode(frame).map_err(violation)?;
        if self.is_full() {
            return Ok(self.wait());
        }
        if let Some(taken) = self.in_special_mode(&message, frame)? {
            return Ok(taken);
        }
        match message {
            Message::Query(query) => self.query(&query, frame),
            Message::Parse(parse) => self.parse(&parse, frame),
            Message::Bind(bind) => self.bind(&bind, frame),
            Message::Describe(describe) => self.describe(describe.target, describe.name, frame),
            Message::Execute(execute) => self.execute(execute.portal, frame),
            Message::Close(close) => self.close(close.target, close.name, frame),
            Message::Sync => {
                self.session.mode = Mode::Statements;
                self.send(frame, Pending::Sync)
            }
            Message::Flush => {
                self.session.queue.take_kept_answers();
                self.forward(frame)
            }
            Message::Terminate => {
                self.out.client = Client::Terminated;
                self.forward(frame)
            }
            Message::FunctionCall(_) => self.function_call(),
            Message::CopyData(_) => {
                if self.session.queue.expects_copy_data() {
                    self.forward(frame)
                } else {
                    // As PostgreSQL outside of COPY: left over from one that failed.
                    Ok(Taken::Done)
                }
            }
            Message::CopyDone | Message::CopyFail(_) => {
                if self.session.queue.expects_copy_data() {
                    self.send(frame, Pending::CopyEnd)
                } else {
                    Ok(Taken::Done)
                }
            }
            Message::Password(_) => Err(unexpected(frame)),
        }
    }

    /// Whether so many messages wait for the server that the next has to wait here. COPY data, which
    /// makes no entry, is what the server waits for.
    pub(super) fn is_full(&self) -> bool {
        self.session.queue.len() >= self.session.limits.pipeline
            && self.session.mode != Mode::CopyData
    }

    /// While COPY data comes in, and while the server skips to the next Sync, messages mean
    /// something else.
    fn in_special_mode(
        &mut self,
        message: &Message<'_>,
        frame: Frame<'_>,
    ) -> Result<Option<Taken>, SessionError> {
        match (self.session.mode, message) {
            (Mode::CopyData, _) => self.copying_in(message, frame).map(Some),
            (Mode::Statements, _) | (Mode::Skipping, Message::Sync | Message::Terminate) => {
                Ok(None)
            }
            // The server would drop it too (`ignore_till_sync`).
            (Mode::Skipping, _) => Ok(Some(Taken::Done)),
        }
    }

    fn copying_in(
        &mut self,
        message: &Message<'_>,
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        match message {
            Message::CopyData(_) => self.forward(frame),
            Message::CopyDone | Message::CopyFail(_) => {
                self.session.mode = Mode::Statements;
                self.send(frame, Pending::CopyEnd)
            }
            // The server ignores them during COPY (`CopyGetData`).
            Message::Sync | Message::Flush => Ok(Taken::Done),
            Message::Terminate => {
                self.out.client = Client::Terminated;
                self.forward(frame)
            }
            _ => Err(unexpected(frame)),
        }
    }

    fn forward(&mut self, frame: Frame<'_>) -> Result<Taken, SessionError> {
        self.out.to_server.extend(frame.whole());
        Ok(Taken::Done)
    }

    fn send(&mut self, frame: Frame<'_>, pending: Pending) -> Result<Taken, SessionError> {
        self.session.queue.push(pending);
        self.forward(frame)
    }

    /// Leaves the message until the server has answered what it was sent, and sees to it that the
    /// server does.
    fn wait(&mut self) -> Taken {
        if self.session.queue.take_kept_answers() {
            encode::flush(self.out.to_server.tail());
        }
        Taken::Wait
    }

    fn query(&mut self, query: &Query<'_>, frame: Frame<'_>) -> Result<Taken, SessionError> {
        if !self.is_settled()? {
            return Ok(self.wait());
        }
        let judged = match self.readable(query.text) {
            Ok(text) => self
                .session
                .judge(text, self.step)
                .map(|judged| judged.map(|batch| (text, batch))),
            Err(refusal) => Some(Err(refusal)),
        };
        let Some(judged) = judged else {
            return Ok(self.wait());
        };
        let (text, batch) = match judged {
            Ok(read) => read,
            Err(refusal) => {
                self.record_unread(query.text, &refusal, Protocol::Simple);
                return self.refuse_query(refusal);
            }
        };
        let refusal = Self::first_refusal(&batch);
        let mut runs = std::collections::VecDeque::with_capacity(batch.len());
        for judged in batch.iter() {
            match self.session.begin(judged, self.step, Protocol::Simple) {
                Ok(run) => runs.push_back(self.with_name(run, text)),
                Err(unrecorded) if refusal.is_none() => {
                    self.deny(runs);
                    return self.refuse_query(unrecorded);
                }
                Err(_) => {}
            }
        }
        if let Some(refusal) = refusal {
            self.deny(runs);
            return self.refuse_query(refusal);
        }
        self.send(
            frame,
            Pending::Query(QueryRun {
                runs,
                refusal: None,
            }),
        )
    }

    /// Whether the next statement can be judged: nothing on its way changes what it will find, and it
    /// is known what names mean. Else asks the server, where that is missing; the message waits.
    fn is_settled(&mut self) -> Result<bool, SessionError> {
        if self.session.queue.is_shifting() {
            return Ok(false);
        }
        match self.session.tracked.before_statement() {
            Before::Nothing => return Ok(true),
            Before::Wait => {}
            Before::Ask => self.ask_names()?,
        }
        Ok(false)
    }

    /// Asks the server what names mean, once nothing stands between it and the question.
    fn ask_names(&mut self) -> Result<(), SessionError> {
        let queue = &mut self.session.queue;
        let end = match (queue.is_empty(), queue.has_end_of_part()) {
            (true, _) => AskEnd::Sync,
            (false, false) => AskEnd::Flush,
            // The server will get through that first.
            (false, true) => return Ok(()),
        };
        let ask = Ask::send(self.out.to_server.tail(), end).map_err(violation)?;
        queue.push(Pending::Ask(ask));
        queue.take_kept_answers();
        self.session.tracked.asking = Asking::Asked;
        Ok(())
    }

    /// The text, if it can be read at all.
    fn readable<'t>(&self, text: &'t [u8]) -> Result<&'t str, Refusal> {
        if text.len() > self.session.limits.statement {
            return Err(too_long(text.len(), self.session.limits.statement));
        }
        std::str::from_utf8(text).map_err(|_| not_utf8())
    }

    /// Why none of the statements may be sent, if so.
    fn first_refusal(batch: &[Arc<Judged>]) -> Option<Refusal> {
        batch.iter().find_map(|judged| judged.refusal.clone())
    }

    /// Gives a PREPARE or DECLARE what it will put under its name.
    fn with_name(&self, mut run: Run, text: &str) -> Run {
        let text = text.get(run.judged.statement.range.clone()).unwrap_or(text);
        run.makes = self.session.makes(&run.judged, text, self.step);
        run
    }

    /// Records that these statements were refused.
    fn deny(&mut self, runs: impl IntoIterator<Item = Run>) {
        for run in runs {
            self.session
                .finish(&run, self.step, OutcomeState::Denied, Some(crate::DENIED));
        }
    }

    /// Records a text that could not be read.
    fn record_unread(&mut self, text: &[u8], refusal: &Refusal, protocol: Protocol) {
        let text = String::from_utf8_lossy(text);
        let body = record::unread(&text, refusal, &self.session.epoch(self.step), protocol);
        // The text is refused whether or not the sink takes the record.
        let _ = self.session.emit(self.step, body);
    }

    fn refuse_query(&mut self, refusal: Refusal) -> Result<Taken, SessionError> {
        encode::query(self.out.to_server.tail(), MARKER).map_err(violation)?;
        let runs = std::collections::VecDeque::new();
        self.session.queue.push(Pending::Query(QueryRun {
            runs,
            refusal: Some(refusal),
        }));
        Ok(Taken::Done)
    }

    /// A function call by OID shows no SQL that could be judged; it is answered as a Query is.
    fn function_call(&mut self) -> Result<Taken, SessionError> {
        let refusal = Refusal::rule(
            "0A000",
            "function calls by message are not supported through this gate",
        )
        .with_hint("Call the function in a SELECT.");
        self.record_unread(b"", &refusal, Protocol::Simple);
        self.refuse_query(refusal)
    }
}

fn unexpected(frame: Frame<'_>) -> SessionError {
    unexpected_tag(frame.tag)
}

fn unexpected_tag(tag: u8) -> SessionError {
    let message = frame::message_name(frame::Side::Frontend, tag);
    SessionError::Unexpected {
        side: Side::Client,
        message,
    }
}

fn not_utf8() -> Refusal {
    Refusal::rule("22021", "invalid byte sequence for encoding \"UTF8\"")
        .with_hint("This gate reads statements as UTF-8; set the client's encoding to UTF8.")
}

fn too_long(length: usize, limit: usize) -> Refusal {
    Refusal::rule(
        "54000",
        format!("statement of {length} bytes is longer than the limit of {limit}"),
    )
    .with_hint("Send data by COPY or as parameters, or split the statement.")
}

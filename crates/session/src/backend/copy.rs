//! COPY, both ways.

use std::sync::Arc;

use bytes::{Buf, BytesMut};
use mask::MaskError;
use mask::copy::CopyMasker;
use sql::facts::Kind;
use wire::backend::{self, CopyResponse};
use wire::encode;
use wire::frame::{self, Scan};

use super::{Action, Turn, current_copy, current_run, unexpected, violation};
use crate::copy_out::CopyOut;
use crate::output::Output;
use crate::run::{Rows, Tally};
use crate::session::{Mode, Session, SessionError};

impl Turn<'_> {
    pub(super) fn copy_in_response(&mut self) -> Result<Action, SessionError> {
        let ended = self.session.queue.has_copy_end();
        match current_run(self.session) {
            Some(run) if matches!(run.judged.facts().kind, Kind::CopyIn(_) | Kind::Unreadable) => {
                run.result = Rows::CopyIn
            }
            Some(_) | None => return Err(unexpected("CopyInResponse")),
        }
        self.session.mode = if ended {
            Mode::Statements
        } else {
            Mode::CopyData
        };
        self.session.queue.swallow_syncs();
        Ok(Action::Pass)
    }

    pub(super) fn copy_out_response(
        &mut self,
        response: &CopyResponse<'_>,
    ) -> Result<Action, SessionError> {
        let Some(judged) = current_run(self.session).map(|run| Arc::clone(&run.judged)) else {
            return Err(unexpected("CopyOutResponse"));
        };
        let session = &*self.session;
        let copy = session.viewing(self.step, |view| {
            CopyOut::new(&judged, response, view, session.tools())
        });
        let (Some(copy), Some(run)) = (copy, current_run(self.session)) else {
            return Err(unexpected("CopyOutResponse"));
        };
        run.result = Rows::CopyOut(copy);
        Ok(Action::Pass)
    }

    /// Takes as many whole pieces of data as there are; `false` when not even one is whole.
    pub(super) fn copy_data(&mut self, input: &mut BytesMut) -> Result<bool, SessionError> {
        let Some(copy) = current_copy(self.session) else {
            return Err(unexpected("CopyData"));
        };
        if copy.masker().is_none() {
            return self
                .whole_run(input, backend::tag::COPY_DATA)
                .map(|run| run.frames > 0);
        }
        let mut rows = std::mem::take(&mut self.session.scratch);
        let limits = Arc::clone(&self.session.limits.wire);
        let (run, masker) = masked_copy(self.session, "CopyData")?;
        let mut taken = 0;
        loop {
            let rest = input.get(taken..).unwrap_or_default();
            if rest.first() != Some(&backend::tag::COPY_DATA) {
                break;
            }
            let scan = frame::scan(rest, frame::Side::Backend, &limits).map_err(violation)?;
            let Scan::Frame(frame, length) = scan else {
                break;
            };
            rows.clear();
            masker
                .feed(frame.body, &mut rows, &mut run.findings)
                .map_err(unmaskable)?;
            send_rows(&rows, self.out)?;
            taken += length;
        }
        run.note(taken, masker.counts());
        self.session.keep_scratch(rows);
        input.advance(taken);
        Ok(taken > 0)
    }

    pub(super) fn copy_done(&mut self) -> Result<Action, SessionError> {
        if current_copy(self.session).is_none_or(|copy| copy.masker().is_none()) {
            return match current_copy(self.session) {
                Some(_) => Ok(Action::Pass),
                None => Err(unexpected("CopyDone")),
            };
        }
        let mut rows = Vec::new();
        let (run, masker) = masked_copy(self.session, "CopyDone")?;
        masker
            .finish(&mut rows, &mut run.findings)
            .map_err(unmaskable)?;
        run.note(0, masker.counts());
        send_rows(&rows, self.out)?;
        Ok(Action::Pass)
    }
}

/// The tally and the masker of the COPY that the server is sending.
fn masked_copy<'s>(
    session: &'s mut Session,
    message: &'static str,
) -> Result<(&'s mut Tally, &'s mut CopyMasker), SessionError> {
    let Some(run) = current_run(session) else {
        return Err(unexpected(message));
    };
    let Rows::CopyOut(copy) = &mut run.result else {
        return Err(unexpected(message));
    };
    match copy.masker() {
        Some(masker) => Ok((&mut run.tally, masker)),
        None => Err(unexpected(message)),
    }
}

fn unmaskable(error: MaskError) -> SessionError {
    SessionError::CopyData(error.to_string())
}

/// Sends the rows that are whole: one message for each of the server's that ended a row.
fn send_rows(rows: &[u8], out: &mut Output) -> Result<(), SessionError> {
    if rows.is_empty() {
        return Ok(());
    }
    encode::copy_data(out.to_client.tail(), rows).map_err(violation)
}

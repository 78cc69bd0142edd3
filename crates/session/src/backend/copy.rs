//! COPY, both ways.

use std::sync::Arc;

use sql::facts::Kind;
use wire::encode;

use super::{Action, Turn, current_run, unexpected, violation};
use crate::copy_out::CopyOut;
use crate::run::Rows;
use crate::session::{Mode, SessionError};

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

    pub(super) fn copy_out_response(&mut self, columns: usize) -> Result<Action, SessionError> {
        let Some(judged) = current_run(self.session).map(|run| Arc::clone(&run.judged)) else {
            return Err(unexpected("CopyOutResponse"));
        };
        let session = &*self.session;
        let copy = session.viewing(self.step, |view| {
            CopyOut::new(&judged, columns, view, session.tools())
        });
        let (Some(copy), Some(run)) = (copy, current_run(self.session)) else {
            return Err(unexpected("CopyOutResponse"));
        };
        run.result = Rows::CopyOut(copy);
        Ok(Action::Pass)
    }

    pub(super) fn copy_data(&mut self, data: &[u8]) -> Result<Action, SessionError> {
        self.masked_copy("CopyData", data, |masker, data, out, findings| {
            masker.feed(data, out, findings)
        })
    }

    pub(super) fn copy_done(&mut self) -> Result<Action, SessionError> {
        self.masked_copy("CopyDone", &[], |masker, _, out, findings| {
            masker.finish(out, findings)
        })?;
        Ok(Action::Pass)
    }

    /// Sends what the masker makes of the data in its place.
    fn masked_copy(
        &mut self,
        message: &'static str,
        data: &[u8],
        make: impl FnOnce(
            &mut mask::copy::CopyMasker,
            &[u8],
            &mut Vec<u8>,
            &mut mask::Findings,
        ) -> Result<(), mask::MaskError>,
    ) -> Result<Action, SessionError> {
        let Some(run) = current_run(self.session) else {
            return Err(unexpected(message));
        };
        run.tally.bytes += data.len() as u64;
        let Rows::CopyOut(copy) = &mut run.result else {
            return Err(unexpected(message));
        };
        let Some(masker) = copy.masker() else {
            return Ok(Action::Pass);
        };
        let mut rows = Vec::with_capacity(data.len());
        make(masker, data, &mut rows, &mut run.tally.findings)
            .map_err(|error| SessionError::CopyData(error.to_string()))?;
        if !rows.is_empty() {
            encode::copy_data(self.out.to_client.tail(), &rows).map_err(violation)?;
        }
        Ok(Action::Swallow)
    }
}

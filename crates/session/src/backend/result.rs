//! Rows: their plan, and their passage.

use std::sync::Arc;

use audit::Body;
use bytes::{Buf, BytesMut};
use wire::backend::{self, DataRow};
use wire::frame::{self, Scan};

use super::{Turn, current_copy, current_run, unexpected, violation};
use crate::pending::Pending;
use crate::rows::{Fields, RowPlan};
use crate::run::Rows;
use crate::session::SessionError;

/// A row or piece of COPY data that passes is handed on in pieces when it is longer than this.
const PASS_IN_PIECES: usize = 64 * 1024;

impl Turn<'_> {
    /// Takes as many whole rows as there are; `false` when not even one is whole.
    pub(super) fn rows(&mut self, input: &mut BytesMut) -> Result<bool, SessionError> {
        let plan = self.plan()?;
        if !plan.passes {
            return self.masked_rows(input, &plan);
        }
        let run = self.whole_run(input, backend::tag::DATA_ROW)?;
        if let Some(current) = current_run(self.session) {
            current.tally.rows += run.frames;
        }
        Ok(run.frames > 0)
    }

    /// Passes all whole messages of one type that the input begins with.
    pub(super) fn whole_run(
        &mut self,
        input: &mut BytesMut,
        tag: u8,
    ) -> Result<frame::Run, SessionError> {
        let limits = &self.session.limits.wire;
        let run = frame::run(input, frame::Side::Backend, limits, |each| each == tag)
            .map_err(violation)?;
        if let Some(current) = current_run(self.session) {
            current.tally.bytes += run.length as u64;
        }
        self.out.to_client.pass(input, run.length);
        Ok(run)
    }

    fn masked_rows(&mut self, input: &mut BytesMut, plan: &RowPlan) -> Result<bool, SessionError> {
        let mut scratch = std::mem::take(&mut self.session.scratch);
        let mut taken = 0;
        let limits = Arc::clone(&self.session.limits.wire);
        let Some(current) = current_run(self.session) else {
            return Err(unexpected("DataRow"));
        };
        let before = self.out.to_client.len();
        loop {
            let rest = input.get(taken..).unwrap_or_default();
            if rest.first() != Some(&backend::tag::DATA_ROW) {
                break;
            }
            let scan = frame::scan(rest, frame::Side::Backend, &limits).map_err(violation)?;
            let Scan::Frame(frame, length) = scan else {
                break;
            };
            let row = DataRow::new(frame.body).map_err(violation)?;
            plan.rewrite(
                &row,
                self.out.to_client.tail(),
                &mut scratch,
                &mut current.tally,
            )
            .map_err(violation)?;
            current.tally.rows += 1;
            taken += length;
        }
        current.tally.bytes += (self.out.to_client.len() - before) as u64;
        self.session.keep_scratch(scratch);
        input.advance(taken);
        Ok(taken > 0)
    }

    /// The plan of the rows that the server is sending.
    fn plan(&mut self) -> Result<Arc<RowPlan>, SessionError> {
        if let Some(Pending::Execute(execute)) = self.session.queue.front()
            && matches!(execute.run.result, Rows::Undescribed)
            && let Some(fields) = execute.portal.fields()
        {
            self.describe_current(fields)?;
        }
        match current_run(self.session).map(|run| &run.result) {
            Some(Rows::Planned(plan)) => Ok(Arc::clone(plan)),
            // Rows that nobody described have no masks.
            Some(Rows::Undescribed | Rows::CopyOut(_) | Rows::CopyIn) | None => {
                Err(unexpected("DataRow"))
            }
        }
    }

    /// Gives the current run its plan.
    pub(super) fn describe_current(&mut self, fields: Fields) -> Result<(), SessionError> {
        let Some(judged) = current_run(self.session).map(|run| Arc::clone(&run.judged)) else {
            return Err(unexpected("RowDescription"));
        };
        let session = &*self.session;
        let plan = session.viewing(self.step, |view| {
            let make = |fields: &Fields| RowPlan::new(fields, &judged, view, session.tools());
            judged.plans.get(fields, &session.styles, make)
        });
        for column in &plan.tripwires {
            let reason =
                "the server names a protected column that the analysis had missed; it is masked"
                    .to_owned();
            let _ = self.session.emit(
                self.step,
                Body::Tripwire {
                    column: column.clone(),
                    reason,
                },
            );
        }
        match current_run(self.session) {
            Some(run) if matches!(run.result, Rows::Undescribed) => {
                run.result = Rows::Planned(plan)
            }
            // A second description inside one statement (a rewrite rule adds a query): its rows
            // were not judged.
            Some(_) | None => return Err(unexpected("RowDescription")),
        }
        Ok(())
    }

    /// A message that is not whole yet: passes its beginning if it need not be held.
    pub(super) fn long(
        &mut self,
        input: &mut BytesMut,
        tag: u8,
        length: usize,
    ) -> Result<(), SessionError> {
        let passes = match tag {
            backend::tag::DATA_ROW => self.plan()?.passes,
            backend::tag::COPY_DATA => {
                current_copy(self.session).is_some_and(|copy| copy.masker().is_none())
            }
            _ => return Ok(()),
        };
        if passes && length > PASS_IN_PIECES {
            if let Some(run) = current_run(self.session) {
                run.tally.rows += u64::from(tag == backend::tag::DATA_ROW);
                run.tally.bytes += length as u64;
            }
            self.session.server_passing = length - input.len();
            let available = input.len();
            self.out.to_client.pass(input, available);
            return Ok(());
        }
        if !passes && length > self.session.limits.held_row {
            return Err(SessionError::RowTooLong {
                length,
                limit: self.session.limits.held_row,
            });
        }
        Ok(())
    }
}

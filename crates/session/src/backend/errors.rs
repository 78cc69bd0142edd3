//! Errors and notices: whose they are, what they end, and what of them the client sees.

use audit::OutcomeState;
use wire::backend::ReportFields;

use super::{Action, Turn, unexpected, violation};
use crate::pending::Pending;
use crate::run::Run;
use crate::scrub;
use crate::session::{Mode, SessionError};

impl Turn<'_> {
    pub(super) fn error(&mut self, fields: &ReportFields<'_>) -> Result<Action, SessionError> {
        let scrubbed = self.scrubs();
        let refusal = match self.session.queue.front_mut() {
            Some(Pending::Query(query)) => query.refusal.clone(),
            Some(Pending::Refused(refused)) => Some(refused.refusal.clone()),
            Some(
                Pending::Parse { .. }
                | Pending::Bind { .. }
                | Pending::Describe(_)
                | Pending::Execute(_)
                | Pending::Close(_)
                | Pending::Doomed
                | Pending::Sync
                | Pending::CopyEnd,
            )
            | None => None,
        };
        let fatal = matches!(fields.severity(), Some(b"FATAL" | b"PANIC"));
        if self.session.queue.is_empty() && !fatal {
            return Err(unexpected("ErrorResponse"));
        }
        self.fail(fields);
        match refusal {
            // A session that the server ends is not an answer to the marker.
            Some(refusal) if !fatal => refusal
                .encode(self.out.to_client.tail())
                .map_err(violation)?,
            Some(_) | None if scrubbed => {
                scrub::error(self.out.to_client.tail(), fields, &self.step.world.catalog)
                    .map_err(violation)?
            }
            Some(_) | None => return Ok(Action::Pass),
        }
        Ok(Action::Swallow)
    }

    /// Whether messages may carry values that this session must not see.
    fn scrubs(&mut self) -> bool {
        let open = self.session.protected;
        let in_front = match self.session.queue.front() {
            Some(Pending::Query(query)) => {
                query.runs.iter().any(|run| run.judged.decision.protected)
            }
            Some(Pending::Execute(execute)) => execute.run.judged.decision.protected,
            Some(Pending::Parse { statement, .. }) => statement.judged.decision.protected,
            Some(Pending::Bind { portal, .. }) => portal.statement.judged.decision.protected,
            Some(
                Pending::Describe(_)
                | Pending::Close(_)
                | Pending::Refused(_)
                | Pending::Doomed
                | Pending::Sync
                | Pending::CopyEnd,
            )
            | None => false,
        };
        open || in_front
    }

    /// Ends what the error ends: the statements of a Query, or everything up to the next Sync.
    fn fail(&mut self, fields: &ReportFields<'_>) {
        if self.session.mode == Mode::CopyData {
            self.session.mode = Mode::Statements;
        }
        self.session.names.failed();
        let sqlstate = fields
            .sqlstate()
            .map(|code| String::from_utf8_lossy(code).into_owned());
        let state = match sqlstate.as_deref() {
            Some("57014") => OutcomeState::Cancelled,
            _ => OutcomeState::Failed,
        };
        let mut first = Some(state);
        if let Some(Pending::Query(query)) = self.session.queue.front_mut() {
            let runs = std::mem::take(&mut query.runs);
            for run in runs {
                self.end_run(&run, first.take(), sqlstate.as_deref());
            }
            return;
        }
        match self.session.queue.front() {
            Some(Pending::Parse { name, .. }) => self.session.names.parse_failed(name),
            Some(Pending::Refused(refused)) => self.session.names.parse_failed(&refused.name),
            Some(_) | None => {}
        }
        while !matches!(self.session.queue.front(), Some(Pending::Sync)) {
            let Some(entry) = self.session.queue.pop() else {
                self.session.mode = Mode::Skipping;
                return;
            };
            match &entry {
                Pending::Execute(execute) => self.end_run(&execute.run, first, sqlstate.as_deref()),
                // Skipped like all else.
                Pending::Query(query) => {
                    for run in &query.runs {
                        self.end_run(run, None, None);
                    }
                }
                Pending::Parse { .. }
                | Pending::Bind { .. }
                | Pending::Describe(_)
                | Pending::Close(_)
                | Pending::Refused(_)
                | Pending::Doomed
                | Pending::Sync
                | Pending::CopyEnd => {}
            }
            first = None;
        }
    }

    /// The first run failed; those behind it never ran.
    fn end_run(&mut self, run: &Run, failed: Option<OutcomeState>, sqlstate: Option<&str>) {
        let (state, sqlstate) = match failed {
            Some(state) => (state, sqlstate),
            None => (OutcomeState::Unfinished, None),
        };
        self.session.finish(run, self.step, state, sqlstate);
    }

    pub(super) fn notice(&mut self, fields: &ReportFields<'_>) -> Result<Action, SessionError> {
        if !self.scrubs() {
            return Ok(Action::Pass);
        }
        scrub::notice(self.out.to_client.tail(), fields, &self.step.world.catalog)
            .map_err(violation)?;
        Ok(Action::Swallow)
    }
}

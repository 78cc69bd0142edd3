//! When a session judges what, and when again.

use std::sync::Arc;

use crate::judge::{Judged, View, judge, judge_again, judge_made};
use crate::names::{Description, Prepared};
use crate::naming::renames;
use crate::refusal::Refusal;
use crate::session::{Session, Step};

/// The statements of a text, or why none of it may be sent.
type Batch = Result<Arc<[Arc<Judged>]>, Refusal>;

impl Session {
    /// Judges a text; `None`: a name in it depends on what the server will answer, wait for it.
    pub(crate) fn judge(&mut self, text: &str, step: Step<'_>) -> Option<Batch> {
        let epoch = self.epoch(step);
        if let Some(batch) = self.judgements.get(&epoch, text) {
            return Some(Ok(batch));
        }
        let mut judged = self.judge_anew(text, step)?;
        if let Err(outdated) = judged {
            for name in outdated {
                self.renew(&name, step)?;
            }
            judged = self.judge_anew(text, step)?;
        }
        // What is outdated still is on its way to the server.
        let judged = judged.ok()?;
        if let Ok(batch) = &judged
            && self.tracked.naming.is_known()
            && !(batch.len() > 1 && batch.iter().any(|judged| renames(judged.facts())))
        {
            self.judgements.keep(&epoch, text, batch);
        }
        self.tracked.judged();
        Some(judged)
    }

    /// `Err`: it names prepared statements that must be judged again before.
    fn judge_anew(&self, text: &str, step: Step<'_>) -> Option<Result<Batch, Vec<String>>> {
        let ahead = self.ahead(step);
        let judged = self
            .viewing(step, |view| judge(text, view, &ahead))
            .map(Arc::from);
        if ahead.is_unsettled() {
            return None;
        }
        let outdated = ahead.into_outdated();
        Some(if outdated.is_empty() {
            Ok(judged)
        } else {
            Err(outdated)
        })
    }

    /// Judges a prepared statement again that SQL is about to execute, as the server plans it anew.
    fn renew(&mut self, name: &str, step: Step<'_>) -> Option<()> {
        let known = Arc::clone(self.names.statement(name.as_bytes())?);
        match self.refresh(&known, step)? {
            Ok(current) => self.names.keep_statement(name.as_bytes(), current),
            // It cannot even be read any more: nobody may execute it.
            Err(_) => self.names.drop_statement(name.as_bytes()),
        }
        Some(())
    }

    /// Judges a prepared statement again when what it was judged under is no longer in force: the
    /// server plans it anew then. `None`: a name in it depends on what the server will answer.
    pub(crate) fn refresh(
        &self,
        statement: &Arc<Prepared>,
        step: Step<'_>,
    ) -> Option<Result<Arc<Prepared>, Refusal>> {
        let epoch = self.epoch(step);
        if statement.epoch == epoch {
            return Some(Ok(Arc::clone(statement)));
        }
        let ahead = self.ahead(step);
        let judged = self.viewing(step, |view| {
            let judged = single(&judge(&statement.text, view, &ahead)?)?;
            Ok(made(&judged, view).unwrap_or(judged))
        });
        if ahead.is_unsettled() {
            return None;
        }
        let fields = statement.description.fields.get().cloned();
        let described = fields.filter(|_| epoch.same_names(&statement.epoch));
        Some(judged.map(|judged| {
            Arc::new(Prepared {
                text: Arc::clone(&statement.text),
                judged,
                epoch,
                description: Description::of(described),
            })
        }))
    }

    /// Decides anew on a statement that runs in a portal: what it runs was fixed when the portal
    /// was made, whatever names mean by now.
    pub(crate) fn decide_again(&self, statement: &Arc<Prepared>, step: Step<'_>) -> Arc<Prepared> {
        let epoch = self.epoch(step);
        if statement.epoch == epoch {
            return Arc::clone(statement);
        }
        let judged = self.viewing(step, |view| judge_again(&statement.judged, view));
        Arc::new(Prepared {
            text: Arc::clone(&statement.text),
            judged: Arc::new(judged),
            epoch,
            description: Description::of(statement.description.fields.get().cloned()),
        })
    }

    /// What a PREPARE or DECLARE with this text will put under its name, if it is one.
    pub(crate) fn makes(
        &self,
        judged: &Judged,
        text: &str,
        step: Step<'_>,
    ) -> Option<Arc<Prepared>> {
        let judged = self.viewing(step, |view| made(judged, view))?;
        Some(Arc::new(Prepared {
            text: Arc::from(text),
            judged,
            epoch: self.epoch(step),
            description: Description::default(),
        }))
    }
}

/// The statement of a text that must have exactly one.
pub(crate) fn single(batch: &[Arc<Judged>]) -> Result<Arc<Judged>, Refusal> {
    match batch {
        [only] => Ok(Arc::clone(only)),
        // As PostgreSQL says it (`exec_parse_message`).
        _ => Err(Refusal::rule(
            "42601",
            "cannot insert multiple commands into a prepared statement",
        )),
    }
}

fn made(judged: &Judged, view: &View<'_>) -> Option<Arc<Judged>> {
    judge_made(judged, view).map(Arc::new)
}

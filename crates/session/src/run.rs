//! A statement that the server is running.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mask::copy::Counts;
use mask::{Findings, Outcome};

use crate::copy_out::CopyOut;
use crate::judge::Judged;
use crate::names::Prepared;
use crate::rows::RowPlan;

/// A statement that the server is running, or will run.
#[derive(Debug)]
pub(crate) struct Run {
    /// Number of the statement in its session, from 1; ties the outcome to the intent.
    pub(crate) id: u64,
    pub(crate) judged: Arc<Judged>,
    /// What PREPARE or DECLARE will put under its name.
    pub(crate) makes: Option<Arc<Prepared>>,
    /// When it was sent.
    pub(crate) sent: Duration,
    pub(crate) result: Rows,
    pub(crate) tally: Tally,
    pub(crate) naming: Shift,
}

/// Whether names may mean something else once a statement has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shift {
    No,
    Possible,
}

/// How the rows of a run are treated.
#[derive(Debug)]
pub(crate) enum Rows {
    /// The server has not described them: none may pass.
    Undescribed,
    /// By this plan.
    Planned(Arc<RowPlan>),
    /// They come as COPY data.
    CopyOut(CopyOut),
    /// The client sends COPY data.
    CopyIn,
}

/// What went to the client.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    /// What became of the cells, by column of the result.
    pub(crate) counts: Vec<Counts>,
    pub(crate) findings: Findings,
}

impl Tally {
    /// One more cell in this column.
    pub(crate) fn count(&mut self, column: usize, outcome: Outcome) {
        if self.counts.len() <= column {
            self.counts.resize(column + 1, Counts::default());
        }
        if let Some(counts) = self.counts.get_mut(column) {
            counts.add(outcome);
        }
    }

    /// Bytes of COPY data that were taken, and what became of the cells since the COPY began.
    pub(crate) fn note(&mut self, bytes: usize, counts: &[Counts]) {
        self.bytes += bytes as u64;
        self.counts.clear();
        self.counts.extend_from_slice(counts);
    }

    /// Cells found by detection, by name of the entity type.
    pub(crate) fn detected(&self) -> BTreeMap<String, u64> {
        self.findings
            .iter()
            .map(|(entity, count)| (entity.name().to_owned(), count))
            .collect()
    }
}

impl Run {
    pub(crate) fn new(id: u64, judged: Arc<Judged>, sent: Duration) -> Self {
        Self {
            id,
            judged,
            makes: None,
            sent,
            result: Rows::Undescribed,
            tally: Tally::default(),
            naming: Shift::No,
        }
    }

    /// One of the statements of a text that could not be read has ended.
    pub(crate) fn end_one(&mut self, rows: Option<u64>) {
        if let (Rows::Undescribed | Rows::CopyIn, Some(rows)) = (&self.result, rows) {
            self.tally.rows += rows;
        }
        self.result = Rows::Undescribed;
    }

    /// The plan of its rows, if they are rows and described.
    pub(crate) fn plan(&self) -> Option<&Arc<RowPlan>> {
        match &self.result {
            Rows::Planned(plan) => Some(plan),
            Rows::CopyOut(copy) => Some(copy.plan()),
            Rows::Undescribed | Rows::CopyIn => None,
        }
    }
}

//! Rows of `COPY … TO STDOUT`: read, masked cell by cell, written again as PostgreSQL would.
//!
//! A cell that is not changed is copied as it was. Rows may be split at any byte. Buffers are kept
//! from row to row: nothing is allocated for one.

mod binary;
mod csv;
mod lines;
mod options;
mod plain;

pub use options::{CopyFormat, CopyOptions, ForceQuote};

use crate::{Findings, MaskError, Masker, Outcome, Scanner};
use binary::TupleMasker;
use lines::LineMasker;

/// Longest row that is held until it is whole, in bytes. PostgreSQL sends a row as one message,
/// so this is more than any row of ordinary values and still bounded.
pub const MAX_ROW: usize = 64 * 1024 * 1024;

/// What is done to the cells of a column.
#[derive(Clone, Debug)]
pub enum CellMask {
    /// Nothing.
    Pass,
    /// The whole cell is masked.
    Mask(Masker),
    /// What is found in the cell is replaced.
    Scan(Scanner),
}

impl CellMask {
    /// Masks one cell that is not NULL.
    pub fn apply(&self, cell: &[u8], out: &mut Vec<u8>, findings: &mut Findings) -> Outcome {
        match self {
            CellMask::Pass => Outcome::Unchanged,
            CellMask::Mask(masker) => masker.mask(cell, out),
            CellMask::Scan(scanner) => scanner.scan(cell, out, findings),
        }
    }

    /// Whether cells pass as they are.
    pub fn passes(&self) -> bool {
        match self {
            CellMask::Pass => true,
            CellMask::Mask(_) | CellMask::Scan(_) => false,
        }
    }
}

/// What became of the cells of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cells that were changed.
    pub masked: u64,
    /// Those of them in which the operator could not do its work ([`Outcome::is_fallback`]).
    pub fallbacks: u64,
}

impl Counts {
    /// Counts one more cell.
    pub fn add(&mut self, outcome: Outcome) {
        self.masked += u64::from(outcome != Outcome::Unchanged);
        self.fallbacks += u64::from(outcome.is_fallback());
    }
}

/// Masks the rows of one COPY.
#[derive(Debug)]
pub struct CopyMasker(Rows);

#[derive(Debug)]
enum Rows {
    Lines(LineMasker),
    Tuples(TupleMasker),
}

impl CopyMasker {
    /// A masker for rows in text or CSV format with these columns, in order; their masks are of text
    /// format.
    ///
    /// # Errors
    /// Options that PostgreSQL would refuse, or a null string that hides what is NULL.
    pub fn new(options: CopyOptions, columns: Vec<CellMask>) -> Result<CopyMasker, MaskError> {
        LineMasker::new(options, columns).map(|lines| CopyMasker(Rows::Lines(lines)))
    }

    /// A masker for rows in binary format with these columns, in order; their masks are of binary
    /// format.
    pub fn binary(columns: Vec<CellMask>) -> CopyMasker {
        CopyMasker(Rows::Tuples(TupleMasker::new(columns)))
    }

    /// What became of the cells so far, by column.
    pub fn counts(&self) -> &[Counts] {
        match &self.0 {
            Rows::Lines(lines) => lines.counts(),
            Rows::Tuples(tuples) => tuples.counts(),
        }
    }

    /// Takes the payload of a CopyData and appends all rows that are now whole to `out`.
    ///
    /// # Errors
    /// A row that is too long or has the wrong number of columns, or data that is not of the format;
    /// the COPY cannot go on.
    pub fn feed(
        &mut self,
        data: &[u8],
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> Result<(), MaskError> {
        match &mut self.0 {
            Rows::Lines(lines) => lines.feed(data, out, findings),
            Rows::Tuples(tuples) => tuples.feed(data, out, findings),
        }
    }

    /// Ends the rows: a last line without a line end is masked as well.
    ///
    /// # Errors
    /// As [`CopyMasker::feed`], and data that ends inside a quoted value or a binary row.
    pub fn finish(&mut self, out: &mut Vec<u8>, findings: &mut Findings) -> Result<(), MaskError> {
        match &mut self.0 {
            Rows::Lines(lines) => lines.finish(out, findings),
            Rows::Tuples(tuples) => tuples.finish(),
        }
    }
}

/// Appends to what is held of a row that is not whole.
fn hold(held: &mut Vec<u8>, bytes: &[u8]) -> Result<(), MaskError> {
    if held.len().saturating_add(bytes.len()) > MAX_ROW {
        return Err(MaskError::RowTooLong { limit: MAX_ROW });
    }
    held.extend_from_slice(bytes);
    Ok(())
}

//! Rows of `COPY … TO STDOUT`: read, masked cell by cell, written again as PostgreSQL would
//! (`CopyAttributeOutText` and `CopyAttributeOutCSV` of its copyto.c).
//!
//! A cell that is not changed is copied as it was. Rows may be split at any byte.

mod csv;
mod options;
mod plain;

pub use options::{CopyFormat, CopyOptions, ForceQuote};

use crate::{Findings, MaskError, Masker, Outcome, Scanner};

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

/// Masks the rows of one COPY.
#[derive(Debug)]
pub struct CopyMasker {
    options: CopyOptions,
    columns: Vec<CellMask>,
    /// The beginning of a row whose end has not come.
    held: Vec<u8>,
    splitter: Splitter,
    header: bool,
    cells: Cells,
}

/// Buffers of one cell, kept from row to row.
#[derive(Debug, Default)]
struct Cells {
    value: Vec<u8>,
    masked: Vec<u8>,
}

impl CopyMasker {
    /// A masker for rows with these columns, in order; their masks are of text format.
    ///
    /// # Errors
    /// Options that PostgreSQL would refuse, or a null string that hides what is NULL.
    pub fn new(options: CopyOptions, columns: Vec<CellMask>) -> Result<CopyMasker, MaskError> {
        options.check()?;
        let masks = !columns.iter().all(CellMask::passes);
        if masks && options.format == CopyFormat::Text && plain::null_is_ambiguous(&options) {
            return Err(MaskError::AmbiguousNull);
        }
        let (splitter, header) = (Splitter::new(&options), options.header);
        Ok(CopyMasker {
            options,
            columns,
            held: Vec::new(),
            splitter,
            header,
            cells: Cells::default(),
        })
    }

    /// Takes the payload of a CopyData and appends all rows that are now whole to `out`.
    ///
    /// # Errors
    /// A row that is too long or has the wrong number of columns; the COPY cannot go on.
    pub fn feed(
        &mut self,
        data: &[u8],
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> Result<(), MaskError> {
        let mut rest = data;
        while let Some(length) = self.splitter.row_end(rest) {
            let (end, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            if self.held.is_empty() {
                self.row(end, out, findings)?;
            } else {
                self.hold(end)?;
                let held = std::mem::take(&mut self.held);
                self.row(&held, out, findings)?;
                self.held = held;
                self.held.clear();
            }
            rest = after;
        }
        self.hold(rest)
    }

    /// Ends the rows: a last one without a line end is masked as well.
    ///
    /// # Errors
    /// As [`CopyMasker::feed`], and a quoted value without an end.
    pub fn finish(&mut self, out: &mut Vec<u8>, findings: &mut Findings) -> Result<(), MaskError> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        self.row(&held, out, findings)
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), MaskError> {
        if self.held.len().saturating_add(bytes.len()) > MAX_ROW {
            return Err(MaskError::RowTooLong { limit: MAX_ROW });
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    /// Masks a whole row with its line end.
    fn row(
        &mut self,
        row: &[u8],
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> Result<(), MaskError> {
        let (line, end) = match row.split_last() {
            Some((b'\n', line)) => (line, &b"\n"[..]),
            Some(_) | None => (row, &b""[..]),
        };
        let header = std::mem::take(&mut self.header);
        if header || line == b"\\." || self.columns.iter().all(CellMask::passes) {
            out.extend_from_slice(row);
            return Ok(());
        }
        let start = out.len();
        let masked = self.cells_of(line, out, findings);
        if masked.is_err() {
            out.truncate(start);
        }
        out.extend_from_slice(if masked.is_ok() { end } else { b"" });
        masked
    }

    fn cells_of(
        &mut self,
        line: &[u8],
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> Result<(), MaskError> {
        let mut rest = Some(line).filter(|line| !line.is_empty() || !self.columns.is_empty());
        let mut found = 0;
        while let Some(line) = rest {
            let (raw, after) = match self.options.format {
                CopyFormat::Text => plain::split_cell(line, &self.options),
                CopyFormat::Csv => csv::split_cell(line, &self.options)?,
            };
            if found > 0 {
                out.push(self.options.delimiter);
            }
            if let Some(mask) = self.columns.get(found) {
                let mut cell = Cell {
                    options: &self.options,
                    column: found,
                    single: self.columns.len() == 1,
                    mask,
                };
                cell.write(raw, &mut self.cells, (out, findings));
            }
            found += 1;
            rest = after;
        }
        let expected = self.columns.len();
        if found == expected {
            Ok(())
        } else {
            Err(MaskError::ColumnCount { expected, found })
        }
    }
}

/// A place in a row.
struct Cell<'a> {
    options: &'a CopyOptions,
    column: usize,
    /// The only column of the row.
    single: bool,
    mask: &'a CellMask,
}

impl Cell<'_> {
    fn write(
        &mut self,
        raw: &[u8],
        cells: &mut Cells,
        (out, findings): (&mut Vec<u8>, &mut Findings),
    ) {
        if self.mask.passes() || raw == self.options.null {
            out.extend_from_slice(raw);
            return;
        }
        let Cells { value, masked } = cells;
        value.clear();
        masked.clear();
        match self.options.format {
            CopyFormat::Text => plain::unescape(raw, value),
            CopyFormat::Csv => csv::unquote(raw, self.options, value),
        }
        match self.mask.apply(value, masked, findings) {
            Outcome::Unchanged => out.extend_from_slice(raw),
            Outcome::Null => out.extend_from_slice(&self.options.null),
            Outcome::Masked => match self.options.format {
                CopyFormat::Text => plain::escape(masked, self.options, out),
                CopyFormat::Csv => {
                    let forced =
                        self.options.forces_quote(self.column) || (self.single && masked == b"\\.");
                    csv::write(masked, forced, (self.options, out));
                }
            },
        }
    }
}

/// Finds the ends of rows, across the borders of messages.
#[derive(Debug)]
enum Splitter {
    /// A line feed inside a value is escaped, so each one ends a row.
    Text,
    Csv(csv::Quotes),
}

impl Splitter {
    fn new(options: &CopyOptions) -> Splitter {
        match options.format {
            CopyFormat::Text => Splitter::Text,
            CopyFormat::Csv => Splitter::Csv(csv::Quotes::new(options)),
        }
    }

    /// How many bytes of `data` belong to the row that has begun, its line end included; `None`:
    /// all, and it goes on.
    fn row_end(&mut self, data: &[u8]) -> Option<usize> {
        match self {
            Splitter::Text => memchr::memchr(b'\n', data).map(|place| place + 1),
            Splitter::Csv(quotes) => quotes.row_end(data),
        }
    }
}

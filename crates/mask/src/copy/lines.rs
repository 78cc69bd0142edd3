//! Rows that are lines: text and CSV (`CopyAttributeOutText` and `CopyAttributeOutCSV` of
//! PostgreSQL's copyto.c).

use super::{CellMask, CopyFormat, CopyOptions, Counts, csv, hold, plain};
use crate::{Findings, MaskError, Outcome};

/// Masks the rows of one COPY in text or CSV format.
#[derive(Debug)]
pub(super) struct LineMasker {
    options: CopyOptions,
    columns: Vec<CellMask>,
    /// The beginning of a row whose end has not come.
    held: Vec<u8>,
    splitter: Splitter,
    next: Next,
    /// What became of the cells, by column.
    counts: Vec<Counts>,
    cells: Cells,
}

/// What the next row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// The names of the columns.
    Header,
    Row,
    /// No column is masked.
    Passes,
}

/// Buffers of one cell, kept from row to row.
#[derive(Debug, Default)]
struct Cells {
    value: Vec<u8>,
    masked: Vec<u8>,
}

impl LineMasker {
    pub(super) fn new(
        options: CopyOptions,
        columns: Vec<CellMask>,
    ) -> Result<LineMasker, MaskError> {
        options.check()?;
        let passes = columns.iter().all(CellMask::passes);
        if !passes && options.format == CopyFormat::Text && plain::null_is_ambiguous(&options) {
            return Err(MaskError::AmbiguousNull);
        }
        let splitter = Splitter::new(&options);
        let next = match (passes, options.header) {
            (true, _) => Next::Passes,
            (false, true) => Next::Header,
            (false, false) => Next::Row,
        };
        Ok(LineMasker {
            options,
            counts: vec![Counts::default(); columns.len()],
            columns,
            held: Vec::new(),
            splitter,
            next,
            cells: Cells::default(),
        })
    }

    pub(super) fn counts(&self) -> &[Counts] {
        &self.counts
    }

    /// As [`super::CopyMasker::feed`].
    pub(super) fn feed(
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
                hold(&mut self.held, end)?;
                let held = std::mem::take(&mut self.held);
                self.row(&held, out, findings)?;
                self.held = held;
                self.held.clear();
            }
            rest = after;
        }
        hold(&mut self.held, rest)
    }

    /// As [`super::CopyMasker::finish`].
    pub(super) fn finish(
        &mut self,
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> Result<(), MaskError> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        self.row(&held, out, findings)
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
        if self.next != Next::Row || line == b"\\." {
            if self.next == Next::Header {
                self.next = Next::Row;
            }
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
            if let (Some(mask), Some(counts)) =
                (self.columns.get(found), self.counts.get_mut(found))
            {
                let cell = Cell {
                    options: &self.options,
                    column: found,
                    single: self.columns.len() == 1,
                    mask,
                };
                let outcome = cell.write(raw, &mut self.cells, (out, findings));
                counts.add(outcome);
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
    /// Appends the cell and says what became of it.
    fn write(
        &self,
        raw: &[u8],
        cells: &mut Cells,
        (out, findings): (&mut Vec<u8>, &mut Findings),
    ) -> Outcome {
        if self.mask.passes() || raw == self.options.null {
            out.extend_from_slice(raw);
            return Outcome::Unchanged;
        }
        let Cells { value, masked } = cells;
        masked.clear();
        let value = match self.options.format {
            CopyFormat::Text => plain::unescaped(raw, value),
            CopyFormat::Csv => csv::unquoted(raw, self.options, value),
        };
        let outcome = self.mask.apply(value, masked, findings);
        match outcome {
            Outcome::Unchanged => out.extend_from_slice(raw),
            Outcome::Null | Outcome::FallbackNull => out.extend_from_slice(&self.options.null),
            Outcome::Masked | Outcome::Fallback => match self.options.format {
                CopyFormat::Text => plain::escape(masked, self.options, out),
                CopyFormat::Csv => {
                    let forced =
                        self.options.forces_quote(self.column) || (self.single && masked == b"\\.");
                    csv::write(masked, forced, (self.options, out));
                }
            },
        }
        outcome
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

//! `lockgate detect`: what is sensitive in files of values.

mod print;

use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use detect::{Detector, Hint, Spans};

use super::configuration;
use crate::cli::{Detect, FindingFormat};
use crate::exit::Exit;
use crate::failure::CommandError;
use crate::files::{ByName, Cell, Reader, Row};

/// What was found in a cell.
struct Finding<'a> {
    /// The name of its type.
    name: &'a str,
    /// The tag of its type.
    tag: &'static str,
    /// The line of the file on which it begins.
    line: u64,
    /// As [`Cell::column`].
    column: Option<&'a str>,
    /// Where it stands in the value, in bytes.
    span: Range<usize>,
    /// How sure that is, of 100.
    score: u8,
    /// Where it stands in the row as it is written.
    in_row: Range<usize>,
}

/// What finds, kept from row to row.
struct Search<'d> {
    detector: &'d Detector,
    hints: ByName<Option<Hint>>,
    spans: Spans,
}

pub(super) fn run(options: &Detect) -> Result<Exit, CommandError> {
    let detector = match &options.config {
        Some(path) => configuration::load(path)?.detector,
        None => Detector::new(),
    };
    let mut search = Search {
        detector: &detector,
        hints: ByName::new(|name| name.map(Hint::for_column)),
        spans: Spans::new(),
    };
    let mut out = BufWriter::new(anstream::stdout().lock());
    let mut found = false;
    for path in &options.files.files {
        let mut reader = Reader::open(path, &options.files)?;
        let mut of_file = File::new(path, options);
        while let Some(row) = reader.next_row()? {
            let cells = row.cells();
            let findings: Vec<_> = cells
                .iter()
                .flat_map(|cell| search.cell(&row, cell))
                .collect();
            of_file.print(&row, &findings, &mut out)?;
        }
        found |= of_file.any;
    }
    out.flush()?;
    Ok(if found { Exit::Wrong } else { Exit::Fine })
}

impl<'d> Search<'d> {
    fn cell<'a>(&mut self, row: &Row<'_>, cell: &'a Cell<'_>) -> Vec<Finding<'a>>
    where
        'd: 'a,
    {
        let detector = self.detector;
        let hint = self.hints.of(cell.name.as_deref());
        detector.detect(&cell.value, hint.as_ref(), &mut self.spans);
        self.spans
            .iter()
            .map(|span| {
                let in_row = cell.in_row(span.start..span.end);
                Finding {
                    line: row.line + line_feeds(row.raw.get(..in_row.start).unwrap_or_default()),
                    column: cell.column.as_deref(),
                    span: span.start..span.end,
                    name: detector.name_of(span),
                    tag: detector.tag_of(span),
                    score: span.score,
                    in_row,
                }
            })
            .collect()
    }
}

fn line_feeds(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// What is printed of one file.
struct File {
    name: String,
    format: FindingFormat,
    /// Something was found in it.
    any: bool,
}

impl File {
    fn new(path: &Path, options: &Detect) -> File {
        File {
            name: path.display().to_string(),
            format: options.format,
            any: false,
        }
    }

    fn print(
        &mut self,
        row: &Row<'_>,
        findings: &[Finding<'_>],
        out: &mut dyn Write,
    ) -> Result<(), CommandError> {
        if findings.is_empty() {
            return Ok(());
        }
        let is_first = !std::mem::replace(&mut self.any, true);
        match self.format {
            FindingFormat::Table => print::table(&self.name, is_first, findings, out),
            FindingFormat::Json => print::json(&self.name, findings, out),
            FindingFormat::Highlight => print::highlight(&self.name, row, findings, out),
        }
    }
}

//! What the detector finds in cells and columns that are given as lines of JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use detect::{Detector, Hint, Spans, classify_column_values};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::HarnessError;

/// The type of the columns of a set, which names none: text, as any form may be written in it.
const COLUMN_TYPE: &str = "text";

#[derive(Args)]
pub(crate) struct Options {
    /// Lines of `{"id","column","value"}`, with `--columns` of `{"id","column","values"}`; a
    /// column may be null.
    #[arg(long)]
    input: PathBuf,
    /// Gets lines of `{"id","spans":[[start,end,"TYPE"],…]}`, offsets in Unicode scalar values, end
    /// exclusive; with `--columns` of `{"id","label"}`, null when the column is not sensitive.
    #[arg(long)]
    output: PathBuf,
    /// Classifies columns instead of searching cells.
    #[arg(long)]
    columns: bool,
}

#[derive(Deserialize)]
struct Cell<'a> {
    id: Value,
    #[serde(borrow)]
    column: Option<Cow<'a, str>>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

#[derive(Serialize)]
struct Found {
    id: Value,
    spans: Vec<(usize, usize, &'static str)>,
}

#[derive(Deserialize)]
struct Column {
    id: Value,
    column: Option<String>,
    /// A null is a NULL, which says nothing.
    values: Vec<Option<String>>,
}

#[derive(Serialize)]
struct Label {
    id: Value,
    label: Option<&'static str>,
}

/// Answers every line of the input, in its order.
pub(crate) fn run(options: &Options) -> Result<(), HarnessError> {
    let input = BufReader::new(File::open(&options.input)?);
    let mut output = BufWriter::new(File::create(&options.output)?);
    let detector = Detector::new();
    if options.columns {
        answer(input, &mut output, |line| label(&detector, line))?;
    } else {
        let mut search = Search::new(detector);
        answer(input, &mut output, |line| search.cell(line))?;
    }
    Ok(output.flush()?)
}

fn answer<A: Serialize>(
    mut input: impl BufRead,
    output: &mut impl Write,
    mut to: impl FnMut(&str) -> Result<A, serde_json::Error>,
) -> Result<(), HarnessError> {
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        serde_json::to_writer(&mut *output, &to(&line)?)?;
        output.write_all(b"\n")?;
        line.clear();
    }
    Ok(())
}

/// Names of columns that are kept with their reading, as a gate keeps them with a result: more than a
/// database has.
const MOST_HINTS: usize = 100_000;

/// The search of cells, with what it keeps between two of them.
struct Search {
    detector: Detector,
    spans: Spans,
    hints: HashMap<String, Hint>,
}

impl Search {
    fn new(detector: Detector) -> Self {
        Self {
            detector,
            spans: Spans::new(),
            hints: HashMap::new(),
        }
    }

    fn cell(&mut self, line: &str) -> Result<Found, serde_json::Error> {
        let cell: Cell<'_> = serde_json::from_str(line)?;
        if let Some(column) = cell.column.as_deref()
            && !self.hints.contains_key(column)
        {
            if self.hints.len() >= MOST_HINTS {
                self.hints.clear();
            }
            self.hints
                .insert(column.to_owned(), Hint::for_column(column));
        }
        let hint = cell
            .column
            .as_deref()
            .and_then(|column| self.hints.get(column));
        self.detector
            .detect(cell.value.as_bytes(), hint, &mut self.spans);
        let scalars = |bytes| scalars_before(&cell.value, bytes);
        let spans = self
            .spans
            .iter()
            .map(|span| (scalars(span.start), scalars(span.end), span.entity.name()))
            .collect();
        Ok(Found { id: cell.id, spans })
    }
}

/// How many Unicode scalar values begin before byte `offset` of `text`.
fn scalars_before(text: &str, offset: usize) -> usize {
    text.char_indices()
        .take_while(|(at, _)| *at < offset)
        .count()
}

fn label(detector: &Detector, line: &str) -> Result<Label, serde_json::Error> {
    let column: Column = serde_json::from_str(line)?;
    let name = column.column.as_deref().unwrap_or_default();
    let values = column.values.iter().flatten().map(String::as_bytes);
    let found = classify_column_values(detector, name, COLUMN_TYPE, values);
    Ok(Label {
        id: column.id,
        label: found
            .and_then(|found| found.entity)
            .map(|entity| entity.name()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_scalar_values() {
        let lines = "{\"id\":1,\"column\":null,\"value\":\"日本 a@example.com\"}\n{\"id\":\"x\",\"column\":\"note\",\"value\":\"nothing\"}\n";
        let (mut search, mut output) = (Search::new(Detector::new()), Vec::new());
        answer(lines.as_bytes(), &mut output, |line| search.cell(line)).unwrap();
        let expected =
            "{\"id\":1,\"spans\":[[3,16,\"EMAIL_ADDRESS\"]]}\n{\"id\":\"x\",\"spans\":[]}\n";
        assert_eq!(String::from_utf8(output).unwrap(), expected);
    }

    #[test]
    fn columns_get_a_label_or_null() {
        let lines = "{\"id\":1,\"column\":\"customer_email\",\"values\":[]}\n{\"id\":2,\"column\":null,\"values\":[\"a\"]}\n";
        let mut output = Vec::new();
        let detector = Detector::new();
        answer(lines.as_bytes(), &mut output, |line| label(&detector, line)).unwrap();
        let expected = "{\"id\":1,\"label\":\"EMAIL_ADDRESS\"}\n{\"id\":2,\"label\":null}\n";
        assert_eq!(String::from_utf8(output).unwrap(), expected);
    }
}

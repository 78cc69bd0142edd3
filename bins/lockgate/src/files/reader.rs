//! A file, read row by row.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::csv::Quotes;
use super::progress::Progress;
use super::{Cell, Form, Layout, csv, json};
use crate::cli::Files;
use crate::failure::CommandError;

/// Longest row, in bytes: a thousand times that of an ordinary table or log, and still bounded
/// whatever a file holds.
const ROW_MAX: usize = 16 * 1024 * 1024;

/// Longest block of armour (a private key) that is read as one row of text: an RSA key of 16384
/// bits has 13 kB.
const ARMOUR_MAX: usize = 64 * 1024;

/// Byte order mark that some programs begin a file with (Unicode 23.8).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The name that stands for the standard input.
const STANDARD_INPUT: &str = "-";

/// A file whose rows are read one after the other.
pub(crate) struct Reader {
    path: PathBuf,
    source: Box<dyn BufRead>,
    layout: Layout,
    /// The names of the columns; empty when there are none.
    header: Vec<String>,
    /// Whether the next row of CSV names the columns.
    header_expected: bool,
    /// Lines read so far.
    lines: u64,
    row: Vec<u8>,
    progress: Progress,
}

/// One row as it is written, its line end included.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// The line of the file on which it begins, from 1.
    pub(crate) line: u64,
    /// As it is written.
    pub(crate) raw: &'a [u8],
    layout: Layout,
    header: &'a [String],
    is_header: bool,
}

impl Reader {
    /// Opens the file, or the standard input for `-`.
    ///
    /// # Errors
    /// [`CommandError::File`], [`CommandError::Option`].
    pub(crate) fn open(path: &Path, options: &Files) -> Result<Reader, CommandError> {
        let layout = Layout::of(path, options)?;
        let standard = path == Path::new(STANDARD_INPUT);
        let (source, length): (Box<dyn BufRead>, _) = if standard {
            (Box::new(io::stdin().lock()), None)
        } else {
            let file = File::open(path).map_err(CommandError::file(path))?;
            let metadata = file.metadata().map_err(CommandError::file(path))?;
            let length = metadata.is_file().then_some(metadata.len());
            (Box::new(BufReader::new(file)), length)
        };
        Ok(Reader {
            path: path.to_path_buf(),
            source,
            layout,
            header: Vec::new(),
            header_expected: matches!(layout, Layout::Csv(_)) && !options.no_header,
            lines: 0,
            row: Vec::new(),
            progress: Progress::new(length),
        })
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`CommandError::File`], [`CommandError::LongRow`].
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_>>, CommandError> {
        self.row.clear();
        let line = self.lines + 1;
        if !self.read_line()? {
            return Ok(None);
        }
        match self.layout {
            Layout::Text => self.read_armour()?,
            Layout::Csv(delimiter) => self.read_record(delimiter)?,
            Layout::Jsonl => {}
        }
        let is_header = std::mem::take(&mut self.header_expected);
        if let (true, Layout::Csv(delimiter)) = (is_header, self.layout) {
            self.header = names(&self.row, delimiter);
        }
        Ok(Some(Row {
            line,
            raw: &self.row,
            layout: self.layout,
            header: &self.header,
            is_header,
        }))
    }

    /// Appends the next line to the row; `false` at the end of the file.
    fn read_line(&mut self) -> Result<bool, CommandError> {
        let left = ROW_MAX - self.row.len().min(ROW_MAX);
        let mut limited = (&mut self.source).take(left as u64 + 1);
        let read = limited.read_until(b'\n', &mut self.row);
        let read = read.map_err(CommandError::file(&self.path))?;
        self.progress.add(read);
        self.lines += u64::from(read > 0);
        if self.row.len() > ROW_MAX {
            return Err(CommandError::LongRow {
                path: self.path.clone(),
                line: self.lines,
                limit: ROW_MAX,
            });
        }
        Ok(read > 0)
    }

    /// Reads on while a quote is open.
    fn read_record(&mut self, delimiter: u8) -> Result<(), CommandError> {
        let mut quotes = Quotes::new(delimiter);
        let mut seen = 0;
        while !quotes.is_whole_after(self.row.get(seen..).unwrap_or_default()) {
            seen = self.row.len();
            if !self.read_line()? {
                break;
            }
        }
        Ok(())
    }

    /// Reads on to the end of a private key that begins on the line: it is one value.
    fn read_armour(&mut self) -> Result<(), CommandError> {
        if !holds(&self.row, "-----BEGIN ") || !holds(&self.row, "PRIVATE KEY") {
            return Ok(());
        }
        let mut seen = 0;
        while self.row.len() < ARMOUR_MAX
            && !holds(self.row.get(seen..).unwrap_or_default(), "-----END ")
        {
            seen = self.row.len();
            if !self.read_line()? {
                break;
            }
        }
        Ok(())
    }
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}

fn names(record: &[u8], delimiter: u8) -> Vec<String> {
    let record = record.strip_prefix(BYTE_ORDER_MARK).unwrap_or(record);
    let name = |place| {
        csv::value(
            record
                .get::<std::ops::Range<usize>>(place)
                .unwrap_or_default(),
        )
    };
    csv::fields(record, delimiter)
        .into_iter()
        .map(|place| String::from_utf8_lossy(&name(place)).into_owned())
        .collect()
}

impl<'a> Row<'a> {
    /// The cells; none of a row that names the columns. A line that should be JSON and is not is
    /// text.
    pub(crate) fn cells(&self) -> Vec<Cell<'a>> {
        match self.layout {
            _ if self.is_header => Vec::new(),
            Layout::Text => vec![text(self.raw)],
            Layout::Jsonl => json::cells(self.raw).unwrap_or_else(|| vec![text(self.raw)]),
            Layout::Csv(delimiter) => {
                let places = csv::fields(self.raw, delimiter).into_iter().enumerate();
                places
                    .map(|(index, place)| {
                        let name = self
                            .header
                            .get(index)
                            .map(|name| Cow::Borrowed(name.as_str()));
                        let number = || Cow::Owned((index + 1).to_string());
                        Cell {
                            column: Some(name.clone().unwrap_or_else(number)),
                            name,
                            value: csv::value(self.raw.get(place.clone()).unwrap_or_default()),
                            place,
                            form: Form::Csv(delimiter),
                        }
                    })
                    .collect()
            }
        }
    }
}

/// The whole row but its line end.
fn text(raw: &[u8]) -> Cell<'_> {
    let line = raw.strip_suffix(b"\n").unwrap_or(raw);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Cell {
        column: None,
        name: None,
        value: Cow::Borrowed(line),
        place: 0..line.len(),
        form: Form::Text,
    }
}

//! Files of values: their rows, and the cells of each, one row in memory at a time.
//!
//! A cell knows the bytes that it was written as, so that what is not changed is copied as it was.

mod csv;
mod json;
mod options;
mod progress;
mod reader;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

pub(crate) use options::Layout;
pub(crate) use reader::{Reader, Row};

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    /// The column's name, or the path of a JSON leaf; `None` in plain text.
    pub(crate) column: Option<Cow<'a, str>>,
    /// What tells about the value: the column's name, or the key of the nearest JSON member.
    pub(crate) name: Option<Cow<'a, str>>,
    /// The value without quotes and escapes.
    pub(crate) value: Cow<'a, [u8]>,
    /// Where it is written in the row, quotes included.
    pub(crate) place: Range<usize>,
    /// How it is written.
    pub(crate) form: Form,
}

/// How a value is written in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it is.
    Text,
    /// A field of CSV (RFC 4180) with this delimiter.
    Csv(u8),
    /// A string or a key of JSON (RFC 8259).
    JsonString,
    /// A number of JSON.
    JsonNumber,
}

impl Cell<'_> {
    /// Where bytes of the value stand in the row; all of the cell when escapes have moved them.
    pub(crate) fn in_row(&self, span: Range<usize>) -> Range<usize> {
        let quotes = self.place.len().checked_sub(self.value.len());
        let before = match quotes {
            Some(0) => 0,
            // An opening quote and a closing one; an escape would make the cell longer still.
            Some(2) => 1,
            Some(_) | None => return self.place.clone(),
        };
        let from = self.place.start + before;
        from + span.start..from + span.end
    }
}

impl Form {
    /// Appends `value` as it is written in this form; a number that is none any more becomes 0.
    pub(crate) fn write(self, value: &[u8], out: &mut Vec<u8>) {
        match self {
            Form::Text => out.extend_from_slice(value),
            Form::Csv(delimiter) => csv::write(value, delimiter, out),
            Form::JsonString => json::write_string(&String::from_utf8_lossy(value), out),
            Form::JsonNumber => json::write_number(value, out),
        }
    }
}

/// Makes what a name of a column calls for; `None`: there is no name.
type Make<T> = dyn Fn(Option<&str>) -> T;

/// What was made for each name of a column, so that it is made once.
pub(crate) struct ByName<T> {
    made: HashMap<String, T>,
    nameless: T,
    make: Box<Make<T>>,
}

/// Names that are kept: keys of JSON may be data and must not fill the memory.
const NAMES_MAX: usize = 4096;

impl<T> ByName<T> {
    /// Nothing made yet but that for values without a name.
    pub(crate) fn new(make: impl Fn(Option<&str>) -> T + 'static) -> Self {
        ByName {
            made: HashMap::new(),
            nameless: make(None),
            make: Box::new(make),
        }
    }

    /// That for `name`.
    pub(crate) fn of(&mut self, name: Option<&str>) -> &T {
        let Some(name) = name else {
            return &self.nameless;
        };
        if !self.made.contains_key(name) {
            if self.made.len() >= NAMES_MAX {
                self.made.clear();
            }
            self.made.insert(name.to_owned(), (self.make)(Some(name)));
        }
        self.made.get(name).unwrap_or(&self.nameless)
    }
}

//! Bind, with its formats and values.

use std::fmt;

use crate::WireError;
use crate::cursor::Cursor;

/// Values for a prepared statement, which make a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bind<'a> {
    /// The portal's name; empty for the unnamed one.
    pub portal: &'a [u8],
    /// The prepared statement's name; empty for the unnamed one.
    pub statement: &'a [u8],
    /// Formats of the values.
    pub formats: Formats<'a>,
    /// The values.
    pub parameters: Parameters<'a>,
    /// Formats that the client wants the result in.
    pub result_formats: Formats<'a>,
}

impl<'a> Bind<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        Ok(Self {
            portal: cursor.text()?,
            statement: cursor.text()?,
            formats: Formats::read(cursor)?,
            parameters: Parameters::read(cursor)?,
            result_formats: Formats::read(cursor)?,
        })
    }
}

/// A list of format codes: 0 is text, 1 is binary; other numbers are the server's to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats<'a> {
    // INVARIANT: two bytes for each.
    bytes: &'a [u8],
}

impl<'a> Formats<'a> {
    /// How many codes.
    pub const fn len(&self) -> usize {
        self.bytes.len() / 2
    }

    /// Whether there is none, which means text for all.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The code at `index` of the list.
    pub fn get(&self, index: usize) -> Option<i16> {
        self.bytes
            .as_chunks::<2>()
            .0
            .get(index)
            .map(|&code| i16::from_be_bytes(code))
    }

    /// Each code in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = i16> + use<'a> {
        self.bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&code| i16::from_be_bytes(code))
    }

    /// The code that counts for column or parameter `index` (from 0): no codes mean text, one
    /// code means that one for all, else each has its own. `None` beyond the list.
    pub fn applied_to(&self, index: usize) -> Option<i16> {
        match self.len() {
            0 => Some(0),
            1 => self.get(0),
            _ => self.get(index),
        }
    }

    /// Takes a 16-bit count and as many codes.
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        let count = usize::from(cursor.u16()?);
        let bytes = cursor.bytes(count.saturating_mul(2))?;
        Ok(Self { bytes })
    }
}

/// The values of a Bind, checked as a whole, read one by one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Parameters<'a> {
    count: usize,
    // INVARIANT: exactly `count` values with valid lengths.
    bytes: &'a [u8],
}

impl<'a> Parameters<'a> {
    /// How many values, NULL included.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Each value in order; `None` for NULL.
    pub fn iter(&self) -> impl Iterator<Item = Option<&'a [u8]>> + use<'a> {
        let mut cursor = Cursor::new(self.bytes);
        std::iter::from_fn(move || cursor.value().ok())
    }

    fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        let count = usize::from(cursor.u16()?);
        let start = cursor.rest();
        for _ in 0..count {
            cursor.value()?;
        }
        let taken = start.len().saturating_sub(cursor.rest().len());
        Ok(Self {
            count,
            bytes: start.get(..taken).unwrap_or_default(),
        })
    }
}

impl fmt::Debug for Parameters<'_> {
    /// The number only: values may be anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameters({})", self.count)
    }
}

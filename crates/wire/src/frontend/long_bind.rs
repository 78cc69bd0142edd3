//! A Bind that is read while it goes by: its values may be far larger than what can be held.

use crate::WireError;
use crate::cursor::Cursor;

/// The names at the beginning of a Bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BindNames<'a> {
    /// The portal's name; empty for the unnamed one.
    pub portal: &'a [u8],
    /// The prepared statement's name; empty for the unnamed one.
    pub statement: &'a [u8],
}

impl<'a> BindNames<'a> {
    /// The names, and what of `start` follows them; `None` when `start`, the beginning of the body,
    /// does not hold both to their end.
    pub fn read(start: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut cursor = Cursor::new(start);
        let names = Self {
            portal: cursor.text().ok()?,
            statement: cursor.text().ok()?,
        };
        Some((names, cursor.rest()))
    }
}

/// Reads what follows the names of a Bind, piece by piece, and checks every count and length before
/// the piece with it may go on. Values are skipped; only the formats of the result are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongBind {
    /// Bytes of the message that were not given yet.
    left: usize,
    /// Bytes to skip before the next number.
    skip: usize,
    next: Number,
    /// The beginning of a number that a piece ended in.
    begun: u32,
    begun_len: u8,
    result_formats: Vec<i16>,
}

/// The number that is read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    FormatCount,
    ParameterCount,
    /// The length of a value; how many values are left, this one included.
    ValueLength(u16),
    ResultFormatCount,
    /// How many are left, this one included.
    ResultFormat(u16),
    /// None: the message is at its end.
    End,
}

impl Number {
    /// Its bytes on the wire.
    const fn width(self) -> u8 {
        match self {
            Self::ValueLength(_) => 4,
            Self::FormatCount
            | Self::ParameterCount
            | Self::ResultFormatCount
            | Self::ResultFormat(_) => 2,
            Self::End => 0,
        }
    }

    /// The length of one of so many values.
    const fn value(left: u16) -> Self {
        match left {
            0 => Self::ResultFormatCount,
            left => Self::ValueLength(left),
        }
    }

    const fn result_format(left: u16) -> Self {
        match left {
            0 => Self::End,
            left => Self::ResultFormat(left),
        }
    }
}

impl LongBind {
    /// A reader of the `length` bytes that follow the names.
    pub fn new(length: usize) -> Self {
        Self {
            left: length,
            skip: 0,
            next: Number::FormatCount,
            begun: 0,
            begun_len: 0,
            result_formats: Vec::new(),
        }
    }

    /// How many bytes of the message have not been given yet.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Takes the next bytes, at most [`LongBind::left`].
    ///
    /// # Errors
    /// [`WireError::Truncated`], [`WireError::NegativeLength`] or [`WireError::TrailingBytes`]: a
    /// count or length does not agree with the length of the message. At the latest its last piece
    /// shows it, so that a message that is not sound never goes on whole.
    pub fn take(&mut self, mut bytes: &[u8]) -> Result<(), WireError> {
        loop {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            self.left = self.left.saturating_sub(skipped);
            bytes = bytes.get(skipped..).unwrap_or_default();
            if self.next == Number::End && self.skip == 0 {
                return match self.left {
                    0 => Ok(()),
                    count => Err(WireError::TrailingBytes { count }),
                };
            }
            let Some((byte, rest)) = bytes.split_first() else {
                return self.must_go_on();
            };
            bytes = rest;
            self.left = self.left.saturating_sub(1);
            self.begun = self.begun << 8 | u32::from(*byte);
            self.begun_len += 1;
            if self.begun_len == self.next.width() {
                self.begun_len = 0;
                let number = std::mem::take(&mut self.begun);
                self.read(number)?;
            }
        }
    }

    /// The formats that the client wants the result in.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when the message is not at its end.
    pub fn finish(self) -> Result<Vec<i16>, WireError> {
        if self.next == Number::End && self.skip == 0 {
            Ok(self.result_formats)
        } else {
            Err(self.truncated(self.skip.max(1)))
        }
    }

    /// Nothing is left of this piece; there must be another.
    fn must_go_on(&self) -> Result<(), WireError> {
        match self.left {
            0 => Err(self.truncated(usize::from(self.next.width() - self.begun_len))),
            _ => Ok(()),
        }
    }

    fn read(&mut self, number: u32) -> Result<(), WireError> {
        // INVARIANT: a count has two bytes.
        let count = u16::try_from(number).unwrap_or(u16::MAX);
        self.next = match self.next {
            Number::FormatCount => {
                self.skip_bytes(usize::from(count) * 2)?;
                Number::ParameterCount
            }
            Number::ParameterCount => Number::value(count),
            Number::ValueLength(left) => {
                self.skip_value(number.cast_signed())?;
                Number::value(left - 1)
            }
            Number::ResultFormatCount => {
                let bytes = usize::from(count) * 2;
                if bytes > self.left {
                    return Err(self.truncated(bytes));
                }
                self.result_formats.reserve_exact(usize::from(count));
                Number::result_format(count)
            }
            Number::ResultFormat(left) => {
                self.result_formats.push(count.cast_signed());
                Number::result_format(left - 1)
            }
            Number::End => Number::End,
        };
        Ok(())
    }

    fn skip_value(&mut self, length: i32) -> Result<(), WireError> {
        match usize::try_from(length) {
            Ok(length) => self.skip_bytes(length),
            Err(_) if length == -1 => Ok(()),
            Err(_) => Err(WireError::NegativeLength { length }),
        }
    }

    fn skip_bytes(&mut self, count: usize) -> Result<(), WireError> {
        if count > self.left {
            return Err(self.truncated(count));
        }
        self.skip = count;
        Ok(())
    }

    #[cold]
    fn truncated(&self, needed: usize) -> WireError {
        WireError::Truncated {
            needed,
            left: self.left,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::{self, Binding};
    use crate::frame::{Limits, Scan, Side, scan};
    use crate::frontend::{Message, decode};
    use bytes::BytesMut;
    use proptest::prelude::*;

    /// Portal, statement, formats of the result.
    type Read = (Vec<u8>, Vec<u8>, Vec<i16>);

    /// Reads a body in pieces.
    fn long(body: &[u8], step: usize) -> Result<Read, WireError> {
        let (names, rest) = BindNames::read(body).ok_or(WireError::Unterminated)?;
        let mut bind = LongBind::new(rest.len());
        for piece in rest.chunks(step) {
            bind.take(piece)?;
        }
        let formats = bind.finish()?;
        Ok((names.portal.to_vec(), names.statement.to_vec(), formats))
    }

    /// Reads a body as a whole.
    fn whole(body: &[u8]) -> Option<Read> {
        let length = u32::try_from(body.len() + 4).unwrap();
        let frame = [&b"B"[..], &length.to_be_bytes(), body].concat();
        let Ok(Scan::Frame(frame, _)) = scan(&frame, Side::Frontend, &Limits::default()) else {
            panic!("a whole frame");
        };
        match decode(frame) {
            Ok(Message::Bind(bind)) => Some((
                bind.portal.to_vec(),
                bind.statement.to_vec(),
                bind.result_formats.iter().collect(),
            )),
            Ok(_) | Err(_) => None,
        }
    }

    fn bodies() -> impl Strategy<Value = Vec<u8>> {
        let value = prop::option::of(prop::collection::vec(any::<u8>(), 0..20));
        let formats = || prop::collection::vec(any::<i16>(), 0..4);
        let names = "[a-z]{0,3}";
        (
            names,
            names,
            formats(),
            prop::collection::vec(value, 0..5),
            formats(),
        )
            .prop_map(|(portal, statement, formats, values, result_formats)| {
                let mut out = BytesMut::new();
                let parameters: Vec<_> = values.iter().map(Option::as_deref).collect();
                let binding = Binding {
                    portal: portal.as_bytes(),
                    statement: statement.as_bytes(),
                    formats: &formats,
                    parameters: &parameters,
                    result_formats: &result_formats,
                };
                encode::bind(&mut out, &binding).unwrap();
                out.get(5..).unwrap().to_vec()
            })
    }

    proptest! {
        /// A Bind read in pieces is the Bind read as a whole.
        #[test]
        fn pieces_say_the_same_as_the_whole(body in bodies(), step in 1_usize..30) {
            prop_assert_eq!(long(&body, step).ok(), whole(&body));
        }

        /// What is not sound as a whole is not sound in pieces.
        #[test]
        fn unsound_bodies_are_refused_either_way(
            body in bodies(), step in 1_usize..30,
            at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
        ) {
            let mut body = body;
            let at = at.index(body.len());
            if cut {
                body.truncate(at);
            } else {
                body[at] = byte;
            }
            prop_assert_eq!(long(&body, step).ok(), whole(&body));
        }
    }
}

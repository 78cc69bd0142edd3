//! Rows in binary format (PostgreSQL documentation, "COPY", section "Binary Format"): a header, a
//! tuple for each row, a trailer.

use super::{CellMask, Counts, hold};
use crate::{Findings, MaskError, Outcome};

/// What the data begins with.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// Signature, flags, length of the extension.
const HEADER: usize = SIGNATURE.len() + 8;
/// Flags whose meaning a reader must know; of them only one was ever given out, for OIDs, which
/// current servers do not send.
const CRITICAL_FLAGS: u32 = 0xffff_0000;
/// Number of fields in the trailer's place.
const TRAILER: i16 = -1;
/// Length of a field that is NULL.
const NULL: i32 = -1;
/// Bytes of a field's length.
const LENGTH: usize = 4;

/// Masks the rows of one COPY in binary format.
#[derive(Debug)]
pub(super) struct TupleMasker {
    columns: Vec<CellMask>,
    /// The beginning of a part that is not whole.
    held: Vec<u8>,
    next: Next,
    /// What became of the cells, by column.
    counts: Vec<Counts>,
}

/// What the data must go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Header,
    Tuple,
    /// Nothing: the trailer was read.
    End,
}

impl TupleMasker {
    pub(super) fn new(columns: Vec<CellMask>) -> TupleMasker {
        TupleMasker {
            counts: vec![Counts::default(); columns.len()],
            columns,
            held: Vec::new(),
            next: Next::Header,
        }
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
        if self.held.is_empty() {
            let taken = self.take(data, out, findings)?;
            return hold(&mut self.held, data.get(taken..).unwrap_or_default());
        }
        let mut held = std::mem::take(&mut self.held);
        hold(&mut held, data)?;
        let taken = self.take(&held, out, findings)?;
        held.drain(..taken);
        self.held = held;
        Ok(())
    }

    /// As [`super::CopyMasker::finish`].
    pub(super) fn finish(&mut self) -> Result<(), MaskError> {
        if self.next == Next::End {
            Ok(())
        } else {
            Err(MaskError::UnfinishedTuple)
        }
    }

    /// Takes all parts that are whole and says how many bytes they have.
    fn take(
        &mut self,
        data: &[u8],
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> Result<usize, MaskError> {
        let mut rest = data;
        loop {
            let start = out.len();
            let part = match self.next {
                Next::Header => self.header(rest, out),
                Next::Tuple => self.tuple(rest, (out, findings)),
                Next::End if rest.is_empty() => Ok(None),
                Next::End => Err(MaskError::CopyFraming),
            };
            match part {
                Ok(Some(after)) => rest = after,
                Ok(None) => {
                    out.truncate(start);
                    return Ok(data.len() - rest.len());
                }
                Err(error) => {
                    out.truncate(start);
                    return Err(error);
                }
            }
        }
    }

    /// Reads the header and gives what follows it. What its extension and the flags say is not
    /// handed on, since nobody knows what it is; a reader may not need it.
    fn header<'a>(
        &mut self,
        data: &'a [u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<&'a [u8]>, MaskError> {
        let known = data.len().min(SIGNATURE.len());
        if data.get(..known) != SIGNATURE.get(..known) {
            return Err(MaskError::CopyFraming);
        }
        let mut reader = Reader { rest: data };
        let (Some(_), Some(flags), Some(extension)) =
            (reader.bytes(SIGNATURE.len()), reader.word(), reader.word())
        else {
            return Ok(None);
        };
        let length = usize::try_from(extension).map_err(|_| MaskError::CopyFraming)?;
        if flags.cast_unsigned() & CRITICAL_FLAGS != 0 {
            return Err(MaskError::CopyFraming);
        }
        if reader.bytes(length).is_none() {
            return Ok(None);
        }
        out.extend_from_slice(SIGNATURE);
        out.resize(out.len() + HEADER - SIGNATURE.len(), 0);
        self.next = Next::Tuple;
        Ok(Some(reader.rest))
    }

    /// Reads a tuple or the trailer and gives what follows it; appends it masked. When it is not
    /// whole, what was appended is spoilt.
    fn tuple<'a>(
        &mut self,
        data: &'a [u8],
        (out, findings): (&mut Vec<u8>, &mut Findings),
    ) -> Result<Option<&'a [u8]>, MaskError> {
        let Some((count, fields)) = data.split_first_chunk::<2>() else {
            return Ok(None);
        };
        let expected = self.columns.len();
        let found = match i16::from_be_bytes(*count) {
            TRAILER => {
                self.next = Next::End;
                out.extend_from_slice(count);
                return Ok(Some(fields));
            }
            count => usize::try_from(count).map_err(|_| MaskError::CopyFraming)?,
        };
        if found != expected {
            return Err(MaskError::ColumnCount { expected, found });
        }
        let Some(end) = end_of(fields, found)? else {
            return Ok(None);
        };
        let (fields, after) = fields.split_at_checked(end).unwrap_or((fields, &[]));
        out.extend_from_slice(count);
        self.fields(fields, out, findings);
        Ok(Some(after))
    }

    /// Appends the fields of a whole tuple; those that stay are copied in runs.
    fn fields(&mut self, fields: &[u8], out: &mut Vec<u8>, findings: &mut Findings) {
        let mut reader = Reader { rest: fields };
        let mut kept = fields;
        for (column, counts) in self.columns.iter().zip(&mut self.counts) {
            let before = reader.rest.len();
            // INVARIANT: `end_of` has seen as many whole fields.
            let Some(field) = reader.field().filter(|_| !column.passes()) else {
                continue;
            };
            let run = kept.get(..kept.len() - before).unwrap_or_default();
            let start = out.len();
            out.extend_from_slice(run);
            let length_at = out.len();
            out.extend_from_slice(&NULL.to_be_bytes());
            let outcome = column.apply(field, out, findings);
            match outcome {
                Outcome::Unchanged => {
                    out.truncate(start);
                    continue;
                }
                Outcome::Null | Outcome::FallbackNull => out.truncate(length_at + LENGTH),
                Outcome::Masked | Outcome::Fallback => patch_length(out, length_at),
            }
            counts.add(outcome);
            kept = reader.rest;
        }
        out.extend_from_slice(kept);
    }
}

/// Writes how many bytes follow the length at `at`.
fn patch_length(out: &mut [u8], at: usize) {
    let Some((length, value)) = out
        .get_mut(at..)
        .and_then(<[u8]>::split_first_chunk_mut::<LENGTH>)
    else {
        return;
    };
    // INVARIANT: a masked value is about as long as the cell, which is at most MAX_ROW.
    *length = i32::try_from(value.len()).unwrap_or(NULL).to_be_bytes();
}

/// Length of this many fields; `None`: they are not all there.
fn end_of(fields: &[u8], count: usize) -> Result<Option<usize>, MaskError> {
    let mut reader = Reader { rest: fields };
    for _ in 0..count {
        let Some(length) = reader.word() else {
            return Ok(None);
        };
        if length == NULL {
            continue;
        }
        let length = usize::try_from(length).map_err(|_| MaskError::CopyFraming)?;
        if reader.bytes(length).is_none() {
            return Ok(None);
        }
    }
    Ok(Some(fields.len() - reader.rest.len()))
}

/// What is left to read.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.rest.split_at_checked(count)?;
        self.rest = tail;
        Some(head)
    }

    fn word(&mut self) -> Option<i32> {
        let (word, tail) = self.rest.split_first_chunk::<4>()?;
        self.rest = tail;
        Some(i32::from_be_bytes(*word))
    }

    /// The next field; `None` for NULL.
    fn field(&mut self) -> Option<&'a [u8]> {
        let length = self.word()?;
        self.bytes(usize::try_from(length).ok()?)
    }
}

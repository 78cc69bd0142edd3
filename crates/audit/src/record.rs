//! A record as a line of the log.
//!
//! `{"seq":N,"prev":"<64 hex>","hash":"<64 hex>","event":{…}}` and a line feed. The hash is
//! SHA-256 over a fixed label, the previous hash (32 bytes), the sequence number (8 bytes, big
//! endian) and the bytes of the event. The event's bytes alone are what a Merkle log takes as leaf.

use crate::{BrokenReason, Event};
use sha2::{Digest, Sha256};
use std::fmt;

/// Keeps these hashes apart from all others.
const LABEL: &[u8] = b"lockgate audit chain 1\n";

/// Index of a record in the log, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Hash of a record; `Display` is lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Stands for the record before the first.
    pub const NONE: Hash = Hash([0; 32]);

    /// The digits of [`Hash::NONE`].
    pub(crate) const NO_HEX: [u8; 64] = [b'0'; 64];

    /// The hash of record `sequence` with the canonical bytes `event`, after `previous`.
    #[must_use]
    pub fn of(previous: &Hash, sequence: u64, event: &[u8]) -> Hash {
        let digest = Sha256::new()
            .chain_update(LABEL)
            .chain_update(previous.0)
            .chain_update(sequence.to_be_bytes())
            .chain_update(event)
            .finalize();
        Hash(digest.into())
    }

    /// The 64 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> [u8; 64] {
        // Without a table, so that the compiler does many digits at once.
        const fn digit(nibble: u8) -> u8 {
            let letter = if nibble > 9 { b'a' - b'9' - 1 } else { 0 };
            b'0' + nibble + letter
        }
        let mut out = Self::NO_HEX;
        for (pair, byte) in out.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        out
    }

    /// Reads exactly 64 lower-case digits: every hash has one spelling.
    fn from_hex(text: &[u8]) -> Option<Hash> {
        let text: &[u8; 64] = text.try_into().ok()?;
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut out = [0; 32];
        for (byte, [high, low]) in out.iter_mut().zip(text.as_chunks::<2>().0) {
            *byte = (digit(*high)? << 4) | digit(*low)?;
        }
        Some(Hash(out))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hex()
            .iter()
            .try_for_each(|digit| fmt::Write::write_char(f, char::from(*digit)))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// A record that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its index in the log, from 0.
    pub seq: u64,
    /// Hash of the record before it.
    pub prev: Hash,
    /// Its own hash.
    pub hash: Hash,
    /// What happened.
    pub event: Event,
}

impl Record {
    /// Reads a line, with or without its line feed. The hash is checked against the line's own
    /// content, not against the record before it: that is [`crate::Verifier`]'s work.
    ///
    /// # Errors
    /// The line is not a record, not in canonical form, or its hash does not fit.
    pub fn read(line: &[u8]) -> Result<Record, BrokenReason> {
        let line = Line::split(line.strip_suffix(b"\n").unwrap_or(line))
            .ok_or(BrokenReason::NotARecord)?;
        if Hash::of(&line.prev, line.seq, line.event) != line.hash {
            return Err(BrokenReason::Hash);
        }
        let event: Event =
            serde_json::from_slice(line.event).map_err(|_| BrokenReason::NotARecord)?;
        match serde_json::to_vec(&event) {
            Ok(canonical) if canonical == line.event => Ok(Record {
                seq: line.seq,
                prev: line.prev,
                hash: line.hash,
                event,
            }),
            Ok(_) | Err(_) => Err(BrokenReason::NotCanonical),
        }
    }
}

/// The parts of a line, cut by its fixed framing: no byte of it is free.
pub(crate) struct Line<'a> {
    pub(crate) seq: u64,
    pub(crate) prev: Hash,
    pub(crate) hash: Hash,
    pub(crate) event: &'a [u8],
}

impl<'a> Line<'a> {
    pub(crate) fn split(line: &'a [u8]) -> Option<Self> {
        let rest = line.strip_prefix(b"{\"seq\":")?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = rest.split_at_checked(digits)?;
        let seq: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
        let (prev, rest) = rest.strip_prefix(b",\"prev\":\"")?.split_at_checked(64)?;
        let (hash, rest) = rest.strip_prefix(b"\",\"hash\":\"")?.split_at_checked(64)?;
        let event = rest.strip_prefix(b"\",\"event\":")?.strip_suffix(b"}")?;
        // One spelling only: no leading zeros.
        (seq.to_string().as_bytes() == digits).then_some(())?;
        Some(Line {
            seq,
            prev: Hash::from_hex(prev)?,
            hash: Hash::from_hex(hash)?,
            event,
        })
    }
}

//! What a step of the session puts out.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes, BytesMut};

/// Runs of at least this many bytes are handed on without a copy; shorter ones are cheaper to copy
/// than to keep as a piece of their own.
pub(crate) const PASS_WHOLE: usize = 4 * 1024;

/// Memory in bytes that an empty box may keep: enough for short answers.
const KEPT: usize = 8 * 1024;

/// What a step of the session puts out.
#[derive(Debug, Default)]
pub struct Output {
    /// Bytes for the server.
    pub to_server: Outbox,
    /// Bytes for the client.
    pub to_client: Outbox,
    /// Stale: reload the catalogs before the session is given more bytes of the client.
    pub snapshot: Snapshot,
    /// Whether more is to be read from the client.
    pub client: Client,
}

/// Whether the catalogs are still those of the snapshot, as far as this session knows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Snapshot {
    /// They are.
    #[default]
    Current,
    /// A statement of this session may have changed them.
    Stale,
}

/// Whether the client has more to say.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// It may.
    #[default]
    Open,
    /// It may; what it said last waits for the server's answer.
    Waiting,
    /// It said Terminate.
    Terminated,
}

/// Bytes on their way to one side, in order: pieces handed on whole, then a tail that grows.
#[derive(Debug, Default)]
pub struct Outbox {
    whole: VecDeque<Bytes>,
    whole_length: usize,
    tail: BytesMut,
    /// Most bytes that were in it at once.
    largest: usize,
}

impl Outbox {
    /// Appends a copy of the bytes.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.tail.extend_from_slice(bytes);
    }

    /// Appends the first `length` bytes of `input` and takes them from it; without a copy when
    /// they are many.
    pub fn pass(&mut self, input: &mut BytesMut, length: usize) {
        let run = input.split_to(length.min(input.len()));
        if run.len() < PASS_WHOLE {
            self.tail.extend_from_slice(&run);
            return;
        }
        self.seal();
        self.whole_length += run.len();
        self.whole.push_back(run.freeze());
    }

    /// The growing end, for encoders.
    pub fn tail(&mut self) -> &mut BytesMut {
        &mut self.tail
    }

    /// Gives back the memory of a time with more to send, if nothing is left.
    pub fn rest(&mut self) {
        if self.is_empty() && self.largest > KEPT {
            *self = Self::default();
        }
    }

    /// Number of bytes not yet taken.
    pub fn len(&self) -> usize {
        self.whole_length + self.tail.len()
    }

    /// Whether nothing is left to take.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn seal(&mut self) {
        if !self.tail.is_empty() {
            let sealed = self.tail.split().freeze();
            self.whole_length += sealed.len();
            self.whole.push_back(sealed);
        }
    }
}

impl Buf for Outbox {
    fn remaining(&self) -> usize {
        self.len()
    }

    fn chunk(&self) -> &[u8] {
        self.whole
            .front()
            .map_or(&self.tail[..], |first| &first[..])
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let pieces = self.whole.iter().map(|piece| &piece[..]);
        let tail = std::iter::once(&self.tail[..]).filter(|tail| !tail.is_empty());
        let mut filled = 0;
        for (slot, piece) in slices.iter_mut().zip(pieces.chain(tail)) {
            *slot = IoSlice::new(piece);
            filled += 1;
        }
        filled
    }

    fn advance(&mut self, mut count: usize) {
        self.largest = self.largest.max(self.len());
        while count > 0 {
            let Some(first) = self.whole.front_mut() else {
                self.tail.advance(count);
                return;
            };
            let step = count.min(first.len());
            first.advance(step);
            self.whole_length -= step;
            count -= step;
            if first.is_empty() {
                self.whole.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is passed whole or copied, and however it is taken, the bytes come in order.
        #[test]
        fn keeps_order(pieces in proptest::collection::vec((0usize..3 * PASS_WHOLE, any::<bool>()), 0..12),
                       take in 1usize..5000) {
            let mut outbox = Outbox::default();
            let mut expected = Vec::new();
            for (number, (length, whole)) in pieces.into_iter().enumerate() {
                let piece = vec![number as u8; length];
                expected.extend_from_slice(&piece);
                if whole {
                    outbox.pass(&mut BytesMut::from(&piece[..]), length);
                } else {
                    outbox.extend(&piece);
                }
            }
            prop_assert_eq!(outbox.len(), expected.len());
            let mut seen = Vec::new();
            while outbox.has_remaining() {
                let chunk = outbox.chunk();
                let step = chunk.len().min(take);
                seen.extend_from_slice(&chunk[..step]);
                outbox.advance(step);
            }
            prop_assert_eq!(seen, expected);
        }
    }
}

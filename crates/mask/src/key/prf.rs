//! The keyed pseudo-random function that draws pseudonyms, tokens and hashes.

use blake3::OutputReader;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What a drawn stream is for: separates draws of the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Draw {
    /// Digits of a number.
    Number = 1,
    /// Letters and digits of any text.
    Shape,
    Email,
    Card,
    CardSeal,
    Phone,
    Ssn,
    Iban,
    Network,
    HardwareAddress,
    FirstName,
    LastName,
    Day,
    TimeOfDay,
    Uuid,
    UuidSeal,
    Bytes,
    Label,
    Bits,
    /// A key of hstore that may be data.
    Key,
    /// Sign and size of noise.
    Noise,
    /// Days that the dates of a subject move.
    Shift,
    /// Characters of a hash, and what tells it.
    Hash,
    HashSeal,
    /// Nonce of an encrypted value.
    Nonce,
    /// What a stream goes on with after its first block.
    More,
}

/// Keyed BLAKE3 (its specification, section 2.4) under a [`MaskKey`](crate::MaskKey): a PRF of 256 bits.
///
/// It is chosen over HMAC-SHA-256 for its cost: a short value is one compression, 80 ns on a core
/// where HMAC with its pads kept takes 180 ns.
#[derive(Clone)]
pub(crate) struct Prf(Arc<Zeroizing<[u8; 32]>>);

/// Bytes before the value: what is drawn, and four that are 0.
const HEADER: usize = 5;
/// Bytes that a stream goes on with at a time: two blocks of output, enough for most texts.
const MORE: usize = 128;
/// Longest message that is put together on the stack; two blocks of BLAKE3.
const SHORT: usize = 128;

impl Prf {
    pub(super) fn new(key: &[u8; 32]) -> Prf {
        Prf(Arc::new(Zeroizing::new(*key)))
    }

    /// Stream of pseudo-random bytes that belongs to `value`.
    pub(crate) fn draw(&self, draw: Draw, value: &[u8]) -> Stream<'_> {
        let seed = self.hash(draw, value);
        let mut bytes = [0; MORE];
        let (first, _) = bytes.split_at_mut(seed.len());
        first.copy_from_slice(&seed);
        Stream {
            prf: self,
            seed,
            bytes,
            ready: seed.len(),
            used: 0,
            more: None,
        }
    }

    fn hash(&self, draw: Draw, value: &[u8]) -> [u8; 32] {
        let header: [u8; HEADER] = [draw as u8, 0, 0, 0, 0];
        let mut message = [0; SHORT];
        let whole = HEADER + value.len();
        if let Some(short) = message.get_mut(..whole) {
            let (first, rest) = short.split_at_mut(HEADER);
            first.copy_from_slice(&header);
            rest.copy_from_slice(value);
            return blake3::keyed_hash(&self.0, short).into();
        }
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&header).update(value).finalize().into()
    }

    /// The output of BLAKE3 without end (its specification, section 2.6) that a seed stands for.
    fn expand(&self, seed: &[u8; 32]) -> OutputReader {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&[Draw::More as u8]).update(seed);
        hasher.finalize_xof()
    }
}

impl fmt::Debug for Prf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prf(…)")
    }
}

/// Pseudo-random bytes of one value, without end.
pub(crate) struct Stream<'a> {
    prf: &'a Prf,
    seed: [u8; 32],
    bytes: [u8; MORE],
    /// How many of them were drawn.
    ready: usize,
    /// How many of those were handed out.
    used: usize,
    /// Where the rest comes from, once the first block is used up.
    more: Option<OutputReader>,
}

impl Stream<'_> {
    pub(crate) fn byte(&mut self) -> u8 {
        if self.used == self.ready {
            self.go_on();
        }
        let byte = self.bytes.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        byte
    }

    fn go_on(&mut self) {
        let more = self.more.get_or_insert_with(|| self.prf.expand(&self.seed));
        more.fill(&mut self.bytes);
        self.ready = MORE;
        self.used = 0;
    }

    fn word(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// A number in `0..n`; its bias is at most n / 65536, too small to tell anything of the value.
    pub(crate) fn below(&mut self, n: u16) -> u16 {
        let scaled = (u32::from(self.word()) * u32::from(n)) >> 16;
        u16::try_from(scaled).unwrap_or_default()
    }

    /// An ASCII digit.
    pub(crate) fn digit(&mut self) -> u8 {
        self.pick(b"0123456789")
    }

    /// An ASCII digit from 1 to 9.
    pub(crate) fn leading_digit(&mut self) -> u8 {
        self.pick(b"123456789")
    }

    /// One of `alphabet`, which has 1 to 255 bytes.
    pub(crate) fn pick(&mut self, alphabet: &[u8]) -> u8 {
        let count = u16::try_from(alphabet.len()).unwrap_or(u16::MAX);
        let place = usize::from(self.below(count));
        alphabet.get(place).copied().unwrap_or(b'x')
    }

    /// One of an alphabet of 16 or 32 bytes: a byte of the stream holds it without any bias.
    pub(crate) fn pick_of_power(&mut self, alphabet: &[u8]) -> u8 {
        let place = usize::from(self.byte()) % alphabet.len().max(1);
        alphabet.get(place).copied().unwrap_or(b'x')
    }

    pub(crate) fn fill<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.iter_mut().for_each(|byte| *byte = self.byte());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskKey;

    #[test]
    fn streams_are_keyed_blake3() {
        let prf = MaskKey::new([9; 32]).prf();
        for length in [0, 1, 59, 60, 123, 124, 2000] {
            let value = vec![b'v'; length];
            let message = [&[Draw::Email as u8, 0, 0, 0, 0][..], &value].concat();
            let seed = blake3::keyed_hash(&[9; 32], &message);
            let mut more = [0; 300];
            let message = [&[Draw::More as u8][..], seed.as_bytes()].concat();
            let mut hasher = blake3::Hasher::new_keyed(&[9; 32]);
            hasher.update(&message).finalize_xof().fill(&mut more);
            let expected = [seed.as_bytes(), &more[..]].concat();
            let mut stream = prf.draw(Draw::Email, &value);
            let drawn: Vec<u8> = expected.iter().map(|_| stream.byte()).collect();
            assert_eq!(drawn, expected, "{length}");
        }
    }

    #[test]
    fn streams_differ_by_key_draw_and_value_and_go_on_past_a_block() {
        let draws = |key: [u8; 32], draw, value: &[u8]| {
            let prf = MaskKey::new(key).prf();
            let mut stream = prf.draw(draw, value);
            (0..80).map(|_| stream.byte()).collect::<Vec<u8>>()
        };
        let base = draws([1; 32], Draw::Email, b"a");
        assert_eq!(base, draws([1; 32], Draw::Email, b"a"));
        assert_ne!(base, draws([2; 32], Draw::Email, b"a"));
        assert_ne!(base, draws([1; 32], Draw::Card, b"a"));
        assert_ne!(base, draws([1; 32], Draw::Email, b"b"));
        assert_ne!(base[..32], base[32..64]);
        assert_ne!(base[..16], base[64..]);
    }

    #[test]
    fn every_digit_is_drawn_about_equally_often() {
        let prf = MaskKey::new([3; 32]).prf();
        let mut stream = prf.draw(Draw::Number, b"x");
        let mut counts = [0_u32; 10];
        for _ in 0..10_000 {
            counts[usize::from(stream.digit() - b'0')] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
    }
}

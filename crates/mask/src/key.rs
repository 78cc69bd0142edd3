//! The key of pseudonyms, and the keyed pseudo-random function that draws them.

use aws_lc_rs::hmac;
use sha2::digest::Update;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Salt of the derivation: separates these keys from others drawn from the same master.
const SALT: &[u8] = b"lockgate mask v1";

/// Key of the pseudonyms of one join domain; hidden in `Debug`, erased when dropped.
#[derive(Clone)]
pub struct MaskKey(Zeroizing<[u8; 32]>);

impl MaskKey {
    /// The key itself, 32 random bytes.
    pub fn new(key: [u8; 32]) -> MaskKey {
        MaskKey(Zeroizing::new(key))
    }

    /// Key of a join domain (`email`, `customer_id`): equal values have equal pseudonyms in all
    /// columns of a domain, and unrelated ones in another.
    ///
    /// HKDF-SHA-256 (RFC 5869) with `domain` as info; 32 bytes are exactly its first block.
    pub fn derive(master: &[u8; 32], domain: &str) -> MaskKey {
        let extracted = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SALT), master);
        let key = hmac::Key::new(hmac::HMAC_SHA256, extracted.as_ref());
        let mut expand = hmac::Context::with_key(&key);
        expand.update(domain.as_bytes());
        expand.update(&[1]);
        MaskKey(Zeroizing::new(block_of(&expand.sign())))
    }

    /// Key of a join domain under this key, which is the master: as [`MaskKey::derive`].
    #[must_use]
    pub fn domain(&self, domain: &str) -> MaskKey {
        MaskKey::derive(&self.0, domain)
    }

    pub(crate) fn prf(&self) -> Prf {
        Prf::new(&self.0)
    }
}

impl fmt::Debug for MaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MaskKey(…)")
    }
}

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
    /// Blocks after the first.
    More,
}

/// HMAC-SHA-256 (RFC 2104) under a [`MaskKey`]: the hash of each pad is kept, so that a value costs
/// no allocation and, while it is short, two blocks.
#[derive(Clone)]
pub(crate) struct Prf(Arc<Pads>);

/// The hashes of the key under each pad, erased when dropped.
struct Pads {
    inner: Sha256,
    outer: Sha256,
}

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

/// The hash of the key's block under one of the two pads of RFC 2104.
fn padded(key: &[u8; 32], pad: u8) -> Sha256 {
    let mut block = Zeroizing::new([pad; BLOCK]);
    for (byte, key) in block.iter_mut().zip(key) {
        *byte ^= key;
    }
    Sha256::new().chain(block.as_slice())
}

impl Prf {
    fn new(key: &[u8; 32]) -> Prf {
        Prf(Arc::new(Pads {
            inner: padded(key, 0x36),
            outer: padded(key, 0x5c),
        }))
    }

    /// Stream of pseudo-random bytes that belongs to `value`.
    pub(crate) fn draw(&self, draw: Draw, value: &[u8]) -> Stream<'_> {
        let seed = self.block(draw, value, 0);
        Stream {
            prf: self,
            seed,
            block: seed,
            used: 0,
            counter: 0,
        }
    }

    fn block(&self, draw: Draw, value: &[u8], counter: u32) -> [u8; 32] {
        let [a, b, c, d] = counter.to_be_bytes();
        let inner = self.0.inner.clone().chain([draw as u8, a, b, c, d]);
        let inner = inner.chain(value).finalize();
        self.0.outer.clone().chain(inner).finalize().into()
    }
}

impl fmt::Debug for Prf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prf(…)")
    }
}

fn block_of(tag: &hmac::Tag) -> [u8; 32] {
    let mut block = [0; 32];
    for (to, from) in block.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    block
}

/// Pseudo-random bytes of one value, without end.
pub(crate) struct Stream<'a> {
    prf: &'a Prf,
    seed: [u8; 32],
    block: [u8; 32],
    used: usize,
    counter: u32,
}

impl Stream<'_> {
    pub(crate) fn byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            self.counter = self.counter.wrapping_add(1);
            self.block = self.prf.block(Draw::More, &self.seed, self.counter);
            self.used = 0;
        }
        let byte = self.block.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        byte
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

    pub(crate) fn fill<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.iter_mut().for_each(|byte| *byte = self.byte());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::hkdf;

    struct Length;
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            32
        }
    }

    #[test]
    fn derivation_is_hkdf_sha_256() {
        let info: [&[u8]; 1] = [b"customer_id"];
        let mut expected = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, SALT)
            .extract(&[9; 32])
            .expand(&info, Length)
            .and_then(|okm| okm.fill(&mut expected))
            .expect("32 bytes");
        assert_eq!(*MaskKey::derive(&[9; 32], "customer_id").0, expected);
    }

    #[test]
    fn blocks_are_hmac_sha_256() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[9; 32]);
        let prf = MaskKey::new([9; 32]).prf();
        for length in [0, 1, 50, 51, 58, 59, 64, 200] {
            let value = vec![b'v'; length];
            let message = [&[Draw::Email as u8][..], &7_u32.to_be_bytes(), &value].concat();
            let expected = block_of(&hmac::sign(&key, &message));
            assert_eq!(prf.block(Draw::Email, &value, 7), expected, "{length}");
        }
    }

    #[test]
    fn debug_shows_no_key_byte() {
        let key = MaskKey::new([0xAB; 32]);
        assert_eq!(format!("{key:?} {:?}", key.prf()), "MaskKey(…) Prf(…)");
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

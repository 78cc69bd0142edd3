//! Keyed hashes.

use super::Column;
use crate::key::{Draw, Prf};
use crate::operator::{Alphabet, Hash};
use crate::pseudonym::{Canonical, push_lowercase};
use crate::value::typed::Value;
use crate::value::{digits, uuid};
use smallvec::SmallVec;

/// Characters at the end that are drawn from those before, so that a hash is known again.
const SEAL: usize = 4;

/// A hash in text.
type Drawn = SmallVec<[u8; 64]>;

/// Appends the hash of a text; a hash stays.
pub(super) fn text(hash: Hash, text: &str, prf: &Prf, out: &mut Vec<u8>) {
    let length = usize::from(hash.length);
    let body = length.saturating_sub(SEAL);
    let own = text.as_bytes().get(..body).filter(|_| text.len() == length);
    if own.is_some_and(|body| sealed(hash.alphabet, body, prf).as_slice() == text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut stream = prf.draw(Draw::Hash, &canonical(text));
    let drawn: Drawn = (0..body)
        .map(|_| stream.pick_of_power(letters(hash.alphabet)))
        .collect();
    out.extend_from_slice(&sealed(hash.alphabet, &drawn, prf));
}

fn letters(alphabet: Alphabet) -> &'static [u8] {
    match alphabet {
        Alphabet::Base32 => b"abcdefghijklmnopqrstuvwxyz234567",
        Alphabet::Hex => b"0123456789abcdef",
    }
}

fn sealed(alphabet: Alphabet, body: &[u8], prf: &Prf) -> Drawn {
    let mut stream = prf.draw(Draw::HashSeal, body);
    let mut drawn = Drawn::from_slice(body);
    drawn.extend((0..SEAL).map(|_| stream.pick_of_power(letters(alphabet))));
    drawn
}

/// E-mail addresses in lower case; digits with separators without them; everything else as it is.
fn canonical(text: &str) -> Canonical {
    let separator = |byte: u8| matches!(byte, b' ' | b'-' | b'/' | b'(' | b')' | b'+');
    let number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || separator(byte));
    if number && text.bytes().any(|byte| byte.is_ascii_digit()) {
        text.bytes().filter(u8::is_ascii_digit).collect()
    } else if text.contains('@') {
        let mut canonical = Canonical::new();
        push_lowercase(text, &mut canonical);
        canonical
    } else {
        Canonical::from_slice(text.as_bytes())
    }
}

/// Hashes octets, uuids and integers; an integer has the canonical form of its digits in text.
pub(super) fn value(hash: Hash, value: Value, column: Column<'_>) -> Option<Value> {
    let prf = column.prf;
    match value {
        Value::Octets(octets) => {
            let body = usize::from(hash.length).saturating_sub(SEAL);
            let seal = |body: &[u8]| {
                let mut stream = prf.draw(Draw::HashSeal, body);
                let mut drawn = body.to_vec();
                drawn.extend((0..SEAL).map(|_| stream.byte()));
                drawn
            };
            let whole = octets.len() == usize::from(hash.length);
            if whole && octets.get(..body).map(seal).as_ref() == Some(&octets) {
                return Some(Value::Octets(octets));
            }
            let mut stream = prf.draw(Draw::Hash, &octets);
            let drawn: Drawn = (0..body).map(|_| stream.byte()).collect();
            Some(Value::Octets(seal(&drawn)))
        }
        Value::Uuid(octets) => Some(Value::Uuid(uuid::pseudonym(octets, prf))),
        Value::Fixed(mut fixed) if fixed.scale == 0 => {
            let magnitude = u64::try_from(fixed.unscaled.unsigned_abs()).ok()?;
            let mut stream = prf.draw(Draw::Hash, digits::Digits::of(magnitude).as_bytes());
            let drawn = i64::from_be_bytes(stream.fill()) & i64::MAX;
            let sign = if fixed.unscaled < 0 { -1 } else { 1 };
            fixed.unscaled = i128::from(drawn) * sign;
            Some(Value::Fixed(fixed))
        }
        Value::Fixed(_) | Value::Float(_) | Value::Day(_) => None,
        Value::Micros(_) | Value::Point(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskKey;

    fn hashed(hash: Hash, from: &str) -> String {
        let mut out = Vec::new();
        text(hash, from, &MaskKey::new([5; 32]).prf(), &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn spellings_of_one_value_have_one_hash_that_stays() {
        let hex = Hash {
            length: 20,
            alphabet: Alphabet::Hex,
        };
        for hash in [Hash::default(), hex] {
            for (one, other) in [
                ("4111 1111 1111 1111", "4111111111111111"),
                ("Ada@Engines.org", "ada@engines.org"),
                ("123-45-6789", "123456789"),
            ] {
                let drawn = hashed(hash, one);
                assert_eq!(drawn, hashed(hash, other));
                assert_eq!(drawn.len(), usize::from(hash.length));
                assert_eq!(hashed(hash, &drawn), drawn);
            }
            assert_ne!(hashed(hash, "12.5"), hashed(hash, "125"));
            assert_ne!(hashed(hash, "a"), hashed(hash, "A"));
        }
    }
}

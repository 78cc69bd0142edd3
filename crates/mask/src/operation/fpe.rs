//! Format-preserving encryption: FF1 of NIST SP 800-38G with AES-256.
//!
//! | type | domain |
//! |---|---|
//! | text | the characters of the alphabet, separators kept, the length kept |
//! | int4, int8 | all numbers of the sign: 31 or 63 bits, radix 2 |
//! | numeric(p, 0) | all numbers of the sign of at most p digits |
//!
//! The key belongs to the join domain, so the tweak only tells the kinds apart.

use crate::key::MaskKey;
use crate::limit::{self, Limit};
use crate::operator::{Charset, CheckDigit, Fpe};
use crate::pseudonym::check_digit;
use crate::value::typed::{Fixed, Value};
use crate::{MaskError, Shape};
use ::fpe::ff1::{FF1, FlexibleNumeralString};
use aes::Aes256;
use std::fmt;
use std::sync::Arc;

/// Least number of values of a domain (NIST SP 800-38G Revision 1, section 5.2).
const LEAST_DOMAIN: u64 = 1_000_000;
/// A longer text is not encrypted: FF1 takes time by the square of its length.
const MOST_CHARACTERS: usize = 128;
/// Numbers of one sign are walked through the cipher at most so often: all but the few beyond the
/// sign's greatest are in the domain, so that twice is rare already.
const MOST_WALKS: u8 = 64;

/// FF1 under the key of a domain, for values of one column.
#[derive(Clone)]
pub(crate) struct Cipher {
    kind: Kind,
    engine: Arc<FF1<Aes256>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text(Fpe),
    /// So many bits without the sign.
    Bits(u32),
    /// So many decimal digits without the sign.
    Decimal(u32),
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Encrypt,
    Decrypt,
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cipher({:?}, …)", self.kind)
    }
}

impl Cipher {
    /// The cipher of a column; an error for a type without digits, or with too few.
    pub(crate) fn new(
        fpe: Fpe,
        shape: &Shape,
        type_modifier: i32,
        key: &MaskKey,
    ) -> Result<Cipher, MaskError> {
        let kind = match shape {
            Shape::Int4 => Kind::Bits(31),
            Shape::Int8 => Kind::Bits(63),
            Shape::Int2 => return Err(MaskError::SmallDomain),
            Shape::Numeric => decimal_kind(type_modifier)?,
            _ => text_kind(fpe, shape, type_modifier)?,
        };
        let engine = FF1::new(key.domain("fpe v1").bytes(), kind.radix());
        // INVARIANT: every kind's radix lies between 2 and 65536.
        let engine = Arc::new(engine.map_err(|_| MaskError::SmallDomain)?);
        Ok(Cipher { kind, engine })
    }

    /// Appends an encrypted text; `None`: it has too few characters of the alphabet, or too many,
    /// or a check digit that is wrong.
    pub(crate) fn encrypt_text(&self, text: &str, out: &mut Vec<u8>) -> Option<()> {
        self.text(text, Way::Encrypt, out)
    }

    /// Appends the text that was encrypted.
    pub(crate) fn decrypt_text(&self, text: &str, out: &mut Vec<u8>) -> Option<()> {
        self.text(text, Way::Decrypt, out)
    }

    /// Encrypts a number.
    pub(crate) fn encrypt(&self, value: Value) -> Option<Value> {
        self.number(value, Way::Encrypt)
    }

    /// The number that was encrypted.
    pub(crate) fn decrypt(&self, value: Value) -> Option<Value> {
        self.number(value, Way::Decrypt)
    }

    fn text(&self, text: &str, way: Way, out: &mut Vec<u8>) -> Option<()> {
        let Kind::Text(Fpe { charset, check }) = self.kind else {
            return None;
        };
        let mut numerals: Vec<u16> = text.chars().filter_map(|c| charset.numeral(c)).collect();
        let checked = match check {
            CheckDigit::None => false,
            CheckDigit::Luhn => {
                let digit = numerals.pop()?;
                (digit == luhn(&numerals)).then_some(true)?
            }
        };
        if numerals.len() < charset.least() || numerals.len() > MOST_CHARACTERS {
            return None;
        }
        let mut drawn = self.run(numerals, way)?;
        if checked {
            drawn.push(luhn(&drawn));
        }
        let mut drawn = drawn.into_iter();
        for c in text.chars() {
            let c = match charset.numeral(c) {
                Some(_) => charset.character(drawn.next()?)?,
                None => c,
            };
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Some(())
    }

    /// A negative number -n is n - 1 among those of its sign, so that 0 is among the others only.
    fn number(&self, value: Value, way: Way) -> Option<Value> {
        let (Value::Fixed(fixed), Some(greatest)) = (value, self.kind.greatest()) else {
            return None;
        };
        let negative = fixed.unscaled < 0;
        let mut magnitude = if negative {
            -(fixed.unscaled + 1)
        } else {
            fixed.unscaled
        };
        // The least number of decimal digits has no counterpart: -(10^p) has one digit too many.
        let greatest = greatest - i128::from(negative && matches!(self.kind, Kind::Decimal(_)));
        if fixed.scale > 0 || magnitude > greatest {
            return None;
        }
        for _ in 0..MOST_WALKS {
            magnitude = self
                .kind
                .value_of(&self.run(self.kind.numerals(magnitude)?, way)?)?;
            if magnitude <= greatest {
                let unscaled = if negative { -magnitude - 1 } else { magnitude };
                return Some(Value::Fixed(Fixed { unscaled, ..fixed }));
            }
        }
        None
    }

    fn run(&self, numerals: Vec<u16>, way: Way) -> Option<Vec<u16>> {
        let numerals = FlexibleNumeralString::from(numerals);
        let tweak = self.kind.tweak();
        let done = match way {
            Way::Encrypt => self.engine.encrypt(tweak, &numerals),
            Way::Decrypt => self.engine.decrypt(tweak, &numerals),
        };
        done.ok().map(Vec::from)
    }
}

/// Only a declared numeric without fraction has a domain.
fn decimal_kind(type_modifier: i32) -> Result<Kind, MaskError> {
    let whole = limit::numeric_scale(type_modifier) == Some(0);
    let digits = limit::numeric_precision(type_modifier)
        // 128 bits hold no more.
        .filter(|digits| whole && *digits <= 38)
        .ok_or(MaskError::OperatorType {
            operator: "fpe",
            shape: "numeric",
            instead: "numeric(p, 0), or `token`",
        })?;
    if digits < 6 {
        return Err(MaskError::SmallDomain);
    }
    Ok(Kind::Decimal(digits))
}

fn text_kind(fpe: Fpe, shape: &Shape, type_modifier: i32) -> Result<Kind, MaskError> {
    if fpe.check == CheckDigit::Luhn && fpe.charset != Charset::Digits {
        return Err(MaskError::OperatorType {
            operator: "fpe",
            shape: "text with letters",
            instead: "`check` with digits only",
        });
    }
    let room = match Limit::of(shape, type_modifier) {
        Limit::Unlimited => usize::MAX,
        Limit::Characters(room) | Limit::Padded(room) | Limit::Bytes(room) => room,
    };
    let needed = fpe.charset.least() + usize::from(fpe.check == CheckDigit::Luhn);
    if room < needed {
        return Err(MaskError::SmallDomain);
    }
    Ok(Kind::Text(fpe))
}

impl Kind {
    fn radix(self) -> u32 {
        match self {
            Kind::Text(fpe) => fpe.charset.radix(),
            Kind::Bits(_) => 2,
            Kind::Decimal(_) => 10,
        }
    }

    fn tweak(self) -> &'static [u8] {
        match self {
            Kind::Text(_) => b"lockgate text",
            Kind::Bits(_) => b"lockgate bits",
            Kind::Decimal(_) => b"lockgate decimal",
        }
    }

    /// The greatest number without its sign; `None`: of text.
    fn greatest(self) -> Option<i128> {
        match self {
            Kind::Text(_) => None,
            Kind::Bits(bits) => Some((1 << bits) - 1),
            Kind::Decimal(digits) => Some(10_i128.checked_pow(digits)? - 1),
        }
    }

    fn numerals(self, mut magnitude: i128) -> Option<Vec<u16>> {
        let count = match self {
            Kind::Text(_) => return None,
            Kind::Bits(count) | Kind::Decimal(count) => count,
        };
        let radix = i128::from(self.radix());
        let mut numerals: Vec<u16> = (0..count)
            .map(|_| {
                let numeral = u16::try_from(magnitude % radix).unwrap_or_default();
                magnitude /= radix;
                numeral
            })
            .collect();
        numerals.reverse();
        Some(numerals)
    }

    fn value_of(self, numerals: &[u16]) -> Option<i128> {
        numerals.iter().try_fold(0_i128, |value, numeral| {
            value
                .checked_mul(self.radix().into())?
                .checked_add((*numeral).into())
        })
    }
}

impl Charset {
    fn radix(self) -> u32 {
        match self {
            Charset::Digits => 10,
            Charset::Alphanumeric36 => 36,
            Charset::Alphanumeric62 => 62,
        }
    }

    /// Characters that a domain of a million values needs.
    fn least(self) -> usize {
        let radix = u64::from(self.radix());
        let mut domain = radix;
        let mut count = 1;
        while domain < LEAST_DOMAIN {
            domain *= radix;
            count += 1;
        }
        count
    }

    fn numeral(self, c: char) -> Option<u16> {
        let letter = |c: char, first: char, from: u32| {
            u16::try_from(u32::from(c) - u32::from(first) + from).ok()
        };
        match (self, c) {
            (_, '0'..='9') => letter(c, '0', 0),
            (Charset::Digits, _) => None,
            (Charset::Alphanumeric36, c) if c.is_ascii_alphabetic() => {
                letter(c.to_ascii_uppercase(), 'A', 10)
            }
            (Charset::Alphanumeric62, 'A'..='Z') => letter(c, 'A', 10),
            (Charset::Alphanumeric62, 'a'..='z') => letter(c, 'a', 36),
            (Charset::Alphanumeric36 | Charset::Alphanumeric62, _) => None,
        }
    }

    fn character(self, numeral: u16) -> Option<char> {
        let numeral = u8::try_from(numeral).ok()?;
        let byte = match numeral {
            0..=9 => b'0' + numeral,
            10..=35 => b'A' + numeral - 10,
            36..=61 => b'a' + numeral - 36,
            _ => return None,
        };
        Some(char::from(byte))
    }
}

/// Luhn's digit for the numerals before it.
fn luhn(numerals: &[u16]) -> u16 {
    let digits: Vec<u8> = numerals
        .iter()
        .filter_map(|numeral| u8::try_from(*numeral).ok())
        .map(|digit| b'0' + digit % 10)
        .collect();
    u16::from(check_digit(&digits) - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(fpe: Fpe) -> Cipher {
        Cipher::new(fpe, &Shape::Text, -1, &MaskKey::new([5; 32])).expect("a cipher")
    }

    /// The samples of NIST SP 800-38G for AES-256, as published with the standard (FF1samples.pdf).
    #[test]
    fn samples_of_the_standard() {
        let key = [
            0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF,
            0x4F, 0x3C, 0xEF, 0x43, 0x59, 0xD8, 0xD5, 0x80, 0xAA, 0x4F, 0x7F, 0x03, 0x6D, 0x6F,
            0x04, 0xFC, 0x6A, 0x94,
        ];
        let numerals = |text: &str| -> Vec<u16> {
            text.chars()
                .filter_map(|c| c.to_digit(36))
                .map(|n| u16::try_from(n).expect("small"))
                .collect()
        };
        for (radix, tweak, from, to) in [
            (10, &b""[..], "0123456789", "6657667009"),
            (
                10,
                &[0x39, 0x38, 0x37, 0x36, 0x35, 0x34, 0x33, 0x32, 0x31, 0x30],
                "0123456789",
                "1001623463",
            ),
            (
                36,
                &[
                    0x37, 0x37, 0x37, 0x37, 0x70, 0x71, 0x72, 0x73, 0x37, 0x37, 0x37,
                ],
                "0123456789abcdefghi",
                "xs8a0azh2avyalyzuwd",
            ),
        ] {
            let engine = FF1::<Aes256>::new(&key, radix).expect("a radix");
            let drawn = engine.encrypt(tweak, &FlexibleNumeralString::from(numerals(from)));
            assert_eq!(Vec::from(drawn.expect("long enough")), numerals(to));
        }
    }

    #[test]
    fn text_keeps_its_form_and_is_reversed() {
        let luhn = Fpe {
            check: CheckDigit::Luhn,
            ..Fpe::default()
        };
        let of = |charset| Fpe {
            charset,
            ..Fpe::default()
        };
        for (fpe, from) in [
            (Fpe::default(), "123-45-6789"),
            (luhn, "4111 1111 1111 1111"),
            (of(Charset::Alphanumeric36), "AB-12/CD"),
            (of(Charset::Alphanumeric62), "aZ09 ü"),
        ] {
            let (cipher, mut there, mut back) = (text(fpe), Vec::new(), Vec::new());
            cipher.encrypt_text(from, &mut there).expect("encrypted");
            let there = String::from_utf8(there).expect("text");
            assert_ne!(there, from);
            assert_eq!(there.len(), from.len());
            cipher.decrypt_text(&there, &mut back).expect("decrypted");
            assert_eq!(back, from.as_bytes());
        }
        assert_eq!(
            text(Fpe::default()).encrypt_text("12345", &mut Vec::new()),
            None
        );
        assert_eq!(
            text(luhn).encrypt_text("4111111111111112", &mut Vec::new()),
            None
        );
    }

    #[test]
    fn numbers_keep_their_sign_and_are_reversed() {
        let numeric = (9 << 16) + 4;
        for (shape, type_modifier, numbers) in [
            (
                Shape::Int4,
                -1,
                [0, 1, -1, i128::from(i32::MAX), i128::from(i32::MIN)],
            ),
            (
                Shape::Int8,
                -1,
                [0, 1, -1, i128::from(i64::MAX), i128::from(i64::MIN)],
            ),
            (
                Shape::Numeric,
                numeric,
                [0, 1, -1, 999_999_999, -999_999_999],
            ),
        ] {
            let cipher = Cipher::new(
                Fpe::default(),
                &shape,
                type_modifier,
                &MaskKey::new([5; 32]),
            )
            .expect("a cipher");
            for number in numbers {
                let value = Value::Fixed(Fixed {
                    unscaled: number,
                    scale: 0,
                });
                let there = cipher.encrypt(value.clone()).expect("encrypted");
                assert_ne!(there, value);
                let Value::Fixed(drawn) = &there else {
                    panic!("a number")
                };
                assert_eq!(drawn.unscaled < 0, number < 0);
                assert_eq!(cipher.decrypt(there), Some(value));
            }
        }
    }

    #[test]
    fn small_domains_are_refused() {
        let key = MaskKey::new([5; 32]);
        for (shape, type_modifier) in [
            (Shape::Int2, -1),
            (Shape::Text, 4 + 5),
            (Shape::Bpchar, 4 + 3),
            (Shape::Char, -1),
            (Shape::Numeric, (5 << 16) + 4),
        ] {
            let made = Cipher::new(Fpe::default(), &shape, type_modifier, &key);
            assert_eq!(made.err(), Some(MaskError::SmallDomain), "{shape:?}");
        }
        assert!(Cipher::new(Fpe::default(), &Shape::Numeric, -1, &key).is_err());
    }
}

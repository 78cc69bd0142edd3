//! Access keys: what a principal types as its password.

use crate::{IdentityError, KeyId};
use std::{fmt, str::FromStr};
use zeroize::Zeroizing;

/// Digits of base 32 without the letters that are read as digits (Crockford's alphabet).
const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const PREFIX: &str = "lgk";
const ID_RANDOM_LEN: usize = 5;
const ID_LEN: usize = 8;
const SECRET_LEN: usize = 40;
/// Room for the whole text, so that it never moves and leaves a copy behind.
const TEXT_LEN: usize = 64;

/// A secret access key, `lgk_<id>_<secret>_<check>`: 8 characters of public id, 40 characters
/// (200 random bits) of secret, and the CRC-32 of what stands before in 8 hexadecimal digits, so
/// that a mistyped key is told from a wrong one and scanners recognise a leaked one.
///
/// ASCII letters, digits and `_` only: it passes through URLs, `.pgpass` and SASLprep (RFC 4013)
/// unchanged. `Debug` hides it and the memory is wiped on drop.
pub struct AccessKey {
    id: KeyId,
    text: Zeroizing<String>,
}

impl AccessKey {
    /// How many random bytes a key is made from.
    pub const RANDOM_LEN: usize = 30;

    /// Makes a key from `random` bytes, which must come from a cryptographic source.
    #[must_use]
    pub fn new(random: [u8; Self::RANDOM_LEN]) -> Self {
        let random = Zeroizing::new(random);
        let (id, secret) = random.split_at(ID_RANDOM_LEN);
        let mut digits = String::with_capacity(ID_LEN);
        push_base32(&mut digits, id);
        let id = KeyId::of_base32(&digits);
        let mut text = Zeroizing::new(String::with_capacity(TEXT_LEN));
        text.push_str(&format!("{PREFIX}_{id}_"));
        push_base32(&mut text, secret);
        let check = crc32(text.as_bytes());
        text.push_str(&format!("_{check:08x}"));
        AccessKey { id, text }
    }

    /// The public id of the key, which is part of its text.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The whole secret text. Every call is a place to review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl FromStr for AccessKey {
    type Err = IdentityError;

    /// Reads a key as typed. An error never repeats the text.
    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let id = id_of(text)?;
        let (checked, check) = text.rsplit_once('_').ok_or(IdentityError::AccessKeyForm)?;
        if format!("{:08x}", crc32(checked.as_bytes())) != check {
            return Err(IdentityError::AccessKeyCheck);
        }
        Ok(AccessKey {
            id,
            text: Zeroizing::new(text.to_owned()),
        })
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKey({}, secret hidden)", self.id)
    }
}

/// The id inside of a key's text, when the text has the form of a key.
fn id_of(text: &str) -> Result<KeyId, IdentityError> {
    let mut parts = text.split('_');
    let parts = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    );
    let (Some(PREFIX), Some(id), Some(secret), Some(_check), None) = parts else {
        return Err(IdentityError::AccessKeyForm);
    };
    let is_base32 = |part: &str, length| {
        part.len() == length && part.bytes().all(|byte| BASE32.contains(&byte))
    };
    if !is_base32(id, ID_LEN) || !is_base32(secret, SECRET_LEN) {
        return Err(IdentityError::AccessKeyForm);
    }
    id.parse()
}

/// Appends `bytes` in base 32, five bits a digit; a last group of fewer bits is not written.
fn push_base32(out: &mut String, bytes: &[u8]) {
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            let digit = (bits >> held) & 31;
            out.extend(BASE32.get(digit as usize).map(|byte| char::from(*byte)));
        }
    }
}

/// CRC-32 (IEEE 802.3, reflected), bit by bit: the input is 53 bytes long.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn crc32_has_its_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn keys_have_their_form() {
        let key = AccessKey::new([0xff; AccessKey::RANDOM_LEN]);
        assert_eq!(key.id().as_str(), "zzzzzzzz");
        assert_eq!(
            key.expose(),
            format!("lgk_zzzzzzzz_{}_47ff95a2", "z".repeat(40))
        );
        assert_eq!(format!("{key:?}"), "AccessKey(zzzzzzzz, secret hidden)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let good = AccessKey::new([1; AccessKey::RANDOM_LEN]);
        let good = good.expose();
        let cases = [
            (String::new(), IdentityError::AccessKeyForm),
            ("hunter2".to_owned(), IdentityError::AccessKeyForm),
            (good.replace("lgk_", "lgx_"), IdentityError::AccessKeyForm),
            (format!("{good}_"), IdentityError::AccessKeyForm),
            (
                good[..good.len() - 10].to_owned(),
                IdentityError::AccessKeyForm,
            ),
            (
                good[..good.len() - 1].to_owned(),
                IdentityError::AccessKeyCheck,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<AccessKey>().err(), Some(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_key_reads_back(random: [u8; 30]) {
            let key = AccessKey::new(random);
            let read: AccessKey = key.expose().parse().unwrap();
            prop_assert_eq!(read.id(), key.id());
            prop_assert_eq!(read.expose(), key.expose());
        }

        #[test]
        fn every_mistyped_character_is_told(random: [u8; 30], at in 4_usize..62, to in 0_usize..32) {
            let key = AccessKey::new(random);
            let mut bytes = key.expose().as_bytes().to_vec();
            prop_assume!(bytes[at] != BASE32[to]);
            bytes[at] = BASE32[to];
            prop_assert!(String::from_utf8(bytes).unwrap().parse::<AccessKey>().is_err());
        }
    }
}

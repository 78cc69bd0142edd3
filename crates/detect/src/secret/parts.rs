//! Secrets whose literal stands in the middle or that are made of parts.

use super::vendors::{alphanumeric, hexadecimal, url_safe};
use super::{CHECKED, FORMED, Found, MISTYPED};
use crate::placeholder::{entropy, is_placeholder};
use crate::text::{Text, is_word};
use std::ops::Range;

/// Bits per character below which a part is not random.
const ENTROPY_FLOOR: f32 = 2.6;

fn random(part: &[u8]) -> bool {
    entropy(part) >= ENTROPY_FLOOR && !is_placeholder(part)
}

/// Mailchimp: 32 hexadecimal digits, `-us` and the number of the data centre.
pub(super) fn mailchimp(text: &Text<'_>, at: Range<usize>) -> Found {
    let start = text.run_start(at.start, 33, hexadecimal);
    let end = text.run_end(at.end, |byte| byte.is_ascii_digit());
    let sized = at.start - start == 32 && (1..=2).contains(&(end - at.end));
    let free = text.starts_word(start) && text.ends_word(end);
    (sized && free && random(text.slice(start, at.start))).then_some((start..end, FORMED))
}

/// Airtable: `pat`, 14 characters, a dot, 64 hexadecimal digits.
pub(super) fn airtable(text: &Text<'_>, at: Range<usize>) -> Found {
    let dot = at.end + 14;
    let end = dot + 1 + 64;
    let formed = text.at(dot) == Some(b'.')
        && text
            .slice(at.end, dot)
            .iter()
            .all(|byte| alphanumeric(*byte))
        && text
            .slice(dot + 1, end)
            .iter()
            .all(|byte| hexadecimal(*byte));
    let free = end <= text.bytes.len() && text.starts_word(at.start) && text.ends_word(end);
    (formed && free && random(text.slice(dot + 1, end))).then_some((at.start..end, FORMED))
}

/// Client secret of Azure AD: three characters, a digit, `Q~`, 31 to 34 characters.
pub(super) fn azure_client_secret(text: &Text<'_>, at: Range<usize>) -> Found {
    let start = at.start.checked_sub(4)?;
    let of = |byte: u8| url_safe(byte) || matches!(byte, b'.' | b'~');
    // One more byte than the longest with a full stop has: a run is not read anew from each literal.
    let run = text.rest(at.end, 36).iter();
    let end = at.end + run.take_while(|byte| of(**byte)).count();
    // A full stop after the secret is not part of it.
    let end = if text.before(end) == Some(b'.') {
        end - 1
    } else {
        end
    };
    let formed = (31..=34).contains(&(end - at.end))
        && text
            .before(at.start)
            .is_some_and(|byte| byte.is_ascii_digit())
        && text.slice(start, at.start).iter().all(|byte| of(*byte));
    (formed && text.starts_word(start) && random(text.slice(at.end, end)))
        .then_some((start..end, FORMED))
}

/// Terraform Cloud: 14 characters, `.atlasv1.`, 60 to 70 characters.
pub(super) fn terraform(text: &Text<'_>, at: Range<usize>) -> Found {
    let start = text.run_start(at.start, 15, alphanumeric);
    let end = text.run_end(at.end, url_safe);
    let sized = at.start - start == 14 && (60..=70).contains(&(end - at.end));
    (sized && text.starts_word(start) && random(text.slice(at.end, end)))
        .then_some((start..end, FORMED))
}

/// The value of a signature in a signed URL; the rest of the URL stays.
pub(super) fn signature(text: &Text<'_>, at: Range<usize>) -> Found {
    const SHORTEST: usize = 32;
    const LONGEST: usize = 1024;
    let in_query = matches!(text.before(at.start), Some(b'?' | b'&' | b';'));
    let of = |byte: &&u8| url_safe(**byte) || matches!(**byte, b'%' | b'+' | b'/' | b'=');
    let length = text.rest(at.end, LONGEST).iter().take_while(of).count();
    let end = at.end + length;
    (in_query && length >= SHORTEST && random(text.slice(at.end, end)))
        .then_some((at.end..end, FORMED))
}

/// The identity of age: Bech32 (BIP 173) over 32 bytes, in capitals.
pub(super) fn age(text: &Text<'_>, at: Range<usize>) -> Found {
    const LENGTH: usize = 58;
    let end = at.end + LENGTH;
    let body = text.slice(at.end, end);
    let free = text.starts_word(at.start) && text.ends_word(end);
    let formed = body.len() == LENGTH && body.iter().all(|byte| bech32_value(*byte).is_some());
    if !free || !formed || !random(body) {
        return None;
    }
    let right = bech32(b"age-secret-key-", body);
    Some((at.start..end, if right { CHECKED } else { MISTYPED }))
}

/// The place of a character in the alphabet of BIP 173.
fn bech32_value(byte: u8) -> Option<u32> {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let place = memchr::memchr(byte.to_ascii_lowercase(), ALPHABET)?;
    (is_word(byte)).then_some(place as u32)
}

/// Whether the check characters of Bech32 fit `prefix`, which is in lower case.
fn bech32(prefix: &[u8], data: &[u8]) -> bool {
    const GENERATORS: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let high = prefix.iter().map(|byte| u32::from(byte >> 5));
    let low = prefix.iter().map(|byte| u32::from(byte & 31));
    let data = data.iter().filter_map(|byte| bech32_value(*byte));
    let sum = high
        .chain([0])
        .chain(low)
        .chain(data)
        .fold(1u32, |sum, value| {
            let top = sum >> 25;
            let shifted = ((sum & 0x01ff_ffff) << 5) ^ value;
            GENERATORS
                .iter()
                .enumerate()
                .fold(shifted, |sum, (bit, generator)| {
                    if (top >> bit) & 1 == 1 {
                        sum ^ generator
                    } else {
                        sum
                    }
                })
        });
    sum == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_characters_of_bip_173() {
        assert!(bech32(b"a", b"2uel5l"));
        assert!(bech32(b"abcdef", b"qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"));
        assert!(!bech32(
            b"abcdef",
            b"qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxq"
        ));
    }
}

//! Addresses of crypto currencies: Base58Check, Bech32 and hexadecimal with EIP-55.

mod bech32;

use crate::Entity;
use crate::span::Candidates;
use crate::text::Text;
use sha2::{Digest, Sha256};

/// The check sum is right: one in four thousand million by chance.
const CHECKED: u8 = 99;
/// `0x` and forty digits in one case carry no check sum, but nothing else is written so; above
/// whole cells of a column called an address.
const UNCHECKED: u8 = 97;

/// The shortest Base58Check address, of a hash that begins with zeros.
const SHORTEST: usize = 26;
/// A Cardano address has 103 characters.
const LONGEST: usize = 110;

/// Reads every word that is long enough.
///
/// Such a word covers a place divisible by its shortest length; only those places are looked at.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    let mut done = 0;
    for place in (0..text.bytes.len()).step_by(SHORTEST) {
        if place < done || !text.at(place).is_some_and(of_word) {
            continue;
        }
        let start = text.run_start(place, LONGEST, of_word);
        let end = place
            + text
                .rest(place, LONGEST)
                .iter()
                .take_while(|b| of_word(**b))
                .count();
        done = end;
        let word = text.slice(start, end);
        let sized = (SHORTEST..=LONGEST).contains(&word.len());
        if sized
            && text.starts_word(start)
            && text.ends_word(end)
            && let Some(score) = score(word)
        {
            found.add(start, end, Entity::CryptoAddress, score);
        }
    }
}

fn of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn score(word: &[u8]) -> Option<u8> {
    match word {
        [b'0', b'x', digits @ ..] => hexadecimal(digits),
        [b'1' | b'3' | b'L' | b'M' | b'D' | b'T' | b'X' | b't', ..] if word.len() <= 36 => {
            is_base58_check(word).then_some(CHECKED)
        }
        [b'r', ..] if word.len() <= 36 => is_ripple(word).then_some(CHECKED),
        _ => bech32::is_address(word).then_some(CHECKED),
    }
}

/// Forty digits of an Ethereum account; where the case varies it is a check sum (EIP-55).
fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let hexadecimal = digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit);
    let alike = digits.iter().all(|digit| digits.first() == Some(digit));
    if !hexadecimal || alike {
        return None;
    }
    let upper = digits.iter().any(u8::is_ascii_uppercase);
    let lower = digits.iter().any(u8::is_ascii_lowercase);
    if upper && lower {
        return has_eip_55_case(digits).then_some(CHECKED);
    }
    Some(UNCHECKED)
}

/// A letter is a capital where the Keccak-256 of the lower-case text has a digit of 8 or more.
fn has_eip_55_case(digits: &[u8]) -> bool {
    let hash = keccak_256(&digits.to_ascii_lowercase());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .iter()
        .zip(nibbles)
        .all(|(digit, nibble)| digit.is_ascii_digit() || digit.is_ascii_uppercase() == (nibble > 7))
}

/// Keccak-256 as Ethereum uses it (padding of the submission, not of FIPS 202) of forty bytes.
fn keccak_256(message: &[u8]) -> [u8; 32] {
    const RATE: usize = 136;
    let mut block = [0u8; RATE];
    for (to, from) in block.iter_mut().zip(message) {
        *to = *from;
    }
    if let Some(first) = block.get_mut(message.len()) {
        *first ^= 0x01;
    }
    if let Some(last) = block.last_mut() {
        *last ^= 0x80;
    }
    let mut state = [0u64; 25];
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
        *lane = u64::from_le_bytes(*bytes);
    }
    keccak::f1600(&mut state);
    let mut hash = [0; 32];
    for (to, lane) in hash.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *to = lane.to_le_bytes();
    }
    hash
}

/// The alphabet of Bitcoin (draft-msporny-base58).
const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The alphabet of the XRP Ledger ("Base58 Encodings").
const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// Versions of pay-to-public-key-hash and pay-to-script-hash: Bitcoin, Litecoin, Dogecoin, Dash,
/// Tron (chain parameters of each).
const VERSIONS: &[u8] = &[0x00, 0x05, 0x30, 0x32, 0x1E, 0x16, 0x4C, 0x10, 0x41];
/// Zcash transparent addresses have two bytes of version.
const ZCASH: [[u8; 2]; 2] = [[0x1C, 0xB8], [0x1C, 0xBD]];

fn is_base58_check(word: &[u8]) -> bool {
    if word.first() == Some(&b't') {
        let decoded = decode::<26>(word, BITCOIN);
        return decoded.is_some_and(|bytes| {
            bytes
                .first_chunk()
                .is_some_and(|version| ZCASH.contains(version))
                && is_checked(&bytes)
        });
    }
    let decoded = decode::<25>(word, BITCOIN);
    decoded.is_some_and(|bytes| {
        bytes
            .first()
            .is_some_and(|version| VERSIONS.contains(version))
            && is_checked(&bytes)
    })
}

fn is_ripple(word: &[u8]) -> bool {
    let decoded = decode::<25>(word, RIPPLE);
    decoded.is_some_and(|bytes| bytes.first() == Some(&0) && is_checked(&bytes))
}

/// The last four bytes are the first of the double SHA-256 of the others (Base58Check).
fn is_checked(bytes: &[u8]) -> bool {
    bytes
        .split_last_chunk::<4>()
        .is_some_and(|(payload, check)| {
            let hash = Sha256::digest(Sha256::digest(payload));
            hash.starts_with(check)
        })
}

/// The number written in base 58 as exactly `N` bytes; leading zero bytes are leading first letters.
fn decode<const N: usize>(word: &[u8], alphabet: &[u8; 58]) -> Option<[u8; N]> {
    let mut bytes = [0u8; N];
    for letter in word {
        let mut carry = alphabet.iter().position(|known| known == letter)?;
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 0xFF) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    let zero = alphabet.first();
    let written = word
        .iter()
        .take_while(|letter| Some(*letter) == zero)
        .count();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    (written == zeros).then_some(bytes)
}

//! Check digits and check sums that the recognised formats carry.

/// The Luhn sum (ISO/IEC 7812-1, annex B) of ASCII digits is a multiple of ten.
pub(crate) fn luhn(digits: impl DoubleEndedIterator<Item = u8>) -> bool {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit.wrapping_sub(b'0'));
            let doubled = if place % 2 == 1 { value * 2 } else { value };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The remainder modulo 97 (ISO 7064 MOD 97-10) of letters and digits, letters as 10 to 35.
pub(crate) fn mod_97(characters: impl Iterator<Item = u8>) -> u32 {
    characters.fold(0, |remainder, character| {
        let value = u32::from(character.to_ascii_uppercase());
        if character.is_ascii_digit() {
            (remainder * 10 + value - u32::from(b'0')) % 97
        } else {
            (remainder * 100 + value.saturating_sub(u32::from(b'A')) + 10) % 97
        }
    })
}

/// The check digit of letters, digits and fillers (ICAO 9303, part 3, section 4.9): weights 7, 3, 1.
pub(crate) fn icao(field: &[u8]) -> Option<u8> {
    let weights = [7, 3, 1].into_iter().cycle();
    let sum = field
        .iter()
        .zip(weights)
        .try_fold(0, |sum, (character, weight)| {
            let value = match character {
                b'0'..=b'9' => character - b'0',
                b'A'..=b'Z' => character - b'A' + 10,
                b'<' => 0,
                _ => return None,
            };
            Some(sum + u32::from(value) * weight)
        })?;
    u8::try_from(sum % 10).ok()
}

/// The CRC-32 of IEEE 802.3, as in zlib; for the short bodies of tokens.
pub(crate) fn crc_32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

/// A token whose last six characters are the CRC-32 of the ones before in base 62 (0-9, A-Z, a-z).
pub(crate) fn ends_in_base_62_crc(body: &[u8]) -> bool {
    let Some((payload, check)) = body.split_last_chunk::<6>() else {
        return false;
    };
    let stated = check.iter().try_fold(0u64, |sum, character| {
        let value = match character {
            b'0'..=b'9' => character - b'0',
            b'A'..=b'Z' => character - b'A' + 10,
            b'a'..=b'z' => character - b'a' + 36,
            _ => return None,
        };
        Some(sum * 62 + u64::from(value))
    });
    stated == Some(u64::from(crc_32(payload)))
}

/// A token that ends in `_` and the CRC-32 of all before, as hexadecimal with the low byte first.
pub(crate) fn ends_in_hex_crc(token: &[u8]) -> bool {
    let Some((payload, check)) = token.split_last_chunk::<9>() else {
        return false;
    };
    let written = check
        .strip_prefix(b"_")
        .and_then(|digits| std::str::from_utf8(digits).ok());
    let stated = written.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    stated == Some(crc_32(payload).swap_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert!(luhn(b"79927398713".iter().copied()));
        assert!(!luhn(b"79927398710".iter().copied()));
        assert_eq!(mod_97(b"3214282912345698765432161182".iter().copied()), 1);
        assert_eq!(icao(b"L898902C3"), Some(6));
        assert_eq!(icao(b"D23145890"), Some(7));
        assert_eq!(icao(b"d2"), None);
        assert_eq!(crc_32(b"123456789"), 0xCBF4_3926);
        assert!(ends_in_base_62_crc(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"));
        assert!(!ends_in_base_62_crc(
            b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkK0mLq17"
        ));
    }
}

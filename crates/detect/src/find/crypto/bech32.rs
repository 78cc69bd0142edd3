//! Bech32 (BIP 173) and Bech32m (BIP 350) addresses.

/// What comes before the digit `1`, and the length of the address: Bitcoin and its test net,
/// Litecoin (BIP 173 with their own prefix), Cardano (CIP-19), the Cosmos Hub.
const PREFIXES: &[(&[u8], usize, usize)] = &[
    (b"bc", 42, 62),
    (b"tb", 42, 62),
    (b"ltc", 43, 63),
    (b"addr", 58, 103),
    (b"stake", 59, 59),
    (b"cosmos", 45, 45),
];

/// The constant that the check sum of BIP 173 leaves, and that of BIP 350.
const REMAINDERS: [u32; 2] = [1, 0x2BC8_30A3];

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The generator of the code (BIP 173, "Checksum").
const GENERATOR: [u32; 5] = [
    0x3B6A_57B2,
    0x2650_8E6D,
    0x1EA1_19FA,
    0x3D42_33DD,
    0x2A14_62B3,
];

/// Whether `word`, all in one case, is an address with a right check sum.
pub(super) fn is_address(word: &[u8]) -> bool {
    let upper = word.iter().any(u8::is_ascii_uppercase);
    let lower = word.iter().any(u8::is_ascii_lowercase);
    if upper && lower {
        return false;
    }
    PREFIXES.iter().any(|(prefix, shortest, longest)| {
        let fits = (*shortest..=*longest).contains(&word.len());
        let split = word.split_at_checked(prefix.len());
        split
            .filter(|_| fits)
            .is_some_and(|(head, rest)| match rest {
                [b'1', data @ ..] => head.eq_ignore_ascii_case(prefix) && is_checked(prefix, data),
                _ => false,
            })
    })
}

fn is_checked(prefix: &[u8], data: &[u8]) -> bool {
    let high = prefix.iter().map(|letter| Some(u32::from(letter >> 5)));
    let low = prefix.iter().map(|letter| Some(u32::from(letter & 31)));
    let values = data.iter().map(|letter| {
        let letter = letter.to_ascii_lowercase();
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        u32::try_from(value).ok()
    });
    let mut all = high.chain([Some(0)]).chain(low).chain(values);
    let remainder = all.try_fold(1u32, |check, value| Some(step(check, value?)));
    remainder.is_some_and(|remainder| REMAINDERS.contains(&remainder))
}

fn step(check: u32, value: u32) -> u32 {
    let top = check >> 25;
    let shifted = (check & 0x01FF_FFFF) << 5 ^ value;
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold(shifted, |check, (_, generator)| check ^ generator)
}

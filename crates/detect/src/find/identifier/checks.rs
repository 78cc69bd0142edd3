//! The arithmetic that numbers of several states share: check digits and dates.

use crate::checksum;

/// The value of an ASCII digit.
pub(super) fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// Whether the last digit is the one of Luhn (ISO/IEC 7812-1 annex B); false unless all are digits.
pub(super) fn luhn(digits: &[u8]) -> bool {
    all_digits(digits) && checksum::luhn(digits.iter().copied())
}

/// Whether there are digits, and nothing else.
pub(super) fn all_digits(digits: &[u8]) -> bool {
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// The sum of each digit times its weight, over the shorter of the two; what is no digit counts 0.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(byte, weight)| digit(*byte).unwrap_or(0) * weight)
        .sum()
}

/// Whether there are as many digits as weights, not all the same, and the weighted sum is a
/// multiple: the check digit has the weight 1, or -1 as `modulus - 1`.
pub(super) fn divisible(digits: &[u8], weights: &[u32], modulus: u32) -> bool {
    let right_length = digits.len() == weights.len() && all_digits(digits);
    right_length && !repeated(digits) && weighted(digits, weights).is_multiple_of(modulus)
}

/// Whether the last digit is the one of J. Verhoeff (1969): the dihedral group of the pentagon.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    const START: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let end = digits
        .iter()
        .rev()
        .enumerate()
        .try_fold(0, |state, (place, byte)| {
            let value = (0..place % 8).try_fold(digit(*byte)?, |value, _| {
                START.get(usize::try_from(value).ok()?).copied()
            })?;
            Some(pentagon(state, value))
        });
    !digits.is_empty() && end == Some(0)
}

/// The product in the group of turns (0 to 4) and reflections (5 to 9) of a pentagon.
fn pentagon(first: u32, second: u32) -> u32 {
    let (turn, other) = (first % 5, second % 5);
    match (first < 5, second < 5) {
        (true, true) => (turn + other) % 5,
        (true, false) => 5 + (turn + other) % 5,
        (false, true) => 5 + (turn + 5 - other) % 5,
        (false, false) => (turn + 5 - other) % 5,
    }
}

/// Whether the last digit is the one of ISO/IEC 7064 MOD 11,10; false unless all are digits.
pub(super) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((last, body)) = digits.split_last() else {
        return false;
    };
    let product = body.iter().try_fold(10, |product, byte| {
        let sum = (product + digit(*byte)?) % 10;
        Some(if sum == 0 { 10 } else { sum } * 2 % 11)
    });
    product
        .zip(digit(*last))
        .is_some_and(|(product, last): (u32, u32)| (product + last) % 10 == 1)
}

/// Whether the last character, a digit or `X`, is the one of ISO/IEC 7064 MOD 11-2.
pub(super) fn mod_11_2(characters: &[u8]) -> bool {
    let Some((last, body)) = characters.split_last() else {
        return false;
    };
    let sum = body
        .iter()
        .try_fold(0, |sum, byte| Some((sum + digit(*byte)?) * 2 % 11));
    let last = if *last == b'X' {
        Some(10)
    } else {
        digit(*last)
    };
    sum.zip(last)
        .is_some_and(|(sum, last): (u32, u32)| (sum + last) % 11 == 1)
}

/// The rest modulo 97 of the number that digits and letters (A = 10 to Z = 35) write; ISO/IEC 7064
/// MOD 97-10 asks for 1.
pub(super) fn mod_97(characters: &[u8]) -> u32 {
    checksum::mod_97(characters.iter().copied())
}

/// The number that up to 19 digits write; what is no digit counts 0, what is too large wraps.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number: u64, byte| {
        number
            .wrapping_mul(10)
            .wrapping_add(u64::from(digit(*byte).unwrap_or(0)))
    })
}

/// The last year of this century in which a person was born: there is no clock here, and this outlives
/// the release.
pub(super) const LATEST_YEAR: u32 = 35;

/// Whether a day of the Gregorian calendar from 1850 to 2035 is meant.
pub(super) fn date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1850..=2000 + LATEST_YEAR).contains(&year) && (1..=days).contains(&day)
}

/// Whether a day of 1900 to 1999 or of 2000 to 2035 is meant; `year` without its century.
pub(super) fn two_digit_date(year: u32, month: u32, day: u32) -> bool {
    year < 100 && (date(1900 + year, month, day) || date(2000 + year, month, day))
}

/// Whether one digit is repeated over the whole: a placeholder, though many check digits allow it.
pub(super) fn repeated(digits: &[u8]) -> bool {
    digits.windows(2).all(|pair| pair.first() == pair.last())
}

/// The value of two digits.
pub(super) fn pair(first: u8, second: u8) -> Option<u32> {
    Some(digit(first)? * 10 + digit(second)?)
}

/// The values of the three pairs that the first six digits are: a date, mostly.
pub(super) fn three_pairs(digits: &[u8]) -> Option<[u32; 3]> {
    let [a, b, c, d, e, f, ..] = digits else {
        return None;
    };
    Some([pair(*a, *b)?, pair(*c, *d)?, pair(*e, *f)?])
}

/// Whether the last digit is `expected`.
pub(super) fn ends_in(digits: &[u8], expected: u32) -> bool {
    digits.last().and_then(|last| digit(*last)) == Some(expected)
}

/// Holds a check against values that it has to pass; of their one-digit errors it may let a tenth
/// through, as schemes do that write two rests as one digit.
#[cfg(test)]
pub(super) fn assert_holds(check: fn(&[u8]) -> bool, values: &[&str]) {
    for value in values {
        assert!(check(value.as_bytes()), "{value}");
        let (missed, errors) = slips(check, value);
        assert!(
            missed * 10 <= errors,
            "{value}: {missed} of {errors} errors pass"
        );
    }
}

/// Whether letters and digits can be an identifier.
#[cfg(test)]
pub(super) type Check = fn(&[u8]) -> bool;

/// Holds checks against values that pass, each with how many of its one-digit errors pass too, and
/// values that do not.
#[cfg(test)]
pub(super) fn assert_tells(right: &[(Check, &str, usize)], wrong: &[(Check, &str)]) {
    for (check, value, slipping) in right {
        assert!(check(value.as_bytes()), "{value}");
        assert_eq!(slips(*check, value).0, *slipping, "{value}");
    }
    for (check, value) in wrong {
        assert!(!check(value.as_bytes()), "{value}");
    }
}

/// How many one-digit errors of a value pass its check, and how many there are.
#[cfg(test)]
fn slips(check: Check, value: &str) -> (usize, usize) {
    let (mut missed, mut errors) = (0, 0);
    for (place, written) in value.bytes().enumerate() {
        for other in (b'0'..=b'9').filter(|other| written.is_ascii_digit() && *other != written) {
            let mut wrong = value.as_bytes().to_vec();
            wrong.splice(place..=place, [other]);
            errors += 1;
            missed += usize::from(check(&wrong));
        }
    }
    (missed, errors)
}

#[cfg(test)]
mod tests {
    use super::{
        date, divisible, ends_in, luhn, mod_11_2, mod_11_10, mod_97, number, repeated, three_pairs,
        two_digit_date, verhoeff, weighted,
    };

    /// A check, what passes it, and how many of its one-digit corruptions may pass.
    fn holds(check: fn(&[u8]) -> bool, right: &str) {
        assert!(check(right.as_bytes()), "{right}");
        for place in 0..right.len() {
            for other in b'0'..=b'9' {
                let mut wrong = right.as_bytes().to_vec();
                if wrong[place] == b'X' || wrong[place] == other {
                    continue;
                }
                wrong[place] = other;
                assert!(!check(&wrong), "{}", String::from_utf8_lossy(&wrong));
            }
        }
    }

    #[test]
    fn check_digits_catch_every_single_error() {
        holds(luhn, "79927398713");
        holds(verhoeff, "2363");
        holds(verhoeff, "123451");
        holds(mod_11_10, "07945");
        holds(mod_11_10, "94577403194");
        holds(mod_11_2, "079X");
        holds(mod_11_2, "11010519491231002X");
        holds(|digits| mod_97(digits) == 1, "79444");
        for check in [luhn, verhoeff, mod_11_10, mod_11_2] {
            assert!(!check(b""));
            assert!(!check(b"12-3"));
        }
    }

    #[test]
    fn sums_and_numbers() {
        assert_eq!(weighted(b"123", &[3, 2, 1]), 10);
        assert_eq!(weighted(b"12", &[3, 2, 1]), 7);
        assert_eq!(mod_97(b"3214282912345698765432161182"), 1);
        assert_eq!(number(b"0012"), 12);
        assert!(divisible(
            b"9434765919",
            &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
            11
        ));
        assert!(!divisible(
            b"943476591",
            &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
            11
        ));
        assert_eq!(three_pairs(b"311299x"), Some([31, 12, 99]));
        assert_eq!(three_pairs(b"3112x9"), None);
        assert!(ends_in(b"12", 2) && !ends_in(b"", 0));
        assert!(repeated(b"1111") && !repeated(b"1112"));
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert!(date(2024, 2, 29) && !date(2023, 2, 29) && !date(1900, 2, 29));
        assert!(!date(1849, 1, 1) && !date(2036, 1, 1) && !date(2000, 13, 1));
        assert!(!date(2000, 1, 0) && !date(2000, 0, 1) && !date(2000, 4, 31));
        assert!(two_digit_date(0, 2, 29) && !two_digit_date(99, 2, 29));
        assert!(two_digit_date(99, 12, 31) && !two_digit_date(100, 1, 1));
    }
}

//! Social security numbers and bank account numbers.

use super::{Places, digits_between, keep, put_in_place};
use crate::key::{Draw, Prf};
use crate::value::digits::Digits;

/// Area 9xx is never given out as an SSN; groups 01 to 49 are not given out as an ITIN either.
pub(super) fn ssn(text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
    let digits = digits_between(text, 9, 9)?;
    if is_unassigned(&digits) {
        return keep(text, out);
    }
    let mut stream = prf.draw(Draw::Ssn, &digits);
    let (area, group, serial) = (
        900 + u64::from(stream.below(100)),
        1 + u64::from(stream.below(49)),
        1 + u64::from(stream.below(9999)),
    );
    let drawn = Digits::of((area * 100 + group) * 10_000 + serial);
    put_in_place(text, drawn.as_bytes(), out);
    Some(())
}

fn is_unassigned(digits: &[u8]) -> bool {
    matches!(
        digits,
        [b'9', _, _, b'1'..=b'4', _, ..] | [b'9', _, _, b'0', b'1'..=b'9', ..]
    )
}

/// Country ZZ, which is never assigned (ISO 3166), valid check digits, an account of the same
/// shape.
pub(super) fn iban(text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
    let places = || text.bytes().filter(|byte| *byte != b' ');
    let alphanumeric = places().all(|byte| byte.is_ascii_alphanumeric());
    let country = places().take(2).all(|byte| byte.is_ascii_alphabetic());
    if !alphanumeric || !country || !(15..=34).contains(&places().count()) {
        return None;
    }
    let upper: Places = places().map(|byte| byte.to_ascii_uppercase()).collect();
    if upper.starts_with(b"ZZ") && remainder(&upper) == 1 {
        return keep(text, out);
    }
    let mut stream = prf.draw(Draw::Iban, &upper);
    let account = upper.iter().skip(4).map(|place| match place {
        b'0'..=b'9' => stream.digit(),
        _ => b'A' + u8::try_from(stream.below(26)).unwrap_or_default(),
    });
    let mut drawn: Places = b"ZZ00".iter().copied().chain(account).collect();
    let check = 98 - remainder(&drawn);
    let check =
        [check / 10, check % 10].map(|digit| b'0' + u8::try_from(digit).unwrap_or_default());
    for (place, digit) in drawn.iter_mut().skip(2).zip(check) {
        *place = digit;
    }
    put_in_place(text, &drawn, out);
    Some(())
}

/// ISO 7064 mod 97-10 over the number with its first four characters moved to the end.
fn remainder(iban: &[u8]) -> u32 {
    iban.iter()
        .skip(4)
        .chain(iban.iter().take(4))
        .fold(0, |rest, place| match place {
            b'0'..=b'9' => (rest * 10 + u32::from(place - b'0')) % 97,
            letter => (rest * 100 + u32::from(letter.saturating_sub(b'A')) + 10) % 97,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remainder_of_valid_numbers_is_one() {
        assert_eq!(remainder(b"DE89370400440532013000"), 1);
        assert_eq!(remainder(b"GB82WEST12345698765432"), 1);
        assert_ne!(remainder(b"GB82WEST12345698765433"), 1);
    }
}

//! Payment card numbers.

use super::{Places, digits_between, keep, put_in_place};
use crate::key::{Draw, Prf};

/// Issuer number that payment processors use for tests.
const TEST_ISSUER: &[u8] = b"400000";
/// Digits at the end that tell a pseudonym: two drawn from those before, and the check digit.
const SEAL: usize = 3;

/// As many digits, test issuer, valid check digit; sealed, since a real card of that issuer must
/// not be taken for a pseudonym.
pub(super) fn card(text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
    let digits = digits_between(text, 12, 19)?;
    let body = digits.get(..digits.len() - SEAL)?;
    if digits.starts_with(TEST_ISSUER) && sealed(body.into(), prf) == digits {
        return keep(text, out);
    }
    let mut stream = prf.draw(Draw::Card, &digits);
    let mut drawn = Places::from_slice(TEST_ISSUER);
    drawn.resize_with(body.len(), || stream.digit());
    put_in_place(text, &sealed(drawn, prf), out);
    Some(())
}

fn sealed(mut body: Places, prf: &Prf) -> Places {
    let mut stream = prf.draw(Draw::CardSeal, &body);
    let seal = [stream.digit(), stream.digit()];
    body.extend_from_slice(&seal);
    body.push(check_digit(&body));
    body
}

/// Luhn's digit (ISO/IEC 7812-1) for the digits before it.
pub(crate) fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit.saturating_sub(b'0')) * if place % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_known_cards() {
        assert_eq!(check_digit(b"411111111111111"), b'1');
        assert_eq!(check_digit(b"37828224631000"), b'5');
        assert_eq!(check_digit(b"601111111111111"), b'7');
    }
}

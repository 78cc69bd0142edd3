//! Decimal numbers as digits: `numeric`, floats, and numbers inside text and JSON.

use super::Masking;
use crate::key::{Draw, Prf};
use crate::masker::Action;
use smallvec::SmallVec;

/// Numbers with more digits than this are replaced by 0.
const MAX_DIGITS: usize = 1000;

/// Decimal digits; those of ordinary numbers need no allocation.
pub(crate) type Digits = SmallVec<[u8; 24]>;

/// A decimal number; both parts are ASCII digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) negative: bool,
    /// At least one digit; no leading zero except a single one.
    pub(crate) integer: Digits,
    /// As many digits as the number is written with.
    pub(crate) fraction: Digits,
}

impl Decimal {
    /// Reads `-12.50`; no exponent, no plus sign, no superfluous leading zero.
    pub(crate) fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (integer, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        let leading_zero = integer.len() > 1 && integer.starts_with('0');
        if integer.is_empty() || leading_zero || text.len() > MAX_DIGITS {
            return None;
        }
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        (all_digits(integer) && all_digits(fraction)).then(|| Decimal {
            negative,
            integer: Digits::from_slice(integer.as_bytes()),
            fraction: Digits::from_slice(fraction.as_bytes()),
        })
    }

    /// The masked number: as many digits before and after the point.
    pub(crate) fn masked(mut self, masking: Masking<'_>) -> Decimal {
        match masking.action {
            Action::Partial(_) => self.keep_first_digit(),
            Action::Pseudonym(_) => self.draw_digits(masking.prf),
        }
        self.drop_sign_of_zero();
        self
    }

    /// Makes the last `count` digits before the point zero, as `numeric(p, -count)` does.
    pub(crate) fn clear_last(&mut self, count: usize) {
        for digit in self.integer.iter_mut().rev().take(count) {
            *digit = b'0';
        }
        if self.integer.iter().all(|digit| *digit == b'0') {
            self.integer = Digits::from_slice(b"0");
        }
        self.drop_sign_of_zero();
    }

    /// The first significant digit stays; a number of one digit would be shown whole and gives 0.
    fn keep_first_digit(&mut self) {
        let written = self.integer.len() + self.fraction.len();
        let zeros = self.digits().take_while(|digit| **digit == b'0').count();
        let shown = if written - zeros < 2 { written } else { zeros };
        for (place, digit) in self.digits().enumerate() {
            if place != shown {
                *digit = b'0';
            }
        }
    }

    /// Draws as many digits as the number has up to its last that is not zero. What stands before
    /// the point is drawn first, so that 1234, 1234.0 and the integer 1234 share their digits.
    fn draw_digits(&mut self, prf: &Prf) {
        let fraction = significant_length(&self.fraction);
        let mut canonical = self.integer.clone();
        if fraction > 0 {
            canonical.push(b'.');
            canonical.extend(self.fraction.iter().take(fraction).copied());
        }
        let mut stream = prf.draw(Draw::Number, &canonical);
        let significant = self.integer.len() + fraction;
        let zero_integer = self.integer.as_slice() == b"0";
        for (place, digit) in self.digits().take(significant).enumerate() {
            *digit = match place {
                // numeric(2, 2) has no room before the point.
                0 if zero_integer => b'0',
                0 => stream.leading_digit(),
                _ => stream.digit(),
            };
        }
    }

    fn digits(&mut self) -> impl Iterator<Item = &mut u8> {
        self.integer.iter_mut().chain(self.fraction.iter_mut())
    }

    fn drop_sign_of_zero(&mut self) {
        let zero = self.digits().all(|digit| *digit == b'0');
        self.negative &= !zero;
    }

    /// Appends `-12.50`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        if self.negative {
            out.push(b'-');
        }
        out.extend_from_slice(&self.integer);
        if !self.fraction.is_empty() {
            out.push(b'.');
            out.extend_from_slice(&self.fraction);
        }
    }
}

/// Length without the zeros at the end.
fn significant_length(digits: &[u8]) -> usize {
    digits
        .iter()
        .rposition(|digit| *digit != b'0')
        .map_or(0, |last| last + 1)
}

/// Masks a decimal number written as text; `None`: it is not one.
pub(crate) fn mask_text(masking: Masking<'_>, text: &str, out: &mut Vec<u8>) -> Option<()> {
    Decimal::parse(text)?.masked(masking).write(out);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, MaskKey};

    fn masked(action: Action, text: &str) -> String {
        let prf = MaskKey::new([5; 32]).prf();
        let masking = Masking {
            action,
            format: Format::Text,
            prf: &prf,
        };
        let mut out = Vec::new();
        mask_text(masking, text, &mut out).expect("a decimal");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn one_significant_digit_stays() {
        for (from, to) in [
            ("1234.50", "1000.00"),
            ("0.0012", "0.0010"),
            ("0.005", "0.000"),
            ("-9", "0"),
            ("-5.25", "-5.00"),
            ("0", "0"),
        ] {
            assert_eq!(masked(Action::Partial(None), from), to);
        }
    }

    #[test]
    fn the_digits_of_a_whole_number_do_not_depend_on_its_scale() {
        let action = Action::Pseudonym(None);
        let whole = masked(action, "1234");
        assert_eq!(masked(action, "1234.00"), format!("{whole}.00"));
        assert_eq!(masked(action, "-1234"), format!("-{whole}"));
        assert_eq!(masked(action, "12.5") + "00", masked(action, "12.500"));
        assert!(masked(action, "0.52").starts_with("0."));
        assert_eq!(masked(action, "-0.0"), "0.0");
    }

    #[test]
    fn what_is_not_written_canonically_is_refused() {
        for text in ["", "-", "01", "1.", ".5", "1e5", "+1", "1.2.3", "٣"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}

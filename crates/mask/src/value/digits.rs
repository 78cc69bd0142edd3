//! Digits of numbers, written without an allocation.

/// Digits of the greatest 64-bit number.
const MOST: usize = 20;

/// The decimal digits of a number.
pub(crate) struct Digits {
    digits: [u8; MOST],
    /// INVARIANT: at most [`MOST`].
    start: usize,
}

impl Digits {
    pub(crate) fn of(mut number: u64) -> Digits {
        let mut digits = [b'0'; MOST];
        let mut start = MOST;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
            start -= 1;
            if number == 0 {
                break;
            }
        }
        Digits { digits, start }
    }

    /// Without leading zeros; `0` for zero.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.start..).unwrap_or_default()
    }
}

/// Appends a number with at least `width` digits.
pub(crate) fn write(number: u64, width: usize, out: &mut Vec<u8>) {
    let digits = Digits::of(number);
    let missing = width.saturating_sub(digits.as_bytes().len());
    out.extend(std::iter::repeat_n(b'0', missing));
    out.extend_from_slice(digits.as_bytes());
}

/// Two hexadecimal digits in lower case.
pub(crate) fn of_octet(octet: u8) -> [u8; 2] {
    [octet >> 4, octet & 15].map(|digit| match digit {
        0..=9 => b'0' + digit,
        _ => b'a' + digit - 10,
    })
}

/// The value of a hexadecimal digit.
pub(crate) fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_by_format() {
        for (number, width) in [
            (0, 0),
            (0, 2),
            (7, 2),
            (99, 2),
            (2024, 4),
            (12_345, 4),
            (u64::MAX, 3),
        ] {
            let mut out = Vec::new();
            write(number, width, &mut out);
            assert_eq!(out, format!("{number:0width$}").into_bytes());
        }
        for octet in 0..=u8::MAX {
            assert_eq!(
                of_octet(octet).as_slice(),
                format!("{octet:02x}").as_bytes()
            );
        }
    }
}

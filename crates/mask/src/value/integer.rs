//! `int2`, `int4`, `int8`, `oid`.

use super::digits::{self, Digits};
use super::{Masking, as_array, as_text};
use crate::Format;
use crate::key::{Draw, Prf};
use crate::masker::Action;

/// Width of an integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Int2,
    Int4,
    Int8,
    /// Four bytes without a sign.
    Oid,
}

impl Width {
    fn greatest(self) -> u64 {
        match self {
            Width::Int2 => i16::MAX.unsigned_abs().into(),
            Width::Int4 => i32::MAX.unsigned_abs().into(),
            Width::Int8 => i64::MAX.unsigned_abs(),
            Width::Oid => u32::MAX.into(),
        }
    }

    fn read(self, cell: &[u8]) -> Option<i64> {
        Some(match self {
            Width::Int2 => i16::from_be_bytes(as_array(cell)?).into(),
            Width::Int4 => i32::from_be_bytes(as_array(cell)?).into(),
            Width::Int8 => i64::from_be_bytes(as_array(cell)?),
            Width::Oid => u32::from_be_bytes(as_array(cell)?).into(),
        })
    }

    fn write(self, value: i64, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Width::Int2 => out.extend_from_slice(&i16::try_from(value).ok()?.to_be_bytes()),
            Width::Int4 => out.extend_from_slice(&i32::try_from(value).ok()?.to_be_bytes()),
            Width::Int8 => out.extend_from_slice(&value.to_be_bytes()),
            Width::Oid => out.extend_from_slice(&u32::try_from(value).ok()?.to_be_bytes()),
        }
        Some(())
    }
}

/// Masks an integer; `None`: the cell is not one.
pub(crate) fn mask(
    masking: Masking<'_>,
    width: Width,
    cell: &[u8],
    out: &mut Vec<u8>,
) -> Option<()> {
    let value = read(width, masking.format, cell)?;
    let magnitude = masked_magnitude(masking, value.unsigned_abs(), width.greatest());
    let masked = i64::try_from(magnitude).ok()?;
    write(
        width,
        masking.format,
        if value < 0 { -masked } else { masked },
        out,
    )
}

/// Reads an integer; `None`: the cell is not one.
pub(crate) fn read(width: Width, format: Format, cell: &[u8]) -> Option<i64> {
    match format {
        Format::Text => as_text(cell)?.parse().ok(),
        Format::Binary => width.read(cell),
    }
}

/// Appends an integer; `None`: the type does not hold it.
pub(crate) fn write(width: Width, format: Format, value: i64, out: &mut Vec<u8>) -> Option<()> {
    match format {
        Format::Text => {
            let magnitude = Some(value.unsigned_abs())
                .filter(|m| *m <= width.greatest() + u64::from(value < 0))?;
            if value < 0 {
                out.push(b'-');
            }
            digits::write(magnitude, 1, out);
            Some(())
        }
        Format::Binary => width.write(value, out),
    }
}

/// The masked form of a number without its sign, at most `greatest`.
pub(crate) fn masked_magnitude(masking: Masking<'_>, magnitude: u64, greatest: u64) -> u64 {
    match masking.action {
        Action::Partial(_) => first_digit(magnitude),
        Action::Pseudonym(_) => pseudonym(magnitude, greatest, masking.prf),
    }
}

/// The first digit with zeros after it; a number of one digit would be shown whole and gives 0.
fn first_digit(magnitude: u64) -> u64 {
    match magnitude.checked_ilog10() {
        None | Some(0) => 0,
        Some(exponent) => magnitude - magnitude % 10_u64.pow(exponent),
    }
}

/// Another number with as many digits, the same wherever it is written as integer, numeric or
/// text; 0 stays 0.
///
/// A narrow type cannot hold every number of as many digits as its greatest one: what does not
/// fit is folded back, and is then not the same as in a wider type.
fn pseudonym(magnitude: u64, greatest: u64, prf: &Prf) -> u64 {
    let Some(exponent) = magnitude.checked_ilog10() else {
        return 0;
    };
    let mut stream = prf.draw(Draw::Number, Digits::of(magnitude).as_bytes());
    let least = 10_u64.pow(exponent);
    let mut drawn = u64::from(stream.leading_digit() - b'0');
    for _ in 0..exponent {
        drawn = drawn
            .saturating_mul(10)
            .saturating_add(u64::from(stream.digit() - b'0'));
    }
    if drawn <= greatest {
        return drawn;
    }
    let room = greatest.saturating_sub(least).saturating_add(1);
    least.saturating_add(drawn % room).min(greatest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskKey;

    #[test]
    fn first_digit_shows_at_most_half() {
        let cases = [
            (0, 0),
            (7, 0),
            (42, 40),
            (4711, 4000),
            (u64::MAX, 10_000_000_000_000_000_000),
        ];
        for (from, to) in cases {
            assert_eq!(first_digit(from), to);
        }
    }

    #[test]
    fn pseudonyms_keep_the_number_of_digits_within_the_type() {
        let prf = MaskKey::new([5; 32]).prf();
        for magnitude in [
            1,
            9,
            10,
            99,
            32_767,
            32_768,
            2_147_483_647,
            i64::MAX.unsigned_abs() + 1,
        ] {
            for greatest in [i16::MAX as u64, i32::MAX as u64, i64::MAX as u64] {
                if magnitude > greatest + 1 {
                    continue;
                }
                let drawn = pseudonym(magnitude, greatest, &prf);
                assert!(drawn <= greatest);
                assert_eq!(
                    drawn.ilog10(),
                    magnitude.ilog10(),
                    "{magnitude} gave {drawn}"
                );
            }
        }
        assert_eq!(pseudonym(0, 100, &prf), 0);
    }
}

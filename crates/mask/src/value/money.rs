//! `money`: 64-bit binary; in text a number in the form of the server's `lc_monetary`.

use super::integer::masked_magnitude;
use super::{Masking, as_array, as_text};
use crate::Format;

/// Masks an amount; `None`: the cell is not one.
///
/// The form of the text is unknown here, so its digits are replaced where they stand.
pub(crate) fn mask(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let greatest = i64::MAX.unsigned_abs();
    match masking.format {
        Format::Binary => {
            let value = i64::from_be_bytes(as_array(cell)?);
            let masked =
                i64::try_from(masked_magnitude(masking, value.unsigned_abs(), greatest)).ok()?;
            out.extend_from_slice(&(if value < 0 { -masked } else { masked }).to_be_bytes());
        }
        Format::Text => {
            let text = as_text(cell)?;
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let masked = masked_magnitude(masking, digits.parse().ok()?, greatest);
            let mut digits = format!("{masked:0>width$}", width = digits.len())
                .into_bytes()
                .into_iter();
            out.extend(text.bytes().map(|byte| match byte {
                b'0'..=b'9' => digits.next().unwrap_or(b'0'),
                other => other,
            }));
        }
    }
    Some(())
}

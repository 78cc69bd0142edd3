//! `float4` and `float8`.

use super::decimal::Decimal;
use super::{Masking, as_array, as_text};
use crate::{Format, Outcome, Shape};
use std::fmt::{Display, LowerExp};
use std::str::FromStr;

/// Outside of this range of magnitudes text is written with an exponent.
const PLAIN: std::ops::Range<f64> = 1e-5..1e16;

/// Masks a `float4`; NaN and infinity stay. `None`: the cell is not one.
pub(crate) fn mask4(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
    let value = match masking.format {
        Format::Text => as_text(cell)?.parse().ok()?,
        Format::Binary => f32::from_be_bytes(as_array(cell)?),
    };
    if !value.is_finite() {
        return Some(Outcome::Unchanged);
    }
    let masked: f32 = masked(masking, value)?;
    if !masked.is_finite() {
        return None;
    }
    match masking.format {
        Format::Text => write(masked, f64::from(masked), out),
        Format::Binary => out.extend_from_slice(&masked.to_be_bytes()),
    }
    Some(Outcome::Masked)
}

/// Masks a `float8`; NaN and infinity stay. `None`: the cell is not one.
pub(crate) fn mask8(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
    let value = match masking.format {
        Format::Text => as_text(cell)?.parse().ok()?,
        Format::Binary => f64::from_be_bytes(as_array(cell)?),
    };
    if !value.is_finite() {
        return Some(Outcome::Unchanged);
    }
    let masked: f64 = masked(masking, value)?;
    if !masked.is_finite() {
        return None;
    }
    match masking.format {
        Format::Text => write(masked, masked, out),
        Format::Binary => out.extend_from_slice(&masked.to_be_bytes()),
    }
    Some(Outcome::Masked)
}

/// Masks the shortest digits that mean the value, so that 1234 as a float has the digits of the
/// integer 1234.
fn masked<F: Display + FromStr>(masking: Masking<'_>, value: F) -> Option<F> {
    let mut digits = Vec::new();
    Decimal::parse(&value.to_string())?
        .masked(masking)
        .write(&mut digits);
    as_text(&digits)?.parse().ok()
}

/// Reads a float of the width of its shape; `None`: the cell is not one.
pub(crate) fn read(shape: &Shape, format: Format, cell: &[u8]) -> Option<f64> {
    match (shape, format) {
        (Shape::Float4, Format::Text) => as_text(cell)?.parse::<f32>().ok().map(f64::from),
        (Shape::Float4, Format::Binary) => Some(f32::from_be_bytes(as_array(cell)?).into()),
        (_, Format::Text) => as_text(cell)?.parse().ok(),
        (_, Format::Binary) => Some(f64::from_be_bytes(as_array(cell)?)),
    }
}

/// Appends a float of the width of its shape; `None`: it is out of range.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float4 is meant, and what overflows is refused"
)]
pub(crate) fn write_cell(
    shape: &Shape,
    format: Format,
    value: f64,
    out: &mut Vec<u8>,
) -> Option<()> {
    let narrow = value as f32;
    let finite = if *shape == Shape::Float4 {
        narrow.is_finite()
    } else {
        value.is_finite()
    };
    finite.then(|| match (shape, format) {
        (Shape::Float4, Format::Text) => write(narrow, f64::from(narrow), out),
        (Shape::Float4, Format::Binary) => out.extend_from_slice(&narrow.to_be_bytes()),
        (_, Format::Text) => write(value, value, out),
        (_, Format::Binary) => out.extend_from_slice(&value.to_be_bytes()),
    })
}

/// Appends a float8 in its shortest text.
pub(crate) fn write_plain(value: f64, out: &mut Vec<u8>) {
    write(value, value, out);
}

fn write<F: Display + LowerExp>(value: F, wide: f64, out: &mut Vec<u8>) {
    let plain = wide == 0.0 || PLAIN.contains(&wide.abs());
    let text = if plain {
        value.to_string()
    } else {
        format!("{value:e}")
    };
    out.extend_from_slice(text.as_bytes());
}

//! `float4` and `float8`.

use super::decimal::Decimal;
use super::{Masking, as_array, as_text};
use crate::{Format, Outcome};
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

fn write<F: Display + LowerExp>(value: F, wide: f64, out: &mut Vec<u8>) {
    let plain = wide == 0.0 || PLAIN.contains(&wide.abs());
    let text = if plain {
        value.to_string()
    } else {
        format!("{value:e}")
    };
    out.extend_from_slice(text.as_bytes());
}

//! Noise: keyed, so that the same number moves by the same amount wherever it stands.

use super::Column;
use crate::key::Draw;
use crate::operator::Noise;
use crate::value::typed::{Fixed, Value};
use crate::{Shape, limit};

/// Parts of a whole in which a ratio is given.
const MILLION: i128 = 1_000_000;
/// Numbers with more digits than this are not reckoned with: their product with a ratio and the
/// drawn part must fit into 128 bits.
const GREATEST: i128 = 1_000_000_000_000_000_000_000;
/// The drawn part of the greatest amount is `drawn / FULL`, between -1 and 1.
const FULL: i128 = 1 << 31;

/// Moves a number and keeps it within its type; `None`: not a number, or too great a one.
pub(super) fn value(noise: Noise, value: Value, column: Column<'_>) -> Option<Value> {
    match value {
        Value::Fixed(fixed) => moved(noise, fixed, column).map(Value::Fixed),
        Value::Float(value) => {
            // -0 and 0 are one number.
            let drawn = drawn(&(value + 0.0).to_be_bytes(), column);
            let part = f64::from(drawn) / f64::from(i32::MAX);
            let greatest = match noise {
                Noise::Ratio(parts) => value * f64::from(parts) / 1e6,
                Noise::Absolute(amount) => amount.into(),
            };
            Some(Value::Float(value + greatest * part)).filter(|_| (greatest * part).is_finite())
        }
        Value::Day(_) | Value::Micros(_) | Value::Uuid(_) => None,
        Value::Octets(_) | Value::Point(..) => None,
    }
}

fn drawn(canonical: &[u8], column: Column<'_>) -> i32 {
    i32::from_be_bytes(column.prf.draw(Draw::Noise, canonical).fill())
}

fn moved(noise: Noise, fixed: Fixed, column: Column<'_>) -> Option<Fixed> {
    if fixed.unscaled.abs() > GREATEST {
        return None;
    }
    let canonical = fixed.canonical();
    let message = [
        &canonical.unscaled.to_be_bytes()[..],
        &canonical.scale.to_be_bytes(),
    ]
    .concat();
    let part = i128::from(drawn(&message, column));
    let change = match noise {
        Noise::Ratio(parts) => fixed.unscaled.checked_mul(parts.into())? / MILLION * part / FULL,
        Noise::Absolute(amount) => {
            let unit = 10_i128.checked_pow(fixed.scale)?;
            i128::from(amount).checked_mul(unit)?.checked_mul(part)? / FULL
        }
    };
    let unscaled = fixed.unscaled.checked_add(change)?;
    let (least, most) = bounds(column);
    Some(Fixed {
        unscaled: unscaled.clamp(least, most),
        ..fixed
    })
}

/// The least and greatest number that the type holds.
fn bounds(column: Column<'_>) -> (i128, i128) {
    match column.shape {
        Shape::Int2 => (i16::MIN.into(), i16::MAX.into()),
        Shape::Int4 => (i32::MIN.into(), i32::MAX.into()),
        Shape::Int8 => (i64::MIN.into(), i64::MAX.into()),
        Shape::Numeric => {
            // A number has as many digits after the point as were declared.
            let digits = limit::numeric_precision(column.type_modifier);
            let most = digits.and_then(|digits| 10_i128.checked_pow(digits));
            let most = most.map_or(i128::MAX, |most| most - 1);
            (-most, most)
        }
        _ => (i128::MIN, i128::MAX),
    }
}

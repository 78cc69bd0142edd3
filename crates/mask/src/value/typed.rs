//! Values read from their cells and written back: for operators that reckon.

use super::date::{self, Day};
use super::decimal::{Decimal, Digits};
use super::integer::{self, Width};
use super::{as_array, bytes, float, numeric, timestamp, uuid};
use crate::{Format, Shape};
use std::cmp::Ordering;

/// A value that an operator can reckon with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// `unscaled / 10^scale`: integers (scale 0), `numeric`, numbers in JSON.
    Fixed(Fixed),
    /// `float4`, `float8`.
    Float(f64),
    /// Days since 2000-01-01.
    Day(i64),
    /// Microseconds since 2000-01-01 00:00:00, in UTC where there is a zone.
    Micros(i64),
    Uuid([u8; 16]),
    Octets(Vec<u8>),
    /// `point`.
    Point(f64, f64),
}

/// A decimal number of at most 38 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fixed {
    pub(crate) unscaled: i128,
    pub(crate) scale: u32,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// NaN or infinity, which name nobody: it stays.
    Keep,
    Value(Value),
}

impl Fixed {
    /// `None`: more digits than 128 bits hold.
    pub(crate) fn of(decimal: &Decimal) -> Option<Fixed> {
        let digits = || decimal.integer.iter().chain(&decimal.fraction);
        let magnitude = digits().try_fold(0_i128, |number, digit| {
            number
                .checked_mul(10)?
                .checked_add(i128::from(digit.saturating_sub(b'0')))
        })?;
        Some(Fixed {
            unscaled: if decimal.negative {
                -magnitude
            } else {
                magnitude
            },
            scale: u32::try_from(decimal.fraction.len()).ok()?,
        })
    }

    /// The number with as many digits after the point.
    pub(crate) fn decimal(self) -> Decimal {
        let scale = usize::try_from(self.scale).unwrap_or_default();
        let digits = format!(
            "{:0>width$}",
            self.unscaled.unsigned_abs(),
            width = scale + 1
        );
        let (integer, fraction) = digits.split_at(digits.len().saturating_sub(scale));
        Decimal {
            negative: self.unscaled < 0,
            integer: Digits::from_slice(integer.as_bytes()),
            fraction: Digits::from_slice(fraction.as_bytes()),
        }
    }

    /// The number in parts of 10^scale, which is not less than its own scale.
    fn at(self, scale: u32) -> Option<i128> {
        let factor = 10_i128.checked_pow(scale.checked_sub(self.scale)?)?;
        self.unscaled.checked_mul(factor)
    }

    /// The same number without zeros at its end, so that 5, 5.0 and the integer 5 are one.
    pub(crate) fn canonical(mut self) -> Fixed {
        while self.scale > 0 && self.unscaled % 10 == 0 {
            self.unscaled /= 10;
            self.scale -= 1;
        }
        self
    }
}

/// Reads a cell; `None`: it is not a value of the shape, or not one to reckon with.
pub(crate) fn read(shape: &Shape, format: Format, cell: &[u8]) -> Option<Cell> {
    let value = match shape {
        Shape::Int2 => whole(integer::read(Width::Int2, format, cell)?),
        Shape::Int4 => whole(integer::read(Width::Int4, format, cell)?),
        Shape::Int8 => whole(integer::read(Width::Int8, format, cell)?),
        Shape::Numeric => match numeric::read_cell(format, cell)? {
            Some(decimal) => Value::Fixed(Fixed::of(&decimal)?),
            None => return Some(Cell::Keep),
        },
        Shape::Float4 | Shape::Float8 => match float::read(shape, format, cell)? {
            value if value.is_finite() => Value::Float(value),
            _ => return Some(Cell::Keep),
        },
        Shape::Date => match date::read(format, cell)? {
            Some(day) => Value::Day(day),
            None => return Some(Cell::Keep),
        },
        Shape::Timestamp | Shape::TimestampTz => {
            match timestamp::read(timestamp::zone(shape), format, cell)? {
                Some(micros) => Value::Micros(micros),
                None => return Some(Cell::Keep),
            }
        }
        Shape::Uuid => Value::Uuid(uuid::read(format, cell)?),
        Shape::Bytea => Value::Octets(bytes::read(format, cell)?),
        Shape::Point => point(format, cell)?,
        _ => return None,
    };
    Some(Cell::Value(value))
}

fn whole(value: i64) -> Value {
    Value::Fixed(Fixed {
        unscaled: value.into(),
        scale: 0,
    })
}

/// `(1,2)`, or two float8.
fn point(format: Format, cell: &[u8]) -> Option<Value> {
    let (x, y) = match format {
        Format::Text => {
            let inner = super::as_text(cell)?.strip_prefix('(')?.strip_suffix(')')?;
            let (x, y) = inner.split_once(',')?;
            (x.parse().ok()?, y.parse().ok()?)
        }
        Format::Binary => {
            let (x, y) = cell.split_at_checked(8)?;
            (
                f64::from_be_bytes(as_array(x)?),
                f64::from_be_bytes(as_array(y)?),
            )
        }
    };
    Some(Value::Point(x, y))
}

/// Writes a value as a cell of the shape; `None`: it is not of the shape, or out of its range.
pub(crate) fn write(shape: &Shape, format: Format, value: &Value, out: &mut Vec<u8>) -> Option<()> {
    match (value, shape) {
        (Value::Fixed(fixed), Shape::Int2) => write_whole(Width::Int2, format, *fixed, out),
        (Value::Fixed(fixed), Shape::Int4) => write_whole(Width::Int4, format, *fixed, out),
        (Value::Fixed(fixed), Shape::Int8) => write_whole(Width::Int8, format, *fixed, out),
        (Value::Fixed(fixed), Shape::Numeric) => numeric::write_cell(&fixed.decimal(), format, out),
        (Value::Float(value), Shape::Float4 | Shape::Float8) => {
            float::write_cell(shape, format, *value, out)
        }
        (Value::Day(day), Shape::Date) => date::write(*day, format, out),
        (Value::Micros(micros), Shape::Timestamp | Shape::TimestampTz) => {
            timestamp::write_cell(*micros, timestamp::zone(shape), format, out)
        }
        (Value::Uuid(uuid), Shape::Uuid) => {
            uuid::write(*uuid, format, out);
            Some(())
        }
        (Value::Octets(octets), Shape::Bytea) => {
            bytes::write(octets, format, out);
            Some(())
        }
        (Value::Point(x, y), Shape::Point) => {
            match format {
                Format::Text => {
                    out.push(b'(');
                    float::write_plain(*x, out);
                    out.push(b',');
                    float::write_plain(*y, out);
                    out.push(b')');
                }
                Format::Binary => [x, y]
                    .iter()
                    .for_each(|part| out.extend_from_slice(&part.to_be_bytes())),
            }
            Some(())
        }
        _ => None,
    }
}

fn write_whole(width: Width, format: Format, fixed: Fixed, out: &mut Vec<u8>) -> Option<()> {
    let whole = i64::try_from(fixed.unscaled)
        .ok()
        .filter(|_| fixed.scale == 0)?;
    integer::write(width, format, whole, out)
}

/// Which of two cells of the same shape is the lesser; those that stay (infinity, NaN) are in order
/// already. `None`: they cannot be compared.
pub(crate) fn order(shape: &Shape, format: Format, one: &[u8], other: &[u8]) -> Option<Ordering> {
    match (read(shape, format, one)?, read(shape, format, other)?) {
        (Cell::Value(Value::Fixed(one)), Cell::Value(Value::Fixed(other))) => {
            let scale = one.scale.max(other.scale);
            Some(one.at(scale)?.cmp(&other.at(scale)?))
        }
        (Cell::Value(Value::Float(one)), Cell::Value(Value::Float(other))) => {
            one.partial_cmp(&other)
        }
        (Cell::Value(Value::Day(one)), Cell::Value(Value::Day(other))) => Some(one.cmp(&other)),
        (Cell::Value(Value::Micros(one)), Cell::Value(Value::Micros(other))) => {
            Some(one.cmp(&other))
        }
        (Cell::Keep, _) | (_, Cell::Keep) => Some(Ordering::Less),
        (Cell::Value(_), Cell::Value(_)) => None,
    }
}

/// Whether a day lies before the year 1, where only its year counts backwards.
pub(crate) fn before_christ(day: i64) -> bool {
    Day::of_number(day).year <= 0
}

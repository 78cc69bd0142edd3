//! Coarser values: the lower bound of an interval, a month, an area.

use crate::operator::Generalize;
use crate::value::date::Day;
use crate::value::decimal::Decimal;
use crate::value::digits;
use crate::value::typed::{Fixed, Value};
use crate::value::{date, time};

/// Digits of a postal code that stay (the first three of a ZIP code, 45 CFR 164.514).
const AREA: usize = 3;

/// The value made coarser; `None`: it cannot be made coarser in this way.
pub(super) fn value(to: Generalize, value: Value) -> Option<Value> {
    match (value, to) {
        (Value::Fixed(fixed), Generalize::Step(step)) => floor(fixed, step).map(Value::Fixed),
        (Value::Fixed(fixed), Generalize::Grid(places)) => grid(fixed, places).map(Value::Fixed),
        (Value::Float(value), Generalize::Step(step)) => {
            let step = f64::from(step);
            Some(Value::Float((value / step).floor() * step))
        }
        (Value::Float(value), Generalize::Grid(places)) => {
            Some(Value::Float(float_grid(value, places)))
        }
        (Value::Point(x, y), Generalize::Grid(places)) => {
            Some(Value::Point(float_grid(x, places), float_grid(y, places)))
        }
        (Value::Day(day), to) => first_day(to, day).map(Value::Day),
        (Value::Micros(micros), to) => {
            let day = first_day(to, micros.div_euclid(time::DAY))?;
            day.checked_mul(time::DAY).map(Value::Micros)
        }
        _ => None,
    }
}

/// The multiple of the step at or below.
fn floor(fixed: Fixed, step: u32) -> Option<Fixed> {
    let step = i128::from(step).checked_mul(10_i128.checked_pow(fixed.scale)?)?;
    let unscaled = fixed.unscaled.checked_div_euclid(step)?.checked_mul(step)?;
    Some(Fixed { unscaled, ..fixed })
}

fn grid(fixed: Fixed, places: u8) -> Option<Fixed> {
    let finer = fixed.scale.saturating_sub(places.into());
    let step = 10_i128.checked_pow(finer)?;
    let unscaled = fixed.unscaled.div_euclid(step) * step;
    Some(Fixed { unscaled, ..fixed })
}

fn float_grid(value: f64, places: u8) -> f64 {
    let scale = 10_f64.powi(i32::from(places));
    // Divided, not multiplied by a tenth, so that the shortest text has as many digits.
    (value * scale).floor() / scale
}

fn first_day(to: Generalize, day: i64) -> Option<i64> {
    let from = Day::of_number(day);
    let first = match to {
        Generalize::Year => Day {
            month: 1,
            day: 1,
            ..from
        },
        Generalize::Month => Day { day: 1, ..from },
        Generalize::Step(_) | Generalize::PostalArea | Generalize::Grid(_) => return None,
    };
    Some(first.number())
}

/// Appends the coarser form of a text; `None`: it does not have the form.
pub(super) fn text(to: Generalize, text: &str, out: &mut Vec<u8>) -> Option<()> {
    match to {
        Generalize::Step(step) => range(text, step, out),
        Generalize::Year | Generalize::Month => {
            let day = first_day(to, Day::parse(text, false)?.number())?;
            date::write(day, crate::Format::Text, out)
        }
        Generalize::PostalArea => area(text, out),
        Generalize::Grid(places) => coordinates(text, places, out),
    }
}

/// `40-49` for 42; a range stays.
fn range(text: &str, step: u32, out: &mut Vec<u8>) -> Option<()> {
    let low = text.split_once('-').map_or(text, |(low, _)| low);
    let number = date::number(low)?;
    let low = number - number.checked_rem(step.into())?;
    digits::write(low.unsigned_abs(), 1, out);
    if step > 1 {
        out.push(b'-');
        digits::write(low.checked_add(i64::from(step) - 1)?.unsigned_abs(), 1, out);
    }
    Some(())
}

fn area(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let places = text.chars().count();
    let known = text.is_ascii() && (AREA + 1..=10).contains(&places);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'*');
    if !known || !text.bytes().all(plain) {
        return None;
    }
    out.extend(text.bytes().enumerate().map(|(place, byte)| match byte {
        byte if place < AREA => byte,
        b' ' | b'-' => byte,
        _ => b'*',
    }));
    Some(())
}

/// `48.1,11.5` for `48.137, 11.575`.
fn coordinates(text: &str, places: u8, out: &mut Vec<u8>) -> Option<()> {
    for (place, part) in text.split(',').enumerate() {
        let from = Fixed::of(&Decimal::parse(part.trim())?)?;
        let mut coarse = grid(from, places)?;
        while coarse.scale > places.into() {
            coarse.unscaled /= 10;
            coarse.scale -= 1;
        }
        if place > 0 {
            out.push(b',');
        }
        coarse.decimal().write(out);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_made_coarser_once() {
        for (to, from, expected) in [
            (Generalize::Step(10), "42", "40-49"),
            (Generalize::Step(5), "7", "5-9"),
            (Generalize::Year, "1985-07-14", "1985-01-01"),
            (Generalize::Month, "1985-07-14", "1985-07-01"),
            (Generalize::PostalArea, "94107", "941**"),
            (Generalize::PostalArea, "SW1A 1AA", "SW1* ***"),
            (Generalize::Grid(1), "48.137, -11.575", "48.1,-11.6"),
        ] {
            let coarse = |from: &str| {
                let mut out = Vec::new();
                text(to, from, &mut out).expect("a form");
                String::from_utf8(out).expect("text")
            };
            assert_eq!(coarse(from), expected);
            assert_eq!(coarse(expected), expected, "twice");
        }
        assert_eq!(text(Generalize::Step(10), "forty", &mut Vec::new()), None);
    }

    #[test]
    fn numbers_go_down_to_their_step() {
        let fixed = |unscaled, scale| Value::Fixed(Fixed { unscaled, scale });
        for (to, from, expected) in [
            (Generalize::Step(10), fixed(-42, 0), fixed(-50, 0)),
            (Generalize::Step(100), fixed(123_456, 2), fixed(120_000, 2)),
            (Generalize::Grid(1), fixed(48_137, 3), fixed(48_100, 3)),
            (
                Generalize::Grid(1),
                Value::Point(48.137, -11.575),
                Value::Point(48.1, -11.6),
            ),
        ] {
            assert_eq!(value(to, from), Some(expected));
        }
    }
}

//! Dates that move together.

use super::Column;
use crate::key::Draw;
use crate::operator::{DateShift, ShiftOf};
use crate::value::time;
use crate::value::typed::{self, Value};

/// Moves a date or timestamp by whole days; one before the year 1 stays. `None`: not a date, or
/// whose it is was not said.
pub(super) fn value(shift: DateShift, value: Value, column: Column<'_>) -> Option<Value> {
    let subject = match shift.of {
        ShiftOf::Domain => &[],
        ShiftOf::Subject => column.subject?,
    };
    match value {
        Value::Day(day) if typed::before_christ(day) => Some(Value::Day(day)),
        Value::Day(day) => Some(Value::Day(day + days(shift, subject, column))),
        Value::Micros(micros) => {
            let day = micros.div_euclid(time::DAY);
            if typed::before_christ(day) {
                return Some(Value::Micros(micros));
            }
            let moved = days(shift, subject, column).checked_mul(time::DAY)?;
            micros.checked_add(moved).map(Value::Micros)
        }
        Value::Fixed(_) | Value::Float(_) | Value::Uuid(_) => None,
        Value::Octets(_) | Value::Point(..) => None,
    }
}

/// From -N to N days, never 0.
fn days(shift: DateShift, subject: &[u8], column: Column<'_>) -> i64 {
    let greatest = shift.days.clamp(1, 1 << 14);
    let drawn = i64::from(column.prf.draw(Draw::Shift, subject).below(2 * greatest));
    let greatest = i64::from(greatest);
    if drawn < greatest {
        drawn - greatest
    } else {
        drawn - greatest + 1
    }
}

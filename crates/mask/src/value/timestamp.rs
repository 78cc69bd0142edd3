//! `timestamp` and `timestamptz`.

use super::date::{self, Day};
use super::{Masking, as_array, as_text, time};
use crate::masker::Action;
use crate::{Format, Outcome, Shape};

/// Microseconds from 2000-01-01 of the first and after the last instant (`datatype/timestamp.h`).
const RANGE: std::ops::Range<i64> = -211_813_488_000_000_000..9_223_371_331_200_000_000;

/// Whether the text carries an offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    Without,
    With,
}

/// Masks a timestamp; infinity stays. `None`: the cell is not one, or the result is out of range.
///
/// With a zone the instant is masked in UTC and written in UTC, since only the text format says
/// which zone the session has.
pub(crate) fn mask(
    masking: Masking<'_>,
    zone: Zone,
    cell: &[u8],
    out: &mut Vec<u8>,
) -> Option<Outcome> {
    let Some(micros) = read(zone, masking.format, cell)? else {
        return Some(Outcome::Unchanged);
    };
    write_cell(masked(masking, micros)?, zone, masking.format, out)?;
    Some(Outcome::Masked)
}

/// Whether values of the shape carry an offset.
pub(crate) fn zone(shape: &Shape) -> Zone {
    if *shape == Shape::TimestampTz {
        Zone::With
    } else {
        Zone::Without
    }
}

/// Reads microseconds: `Some(None)` for infinity; `None`: the cell is not a timestamp.
pub(crate) fn read(zone: Zone, format: Format, cell: &[u8]) -> Option<Option<i64>> {
    match format {
        Format::Text => match as_text(cell)? {
            "infinity" | "-infinity" => Some(None),
            text => parse(text, zone).map(Some),
        },
        Format::Binary => match i64::from_be_bytes(as_array(cell)?) {
            i64::MIN | i64::MAX => Some(None),
            micros => Some(Some(micros)),
        },
    }
}

/// Appends a timestamp; `None`: it is out of range.
pub(crate) fn write_cell(micros: i64, zone: Zone, format: Format, out: &mut Vec<u8>) -> Option<()> {
    let micros = Some(micros).filter(|micros| RANGE.contains(micros))?;
    match format {
        Format::Text => write(micros, zone, out),
        Format::Binary => out.extend_from_slice(&micros.to_be_bytes()),
    }
    Some(())
}

fn masked(masking: Masking<'_>, micros: i64) -> Option<i64> {
    let day = date::masked_day(masking, micros.div_euclid(time::DAY));
    let of_day = match masking.action {
        Action::Partial(_) => 0,
        Action::Pseudonym(_) => {
            time::masked_pseudonym(masking, micros.rem_euclid(time::DAY), micros)
        }
    };
    day.checked_mul(time::DAY)?.checked_add(of_day)
}

fn parse(text: &str, zone: Zone) -> Option<i64> {
    let (text, before_christ) = date::split_era(text);
    let (day, clock) = text.split_once(' ')?;
    let (clock, offset) = match zone {
        Zone::Without => (clock, 0),
        Zone::With => time::split_offset(clock)?,
    };
    let day = Day::parse(day, before_christ)?.number();
    day.checked_mul(time::DAY)?
        .checked_add(time::parse(clock)?)?
        .checked_sub(offset)
}

fn write(micros: i64, zone: Zone, out: &mut Vec<u8>) {
    let day = Day::of_number(micros.div_euclid(time::DAY));
    day.write(out);
    out.push(b' ');
    time::write(micros.rem_euclid(time::DAY), out);
    out.extend_from_slice(match zone {
        Zone::Without => b"",
        Zone::With => b"+00",
    });
    out.extend_from_slice(day.era().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_eras_are_read() {
        for (text, zone, micros) in [
            ("2000-01-01 00:00:00", Zone::Without, 0),
            ("2000-01-01 00:00:01.5", Zone::Without, 1_500_000),
            ("2000-01-01 02:00:00+02", Zone::With, 0),
            ("1999-12-31 18:30:00-05:30", Zone::With, 0),
            ("2000-01-01 00:53:28+00:53:28", Zone::With, 0),
            (
                "0001-12-31 00:00:00 BC",
                Zone::Without,
                -730_120 * time::DAY,
            ),
        ] {
            assert_eq!(parse(text, zone), Some(micros), "{text}");
        }
        assert_eq!(parse("2000-01-01 02:00:00", Zone::With), None);
        assert_eq!(parse("01/02/2000 02:00:00", Zone::Without), None);
    }
}

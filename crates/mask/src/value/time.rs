//! `time` and `timetz`, and the time of day that timestamps share.

use super::date::number;
use super::{Masking, as_array, as_text, digits};
use crate::Format;
use crate::key::Draw;
use crate::masker::Action;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;
/// Microseconds of a day.
pub(crate) const DAY: i64 = 24 * HOUR;

/// Reads `04:05:06.789` as microseconds since midnight.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let two_digits = [hours, minutes, seconds].iter().all(|part| part.len() == 2);
    if !two_digits || parts.next().is_some() || fraction.len() > 6 {
        return None;
    }
    let scale = 10_i64.pow(6 - u32::try_from(fraction.len()).ok()?);
    let seconds = (number(hours)? * 60 + number(minutes)?) * 60 + number(seconds)?;
    let micros = seconds * SECOND + number(fraction)? * scale;
    (0..=DAY).contains(&micros).then_some(micros)
}

/// Reads an offset from UTC at the end, `+02`, `-05:30`, as microseconds east.
pub(crate) fn split_offset(text: &str) -> Option<(&str, i64)> {
    let at = text.rfind(['+', '-'])?;
    let (rest, offset) = text.split_at_checked(at)?;
    let east = if offset.starts_with('-') { -1 } else { 1 };
    let mut seconds = 0;
    let mut unit = 3600;
    for part in offset.get(1..)?.split(':') {
        seconds += number(part).filter(|_| part.len() == 2)? * unit;
        unit /= 60;
    }
    Some((rest, east * seconds * SECOND))
}

/// Appends `04:05:06`; a masked time has no microseconds.
pub(crate) fn write(micros: i64, out: &mut Vec<u8>) {
    let seconds = micros.unsigned_abs() / SECOND.unsigned_abs();
    digits::write(seconds / 3600, 2, out);
    for part in [seconds / 60 % 60, seconds % 60] {
        out.push(b':');
        digits::write(part, 2, out);
    }
    let (mut fraction, mut width) = (micros.unsigned_abs() % SECOND.unsigned_abs(), 6);
    if fraction > 0 {
        while fraction % 10 == 0 {
            fraction /= 10;
            width -= 1;
        }
        out.push(b'.');
        digits::write(fraction, width, out);
    }
}

/// Masks a time of day to the second; midnight, which stands for "no time", stays.
pub(crate) fn masked_pseudonym(masking: Masking<'_>, micros: i64, value: i64) -> i64 {
    if micros == 0 {
        return 0;
    }
    let mut stream = masking.prf.draw(Draw::TimeOfDay, &value.to_be_bytes());
    let minutes = i64::from(stream.below(1440));
    (minutes * 60 + i64::from(stream.below(60))) * SECOND
}

fn masked(masking: Masking<'_>, micros: i64) -> i64 {
    match masking.action {
        Action::Partial(_) => micros - micros % HOUR,
        Action::Pseudonym(_) => masked_pseudonym(masking, micros, micros),
    }
}

fn of_day(binary: [u8; 8]) -> Option<i64> {
    Some(i64::from_be_bytes(binary)).filter(|micros| (0..=DAY).contains(micros))
}

/// Masks a `time`; `None`: the cell is not one.
pub(crate) fn mask(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<()> {
    match masking.format {
        Format::Text => write(masked(masking, parse(as_text(cell)?)?), out),
        Format::Binary => {
            let micros = of_day(as_array(cell)?)?;
            out.extend_from_slice(&masked(masking, micros).to_be_bytes());
        }
    }
    Some(())
}

/// Masks a `timetz`; the result is in UTC. `None`: the cell is not one.
pub(crate) fn mask_with_zone(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<()> {
    match masking.format {
        Format::Text => {
            let (time, _) = split_offset(as_text(cell)?)?;
            write(masked(masking, parse(time)?), out);
            out.extend_from_slice(b"+00");
        }
        Format::Binary => {
            // Microseconds, then seconds west of UTC.
            let (micros, _) = cell.split_first_chunk::<8>().filter(|_| cell.len() == 12)?;
            let micros = masked(masking, of_day(*micros)?);
            out.extend_from_slice(&micros.to_be_bytes());
            out.extend_from_slice(&[0; 4]);
        }
    }
    Some(())
}

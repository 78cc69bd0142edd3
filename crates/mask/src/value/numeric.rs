//! `numeric`: text, and binary in groups of four digits (`numeric_recv` of PostgreSQL's numeric.c).

use super::decimal::{Decimal, Digits};
use super::{Masking, as_text};
use crate::Format;
use crate::Outcome;
use smallvec::SmallVec;

const NEGATIVE: u16 = 0x4000;
/// Sign words of NaN, infinity and minus infinity.
const SPECIAL: [u16; 3] = [0xC000, 0xD000, 0xF000];
/// Groups before or after the point beyond which a number is not read.
const MAX_GROUPS: usize = 250;

/// Masks a numeric of a column with `scale` digits after the point, if declared; NaN and infinity
/// stay. `None`: the cell is not one.
pub(crate) fn mask(
    masking: Masking<'_>,
    scale: Option<i32>,
    cell: &[u8],
    out: &mut Vec<u8>,
) -> Option<Outcome> {
    let Some(decimal) = read_cell(masking.format, cell)? else {
        return Some(Outcome::Unchanged);
    };
    let mut masked = decimal.masked(masking);
    if let Some(places) = scale
        .and_then(i32::checked_neg)
        .and_then(|n| usize::try_from(n).ok())
    {
        masked.clear_last(places);
    }
    write_cell(&masked, masking.format, out)?;
    Some(Outcome::Masked)
}

/// Reads a numeric: `Some(None)` for NaN and infinity; `None`: the cell is not one.
pub(crate) fn read_cell(format: Format, cell: &[u8]) -> Option<Option<Decimal>> {
    match format {
        Format::Text => match as_text(cell)? {
            "NaN" | "Infinity" | "-Infinity" => Some(None),
            text => Decimal::parse(text).map(Some),
        },
        Format::Binary => match read(cell)? {
            Read::Special => Some(None),
            Read::Number(decimal) => Some(Some(decimal)),
        },
    }
}

/// Appends a numeric; `None`: it is too long.
pub(crate) fn write_cell(decimal: &Decimal, format: Format, out: &mut Vec<u8>) -> Option<()> {
    match format {
        Format::Text => {
            decimal.write(out);
            Some(())
        }
        Format::Binary => write(decimal, out),
    }
}

/// Groups of four digits.
type Groups = SmallVec<[u16; 8]>;

enum Read {
    Special,
    Number(Decimal),
}

fn read(cell: &[u8]) -> Option<Read> {
    let mut words = cell.chunks_exact(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    });
    let (count, weight, sign, scale) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if SPECIAL.contains(&sign) {
        return Some(Read::Special);
    }
    let groups: Groups = words.collect();
    let whole = cell.len() == 8 + 2 * usize::from(count);
    if !whole || groups.iter().any(|group| *group > 9999) || !matches!(sign, 0 | NEGATIVE) {
        return None;
    }
    let (integer, fraction) =
        digits_of(&groups, i32::from(weight.cast_signed()), usize::from(scale))?;
    Some(Read::Number(Decimal {
        negative: sign == NEGATIVE,
        integer,
        fraction,
    }))
}

/// Digits before and after the point; the first group stands at 10000^weight.
fn digits_of(groups: &[u16], weight: i32, scale: usize) -> Option<(Digits, Digits)> {
    if weight.unsigned_abs() as usize > MAX_GROUPS || scale > 4 * MAX_GROUPS {
        return None;
    }
    let group = |power: i32| {
        let place = usize::try_from(weight - power).ok();
        place
            .and_then(|place| groups.get(place))
            .copied()
            .unwrap_or(0)
    };
    let mut integer = Digits::new();
    for power in (0..=weight.max(0)).rev() {
        integer.extend_from_slice(&digits_of_group(group(power)));
    }
    let leading = integer
        .iter()
        .take(integer.len() - 1)
        .take_while(|digit| **digit == b'0')
        .count();
    integer.drain(..leading);
    let mut fraction = Digits::new();
    let mut power = -1;
    while fraction.len() < scale {
        fraction.extend_from_slice(&digits_of_group(group(power)));
        power -= 1;
    }
    fraction.truncate(scale);
    Some((integer, fraction))
}

fn write(decimal: &Decimal, out: &mut Vec<u8>) -> Option<()> {
    let padding = decimal.integer.len().next_multiple_of(4) - decimal.integer.len();
    let mut digits = Digits::from_elem(b'0', padding);
    digits.extend_from_slice(&decimal.integer);
    let before = i32::try_from(digits.len() / 4).ok()?;
    digits.extend_from_slice(&decimal.fraction);
    digits.resize(digits.len().next_multiple_of(4), b'0');
    let groups: Groups = digits.chunks(4).map(group_of).collect();
    let leading = groups.iter().take_while(|group| **group == 0).count();
    let end = groups
        .iter()
        .rposition(|group| *group != 0)
        .map_or(leading, |last| last + 1);
    let kept = groups.get(leading..end).unwrap_or_default();
    let weight = if kept.is_empty() {
        0
    } else {
        before - 1 - i32::try_from(leading).ok()?
    };
    out.extend_from_slice(&u16::try_from(kept.len()).ok()?.to_be_bytes());
    out.extend_from_slice(&i16::try_from(weight).ok()?.to_be_bytes());
    out.extend_from_slice(&(if decimal.negative { NEGATIVE } else { 0 }).to_be_bytes());
    out.extend_from_slice(&u16::try_from(decimal.fraction.len()).ok()?.to_be_bytes());
    kept.iter()
        .for_each(|group| out.extend_from_slice(&group.to_be_bytes()));
    Some(())
}

/// The four digits of a group.
fn digits_of_group(group: u16) -> [u8; 4] {
    [group / 1000, group / 100, group / 10, group]
        .map(|digit| b'0' + u8::try_from(digit % 10).unwrap_or_default())
}

fn group_of(digits: &[u8]) -> u16 {
    digits.iter().fold(0, |value, digit| {
        value * 10 + u16::from(digit.saturating_sub(b'0'))
    })
}

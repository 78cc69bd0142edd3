//! `date`, and the calendar that all dates share.

use super::{Masking, as_array, as_text, digits};
use crate::key::{Draw, Prf};
use crate::masker::Action;
use crate::{Format, Outcome};

/// Days from 1970-01-01 to 2000-01-01, PostgreSQL's epoch.
const EPOCH: i64 = 10_957;
/// 4714-11-24 BC and 5874897-12-31 as days from 2000-01-01 (`datatype/timestamp.h`).
const RANGE: std::ops::RangeInclusive<i64> = -2_451_545..=2_145_031_948;
/// A pseudonym lies at most so many days from the date.
const GREATEST_SHIFT: u16 = 180;

/// A day of the proleptic Gregorian calendar; year 0 is 1 BC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
}

impl Day {
    /// Days since 2000-01-01 (Hinnant's `days_from_civil`).
    pub(crate) fn number(self) -> i64 {
        let year = if self.month <= 2 {
            self.year - 1
        } else {
            self.year
        };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468 - EPOCH
    }

    /// The day that is `number` days after 2000-01-01 (Hinnant's `civil_from_days`).
    pub(crate) fn of_number(number: i64) -> Day {
        let days = number + EPOCH + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        Day {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day,
        }
    }

    /// Reads `2001-02-03`; `before_christ`: the year counts backwards.
    pub(crate) fn parse(text: &str, before_christ: bool) -> Option<Day> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let sizes = (4..=7).contains(&year.len()) && month.len() == 2 && day.len() == 2;
        if !sizes || parts.next().is_some() {
            return None;
        }
        let year = number(year)?;
        let year = if before_christ { 1 - year } else { year };
        let parsed = Day {
            year,
            month: number(month)?,
            day: number(day)?,
        };
        (Day::of_number(parsed.number()) == parsed).then_some(parsed)
    }

    /// The year as it is written, and whether it counts backwards.
    fn written_year(self) -> (i64, bool) {
        if self.year > 0 {
            (self.year, false)
        } else {
            (1 - self.year, true)
        }
    }

    /// Appends `2001-02-03`, without the ` BC` that [`Day::era`] gives.
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        let (year, _) = self.written_year();
        digits::write(year.unsigned_abs(), 4, out);
        for part in [self.month, self.day] {
            out.push(b'-');
            digits::write(part.unsigned_abs(), 2, out);
        }
    }

    /// ` BC` for a year that counts backwards.
    pub(crate) fn era(self) -> &'static str {
        if self.written_year().1 { " BC" } else { "" }
    }
}

/// A number of digits only.
pub(crate) fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Splits ` BC` off.
pub(crate) fn split_era(text: &str) -> (&str, bool) {
    text.strip_suffix(" BC")
        .map_or((text, false), |rest| (rest, true))
}

/// Masks the number of a day.
pub(crate) fn masked_day(masking: Masking<'_>, day: i64) -> i64 {
    match masking.action {
        Action::Partial(_) => Day {
            month: 1,
            day: 1,
            ..Day::of_number(day)
        }
        .number(),
        Action::Pseudonym(_) => day + shift(day, masking.prf),
    }
}

/// From -180 to 180 days, never 0; the same for the same day.
fn shift(day: i64, prf: &Prf) -> i64 {
    let drawn = i64::from(
        prf.draw(Draw::Day, &day.to_be_bytes())
            .below(2 * GREATEST_SHIFT),
    );
    let greatest = i64::from(GREATEST_SHIFT);
    if drawn < greatest {
        drawn - greatest
    } else {
        drawn - greatest + 1
    }
}

/// Masks a date; infinity stays. `None`: the cell is not one, or the result is out of range.
pub(crate) fn mask(masking: Masking<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
    let Some(day) = read(masking.format, cell)? else {
        return Some(Outcome::Unchanged);
    };
    write(masked_day(masking, day), masking.format, out)?;
    Some(Outcome::Masked)
}

/// Reads the number of a day: `Some(None)` for infinity; `None`: the cell is not a date.
pub(crate) fn read(format: Format, cell: &[u8]) -> Option<Option<i64>> {
    match format {
        Format::Text => match as_text(cell)? {
            "infinity" | "-infinity" => Some(None),
            text => {
                let (text, before_christ) = split_era(text);
                Some(Some(Day::parse(text, before_christ)?.number()))
            }
        },
        Format::Binary => match i32::from_be_bytes(as_array(cell)?) {
            i32::MIN | i32::MAX => Some(None),
            day => Some(Some(day.into())),
        },
    }
}

/// Appends a date; `None`: it is out of range.
pub(crate) fn write(number: i64, format: Format, out: &mut Vec<u8>) -> Option<()> {
    let number = Some(number).filter(|number| RANGE.contains(number))?;
    match format {
        Format::Text => {
            let day = Day::of_number(number);
            day.write(out);
            out.extend_from_slice(day.era().as_bytes());
        }
        Format::Binary => out.extend_from_slice(&i32::try_from(number).ok()?.to_be_bytes()),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_numbered_as_by_the_server() {
        for (text, before_christ, number) in [
            ("2000-01-01", false, 0),
            ("1970-01-01", false, -10_957),
            ("2024-02-29", false, 8_825),
            ("0001-01-01", false, -730_119),
            ("4714-11-24", true, -2_451_545),
            ("5874897-12-31", false, 2_145_031_948),
        ] {
            let day = Day::parse(text, before_christ).expect(text);
            assert_eq!(day.number(), number, "{text}");
            assert_eq!(Day::of_number(number), day);
            let mut written = Vec::new();
            day.write(&mut written);
            assert_eq!(written, text.as_bytes());
            assert_eq!(day.era() == " BC", before_christ);
        }
        for text in [
            "2023-02-29",
            "2023-13-01",
            "2023-1-1",
            "23-01-01",
            "01.02.2023",
            "2023-01-01x",
        ] {
            assert_eq!(Day::parse(text, false), None, "{text}");
        }
    }
}

//! Times as people type them: a moment, or a distance from now.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::failure::CommandError;

/// Which way a distance from now points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The time is before now.
    Past,
    /// The time is after now.
    Future,
}

/// The moment that `text` means: `2026-01-31T08:00:00Z`, or a distance such as `2h`, `90d`, `1y`,
/// whose days and years are those of the calendar in UTC.
///
/// # Errors
/// [`CommandError::Option`] with what can be typed.
pub(crate) fn read(
    option: &'static str,
    text: &str,
    now: Timestamp,
    direction: Direction,
) -> Result<Timestamp, CommandError> {
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let problem = || CommandError::Option {
        option,
        problem: format!(
            "`{text}` is not a time: expected such as `2026-01-31T08:00:00Z`, `12h` or `90d`"
        ),
    };
    let span: Span = text.parse().map_err(|_| problem())?;
    if !span.is_positive() {
        return Err(problem());
    }
    let now = now.to_zoned(TimeZone::UTC);
    let moved = match direction {
        Direction::Past => now.checked_sub(span),
        Direction::Future => now.checked_add(span),
    };
    moved.map(|moved| moved.timestamp()).map_err(|_| problem())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_distances_are_read() {
        let now: Timestamp = "2026-01-31T08:00:00Z".parse().unwrap();
        let cases = [
            (
                "2030-02-03T04:05:06Z",
                Direction::Future,
                Some("2030-02-03T04:05:06Z"),
            ),
            (
                "2030-02-03T04:05:06+02:00",
                Direction::Past,
                Some("2030-02-03T02:05:06Z"),
            ),
            ("90d", Direction::Future, Some("2026-05-01T08:00:00Z")),
            ("1y", Direction::Future, Some("2027-01-31T08:00:00Z")),
            ("12h", Direction::Past, Some("2026-01-30T20:00:00Z")),
            ("1mo", Direction::Future, Some("2026-02-28T08:00:00Z")),
            ("0d", Direction::Future, None),
            ("-1d", Direction::Future, None),
            ("soon", Direction::Future, None),
            ("90", Direction::Future, None),
            ("99999y", Direction::Future, None),
            ("", Direction::Past, None),
        ];
        for (text, direction, expected) in cases {
            let got = read("--expires", text, now, direction);
            let expected = expected.map(|expected| expected.parse().unwrap());
            assert_eq!(got.ok(), expected, "{text}");
        }
    }
}

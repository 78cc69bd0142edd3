//! Times and sizes as people write them.

use std::{str::FromStr, time::Duration};

/// A time span, `500ms`, `15s`, `5m`, `8h` or `1d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

/// A number of bytes, `65536`, `64KiB`, `16MiB` or `1GiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) usize);

/// Not a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QuantityError {
    #[error("expected a whole number with a unit of `ms`, `s`, `m`, `h` or `d`, such as `15s`")]
    Span,
    #[error("expected a whole number of bytes, or one with `KiB`, `MiB` or `GiB`")]
    Size,
}

impl FromStr for Span {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        const UNITS: [(&str, u64); 5] = [
            ("ms", 1),
            ("s", 1000),
            ("m", 60_000),
            ("h", 3_600_000),
            ("d", 86_400_000),
        ];
        quantity(text, &UNITS)
            .map(|ms| Span(Duration::from_millis(ms)))
            .ok_or(QuantityError::Span)
    }
}

impl FromStr for Size {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        const UNITS: [(&str, u64); 4] = [
            ("", 1),
            ("KiB", 1 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
        ];
        let bytes = quantity(text, &UNITS).and_then(|bytes| usize::try_from(bytes).ok());
        bytes.map(Size).ok_or(QuantityError::Size)
    }
}

/// The number in front times the unit behind it.
fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let unit_at = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(unit_at)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

/// A time span in the largest unit that holds it whole.
pub(crate) fn written(span: Duration) -> String {
    if span.subsec_millis() > 0 {
        return format!("{}ms", span.as_millis());
    }
    match span.as_secs() {
        0 => "0s".to_owned(),
        seconds if seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        seconds if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        let spans = [
            ("500ms", Some(500)),
            ("15s", Some(15_000)),
            ("5m", Some(300_000)),
            ("8h", Some(28_800_000)),
            ("1d", Some(86_400_000)),
            ("15 s", Some(15_000)),
            ("0s", Some(0)),
            ("15", None),
            ("s", None),
            ("", None),
            ("-1s", None),
            ("1.5s", None),
            ("1h30m", None),
            ("15S", None),
            ("99999999999999999999s", None),
            ("9999999999999999999d", None),
        ];
        for (text, expected) in spans {
            let got = text.parse::<Span>().ok().map(|span| span.0.as_millis());
            assert_eq!(got, expected, "{text}");
        }
        let sizes = [
            ("65536", Some(65536)),
            ("64KiB", Some(65536)),
            ("1GiB", Some(1 << 30)),
            ("1MB", None),
        ];
        for (text, expected) in sizes {
            assert_eq!(
                text.parse::<Size>().ok().map(|size| size.0),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn spans_are_written_as_they_are_read() {
        for text in ["500ms", "0s", "15s", "5m", "90s", "8h", "1500ms"] {
            assert_eq!(written(text.parse::<Span>().unwrap().0), text);
        }
    }
}

//! Operators, formats, outcomes, and the session settings that shape values.

use detect::Entity;

/// What is done to a cell.
///
/// | | text | numbers | dates, times | other |
/// |---|---|---|---|---|
/// | `Null` | NULL | NULL | NULL | NULL |
/// | `Default` | empty | `0` | `1970-01-01`, `00:00:00` | `false`, nil uuid, `{}`, JSON `null`, `empty` range |
/// | `Redact` | `[REDACTED]` | `0` | `1970-01-01`, `00:00:00` | as `Default`, but: uuid v8 without payload, JSON `"[REDACTED]"`, array of one redacted element; enum, range, composite: NULL |
/// | `Partial` | by entity, at most half | first significant digit | 1 January of the year, the hour | uuid: 4 digits; inet: /24 or /48; JSON, arrays: leaves; else as `Redact` |
/// | `Pseudonym` | by entity, else same shape | as many digits | moved by ≤ 180 days | uuid v8, reserved networks, another label of the enum, 16 bytes; JSON, arrays: leaves; else as `Redact` |
///
/// NULL stays NULL and an empty text or bytea stays empty, whatever the operator but `Null` and
/// `Default`. Under `Partial` and `Pseudonym` also 0, NaN, infinity, midnight and the marks of a
/// redaction stay: they name nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// SQL NULL.
    Null,
    /// The constant of the type that says least.
    Default,
    /// A visible mark where the type allows one, else the constant of the type.
    Redact,
    /// A part of the value, never more than the entity's form shows.
    Partial(Option<Entity>),
    /// A stand-in that is the same wherever the same value meets the same key.
    Pseudonym(Option<Entity>),
}

/// Format code of a cell (protocol section "Formats and Format Codes").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Code 0.
    Text,
    /// Code 1.
    Binary,
}

/// What became of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was written: send the original bytes.
    Unchanged,
    /// The new cell was appended to the output.
    Masked,
    /// Nothing was written: send NULL.
    Null,
}

/// Session settings that decide how text-format values are written.
///
/// `bytea_output` is not among them: both of its forms are told apart by their first two bytes.
/// Neither is `IntervalStyle`: an interval is always replaced by one that every style accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Styles {
    /// How dates and timestamps are written.
    pub date_style: DateStyle,
}

/// Output form of dates, from the `DateStyle` parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DateStyle {
    /// `2001-02-03 04:05:06+07`.
    #[default]
    Iso,
    /// Any other: dates in text format are replaced by the constant of their type.
    Other,
}

impl Styles {
    /// Styles of a session whose `DateStyle` is reported as `date_style` (`ISO, MDY`).
    pub fn from_date_style(date_style: &str) -> Styles {
        let form = date_style.split(',').next().unwrap_or_default().trim();
        let iso = form.eq_ignore_ascii_case("iso");
        Styles {
            date_style: if iso {
                DateStyle::Iso
            } else {
                DateStyle::Other
            },
        }
    }
}

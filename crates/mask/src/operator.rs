//! Operators, formats, outcomes, and the session settings that shape values.

mod domain;
mod parameters;
mod word;

pub use parameters::{
    Alphabet, Characters, Charset, CheckDigit, DateShift, EmailPart, Fpe, Generalize, Hash, Label,
    Length, NetworkBits, Noise, Separators, ShiftOf,
};

pub(crate) use parameters::sealed_prefix;

use detect::Entity;

/// What is done to a cell.
///
/// | | text | numbers | dates, times | other |
/// |---|---|---|---|---|
/// | `Null` | NULL | NULL | NULL | NULL |
/// | `Default` | empty | `0` | `1970-01-01`, `00:00:00` | `false`, nil uuid, `{}`, JSON `null`, `empty` range |
/// | `Redact` | `[REDACTED]` | `0` | `1970-01-01`, `00:00:00` | as `Default`, but: uuid v8 without payload, JSON `"[REDACTED]"`, array of one redacted element, zero bits, no pair of hstore; enum, range, composite: NULL |
/// | `Partial` | by entity, at most half | first significant digit | 1 January of the year, the hour | uuid: 4 digits; inet: /24 or /48; JSON, arrays, ranges, rows, hstore: leaves; else as `Redact` |
/// | `Pseudonym` | by entity, else same shape | as many digits | moved by ≤ 180 days | uuid v8, reserved networks, another label of the enum, 16 bytes, as many bits; JSON, arrays, ranges, rows, hstore: leaves; else as `Redact` |
///
/// The others have a form for some types only, which [`Operator::check`] knows; they never let a
/// value pass that they cannot read, but put the default of its type in its place and say so with
/// [`Outcome::Fallback`]. Their NaN, infinity, empty texts and octets, and marks of a redaction stay.///
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
    /// A text of its own in place of `[REDACTED]`, as `Redact` otherwise.
    Label(Label),
    /// Some characters at either end, the rest hidden. Text.
    Mask(Characters),
    /// An e-mail address with a part hidden. Text.
    MaskEmail(EmailPart),
    /// The first six and last four digits of a card number, as PCI DSS 3.4 allows. Text.
    MaskCard,
    /// The network of an address. Text, inet, cidr.
    MaskIp(NetworkBits),
    /// The country of a telephone number. Text.
    MaskPhone,
    /// A URL with its password and the values of its query hidden. Text.
    MaskUrl,
    /// The vendor's prefix of a secret and four characters. Text.
    MaskSecret,
    /// A keyed hash: one-way, joins, at least 64 bits. Text, bytea, uuid, int8.
    ///
    /// Injective but for collisions among 2^64 (int8: 2^63); text, bytea and uuid know their own.
    Hash(Hash),
    /// A keyed stand-in of the same shape: as `Pseudonym(None)`. Text, integers, numeric, uuid.
    ///
    /// Not injective: among n values of d digits about n² / (2 · 10^d) pairs collide. For keys
    /// take `Fpe` or `Hash`. It cannot know its own and so maps them again, but for uuid.
    Token,
    /// Format-preserving encryption: FF1 of NIST SP 800-38G. Text, int4, int8, numeric(p, 0).
    ///
    /// Bijective on its domain, so it keeps keys unique; whoever has the key reverses it with
    /// [`Reveal`](crate::Reveal). It cannot know its own.
    Fpe(Fpe),
    /// A number moved by a keyed amount, the same for the same number. Integers, floats, numeric.
    Noise(Noise),
    /// A date moved by a keyed number of days. Date, timestamps.
    DateShift(DateShift),
    /// A coarser value. Numbers, dates, timestamps, point, text.
    Generalize(Generalize),
    /// AES-256-GCM-SIV (RFC 8452) behind the id of its key. Text without a limit, bytea.
    ///
    /// Injective and deterministic; knows its own; [`Reveal`](crate::Reveal) decrypts.
    Encrypt,
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
    /// The operator could not keep the type or read the cell: the redaction or default of the
    /// type was appended in its place, which is worth an event.
    Fallback,
    /// Nothing was written: send NULL.
    Null,
    /// As [`Outcome::Fallback`], but the type has no such constant: nothing was written, send NULL.
    FallbackNull,
}

impl Outcome {
    /// What became of a whole, given what became of its parts up to now and of the next one; a
    /// part that became NULL leaves a whole that was masked.
    pub(crate) fn and(self, part: Outcome) -> Outcome {
        match (self, part) {
            (whole, Outcome::Unchanged) => whole,
            (whole, part) if whole.is_fallback() || part.is_fallback() => Outcome::Fallback,
            (_, _) => Outcome::Masked,
        }
    }

    /// Whether the operator could not do its work, so that the type's constant or NULL stands in
    /// its place.
    pub fn is_fallback(self) -> bool {
        matches!(self, Outcome::Fallback | Outcome::FallbackNull)
    }

    /// Whether NULL stands in the value's place.
    pub(crate) fn is_null(self) -> bool {
        matches!(self, Outcome::Null | Outcome::FallbackNull)
    }
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

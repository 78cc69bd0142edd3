//! The constants that take the place of a value: the same for every value of a type.

use crate::limit::{self, Limit};
use crate::{Format, Shape};

/// Days and microseconds from PostgreSQL's epoch, 2000-01-01, back to 1970-01-01.
const DAY_1970: i32 = -10_957;
const MICROS_1970: i64 = -946_684_800_000_000;

/// Longest `bit(n)` that becomes zeros; a longer one becomes NULL.
const MOST_BITS: usize = 65_536;

/// A uuid of version 8 (RFC 9562) without payload.
const EMPTY_UUID: [u8; 16] = [0, 0, 0, 0, 0, 0, 0x80, 0, 0x80, 0, 0, 0, 0, 0, 0, 0];

/// Which constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constant<'a> {
    /// The one that says least: empty text, zero, `{}`.
    Default,
    /// A visible mark with this text where the type allows one.
    Mark(&'a str),
}

/// The constant of a type in a format; `None`: NULL.
pub(crate) fn cell(
    constant: Constant<'_>,
    shape: &Shape,
    format: Format,
    type_modifier: i32,
) -> Option<Vec<u8>> {
    let bytes = match shape {
        // An empty "char" is a zero byte, which the text format leaves out.
        Shape::Char if constant == Constant::Default => by_format(format, "", &[0]),
        Shape::Text | Shape::Bpchar | Shape::Char | Shape::Name | Shape::Xml => {
            text(constant, Limit::of(shape, type_modifier))
        }
        Shape::Json => json(constant),
        Shape::Jsonb => [jsonb_header(format), json(constant)].concat(),
        Shape::Numeric => numeric(format, type_modifier),
        Shape::Uuid => uuid(constant, format),
        Shape::Array(element, oid) => {
            return array(constant, element, *oid, (format, type_modifier));
        }
        Shape::Range(_) if constant == Constant::Default => by_format(format, "empty", &[1]),
        Shape::Multirange(_) if constant == Constant::Default => by_format(format, "{}", &[0; 4]),
        Shape::Range(_) | Shape::Multirange(_) | Shape::Enum(_) => return None,
        Shape::Hstore => by_format(format, "", &[0; 4]),
        Shape::Bit | Shape::VarBit => return bits(shape, format, type_modifier),
        Shape::Row(_) | Shape::Composite | Shape::Unknown => return None,
        scalar => return number_or_time(scalar, format),
    };
    Some(bytes)
}

fn number_or_time(shape: &Shape, format: Format) -> Option<Vec<u8>> {
    let bytes = match shape {
        Shape::Bool => by_format(format, "f", &[0]),
        Shape::Int2 => by_format(format, "0", &[0; 2]),
        Shape::Int4 | Shape::Oid | Shape::Float4 => by_format(format, "0", &[0; 4]),
        // Every locale reads a bare 0 as money.
        Shape::Int8 | Shape::Float8 | Shape::Money => by_format(format, "0", &[0; 8]),
        Shape::Bytea => by_format(format, "\\x", &[]),
        Shape::Date => by_format(format, "1970-01-01", &DAY_1970.to_be_bytes()),
        Shape::Time => by_format(format, "00:00:00", &[0; 8]),
        Shape::TimeTz => by_format(format, "00:00:00+00", &[0; 12]),
        Shape::Timestamp => by_format(format, "1970-01-01 00:00:00", &MICROS_1970.to_be_bytes()),
        Shape::TimestampTz => {
            by_format(format, "1970-01-01 00:00:00+00", &MICROS_1970.to_be_bytes())
        }
        // Every IntervalStyle reads this form.
        Shape::Interval => by_format(format, "00:00:00", &[0; 16]),
        // Binary: family, prefix length, is_cidr, length, address (PostgreSQL's network.c).
        Shape::Inet => by_format(format, "0.0.0.0", &[2, 32, 0, 4, 0, 0, 0, 0]),
        Shape::Cidr => by_format(format, "0.0.0.0/32", &[2, 32, 1, 4, 0, 0, 0, 0]),
        Shape::Point => by_format(format, "(0,0)", &[0; 16]),
        Shape::MacAddr => by_format(format, "00:00:00:00:00:00", &[0; 6]),
        Shape::MacAddr8 => by_format(format, "00:00:00:00:00:00:00:00", &[0; 8]),
        Shape::Text | Shape::Bpchar | Shape::Char | Shape::Name | Shape::Xml => return None,
        Shape::Json | Shape::Jsonb | Shape::Numeric | Shape::Uuid => return None,
        Shape::Array(..) | Shape::Range(_) | Shape::Multirange(_) | Shape::Enum(_) => return None,
        Shape::Row(_) | Shape::Hstore | Shape::Bit | Shape::VarBit => return None,
        Shape::Composite | Shape::Unknown => return None,
    };
    Some(bytes)
}

/// Zeros, as many as `bit(n)` has; `None`: how many is not declared.
fn bits(shape: &Shape, format: Format, type_modifier: i32) -> Option<Vec<u8>> {
    let count = match shape {
        // The modifier of bits is their number itself.
        Shape::Bit => usize::try_from(type_modifier)
            .ok()
            .filter(|n| *n <= MOST_BITS)?,
        _ => 0,
    };
    let mut out = Vec::new();
    crate::value::bits::write(&vec![b'0'; count], format, &mut out)?;
    Some(out)
}

fn by_format(format: Format, text: &str, binary: &[u8]) -> Vec<u8> {
    match format {
        Format::Text => text.as_bytes().to_vec(),
        Format::Binary => binary.to_vec(),
    }
}

fn text(constant: Constant<'_>, limit: Limit) -> Vec<u8> {
    let mut bytes = match constant {
        Constant::Default => Vec::new(),
        Constant::Mark(mark) => mark.as_bytes().to_vec(),
    };
    limit.fit(&mut bytes, 0);
    bytes
}

fn json(constant: Constant<'_>) -> Vec<u8> {
    match constant {
        Constant::Default => b"null".to_vec(),
        // Marks are capitals, digits, underscores and brackets: nothing to escape.
        Constant::Mark(mark) => format!("\"{mark}\"").into_bytes(),
    }
}

/// Binary jsonb is its text after a version byte.
fn jsonb_header(format: Format) -> Vec<u8> {
    by_format(format, "", &[1])
}

fn numeric(format: Format, type_modifier: i32) -> Vec<u8> {
    let scale = limit::numeric_scale(type_modifier)
        .and_then(|scale| u16::try_from(scale).ok())
        .unwrap_or(0);
    match format {
        Format::Text if scale == 0 => b"0".to_vec(),
        Format::Text => format!("0.{}", "0".repeat(usize::from(scale))).into_bytes(),
        // Number of digits, weight, sign, display scale.
        Format::Binary => [[0, 0], [0, 0], [0, 0], scale.to_be_bytes()].concat(),
    }
}

fn uuid(constant: Constant<'_>, format: Format) -> Vec<u8> {
    match constant {
        Constant::Default => by_format(format, "00000000-0000-0000-0000-000000000000", &[0; 16]),
        Constant::Mark(_) => by_format(format, "00000000-0000-8000-8000-000000000000", &EMPTY_UUID),
    }
}

/// No element by default, one marked element otherwise.
fn array(
    constant: Constant<'_>,
    element: &Shape,
    oid: u32,
    (format, type_modifier): (Format, i32),
) -> Option<Vec<u8>> {
    match constant {
        Constant::Default => Some(match format {
            Format::Text => b"{}".to_vec(),
            Format::Binary => crate::array::binary::header(0, oid),
        }),
        Constant::Mark(_) => {
            let inner = cell(constant, element, format, type_modifier)?;
            Some(match format {
                Format::Text => crate::array::text::single(&inner),
                Format::Binary => crate::array::binary::single(&inner, oid),
            })
        }
    }
}

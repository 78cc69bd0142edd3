//! Type modifiers: how long a value may be.

use crate::Shape;

/// What `varchar(n)`, `char(n)`, `name` and `"char"` allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Unlimited,
    /// At most so many characters.
    Characters(usize),
    /// Exactly so many characters, filled with blanks.
    Padded(usize),
    /// At most so many bytes.
    Bytes(usize),
}

impl Limit {
    /// Limit of a column of `shape` declared with `type_modifier` (`atttypmod`; -1: none).
    pub(crate) fn of(shape: &Shape, type_modifier: i32) -> Limit {
        match shape {
            Shape::Text => declared(type_modifier).map_or(Limit::Unlimited, Limit::Characters),
            Shape::Bpchar => declared(type_modifier).map_or(Limit::Unlimited, Limit::Padded),
            // NAMEDATALEN - 1.
            Shape::Name => Limit::Bytes(63),
            Shape::Char => Limit::Bytes(1),
            Shape::Array(element, _) => Limit::of(element, type_modifier),
            Shape::Bool | Shape::Int2 | Shape::Int4 | Shape::Int8 | Shape::Oid => Limit::Unlimited,
            Shape::Float4 | Shape::Float8 | Shape::Numeric | Shape::Money => Limit::Unlimited,
            Shape::Bytea | Shape::Uuid | Shape::Date | Shape::Time => Limit::Unlimited,
            Shape::TimeTz | Shape::Timestamp | Shape::TimestampTz => Limit::Unlimited,
            Shape::Interval | Shape::Inet | Shape::Cidr | Shape::MacAddr => Limit::Unlimited,
            Shape::MacAddr8 | Shape::Json | Shape::Jsonb | Shape::Xml => Limit::Unlimited,
            Shape::Enum(_) | Shape::Range(_) | Shape::Multirange(_) => Limit::Unlimited,
            Shape::Composite | Shape::Unknown | Shape::Point => Limit::Unlimited,
            Shape::Row(_) | Shape::Hstore | Shape::Bit | Shape::VarBit => Limit::Unlimited,
        }
    }

    /// Cuts the text that was appended to `out` from `start` on, and fills it up if it must be.
    pub(crate) fn fit(self, out: &mut Vec<u8>, start: usize) {
        if self == Limit::Unlimited {
            return;
        }
        let Some(text) = out
            .get(start..)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
        else {
            return;
        };
        let keep = start + self.kept(text);
        let missing = match self {
            Limit::Padded(n) => n.saturating_sub(text.chars().count()),
            Limit::Unlimited | Limit::Characters(_) | Limit::Bytes(_) => 0,
        };
        out.truncate(keep);
        out.resize(keep + missing, b' ');
    }

    /// How many bytes of `text` are within the limit.
    fn kept(self, text: &str) -> usize {
        match self {
            Limit::Unlimited => text.len(),
            Limit::Characters(n) | Limit::Padded(n) => {
                text.char_indices().nth(n).map_or(text.len(), |(at, _)| at)
            }
            Limit::Bytes(n) => text.floor_char_boundary(n),
        }
    }
}

/// The n of `varchar(n)` and `char(n)`; the modifier counts the four bytes of a length header too.
pub(crate) fn declared(type_modifier: i32) -> Option<usize> {
    usize::try_from(type_modifier.checked_sub(4)?).ok()
}

/// Digits after the decimal point that `numeric(p, s)` keeps; negative: digits before it that are
/// zero. `None`: not declared.
pub(crate) fn numeric_scale(type_modifier: i32) -> Option<i32> {
    // numeric_typmod_scale() of PostgreSQL's numeric.c: eleven bits, sign-extended.
    let packed = type_modifier.checked_sub(4).filter(|packed| *packed >= 0)?;
    Some(((packed & 0x7ff) ^ 1024) - 1024)
}

/// Digits that `numeric(p, s)` keeps in all; `None`: not declared.
pub(crate) fn numeric_precision(type_modifier: i32) -> Option<u32> {
    let packed = type_modifier.checked_sub(4).filter(|packed| *packed >= 0)?;
    u32::try_from((packed >> 16) & 0xffff).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(shape: &Shape, type_modifier: i32, text: &str) -> String {
        let mut out = b"before ".to_vec();
        out.extend_from_slice(text.as_bytes());
        Limit::of(shape, type_modifier).fit(&mut out, 7);
        String::from_utf8(out).expect("text")[7..].to_owned()
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(fitted(&Shape::Text, 4 + 3, "äöüß"), "äöü");
        assert_eq!(fitted(&Shape::Bpchar, 4 + 6, "äöüß"), "äöüß  ");
        assert_eq!(fitted(&Shape::Text, -1, "äöüß"), "äöüß");
        assert_eq!(fitted(&Shape::Char, -1, "abc"), "a");
        assert_eq!(fitted(&Shape::Name, -1, &"ä".repeat(40)), "ä".repeat(31));
    }

    #[test]
    fn scale_of_numeric() {
        let modifier = |precision: i32, scale: i32| ((precision << 16) | (scale & 0x7ff)) + 4;
        assert_eq!(numeric_scale(modifier(10, 2)), Some(2));
        assert_eq!(numeric_scale(modifier(3, -2)), Some(-2));
        assert_eq!(numeric_scale(-1), None);
    }
}

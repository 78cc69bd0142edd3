//! What an operator can be told.

use crate::KeyId;

/// A redaction's text: at most [`Label::MAX`] characters of ASCII without quotes or backslashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    text: [u8; Label::MAX],
    length: usize,
}

impl Label {
    /// Longest label: it stands in every row, so it is kept short.
    pub const MAX: usize = 32;

    /// `None`: too long, empty, or with a character that a format would have to escape.
    pub fn new(label: &str) -> Option<Label> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'\'');
        let allowed = label.bytes().all(|byte| plain(byte) || byte == b' ');
        let mut text = [0; Label::MAX];
        text.get_mut(..label.len())
            .filter(|_| allowed && !label.trim().is_empty())?
            .copy_from_slice(label.as_bytes());
        Some(Label {
            text,
            length: label.len(),
        })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let bytes = self.text.get(..self.length).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// Which characters of a text stay.
///
/// If more than half of those that could be hidden would stay, all are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Characters {
    /// Stands for a hidden character.
    pub with: char,
    /// Characters at the beginning that stay; separators do not count.
    pub first: u8,
    /// Characters at the end that stay.
    pub last: u8,
    /// What becomes of punctuation and blanks.
    pub separators: Separators,
    /// How long the result is.
    pub length: Length,
}

impl Default for Characters {
    /// All hidden by `*`, separators kept.
    fn default() -> Characters {
        Characters {
            with: '*',
            first: 0,
            last: 0,
            separators: Separators::Keep,
            length: Length::Same,
        }
    }
}

/// What becomes of punctuation and blanks under [`Characters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separators {
    /// They stay where they stand.
    Keep,
    /// They are hidden like any character.
    Hide,
}

/// How many characters stand for the hidden ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// As many as were hidden.
    Same,
    /// This many, so that the length says nothing; separators are then hidden too.
    Fixed(u8),
}

/// The part of an e-mail address that is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailPart {
    /// What stands before the at sign.
    Local,
    /// The domain but for its last label.
    Domain,
    /// Both.
    Both,
}

/// Bits of an address that stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkBits {
    /// Of IPv4, at most 32.
    pub v4: u8,
    /// Of IPv6, at most 128.
    pub v6: u8,
}

impl Default for NetworkBits {
    /// /24 and /48, the size of a site.
    fn default() -> NetworkBits {
        NetworkBits { v4: 24, v6: 48 }
    }
}

/// The form of a hash in text; bytea takes `length` octets, uuid and int8 have their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash {
    /// Characters; at least [`Alphabet::least`], at most 64.
    pub length: u8,
    /// What they are taken from.
    pub alphabet: Alphabet,
}

/// Characters of a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `a`–`z` and `2`–`7` (RFC 4648): five bits each.
    Base32,
    /// Hexadecimal: four bits each.
    Hex,
}

impl Alphabet {
    /// Characters that hold 64 bits and the four that tell a hash from other text.
    pub fn least(self) -> u8 {
        match self {
            Alphabet::Base32 => 17,
            Alphabet::Hex => 20,
        }
    }
}

impl Default for Hash {
    /// 26 characters of base32: 110 bits and what tells the hash.
    fn default() -> Hash {
        Hash {
            length: 26,
            alphabet: Alphabet::Base32,
        }
    }
}

/// Format-preserving encryption of text: which characters are encrypted, what the last one is.
/// Numbers are encrypted over the whole range of their type and need neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fpe {
    /// The alphabet; all other characters are separators and stay.
    pub charset: Charset,
    /// Whether the last digit is reckoned from those before it.
    pub check: CheckDigit,
}

impl Default for Fpe {
    /// Digits without a check digit.
    fn default() -> Fpe {
        Fpe {
            charset: Charset::Digits,
            check: CheckDigit::None,
        }
    }
}

/// The alphabet of FF1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// `0`–`9`.
    Digits,
    /// `0`–`9`, `A`–`Z`; letters of lower case are read as capitals.
    Alphanumeric36,
    /// `0`–`9`, `A`–`Z`, `a`–`z`.
    Alphanumeric62,
}

/// The check digit of a number in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDigit {
    /// There is none.
    None,
    /// Luhn's (ISO/IEC 7812-1): the others are encrypted, it is reckoned anew.
    Luhn,
}

/// How far a number is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// By at most this part of itself, in parts of a million (50 000: 5 %).
    Ratio(u32),
    /// By at most this amount.
    Absolute(u32),
}

/// How far dates move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateShift {
    /// At most so many days, to either side; at least 1.
    pub days: u16,
    /// Which dates move together.
    pub of: ShiftOf,
}

/// Dates that move by the same number of days, so that what lies between them stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShiftOf {
    /// All dates of the key's domain.
    Domain,
    /// Those of one subject, given with each cell to [`Masker::mask_of`](crate::Masker::mask_of).
    Subject,
}

/// What a value is made coarser to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generalize {
    /// Numbers: the multiple of this step at or below. In text a range: `40-49`.
    Step(u32),
    /// Dates: 1 January of the year.
    Year,
    /// Dates: the first of the month.
    Month,
    /// Text: the first three characters of a postal code, `941**`.
    PostalArea,
    /// Numbers, point, and `1.5,2.5` in text: so many digits after the point, rounded down.
    Grid(u8),
}

/// How a ciphertext in text begins: the mark, the id of the key, a full stop.
pub(crate) fn sealed_prefix(id: KeyId) -> String {
    format!("lgk1.{}.", id.0)
}

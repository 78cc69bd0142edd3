//! What a principal sees of a column.

use std::fmt;

use crate::tag::Tag;

/// What a principal sees of a column: a ladder, the highest permitted rung wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disclosure {
    /// Nothing but a constant of the type.
    Redacted,
    /// A value that is always the same for the same original, and cannot be turned back.
    Pseudonym,
    /// A part of the value, such as the last four digits.
    Partial,
    /// The value.
    Clear,
}

impl Disclosure {
    /// The word of screens and records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Redacted => "redacted",
            Self::Pseudonym => "pseudonym",
            Self::Partial => "partial",
            Self::Clear => "clear",
        }
    }
}

impl fmt::Display for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What is seen of one column, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnDisclosure {
    /// How much is seen.
    pub disclosure: Disclosure,
    /// Of the tags that stand behind the column, the one of which least is seen. `None`: no tag,
    /// nothing to protect.
    pub tag: Option<Tag>,
}

impl ColumnDisclosure {
    /// The disclosure of a column without tags.
    pub const UNTAGGED: Self = Self {
        disclosure: Disclosure::Clear,
        tag: None,
    };

    /// The stricter of both; a tag is kept over none.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        match self.disclosure.cmp(&other.disclosure) {
            std::cmp::Ordering::Less => self,
            std::cmp::Ordering::Greater => other,
            std::cmp::Ordering::Equal if self.tag.is_none() => other,
            std::cmp::Ordering::Equal => self,
        }
    }

    /// Whether the value is shown as it is.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.disclosure == Disclosure::Clear
    }
}

/// What is seen of the columns of a statement's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputDisclosures {
    /// The statement returns no rows.
    None,
    /// One for each column, in order.
    Columns(Vec<ColumnDisclosure>),
    /// The same for every column; their number is not known before the server says it.
    Every(ColumnDisclosure),
    /// Those of the prepared statement or cursor that the statement names.
    Named,
}

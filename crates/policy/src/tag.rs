//! Tags: categories of data.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The tag above all others.
pub(crate) const SENSITIVE: &str = "sensitive";
/// The tag of what nobody could trace.
const UNKNOWN: &str = "unknown";
/// Longest name of a tag, in bytes: that of a PostgreSQL identifier.
const LONGEST: usize = 63;
/// First parts that mean something else in policies or in label rules.
const RESERVED: [&str; 3] = ["system", "function", "none"];

/// A category of data, such as `pii.email`.
///
/// Dots make the hierarchy: `pii.email` is in `pii`, and every tag is in `sensitive`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(Arc<str>);

/// Why a text is not a tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// A part between dots is empty or holds other than `a-z`, `0-9` and `_`, or all is too long.
    #[error(
        "`{0}` is not a tag: expected parts of `a-z`, `0-9` and `_` between dots, \
         63 bytes at most, such as `pii.email`"
    )]
    Malformed(String),
    /// The first part is one that policies use for something else.
    #[error("`{0}` cannot be a tag: `system`, `function` and `none` are reserved")]
    Reserved(String),
}

impl Tag {
    /// Checks the name of a tag.
    ///
    /// # Errors
    /// When the name is malformed or reserved.
    pub fn new(name: &str) -> Result<Self, TagError> {
        let word = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        if name.len() > LONGEST || !name.split('.').all(word) {
            return Err(TagError::Malformed(name.to_owned()));
        }
        if name
            .split('.')
            .next()
            .is_some_and(|first| RESERVED.contains(&first))
        {
            return Err(TagError::Reserved(name.to_owned()));
        }
        Ok(Self(Arc::from(name)))
    }

    /// The tag of values whose origin is not known.
    #[must_use]
    pub fn unknown() -> Self {
        Self(Arc::from(UNKNOWN))
    }

    /// The tag that is above all others.
    #[must_use]
    pub fn sensitive() -> Self {
        Self(Arc::from(SENSITIVE))
    }

    /// A tag of this crate's own lists, which are known to be well formed.
    pub(crate) fn known(name: &'static str) -> Self {
        Self(Arc::from(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names of this tag and of those above it, nearest first: `pii.email`, `pii`,
    /// `sensitive`.
    pub fn lineage(&self) -> impl Iterator<Item = &str> {
        let dots = self
            .0
            .rmatch_indices('.')
            .filter_map(|(at, _)| self.0.get(..at));
        let top = (self.as_str() != SENSITIVE).then_some(SENSITIVE);
        std::iter::once(self.as_str())
            .chain(dots.filter(|name| *name != SENSITIVE))
            .chain(top)
    }

    /// Whether this tag is `other` or above it: what holds for this one holds for `other`.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.lineage().any(|name| name == self.as_str())
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(name: &str) -> Result<Self, TagError> {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in [
            "pii",
            "pii.email",
            "secret.aws_key",
            "a.b.c.d",
            "sensitive",
            "unknown",
        ] {
            assert_eq!(Tag::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            ".",
            "pii.",
            ".pii",
            "pii..email",
            "PII",
            "pii email",
            "é",
            &"a".repeat(64),
        ] {
            assert_eq!(
                Tag::new(bad),
                Err(TagError::Malformed(bad.to_owned())),
                "{bad}"
            );
        }
        for reserved in ["system", "function", "function.runs_sql", "none"] {
            assert_eq!(
                Tag::new(reserved),
                Err(TagError::Reserved(reserved.to_owned()))
            );
        }
    }

    #[test]
    fn hierarchy() {
        let lineage = |name| {
            Tag::new(name)
                .unwrap()
                .lineage()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            lineage("pii.email.work"),
            ["pii.email.work", "pii.email", "pii", "sensitive"]
        );
        assert_eq!(lineage("pii"), ["pii", "sensitive"]);
        assert_eq!(lineage("sensitive"), ["sensitive"]);
        assert_eq!(lineage("sensitive.more"), ["sensitive.more", "sensitive"]);
        let covers = |a, b| Tag::new(a).unwrap().covers(&Tag::new(b).unwrap());
        assert!(covers("pii", "pii.email") && covers("sensitive", "pii") && covers("pii", "pii"));
        assert!(!covers("pii.email", "pii") && !covers("pi", "pii") && !covers("secret", "pii"));
    }
}

//! Checked names of principals, groups and keys.

use crate::IdentityError;
use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

/// Longest name in bytes: PostgreSQL's `NAMEDATALEN - 1`, because a principal's name travels as the
/// `user` of a startup message and clients cut longer ones.
const MAX_LEN: usize = 63;

fn check(text: &str) -> Result<Arc<str>, IdentityError> {
    if text.is_empty() || text.len() > MAX_LEN {
        return Err(IdentityError::NameLength { length: text.len() });
    }
    let refused = |c: &char| !(c.is_ascii_alphanumeric() || "_.@-".contains(*c));
    match text.chars().find(refused) {
        Some(character) => Err(IdentityError::NameCharacter { character }),
        None => Ok(text.into()),
    }
}

macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdentityError;
            fn from_str(text: &str) -> Result<Self, IdentityError> {
                check(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdentityError;
            fn try_from(text: String) -> Result<Self, IdentityError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.as_str().to_owned()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

checked_name! {
    /// Name of a principal: 1 to 63 bytes of ASCII letters, digits and `_.@-`.
    ///
    /// ASCII only, so that two principals never look alike on a screen or in a record.
    PrincipalName
}
checked_name! {
    /// Name of a group of principals; same rules as [`PrincipalName`].
    GroupName
}
checked_name! {
    /// Public id of an access key: what records and screens show instead of the key. Unique for its
    /// principal; same rules as [`PrincipalName`].
    KeyId
}

impl KeyId {
    /// The id of a key that this crate made: base 32 digits need no check.
    pub(crate) fn of_base32(digits: &str) -> Self {
        KeyId(digits.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        let long = "x".repeat(64);
        let cases: &[(&str, Result<(), IdentityError>)] = &[
            ("alice", Ok(())),
            ("alice.b@example-1.org_x", Ok(())),
            (&long[1..], Ok(())),
            ("", Err(IdentityError::NameLength { length: 0 })),
            (&long, Err(IdentityError::NameLength { length: 64 })),
            ("a b", Err(IdentityError::NameCharacter { character: ' ' })),
            ("a\"b", Err(IdentityError::NameCharacter { character: '"' })),
            (
                "аlice",
                Err(IdentityError::NameCharacter { character: 'а' }),
            ), // Cyrillic
            ("a\0", Err(IdentityError::NameCharacter { character: '\0' })),
        ];
        for (text, expected) in cases {
            let got = text.parse::<PrincipalName>();
            assert_eq!(got.clone().map(|_| ()), expected.clone(), "{text:?}");
            if let Ok(name) = got {
                assert_eq!(name.to_string(), *text);
            }
        }
    }
}

//! Text that must never be shown, and where it comes from.

use crate::IdentityError;
use secrecy::{ExposeSecret, SecretString};
use std::{fmt, path::PathBuf, str::FromStr};

/// A secret text, such as the password of an upstream database user. `Debug` shows a marker, there
/// is no `Display` and no serialisation, and the memory is wiped on drop.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text itself. Every call is a place to review.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// Where a secret is to be read from. Reading it is not this crate's business.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// `env:NAME`: an environment variable.
    Env(String),
    /// `file:PATH`: the contents of a file, without a trailing line end.
    File(PathBuf),
    /// The secret itself, written where its source should be.
    Inline(Secret),
}

impl FromStr for SecretSource {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        if let Some(name) = text.strip_prefix("env:") {
            return not_empty("env", name).map(|name| SecretSource::Env(name.to_owned()));
        }
        if let Some(path) = text.strip_prefix("file:") {
            return not_empty("file", path).map(|path| SecretSource::File(path.into()));
        }
        Ok(SecretSource::Inline(text.to_owned().into()))
    }
}

fn not_empty<'a>(scheme: &'static str, name: &'a str) -> Result<&'a str, IdentityError> {
    match name {
        "" => Err(IdentityError::SecretSourceEmpty { scheme }),
        name => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_parsed() {
        let cases = [
            ("env:PGPASS", "Ok(Env(\"PGPASS\"))"),
            ("file:/run/secrets/db", "Ok(File(\"/run/secrets/db\"))"),
            ("file:a:b", "Ok(File(\"a:b\"))"),
            ("hunter2", "Ok(Inline(Secret(hidden)))"),
            ("envelope", "Ok(Inline(Secret(hidden)))"),
            ("env:", "Err(SecretSourceEmpty { scheme: \"env\" })"),
            ("file:", "Err(SecretSourceEmpty { scheme: \"file\" })"),
        ];
        for (text, expected) in cases {
            assert_eq!(format!("{:?}", text.parse::<SecretSource>()), expected);
        }
    }

    #[test]
    fn a_secret_is_exposed_only_on_demand() {
        let secret = Secret::from("hunter2".to_owned());
        assert_eq!(secret.expose(), "hunter2");
        assert!(!format!("{secret:?} {secret:#?}").contains("hunter2"));
    }
}

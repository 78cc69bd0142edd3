//! Reads secrets from where the configuration says that they are.

use crate::{
    document::{At, Section},
    files::{self, Surroundings},
    model::MaskingKey,
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use identity::{Secret, SecretSource};
use std::path::Path;

const HELP: &str = "write `env:NAME` or `file:PATH`";

/// The secret under a key that must be there.
pub(crate) fn required(
    section: &Section<'_, '_>,
    key: &'static str,
    surroundings: &Surroundings<'_>,
) -> Option<Secret> {
    resolve(section, key, section.required(key, HELP)?, surroundings)
}

/// The secret under a key that need not be there. `None`: there, but wrong.
pub(crate) fn optional(
    section: &Section<'_, '_>,
    key: &'static str,
    surroundings: &Surroundings<'_>,
) -> Option<Option<Secret>> {
    match section.text_or_nothing(key)? {
        None => Some(None),
        Some(text) => resolve(section, key, text, surroundings).map(Some),
    }
}

fn resolve(
    section: &Section<'_, '_>,
    key: &str,
    text: At<&str>,
    surroundings: &Surroundings<'_>,
) -> Option<Secret> {
    let line = text.line;
    let source = section.parsed::<SecretSource>(key, text, HELP)?;
    let secret = match source.value {
        SecretSource::Env(name) => from_env(section, At { value: &name, line }, surroundings),
        SecretSource::File(path) => {
            let path = surroundings.base.join(path);
            from_file(section, key, At { value: &path, line })
        }
        SecretSource::Inline(_) => {
            let message = format!(
                "`{}`: the secret itself is not allowed here",
                section.path(key)
            );
            let help = format!(
                "{HELP}; the secret is now in a file that others may have read: \
                                change it"
            );
            section.mistake(line, message, help);
            None
        }
    }?;
    match secret.expose().contains('\0') {
        false => Some(secret),
        true => {
            section.mistake(
                line,
                format!("`{}`: the secret holds a NUL", section.path(key)),
                HELP,
            );
            None
        }
    }
}

fn from_env(
    section: &Section<'_, '_>,
    name: At<&str>,
    surroundings: &Surroundings<'_>,
) -> Option<Secret> {
    let value = (surroundings.env)(name.value).filter(|value| !value.is_empty());
    if value.is_none() {
        let message = format!("the environment variable `{}` is not set", name.value);
        section.mistake(
            name.line,
            message,
            "set it for the process that reads this file",
        );
    }
    value.map(Secret::from)
}

/// The contents of a file without one line end at its end.
fn from_file(section: &Section<'_, '_>, key: &str, path: At<&Path>) -> Option<Secret> {
    let text = match files::text(path.value) {
        Ok(text) => zeroize::Zeroizing::new(text),
        Err(error) => {
            files::unreadable(section, key, path, &error);
            return None;
        }
    };
    files::warn_if_shared(section, path.line, path.value);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let secret = line.strip_suffix('\r').unwrap_or(line);
    if secret.is_empty() {
        let message = format!(
            "`{}`: `{}` is empty",
            section.path(key),
            path.value.display()
        );
        section.mistake(path.line, message, "write the secret into it");
        return None;
    }
    Some(Secret::from(secret.to_owned()))
}

/// Reads `[masking]`: 32 bytes, in base64 or hexadecimal.
pub(crate) fn masking_key(
    section: Section<'_, '_>,
    surroundings: &Surroundings<'_>,
) -> Option<MaskingKey> {
    let text = section.text("key");
    let secret = text.and_then(|text| resolve(&section, "key", text, surroundings));
    let key = secret
        .as_ref()
        .map(|secret| key_bytes(secret.expose().trim()));
    if let (Some(None), Some(text)) = (&key, text) {
        let message = "`masking.key`: expected 32 bytes in base64 or hexadecimal";
        section.mistake(
            text.line,
            message,
            "make one with `openssl rand -base64 32`",
        );
    }
    section.end();
    key.flatten().map(MaskingKey::new)
}

fn key_bytes(text: &str) -> Option<[u8; 32]> {
    let hex = |text: &str| -> Option<Vec<u8>> {
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        Some(
            digits?
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[high, low]| (high << 4) | low)
                .collect(),
        )
    };
    let bytes = match text.len() {
        64 => hex(text)?,
        _ => BASE64.decode(text).ok()?,
    };
    bytes.try_into().ok()
}

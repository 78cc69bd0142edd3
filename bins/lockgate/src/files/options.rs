//! How a file is laid out: what was said, else what its name's ending says.

use std::path::Path;

use crate::cli::{Files, InputFormat};
use crate::failure::CommandError;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Lines of text.
    Text,
    /// A JSON value on each line.
    Jsonl,
    /// Fields with this delimiter.
    Csv(u8),
}

impl Layout {
    /// That of the file at `path`.
    ///
    /// # Errors
    /// [`CommandError::Option`]: a delimiter that cannot be one.
    pub(crate) fn of(path: &Path, options: &Files) -> Result<Layout, CommandError> {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        let format = options.input.unwrap_or_else(|| match ending.to_str() {
            Some("csv" | "tsv") => InputFormat::Csv,
            Some("jsonl" | "ndjson" | "json") => InputFormat::Jsonl,
            Some(_) | None => InputFormat::Text,
        });
        let delimiter = if ending == "tsv" { b'\t' } else { b',' };
        Ok(match format {
            InputFormat::Text => Layout::Text,
            InputFormat::Jsonl => Layout::Jsonl,
            InputFormat::Csv => Layout::Csv(match options.delimiter {
                Some(given) => checked(given)?,
                None => delimiter,
            }),
        })
    }
}

fn checked(delimiter: char) -> Result<u8, CommandError> {
    u8::try_from(delimiter)
        .ok()
        .filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0))
        .ok_or_else(|| CommandError::Option {
            option: "--delimiter",
            problem: "expected one ASCII character that is no quote and no line end".to_owned(),
        })
}

//! The options of a COPY that shape its rows.

use crate::MaskError;

/// The two formats made of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyFormat {
    /// `FORMAT text`.
    Text,
    /// `FORMAT csv`.
    Csv,
}

/// Options as given to COPY, or PostgreSQL's defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyOptions {
    /// `FORMAT`.
    pub format: CopyFormat,
    /// `DELIMITER`.
    pub delimiter: u8,
    /// `NULL`.
    pub null: Vec<u8>,
    /// `QUOTE`; of no meaning in text format.
    pub quote: u8,
    /// `ESCAPE`; of no meaning in text format.
    pub escape: u8,
    /// `HEADER`: the first row holds the names of the columns and passes.
    pub header: bool,
    /// `FORCE_QUOTE`.
    pub force_quote: ForceQuote,
}

/// Columns whose values are always quoted in CSV.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum ForceQuote {
    /// None.
    #[default]
    None,
    /// `FORCE_QUOTE *`.
    All,
    /// Those with `true` at their place.
    Columns(Vec<bool>),
}

impl CopyOptions {
    /// Defaults of `FORMAT text`: tab and `\N`.
    pub fn text() -> CopyOptions {
        CopyOptions {
            format: CopyFormat::Text,
            delimiter: b'\t',
            null: b"\\N".to_vec(),
            quote: b'"',
            escape: b'"',
            header: false,
            force_quote: ForceQuote::None,
        }
    }

    /// Defaults of `FORMAT csv`: comma, empty null string, double quotes.
    pub fn csv() -> CopyOptions {
        CopyOptions {
            format: CopyFormat::Csv,
            delimiter: b',',
            null: Vec::new(),
            ..CopyOptions::text()
        }
    }

    /// The checks of PostgreSQL's `ProcessCopyOptions` that row reading relies on.
    pub(super) fn check(&self) -> Result<(), MaskError> {
        let ends_line = |byte: u8| matches!(byte, b'\n' | b'\r' | 0);
        let own = [self.delimiter, self.quote, self.escape];
        let ambiguous = match self.format {
            // COPY refuses these because an escape could begin with them.
            CopyFormat::Text => {
                b"\\.abcdefghijklmnopqrstuvwxyz0123456789".contains(&self.delimiter)
            }
            CopyFormat::Csv => self.delimiter == self.quote || self.null.contains(&self.quote),
        };
        let broken_null = self
            .null
            .iter()
            .any(|byte| ends_line(*byte) || *byte == self.delimiter);
        if ambiguous || broken_null || own.into_iter().any(ends_line) {
            return Err(MaskError::CopyOptions);
        }
        Ok(())
    }

    pub(super) fn forces_quote(&self, column: usize) -> bool {
        match &self.force_quote {
            ForceQuote::None => false,
            ForceQuote::All => true,
            ForceQuote::Columns(columns) => columns.get(column).copied().unwrap_or(false),
        }
    }
}

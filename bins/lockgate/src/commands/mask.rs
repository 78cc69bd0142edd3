//! `lockgate mask`: files of values with what is sensitive in them masked.
//!
//! As the gate does it: a column that its name gives a tag is masked cell by cell, in any other
//! what is found is replaced where it stands. What is not changed is copied as it was written.

use std::fs::File;
use std::io::{BufWriter, Write};

use config::Config;
use detect::{Detector, Hint, classify_column};
use mask::copy::CellMask;
use mask::{
    Findings, Format, MaskKey, Masker, Operator, Outcome, ScanPolicy, Scanner, Shape, SpanOperator,
    Styles,
};

use super::configuration;
use crate::cli::{Mask, MaskOperator};
use crate::exit::Exit;
use crate::failure::CommandError;
use crate::files::{ByName, Reader, Row};

/// The type of every value of a file, as PostgreSQL calls it.
const TYPE: &str = "text";

pub(super) fn run(options: &Mask) -> Result<Exit, CommandError> {
    let config = options.config.as_deref().map(configuration::load);
    let config = config.transpose()?;
    let key = key(options.operator, config.as_ref())?;
    let detector = config.map_or_else(Detector::new, |config| config.detector);
    let mut masks = masks(options.operator, key, detector);
    let mut out: Box<dyn Write> = match &options.output {
        Some(path) => Box::new(File::create_new(path).map_err(CommandError::file(path))?),
        // Not `anstream`: bytes of a file are no text to take styles from.
        None => Box::new(std::io::stdout().lock()),
    };
    let mut out = BufWriter::new(&mut out);
    let mut masked = Vec::new();
    for path in &options.files.files {
        let mut reader = Reader::open(path, &options.files)?;
        while let Some(row) = reader.next_row()? {
            masked.clear();
            mask(&row, &mut masks, &mut masked);
            out.write_all(&masked)?;
        }
    }
    out.flush()?;
    Ok(Exit::Fine)
}

/// The key of pseudonyms; one that is never used for other operators.
fn key(operator: MaskOperator, config: Option<&Config>) -> Result<MaskKey, CommandError> {
    if operator != MaskOperator::Pseudonym {
        return Ok(MaskKey::new([0; 32]));
    }
    let key = config.and_then(|config| config.masking_key.as_ref());
    let key = key.ok_or_else(|| CommandError::Option {
        option: "--config",
        problem: "expected a configuration with a key under `[masking]`".to_owned(),
    })?;
    Ok(MaskKey::new(*key.expose()))
}

/// The treatment of each column.
fn masks(operator: MaskOperator, key: MaskKey, detector: Detector) -> ByName<CellMask> {
    let of_spans = match operator {
        MaskOperator::Redact => SpanOperator::Redact,
        MaskOperator::Partial => SpanOperator::Partial,
        MaskOperator::Pseudonym => SpanOperator::Pseudonym,
    };
    let policy = ScanPolicy::new(|_| of_spans);
    ByName::new(move |name| {
        let Some(named) = name.and_then(|name| classify_column(name, TYPE)) else {
            return CellMask::Scan(Scanner::new(
                detector.clone(),
                &Shape::Text,
                Format::Text,
                name.map(Hint::for_column),
                policy.clone(),
                &key,
            ));
        };
        let of_cells = match operator {
            MaskOperator::Redact => Operator::Redact,
            MaskOperator::Partial => Operator::Partial(named.entity),
            MaskOperator::Pseudonym => Operator::Pseudonym(named.entity),
        };
        let key = key.domain(named.tag);
        let styles = Styles::default();
        let masker = Masker::new(of_cells, &Shape::Text, Format::Text, -1, &key, &styles);
        CellMask::Mask(masker)
    })
}

/// Appends the row with its cells masked.
fn mask(row: &Row<'_>, masks: &mut ByName<CellMask>, out: &mut Vec<u8>) {
    let (mut copied, mut value, mut findings) = (0, Vec::new(), Findings::new());
    for cell in row.cells() {
        value.clear();
        let mask = masks.of(cell.name.as_deref());
        match mask.apply(&cell.value, &mut value, &mut findings) {
            Outcome::Unchanged => continue,
            Outcome::Masked | Outcome::Fallback => {}
            // Text has no NULL of its own: nothing is what is nearest.
            Outcome::Null | Outcome::FallbackNull => value.clear(),
        }
        out.extend_from_slice(row.raw.get(copied..cell.place.start).unwrap_or_default());
        cell.form.write(&value, out);
        copied = cell.place.end;
    }
    out.extend_from_slice(row.raw.get(copied..).unwrap_or_default());
}

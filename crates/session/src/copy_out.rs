//! Rows that come as COPY data.

use std::sync::Arc;

use mask::copy::{CellMask, CopyMasker, CopyOptions};
use mask::{Format, MaskError, Shape};
use policy::{ColumnDisclosure, Disclosure, OutputDisclosures};
use sql::Oid;
use sql::facts::{self, CopyFormat, Derivation, Kind, OutputColumn, Outputs};
use wire::backend::CopyResponse;

use crate::judge::{Judged, View};
use crate::rows::{Field, PlannedColumn, RowPlan, Tools, treatment};
use crate::shapes::shape_of;

/// `text`: what a column of unknown type is scanned as.
const TEXT: Oid = 25;

/// Rows that come as COPY data.
#[derive(Debug)]
pub(crate) struct CopyOut {
    plan: Arc<RowPlan>,
    /// `None`: every byte passes.
    masker: Option<CopyMasker>,
}

impl CopyOut {
    /// The treatment of a `COPY … TO STDOUT`. `None` when its rows cannot be treated, or the server
    /// announces other rows than the statement asks for: the caller must end the session.
    pub(crate) fn new(
        judged: &Judged,
        response: &CopyResponse<'_>,
        view: &View<'_>,
        tools: Tools<'_>,
    ) -> Option<Self> {
        if passes_whatever_it_is(judged) {
            return Some(Self::passing());
        }
        let Kind::CopyOut(format) = &judged.facts().kind else {
            return None;
        };
        let Outputs::Columns(outputs) = &judged.facts().outputs else {
            return None;
        };
        let OutputDisclosures::Columns(disclosed) = &judged.decision.outputs else {
            return None;
        };
        let columns = response.formats.len();
        let cells = cell_format(format);
        if outputs.len() != columns || disclosed.len() != columns || !announces(response, cells) {
            return None;
        }
        let planned: Box<[PlannedColumn]> = outputs
            .iter()
            .zip(disclosed)
            .map(|(output, disclosed)| {
                let column = Column {
                    output,
                    disclosed,
                    format: cells,
                };
                column.planned(judged.scan, view, tools)
            })
            .collect();
        let passes = planned.iter().all(|column| column.cell.passes());
        let masks = || planned.iter().map(|column| column.cell.clone()).collect();
        let masker = match passes {
            true => None,
            false => Some(masker(format, outputs, masks()).ok()?),
        };
        let plan = Arc::new(RowPlan {
            columns: planned,
            passes,
            tripwires: Vec::new(),
        });
        Some(Self { plan, masker })
    }

    /// Rows of which nothing is known, for those who see everything in clear.
    fn passing() -> Self {
        let plan = Arc::new(RowPlan {
            columns: Box::default(),
            passes: true,
            tripwires: Vec::new(),
        });
        Self { plan, masker: None }
    }

    pub(crate) fn plan(&self) -> &Arc<RowPlan> {
        &self.plan
    }

    pub(crate) fn masker(&mut self) -> Option<&mut CopyMasker> {
        self.masker.as_mut()
    }
}

/// Whether every column is seen in clear although it is not known what they are.
fn passes_whatever_it_is(judged: &Judged) -> bool {
    let clear = |every: &ColumnDisclosure| every.disclosure == Disclosure::Clear;
    let kind = &judged.facts().kind;
    !judged.scan
        && matches!(kind, Kind::CopyOut(_) | Kind::Unreadable)
        && matches!(&judged.decision.outputs, OutputDisclosures::Every(every) if clear(every))
}

/// The format of the cells of a COPY.
fn cell_format(format: &CopyFormat) -> Format {
    match format {
        CopyFormat::Text(_) | CopyFormat::Csv(_) => Format::Text,
        CopyFormat::Binary => Format::Binary,
    }
}

/// Whether the server says the same of the format.
fn announces(response: &CopyResponse<'_>, format: Format) -> bool {
    let code = match format {
        Format::Text => 0,
        Format::Binary => 1,
    };
    i16::from(response.format) == code && response.formats.iter().all(|each| each == code)
}

/// What is known of one column.
struct Column<'a> {
    output: &'a OutputColumn,
    disclosed: &'a ColumnDisclosure,
    format: Format,
}

impl Column<'_> {
    fn planned(&self, scan: bool, view: &View<'_>, tools: Tools<'_>) -> PlannedColumn {
        let Column {
            output, disclosed, ..
        } = self;
        let catalog = view.viewer.catalog;
        let source = output
            .lineage
            .sources
            .first()
            .filter(|_| output.lineage.derivation == Derivation::Copied);
        let known = source
            .and_then(|id| catalog.column(*id))
            .map(|(_, column)| column);
        let shape = match known {
            Some(column) => shape_of(catalog, column.type_oid),
            None => self.shape_of_expression(view),
        };
        let field = Field {
            name: output.name.clone(),
            table: 0,
            column: 0,
            type_oid: known.map_or(0, |column| column.type_oid),
            type_modifier: known.map_or(-1, |column| column.type_modifier),
            format: match self.format {
                Format::Text => 0,
                Format::Binary => 1,
            },
        };
        PlannedColumn {
            name: output.name.clone(),
            disclosure: ColumnDisclosure::clone(disclosed),
            cell: treatment(disclosed, scan, &field, &shape, tools),
        }
    }

    /// Of an expression no type is known. What is shown is scanned, as text where it is written as
    /// text; what is not shown is replaced by NULL.
    fn shape_of_expression(&self, view: &View<'_>) -> Shape {
        let shown = self.disclosed.disclosure == Disclosure::Clear;
        match self.format {
            Format::Text if shown => shape_of(view.viewer.catalog, TEXT),
            Format::Text | Format::Binary => Shape::Unknown,
        }
    }
}

fn masker(
    format: &CopyFormat,
    outputs: &[OutputColumn],
    masks: Vec<CellMask>,
) -> Result<CopyMasker, MaskError> {
    let (defaults, options) = match format {
        CopyFormat::Text(options) => (CopyOptions::text(), options),
        CopyFormat::Csv(options) => (CopyOptions::csv(), options),
        CopyFormat::Binary => return Ok(CopyMasker::binary(masks)),
    };
    let options = CopyOptions {
        delimiter: options.delimiter,
        null: options.null.clone(),
        header: options.header,
        quote: options.quote,
        escape: options.escape,
        force_quote: force_quote(&options.force_quote, outputs),
        ..defaults
    };
    CopyMasker::new(options, masks)
}

fn force_quote(forced: &facts::ForceQuote, outputs: &[OutputColumn]) -> mask::copy::ForceQuote {
    match forced {
        facts::ForceQuote::None => mask::copy::ForceQuote::None,
        facts::ForceQuote::All => mask::copy::ForceQuote::All,
        facts::ForceQuote::Columns(names) => mask::copy::ForceQuote::Columns(
            outputs
                .iter()
                .map(|output| names.contains(&output.name))
                .collect(),
        ),
    }
}

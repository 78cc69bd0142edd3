//! Rows that come as COPY data.

use std::sync::Arc;

use mask::Shape;
use mask::copy::{CopyMasker, CopyOptions};
use policy::{ColumnDisclosure, Disclosure, OutputDisclosures};
use sql::Oid;
use sql::facts::{CopyFormat, Derivation, Kind, OutputColumn, Outputs};

use crate::judge::{Judged, View, sees_all};
use crate::rows::{Field, PlannedColumn, RowPlan, Tools, shape_of, treatment};

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
    /// For rows of which nothing is known, and nothing is hidden whatever they hold.
    fn untouched() -> Self {
        let plan = RowPlan {
            columns: Box::default(),
            passes: true,
            tripwires: Vec::new(),
        };
        Self {
            plan: Arc::new(plan),
            masker: None,
        }
    }

    /// The treatment of a `COPY … TO STDOUT`. `None` when its rows cannot be treated: the caller
    /// must end the session.
    pub(crate) fn new(
        judged: &Judged,
        columns: usize,
        view: &View<'_>,
        tools: Tools<'_>,
    ) -> Option<Self> {
        Self::planned(judged, columns, view, tools)
            .or_else(|| sees_all(judged).then(Self::untouched))
    }

    fn planned(judged: &Judged, columns: usize, view: &View<'_>, tools: Tools<'_>) -> Option<Self> {
        let Kind::CopyOut(format) = &judged.facts().kind else {
            return None;
        };
        let Outputs::Columns(outputs) = &judged.facts().outputs else {
            return None;
        };
        let OutputDisclosures::Columns(disclosed) = &judged.decision.outputs else {
            return None;
        };
        if outputs.len() != columns || disclosed.len() != columns {
            return None;
        }
        let planned: Box<[PlannedColumn]> = outputs
            .iter()
            .zip(disclosed)
            .map(|(output, disclosed)| planned(output, disclosed, judged.scan, view, tools))
            .collect();
        let passes = planned.iter().all(|column| column.cell.passes());
        let masks = || planned.iter().map(|column| column.cell.clone()).collect();
        let masker = match options(format) {
            _ if passes => None,
            Some(options) => Some(CopyMasker::new(options, masks()).ok()?),
            None => return None,
        };
        let plan = Arc::new(RowPlan {
            columns: planned,
            passes,
            tripwires: Vec::new(),
        });
        Some(Self { plan, masker })
    }

    pub(crate) fn plan(&self) -> &Arc<RowPlan> {
        &self.plan
    }

    pub(crate) fn masker(&mut self) -> Option<&mut CopyMasker> {
        self.masker.as_mut()
    }
}

fn planned(
    output: &OutputColumn,
    disclosed: &ColumnDisclosure,
    scan: bool,
    view: &View<'_>,
    tools: Tools<'_>,
) -> PlannedColumn {
    let source = output
        .lineage
        .sources
        .first()
        .filter(|_| output.lineage.derivation == Derivation::Copied);
    let type_oid = source
        .and_then(|id| view.viewer.catalog.column(*id))
        .map(|(_, column)| column.type_oid);
    let shape = match type_oid {
        Some(oid) => shape_of(view.viewer.catalog, oid, 0),
        // Of an expression only the text is known: what is shown is scanned as text, what is not is
        // replaced by NULL.
        None if disclosed.disclosure == Disclosure::Clear => shape_of(view.viewer.catalog, TEXT, 0),
        None => Shape::Unknown,
    };
    let field = Field {
        name: output.name.clone(),
        table: 0,
        column: 0,
        type_oid: type_oid.unwrap_or(0),
        type_modifier: -1,
        format: 0,
    };
    PlannedColumn {
        name: output.name.clone(),
        disclosure: disclosed.clone(),
        cell: treatment(disclosed, scan, &field, &shape, tools),
    }
}

fn options(format: &CopyFormat) -> Option<CopyOptions> {
    let (defaults, options) = match format {
        CopyFormat::Text(options) => (CopyOptions::text(), options),
        CopyFormat::Csv(options) => (CopyOptions::csv(), options),
        CopyFormat::Binary => return None,
    };
    Some(CopyOptions {
        delimiter: options.delimiter,
        null: options.null.clone(),
        header: options.header,
        quote: options.quote,
        escape: options.escape,
        ..defaults
    })
}

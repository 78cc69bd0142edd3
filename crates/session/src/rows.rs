//! The mask plan of a result: one treatment for each column, from what the facts predicted and what
//! the server says.

use std::sync::{Arc, Mutex};

use bytes::BytesMut;
use detect::Hint;
use mask::copy::CellMask;
use mask::{Format, MaskKey, Masker, Outcome, ScanPolicy, Scanner, Shape, Styles};
use policy::{ColumnDisclosure, Disclosure, OutputDisclosures};
use sql::facts::ColumnId;
use sql::{Catalog, Oid};
use wire::WireError;
use wire::backend::{DataRow, RowDescription};
use wire::encode::RowEdit;

use crate::judge::{Judged, View};
use crate::masks::Operators;
use crate::run::Tally;
use crate::shapes::shape_of;

/// The server's description of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fields(pub(crate) Box<[Field]>);

/// One field of a RowDescription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// OID of the table that the server knows it to be a column of; 0: none.
    pub(crate) table: Oid,
    pub(crate) column: i16,
    pub(crate) type_oid: Oid,
    pub(crate) type_modifier: i32,
    pub(crate) format: i16,
}

impl Fields {
    pub(crate) fn read(description: &RowDescription<'_>) -> Self {
        let field = |field: wire::backend::Field<'_>| Field {
            name: String::from_utf8_lossy(field.name).into_owned(),
            table: field.table,
            column: field.column,
            type_oid: field.type_oid,
            type_modifier: field.type_modifier,
            format: field.format,
        };
        Self(description.fields().map(field).collect())
    }

    /// The same fields in the formats that a Bind message asked for: none means text, one means all
    /// (protocol, message Bind).
    pub(crate) fn in_formats(&self, formats: &[i16]) -> Self {
        let mut fields = self.clone();
        for (index, field) in fields.0.iter_mut().enumerate() {
            field.format = match formats {
                [] => 0,
                [all] => *all,
                each => each.get(index).copied().unwrap_or(0),
            };
        }
        fields
    }
}

/// What masks are made with.
#[derive(Clone, Copy)]
pub(crate) struct Tools<'a> {
    pub(crate) mask_key: &'a MaskKey,
    pub(crate) operators: &'a Operators,
    pub(crate) detector: &'a detect::Detector,
    pub(crate) styles: &'a Styles,
}

/// One treatment for each column of a result.
#[derive(Debug)]
pub(crate) struct RowPlan {
    pub(crate) columns: Box<[PlannedColumn]>,
    /// No column is masked or scanned: rows pass as they are.
    pub(crate) passes: bool,
    /// Base columns that the server knew and the facts had missed, by name.
    pub(crate) tripwires: Vec<String>,
}

/// The treatment of one column.
#[derive(Debug)]
pub(crate) struct PlannedColumn {
    pub(crate) name: String,
    pub(crate) disclosure: ColumnDisclosure,
    pub(crate) cell: CellMask,
}

impl RowPlan {
    /// Holds the server's description against what the facts predicted: the stricter wins, column by
    /// column.
    pub(crate) fn new(fields: &Fields, judged: &Judged, view: &View<'_>, tools: Tools<'_>) -> Self {
        let mut tripwires = Vec::new();
        let columns: Box<[PlannedColumn]> = fields
            .0
            .iter()
            .enumerate()
            .map(|(index, field)| {
                let predicted =
                    predicted(judged, index, fields.0.len()).unwrap_or_else(|| unpredicted(view));
                let known = known_to_server(field, view);
                if known.disclosure < predicted.disclosure {
                    tripwires.push(column_name(field, view.viewer.catalog));
                }
                let disclosure = if known.disclosure < predicted.disclosure {
                    known
                } else {
                    predicted
                };
                let shape = shape_of(view.viewer.catalog, field.type_oid);
                let cell = treatment(&disclosure, judged.scan, field, &shape, tools);
                PlannedColumn {
                    name: field.name.clone(),
                    disclosure,
                    cell,
                }
            })
            .collect();
        // Rows without columns are looked at: a cell in one was not described.
        let passes = !columns.is_empty() && columns.iter().all(|column| column.cell.passes());
        Self {
            columns,
            passes,
            tripwires,
        }
    }

    /// Appends the row with its masks; cells that need no change are copied in runs.
    pub(crate) fn rewrite(
        &self,
        row: &DataRow<'_>,
        out: &mut BytesMut,
        scratch: &mut Vec<u8>,
        tally: &mut Tally,
    ) -> Result<(), WireError> {
        let mut edit = RowEdit::new(out, row)?;
        let mut columns = self.columns.iter().enumerate();
        while let Some(cell) = edit.next_cell()? {
            let Some((index, column)) = columns.next() else {
                // A cell that the server did not describe has no treatment, so it is not shown.
                edit.null()?;
                continue;
            };
            let Some(cell) = cell else { continue };
            scratch.clear();
            let outcome = column.cell.apply(cell, scratch, &mut tally.findings);
            match outcome {
                Outcome::Unchanged => continue,
                Outcome::Masked | Outcome::Fallback => edit.replace(scratch)?,
                Outcome::Null | Outcome::FallbackNull => edit.null()?,
            }
            tally.count(index, outcome);
        }
        edit.finish()
    }
}

/// What the facts predict for one of `count` columns. A prediction of another number of columns is
/// no prediction.
fn predicted(judged: &Judged, index: usize, count: usize) -> Option<ColumnDisclosure> {
    match &judged.decision.outputs {
        OutputDisclosures::Columns(columns) if columns.len() == count => {
            columns.get(index).cloned()
        }
        OutputDisclosures::Every(column) => Some(column.clone()),
        OutputDisclosures::None | OutputDisclosures::Columns(_) | OutputDisclosures::Named => None,
    }
}

/// What is seen of rows that nobody predicted, such as those of a rewrite rule: nothing, but by
/// those who see everything.
fn unpredicted(view: &View<'_>) -> ColumnDisclosure {
    let disclosure = if view.policy.sees_everything(&view.viewer) {
        Disclosure::Clear
    } else {
        Disclosure::Redacted
    };
    ColumnDisclosure {
        disclosure,
        tag: None,
    }
}

/// What may be seen of the base column that the server names, if it names one.
fn known_to_server(field: &Field, view: &View<'_>) -> ColumnDisclosure {
    let clear = ColumnDisclosure {
        disclosure: Disclosure::Clear,
        tag: None,
    };
    if field.table == 0 || field.column < 0 {
        return clear;
    }
    let disclose = |number| {
        view.policy.disclose(
            &view.viewer,
            ColumnId {
                relation: field.table,
                number,
            },
        )
    };
    if field.column > 0 {
        return disclose(field.column);
    }
    // Attribute number 0 is the whole row: as strict as its strictest column.
    let Some(relation) = view.viewer.catalog.relation(field.table) else {
        return disclose(field.column);
    };
    let strictest = relation
        .columns
        .iter()
        .map(|column| disclose(column.number))
        .min_by_key(|column| column.disclosure);
    match strictest {
        Some(column) if column.disclosure != Disclosure::Clear => ColumnDisclosure {
            disclosure: Disclosure::Redacted,
            tag: column.tag,
        },
        Some(_) | None => clear,
    }
}

fn column_name(field: &Field, catalog: &Catalog) -> String {
    let id = ColumnId {
        relation: field.table,
        number: field.column,
    };
    match catalog.column(id) {
        Some((relation, column)) => {
            format!("{}.{}.{}", relation.schema, relation.name, column.name)
        }
        None => format!("{}.{}", field.table, field.column),
    }
}

/// The treatment that a disclosure calls for in this column.
pub(crate) fn treatment(
    disclosed: &ColumnDisclosure,
    scan: bool,
    field: &Field,
    shape: &Shape,
    tools: Tools<'_>,
) -> CellMask {
    let format = if field.format == 0 {
        Format::Text
    } else {
        Format::Binary
    };
    let Some(operator) = tools.operators.of(disclosed) else {
        let scanned = scan && disclosed.tag.is_none() && Scanner::can_hold(shape);
        return if scanned {
            CellMask::Scan(scanner(field, shape, format, tools))
        } else {
            CellMask::Pass
        };
    };
    // One domain for each tag: the same value gets the same pseudonym in every column of the tag.
    let domain = disclosed
        .tag
        .as_ref()
        .map_or("untagged", |tag| tag.as_str());
    let key = tools.mask_key.domain(domain);
    CellMask::Mask(Masker::new(
        operator,
        shape,
        format,
        field.type_modifier,
        &key,
        tools.styles,
    ))
}

/// Replaces what is found in text without a tag by its mark.
fn scanner(field: &Field, shape: &Shape, format: Format, tools: Tools<'_>) -> Scanner {
    let hint = Some(Hint::for_column(&field.name));
    Scanner::new(
        tools.detector.clone(),
        shape,
        format,
        hint,
        ScanPolicy::default(),
        tools.mask_key,
    )
    .with_type_modifier(shape, field.type_modifier)
}

/// The plan last made for a statement: the same description and formats give the same plan.
#[derive(Debug, Default)]
pub(crate) struct PlanCache(Mutex<Option<CachedPlan>>);

#[derive(Debug)]
struct CachedPlan {
    fields: Fields,
    styles: Styles,
    plan: Arc<RowPlan>,
}

impl PlanCache {
    /// The plan for these fields, made by `make` when it is not the one last made.
    pub(crate) fn get(
        &self,
        fields: Fields,
        styles: &Styles,
        make: impl FnOnce(&Fields) -> RowPlan,
    ) -> Arc<RowPlan> {
        let Ok(mut cached) = self.0.lock() else {
            return Arc::new(make(&fields));
        };
        if let Some(hit) = cached
            .as_ref()
            .filter(|hit| hit.fields == fields && hit.styles == *styles)
        {
            return Arc::clone(&hit.plan);
        }
        let plan = Arc::new(make(&fields));
        *cached = Some(CachedPlan {
            fields,
            styles: *styles,
            plan: Arc::clone(&plan),
        });
        plan
    }
}

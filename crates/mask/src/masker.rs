//! The operator of one column, ready for its cells.

use crate::fixed::{self, Constant};
use crate::key::{MaskKey, Prf};
use crate::limit::{self, Limit};
use crate::operator::{DateStyle, Format, Operator, Outcome, Styles};
use crate::shape::Shape;
use crate::value::timestamp::Zone;
use crate::value::{self, Masking, integer::Width, network::Kind};
use crate::{array, json, text};
use detect::Entity;

/// An operator that looks at the cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Partial(Option<Entity>),
    Pseudonym(Option<Entity>),
}

/// Masks the cells of one column; built once for a result, cheap to keep.
#[derive(Clone, Debug)]
pub struct Masker(Plan);

#[derive(Clone, Debug)]
enum Plan {
    Null,
    /// The same bytes for every cell.
    Constant(Vec<u8>),
    /// The same text for every cell but the empty one.
    Mark(Vec<u8>),
    /// Depends on the cell.
    Compute(Box<Compute>),
}

#[derive(Clone, Debug)]
struct Compute {
    action: Action,
    shape: Shape,
    format: Format,
    prf: Prf,
    limit: Limit,
    scale: Option<i32>,
    date_style: DateStyle,
    /// Of an array.
    element: Option<Masker>,
    /// Takes the place of a cell that cannot be read or has no such form.
    fallback: Plan,
}

impl Masker {
    /// The masker of a column: `type_modifier` is that of RowDescription (-1: none); `styles` are
    /// those of the session that writes the text format.
    #[expect(
        clippy::too_many_arguments,
        reason = "the six are what a result says of a column"
    )]
    pub fn new(
        operator: Operator,
        shape: &Shape,
        format: Format,
        type_modifier: i32,
        key: &MaskKey,
        styles: &Styles,
    ) -> Masker {
        let constant = |constant| fixed::cell(constant, shape, format, type_modifier);
        let redacted = || Plan::mark(constant(Constant::Mark(text::REDACTED)), shape);
        let action = match operator {
            Operator::Null => return Masker(Plan::Null),
            Operator::Default => return Masker(Plan::constant(constant(Constant::Default))),
            Operator::Redact => return Masker(redacted()),
            Operator::Partial(entity) => Action::Partial(entity),
            Operator::Pseudonym(entity) => Action::Pseudonym(entity),
        };
        let element = shape
            .element()
            .map(|element| Masker::new(operator, element, format, type_modifier, key, styles));
        Masker(Plan::Compute(Box::new(Compute {
            action,
            shape: shape.clone(),
            format,
            prf: key.prf(),
            limit: Limit::of(shape, type_modifier),
            scale: limit::numeric_scale(type_modifier),
            date_style: styles.date_style,
            element,
            fallback: redacted(),
        })))
    }

    /// Masks one cell that is not NULL; the new bytes are appended to `out`.
    pub fn mask(&self, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        self.0.mask(cell, out)
    }
}

impl Plan {
    fn constant(bytes: Option<Vec<u8>>) -> Plan {
        bytes.map_or(Plan::Null, Plan::Constant)
    }

    fn mark(bytes: Option<Vec<u8>>, shape: &Shape) -> Plan {
        match (bytes, shape) {
            (None, _) => Plan::Null,
            (Some(mark), Shape::Text | Shape::Bpchar | Shape::Name | Shape::Char | Shape::Xml) => {
                Plan::Mark(mark)
            }
            (Some(bytes), _) => Plan::Constant(bytes),
        }
    }

    fn mask(&self, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        match self {
            Plan::Null => Outcome::Null,
            Plan::Mark(_) if text::is_blank(cell) => Outcome::Unchanged,
            Plan::Constant(bytes) | Plan::Mark(bytes) => {
                out.extend_from_slice(bytes);
                Outcome::Masked
            }
            Plan::Compute(compute) => {
                let start = out.len();
                compute.mask(cell, out).unwrap_or_else(|| {
                    out.truncate(start);
                    compute.fallback.mask(cell, out)
                })
            }
        }
    }
}

impl Compute {
    /// `None`: the cell cannot be read as its type, or the type has no such form.
    fn mask(&self, cell: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
        let masking = Masking {
            action: self.action,
            format: self.format,
            prf: &self.prf,
        };
        let date_known = self.format == Format::Binary || self.date_style == DateStyle::Iso;
        match &self.shape {
            Shape::Text | Shape::Bpchar | Shape::Name | Shape::Char => {
                text::mask(masking, self.limit, cell, out)
            }
            Shape::Json => json::mask(masking, cell, out),
            Shape::Jsonb => json::mask_jsonb(masking, cell, out),
            Shape::Numeric => value::numeric::mask(masking, self.scale, cell, out),
            Shape::Float4 => value::float::mask4(masking, cell, out),
            Shape::Float8 => value::float::mask8(masking, cell, out),
            Shape::Bytea => value::bytes::mask(masking, cell, out),
            Shape::Enum(labels) => value::label::mask(masking, labels, cell, out),
            Shape::Array(..) => self.mask_array(cell, out),
            Shape::Date | Shape::Timestamp | Shape::TimestampTz if !date_known => None,
            Shape::Date => value::date::mask(masking, cell, out),
            Shape::Timestamp => value::timestamp::mask(masking, Zone::Without, cell, out),
            Shape::TimestampTz => value::timestamp::mask(masking, Zone::With, cell, out),
            Shape::Int2 => written(value::integer::mask(masking, Width::Int2, cell, out)),
            Shape::Int4 => written(value::integer::mask(masking, Width::Int4, cell, out)),
            Shape::Int8 => written(value::integer::mask(masking, Width::Int8, cell, out)),
            Shape::Oid => written(value::integer::mask(masking, Width::Oid, cell, out)),
            Shape::Money => written(value::money::mask(masking, cell, out)),
            Shape::Uuid => written(value::uuid::mask(masking, cell, out)),
            Shape::Time => written(value::time::mask(masking, cell, out)),
            Shape::TimeTz => written(value::time::mask_with_zone(masking, cell, out)),
            Shape::Inet => written(value::network::mask(masking, Kind::Inet, cell, out)),
            Shape::Cidr => written(value::network::mask(masking, Kind::Cidr, cell, out)),
            Shape::MacAddr => written(value::hardware::mask::<6>(masking, cell, out)),
            Shape::MacAddr8 => written(value::hardware::mask::<8>(masking, cell, out)),
            Shape::Bool | Shape::Interval | Shape::Xml | Shape::Composite => None,
            Shape::Range(_) | Shape::Multirange(_) | Shape::Unknown => None,
        }
    }

    fn mask_array(&self, cell: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
        let element = self.element.as_ref()?;
        let start = out.len();
        let replace =
            &mut |from: array::Element<'_>, out: &mut Vec<u8>| element.mask(from.value, out);
        let outcome = match self.format {
            Format::Text => array::text::rewrite(cell, out, replace)?,
            Format::Binary => array::binary::rewrite(cell, out, replace)?,
        };
        if outcome == Outcome::Unchanged {
            out.truncate(start);
        }
        Some(outcome)
    }
}

fn written(done: Option<()>) -> Option<Outcome> {
    done.map(|()| Outcome::Masked)
}

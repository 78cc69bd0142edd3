//! The operator of one column, ready for its cells.

use crate::fixed::{self, Constant};
use crate::key::{Draw, MaskKey, Prf};
use crate::limit::{self, Limit};
use crate::operation::{Column, Operation};
use crate::operator::{DateStyle, Format, Operator, Outcome, Styles};
use crate::shape::Shape;
use crate::value::timestamp::Zone;
use crate::value::typed::{self, Cell, Fixed, Value};
use crate::value::{self, Masking, decimal, integer::Width, network::Kind};
use crate::{MaskError, array, json, nested, text};
use detect::Entity;

/// Letters of a drawn key of hstore: two of a million keys are the same once in a hundred million.
const KEY_LETTERS: usize = 14;

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
    /// In place of an operator that has no form for the type.
    Refused(Box<Plan>),
    /// Depends on the cell.
    Compute(Box<Compute>),
}

#[derive(Clone, Debug)]
struct Compute {
    work: Work,
    shape: Shape,
    format: Format,
    prf: Prf,
    type_modifier: i32,
    limit: Limit,
    date_style: DateStyle,
    /// Of the parts of a nested type: see [`Shape::parts`].
    parts: Vec<Masker>,
    /// Takes the place of a cell that cannot be read or has no such form.
    fallback: Plan,
}

/// What is done to a cell.
#[derive(Clone, Debug)]
enum Work {
    Action(Action),
    Operation(Operation),
}

/// A cell, and whose it is.
#[derive(Clone, Copy)]
struct Given<'a> {
    cell: &'a [u8],
    subject: Option<&'a [u8]>,
}

impl Masker {
    /// The masker of a column: `type_modifier` is that of RowDescription (-1: none); `styles` are
    /// those of the session that writes the text format.
    ///
    /// Where the operator has no form for the type, every cell becomes the default of the type and
    /// each is an [`Outcome::Fallback`]; [`Masker::try_new`] refuses.
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
        Masker::try_new(operator, shape, format, type_modifier, key, styles).unwrap_or_else(|_| {
            let constant = fixed::cell(Constant::Default, shape, format, type_modifier);
            Masker(Plan::Refused(Box::new(Plan::constant(constant))))
        })
    }

    /// As [`Masker::new`].
    ///
    /// # Errors
    /// What [`Operator::check`] says: the operator has no form for the type, or would not be safe.
    #[expect(
        clippy::too_many_arguments,
        reason = "the six are what a result says of a column"
    )]
    pub fn try_new(
        operator: Operator,
        shape: &Shape,
        format: Format,
        type_modifier: i32,
        key: &MaskKey,
        styles: &Styles,
    ) -> Result<Masker, MaskError> {
        operator.check(shape, type_modifier)?;
        let constant = |constant| fixed::cell(constant, shape, format, type_modifier);
        let marked = |mark| Plan::mark(constant(Constant::Mark(mark)), shape);
        let work = match operator {
            Operator::Null => return Ok(Masker(Plan::Null)),
            Operator::Default => return Ok(Masker(Plan::constant(constant(Constant::Default)))),
            Operator::Redact => return Ok(Masker(marked(text::REDACTED))),
            Operator::Label(label) => return Ok(Masker(marked(label.as_str()))),
            Operator::Partial(entity) => Work::Action(Action::Partial(entity)),
            Operator::Pseudonym(entity) => Work::Action(Action::Pseudonym(entity)),
            other => match Operation::of(other, shape, type_modifier, key)? {
                Some(operation) => Work::Operation(operation),
                None => Work::Action(Action::Pseudonym(None)),
            },
        };
        let fallback = match operator {
            Operator::Partial(_) | Operator::Pseudonym(_) => marked(text::REDACTED),
            _ => Plan::constant(constant(Constant::Default)),
        };
        let part = |(part, modifier)| Masker::new(operator, part, format, modifier, key, styles);
        let parts = shape.parts(type_modifier).into_iter().map(part).collect();
        Ok(Masker(Plan::Compute(Box::new(Compute {
            work,
            shape: shape.clone(),
            format,
            prf: key.prf(),
            type_modifier,
            limit: Limit::of(shape, type_modifier),
            date_style: styles.date_style,
            parts,
            fallback,
        }))))
    }

    /// Masks one cell that is not NULL; the new bytes are appended to `out`.
    pub fn mask(&self, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        self.0.mask(
            Given {
                cell,
                subject: None,
            },
            out,
        )
    }

    /// As [`Masker::mask`], where `subject` says whose cell it is: dates of one subject move
    /// together ([`ShiftOf::Subject`](crate::ShiftOf::Subject)).
    pub fn mask_of(&self, subject: &[u8], cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let subject = Some(subject);
        self.0.mask(Given { cell, subject }, out)
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

    fn mask(&self, given: Given<'_>, out: &mut Vec<u8>) -> Outcome {
        match self {
            Plan::Null => Outcome::Null,
            Plan::Mark(_) if text::is_blank(given.cell) => Outcome::Unchanged,
            Plan::Constant(bytes) | Plan::Mark(bytes) => {
                out.extend_from_slice(bytes);
                Outcome::Masked
            }
            Plan::Refused(plan) => plan.mask_instead(given, out),
            Plan::Compute(compute) => {
                let start = out.len();
                compute.mask(given, out).unwrap_or_else(|| {
                    out.truncate(start);
                    compute.fallback.mask_instead(given, out)
                })
            }
        }
    }

    fn mask_instead(&self, given: Given<'_>, out: &mut Vec<u8>) -> Outcome {
        match self.mask(given, out) {
            Outcome::Masked => Outcome::Fallback,
            Outcome::Null => Outcome::FallbackNull,
            other => other,
        }
    }
}

impl Compute {
    /// `None`: the cell cannot be read as its type, or the type has no such form.
    fn mask(&self, given: Given<'_>, out: &mut Vec<u8>) -> Option<Outcome> {
        let by_date = matches!(
            self.shape,
            Shape::Date | Shape::Timestamp | Shape::TimestampTz
        );
        let date_known = self.format == Format::Binary || self.date_style == DateStyle::Iso;
        if by_date && !date_known {
            return None;
        }
        match &self.work {
            _ if !self.parts.is_empty() => self.mask_nested(given, out),
            Work::Action(action) => self.act(*action, given.cell, out),
            Work::Operation(operation) => self.operate(operation, given, out),
        }
    }

    fn operate(
        &self,
        operation: &Operation,
        given: Given<'_>,
        out: &mut Vec<u8>,
    ) -> Option<Outcome> {
        let cell = given.cell;
        let column = Column {
            prf: &self.prf,
            shape: &self.shape,
            type_modifier: self.type_modifier,
            subject: given.subject,
        };
        let leaves = json::Leaves {
            text: &|text, out| operation.text(text.trim(), &self.prf, out),
            number: &|number, out| operate_number(operation, column, number, out),
        };
        match (&self.shape, operation) {
            (Shape::Json, _) => json::mask(leaves, cell, out),
            (Shape::Jsonb, _) => json::mask_jsonb(leaves, self.format, cell, out),
            (Shape::Inet, Operation::Network(bits)) => written(value::network::mask_host(
                *bits,
                Kind::Inet,
                self.format,
                cell,
                out,
            )),
            (Shape::Cidr, Operation::Network(bits)) => written(value::network::mask_host(
                *bits,
                Kind::Cidr,
                self.format,
                cell,
                out,
            )),
            (shape, _) if shape.is_text() => self.operate_text(operation, cell, out),
            (shape, _) => match typed::read(shape, self.format, cell)? {
                Cell::Keep => Some(Outcome::Unchanged),
                Cell::Value(Value::Octets(octets)) if octets.is_empty() => Some(Outcome::Unchanged),
                Cell::Value(value) => {
                    let value = operation.value(value, column)?;
                    written(typed::write(shape, self.format, &value, out))
                }
            },
        }
    }

    fn operate_text(
        &self,
        operation: &Operation,
        cell: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<Outcome> {
        let text = value::as_text(cell)?;
        if text::is_blank(cell) || text::is_mark(text.trim()) {
            return Some(Outcome::Unchanged);
        }
        let start = out.len();
        operation.text(text.trim(), &self.prf, out)?;
        self.limit.fit(out, start);
        Some(Outcome::Masked)
    }

    fn act(&self, action: Action, cell: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
        let masking = Masking {
            action,
            format: self.format,
            prf: &self.prf,
        };
        let leaves = json::Leaves {
            text: &|text, out| {
                text::write(action, text, &self.prf, out);
                Some(())
            },
            number: &|number, out| decimal::mask_text(masking, number, out),
        };
        match &self.shape {
            Shape::Text | Shape::Bpchar | Shape::Name | Shape::Char => {
                text::mask(masking, self.limit, cell, out)
            }
            Shape::Json => json::mask(leaves, cell, out),
            Shape::Jsonb => json::mask_jsonb(leaves, self.format, cell, out),
            Shape::Numeric => {
                value::numeric::mask(masking, limit::numeric_scale(self.type_modifier), cell, out)
            }
            Shape::Float4 => value::float::mask4(masking, cell, out),
            Shape::Float8 => value::float::mask8(masking, cell, out),
            Shape::Bytea => value::bytes::mask(masking, cell, out),
            Shape::Enum(labels) => value::label::mask(masking, labels, cell, out),
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
            Shape::Bit | Shape::VarBit => value::bits::mask(masking, cell, out),
            Shape::Bool | Shape::Interval | Shape::Xml | Shape::Composite => None,
            Shape::Row(_) | Shape::Hstore => None,
            Shape::Array(..)
            | Shape::Range(_)
            | Shape::Multirange(_)
            | Shape::Unknown
            | Shape::Point => None,
        }
    }

    fn mask_nested(&self, given: Given<'_>, out: &mut Vec<u8>) -> Option<Outcome> {
        let start = out.len();
        let whole = (given.cell, self.format);
        let mut part = |place: usize, cell: &[u8], out: &mut Vec<u8>| {
            let masker = self.parts.get(place).or(self.parts.first());
            masker.map_or(Outcome::Null, |masker| {
                masker.0.mask(Given { cell, ..given }, out)
            })
        };
        let outcome = match &self.shape {
            Shape::Range(bound) => nested::range::rewrite(whole, bound, out, &mut part)?,
            Shape::Multirange(bound) => nested::range::rewrite_multi(whole, bound, out, &mut part)?,
            Shape::Row(fields) => nested::row::rewrite(whole, fields.len(), out, &mut part)?,
            Shape::Hstore => {
                let mut pair = |place, cell: &[u8], out: &mut Vec<u8>| match place {
                    nested::hstore::KEY => self.mask_key(cell, out),
                    _ => part(0, cell, out),
                };
                nested::hstore::rewrite(whole, out, &mut pair)?
            }
            _ => self.mask_array(whole, out, &mut part)?,
        };
        if outcome == Outcome::Unchanged {
            out.truncate(start);
        }
        Some(outcome)
    }

    fn mask_array(
        &self,
        (cell, format): (&[u8], Format),
        out: &mut Vec<u8>,
        part: &mut nested::ReplacePart<'_>,
    ) -> Option<Outcome> {
        let replace = &mut |from: array::Element<'_>, out: &mut Vec<u8>| part(0, from.value, out);
        match format {
            Format::Text => array::text::rewrite(cell, out, replace),
            Format::Binary => array::binary::rewrite(cell, out, replace),
        }
    }

    /// A key stays if it looks like the name of a field; another may be data and is drawn, so that
    /// keys stay apart.
    fn mask_key(&self, key: &[u8], out: &mut Vec<u8>) -> Outcome {
        if json::is_field_name(key) {
            return Outcome::Unchanged;
        }
        let mut stream = self.prf.draw(Draw::Key, key);
        out.push(b'k');
        out.extend((0..KEY_LETTERS).map(|_| stream.pick(b"abcdefghijklmnopqrstuvwxyz")));
        Outcome::Masked
    }
}

fn written(done: Option<()>) -> Option<Outcome> {
    done.map(|()| Outcome::Masked)
}

/// A number of JSON, which has no type of its own.
fn operate_number(
    operation: &Operation,
    column: Column<'_>,
    number: &str,
    out: &mut Vec<u8>,
) -> Option<()> {
    let fixed = Fixed::of(&decimal::Decimal::parse(number)?)?;
    match operation.value(Value::Fixed(fixed), column)? {
        Value::Fixed(fixed) => fixed.decimal().write(out),
        Value::Float(_) | Value::Day(_) | Value::Micros(_) => return None,
        Value::Uuid(_) | Value::Octets(_) | Value::Point(..) => return None,
    }
    Some(())
}

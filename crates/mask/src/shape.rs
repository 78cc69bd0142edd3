//! The shape of a type: how its values are written, and so how they can be masked.

mod builtin;

use std::sync::Arc;

/// How the values of a type are written.
///
/// [`Shape::of_builtin`] knows the types of `pg_catalog`; the caller builds the shapes of enums,
/// rows, hstore, and arrays and ranges of them, gives a domain the shape of its base type (its CHECK is not evaluated), and
/// [`Shape::Unknown`] to everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `bool`.
    Bool,
    /// `int2`.
    Int2,
    /// `int4`.
    Int4,
    /// `int8`.
    Int8,
    /// `oid`, `xid`, `cid`.
    Oid,
    /// `float4`.
    Float4,
    /// `float8`.
    Float8,
    /// `numeric`.
    Numeric,
    /// `money`.
    Money,
    /// `text` and `varchar`; also types of extensions that are written as text in both formats.
    Text,
    /// `char(n)`, padded with blanks.
    Bpchar,
    /// The one-byte type `"char"`.
    Char,
    /// `name`, at most 63 bytes.
    Name,
    /// `bytea`.
    Bytea,
    /// `uuid`.
    Uuid,
    /// `date`.
    Date,
    /// `time`.
    Time,
    /// `timetz`.
    TimeTz,
    /// `timestamp`.
    Timestamp,
    /// `timestamptz`.
    TimestampTz,
    /// `interval`.
    Interval,
    /// `inet`.
    Inet,
    /// `cidr`.
    Cidr,
    /// `macaddr`.
    MacAddr,
    /// `macaddr8`.
    MacAddr8,
    /// `point`.
    Point,
    /// `json`.
    Json,
    /// `jsonb`.
    Jsonb,
    /// `xml`.
    Xml,
    /// An enum with its labels.
    Enum(Arc<[String]>),
    /// An array: shape and OID of its elements.
    Array(Box<Shape>, u32),
    /// A range over the given shape.
    Range(Box<Shape>),
    /// A multirange over the given shape.
    Multirange(Box<Shape>),
    /// A composite type with its fields, dropped ones left out.
    Row(Arc<[RowField]>),
    /// hstore, of the extension of this name.
    Hstore,
    /// `bit(n)`.
    Bit,
    /// `varbit`.
    VarBit,
    /// A composite type whose fields are not known, or an anonymous record: masked to NULL.
    Composite,
    /// Everything else: masked to NULL.
    Unknown,
}

/// A field of a composite type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowField {
    /// Shape of its type.
    pub shape: Shape,
    /// `pg_attribute.atttypmod`, of a domain that of its base type; -1: none.
    pub type_modifier: i32,
}

impl From<Shape> for RowField {
    /// A field that was declared without a type modifier.
    fn from(shape: Shape) -> RowField {
        RowField {
            shape,
            type_modifier: -1,
        }
    }
}

impl Shape {
    /// Shape of the type of `pg_catalog` with this OID; `None`: not a type that this crate knows.
    pub fn of_builtin(oid: u32) -> Option<Shape> {
        builtin::shape(oid)
    }

    /// Shape of an array whose elements have this shape and OID.
    pub fn array_of(element: Shape, element_oid: u32) -> Shape {
        Shape::Array(Box::new(element), element_oid)
    }

    /// Whether values are text in both formats, with nothing to escape.
    pub(crate) fn is_text(&self) -> bool {
        matches!(
            self,
            Shape::Text | Shape::Bpchar | Shape::Char | Shape::Name
        )
    }

    /// The type's name as PostgreSQL spells it; for what is not one type: what it is.
    pub fn name(&self) -> &'static str {
        match self {
            Shape::Bool => "bool",
            Shape::Int2 => "int2",
            Shape::Int4 => "int4",
            Shape::Int8 => "int8",
            Shape::Oid => "oid",
            Shape::Float4 => "float4",
            Shape::Float8 => "float8",
            Shape::Numeric => "numeric",
            Shape::Money => "money",
            Shape::Text => "text",
            Shape::Bpchar => "char(n)",
            Shape::Char => "\"char\"",
            Shape::Name => "name",
            Shape::Bytea => "bytea",
            Shape::Uuid => "uuid",
            Shape::Date => "date",
            Shape::Time => "time",
            Shape::TimeTz => "timetz",
            Shape::Timestamp => "timestamp",
            Shape::TimestampTz => "timestamptz",
            Shape::Interval => "interval",
            Shape::Inet => "inet",
            Shape::Cidr => "cidr",
            Shape::MacAddr => "macaddr",
            Shape::MacAddr8 => "macaddr8",
            Shape::Point => "point",
            Shape::Json => "json",
            Shape::Jsonb => "jsonb",
            Shape::Xml => "xml",
            Shape::Enum(_) => "enum",
            Shape::Array(..) => "array",
            Shape::Range(_) => "range",
            Shape::Multirange(_) => "multirange",
            Shape::Row(_) | Shape::Composite => "composite",
            Shape::Hstore => "hstore",
            Shape::Bit => "bit(n)",
            Shape::VarBit => "varbit",
            Shape::Unknown => "unknown",
        }
    }

    /// Shapes and type modifiers of the values that a value of a column with `type_modifier` is made
    /// of: one for all elements, bounds or strings, one for each field of a row.
    pub(crate) fn parts(&self, type_modifier: i32) -> Vec<(&Shape, i32)> {
        match self {
            // The modifier of an array is that of its elements.
            Shape::Array(inner, _) => vec![(&**inner, type_modifier)],
            Shape::Range(inner) | Shape::Multirange(inner) => vec![(&**inner, -1)],
            Shape::Row(fields) => {
                let parts = fields.iter();
                parts
                    .map(|field| (&field.shape, field.type_modifier))
                    .collect()
            }
            Shape::Hstore => vec![(&Shape::Text, -1)],
            // All others are values of one piece.
            _ => Vec::new(),
        }
    }

    /// Whether text of any kind fits into a value, so that it has to be scanned.
    pub(crate) fn holds_text(&self) -> bool {
        match self {
            Shape::Text | Shape::Bpchar | Shape::Name | Shape::Json | Shape::Jsonb => true,
            Shape::Xml | Shape::Composite | Shape::Unknown | Shape::Hstore => true,
            Shape::Row(fields) => fields.iter().any(|field| field.shape.holds_text()),
            Shape::Bit | Shape::VarBit => false,
            Shape::Array(inner, _) | Shape::Range(inner) | Shape::Multirange(inner) => {
                inner.holds_text()
            }
            Shape::Bool | Shape::Int2 | Shape::Int4 | Shape::Int8 | Shape::Oid => false,
            Shape::Float4 | Shape::Float8 | Shape::Numeric | Shape::Money => false,
            Shape::Char | Shape::Bytea | Shape::Uuid | Shape::Enum(_) => false,
            Shape::Date | Shape::Time | Shape::TimeTz | Shape::Timestamp => false,
            Shape::Point => false,
            Shape::TimestampTz | Shape::Interval => false,
            Shape::Inet | Shape::Cidr | Shape::MacAddr | Shape::MacAddr8 => false,
        }
    }
}

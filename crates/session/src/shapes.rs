//! The shapes of types, as far as masks need them: from what the catalogs say that a type is made of.

use std::sync::Arc;

use mask::{RowField, Shape};
use sql::catalog::{Relation, Type, TypeStructure};
use sql::{Catalog, Oid};

/// Types nested deeper than this are of unknown shape (and so destroyed when masked).
const MAX_DEPTH: u8 = 8;

/// Fields that one shape has at most, those of rows in rows among them: more than a table has
/// columns (1600), and a bound on tables whose columns are rows of tables.
const MAX_FIELDS: usize = 4096;

/// The shape of a type's values. What the catalogs do not know, or what is made of too much, is
/// [`Shape::Unknown`], alone or as a part of the whole.
pub(crate) fn shape_of(catalog: &Catalog, oid: Oid) -> Shape {
    let mut shapes = Shapes {
        catalog,
        left: MAX_FIELDS,
    };
    shapes.shape(oid, 0)
}

struct Shapes<'a> {
    catalog: &'a Catalog,
    /// Fields that the shape may still have.
    left: usize,
}

impl Shapes<'_> {
    fn shape(&mut self, oid: Oid, depth: u8) -> Shape {
        if depth >= MAX_DEPTH {
            return Shape::Unknown;
        }
        if let Some(shape) = Shape::of_builtin(oid) {
            return shape;
        }
        let catalog = self.catalog;
        let Some(of) = catalog.type_of(oid) else {
            return Shape::Unknown;
        };
        match &of.structure {
            TypeStructure::Domain(base) => self.shape(*base, depth + 1),
            TypeStructure::Array(element) => {
                Shape::array_of(self.shape(*element, depth + 1), *element)
            }
            TypeStructure::Enum(labels) => Shape::Enum(Arc::from(labels.as_slice())),
            TypeStructure::Range(bound) => Shape::Range(Box::new(self.shape(*bound, depth + 1))),
            TypeStructure::Multirange(bound) => {
                Shape::Multirange(Box::new(self.shape(*bound, depth + 1)))
            }
            TypeStructure::Composite(relation) => match catalog.relation(*relation) {
                Some(relation) => self.row(relation, depth),
                None => Shape::Composite,
            },
            TypeStructure::Base => of_extension(of),
            TypeStructure::Pseudo => Shape::Unknown,
        }
    }

    fn row(&mut self, relation: &Relation, depth: u8) -> Shape {
        let Some(left) = self.left.checked_sub(relation.columns.len()) else {
            return Shape::Composite;
        };
        self.left = left;
        let fields = relation.columns.iter().map(|column| RowField {
            shape: self.shape(column.type_oid, depth + 1),
            type_modifier: column.type_modifier,
        });
        Shape::Row(fields.collect())
    }
}

/// Base types of well-known extensions, in whatever schema: only a superuser makes base types, and
/// a value that is not written as the extension writes it is not shown.
fn of_extension(of: &Type) -> Shape {
    match of.name.as_str() {
        "hstore" => Shape::Hstore,
        "citext" => Shape::Text,
        _ => Shape::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sql::catalog::{CatalogRows, Column, ColumnOrigin, RelationKind};

    const INT: Oid = 23;
    const TEXT: Oid = 25;
    const PAIR: Oid = 20_001;
    const DEEP: Oid = 20_002;
    const WIDE: Oid = 20_003;

    fn column((number, type_oid): (i16, Oid)) -> Column {
        Column {
            number,
            name: format!("c{number}"),
            type_oid,
            type_modifier: if type_oid == TEXT { 9 } else { -1 },
            origin: ColumnOrigin::Given,
        }
    }

    fn row_type(oid: Oid, columns: &[Oid]) -> Relation {
        Relation {
            oid,
            schema: "public".to_owned(),
            name: format!("r{oid}"),
            kind: RelationKind::CompositeType,
            columns: (1..).zip(columns.iter().copied()).map(column).collect(),
            definition: None,
            parents: Vec::new(),
            estimated_rows: 0,
        }
    }

    fn catalog() -> Catalog {
        let of = |oid, name: &str, structure| Type {
            oid,
            schema: "ext".to_owned(),
            name: name.to_owned(),
            structure,
        };
        let rows = CatalogRows {
            relations: vec![
                row_type(PAIR, &[INT, TEXT, 30_002]),
                row_type(DEEP, &[30_004]),
                row_type(WIDE, &[30_006; 1600]),
            ],
            types: vec![
                of(30_001, "pair", TypeStructure::Composite(PAIR)),
                of(30_002, "hstore", TypeStructure::Base),
                of(30_003, "citext", TypeStructure::Base),
                of(30_004, "deep", TypeStructure::Composite(DEEP)),
                of(30_005, "lost", TypeStructure::Composite(1)),
                of(30_006, "wide", TypeStructure::Composite(WIDE)),
                of(30_007, "geometry", TypeStructure::Base),
                of(30_008, "spans", TypeStructure::Multirange(701)),
                of(30_009, "span", TypeStructure::Range(701)),
                of(30_010, "pairs", TypeStructure::Array(30_011)),
                of(30_011, "dpair", TypeStructure::Domain(30_001)),
            ],
            ..CatalogRows::default()
        };
        Catalog::new(rows, 1)
    }

    fn pair() -> Shape {
        Shape::Row(Arc::from([
            Shape::Int4.into(),
            RowField {
                shape: Shape::Text,
                type_modifier: 9,
            },
            Shape::Hstore.into(),
        ]))
    }

    #[test]
    fn types_have_the_shape_that_the_catalogs_say() {
        let catalog = catalog();
        let float = || Box::new(Shape::Float8);
        for (oid, shape) in [
            (30_001, pair()),
            (30_002, Shape::Hstore),
            (30_003, Shape::Text),
            (30_005, Shape::Composite),
            (30_007, Shape::Unknown),
            (30_008, Shape::Multirange(float())),
            (30_009, Shape::Range(float())),
            (30_010, Shape::array_of(pair(), 30_011)),
            (30_099, Shape::Unknown),
        ] {
            assert_eq!(shape_of(&catalog, oid), shape, "{oid}");
        }
    }

    fn leaves(shape: &Shape) -> usize {
        match shape {
            Shape::Row(fields) => fields.iter().map(|field| leaves(&field.shape)).sum(),
            _ => 1,
        }
    }

    #[test]
    fn what_is_nested_without_end_ends_in_unknown_shapes() {
        let catalog = catalog();
        let mut shape = shape_of(&catalog, 30_004);
        for _ in 0..MAX_DEPTH {
            let Shape::Row(fields) = &shape else {
                panic!("{shape:?} is no row");
            };
            shape = fields[0].shape.clone();
        }
        assert_eq!(shape, Shape::Unknown);
        assert!(leaves(&shape_of(&catalog, 30_006)) <= MAX_FIELDS);
    }
}

//! The types of `pg_catalog` by OID (PostgreSQL's `pg_type.dat`).

use super::Shape;

/// OID of the array type and of its element type.
#[rustfmt::skip]
const ARRAYS: &[(u32, u32)] = &[
    (143, 142), (199, 114), (271, 5069), (651, 650), (775, 774), (791, 790), (1000, 16), (1001, 17),
    (1002, 18), (1003, 19), (1005, 21), (1007, 23), (1008, 24), (1009, 25), (1011, 28), (1012, 29),
    (1014, 1042), (1015, 1043), (1016, 20), (1017, 600), (1021, 700), (1022, 701), (1028, 26), (1040, 829),
    (1041, 869), (1115, 1114), (1182, 1082), (1183, 1083), (1185, 1184), (1187, 1186), (1231, 1700),
    (1263, 2275), (1270, 1266), (1561, 1560), (1563, 1562), (2201, 1790), (2207, 2202), (2208, 2203), (2209, 2204), (2210, 2205),
    (2211, 2206), (2287, 2249), (2951, 2950), (3735, 3734), (3770, 3769), (3807, 3802), (3905, 3904),
    (3907, 3906), (3909, 3908), (3911, 3910), (3913, 3912), (3927, 3926), (4090, 4089), (4097, 4096),
    (4192, 4191), (6150, 4451), (6151, 4532), (6152, 4533), (6153, 4534), (6155, 4535), (6157, 4536),
];

/// OID of the range type, of its multirange type, and the shape of their bounds.
const RANGES: &[(u32, u32, Shape)] = &[
    (3904, 4451, Shape::Int4),
    (3906, 4532, Shape::Numeric),
    (3908, 4533, Shape::Timestamp),
    (3910, 4534, Shape::TimestampTz),
    (3912, 4535, Shape::Date),
    (3926, 4536, Shape::Int8),
];

pub(super) fn shape(oid: u32) -> Option<Shape> {
    scalar(oid).or_else(|| range(oid)).or_else(|| array(oid))
}

fn array(oid: u32) -> Option<Shape> {
    let (_, element) = ARRAYS.iter().find(|(array, _)| *array == oid)?;
    let shape = scalar(*element).or_else(|| range(*element))?;
    Some(Shape::array_of(shape, *element))
}

fn range(oid: u32) -> Option<Shape> {
    RANGES.iter().find_map(|(range, multirange, bound)| {
        let bound = || Box::new(bound.clone());
        if *range == oid {
            Some(Shape::Range(bound()))
        } else {
            (*multirange == oid).then(|| Shape::Multirange(bound()))
        }
    })
}

fn scalar(oid: u32) -> Option<Shape> {
    let shape = match oid {
        16 => Shape::Bool,
        17 => Shape::Bytea,
        18 => Shape::Char,
        19 => Shape::Name,
        // int8, xid8
        20 | 5069 => Shape::Int8,
        21 => Shape::Int2,
        23 => Shape::Int4,
        // text, unknown, varchar, refcursor, cstring
        25 | 705 | 1043 | 1790 | 2275 => Shape::Text,
        // oid, xid, cid
        26 | 28 | 29 => Shape::Oid,
        114 => Shape::Json,
        142 => Shape::Xml,
        600 => Shape::Point,
        650 => Shape::Cidr,
        700 => Shape::Float4,
        701 => Shape::Float8,
        774 => Shape::MacAddr8,
        790 => Shape::Money,
        829 => Shape::MacAddr,
        869 => Shape::Inet,
        1042 => Shape::Bpchar,
        1082 => Shape::Date,
        1083 => Shape::Time,
        1114 => Shape::Timestamp,
        1184 => Shape::TimestampTz,
        1186 => Shape::Interval,
        1266 => Shape::TimeTz,
        1560 => Shape::Bit,
        1562 => Shape::VarBit,
        1700 => Shape::Numeric,
        2249 => Shape::Composite,
        2950 => Shape::Uuid,
        3802 => Shape::Jsonb,
        other => return opaque(other),
    };
    Some(shape)
}

/// Types that are known to hold values, in forms that this crate does not read: vectors of system
/// columns, tid, node trees, statistics, geometry, access items, bits, log positions, text search,
/// JSON paths, snapshots, and the reg* types, which are a name in text and a number in binary.
fn opaque(oid: u32) -> Option<Shape> {
    let system = matches!(oid, 22 | 27 | 30 | 194 | 1033 | 3220 | 3361 | 3402 | 5017);
    let values = matches!(oid, 601..=604 | 628 | 718 | 3614 | 3615 | 3642 | 4072);
    let snapshots = matches!(oid, 2970 | 5038);
    let names = matches!(oid, 24 | 2202..=2206 | 3734 | 3769 | 4089 | 4096 | 4191);
    (system || values || snapshots || names).then_some(Shape::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_name_their_element() {
        assert_eq!(shape(1009), Some(Shape::array_of(Shape::Text, 25)));
        assert_eq!(shape(1231), Some(Shape::array_of(Shape::Numeric, 1700)));
        assert_eq!(
            shape(3913),
            Some(Shape::array_of(Shape::Range(Box::new(Shape::Date)), 3912))
        );
        for (oid, element) in ARRAYS {
            let built = shape(*oid);
            assert!(
                matches!(built, Some(Shape::Array(_, named)) if named == *element),
                "{oid}"
            );
        }
    }

    #[test]
    fn what_is_not_in_the_catalog_is_not_known() {
        assert_eq!(shape(0), None);
        assert_eq!(shape(16_384), None);
        assert_eq!(shape(601), Some(Shape::Unknown));
        assert_eq!(shape(2205), Some(Shape::Unknown));
    }
}

//! Columns of types that hold values of other types, as the catalogs describe them.

use bytes::BytesMut;
use session::Limits;
use sql::Oid;
use sql::catalog::{
    CatalogRows, Column, ColumnOrigin, Relation, RelationKind, Type, TypeStructure,
};
use wire::backend::Field;
use wire::encode;

use crate::double::{Double, PEOPLE, rows, with_stack};
use crate::messages;

const CONTACT: Oid = 20_001;
const HSTORE: Oid = 20_002;
const CONTACTS: Oid = 20_003;
const CITEXT: Oid = 20_004;
const GEOMETRY: Oid = 20_005;
const LOST: Oid = 20_006;
const ROW_OF_CONTACT: Oid = 20_101;

/// The catalogs with `email` of this type, which may be `contact (mail text, code varchar(4))`.
fn with_email_of(type_oid: Oid) -> CatalogRows {
    let of = |oid, name: &str, structure| Type {
        oid,
        schema: "public".to_owned(),
        name: name.to_owned(),
        structure,
    };
    let column = |number, name: &str, type_oid, type_modifier| Column {
        number,
        name: name.to_owned(),
        type_oid,
        type_modifier,
        origin: ColumnOrigin::Given,
    };
    let mut catalogs = rows(PEOPLE);
    catalogs.relations[0].columns[2].type_oid = type_oid;
    catalogs.relations.push(Relation {
        oid: ROW_OF_CONTACT,
        schema: "public".to_owned(),
        name: "contact".to_owned(),
        kind: RelationKind::CompositeType,
        columns: vec![
            column(1, "mail", 25, -1),
            // varchar(4)
            column(2, "code", 1043, 8),
        ],
        definition: None,
        parents: Vec::new(),
        estimated_rows: 0,
    });
    catalogs.types.extend([
        of(CONTACT, "contact", TypeStructure::Composite(ROW_OF_CONTACT)),
        of(HSTORE, "hstore", TypeStructure::Base),
        of(CONTACTS, "_contact", TypeStructure::Array(CONTACT)),
        of(CITEXT, "citext", TypeStructure::Base),
        of(GEOMETRY, "geometry", TypeStructure::Base),
        of(LOST, "lost", TypeStructure::Composite(1)),
    ]);
    catalogs
}

/// What sam sees of a cell of `email` of this type, and what the record says of the masks.
fn seen(type_oid: Oid, format: i16, cell: &[u8]) -> (Option<Vec<u8>>, String) {
    let mut double = Double::over("sam", Limits::default(), with_email_of(type_oid));
    double
        .client(&messages::client("Query \"select email from people\""))
        .unwrap();
    let field = Field {
        name: b"email",
        table: PEOPLE,
        column: 3,
        type_oid,
        type_size: -1,
        type_modifier: -1,
        format,
    };
    let mut answer = BytesMut::new();
    encode::row_description(&mut answer, [field]).unwrap();
    double.server(&answer).unwrap();
    double.take_to_client();
    answer.clear();
    encode::data_row(&mut answer, [Some(cell)]).unwrap();
    double.server(&answer).unwrap();
    let row = double.take_to_client();
    double
        .server(&messages::server("CommandComplete \"SELECT 1\""))
        .unwrap();
    // Tag, length, number of cells, length of the cell: -1 of NULL.
    let (head, cell) = row.split_at(11);
    let cell = (head[7..] != [0xff; 4]).then(|| cell.to_vec());
    let records = double.sink.take();
    let record = records.last().map(String::as_str).unwrap_or_default();
    let masks = record.strip_prefix("! outcome 1 completed rows=1 ");
    (cell, masks.unwrap_or(record).to_owned())
}

/// The parts in binary format: each behind its length, or type and length.
fn counted(parts: &[(Option<Oid>, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (type_oid, part) in parts {
        out.extend(type_oid.map(Oid::to_be_bytes).into_iter().flatten());
        out.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

fn binary_contact(mail: &[u8], code: &[u8]) -> Vec<u8> {
    [
        vec![0, 0, 0, 2],
        counted(&[(Some(25), mail), (Some(1043), code)]),
    ]
    .concat()
}

fn binary_hstore(key: &[u8], value: &[u8]) -> Vec<u8> {
    [vec![0, 0, 0, 1], counted(&[(None, key), (None, value)])].concat()
}

#[test]
fn the_parts_of_a_value_are_masked_by_the_operator_of_its_tag() {
    with_stack(|| {
        let mail = &b"ann.miller@shop.org"[..];
        for (type_oid, format, cell, expected) in [
            (
                CONTACT,
                0,
                b"(ann.miller@shop.org,1234)".to_vec(),
                b"(a***@s***.org,1***)".to_vec(),
            ),
            (
                CONTACT,
                1,
                binary_contact(mail, b"1234"),
                binary_contact(b"a***@s***.org", b"1***"),
            ),
            (
                CONTACTS,
                0,
                b"{NULL,\"(ann.miller@shop.org,)\"}".to_vec(),
                b"{NULL,\"(a***@s***.org,)\"}".to_vec(),
            ),
            (
                HSTORE,
                0,
                b"\"mail\"=>\"ann.miller@shop.org\"".to_vec(),
                b"\"mail\"=>\"a***@s***.org\"".to_vec(),
            ),
            (
                HSTORE,
                1,
                binary_hstore(b"mail", mail),
                binary_hstore(b"mail", b"a***@s***.org"),
            ),
            (CITEXT, 0, mail.to_vec(), b"a***@s***.org".to_vec()),
        ] {
            let (seen, record) = seen(type_oid, format, &cell);
            let told = seen.as_deref().map(String::from_utf8_lossy);
            assert_eq!(
                told,
                Some(String::from_utf8_lossy(&expected)),
                "{type_oid} in format {format}"
            );
            assert_eq!(record, "pii.email=1", "{type_oid} in format {format}");
        }
    });
}

#[test]
fn what_has_no_known_structure_is_null_and_the_record_says_so() {
    with_stack(|| {
        for (type_oid, cell) in [
            (GEOMETRY, &b"0101000020E6100000"[..]),
            (LOST, b"(ann.miller@shop.org,1234)"),
            // Not in the catalogs at all.
            (20_099, b"ann.miller@shop.org"),
            // Not what the catalogs say.
            (CONTACT, b"(ann.miller@shop.org,1234,5)"),
        ] {
            let expected = (None, "pii.email=1 fallback:email=1".to_owned());
            assert_eq!(seen(type_oid, 0, cell), expected, "{type_oid}");
        }
        let (cell, record) = seen(HSTORE, 0, b"no pairs");
        assert_eq!(cell.as_deref(), Some(&b""[..]));
        assert_eq!(record, "pii.email=1 fallback:email=1");
    });
}

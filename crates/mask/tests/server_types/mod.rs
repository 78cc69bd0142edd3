//! Types of the server, each with values worth masking.

use mask::{RowField, Shape};
use std::sync::Arc;

/// Type as SQL, OID, type modifier, values.
pub(crate) type Row = (&'static str, u32, i32, &'static [&'static str]);

#[rustfmt::skip]
pub(crate) const TYPES: &[Row] = &[
    ("bool", 16, -1, &["true", "false"]),
    ("bytea", 17, -1, &["\\x", "\\x00ff", "plain \\\\ text"]),
    ("\"char\"", 18, -1, &["x"]),
    ("name", 19, -1, &["some_name"]),
    ("int8", 20, -1, &["0", "-9223372036854775808", "4711"]),
    ("int2", 21, -1, &["-32768", "9"]),
    ("int4", 23, -1, &["2147483647", "-10"]),
    ("text", 25, -1, &["", "Ada Lovelace", "ada@engines.org", "Zoë \\ \"x\""]),
    ("oid", 26, -1, &["4294967295", "17"]),
    ("regclass", 2205, -1, &["pg_class"]),
    ("json", 114, -1, &["{\"a\": [1, 2.50, \"x y z ä\", null, true]}", "\"\\u00e4bcdefgh\""]),
    ("xml", 142, -1, &["<a>b</a>"]),
    ("cidr", 650, -1, &["10.0.0.0/8", "2001:db8::/32"]),
    ("float4", 700, -1, &["1.5", "3.4e38", "NaN", "-Infinity", "1e-30"]),
    ("float8", 701, -1, &["1234.5", "1.7e308", "-0", "5e-324", "1e20"]),
    ("macaddr8", 774, -1, &["08:00:2b:01:02:03:04:05"]),
    ("money", 790, -1, &["1234567.89", "-0.05", "0"]),
    ("macaddr", 829, -1, &["08:00:2b:01:02:03"]),
    ("inet", 869, -1, &["192.168.1.77", "192.168.1.77/22", "::ffff:1.2.3.4", "2001:db8:1:2:3:4:5:6/64"]),
    ("char(12)", 1042, 16, &["", "abc", "abcdefghijkl"]),
    ("varchar(10)", 1043, 14, &["", "abcdefghij", "äöüäöüäöüä"]),
    ("date", 1082, -1, &["2024-02-29", "infinity", "0044-03-15 BC", "5874897-12-31", "4714-11-24 BC"]),
    ("time", 1083, -1, &["00:00:00", "23:59:59.999999", "24:00:00"]),
    ("timestamp", 1114, -1, &["1999-12-31 23:59:59.5", "-infinity", "0044-03-15 12:00:00 BC", "294276-12-31 23:59:59"]),
    ("timestamptz", 1184, -1, &["2024-07-01 12:34:56.789+02", "0044-03-15 12:00:00+00 BC", "1850-01-01 12:00:00+00"]),
    ("interval", 1186, -1, &["1 year 2 mons -3 days 04:05:06.7"]),
    ("timetz", 1266, -1, &["12:34:56-08", "01:02:03.4+05:30"]),
    ("numeric", 1700, -1, &["0", "-12345678901234567890.123456789", "NaN", "Infinity", "0.00012", "10000.0000", "1e50"]),
    ("numeric(6,2)", 1700, ((6 << 16) | 2) + 4, &["1234.50", "-0.01"]),
    ("numeric(3,-2)", 1700, ((3 << 16) | (-2 & 0x7ff)) + 4, &["12300", "99900"]),
    ("uuid", 2950, -1, &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    ("jsonb", 3802, -1, &["{\"k\": {\"mail\": \"ada@engines.org\"}, \"n\": [1e3, -2]}"]),
    ("point", 600, -1, &["(1,2)"]),
    ("bit(3)", 1560, 3, &["101"]),
    ("varbit", 1562, -1, &["", "1", "101010101010"]),
    ("bit(9)[]", 1561, 9, &["{101010101,NULL}"]),
    ("tsvector", 3614, -1, &["'a' 'b'"]),
    ("int4range", 3904, -1, &["[1,5)", "empty", "(,7)", "[-3,)", "(,)"]),
    ("numrange", 3906, -1, &["[1.5,20.75]", "(0,1e3)"]),
    ("daterange", 3912, -1, &["[2024-01-01,2024-02-01)", "[2024-01-01,infinity]"]),
    ("tsrange", 3908, -1, &["[\"2024-01-01 10:00:00\",\"2024-02-01 11:00:00\")"]),
    ("tstzrange", 3910, -1, &["(,\"2024-02-01 11:00:00+02\"]"]),
    ("datemultirange", 4535, -1, &["{[2024-01-01,2024-02-01)}", "{}", "{(,2024-01-01),[2024-05-01,2024-06-01)}"]),
    ("int4range[]", 3905, -1, &["{\"[1,5)\",NULL,empty}"]),
    ("point[]", 1017, -1, &["{\"(1.25,2)\"}"]),
    ("int4[]", 1007, -1, &["{}", "{1,NULL,30000}", "[2:3]={4,5}", "{{1,2},{3,4}}"]),
    ("text[]", 1009, -1, &["{}", "{\"\",NULL,\"a b\",\"q\\\"\\\\\",NULL}", "{{abcdef},{ghijkl}}"]),
    ("varchar(3)[]", 1015, 7, &["{abc,d}"]),
    ("numeric[]", 1231, -1, &["{1.50,NaN,NULL}"]),
    ("timestamptz[]", 1185, -1, &["{\"2024-07-01 12:34:56+02\"}"]),
    ("jsonb[]", 3807, -1, &["{\"{\\\"a\\\": \\\"b c d e f\\\"}\"}"]),
    ("inet[]", 1041, -1, &["{10.1.2.3,::1}"]),
];

/// Types that the test makes, of no OID known before, each with values.
#[rustfmt::skip]
pub(crate) const NESTED: &[Row] = &[
    ("mood", 0, -1, &["sad", "happy"]),
    ("person", 0, -1, &["(\"Ada Lovelace\",1815-12-10,42)", "(,,)", "(\"\",,7)", "(\"q\"\"\\\\, )(\",2024-02-29,-1)"]),
    ("float8span", 0, -1, &["[1.5,20.25)", "empty", "(,3)"]),
    ("short", 0, 10, &["abcdef", ""]),
];

/// Shape of one of the types in [`NESTED`].
pub(crate) fn made_shape(sql: &str) -> Shape {
    match sql {
        "mood" => Shape::Enum(Arc::from(["sad", "ok", "happy"].map(str::to_owned))),
        "person" => Shape::Row(
            [Shape::Text, Shape::Date, Shape::Int4]
                .map(RowField::from)
                .into(),
        ),
        "float8span" => Shape::Range(Box::new(Shape::Float8)),
        "short" => Shape::Text,
        other => panic!("{other} is not made"),
    }
}

//! Readers and writers of PostgreSQL's formats, written apart from the crate under test.

#![allow(dead_code, unused_imports, reason = "each test file uses a part")]

mod array;
mod number;

pub(crate) use array::array_cell;
pub(crate) use number::{money_cell, numeric_cell};

use array::{array_binary, array_text};
use mask::{Format, Shape};
use number::{money_text, numeric_binary, numeric_text};

/// A value in both formats.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) text: Vec<u8>,
    pub(crate) binary: Vec<u8>,
}

impl Cell {
    pub(crate) fn new(text: impl Into<Vec<u8>>, binary: impl Into<Vec<u8>>) -> Cell {
        Cell {
            text: text.into(),
            binary: binary.into(),
        }
    }

    pub(crate) fn in_format(&self, format: Format) -> &[u8] {
        match format {
            Format::Text => &self.text,
            Format::Binary => &self.binary,
        }
    }
}

/// The value of a cell in one spelling for both formats; panics if it is not a value of the type.
pub(crate) fn decode(shape: &Shape, format: Format, cell: &[u8]) -> String {
    match format {
        Format::Text => decode_text(shape, std::str::from_utf8(cell).expect("UTF-8")),
        Format::Binary => decode_binary(shape, cell),
    }
}

fn decode_text(shape: &Shape, text: &str) -> String {
    match shape {
        Shape::Bool => ["t", "f"]
            .iter()
            .find(|word| **word == text)
            .expect("t or f")
            .to_string(),
        Shape::Int2 => text.parse::<i16>().expect("int2").to_string(),
        Shape::Int4 => text.parse::<i32>().expect("int4").to_string(),
        Shape::Int8 => text.parse::<i64>().expect("int8").to_string(),
        Shape::Oid => text.parse::<u32>().expect("oid").to_string(),
        Shape::Float4 => format!("{:e}", text.parse::<f32>().expect("float4")),
        Shape::Float8 => format!("{:e}", text.parse::<f64>().expect("float8")),
        Shape::Numeric => numeric_text(text),
        Shape::Money => money_text(text),
        Shape::Bytea => text
            .strip_prefix("\\x")
            .expect("hexadecimal form")
            .to_owned(),
        Shape::Uuid => {
            assert_eq!(
                text.split('-').map(str::len).collect::<Vec<_>>(),
                [8, 4, 4, 4, 12]
            );
            format!(
                "{:032x}",
                u128::from_str_radix(&text.replace('-', ""), 16).expect("uuid")
            )
        }
        Shape::Date => date_text(text).to_string(),
        Shape::Time => micros_of_day(text).to_string(),
        Shape::TimeTz => {
            let time = text.strip_suffix("+00").expect("offset");
            format!("{} 0", micros_of_day(time))
        }
        Shape::Timestamp => timestamp_text(text).to_string(),
        Shape::TimestampTz => timestamp_text(text.strip_suffix("+00").expect("offset")).to_string(),
        Shape::Interval => {
            assert_eq!(text, "00:00:00");
            "0 0 0".to_owned()
        }
        Shape::Inet | Shape::Cidr => network_text(text, *shape == Shape::Cidr),
        Shape::MacAddr => hardware_text(text, 6),
        Shape::MacAddr8 => hardware_text(text, 8),
        Shape::Json | Shape::Jsonb => json(text),
        Shape::Array(element, _) => array_text(element, text),
        Shape::Enum(labels) => labels
            .iter()
            .find(|label| *label == text)
            .expect("label")
            .clone(),
        _ => text.to_owned(),
    }
}

fn decode_binary(shape: &Shape, cell: &[u8]) -> String {
    match shape {
        Shape::Bool => match cell {
            [0] => "f".to_owned(),
            [1] => "t".to_owned(),
            _ => panic!("bool"),
        },
        Shape::Int2 => i16::from_be_bytes(cell.try_into().expect("int2")).to_string(),
        Shape::Int4 => i32::from_be_bytes(cell.try_into().expect("int4")).to_string(),
        Shape::Int8 | Shape::Money | Shape::Time | Shape::Timestamp | Shape::TimestampTz => {
            i64::from_be_bytes(cell.try_into().expect("8 bytes")).to_string()
        }
        Shape::Oid => u32::from_be_bytes(cell.try_into().expect("oid")).to_string(),
        Shape::Float4 => format!("{:e}", f32::from_be_bytes(cell.try_into().expect("float4"))),
        Shape::Float8 => format!("{:e}", f64::from_be_bytes(cell.try_into().expect("float8"))),
        Shape::Numeric => numeric_binary(cell),
        Shape::Bytea => cell.iter().map(|byte| format!("{byte:02x}")).collect(),
        Shape::Uuid => format!(
            "{:032x}",
            u128::from_be_bytes(cell.try_into().expect("uuid"))
        ),
        Shape::Date => i32::from_be_bytes(cell.try_into().expect("date")).to_string(),
        Shape::TimeTz => format!("{} {}", long(&cell[..8]), int(&cell[8..])),
        Shape::Interval => format!(
            "{} {} {}",
            long(&cell[..8]),
            int(&cell[8..12]),
            int(&cell[12..])
        ),
        Shape::Inet | Shape::Cidr => network_binary(cell),
        Shape::MacAddr => hardware_binary(cell, 6),
        Shape::MacAddr8 => hardware_binary(cell, 8),
        Shape::Jsonb => {
            assert_eq!(cell[0], 1, "version");
            json(std::str::from_utf8(&cell[1..]).expect("UTF-8"))
        }
        Shape::Array(element, oid) => array_binary(element, *oid, cell),
        other => decode_text(other, std::str::from_utf8(cell).expect("UTF-8")),
    }
}

fn int(bytes: &[u8]) -> i32 {
    i32::from_be_bytes(bytes.try_into().expect("4 bytes"))
}

fn long(bytes: &[u8]) -> i64 {
    i64::from_be_bytes(bytes.try_into().expect("8 bytes"))
}

fn json(text: &str) -> String {
    serde_json::from_str::<serde_json::Value>(text)
        .expect("JSON")
        .to_string()
}

fn date_text(text: &str) -> i64 {
    let date: jiff::civil::Date = text.parse().expect("date");
    i64::from((date - jiff::civil::date(2000, 1, 1)).get_days())
}

fn micros_of_day(text: &str) -> i64 {
    if text == "24:00:00" {
        return 86_400_000_000;
    }
    let time: jiff::civil::Time = text.parse().expect("time");
    time.duration_since(jiff::civil::Time::midnight())
        .as_micros()
        .try_into()
        .expect("micros")
}

fn timestamp_text(text: &str) -> i64 {
    let (date, time) = text.split_once(' ').expect("blank");
    date_text(date) * 86_400_000_000 + micros_of_day(time)
}

fn network_text(text: &str, cidr: bool) -> String {
    let (address, bits) = text
        .split_once('/')
        .map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: std::net::IpAddr = address.parse().expect("address");
    let width = if address.is_ipv4() { 32 } else { 128 };
    let bits: u8 = bits.map_or(width, |bits| bits.parse().expect("bits"));
    assert!(bits <= width);
    format!("{address}/{bits} {cidr}")
}

fn network_binary(cell: &[u8]) -> String {
    let address: std::net::IpAddr = match cell[0] {
        2 => <[u8; 4]>::try_from(&cell[4..]).expect("4 octets").into(),
        3 => <[u8; 16]>::try_from(&cell[4..]).expect("16 octets").into(),
        other => panic!("family {other}"),
    };
    assert_eq!(usize::from(cell[3]), cell.len() - 4);
    format!("{address}/{} {}", cell[1], cell[2] == 1)
}

fn hardware_text(text: &str, length: usize) -> String {
    let octets: Vec<u8> = text
        .split(':')
        .map(|octet| u8::from_str_radix(octet, 16).expect("octet"))
        .collect();
    hardware_binary(&octets, length)
}

fn hardware_binary(cell: &[u8], length: usize) -> String {
    assert_eq!(cell.len(), length);
    format!("{cell:02x?}")
}

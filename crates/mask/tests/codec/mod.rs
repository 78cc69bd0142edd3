//! Readers and writers of PostgreSQL's formats, written apart from the crate under test.

#![allow(dead_code, reason = "each test file uses a part")]

use mask::{Format, Shape};

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

/// Sign, digits, number of digits after the point.
fn numeric_text(text: &str) -> String {
    let digits = text.trim_start_matches('-');
    assert!(
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.'),
        "{text}"
    );
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(!integer.is_empty());
    let sign = if text.starts_with('-') { "-" } else { "" };
    format!("{sign}{}.{fraction}", integer.trim_start_matches('0'))
}

fn numeric_binary(cell: &[u8]) -> String {
    let words: Vec<u16> = cell
        .chunks(2)
        .map(|pair| u16::from_be_bytes(pair.try_into().expect("even")))
        .collect();
    let [count, weight, sign, scale, groups @ ..] = words.as_slice() else {
        panic!("numeric")
    };
    assert_eq!(usize::from(*count), groups.len());
    assert!(
        groups.first() != Some(&0) && groups.last() != Some(&0),
        "{groups:?}"
    );
    let digits: String = groups.iter().map(|group| format!("{group:04}")).collect();
    let point = 4 * (isize::from(weight.cast_signed()) + 1);
    let at = |place: isize| {
        usize::try_from(place)
            .ok()
            .and_then(|place| digits.as_bytes().get(place))
            .map_or('0', |byte| char::from(*byte))
    };
    let integer: String = (0..point.max(0)).map(at).collect();
    let fraction: String = (point..point + isize::try_from(*scale).expect("scale"))
        .map(at)
        .collect();
    let sign = if *sign == 0x4000 { "-" } else { "" };
    format!("{sign}{}.{fraction}", integer.trim_start_matches('0'))
}

pub(crate) fn numeric_cell(negative: bool, integer: &str, fraction: &str) -> Cell {
    let integer = if integer.is_empty() { "0" } else { integer };
    let negative = negative
        && format!("{integer}{fraction}")
            .bytes()
            .any(|digit| digit != b'0');
    let point = if fraction.is_empty() { "" } else { "." };
    let text = format!(
        "{}{integer}{point}{fraction}",
        if negative { "-" } else { "" }
    );
    let mut padded = "0".repeat((4 - integer.len() % 4) % 4) + integer;
    let mut weight = i16::try_from(padded.len() / 4).expect("weight") - 1;
    padded += fraction;
    padded += &"0".repeat((4 - padded.len() % 4) % 4);
    let mut groups: Vec<u16> = padded
        .as_bytes()
        .chunks(4)
        .map(|four| {
            std::str::from_utf8(four)
                .expect("digits")
                .parse()
                .expect("group")
        })
        .collect();
    while groups.first() == Some(&0) {
        groups.remove(0);
        weight -= 1;
    }
    while groups.last() == Some(&0) {
        groups.pop();
    }
    if groups.is_empty() {
        weight = 0;
    }
    let mut binary = u16::try_from(groups.len())
        .expect("count")
        .to_be_bytes()
        .to_vec();
    binary.extend(weight.to_be_bytes());
    binary.extend(if negative { [0x40, 0] } else { [0, 0] });
    binary.extend(u16::try_from(fraction.len()).expect("scale").to_be_bytes());
    groups
        .iter()
        .for_each(|group| binary.extend(group.to_be_bytes()));
    Cell::new(text, binary)
}

/// `$1,234.56` and plain numbers, as in the C locale.
fn money_text(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let value: i128 = digits.parse().expect("digits");
    let sign = if text.starts_with('-') { -1 } else { 1 };
    i64::try_from(sign * value).expect("money").to_string()
}

pub(crate) fn money_cell(value: i64) -> Cell {
    let cents = value.unsigned_abs();
    let whole = (cents / 100).to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0 { "-" } else { "" };
    Cell::new(
        format!("{sign}${grouped}.{:02}", cents % 100),
        value.to_be_bytes(),
    )
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

/// One element per line of a flat list, with the dimensions in front.
fn array_text(element: &Shape, text: &str) -> String {
    let (dimensions, body) = match text.strip_prefix('[') {
        Some(_) => text.split_once('=').expect("bounds"),
        None => ("", text),
    };
    let mut out = String::new();
    let mut depth = 0;
    let mut characters = body.chars().peekable();
    let mut shape = Vec::new();
    while let Some(c) = characters.next() {
        match c {
            '{' => {
                depth += 1;
                shape.push('{');
            }
            '}' => {
                depth -= 1;
                shape.push('}');
            }
            ',' => shape.push(','),
            first => {
                let mut value = String::new();
                let quoted = first == '"';
                if !quoted {
                    value.push(first);
                }
                while let Some(next) = characters.peek().copied() {
                    match next {
                        '"' if quoted => {
                            characters.next();
                            break;
                        }
                        '\\' if quoted => {
                            characters.next();
                            value.push(characters.next().expect("escaped"));
                        }
                        ',' | '}' if !quoted => break,
                        _ => {
                            value.push(next);
                            characters.next();
                        }
                    }
                }
                let null = !quoted && value == "NULL";
                out += &if null {
                    "NULL".to_owned()
                } else {
                    format!("={}", decode_text(element, &value))
                };
                out.push('\n');
            }
        }
    }
    assert_eq!(depth, 0);
    let _ = (dimensions, shape);
    out
}

fn array_binary(element: &Shape, oid: u32, cell: &[u8]) -> String {
    let dimensions = usize::try_from(int(&cell[..4])).expect("dimensions");
    let nulls = int(&cell[4..8]) == 1;
    assert_eq!(int(&cell[8..12]).cast_unsigned(), oid);
    let count: i32 = (0..dimensions)
        .map(|n| int(&cell[12 + 8 * n..16 + 8 * n]))
        .product();
    let mut rest = &cell[12 + 8 * dimensions..];
    let mut out = String::new();
    for _ in 0..if dimensions == 0 { 0 } else { count } {
        let length = int(&rest[..4]);
        rest = &rest[4..];
        if length == -1 {
            assert!(nulls, "the header must say that there are NULLs");
            out += "NULL\n";
            continue;
        }
        let (value, after) = rest.split_at(usize::try_from(length).expect("length"));
        out += &format!("={}\n", decode_binary(element, value));
        rest = after;
    }
    assert!(rest.is_empty());
    out
}

/// Joins elements into an array of one dimension.
pub(crate) fn array_cell(oid: u32, elements: &[Option<Cell>]) -> Cell {
    let mut text = Vec::from(&b"{"[..]);
    let mut binary: Vec<u8> = Vec::new();
    let dimensions: i32 = if elements.is_empty() { 0 } else { 1 };
    binary.extend(dimensions.to_be_bytes());
    binary.extend(i32::from(elements.iter().any(Option::is_none)).to_be_bytes());
    binary.extend(oid.to_be_bytes());
    if dimensions == 1 {
        binary.extend(i32::try_from(elements.len()).expect("count").to_be_bytes());
        binary.extend(1_i32.to_be_bytes());
    }
    for (place, element) in elements.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        match element {
            None => {
                text.extend(b"NULL");
                binary.extend((-1_i32).to_be_bytes());
            }
            Some(cell) => {
                text.push(b'"');
                for byte in &cell.text {
                    if matches!(byte, b'"' | b'\\') {
                        text.push(b'\\');
                    }
                    text.push(*byte);
                }
                text.push(b'"');
                binary.extend(
                    i32::try_from(cell.binary.len())
                        .expect("length")
                        .to_be_bytes(),
                );
                binary.extend(&cell.binary);
            }
        }
    }
    text.push(b'}');
    Cell::new(text, binary)
}

//! Arrays.

use super::{Cell, decode_binary, decode_text, int};
use mask::Shape;

/// One element per line of a flat list, with the dimensions in front.
pub(super) fn array_text(element: &Shape, text: &str) -> String {
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

pub(super) fn array_binary(element: &Shape, oid: u32, cell: &[u8]) -> String {
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

//! The leaves of a line of JSON (RFC 8259), each with its path and the key that tells about it.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

use serde::de::IgnoredAny;

use super::{Cell, Form};

/// One step of the path to a leaf.
#[derive(Debug)]
enum Step<'a> {
    Member(Cow<'a, str>),
    Element(usize),
}

/// A walk through text that is known to be JSON.
struct Walk<'a> {
    text: &'a str,
    path: Vec<Step<'a>>,
    cells: Vec<Cell<'a>>,
}

/// Strings, keys and numbers of a line in their order; `None`: the line is not JSON.
pub(super) fn cells(line: &[u8]) -> Option<Vec<Cell<'_>>> {
    let text = std::str::from_utf8(line).ok()?;
    // Also bounds the depth, and so the path.
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut walk = Walk {
        text,
        path: Vec::new(),
        cells: Vec::new(),
    };
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        at = walk.token(*byte, at)?;
    }
    Some(walk.cells)
}

impl<'a> Walk<'a> {
    /// Takes the token at `at`, and says where the next one begins.
    fn token(&mut self, first: u8, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        match first {
            b'{' => self.path.push(Step::Member(Cow::Borrowed(""))),
            b'[' => self.path.push(Step::Element(0)),
            b'}' | b']' => {
                self.path.pop();
            }
            b',' => {
                if let Some(Step::Element(index)) = self.path.last_mut() {
                    *index += 1;
                }
            }
            b'"' => return self.string(at..at + string_length(rest)?),
            b'-' | b'0'..=b'9' => {
                let length = rest.find(|c: char| !number_has(c)).unwrap_or(rest.len());
                let value = Cow::Borrowed(rest.get(..length)?.as_bytes());
                self.cell(at..at + length, value, Form::JsonNumber);
                return Some(at + length);
            }
            _ => {}
        }
        Some(at + 1)
    }

    fn string(&mut self, place: Range<usize>) -> Option<usize> {
        let end = place.end;
        let raw = self.text.get(place.clone())?;
        let text = match raw.contains('\\') {
            true => Cow::Owned(serde_json::from_str(raw).ok()?),
            false => Cow::Borrowed(raw.get(1..raw.len().checked_sub(1)?)?),
        };
        let is_key = self.text.get(end..)?.trim_start().starts_with(':');
        let value = match &text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.clone().into_bytes()),
        };
        if !is_key {
            self.cell(place, value, Form::JsonString);
            return Some(end);
        }
        // A key may be data too; nothing but its own form tells so.
        if let Some(Step::Member(key)) = self.path.last_mut() {
            *key = text;
        }
        self.cell(place, value, Form::JsonString);
        if let Some(cell) = self.cells.last_mut() {
            cell.name = None;
        }
        Some(end)
    }

    fn cell(&mut self, place: Range<usize>, value: Cow<'a, [u8]>, form: Form) {
        let name = self.path.iter().rev().find_map(|step| match step {
            Step::Member(key) => Some(key.clone()),
            Step::Element(_) => None,
        });
        self.cells.push(Cell {
            column: Some(Cow::Owned(self.path())),
            name,
            value,
            place,
            form,
        });
    }

    /// As `$.user.emails[0]`.
    fn path(&self) -> String {
        let mut path = "$".to_owned();
        for step in &self.path {
            // Writing to a text does not fail.
            let _ = match step {
                Step::Member(key) => write!(path, ".{key}"),
                Step::Element(index) => write!(path, "[{index}]"),
            };
        }
        path
    }
}

/// Length with both quotes.
fn string_length(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (place, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(place + 1),
            _ => {}
        }
    }
    None
}

fn number_has(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E')
}

/// Appends a JSON string.
pub(super) fn write_string(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
}

/// Appends `value` if it is a JSON number, else 0.
pub(super) fn write_number(value: &[u8], out: &mut Vec<u8>) {
    let is_number = serde_json::from_slice::<serde_json::Number>(value).is_ok();
    out.extend_from_slice(if is_number { value } else { b"0" });
}

#[cfg(test)]
mod tests {
    use super::*;

    type Expected<'a> = (&'a str, Option<&'a str>, &'a str, Form);

    fn read(line: &str) -> Vec<(String, Option<String>, String, Form)> {
        let cells = cells(line.as_bytes()).unwrap();
        let text = |value: &Cow<'_, [u8]>| String::from_utf8(value.to_vec()).unwrap();
        let of = |cell: &Cell<'_>| {
            let name = cell.name.as_ref().map(ToString::to_string);
            let column = cell.column.as_ref().map(ToString::to_string);
            (column.unwrap(), name, text(&cell.value), cell.form)
        };
        cells.iter().map(of).collect()
    }

    #[test]
    fn leaves_have_paths_and_the_key_that_tells() {
        use Form::{JsonNumber, JsonString};
        let cases: &[(&str, &[Expected<'_>])] = &[
            ("\"a\"", &[("$", None, "a", JsonString)]),
            (
                r#"{"a": "x\n\"y", "b" : [1, {"c": "é"}, "z"], "d": null}"#,
                &[
                    ("$.a", None, "a", JsonString),
                    ("$.a", Some("a"), "x\n\"y", JsonString),
                    ("$.b", None, "b", JsonString),
                    ("$.b[0]", Some("b"), "1", JsonNumber),
                    ("$.b[1].c", None, "c", JsonString),
                    ("$.b[1].c", Some("c"), "é", JsonString),
                    ("$.b[2]", Some("b"), "z", JsonString),
                    ("$.d", None, "d", JsonString),
                ],
            ),
            ("[-1.5e3,{}]", &[("$[0]", None, "-1.5e3", JsonNumber)]),
        ];
        for (line, expected) in cases {
            let expected: Vec<_> = expected
                .iter()
                .map(|(path, name, value, form)| {
                    let name = name.map(str::to_owned);
                    ((*path).to_owned(), name, (*value).to_owned(), *form)
                })
                .collect();
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_not_json_has_no_leaves() {
        for line in ["", "{", "plain", "{\"a\":1} x", "\"\\q\""] {
            assert_eq!(cells(line.as_bytes()), None, "{line}");
        }
        assert_eq!(cells(b"\"\xff\""), None);
    }

    #[test]
    fn numbers_stay_numbers() {
        for (value, expected) in [("12", "12"), ("[SSN]", "0"), ("", "0"), ("01", "0")] {
            let mut out = Vec::new();
            write_number(value.as_bytes(), &mut out);
            assert_eq!(out, expected.as_bytes(), "{value}");
        }
    }
}

//! Rows of CSV (RFC 4180): fields between delimiters, quoted where they hold one, a quote or a
//! line end. A quote inside a field that does not begin with one is a character like any other.

use std::borrow::Cow;
use std::ops::Range;

const QUOTE: u8 = b'"';

/// Where in a record one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote inside quotes: the end of them, or the first of two.
    QuoteInQuoted,
}

/// Follows the quotes of a record, byte by byte, over as many lines as it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quotes {
    delimiter: u8,
    state: State,
}

impl Quotes {
    pub(super) fn new(delimiter: u8) -> Self {
        Quotes {
            delimiter,
            state: State::FieldStart,
        }
    }

    /// Whether the record is whole after this line, which ends in a line feed or the file.
    pub(super) fn is_whole_after(&mut self, line: &[u8]) -> bool {
        line.iter().for_each(|byte| self.step(*byte));
        self.state != State::Quoted
    }

    fn step(&mut self, byte: u8) {
        self.state = match (self.state, byte) {
            (State::Quoted, QUOTE) => State::QuoteInQuoted,
            (State::Quoted, _) => State::Quoted,
            (State::QuoteInQuoted | State::FieldStart, QUOTE) => State::Quoted,
            (_, byte) if byte == self.delimiter => State::FieldStart,
            (State::QuoteInQuoted | State::FieldStart | State::Plain, _) => State::Plain,
        };
    }
}

/// The places of the fields of a record, its line end left out.
pub(super) fn fields(record: &[u8], delimiter: u8) -> Vec<Range<usize>> {
    let line = record.strip_suffix(b"\n").unwrap_or(record);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut quotes = Quotes::new(delimiter);
    let (mut fields, mut start) = (Vec::new(), 0);
    for (place, byte) in line.iter().enumerate() {
        let outside = quotes.state != State::Quoted;
        quotes.step(*byte);
        if outside && *byte == delimiter {
            fields.push(start..place);
            start = place + 1;
        }
    }
    fields.push(start..line.len());
    fields
}

/// What a field says: itself, or what is between its quotes with doubled ones halved.
pub(super) fn value(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(quoted) = raw.strip_prefix(&[QUOTE]) else {
        return Cow::Borrowed(raw);
    };
    if let Some(inner) = quoted.strip_suffix(&[QUOTE])
        && !inner.contains(&QUOTE)
    {
        return Cow::Borrowed(inner);
    }
    let mut value = Vec::with_capacity(quoted.len());
    let mut quotes = Quotes {
        delimiter: 0,
        state: State::Quoted,
    };
    for byte in quoted {
        let doubled = quotes.state == State::QuoteInQuoted && *byte == QUOTE;
        quotes.step(*byte);
        if doubled || *byte != QUOTE || quotes.state == State::Plain {
            value.push(*byte);
        }
    }
    Cow::Owned(value)
}

/// Appends a field, quoted where it has to be.
pub(super) fn write(value: &[u8], delimiter: u8, out: &mut Vec<u8>) {
    let special = |byte: &u8| *byte == delimiter || matches!(byte, &QUOTE | b'\n' | b'\r');
    if !value.iter().any(special) {
        out.extend_from_slice(value);
        return;
    }
    out.push(QUOTE);
    for byte in value {
        if *byte == QUOTE {
            out.push(QUOTE);
        }
        out.push(*byte);
    }
    out.push(QUOTE);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(record: &str) -> Vec<String> {
        let places = fields(record.as_bytes(), b',');
        let text = |place| String::from_utf8(value(&record.as_bytes()[place]).into_owned());
        places
            .into_iter()
            .map(|place| text(place).unwrap())
            .collect()
    }

    #[test]
    fn fields_are_read_as_rfc_4180_says() {
        for (record, expected) in [
            ("a,b\n", vec!["a", "b"]),
            ("a,b\r\n", vec!["a", "b"]),
            ("", vec![""]),
            (",\n", vec!["", ""]),
            ("\"a,b\",c", vec!["a,b", "c"]),
            ("\"a \"\"b\"\"\",c", vec!["a \"b\"", "c"]),
            ("\"\",\"\"\"\"", vec!["", "\""]),
            ("5\" disk,x", vec!["5\" disk", "x"]),
            ("\"a\"b,c", vec!["ab", "c"]),
            ("\"line\nline\",c\n", vec!["line\nline", "c"]),
            ("\"open,c\n", vec!["open,c"]),
        ] {
            assert_eq!(read(record), expected, "{record:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["", "plain", "a,b", "say \"so\"", "two\r\nlines", "\""] {
            let mut out = Vec::new();
            write(text.as_bytes(), b',', &mut out);
            out.extend_from_slice(b",end\n");
            let out = String::from_utf8(out).unwrap();
            assert_eq!(read(&out), [text, "end"], "{out:?}");
        }
    }

    #[test]
    fn a_record_goes_on_while_a_quote_is_open() {
        for (lines, expected) in [
            (vec!["a,b\n"], vec![true]),
            (
                vec!["a,\"b\n", "c\"\"\n", "d\",e\n"],
                vec![false, false, true],
            ),
            (vec!["5\" disk\n"], vec![true]),
        ] {
            let mut quotes = Quotes::new(b',');
            let whole: Vec<_> = lines
                .iter()
                .map(|line| quotes.is_whole_after(line.as_bytes()))
                .collect();
            assert_eq!(whole, expected, "{lines:?}");
        }
    }
}

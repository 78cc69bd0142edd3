//! The tokens of JSON text (RFC 8259). Nesting is not followed: only tokens are replaced, by
//! tokens of the same kind, so what was valid stays valid.

/// A leaf, a key, or what stands between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Braces, brackets, colons, commas, blanks.
    Structure(&'a [u8]),
    Leaf(Leaf<'a>),
}

/// One key, string, number or word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leaf<'a> {
    pub(crate) kind: LeafKind,
    /// As written, with quotes.
    pub(crate) raw: &'a [u8],
    /// Where `raw` begins.
    pub(crate) start: usize,
}

impl<'a> Leaf<'a> {
    /// What is between the quotes; of numbers and words: all.
    pub(crate) fn content(&self) -> &'a [u8] {
        let inner = self
            .raw
            .strip_prefix(b"\"")
            .and_then(|rest| rest.strip_suffix(b"\""));
        inner.unwrap_or(self.raw)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeafKind {
    /// A string before a colon.
    Key,
    String,
    Number,
    /// `true`, `false`, `null`.
    Word,
}

pub(crate) struct Lexer<'a> {
    json: &'a [u8],
    place: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(json: &'a [u8]) -> Lexer<'a> {
        Lexer { json, place: 0 }
    }

    /// The next token; `Some(None)` at the end, `None`: not JSON.
    pub(crate) fn next_token(&mut self) -> Option<Option<Token<'a>>> {
        let rest = self.json.get(self.place..)?;
        let Some(first) = rest.first() else {
            return Some(None);
        };
        let (length, kind) = match first {
            b'"' => {
                let length = string_length(rest)?;
                (
                    length,
                    Some(if before_colon(rest.get(length..)?) {
                        LeafKind::Key
                    } else {
                        LeafKind::String
                    }),
                )
            }
            b'-' | b'0'..=b'9' => (number_length(rest)?, Some(LeafKind::Number)),
            b'a'..=b'z' => (word_length(rest)?, Some(LeafKind::Word)),
            _ => (structure_length(rest)?, None),
        };
        let raw = rest.get(..length)?;
        let start = self.place;
        self.place += length;
        Some(Some(kind.map_or(Token::Structure(raw), |kind| {
            Token::Leaf(Leaf { kind, raw, start })
        })))
    }
}

/// Length with both quotes.
fn string_length(rest: &[u8]) -> Option<usize> {
    let mut escaped = false;
    for (place, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(place + 1),
            0..0x20 => return None,
            _ => {}
        }
    }
    None
}

fn before_colon(rest: &[u8]) -> bool {
    rest.iter().find(|byte| !is_blank(**byte)) == Some(&b':')
}

fn number_length(rest: &[u8]) -> Option<usize> {
    let length = rest
        .iter()
        .take_while(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'))
        .count();
    ends(rest, length)
}

fn word_length(rest: &[u8]) -> Option<usize> {
    [&b"true"[..], b"false", b"null"]
        .iter()
        .find(|word| rest.starts_with(word))
        .and_then(|word| ends(rest, word.len()))
}

/// Keeps a length after which no word or number goes on.
fn ends(rest: &[u8], length: usize) -> Option<usize> {
    let after = rest.get(length).copied();
    after.is_none_or(is_structure).then_some(length)
}

fn structure_length(rest: &[u8]) -> Option<usize> {
    let length = rest.iter().take_while(|byte| is_structure(**byte)).count();
    (length > 0).then_some(length)
}

fn is_structure(byte: u8) -> bool {
    matches!(byte, b'{' | b'}' | b'[' | b']' | b':' | b',') || is_blank(byte)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

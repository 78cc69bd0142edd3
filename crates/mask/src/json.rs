//! JSON text: leaf by leaf, structure and blanks kept.

mod lexer;
pub(crate) mod masker;
pub(crate) mod path;

pub(crate) use lexer::{Leaf, LeafKind};

use crate::value::as_text;
use crate::{Format, Outcome, text};
use lexer::Lexer;
use std::borrow::Cow;

/// First byte of binary jsonb (`jsonb_recv`).
const JSONB_VERSION: u8 = 1;
/// Longest key that is taken for a field name.
const MAX_KEY: usize = 63;

/// What replaces one leaf: appends the new text, or appends nothing and says so with `false`.
pub(crate) type Replace<'a> = dyn FnMut(Leaf<'_>, &mut Vec<u8>) -> bool + 'a;

/// Copies JSON text with its leaves replaced, and says whether any was; `None`: not JSON, `out`
/// is spoilt.
pub(crate) fn rewrite(json: &[u8], out: &mut Vec<u8>, replace: &mut Replace<'_>) -> Option<bool> {
    let mut any = false;
    let mut lexer = Lexer::new(json);
    while let Some(token) = lexer.next_token()? {
        match token {
            lexer::Token::Structure(bytes) => out.extend_from_slice(bytes),
            lexer::Token::Leaf(leaf) => {
                if replace(leaf, out) {
                    any = true;
                } else {
                    out.extend_from_slice(leaf.raw);
                }
            }
        }
    }
    Some(any)
}

/// Splits the version byte off binary jsonb.
pub(crate) fn split_version(cell: &[u8]) -> Option<(&[u8], &[u8])> {
    cell.split_at_checked(1)
        .filter(|(version, _)| *version == [JSONB_VERSION])
}

/// What masks the leaves: each appends the masked form, or gives `None`.
#[derive(Clone, Copy)]
pub(crate) struct Leaves<'a> {
    /// Of the text of a string that is not empty.
    pub(crate) text: &'a dyn Fn(&str, &mut Vec<u8>) -> Option<()>,
    /// Of a number as it is written.
    pub(crate) number: &'a dyn Fn(&str, &mut Vec<u8>) -> Option<()>,
}

/// Masks the leaves of JSON text; `None`: it is not JSON.
///
/// Strings are masked as text, numbers as numbers, truth values become `false`, `null` stays. A
/// key stays if it looks like the name of a field; any other may be data and becomes `"***"`.
pub(crate) fn mask(leaves: Leaves<'_>, cell: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
    let mut outcome = Outcome::Masked;
    rewrite(cell, out, &mut |leaf, out| {
        mask_leaf(leaves, leaf, out, &mut outcome)
    })?;
    Some(outcome)
}

/// Masks jsonb in either format.
pub(crate) fn mask_jsonb(
    leaves: Leaves<'_>,
    format: Format,
    cell: &[u8],
    out: &mut Vec<u8>,
) -> Option<Outcome> {
    let (version, json) = match format {
        Format::Text => cell.split_at(0),
        Format::Binary => split_version(cell)?,
    };
    out.extend_from_slice(version);
    mask(leaves, json, out)
}

fn mask_leaf(leaves: Leaves<'_>, leaf: Leaf<'_>, out: &mut Vec<u8>, outcome: &mut Outcome) -> bool {
    match leaf.kind {
        LeafKind::Key => {
            let hidden = !is_field_name(leaf.content());
            if hidden {
                write_string("***", out);
            }
            hidden
        }
        LeafKind::String => mask_string(leaves, leaf, out, outcome),
        LeafKind::Number => {
            let start = out.len();
            let masked = as_text(leaf.raw).and_then(|number| (leaves.number)(number, out));
            if masked.is_none() {
                out.truncate(start);
                out.push(b'0');
                *outcome = Outcome::Fallback;
            }
            true
        }
        LeafKind::Word if leaf.raw == b"true" => {
            out.extend_from_slice(b"false");
            true
        }
        LeafKind::Word => false,
    }
}

fn mask_string(
    leaves: Leaves<'_>,
    leaf: Leaf<'_>,
    out: &mut Vec<u8>,
    outcome: &mut Outcome,
) -> bool {
    let Some(content) = leaf.text() else {
        write_string(text::REDACTED, out);
        *outcome = Outcome::Fallback;
        return true;
    };
    if content.is_empty() {
        return false;
    }
    let mut masked = Vec::new();
    let done = (leaves.text)(&content, &mut masked);
    let masked = done.and_then(|()| as_text(&masked));
    if masked.is_none() {
        *outcome = Outcome::Fallback;
    }
    write_string(masked.unwrap_or(text::REDACTED), out);
    true
}

/// Letters, digits and underscores, as programs name fields. A long run of digits is data.
pub(crate) fn is_field_name(key: &[u8]) -> bool {
    let word = key
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let digits = key.iter().filter(|byte| byte.is_ascii_digit()).count();
    word && digits < 4 && key.len() <= MAX_KEY
}

/// Appends a JSON string (RFC 8259 section 7).
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            other => out.push(other),
        }
    }
    out.push(b'"');
}

/// Reads the content of a JSON string; `None`: an escape that stands for no character.
pub(crate) fn unescape(content: &[u8]) -> Option<Cow<'_, str>> {
    if !content.contains(&b'\\') {
        return as_text(content).map(Cow::Borrowed);
    }
    let mut text = String::with_capacity(content.len());
    let mut rest = as_text(content)?;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let (c, tail) = escaped(after)?;
        text.push(c);
        rest = tail;
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// The character after a backslash, and what follows it.
fn escaped(after: &str) -> Option<(char, &str)> {
    let mut characters = after.chars();
    let c = match characters.next()? {
        c @ ('"' | '\\' | '/') => c,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode(characters.as_str()),
        _ => return None,
    };
    Some((c, characters.as_str()))
}

/// Four hexadecimal digits, or twice four for a surrogate pair.
fn unicode(after: &str) -> Option<(char, &str)> {
    let (digits, rest) = after.split_at_checked(4)?;
    let first = u32::from_str_radix(digits, 16).ok()?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, rest));
    }
    let (digits, rest) = rest.strip_prefix("\\u")?.split_at_checked(4)?;
    let second = u32::from_str_radix(digits, 16)
        .ok()
        .filter(|low| (0xDC00..0xE000).contains(low))?;
    let c = char::from_u32(0x1_0000 + ((first.checked_sub(0xD800)? << 10) | (second - 0xDC00)))?;
    Some((c, rest))
}

impl Leaf<'_> {
    /// Text of a key or a string; `None`: an escape that stands for no character.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        unescape(self.content())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskKey;
    use crate::masker::Action;
    use crate::value::{Masking, decimal};

    fn partial(json: &str) -> Option<String> {
        let prf = MaskKey::new([5; 32]).prf();
        let masking = Masking {
            action: Action::Partial(None),
            format: Format::Text,
            prf: &prf,
        };
        let leaves = Leaves {
            text: &|text, out| {
                text::write(masking.action, text, masking.prf, out);
                Some(())
            },
            number: &|number, out| decimal::mask_text(masking, number, out),
        };
        let mut out = Vec::new();
        mask(leaves, json.as_bytes(), &mut out)?;
        Some(String::from_utf8(out).expect("text"))
    }

    #[test]
    fn leaves_are_masked_and_structure_is_kept() {
        for (from, to) in [
            (
                r#"{"name": "Ada Lovelace", "age": 36, "tags": ["", null, true]}"#,
                r#"{"name": "Ad***", "age": 30, "tags": ["", null, false]}"#,
            ),
            (
                r#"{"a@b.org": 1.5e3, "x\"y": -12.5}"#,
                r#"{"***": 0, "***": -10.0}"#,
            ),
            (
                r#"["\ud83d\ude00\u00e4bcdefgh", "\ud83d"]"#,
                r#"["😀ä***", "[REDACTED]"]"#,
            ),
            ("\"line\\none two three\"", "\"li***\""),
            (" 17 ", " 10 "),
        ] {
            assert_eq!(partial(from).as_deref(), Some(to));
        }
        for broken in ["{\"a", "nul", "\"a\u{1}\"", "01x"] {
            assert_eq!(partial(broken), None, "{broken}");
        }
    }

    #[test]
    fn strings_written_are_read_back() {
        for text in ["", "a\"b\\c/", "tab\tline\nbell\u{7}", "ä😀"] {
            let mut out = Vec::new();
            write_string(text, &mut out);
            assert_eq!(unescape(&out[1..out.len() - 1]).as_deref(), Some(text));
        }
    }
}

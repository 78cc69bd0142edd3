//! Names as PostgreSQL takes them: unquoted, unescaped, folded and cut to 63 bytes.

use squawk_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

/// Bytes of a name that count: `NAMEDATALEN - 1`.
pub(crate) const MAX_BYTES: usize = 63;

/// The escape character of `U&"…"` without UESCAPE.
const DEFAULT_ESCAPE: char = '\\';

/// The name that a node of the tree spells: of its first word, with the UESCAPE that follows it.
/// `None` when the node begins with no name.
pub(crate) fn of_node(node: &SyntaxNode) -> Option<String> {
    let mut tokens = node
        .descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| !is_trivia(token));
    let name = tokens.next().filter(is_name)?;
    let escape = match tokens.next() {
        Some(token) if token.kind() == SyntaxKind::UESCAPE_KW => {
            tokens.next()?.text().strip_prefix('\'')?.chars().next()?
        }
        Some(_) | None => DEFAULT_ESCAPE,
    };
    Some(fold_escaped(name.text(), escape))
}

/// The parts of the dotted name that a `PATH` or `PATH_REF`, or a node around one, spells.
pub(crate) fn parts_of(node: &SyntaxNode) -> Vec<String> {
    node.descendants()
        .filter(|part| {
            matches!(
                part.kind(),
                SyntaxKind::PATH_SEGMENT | SyntaxKind::PATH_SEGMENT_REF
            )
        })
        .filter_map(|part| of_node(&part))
        .collect()
}

/// Whether PostgreSQL keeps `word` for itself where a table is named: its key words of the
/// categories "reserved" and "reserved (can be function or type)", of version 18 (`kwlist.h`).
pub(crate) fn is_reserved(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    RESERVED.binary_search(&word.as_str()).is_ok()
}

#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "binary", "both", "case", "cast", "check", "collate", "collation", "column", "concurrently",
    "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "default",
    "deferrable", "desc", "distinct", "do", "else", "end", "except", "false", "fetch", "for",
    "foreign", "freeze", "from", "full", "grant", "group", "having", "ilike", "in", "initially",
    "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like",
    "limit", "localtime", "localtimestamp", "natural", "not", "notnull", "null", "offset", "on",
    "only", "or", "order", "outer", "overlaps", "placing", "primary", "references", "returning",
    "right", "select", "session_user", "similar", "some", "symmetric", "system_user", "table",
    "tablesample", "then", "to", "trailing", "true", "union", "unique", "user", "using",
    "variadic", "verbose", "when", "where", "window", "with",
];

fn is_trivia(token: &SyntaxToken) -> bool {
    matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT)
}

fn is_name(token: &SyntaxToken) -> bool {
    token
        .text()
        .starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '"' || c > '\x7f')
}

/// The name that PostgreSQL takes the token `text` for.
///
/// A bare word is folded to lower case, ASCII only as in a UTF-8 database; a quoted one loses its
/// quotes, `U&"…"` its escapes; all are cut to 63 bytes at the border of a character.
fn fold_escaped(text: &str, escape: char) -> String {
    let quoted = |text: &str| {
        text.strip_prefix('"')
            .and_then(|t| t.strip_suffix('"'))
            .map(|t| t.replace("\"\"", "\""))
    };
    let unicode = text
        .strip_prefix("U&")
        .or_else(|| text.strip_prefix("u&"))
        .and_then(quoted);
    let name = match (unicode, quoted(text)) {
        (Some(escaped), _) => unescape(&escaped, escape),
        (None, Some(plain)) => plain,
        (None, None) => text.to_ascii_lowercase(),
    };
    clip(name)
}

/// Cuts a name as `truncate_identifier` does.
pub(crate) fn clip(mut name: String) -> String {
    let end = name.floor_char_boundary(MAX_BYTES.min(name.len()));
    name.truncate(end);
    name
}

/// Decodes `\XXXX`, `\+XXXXXX` and `\\` (`str_udeescape`). An invalid escape stays as it is: the
/// gate has refused it before, and so does PostgreSQL.
fn unescape(text: &str, escape: char) -> String {
    let mut name = String::with_capacity(text.len());
    let mut high = None;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        let (unit, tail) = match code_unit(after) {
            _ if first != escape => (u32::from(first), after),
            Some(decoded) => decoded,
            None => (
                u32::from(escape),
                after.strip_prefix(escape).unwrap_or(after),
            ),
        };
        rest = tail;
        match (high.take(), unit) {
            (_, 0xD800..=0xDBFF) => high = Some(unit),
            (Some(lead), 0xDC00..=0xDFFF) => {
                let point = 0x10000 + ((lead & 0x3FF) << 10) + (unit & 0x3FF);
                name.extend(char::from_u32(point));
            }
            (_, point) => name.extend(char::from_u32(point)),
        }
    }
    name
}

/// The number after an escape character, and the text after it.
fn code_unit(text: &str) -> Option<(u32, &str)> {
    let (digits, count) = text
        .strip_prefix('+')
        .map_or((text, 4), |digits| (digits, 6));
    let (digits, rest) = digits.split_at_checked(count)?;
    let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then(|| u32::from_str_radix(digits, 16).ok())
        .flatten()
        .map(|unit| (unit, rest))
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_ESCAPE, RESERVED, fold_escaped, is_reserved};

    #[test]
    fn names_are_those_of_postgresql() {
        let long = "x".repeat(70);
        let cases = [
            ("Foo", "foo"),
            ("ÄBC", "Äbc"),
            ("\"Foo\"", "Foo"),
            ("\"a\"\"b\"", "a\"b"),
            ("U&\"d\\0061t\\+000061\"", "data"),
            ("u&\"\\\\\"", "\\"),
            ("U&\"\\D83D\\DE00\"", "😀"),
            ("u", "u"),
            ("\u{212a}", "\u{212a}"),
        ];
        for (text, name) in cases {
            assert_eq!(fold_escaped(text, DEFAULT_ESCAPE), name, "{text}");
        }
        assert_eq!(fold_escaped("U&\"d!0061t\"", '!'), "dat");
        assert_eq!(fold_escaped(&long, DEFAULT_ESCAPE).len(), 63);
        // 62 bytes and a character of two: cut before the character.
        let split = format!("{}é", "x".repeat(62));
        assert_eq!(fold_escaped(&split, DEFAULT_ESCAPE), "x".repeat(62));
        assert_eq!(
            fold_escaped(&format!("\"{split}\""), DEFAULT_ESCAPE),
            "x".repeat(62)
        );
    }

    #[test]
    fn reserved_words_are_sorted_and_found_in_any_case() {
        assert!(RESERVED.is_sorted());
        assert!(is_reserved("USER") && is_reserved("left") && !is_reserved("events"));
    }
}

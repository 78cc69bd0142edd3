//! Whatever the bytes, there is an answer and no panic.

use proptest::prelude::*;
use sql::outline::token_ranges;
use sql::{normalise, outline};

/// Pieces that lexers stumble over, and enough SQL to get past them.
const FRAGMENTS: &[&str] = &[
    "select ",
    "from ",
    "t",
    "a",
    ", ",
    "(",
    ")",
    "[",
    "]",
    "'",
    "''",
    "E'",
    "e'\\'",
    "U&'",
    "U&\"",
    "uescape '!'",
    "B'",
    "x'",
    "N'",
    "\"",
    "$$",
    "$a$",
    "$1",
    "\\",
    "\\'",
    "--",
    "/*",
    "*/",
    "\n",
    "\r",
    " ",
    "\u{b}",
    "1",
    "1.",
    ".5",
    "1e",
    "0x",
    "_",
    "e5",
    "..",
    "::",
    ":=",
    ":",
    "=>",
    "<",
    "-",
    "+",
    "@",
    "|",
    "?",
    "`",
    "#",
    "case ",
    "when ",
    "then ",
    "end ",
    "union ",
    "with ",
    "as ",
    "only ",
    ";",
    "begin ",
    "atomic ",
    "insert into ",
    "values ",
    "delete ",
    "where ",
    "é",
    "\u{feff}",
    "\u{a0}",
    "user",
    "null",
    "*",
    ".",
    "join ",
    "on ",
    "lateral ",
    "table ",
    "explain ",
    "create ",
    "do ",
];

fn text_of_fragments() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..24).prop_map(|parts| parts.concat())
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let tokens = token_ranges(text);
    if let Ok(tokens) = &tokens {
        let ends = tokens.iter().map(|range| range.end);
        let starts = tokens.iter().map(|range| range.start);
        prop_assert!(ends.zip(starts.skip(1)).all(|(end, start)| end <= start));
        prop_assert!(tokens.iter().all(|range| text.get(range.clone()).is_some()));
    }
    if outline(text).is_ok() {
        prop_assert!(tokens.is_ok());
    }
    prop_assert!(normalise(text).len() <= 4096 + '…'.len_utf8());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_text(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn fragments(text in text_of_fragments()) {
        check(&text)?;
    }

    #[test]
    fn fragments_in_a_statement(text in text_of_fragments()) {
        check(&format!("select {text} from t"))?;
    }

    /// What stands behind a semicolon is a statement of its own.
    #[test]
    fn a_statement_after_another(text in text_of_fragments()) {
        let alone = outline(&text);
        let both = outline(&format!("{text}\n;select 1 from after"));
        if let (Ok(alone), Ok(both)) = (alone, both) {
            prop_assert_eq!(both.len(), alone.len() + 1);
            prop_assert_eq!(&both[..alone.len()], &alone[..]);
        }
    }
}

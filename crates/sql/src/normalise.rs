//! Statement text without literals, fit for a record or a screen.

use crate::tokens::{Token, TokenKind, tokenize};

mod fold;

use fold::{Folded, LEFT_OUT};

/// The text of a statement with every literal (strings, numbers, bit strings) replaced by `?`,
/// comments removed, white space folded to one space, bare words in lower case, and lists and rows
/// of literals shortened: `in (1, 2, 3)` becomes `in (?, …)`, `values (1, 'a'), (2, 'b')` becomes
/// `values (?, …), …`. Names in double quotes and parameters (`$1`) are kept.
///
/// Works on tokens alone, so that unreadable text is normalised as well: an unterminated string
/// becomes `?`, and what cannot be cut into tokens is replaced by `…` to its end. The result has at
/// most 4 KiB and a `…`, where it was cut.
///
/// ```
/// assert_eq!(sql::normalise("SELECT *  FROM t WHERE a='x' -- no"), "select * from t where a=?");
/// ```
pub fn normalise(text: &str) -> String {
    let mut folded = Folded::default();
    let mut spaced = false;
    for token in tokenize(text) {
        match token {
            Ok(token) if token.kind.is_trivia() => spaced = true,
            Ok(token) => {
                add(&mut folded, &token, text, spaced);
                spaced = false;
            }
            Err((position, _)) => {
                if text.get(position..).is_some_and(begins_string) {
                    folded.literal(spaced);
                    spaced = false;
                }
                folded.other(LEFT_OUT, spaced);
            }
        }
        if folded.is_full() {
            break;
        }
    }
    folded.finish()
}

fn add(folded: &mut Folded, token: &Token, text: &str, spaced: bool) {
    let word = text.get(token.range.clone()).unwrap_or_default();
    match token.kind {
        TokenKind::Continuation | TokenKind::EscapeContinuation => {}
        kind if kind.is_string() || kind == TokenKind::Number => folded.literal(spaced),
        TokenKind::Word => folded.other(&word.to_ascii_lowercase(), spaced),
        _ => folded.other(word, spaced),
    }
}

fn begins_string(rest: &str) -> bool {
    rest.starts_with(['\'', '$'])
        || rest
            .get(1..)
            .is_some_and(|rest| rest.starts_with(['\'', '&']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::normalise;

    #[test]
    fn literals_comments_and_space_go() {
        let cases = [
            ("SELECT  1", "select ?"),
            (
                "select '1' || E'a\\'b' , $1, \"Q\"",
                "select ? || ? , $1, \"Q\"",
            ),
            ("select 'a'\n  'b', E'c'\n'\\'', 1", "select ?, ?, ?"),
            (
                "select U&'x' uescape '!', N'y', B'1', x'ff', $$a$$, $q$b$q$",
                "select ? uescape ?, ?, ?, ?, ?, ?",
            ),
            ("/* a */select/* b */1--c\n+ 2 --", "select ? + ?"),
            (
                "select a from t where b in (1, 2,3)",
                "select a from t where b in (?, …)",
            ),
            (
                "select a from t where b in (1, x, 2)",
                "select a from t where b in (?, x, ?)",
            ),
            ("select f(1,'a',x)", "select f(?, …,x)"),
            (
                "insert into t values (1,'a'), (2,'b'), (3, 'c') returning a",
                "insert into t values (?, …), … returning a",
            ),
            (
                "insert into t values (1,'a'),(2,'b')",
                "insert into t values (?, …), …",
            ),
            (
                "insert into t values (1,x), (1,x), (2,y)",
                "insert into t values (?,x), …, (?,y)",
            ),
            ("select 1 where a = 'open", "select ? where a = ?…"),
            ("select 1 where a = $q$open", "select ? where a = ?…"),
            ("select 1 where a = 12ab, 'x'", "select ? where a = …"),
            ("select \"open 'x'", "select …"),
            ("select \\d 'x'", "select …"),
            ("", ""),
            (" \n", ""),
            ("a;b", "a;b"),
            ("select -1", "select -?"),
        ];
        for (text, normalised) in cases {
            assert_eq!(normalise(text), normalised, "{text}");
        }
    }

    #[test]
    fn the_result_is_bounded() {
        let long = format!("select {}", "x,".repeat(100_000));
        let normalised = normalise(&long);
        assert!(normalised.len() <= 4096 + '…'.len_utf8() && normalised.ends_with('…'));
        let list = format!("select 1 where a in ({}2)", "1, ".repeat(100_000));
        assert_eq!(normalise(&list), "select ? where a in (?, …)");
        let rows = format!("insert into t values {}(2)", "(1), ".repeat(100_000));
        assert_eq!(normalise(&rows), "insert into t values (?), …");
    }

    proptest! {
        /// Whatever stands around a literal, its content does not come out.
        #[test]
        fn no_literal_comes_out(
            before in "[a-z0-9 ,()='$\"-]{0,20}",
            quote in prop::sample::select(vec!["'", "E'", "N'", "U&'", "$$", "$q$"]),
            after in "[a-z0-9 ,()='$\"-]{0,20}",
        ) {
            let close = quote.trim_start_matches(['E', 'N', 'U', '&']);
            // A quote that is open before may swallow the start of the literal: then the secret
            // stands outside, as text. Only texts whose front is whole are looked at.
            prop_assume!(crate::tokens::tokenize(&before).all(|t| t.is_ok()));
            let text = format!("{before} {quote}SECRET{close} {after}");
            prop_assert!(!normalise(&text).to_uppercase().contains("SECRET"), "{text}");
        }

        #[test]
        fn any_text_is_normalised(text in "\\PC{0,200}") {
            prop_assert!(normalise(&text).len() <= 4096 + 3);
        }
    }
}

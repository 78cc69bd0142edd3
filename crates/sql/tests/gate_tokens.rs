//! The tokenizer cuts texts as PostgreSQL's scanner does. The expectations were taken from
//! PostgreSQL's own scanner; `tests/oracle` compares the two on a larger corpus.

#![expect(clippy::panic, reason = "a test fails loudly")]

use sql::outline::token_ranges;
use sql::{LexicalError, UnreadableReason};

/// The tokens of a text, joined by a space that no token holds.
fn tokens(text: &str) -> String {
    let ranges = token_ranges(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    ranges
        .into_iter()
        .map(|range| &text[range])
        .collect::<Vec<_>>()
        .join(" ¦ ")
}

fn error(text: &str) -> LexicalError {
    match token_ranges(text).map_err(|error| error.reason) {
        Err(UnreadableReason::Lexical(error)) => error,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn strings() {
    let cases = [
        ("'a''b'", "'a''b'"),
        (r"'a\'", r"'a\'"),
        (r"E'a\'b' 'c'", r"E'a\'b' ¦ 'c'"),
        (r"e'\\' x", r"e'\\' ¦ x"),
        ("e 'a'", "e ¦ 'a'"),
        ("B'01' x'fF' N'n' U&'u'", "B'01' ¦ x'fF' ¦ N'n' ¦ U&'u'"),
        ("B'0''1'", "B'0' ¦ '1'"),
        ("u &'x' u&x", "u ¦ & ¦ 'x' ¦ u ¦ & ¦ x"),
        ("'a' 'b'", "'a' ¦ 'b'"),
        ("'a'\n'b'", "'a'\n'b'"),
        ("'a' \t\n -- c\n 'b'", "'a' \t\n -- c\n 'b'"),
        ("'a' -- c\n'b'", "'a' -- c\n'b'"),
        ("'a'\r'b'", "'a'\r'b'"),
        ("'a' /* c\n */ 'b'", "'a' ¦ 'b'"),
        ("'a'\n/* c */'b'", "'a' ¦ 'b'"),
        ("'a'\nE'b'", "'a' ¦ E'b'"),
        ("E'a'\n'\\'b'", "E'a'\n'\\'b'"),
        ("E'a' -- it's\n'\\'b' c", "E'a' -- it's\n'\\'b' ¦ c"),
        ("B'0'\n'1'", "B'0'\n'1'"),
        ("U&'a'\n'b' uescape '!'", "U&'a'\n'b' ¦ uescape ¦ '!'"),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn dollar_quotes_and_parameters() {
    let cases = [
        ("$$a'b$$ c", "$$a'b$$ ¦ c"),
        ("$x$ $$ $y$ $x$ c", "$x$ $$ $y$ $x$ ¦ c"),
        ("$x$ $xx$ $x $x$", "$x$ $xx$ $x $x$"),
        ("$é$ $e$ $é$", "$é$ $e$ $é$"),
        ("a$$b$$", "a$$b$$"),
        ("$1$$a$$", "$1 ¦ $$a$$"),
        ("$1+$23", "$1 ¦ + ¦ $23"),
        ("$a1$ $a1$", "$a1$ $a1$"),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn names() {
    let cases = [
        ("a_1$ b", "a_1$ ¦ b"),
        (
            "\"a\"\"b\" U&\"c\" u&\"d\"",
            "\"a\"\"b\" ¦ U&\"c\" ¦ u&\"d\"",
        ),
        ("a\"b\"", "a ¦ \"b\""),
        // A no-break space, U+0085 and a full-width space are letters to PostgreSQL.
        (
            "a\u{a0}b c\u{85}d e\u{3000}f",
            "a\u{a0}b ¦ c\u{85}d ¦ e\u{3000}f",
        ),
        ("\u{212a}ey \u{17f}elect", "\u{212a}ey ¦ \u{17f}elect"),
        ("select\u{feff}1", "select\u{feff}1"),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn comments_and_space() {
    let cases = [
        ("a--b\nc", "a ¦ c"),
        ("a--b\rc", "a ¦ c"),
        ("a/*b/*c*/d*/e", "a ¦ e"),
        ("a/**/b/***/c/*/**/*/d", "a ¦ b ¦ c ¦ d"),
        ("a\u{b}b\u{c}c", "a ¦ b ¦ c"),
        ("*/ a", "*/ ¦ a"),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn numbers() {
    let cases = [
        (
            "1 1.5 1. .5 1e5 1.5e-3 1E+1",
            "1 ¦ 1.5 ¦ 1. ¦ .5 ¦ 1e5 ¦ 1.5e-3 ¦ 1E+1",
        ),
        (
            "1..2 1...2 1.5..2",
            "1 ¦ .. ¦ 2 ¦ 1 ¦ .. ¦ .2 ¦ 1.5 ¦ .. ¦ 2",
        ),
        ("1.5.5", "1.5 ¦ .5"),
        (
            "1_000 0x_1F 0o17 0b01 0x1.5",
            "1_000 ¦ 0x_1F ¦ 0o17 ¦ 0b01 ¦ 0x1 ¦ .5",
        ),
        ("1$1", "1 ¦ $1"),
        ("1-1", "1 ¦ - ¦ 1"),
        ("1.e5", "1.e5"),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn operators() {
    let cases = [
        ("a<=b", "a ¦ <= ¦ b"),
        ("a<-b", "a ¦ < ¦ - ¦ b"),
        ("a=-1 a=+-1", "a ¦ = ¦ - ¦ 1 ¦ a ¦ = ¦ + ¦ - ¦ 1"),
        ("a@-1", "a ¦ @- ¦ 1"),
        ("a->-1", "a ¦ -> ¦ - ¦ 1"),
        ("a|/*c*/b", "a ¦ | ¦ b"),
        ("2*/*c*/3", "2 ¦ * ¦ 3"),
        ("a+--c\nb", "a ¦ + ¦ b"),
        ("a@--c\nb", "a ¦ @ ¦ b"),
        (
            "a::b a:=b a[1:2]",
            "a ¦ :: ¦ b ¦ a ¦ := ¦ b ¦ a ¦ [ ¦ 1 ¦ : ¦ 2 ¦ ]",
        ),
        ("a=>b a=>@b", "a ¦ => ¦ b ¦ a ¦ =>@ ¦ b"),
        ("a.*,b.*", "a ¦ . ¦ * ¦ , ¦ b ¦ . ¦ *"),
        ("-- \n-", "-"),
        ("a!=-b", "a ¦ !=- ¦ b"),
        ("a`b?c", "a ¦ ` ¦ b ¦ ? ¦ c"),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn lexical_errors() {
    let long = "@".repeat(64);
    let cases = [
        ("'a", LexicalError::UnterminatedString),
        (r"E'a\'", LexicalError::UnterminatedString),
        (r"E'a\", LexicalError::UnterminatedString),
        ("'a'\n'b", LexicalError::UnterminatedString),
        ("B'0", LexicalError::UnterminatedString),
        ("$$a$", LexicalError::UnterminatedDollarString),
        ("$a$b$A$", LexicalError::UnterminatedDollarString),
        ("\"a", LexicalError::UnterminatedName),
        ("\"a\"\"", LexicalError::UnterminatedName),
        ("\"\"", LexicalError::EmptyName),
        ("U&\"\"", LexicalError::EmptyName),
        ("/* /* */", LexicalError::UnterminatedComment),
        ("123abc", LexicalError::NumberJunk),
        ("0x1g", LexicalError::NumberJunk),
        ("0x", LexicalError::NumberJunk),
        ("0b12", LexicalError::NumberJunk),
        ("1__0", LexicalError::NumberJunk),
        ("1_", LexicalError::NumberJunk),
        ("1e", LexicalError::NumberJunk),
        ("1e+", LexicalError::NumberJunk),
        ("1.5e", LexicalError::NumberJunk),
        ("1.a", LexicalError::NumberJunk),
        ("1e5$1", LexicalError::NumberJunk),
        ("0x1$$a$$", LexicalError::NumberJunk),
        ("1é", LexicalError::NumberJunk),
        ("$1a", LexicalError::ParameterJunk),
        ("$2147483648", LexicalError::ParameterTooLarge),
        (r"E'\u12'", LexicalError::UnicodeEscape),
        (r"E'\U0001234'", LexicalError::UnicodeEscape),
        (&long, LexicalError::OperatorTooLong),
        ("$", LexicalError::UnexpectedCharacter),
        ("$a", LexicalError::UnexpectedCharacter),
        (r"\d", LexicalError::UnexpectedCharacter),
        ("{", LexicalError::UnexpectedCharacter),
        ("\u{1}", LexicalError::UnexpectedCharacter),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{text}");
    }
    assert_eq!(tokens(&long[1..]), &long[1..]);
}

#[test]
fn an_error_names_its_place() {
    let error = token_ranges("select 1, 'open").unwrap_err();
    assert_eq!(error.position, Some(10));
    assert_eq!(
        error.to_string(),
        "unterminated quoted string: a closing ' is missing"
    );
}

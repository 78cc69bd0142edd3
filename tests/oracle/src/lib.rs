//! What PostgreSQL's own grammar says of a text, in the terms of [`sql::outline`].
//!
//! The tree is walked by our own walker: the helpers of the bindings miss relations (in TABLESAMPLE,
//! DECLARE, PREPARE, sub-selects of LIMIT, FILTER, VALUES and ON CONFLICT).

use std::ops::Range;

use serde_json::Value;
use sql::outline::Outline;

mod corpus;
mod kind;
mod walk;

pub use corpus::{Corpus, texts};

/// The outline of each statement of a text by PostgreSQL's grammar; `None` when it refuses the text.
pub fn outlines(text: &str) -> Option<Vec<Outline>> {
    let parsed = pg_query::parse(text, pg_query::ParserOptions::DEFAULT).ok()?;
    let tree = serde_json::to_value(&parsed.protobuf).expect("a tree of plain values");
    let statements = tree["stmts"].as_array().cloned().unwrap_or_default();
    Some(
        statements
            .iter()
            .map(|statement| outline(&statement["stmt"]))
            .collect(),
    )
}

fn outline(statement: &Value) -> Outline {
    let found = walk::walk(statement);
    let kind = kind::of(statement);
    Outline {
        kind,
        reads: found.reads,
        writes: found.writes,
        unrestricted: found.unrestricted,
    }
}

/// The bytes of each token that is no comment by PostgreSQL's scanner; `None` when it refuses the
/// text. `N'…'`, which is two tokens to it, is given as one.
pub fn token_ranges(text: &str) -> Option<Vec<Range<usize>>> {
    use pg_query::protobuf::Token;
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut after_national = false;
    for token in pg_query::scan(text).ok()?.tokens {
        let range = usize::try_from(token.start).ok()?..usize::try_from(token.end).ok()?;
        let kind = token.token();
        if matches!(kind, Token::SqlComment | Token::CComment) {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if after_national && kind == Token::Sconst => last.end = range.end,
            Some(_) | None => ranges.push(range.clone()),
        }
        let word = text.get(range.clone()).unwrap_or_default();
        after_national = word.eq_ignore_ascii_case("n") && text[range.end..].starts_with('\'');
    }
    Some(ranges)
}

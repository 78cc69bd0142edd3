//! The table of rows, outcomes and tests as Markdown.

use std::collections::BTreeMap;

use crate::guesses;

/// The test that runs the attempts.
const TEST: &str = "`no_attempt_goes_through`";

const HEAD: &str = "\
# Ways round the gate

What `lockgate-harness attack` tries, as a support engineer and as an AI agent, and what came of it. It
is written by `lockgate-harness attack --table tests/threats.md`, and the test holds it.

| row | what is tried | attempts, by outcome | test |
|---|---|---|---|
";

/// What is tried in each row of the list of threats, from the first on.
#[rustfmt::skip] // One a line.
const TITLES: [&str; 56] = [
    "columns renamed in the output",
    "functions and operators over a column",
    "casts, collations, CASE and COALESCE",
    "a whole row as a value",
    "rows made into JSON, arrays, XML and records",
    "common table expressions, changing ones too",
    "names that common table expressions hide",
    "sub-queries in every clause",
    "set operations",
    "aliases of columns, stars, USING and NATURAL",
    "TABLE, ONLY, TABLESAMPLE, ROWS FROM",
    "views, views of views, materialized views",
    "inheritance and partitions",
    "functions, operators and triggers that exist",
    "code in DO, CALL and CREATE FUNCTION",
    "prepared statements named by SQL and by messages",
    "cursors named by SQL and by messages",
    "binary results without Describe, row limits",
    "types that masks do not know",
    "DDL that leads columns out of their labels",
    "a catalog that changes in between",
    "search_path and temporary relations",
    "new tables filled from protected columns",
    "protected values assigned to other columns",
    "RETURNING",
    "statements inside EXPLAIN, COPY, PREPARE and CTEs",
    "COPY in every direction and format",
    "large objects and calls by message",
    "settings, comments, sequences and locks as carriers",
    "NOTIFY",
    "DROP, TRUNCATE, ALTER, changes without a predicate",
    "transactions that end a guarantee",
    "errors that repeat a value",
    "errors of constraints",
    "messages raised and settings of logging",
    "EXPLAIN",
    "statistics of columns",
    "monitoring and catalogs of secrets",
    "predicates, ordering, grouping and joins as inference",
    "errors, row counts and time as inference",
    "DDL as inference",
    "row counts",
    "masks that are alike",
    "values in text without a label",
    "other servers, languages and extensions",
    "SQL given as text to functions",
    "roles and session authorization",
    "lexing under other settings",
    "client encodings",
    "invalid UTF-8 and NUL",
    "syntax of other versions",
    "settings that are put back",
    "state left for the next session",
    "several statements in one message",
    "Parse that replaces, declares and repeats",
    "errors within a pipeline",
];

/// Rows that no attempt is made for, and why.
const UNTRIED: &[(u32, &str)] = &[
    (
        21,
        "needs a second session that renames in between; not tried here",
    ),
    (
        44,
        "detectors in text are a statistical net, never promised; scored against labelled sets",
    ),
    (
        53,
        "each session has a server connection of its own; not tried here",
    ),
];

/// Rows with how many attempts had each outcome, in the order of the list of threats.
#[derive(Default)]
pub(crate) struct Table {
    rows: BTreeMap<u32, BTreeMap<&'static str, usize>>,
}

impl Table {
    /// Counts one attempt.
    pub(crate) fn count(&mut self, row: u32, outcome: &'static str) {
        *self
            .rows
            .entry(row)
            .or_default()
            .entry(outcome)
            .or_default() += 1;
    }

    /// The table, and below it what is not promised.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::from(HEAD);
        for (row, title) in (1..).zip(TITLES) {
            text.push_str(&format!("| {row} | {title} | {} |\n", self.outcome(row)));
        }
        text.push_str("\n## Not promised\n\n");
        for (row, reason, statement) in guesses::known_limits() {
            text.push_str(&format!("- Row {row}: {reason}: `{statement}`\n"));
        }
        text
    }

    /// What came of a row's attempts, and which test runs them.
    fn outcome(&self, row: u32) -> String {
        if let Some((_, reason)) = UNTRIED.iter().find(|(untried, _)| *untried == row) {
            return format!("not tried: {reason} |");
        }
        let outcomes = self.rows.get(&row).into_iter().flatten();
        let words: Vec<_> = outcomes
            .map(|(outcome, count)| format!("{count} {outcome}"))
            .collect();
        format!("{} | {TEST}", words.join(", "))
    }
}

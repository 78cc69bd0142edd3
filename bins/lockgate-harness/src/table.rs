//! The table of rows, outcomes and tests as Markdown.

use std::collections::BTreeMap;

use crate::guesses;

/// The test that runs the attempts.
const TEST: &str = "`no_attempt_goes_through`";

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
        let mut rows: BTreeMap<u32, String> = self
            .rows
            .iter()
            .map(|(row, outcomes)| {
                let words: Vec<_> = outcomes
                    .iter()
                    .map(|(outcome, count)| format!("{count} {outcome}"))
                    .collect();
                (*row, format!("| {row} | {} | {TEST} |\n", words.join(", ")))
            })
            .collect();
        for (row, reason) in UNTRIED {
            rows.insert(*row, format!("| {row} | not tried: {reason} | |\n"));
        }
        let mut text = String::from("| row | attempts, by outcome | test |\n|---|---|---|\n");
        text.extend(rows.into_values());
        text.push_str("\nNot promised:\n\n");
        for (row, reason, statement) in guesses::known_limits() {
            text.push_str(&format!("- Row {row}: {reason}: `{statement}`\n"));
        }
        text
    }
}

//! Our reading of the corpus and PostgreSQL's are the same.

use oracle::{outlines, texts, token_ranges};

const READ: &[&str] = &["queries", "changes", "session", "definitions", "threats"];

fn fail_with(differences: Vec<String>) {
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn the_corpus_is_read_alike() {
    let texts = texts(READ);
    assert!(texts.len() > 450, "only {} texts", texts.len());
    let differences = texts.iter().filter_map(|text| {
        let Some(theirs) = outlines(text) else {
            return Some(format!("PostgreSQL refuses: {text}"));
        };
        match sql::outline(text) {
            Ok(ours) if ours == theirs => None,
            Ok(ours) => Some(format!("{text}\n  ours:   {ours:?}\n  theirs: {theirs:?}")),
            Err(error) => Some(format!("{text}\n  refused: {error}")),
        }
    });
    fail_with(differences.collect());
}

#[test]
fn tokens_begin_and_end_alike() {
    let all = [READ, &["refused", "invalid"]].concat();
    let differences = texts(&all).into_iter().filter_map(|text| {
        let ours = sql::outline::token_ranges(text).ok();
        let theirs = token_ranges(text);
        // What begins no token is a character to PostgreSQL's scanner and an error to its grammar.
        let stray = ours.is_none() && text.contains(['{', '\\', '$']);
        (ours != theirs && !stray)
            .then(|| format!("{text}\n  ours:   {ours:?}\n  theirs: {theirs:?}"))
    });
    fail_with(differences.collect());
}

/// The false denials. Whoever removes one moves its text to another file.
#[test]
fn known_false_denials() {
    let texts = texts(&["refused"]);
    assert_eq!(texts.len(), 9);
    for text in texts {
        assert!(outlines(text).is_some(), "PostgreSQL refuses: {text}");
        assert!(sql::outline(text).is_err(), "is read now: {text}");
    }
}

#[test]
fn what_postgresql_refuses_is_refused() {
    for text in texts(&["invalid"]) {
        assert!(outlines(text).is_none(), "PostgreSQL reads: {text}");
        assert!(sql::outline(text).is_err(), "is read: {text}");
    }
}

//! Types that a user adds.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

use std::sync::LazyLock;

use proptest::prelude::*;

use detect::{CustomError, CustomForm, CustomType, Detector, Entity, Spans};

fn custom(name: &str, form: CustomForm) -> CustomType {
    CustomType {
        name: name.to_owned(),
        tag: "pii.username".to_owned(),
        form,
        context: Vec::new(),
        score: 90,
    }
}

fn pattern(text: &str) -> CustomForm {
    CustomForm::Pattern(text.to_owned())
}

fn words(list: &[&str]) -> CustomForm {
    CustomForm::Words(list.iter().map(ToString::to_string).collect())
}

fn detector(types: &[CustomType]) -> Detector {
    let mut builder = Detector::builder();
    for custom in types {
        builder.add(custom).unwrap();
    }
    builder.build()
}

/// What is found, with its type's name.
fn found(detector: &Detector, value: &[u8]) -> Vec<(String, String)> {
    let mut spans = Spans::new();
    detector.detect(value, None, &mut spans);
    let text = |start, end| String::from_utf8_lossy(&value[start..end]).into_owned();
    spans
        .iter()
        .map(|span| {
            (
                text(span.start, span.end),
                detector.name_of(span).to_owned(),
            )
        })
        .collect()
}

#[test]
fn patterns_words_and_context_are_found() {
    let staff = CustomType {
        context: vec![
            "staff".to_owned(),
            "Mitarbeiterin".to_owned(),
            "職員".to_owned(),
        ],
        ..custom("STAFF_ID", pattern(r"\b\d{5}\b"))
    };
    let project = CustomType {
        tag: "secret.key".to_owned(),
        ..custom("PROJECT", words(&["Blue Heron", "blue", "Élan"]))
    };
    let detector = detector(&[custom("BADGE", pattern(r"B-\d+")), staff, project]);
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("", &[]),
        ("badge B-77 and B-8", &[("B-77", "BADGE"), ("B-8", "BADGE")]),
        ("12345", &[]),
        ("STAFF: 12345", &[("12345", "STAFF_ID")]),
        ("staffing 12345", &[]),
        ("12345 (mitarbeiterin)", &[("12345", "STAFF_ID")]),
        ("職員 12345", &[("12345", "STAFF_ID")]),
        ("the BLUE HERON plan", &[("BLUE HERON", "PROJECT")]),
        ("blueish blue", &[("blue", "PROJECT")]),
        ("notre Élan", &[("Élan", "PROJECT")]),
        (
            "to a@example.org, B-1",
            &[("a@example.org", "EMAIL_ADDRESS"), ("B-1", "BADGE")],
        ),
        ("[BADGE] and [STAFF_ID] of staff", &[]),
    ];
    for (value, expected) in cases {
        let got = found(&detector, value.as_bytes());
        let got: Vec<_> = got
            .iter()
            .map(|(text, name)| (text.as_str(), name.as_str()))
            .collect();
        assert_eq!(got, *expected, "{value}");
    }
    assert_eq!(
        found(&detector, b"\xffB-1\xfe"),
        [("B-1".to_owned(), "BADGE".to_owned())]
    );
    let mut spans = Spans::new();
    detector.detect(b"blue", None, &mut spans);
    assert_eq!(
        (spans[0].entity, detector.tag_of(&spans[0])),
        (Entity::Secret, "secret.key")
    );
}

#[test]
fn the_higher_score_wins_over_a_type_of_the_crate() {
    for (score, name) in [(50, "EMAIL_ADDRESS"), (100, "MAILBOX")] {
        let mailbox = CustomType {
            score,
            ..custom("MAILBOX", pattern(r"[a-z]+@example\.org"))
        };
        let got = found(&detector(&[mailbox]), b"write to anna@example.org");
        assert_eq!(got, [("anna@example.org".to_owned(), name.to_owned())]);
    }
}

#[test]
fn after_four_thousand_matches_the_rest_is_taken_as_one() {
    let detector = detector(&[custom("BADGE", pattern(r"B-\d"))]);
    for (count, spans) in [(4096, 4096), (4097, 4097), (5000, 4097)] {
        let value = "B-1 ".repeat(count);
        let got = found(&detector, value.as_bytes());
        assert_eq!(got.len(), spans, "{count}");
        let last = got.last().map(|(text, _)| text.len());
        let rest = if count > 4096 { (count - 4096) * 4 } else { 3 };
        assert_eq!(last, Some(rest), "{count}");
    }
}

#[test]
fn marks_of_a_redaction_are_left_alone() {
    let detector = detector(&[custom("BADGE_OF_X", pattern("BADGE"))]);
    assert_eq!(found(&detector, b"[BADGE_OF_X]"), []);
    assert_eq!(found(&detector, b"BADGE").len(), 1);
}

fn good() -> CustomType {
    custom("GOOD", pattern("a"))
}

/// That each type is refused with words that hold those beside it.
fn refused(cases: &[(CustomType, &str)]) {
    for (custom, expected) in cases {
        let error = Detector::builder().add(custom).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn names_tags_scores_and_contexts_that_cannot_be_used_are_told_with_their_type() {
    let named = |name: &str| custom(name, pattern("a"));
    let tag = CustomType {
        tag: "no.such".to_owned(),
        ..good()
    };
    let score = |score| CustomType { score, ..good() };
    let context = |word: &str| CustomType {
        context: vec![word.to_owned()],
        ..good()
    };
    refused(&[
        (named(""), "`` cannot name a type: expected capitals"),
        (named("lower"), "`lower` cannot name a type"),
        (
            named("EMAIL_ADDRESS"),
            "the type `EMAIL_ADDRESS` is there already",
        ),
        (
            tag,
            "type `GOOD`: nothing in values has the tag `no.such`: expected one of `pii.",
        ),
        (
            score(49),
            "type `GOOD`: expected a score of 50 to 100, got 49",
        ),
        (
            score(101),
            "type `GOOD`: expected a score of 50 to 100, got 101",
        ),
        (
            context("two words"),
            "type `GOOD`: `two words` is not a word",
        ),
        (context(""), "type `GOOD`: `` is not a word"),
    ]);
}

#[test]
fn patterns_and_words_that_cannot_be_used_are_told_with_their_type() {
    let form = |form| custom("GOOD", form);
    let many = vec!["x"; 10_001];
    refused(&[
        (
            form(pattern("(a")),
            "type `GOOD`: the pattern cannot be used: unclosed group",
        ),
        (form(pattern("(?:a{1000}){1000}")), "exceeds size limit"),
        (form(pattern(&"a".repeat(2001))), "longer than 2000 bytes"),
        (
            form(pattern(&"(".repeat(60))),
            "type `GOOD`: the pattern cannot be used",
        ),
        (
            form(pattern("a*")),
            "type `GOOD`: the pattern matches the empty text",
        ),
        (
            form(words(&[])),
            "type `GOOD`: expected 1 to 10000 words, got 0",
        ),
        (form(words(&many)), "got 10001"),
        (form(words(&["a", " "])), "type `GOOD`: ` ` is not a word"),
    ]);
    // All scripts have letters, and a table of them is large.
    assert_eq!(Detector::builder().add(&form(pattern(r"\w{50}"))), Ok(()));
}

#[test]
fn a_name_is_taken_once_and_types_are_counted() {
    let mut builder = Detector::builder();
    builder.add(&good()).unwrap();
    let taken = CustomError::NameTaken("GOOD".to_owned());
    assert_eq!(builder.add(&good()), Err(taken));
    for number in 1..64 {
        let custom = custom(&format!("T{number}"), pattern("a"));
        builder.add(&custom).unwrap();
    }
    let error = builder.add(&custom("ONE_MORE", pattern("a")));
    assert_eq!(error, Err(CustomError::TooManyTypes { limit: 64 }));
}

/// Types that match nearly anything.
static GREEDY: LazyLock<Detector> = LazyLock::new(|| {
    detector(&[
        custom("BYTES", pattern(r"(?s-u:[^a]{2,9})")),
        custom("LETTERS", pattern(r"\w+")),
        custom("LIST", words(&["a", "é", "ab"])),
    ])
});

proptest! {
    #[test]
    fn spans_lie_in_any_bytes_in_order(value in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut spans = Spans::new();
        GREEDY.detect(&value, None, &mut spans);
        let mut end = 0;
        for span in &spans {
            prop_assert!(end <= span.start && span.start < span.end && span.end <= value.len());
            end = span.end;
        }
    }
}

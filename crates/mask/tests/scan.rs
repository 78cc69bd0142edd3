//! Cells of untagged columns.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, its helpers too"
)]

mod codec;

use codec::{Cell, array_cell, decode};
use detect::{Detector, Entity, Hint};
use mask::{Findings, Format, MaskKey, Outcome, ScanPolicy, Scanner, Shape, SpanOperator};
use proptest::prelude::*;
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::new);

fn scanner(shape: &Shape, format: Format, operator: SpanOperator) -> Scanner {
    let policy = ScanPolicy::new(|_| operator);
    Scanner::new(
        DETECTOR.clone(),
        shape,
        format,
        None,
        policy,
        &MaskKey::new([7; 32]),
    )
}

fn scan(scanner: &Scanner, cell: &[u8]) -> (Option<Vec<u8>>, Vec<(Entity, u64)>) {
    let (mut out, mut findings) = (b"before".to_vec(), Findings::new());
    let outcome = scanner.scan(cell, &mut out, &mut findings);
    let written = out
        .strip_prefix(b"before")
        .expect("what was there stays")
        .to_vec();
    let cell = match outcome {
        Outcome::Unchanged => {
            assert!(written.is_empty());
            Some(cell.to_vec())
        }
        Outcome::Masked | Outcome::Fallback => Some(written),
        Outcome::Null | Outcome::FallbackNull => None,
    };
    (cell, findings.iter().collect())
}

fn redacted(shape: &Shape, cell: &str) -> Option<String> {
    let (cell, _) = scan(
        &scanner(shape, Format::Text, SpanOperator::Redact),
        cell.as_bytes(),
    );
    cell.map(|cell| String::from_utf8(cell).expect("UTF-8"))
}

#[test]
fn spans_are_replaced_inside_the_text() {
    for (from, to) in [
        (
            "write to ada@engines.org or bob@engines.org",
            "write to [EMAIL_ADDRESS] or [EMAIL_ADDRESS]",
        ),
        (
            "card 4111 1111 1111 1111 was declined",
            "card [CREDIT_CARD] was declined",
        ),
        ("nothing here", "nothing here"),
        ("", ""),
    ] {
        assert_eq!(redacted(&Shape::Text, from).as_deref(), Some(to));
    }
    let text = b"write to ada.lovelace@engines.org";
    let (cell, found) = scan(
        &scanner(&Shape::Text, Format::Binary, SpanOperator::Partial),
        text,
    );
    assert_eq!(cell.as_deref(), Some(&b"write to a***@e***.org"[..]));
    assert_eq!(found, [(Entity::EmailAddress, 1)]);
    let (cell, _) = scan(
        &scanner(&Shape::Text, Format::Text, SpanOperator::Pseudonym),
        text,
    );
    let cell = String::from_utf8(cell.expect("text")).expect("UTF-8");
    assert!(
        cell.starts_with("write to user-") && cell.ends_with("@example.com"),
        "{cell}"
    );
    let (cell, found) = scan(
        &scanner(&Shape::Text, Format::Text, SpanOperator::Keep),
        text,
    );
    assert_eq!(cell.as_deref(), Some(&text[..]));
    assert_eq!(found, [(Entity::EmailAddress, 1)]);
}

#[test]
fn a_type_modifier_is_kept() {
    let scanner = scanner(&Shape::Text, Format::Text, SpanOperator::Redact)
        .with_type_modifier(&Shape::Text, 4 + 10);
    assert_eq!(
        scan(&scanner, b"a@b.org").0.as_deref(),
        Some(&b"[EMAIL_ADD"[..])
    );
}

#[test]
fn the_name_of_the_column_is_heard() {
    let hint = Some(Hint::for_column("ssn"));
    let key = MaskKey::new([7; 32]);
    let scanner = Scanner::new(
        DETECTOR.clone(),
        &Shape::Text,
        Format::Text,
        hint,
        ScanPolicy::default(),
        &key,
    );
    assert_eq!(
        scan(&scanner, b"536221234").0.as_deref(),
        Some(&b"[US_SSN]"[..])
    );
}

#[test]
fn json_stays_json() {
    for (from, to) in [
        (
            r#"{"mail": "ada@engines.org", "n": 1}"#,
            r#"{"mail": "[EMAIL_ADDRESS]", "n": 1}"#,
        ),
        (
            r#"{"ada@engines.org": true}"#,
            r#"{"[EMAIL_ADDRESS]": true}"#,
        ),
        (
            r#"["say \"hi\" to ada@engines.org\n"]"#,
            r#"["say \"hi\" to [EMAIL_ADDRESS]\n"]"#,
        ),
        // Hidden by an escape.
        (r#"["ada\u0040engines.org"]"#, r#"["[EMAIL_ADDRESS]"]"#),
        (r#"{"card": 4111111111111111}"#, r#"{"card": 0}"#),
        (r#"["a\\b", "c"]"#, r#"["a\\b", "c"]"#),
    ] {
        assert_eq!(redacted(&Shape::Json, from).as_deref(), Some(to));
        assert_eq!(redacted(&Shape::Jsonb, from).as_deref(), Some(to));
        let binary = [&[1], from.as_bytes()].concat();
        let (cell, _) = scan(
            &scanner(&Shape::Jsonb, Format::Binary, SpanOperator::Redact),
            &binary,
        );
        assert_eq!(cell, Some([&[1], to.as_bytes()].concat()));
    }
}

/// The value alone says nothing; the key before it does.
#[test]
fn what_a_key_says_of_its_value_is_heard() {
    for (from, to) in [
        (
            r#"{"password": "Tr0ub4dor-x9"}"#,
            r#"{"password": "[PASSWORD]"}"#,
        ),
        (
            r#"{"mail": "ada@engines.org", "password": "Tr0ub4dor-x9"}"#,
            r#"{"mail": "[EMAIL_ADDRESS]", "password": "[PASSWORD]"}"#,
        ),
        (
            r#"{"password": "Tr0ub\u0034dor-x9", "n": "a b"}"#,
            r#"{"password": "[PASSWORD]", "n": "a b"}"#,
        ),
    ] {
        assert_eq!(redacted(&Shape::Json, from).as_deref(), Some(to));
    }
}

#[test]
fn elements_of_arrays_are_scanned_in_both_formats() {
    let shape = Shape::array_of(Shape::Text, 25);
    let text = |text: &str| Some(Cell::new(text, text));
    let before = array_cell(
        25,
        &[
            text("ada@engines.org"),
            None,
            text("say \"x\" to bob@engines.org"),
        ],
    );
    let after = array_cell(
        25,
        &[
            text("[EMAIL_ADDRESS]"),
            None,
            text("say \"x\" to [EMAIL_ADDRESS]"),
        ],
    );
    for format in [Format::Text, Format::Binary] {
        let (cell, found) = scan(
            &scanner(&shape, format, SpanOperator::Redact),
            before.in_format(format),
        );
        let expected = decode(&shape, format, after.in_format(format));
        assert_eq!(decode(&shape, format, &cell.expect("an array")), expected);
        assert_eq!(found, [(Entity::EmailAddress, 2)]);
    }
    assert_eq!(redacted(&shape, "{}").as_deref(), Some("{}"));
    let json = Shape::array_of(Shape::Json, 114);
    let cell = r#"{"{\"mail\": \"ada@engines.org\"}",NULL}"#;
    assert_eq!(
        redacted(&json, cell).as_deref(),
        Some(r#"{"{\"mail\": \"[EMAIL_ADDRESS]\"}",NULL}"#)
    );
}

#[test]
fn what_cannot_be_rewritten_becomes_null() {
    for shape in [
        Shape::Unknown,
        Shape::Composite,
        Shape::Xml,
        Shape::array_of(Shape::Unknown, 600),
    ] {
        assert_eq!(redacted(&shape, "(1,ada@engines.org)"), None);
        assert_eq!(redacted(&shape, "(1,2)").as_deref(), Some("(1,2)"));
        assert!(Scanner::can_hold(&shape));
    }
    for shape in [Shape::Int8, Shape::Uuid, Shape::array_of(Shape::Date, 1082)] {
        assert!(!Scanner::can_hold(&shape));
    }
}

proptest! {
    /// Whatever surrounds it, an address is gone and the JSON and the array are still there.
    #[test]
    fn planted_addresses_are_gone(before in "\\PC{0,12}", after in "\\PC{0,12}", name in "[a-z]{3,8}") {
        let planted = format!("{name}.x@engines.org");
        let text = format!("{before} {planted} {after}");
        let json = serde_json::json!({ "k": [text, 1], "l": before }).to_string();
        let array = Shape::array_of(Shape::Text, 25);
        let elements = array_cell(25, &[Some(Cell::new(text.clone(), text.clone())), None]);
        for (shape, cell) in [
            (&Shape::Text, Cell::new(text.clone(), text.clone())),
            (&Shape::Json, Cell::new(json.clone(), json.clone())),
            (&Shape::Jsonb, Cell::new(json.clone(), [&[1], json.as_bytes()].concat())),
            (&array, elements),
        ] {
            for operator in [SpanOperator::Redact, SpanOperator::Partial, SpanOperator::Pseudonym] {
                let decoded = [Format::Text, Format::Binary].map(|format| {
                    let (cell, _) = scan(&scanner(shape, format, operator), cell.in_format(format));
                    decode(shape, format, &cell.expect("a value"))
                });
                prop_assert!(!decoded[0].contains(&planted), "{}", decoded[0]);
                prop_assert_eq!(&decoded[0], &decoded[1]);
            }
        }
    }

    #[test]
    fn any_bytes_do_no_harm(bytes: Vec<u8>) {
        for oid in [25_u32, 114, 3802, 1009, 3807, 2249, 142] {
            let shape = Shape::of_builtin(oid).unwrap();
            for format in [Format::Text, Format::Binary] {
                scan(&scanner(&shape, format, SpanOperator::Redact), &bytes);
            }
        }
    }
}

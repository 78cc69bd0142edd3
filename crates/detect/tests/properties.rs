//! What holds for any bytes at all.

use detect::{Detector, Hint, Spans};
use proptest::prelude::*;
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::new);

fn spans(value: &[u8], hint: Option<&Hint>) -> Spans {
    let mut spans = Spans::new();
    DETECTOR.detect(value, hint, &mut spans);
    spans
}

/// Pieces that recognisers react to, and bytes that they stumble over.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let marks = prop::sample::select(vec![
        "@",
        "a@b.io",
        "://",
        "user:pw9z@",
        "password=",
        "token: ",
        "\"ssn\": \"",
        "\"",
        "\\",
        "+49 ",
        "4111 1111 1111 1111",
        "4111111111111111",
        "536-22-1234",
        "GB82WEST12345698765432",
        "2001:db8::1",
        "00:1a:2b:3c:4d:5e",
        "192.0.2.77",
        "eyJhbGciOiJub25lIn0.e30.",
        "-----END ",
        "sk-",
        "SG.",
        ":AA",
        "md5",
        "$2b$",
        "otpauth://",
        "secret=",
        "AccountKey=",
        "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",
        "phone ",
        "order ",
        "\u{a0}",
        "é",
        "(0)",
        " ",
        "\n",
        ".",
        "-",
        ":",
        "=",
        "12",
        "abc",
        "\u{202f}",
    ]);
    prop_oneof![
        4 => marks.prop_map(|mark| mark.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
        1 => "[0-9]{1,20}".prop_map(String::into_bytes),
        1 => "[A-Za-z0-9_-]{1,50}".prop_map(String::into_bytes),
    ]
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat())
}

fn hint() -> impl Strategy<Value = Option<Hint>> {
    let names = [
        "phone",
        "ssn",
        "first_name",
        "password",
        "birth_date",
        "order_id",
        "zip",
        "x",
    ];
    prop::option::of(prop::sample::select(names.to_vec()).prop_map(Hint::for_column))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn spans_are_sorted_apart_and_inside(value in value(), hint in hint()) {
        let spans = spans(&value, hint.as_ref());
        let mut reached = 0;
        for span in &spans {
            prop_assert!(span.start >= reached && span.start < span.end && span.end <= value.len());
            prop_assert!((50..=100).contains(&span.score));
            reached = span.end;
        }
    }

    #[test]
    fn neutral_neighbours_change_nothing(value in value()) {
        let alone = spans(&value, None);
        let before = b"lorem ipsum dolor\n";
        let longer = [before.as_slice(), &value, b"\nlorem ipsum dolor"].concat();
        let within = spans(&longer, None);
        prop_assert_eq!(alone.len(), within.len());
        for (alone, within) in alone.iter().zip(&within) {
            prop_assert_eq!(alone.start + before.len(), within.start);
            prop_assert_eq!(alone.end + before.len(), within.end);
            prop_assert_eq!(alone.entity, within.entity);
        }
    }

    #[test]
    fn any_name_is_read(name in ".{0,80}", type_name in ".{0,20}") {
        let found = detect::classify_column(&name, &type_name);
        let listed = |tag| detect::TAGS.iter().any(|row| row.tag == tag);
        prop_assert!(found.is_none_or(|found| listed(found.tag)));
    }
}

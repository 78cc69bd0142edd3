//! Each operator on cells of its domain: pinned results, so that every process and version agrees;
//! masking twice; refusals; rows, ranges and hstore.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, its helpers too"
)]

mod operators;

use mask::{
    Alphabet, Characters, DateShift, Format, Fpe, Generalize, Hash, KeyId, KeyRing, MaskError,
    MaskKey, Masker, Noise, Operator, Outcome, Reveal, RowField, Shape, ShiftOf, Styles,
};
use operators::operators;
use proptest::prelude::*;

const SHIFT: DateShift = DateShift {
    days: 30,
    of: ShiftOf::Domain,
};

fn masker(operator: Operator, shape: &Shape, format: Format) -> Masker {
    let (key, styles) = (MaskKey::new([7; 32]), Styles::default());
    Masker::try_new(operator, shape, format, -1, &key, &styles).expect("in the domain")
}

/// A text cell masked; what stays is the cell itself, and NULL is `NULL`.
fn masked(operator: Operator, shape: &Shape, cell: &str) -> String {
    let mut out = Vec::new();
    match masker(operator, shape, Format::Text).mask(cell.as_bytes(), &mut out) {
        Outcome::Unchanged => cell.to_owned(),
        Outcome::Masked => String::from_utf8(out).expect("text"),
        Outcome::Fallback => format!("fallback {}", String::from_utf8(out).expect("text")),
        Outcome::Null | Outcome::FallbackNull => "NULL".to_owned(),
    }
}

/// Equal in every process: a changed result would break joins with what is stored.
#[test]
#[rustfmt::skip]
fn results_are_pinned() {
    let text = Shape::Text;
    for (operator, shape, from, to) in [
        (Operator::Token, &text, "4111 1111 1111 1111", "1179 9963 7047 2341"),
        (Operator::Token, &text, "4111111111111111", "1179996370472341"),
        (Operator::Token, &text, "B-1234 xY", "D-0425 qT"),
        (Operator::Token, &Shape::Int4, "4711", "6427"),
        (Operator::Token, &Shape::Int8, "-4711", "-6427"),
        (Operator::Token, &Shape::Numeric, "4711.00", "6427.00"),
        (Operator::Token, &text, "4711", "6427"),
        (Operator::Hash(Hash::default()), &text, "ada@engines.org", "qjlnhzp6a2lahyt5whmzkhfjdn"),
        (Operator::Hash(Hash::default()), &Shape::Int8, "4711", "6931243907893736947"),
        (Operator::Fpe(Fpe::default()), &text, "4111 1111 1111 1111", "1661 2642 4841 9353"),
        (Operator::Fpe(Fpe::default()), &Shape::Int4, "4711", "911985586"),
        (Operator::Noise(Noise::Ratio(100_000)), &Shape::Int4, "1000", "912"),
        (Operator::Noise(Noise::Ratio(100_000)), &Shape::Numeric, "1000.00", "911.08"),
        (Operator::Noise(Noise::Absolute(5)), &Shape::Float8, "1000.5", "1002.556133054223"),
        (Operator::DateShift(SHIFT), &Shape::Date, "2024-02-29", "2024-03-09"),
        (Operator::DateShift(SHIFT), &Shape::Timestamp, "2024-02-29 10:11:12.5", "2024-03-09 10:11:12.5"),
        (Operator::Encrypt, &text, "Zoë", "lgk1.0.P0SCax-O6L_KAhYf26bC-k_jOR33pejkSh43WY5r210"),
    ] {
        assert_eq!(masked(operator, shape, from), to, "{operator:?} of {from}");
    }
}

#[test]
#[rustfmt::skip]
fn cells_keep_what_the_operator_says() {
    let (text, none) = (Shape::Text, Operator::Mask(Characters::default()));
    let ages = Shape::Range(Box::new(Shape::Int4));
    let person = Shape::Row([Shape::Text, Shape::Date, Shape::Int4].map(RowField::from).into());
    let step = Operator::Generalize(Generalize::Step(10));
    let year = Operator::Generalize(Generalize::Year);
    for (operator, shape, from, to) in [
        (none, &text, "", ""),
        (none, &text, "[EMAIL_ADDRESS]", "[EMAIL_ADDRESS]"),
        (none, &Shape::Json, r#"{"a": "bcd", "n": 7}"#, r#"fallback {"a": "***", "n": 0}"#),
        (Operator::MaskCard, &text, "no card", "fallback "),
        (Operator::Fpe(Fpe::default()), &text, "12345", "fallback "),
        (step, &Shape::Int4, "-42", "-50"),
        (step, &Shape::Numeric, "1234.50", "1230.00"),
        (step, &Shape::Numeric, "NaN", "NaN"),
        (step, &Shape::Float8, "1234.5", "1230"),
        (step, &text, "42", "40-49"),
        (step, &Shape::Json, r#"[{"age": 42}]"#, r#"[{"age": 40}]"#),
        (step, &Shape::array_of(Shape::Int4, 23), "{12,NULL,39}", "{10,NULL,30}"),
        (step, &ages, "[18,67)", "[10,60)"),
        (step, &ages, "(,67)", "(,60)"),
        (step, &ages, "empty", "empty"),
        (step, &Shape::Multirange(Box::new(Shape::Int4)), "{[1,5),[18,67)}", "{[0,0),[10,60)}"),
        (year, &Shape::Date, "2024-07-14", "2024-01-01"),
        (year, &Shape::Date, "infinity", "infinity"),
        (year, &Shape::TimestampTz, "2024-07-14 10:00:00+02", "2024-01-01 00:00:00+00"),
        (step, &person, "(\"Ada L\",2024-07-14,42)", "(\"\",1970-01-01,40)"),
        (Operator::Generalize(Generalize::Grid(1)), &Shape::Point, "(48.137,-11.575)", "(48.1,-11.6)"),
        (Operator::Partial(None), &Shape::Hstore, r#""name"=>"Ada Lovelace", "n"=>NULL"#, r#""name"=>"Ad***", "n"=>NULL"#),
        (Operator::Redact, &Shape::Point, "(1,2)", "(0,0)"),
        (Operator::DateShift(SHIFT), &Shape::Date, "0044-03-15 BC", "0044-03-15 BC"),
    ] {
        let got = masked(operator, shape, from);
        // Parts without a form make the whole a fallback, which the row of a table need not repeat.
        let got = match shape {
            Shape::Row(_) => got.trim_start_matches("fallback ").to_owned(),
            _ => got,
        };
        assert_eq!(got, to, "{operator:?} of {from}");
    }
}

#[test]
#[rustfmt::skip]
fn what_has_no_form_is_refused_with_an_instead() {
    let hash = |length| {
        Operator::Hash(Hash {
            length,
            alphabet: Alphabet::Base32,
        })
    };
    let varchar = |n: i32| n + 4;
    for (operator, shape, type_modifier, message) in [
        (Operator::Fpe(Fpe::default()), Shape::Int2, -1, "operator `fpe` needs a domain of at least 1000000 values, the column has fewer; use `token`"),
        (Operator::Fpe(Fpe::default()), Shape::array_of(Shape::Text, 25), varchar(3), "operator `fpe` needs a domain of at least 1000000 values, the column has fewer; use `token`"),
        (Operator::MaskCard, Shape::Int8, -1, "operator `mask_card` has no form for type `int8`; use `partial`"),
        (Operator::DateShift(SHIFT), Shape::Time, -1, "operator `date_shift` has no form for type `time`; use `noise` or `default`"),
        (Operator::Hash(Hash::default()), Shape::Text, varchar(20), "operator `hash` needs 26 characters, the column has 20; use a shorter hash or `token`"),
        (Operator::Encrypt, Shape::Bool, -1, "operator `encrypt` has no form for type `bool`; use `fpe`"),
        (hash(16), Shape::Text, -1, "operator `hash` needs length from 17 to 64"),
        (Operator::Generalize(Generalize::Step(0)), Shape::Int4, -1, "operator `generalize` needs step from 1 to 4294967295"),
    ] {
        let (key, styles) = (MaskKey::new([7; 32]), Styles::default());
        let made = Masker::try_new(operator, &shape, Format::Text, type_modifier, &key, &styles);
        assert_eq!(made.expect_err("refused").to_string(), message);
        let mut out = Vec::new();
        let masker = Masker::new(operator, &shape, Format::Text, type_modifier, &key, &styles);
        assert_eq!(masker.mask(b"1", &mut out), Outcome::Fallback, "{message}");
    }
}

#[test]
fn dates_of_one_subject_move_together_and_need_one() {
    let shift = DateShift {
        days: 365,
        of: ShiftOf::Subject,
    };
    let masker = masker(Operator::DateShift(shift), &Shape::Date, Format::Binary);
    let day = |subject: &[u8], day: i32| {
        let mut out = Vec::new();
        assert_eq!(
            masker.mask_of(subject, &day.to_be_bytes(), &mut out),
            Outcome::Masked
        );
        i32::from_be_bytes(out.try_into().expect("a date"))
    };
    assert_eq!(day(b"ada", 9000) - day(b"ada", 8000), 1000);
    assert_ne!(day(b"ada", 9000), day(b"ben", 9000));
    let mut out = Vec::new();
    assert_eq!(
        masker.mask(&9000_i32.to_be_bytes(), &mut out),
        Outcome::Fallback
    );
}

#[test]
fn old_keys_reveal_what_they_made() {
    let old = MaskKey::new([1; 32]).with_id(KeyId(1));
    let ring = KeyRing::new(MaskKey::new([2; 32]).with_id(KeyId(2))).with_old(old.clone());
    let styles = Styles::default();
    let masked_by = |operator, key: &MaskKey, cell: &[u8]| {
        let masker = Masker::new(operator, &Shape::Text, Format::Text, -1, key, &styles);
        let mut out = Vec::new();
        assert_eq!(masker.mask(cell, &mut out), Outcome::Masked);
        out
    };
    let revealed = |reveal: &Reveal, cell: &[u8]| {
        let mut out = Vec::new();
        reveal
            .reveal(&Shape::Text, Format::Text, cell, &mut out)
            .map(|()| out)
    };
    let reveal = Reveal::encrypted(&ring);
    for key in [&old, ring.active()] {
        let sealed = masked_by(Operator::Encrypt, key, b"remark");
        assert_eq!(revealed(&reveal, &sealed).as_deref(), Ok(&b"remark"[..]));
        let number = masked_by(Operator::Fpe(Fpe::default()), key, b"123-456-789");
        let reveal = Reveal::fpe(Fpe::default(), &Shape::Text, -1, &ring, key.id()).expect("a key");
        assert_eq!(
            revealed(&reveal, &number).as_deref(),
            Ok(&b"123-456-789"[..])
        );
    }
    assert_eq!(revealed(&reveal, b"plain"), Err(MaskError::NotRevealed));
    let stranger = masked_by(Operator::Encrypt, &MaskKey::new([3; 32]), b"remark");
    assert_eq!(revealed(&reveal, &stranger), Err(MaskError::NotRevealed));
}

/// All but those that cannot know their own: they say so in their documentation.
#[test]
fn masking_twice_is_masking_once() {
    let cells = [
        "ada@engines.org",
        "4111 1111 1111 1111",
        "+49 170 1234567",
        "192.0.2.77",
        "postgres://ada:secret@db/x?k=v",
        "ghp_abcdefghijklmnopqrst",
        "94107",
        "42",
        "2024-05-06",
        "Zoë Müller",
    ];
    for operator in operators() {
        let unknown = matches!(
            operator,
            Operator::Token | Operator::Fpe(_) | Operator::Pseudonym(_)
        );
        if unknown || operator.check(&Shape::Text, -1).is_err() {
            continue;
        }
        for cell in cells {
            let once = masked(operator, &Shape::Text, cell);
            if !once.starts_with("fallback") && once != "NULL" {
                assert_eq!(
                    masked(operator, &Shape::Text, &once),
                    once,
                    "{operator:?} of {cell}"
                );
            }
        }
    }
}

fn shapes() -> Vec<Shape> {
    vec![
        Shape::Text,
        Shape::Bpchar,
        Shape::Int4,
        Shape::Int8,
        Shape::Numeric,
        Shape::Float8,
        Shape::Bytea,
        Shape::Uuid,
        Shape::Date,
        Shape::TimestampTz,
        Shape::Inet,
        Shape::Jsonb,
        Shape::Point,
        Shape::Bit,
        Shape::Hstore,
        Shape::array_of(Shape::Text, 25),
        Shape::Range(Box::new(Shape::Int4)),
        Shape::Multirange(Box::new(Shape::Date)),
        Shape::Row([Shape::Text, Shape::Int4].map(RowField::from).into()),
    ]
}

proptest! {
    /// Whatever the bytes, nothing panics, and nothing but what was appended changes.
    #[test]
    fn any_bytes_are_masked(cell in prop::collection::vec(any::<u8>(), 0..60)) {
        for shape in shapes() {
            for operator in operators() {
                for format in [Format::Text, Format::Binary] {
                    let (key, styles) = (MaskKey::new([7; 32]), Styles::default());
                    let masker = Masker::new(operator, &shape, format, -1, &key, &styles);
                    let mut out = b"before".to_vec();
                    let outcome = masker.mask(&cell, &mut out);
                    prop_assert!(out.starts_with(b"before"));
                    let silent = !matches!(outcome, Outcome::Masked | Outcome::Fallback);
                    prop_assert!(!silent || out.len() == 6, "{operator:?} {shape:?}");
                }
            }
        }
    }

    /// FF1 maps no two numbers to one.
    #[test]
    fn fpe_is_injective(numbers in prop::collection::hash_set(any::<i32>(), 2..30)) {
        let masker = masker(Operator::Fpe(Fpe::default()), &Shape::Int4, Format::Binary);
        let drawn: std::collections::HashSet<Vec<u8>> = numbers.iter().map(|number| {
            let mut out = Vec::new();
            assert_eq!(masker.mask(&number.to_be_bytes(), &mut out), Outcome::Masked);
            out
        }).collect();
        prop_assert_eq!(drawn.len(), numbers.len());
    }

    /// Noise stays within its ratio and its type.
    #[test]
    fn noise_is_bounded(number in any::<i32>()) {
        let masker = masker(Operator::Noise(Noise::Ratio(100_000)), &Shape::Int4, Format::Binary);
        let mut out = Vec::new();
        prop_assert_eq!(masker.mask(&number.to_be_bytes(), &mut out), Outcome::Masked);
        let moved = i32::from_be_bytes(out.try_into().expect("an int4"));
        let most = i64::from(number).abs() / 10 + 1;
        prop_assert!((i64::from(moved) - i64::from(number)).abs() <= most);
    }
}

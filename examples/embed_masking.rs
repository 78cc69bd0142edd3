//! Masks a row of a service's own: no gate, no database.
//!
//! `cargo run --example embed_masking`

use detect::{Detector, Entity, Hint, classify_column};
use mask::{
    Findings, Format, MaskKey, Masker, Operator, Outcome, ScanPolicy, Scanner, Shape, Styles,
};

fn main() {
    // The key from which pseudonyms are drawn: 32 random bytes that the service keeps secret.
    let key = MaskKey::new([7; 32]);
    let detector = Detector::new(); // once per process
    let row = [
        ("email", "ada.lovelace@engines.org"),
        ("full_name", "Ada Lovelace"),
        (
            "note",
            "paid with 4111 1111 1111 1111, call +1-202-555-0147",
        ),
        ("city", "London"),
    ];
    for (column, value) in row {
        println!("{column:<10} {}", masked(column, value, &key, &detector));
    }
}

/// A column whose name tells what it holds is masked whole; any other text is scanned.
fn masked(column: &str, value: &str, key: &MaskKey, detector: &Detector) -> String {
    let mut out = Vec::new();
    let outcome = match classify_column(column, "text") {
        Some(found) => {
            // Columns of one tag share a domain: equal values get equal pseudonyms.
            let domain = key.domain(found.tag);
            let operator = match Entity::from_tag(found.tag) {
                Some(Entity::EmailAddress) => Operator::Partial(Some(Entity::EmailAddress)),
                entity => Operator::Pseudonym(entity),
            };
            Masker::new(
                operator,
                &Shape::Text,
                Format::Text,
                -1,
                &domain,
                &Styles::default(),
            )
            .mask(value.as_bytes(), &mut out)
        }
        None => {
            let hint = Some(Hint::for_column(column));
            let policy = ScanPolicy::default();
            Scanner::new(
                detector.clone(),
                &Shape::Text,
                Format::Text,
                hint,
                policy,
                key,
            )
            .scan(value.as_bytes(), &mut out, &mut Findings::default())
        }
    };
    match outcome {
        Outcome::Unchanged => value.to_owned(),
        Outcome::Masked | Outcome::Fallback => String::from_utf8_lossy(&out).into_owned(),
        Outcome::Null | Outcome::FallbackNull => "NULL".to_owned(),
    }
}

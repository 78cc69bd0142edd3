//! Street addresses in text, and numbers beside words that are none.

use detect::{Detector, Entity, Spans};

fn addresses(value: &str) -> Vec<String> {
    let mut spans = Spans::new();
    Detector::new().detect(value.as_bytes(), None, &mut spans);
    let found = spans
        .iter()
        .filter(|span| span.entity == Entity::StreetAddress);
    found
        .map(|span| {
            value
                .get(span.start..span.end)
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

#[test]
fn streets_of_several_countries() {
    for (value, want) in [
        ("ship to 12 Main Street, Springfield", "12 Main Street"),
        ("742 Evergreen Terrace", "742 Evergreen Terrace"),
        (
            "1600 Martin Luther King Blvd, Apt. 5b",
            "1600 Martin Luther King Blvd, Apt. 5b",
        ),
        ("12, rue de la Paix, Paris", "12, rue de la Paix"),
        ("wohnt Hauptstraße 12a in Berlin", "Hauptstraße 12a"),
        ("Berliner Str. 5", "Berliner Str. 5"),
        ("Keizersgracht 123", "Keizersgracht 123"),
        ("Calle Mayor, 12", "Calle Mayor, 12"),
        ("Calle de Alcalá 45, Madrid", "Calle de Alcalá 45"),
        ("Via Giuseppe Verdi 8", "Via Giuseppe Verdi 8"),
        ("Rua Augusta, 1500", "Rua Augusta, 1500"),
        ("ul. Długa 12", "ul. Długa 12"),
        ("Storgatan 5", "Storgatan 5"),
        ("8 Harbor View", "8 Harbor View"),
        ("中山路100号", "中山路100号"),
        ("東京都中央区銀座4丁目5-6", "東京都中央区銀座4丁目5-6"),
        (
            "서울특별시 강남구 테헤란로 123",
            "서울특별시 강남구 테헤란로 123",
        ),
        ("Atatürk Caddesi No: 5", "Atatürk Caddesi No: 5"),
    ] {
        assert_eq!(addresses(value), [want], "in `{value}`");
    }
}

#[test]
fn numbers_beside_other_words() {
    for value in [
        "order 12 of Main products",
        "3 days on the road",
        "version 12 Street Fighter",
        "sent via mail 12 times",
        "Chapter 12",
        "iPhone 12 Pro",
        "room 5",
        "12 Angry Men",
        "see 8 Harbor View",
        "第12号",
        "가격으로 100",
    ] {
        assert_eq!(addresses(value), Vec::<String>::new(), "in `{value}`");
    }
}

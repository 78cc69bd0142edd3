//! Names of persons in text, and capitals that are none.

use detect::{Detector, Entity, Hint, Spans};

fn persons(column: Option<&str>, value: &str) -> Vec<String> {
    let mut spans = Spans::new();
    let hint = column.map(Hint::for_column);
    Detector::new().detect(value.as_bytes(), hint.as_ref(), &mut spans);
    let of_persons = spans.iter().filter(|span| span.entity == Entity::Person);
    let text = |start, end| value.get(start..end).unwrap_or_default().to_owned();
    of_persons.map(|span| text(span.start, span.end)).collect()
}

#[test]
fn names_in_text() {
    for (value, want) in [
        ("Anna Schmidt", "Anna Schmidt"),
        ("ticket of Anna Schmidt, closed", "Anna Schmidt"),
        ("ANNA SCHMIDT", "ANNA SCHMIDT"),
        ("Schmidt, Anna", "Schmidt, Anna"),
        ("Mrs. Blackthorne called", "Blackthorne"),
        ("Herr Müller wartet", "Müller"),
        ("Dear Jennifer, thanks", "Jennifer"),
        ("called John F. Kennedy today", "John F. Kennedy"),
        ("Jürgen von Schmidt", "Jürgen von Schmidt"),
        ("María García López", "María García López"),
        ("佐藤 太郎", "佐藤 太郎"),
        ("姓名：王秀英", "王秀英"),
        ("田中様", "田中"),
        ("김영희", "김영희"),
    ] {
        assert_eq!(persons(None, value), [want], "in `{value}`");
    }
}

#[test]
fn capitals_that_are_no_names() {
    for value in [
        "Hello World",
        "Grace Park",
        "Anna Schmidt GmbH",
        "Martin Luther King Street",
        "New York Times",
        "The Quick Brown Fox",
        "Paris, London",
        "Leather Shoes, Brown",
        "John Smith & Co Ltd",
        "user Anna_Schmidt",
        "Visual Studio Code",
        "人工智能系统",
        "東京都",
        "San Francisco",
    ] {
        assert_eq!(persons(None, value), Vec::<String>::new(), "in `{value}`");
    }
    assert!(persons(Some("product_name"), "Anna Schmidt").is_empty());
}

//! What is read of statements that are neither queries nor changes of rows.

mod shop;

use shop::check;
use sql::facts::{CopyFormat, CopyOptions, ForceQuote, Kind};

#[test]
fn statements_inside_others_count() {
    check(include_str!("cases/statements_inside_others_count.txt"));
}

#[test]
fn copies_read_and_write_by_column() {
    check(include_str!("cases/copies_read_and_write_by_column.txt"));
}

/// The defaults of the text format.
fn text() -> CopyOptions {
    CopyOptions {
        delimiter: b'\t',
        null: b"\\N".to_vec(),
        header: false,
        quote: b'"',
        escape: b'"',
        force_quote: ForceQuote::None,
    }
}

/// The defaults of CSV.
fn csv() -> CopyOptions {
    CopyOptions {
        delimiter: b',',
        null: Vec::new(),
        ..text()
    }
}

fn check_copies(cases: impl IntoIterator<Item = (&'static str, CopyFormat)>) {
    for (statement, format) in cases {
        let facts = shop::facts(statement);
        assert_eq!(facts.kind, Kind::CopyOut(format), "{statement}");
        assert_eq!(facts.unresolved, [], "{statement}");
    }
}

#[test]
fn copy_options_are_filled_in_per_format() {
    check_copies([
        ("copy customers to stdout", CopyFormat::Text(text())),
        (
            "copy customers to stdout (format text)",
            CopyFormat::Text(text()),
        ),
        (
            "copy customers to stdout (header)",
            CopyFormat::Text(CopyOptions {
                header: true,
                ..text()
            }),
        ),
        ("copy customers to stdout csv", CopyFormat::Csv(csv())),
        (
            "copy customers to stdout with (format 'CSV')",
            CopyFormat::Csv(csv()),
        ),
        (
            "copy customers to stdout with csv header delimiter as ';' null as 'NIL' quote '''' escape E'\\\\'",
            CopyFormat::Csv(CopyOptions {
                delimiter: b';',
                null: b"NIL".to_vec(),
                header: true,
                quote: b'\'',
                escape: b'\\',
                force_quote: ForceQuote::None,
            }),
        ),
        (
            "copy customers to stdout (format binary)",
            CopyFormat::Binary,
        ),
        ("copy binary customers to stdout", CopyFormat::Binary),
        ("copy customers to stdout binary", CopyFormat::Binary),
    ]);
}

#[test]
fn forced_quotes_are_read() {
    check_copies([
        (
            "copy customers to stdout (format csv, header off, quote '|', force_quote *, encoding 'UTF-8')",
            CopyFormat::Csv(CopyOptions {
                quote: b'|',
                escape: b'|',
                force_quote: ForceQuote::All,
                ..csv()
            }),
        ),
        (
            "copy customers to stdout (format csv, force_quote (ssn, name), header 'Off')",
            CopyFormat::Csv(CopyOptions {
                force_quote: ForceQuote::Columns(vec!["ssn".to_owned(), "name".to_owned()]),
                ..csv()
            }),
        ),
        (
            "copy customers to stdout csv force quote ssn, name",
            CopyFormat::Csv(CopyOptions {
                force_quote: ForceQuote::Columns(vec!["ssn".to_owned(), "name".to_owned()]),
                ..csv()
            }),
        ),
        (
            "copy customers to stdout csv force quote *",
            CopyFormat::Csv(CopyOptions {
                force_quote: ForceQuote::All,
                ..csv()
            }),
        ),
    ]);
}

#[test]
fn settings_are_named() {
    check(include_str!("cases/settings_are_named.txt"));
}

#[test]
fn transactions_are_told_apart() {
    check(include_str!("cases/transactions_are_told_apart.txt"));
}

#[test]
fn definitions_name_what_they_touch() {
    check(include_str!("cases/definitions_name_what_they_touch.txt"));
}

#[test]
fn alterations_name_what_they_touch() {
    check(include_str!("cases/alterations_name_what_they_touch.txt"));
}

#[test]
fn upkeep_names_its_relations() {
    check(include_str!("cases/upkeep_names_its_relations.txt"));
}

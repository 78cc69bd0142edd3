//! Rows of COPY, split at any byte.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, its helpers too"
)]

use detect::{Detector, Entity};
use mask::copy::{CellMask, CopyFormat, CopyMasker, CopyOptions, ForceQuote, MAX_ROW};
use mask::{
    Findings, Format, MaskError, MaskKey, Masker, Operator, ScanPolicy, Scanner, Shape, Styles,
};
use proptest::prelude::*;
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::new);

fn masked(operator: Operator, shape: &Shape) -> CellMask {
    CellMask::Mask(Masker::new(
        operator,
        shape,
        Format::Text,
        -1,
        &MaskKey::new([7; 32]),
        &Styles::default(),
    ))
}

fn scanned() -> CellMask {
    let (policy, key) = (ScanPolicy::default(), MaskKey::new([7; 32]));
    CellMask::Scan(Scanner::new(
        DETECTOR.clone(),
        &Shape::Text,
        Format::Text,
        None,
        policy,
        &key,
    ))
}

/// Feeds `rows` in pieces of `step` bytes.
fn copy(
    options: &CopyOptions,
    columns: &[CellMask],
    rows: &[u8],
    step: usize,
) -> Result<Vec<u8>, MaskError> {
    let mut masker = CopyMasker::new(options.clone(), columns.to_vec())?;
    let (mut out, mut findings) = (Vec::new(), Findings::new());
    for piece in rows.chunks(step.max(1)) {
        masker.feed(piece, &mut out, &mut findings)?;
    }
    masker.finish(&mut out, &mut findings)?;
    Ok(out)
}

fn check(options: &CopyOptions, columns: &[CellMask], rows: &str, expected: &str) {
    for step in 1..=rows.len() {
        let out = copy(options, columns, rows.as_bytes(), step).expect(rows);
        assert_eq!(
            String::from_utf8(out).expect("UTF-8"),
            expected,
            "in pieces of {step}"
        );
    }
}

#[test]
fn text_rows_are_unescaped_masked_and_escaped() {
    let options = CopyOptions::text();
    let email = masked(Operator::Partial(Some(Entity::EmailAddress)), &Shape::Text);
    check(
        &options,
        &[
            CellMask::Pass,
            email.clone(),
            masked(Operator::Redact, &Shape::Int4),
        ],
        "a\\tb\tada@engines.org\t42\n\\N\t\\N\t\\N\nx\\\\\t\t7\n",
        "a\\tb\ta***@e***.org\t0\n\\N\t\\N\t\\N\nx\\\\\t\t0\n",
    );
    // The masked value holds what has to be escaped: two characters are shown.
    let other = masked(Operator::Partial(None), &Shape::Text);
    check(
        &options,
        std::slice::from_ref(&other),
        "\\\\\\tlong enough\n",
        "\\\\\\t***\n",
    );
    check(&options, &[other, email], "\\.\n", "\\.\n");
}

#[test]
fn an_escaped_delimiter_belongs_to_the_value() {
    let options = CopyOptions {
        delimiter: b'|',
        header: true,
        null: b"\\NULL".to_vec(),
        ..CopyOptions::text()
    };
    check(
        &options,
        &[masked(Operator::Partial(None), &Shape::Text), scanned()],
        "name|note\n\\|\\|abcdef|write to ada@engines.org\n\\NULL|no\\|thing\n",
        "name|note\n\\|\\|***|write to [EMAIL_ADDRESS]\n\\NULL|no\\|thing\n",
    );
}

#[test]
fn csv_rows_are_unquoted_masked_and_quoted() {
    let options = CopyOptions {
        header: true,
        ..CopyOptions::csv()
    };
    check(
        &options,
        &[
            masked(Operator::Partial(None), &Shape::Text),
            scanned(),
            masked(Operator::Null, &Shape::Text),
        ],
        "a,b,c\n\"x,yabcdef\",\"say \"\"ada@engines.org\"\"\nnext line, end\",z\n,\"\",\n",
        "a,b,c\n\"x,***\",\"say \"\"[EMAIL_ADDRESS]\"\"\nnext line, end\",\n,\"\",\n",
    );
}

#[test]
fn csv_quotes_what_would_be_null_or_an_end_and_what_is_forced() {
    let null = CopyOptions {
        null: b"0".to_vec(),
        ..CopyOptions::csv()
    };
    check(
        &null,
        &[masked(Operator::Redact, &Shape::Int4), CellMask::Pass],
        "5,6\n0,0\n",
        "\"0\",6\n0,0\n",
    );
    let forced = CopyOptions {
        force_quote: ForceQuote::Columns(vec![true]),
        ..CopyOptions::csv()
    };
    check(
        &forced,
        &[masked(Operator::Redact, &Shape::Int4)],
        "\"5\"\n\n",
        "\"0\"\n\n",
    );
    let escape = CopyOptions {
        escape: b'\\',
        quote: b'\'',
        ..CopyOptions::csv()
    };
    check(
        &escape,
        &[masked(Operator::Partial(None), &Shape::Text)],
        "'\\'\\\\abcdef\n,'\n",
        "'\\'\\\\***'\n",
    );
}

#[test]
fn rows_that_cannot_be_masked_are_refused_and_not_written() {
    let redact = || masked(Operator::Redact, &Shape::Text);
    let columns = [redact(), CellMask::Pass];
    let text = CopyOptions::text();
    assert_eq!(
        copy(&text, &columns, b"a\n", 9),
        Err(MaskError::ColumnCount {
            expected: 2,
            found: 1
        })
    );
    assert_eq!(
        copy(&text, &columns, b"a\tb\tc\n", 9),
        Err(MaskError::ColumnCount {
            expected: 2,
            found: 3
        })
    );
    assert_eq!(
        copy(&CopyOptions::csv(), &columns, b"\"a,b", 9),
        Err(MaskError::UnfinishedQuote)
    );
    let mut masker = CopyMasker::new(text.clone(), columns.to_vec()).expect("options");
    let (mut out, mut findings) = (Vec::new(), Findings::new());
    assert!(
        masker
            .feed(b"secret\tx\ty\n", &mut out, &mut findings)
            .is_err()
    );
    assert!(out.is_empty());
    let hidden = CopyOptions {
        null: b"111-22-3333".to_vec(),
        ..CopyOptions::text()
    };
    assert_eq!(
        copy(&hidden, &columns, b"", 9),
        Err(MaskError::AmbiguousNull)
    );
    assert_eq!(
        copy(&hidden, &[CellMask::Pass], b"111\n", 9),
        Ok(b"111\n".to_vec())
    );
    let quoted = CopyOptions {
        delimiter: b'"',
        ..CopyOptions::csv()
    };
    assert_eq!(copy(&quoted, &columns, b"", 9), Err(MaskError::CopyOptions));
}

#[test]
fn a_row_without_an_end_is_bounded() {
    let mut masker = CopyMasker::new(
        CopyOptions::text(),
        vec![masked(Operator::Redact, &Shape::Text)],
    )
    .expect("options");
    let (mut out, mut findings) = (Vec::new(), Findings::new());
    let piece = vec![b'x'; MAX_ROW / 4];
    for _ in 0..4 {
        assert_eq!(masker.feed(&piece, &mut out, &mut findings), Ok(()));
    }
    assert_eq!(
        masker.feed(b"x", &mut out, &mut findings),
        Err(MaskError::RowTooLong { limit: MAX_ROW })
    );
    assert!(out.is_empty());
}

/// Writes a row as copyto.c does.
fn written(options: &CopyOptions, cells: &[Option<String>]) -> Vec<u8> {
    let mut row = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            row.push(options.delimiter);
        }
        let Some(cell) = cell else {
            row.extend(&options.null);
            continue;
        };
        let text = match options.format {
            CopyFormat::Text => cell
                .replace('\\', "\\\\")
                .replace('\n', "\\n")
                .replace('\r', "\\r")
                .replace('\t', "\\t")
                .replace('\u{8}', "\\b")
                .replace(
                    '|',
                    if options.delimiter == b'|' {
                        "\\|"
                    } else {
                        "|"
                    },
                ),
            CopyFormat::Csv => {
                let special = cell.is_empty()
                    || cell.contains(['\n', '\r', '"', char::from(options.delimiter)]);
                let alone = cells.len() == 1 && cell == "\\.";
                if special || alone {
                    format!("\"{}\"", cell.replace('"', "\"\""))
                } else {
                    cell.clone()
                }
            }
        };
        row.extend(text.bytes());
    }
    row.push(b'\n');
    row
}

/// Writes rows as COPY does in binary format.
fn written_binary(table: &[Vec<Option<String>>]) -> Vec<u8> {
    let mut rows = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    for cells in table {
        rows.extend(i16::try_from(cells.len()).expect("few").to_be_bytes());
        for cell in cells {
            let length = cell
                .as_ref()
                .map_or(-1, |cell| i32::try_from(cell.len()).expect("short"));
            rows.extend(length.to_be_bytes());
            rows.extend(cell.as_deref().unwrap_or_default().bytes());
        }
    }
    rows.extend((-1_i16).to_be_bytes());
    rows
}

fn copy_binary(columns: &[CellMask], rows: &[u8], step: usize) -> Result<Vec<u8>, MaskError> {
    let mut masker = CopyMasker::binary(columns.to_vec());
    let (mut out, mut findings) = (Vec::new(), Findings::new());
    for piece in rows.chunks(step.max(1)) {
        masker.feed(piece, &mut out, &mut findings)?;
    }
    masker.finish(&mut out, &mut findings)?;
    Ok(out)
}

#[test]
fn binary_data_that_is_not_understood_is_refused() {
    let columns = [masked(Operator::Redact, &Shape::Text)];
    let good = written_binary(&[vec![Some("secret".to_owned())], vec![None]]);
    let expected = written_binary(&[vec![Some("[REDACTED]".to_owned())], vec![None]]);
    assert_eq!(copy_binary(&columns, &good, 99), Ok(expected.clone()));
    // What an extension of the header says is left out, with its flags.
    let mut extended = good.clone();
    extended[14] = 1;
    extended[18] = 3;
    extended.splice(19..19, *b"abc");
    assert_eq!(copy_binary(&columns, &extended, 1), Ok(expected));
    let changed = |at: usize, byte: u8| {
        let mut rows = good.clone();
        rows[at] = byte;
        copy_binary(&columns, &rows, 1)
    };
    assert_eq!(changed(0, b'p'), Err(MaskError::CopyFraming));
    assert_eq!(changed(12, 1), Err(MaskError::CopyFraming), "with OIDs");
    assert_eq!(changed(15, 255), Err(MaskError::CopyFraming), "extension");
    let two = MaskError::ColumnCount {
        expected: 1,
        found: 2,
    };
    assert_eq!(changed(20, 2), Err(two));
    assert_eq!(changed(21, 255), Err(MaskError::CopyFraming), "length");
    assert_eq!(
        copy_binary(&columns, &[&good[..], b"x"].concat(), 99),
        Err(MaskError::CopyFraming)
    );
    for end in 0..good.len() {
        let cut = copy_binary(&columns, &good[..end], 99);
        assert_eq!(cut, Err(MaskError::UnfinishedTuple), "{end}");
    }
}

fn tables() -> impl Strategy<Value = Vec<Vec<Option<String>>>> {
    let cell = prop::option::of("[ab\\\\|,\"\n\r\t\u{8}.N@é]{0,6}");
    (1_usize..4).prop_flat_map(move |width| {
        prop::collection::vec(prop::collection::vec(cell.clone(), width), 0..5)
    })
}

fn all_options() -> impl Strategy<Value = CopyOptions> {
    prop_oneof![
        Just(CopyOptions::text()),
        Just(CopyOptions {
            delimiter: b'|',
            ..CopyOptions::text()
        }),
        Just(CopyOptions::csv()),
        Just(CopyOptions {
            delimiter: b'|',
            header: true,
            ..CopyOptions::csv()
        }),
    ]
}

proptest! {
    #[test]
    fn nothing_to_mask_is_the_identity(table in tables(), options in all_options(), step in 1_usize..40) {
        let rows: Vec<u8> = table.iter().flat_map(|cells| written(&options, cells)).collect();
        let width = table.first().map_or(1, Vec::len);
        prop_assert_eq!(copy(&options, &vec![CellMask::Pass; width], &rows, step), Ok(rows.clone()));
        // A scanner reads every cell, and none holds anything.
        prop_assert_eq!(copy(&options, &vec![scanned(); width], &rows, step), Ok(rows));
    }

    /// A mask that doubles as identity: pseudonyms of marks are the marks, written anew.
    #[test]
    fn masked_cells_are_the_masked_values_written_anew(table in tables(), options in all_options(), step in 1_usize..40) {
        let rows: Vec<u8> = table.iter().flat_map(|cells| written(&options, cells)).collect();
        let width = table.first().map_or(1, Vec::len);
        let operator = Operator::Partial(None);
        let masker = Masker::new(operator, &Shape::Text, Format::Text, -1, &MaskKey::new([7; 32]), &Styles::default());
        let mask = |cell: &String| {
            let mut out = Vec::new();
            match masker.mask(cell.as_bytes(), &mut out) {
                mask::Outcome::Unchanged => cell.clone(),
                mask::Outcome::Masked | mask::Outcome::Fallback => String::from_utf8(out).expect("UTF-8"),
                mask::Outcome::Null | mask::Outcome::FallbackNull => panic!("text has a partial form"),
            }
        };
        let expected: Vec<u8> = table
            .iter()
            .enumerate()
            .flat_map(|(place, cells)| {
                let cells: Vec<Option<String>> = cells.iter().map(|cell| cell.as_ref().map(mask)).collect();
                let passes = options.header && place == 0;
                written(&options, if passes { &table[0] } else { &cells })
            })
            .collect();
        prop_assert_eq!(copy(&options, &vec![CellMask::Mask(masker.clone()); width], &rows, step), Ok(expected));
    }

    #[test]
    fn binary_fields_are_masked_where_they_stand(table in tables(), masks in prop::collection::vec(any::<bool>(), 3), step in 1_usize..40) {
        let width = table.first().map_or(1, Vec::len);
        let columns: Vec<CellMask> = (0..width).map(|column| match masks[column] {
            true => masked(Operator::Redact, &Shape::Text),
            false => CellMask::Pass,
        }).collect();
        let mask = |column: usize, cell: &Option<String>| {
            cell.clone().map(|cell| if masks[column] && !cell.is_empty() { "[REDACTED]".to_owned() } else { cell })
        };
        let expected: Vec<Vec<Option<String>>> = table.iter()
            .map(|cells| cells.iter().enumerate().map(|(column, cell)| mask(column, cell)).collect())
            .collect();
        let rows = written_binary(&table);
        prop_assert_eq!(copy_binary(&columns, &rows, step), Ok(written_binary(&expected)));
        prop_assert_eq!(copy_binary(&vec![scanned(); width], &rows, step), Ok(rows));
    }
}

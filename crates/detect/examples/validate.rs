//! Says of every line `TYPE <tab> column <tab> value` whether all of the value is found as that type.
//!
//! `tests/validators` compares the answers, one line `1` or `0` each, with those of other programs.

use detect::{Detector, Hint, Spans};
use std::io::{BufRead, BufWriter, Write};

/// A value whose check digit is wrong may still be reported where the column is telling, but lower.
const VALID: u8 = 70;

fn main() -> std::io::Result<()> {
    let detector = Detector::new();
    let mut spans = Spans::new();
    let mut output = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut fields = line.splitn(3, '\t');
        let (Some(entity), Some(column), Some(value)) =
            (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        detector.detect(
            value.as_bytes(),
            Some(&Hint::for_column(column)),
            &mut spans,
        );
        let whole = spans.iter().any(|span| {
            let all = span.start == 0 && span.end == value.len();
            all && span.entity.name() == entity && span.score >= VALID
        });
        writeln!(output, "{}", u8::from(whole))?;
    }
    Ok(())
}

//! Text of no known form: a digit for a digit, a letter for a letter of the same case.

use crate::key::{Draw, Prf};
use smallvec::SmallVec;

/// Longer text is cut: its shape would say too much and cost too much.
const MAX_CHARACTERS: usize = 256;
/// Stands for characters that would say too much.
const FILLER: u8 = b'-';

/// Separators that follow each other.
type Run = SmallVec<[u8; 16]>;

/// Appends text of the same shape.
///
/// Single separators between words stay, pairs too (`, `); longer runs and all other characters
/// become `-`.
pub(super) fn write(text: &str, prf: &Prf, out: &mut Vec<u8>) {
    let mut stream = prf.draw(Draw::Shape, text.as_bytes());
    let mut characters = text.chars().take(MAX_CHARACTERS).peekable();
    let mut run = Run::new();
    while let Some(c) = characters.next() {
        let drawn = match c {
            c if c.is_numeric() => stream.digit(),
            c if c.is_uppercase() => stream.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            c if c.is_alphabetic() => stream.pick(b"abcdefghijklmnopqrstuvwxyz"),
            separator => {
                run.push(separator_of(separator));
                if characters.peek().is_none() {
                    flush(&mut run, out);
                }
                continue;
            }
        };
        flush(&mut run, out);
        out.push(drawn);
    }
}

fn separator_of(c: char) -> u8 {
    match c {
        ' ' | '.' | ',' | '-' | '_' | '/' | ':' | '@' | '+' | '(' | ')' => {
            u8::try_from(c).unwrap_or(FILLER)
        }
        _ => FILLER,
    }
}

/// Appends a run of separators; a run of three or more could be the secret itself.
fn flush(run: &mut Run, out: &mut Vec<u8>) {
    let long = run.len() > 2;
    out.extend(
        run.drain(..)
            .map(|separator| if long { FILLER } else { separator }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskKey;

    fn shape_of(text: &str) -> String {
        let mut out = Vec::new();
        write(text, &MaskKey::new([5; 32]).prf(), &mut out);
        let drawn = String::from_utf8(out).expect("text");
        drawn
            .chars()
            .map(|c| match c {
                '0'..='9' => '9',
                'A'..='Z' => 'A',
                'a'..='z' => 'a',
                other => other,
            })
            .collect()
    }

    #[test]
    fn shapes_are_kept_and_long_runs_of_signs_are_not() {
        for (text, shape) in [
            ("B-1234 xY", "A-9999 aA"),
            ("Müller, Zoë", "Aaaaaa, Aaa"),
            ("!@#$%^&*", "--------"),
            ("a...b", "a---a"),
            ("日本", "aa"),
            ("a\tb 😀", "a-a -"),
        ] {
            assert_eq!(shape_of(text), shape, "{text}");
        }
        assert_eq!(shape_of(&"x".repeat(5000)).len(), MAX_CHARACTERS);
    }
}

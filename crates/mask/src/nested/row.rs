//! Rows of composite types: `(1,"a b",)` (`record_out` of PostgreSQL's rowtypes.c); in binary the
//! number of fields, then each after its type and length.

use super::{ReplacePart, counted, quoted, word, write_counted, write_quoted};
use crate::{Format, Outcome};

/// Copies a row of `count` fields with its fields replaced; `None`: not such a row.
pub(crate) fn rewrite(
    (cell, format): (&[u8], Format),
    count: usize,
    out: &mut Vec<u8>,
    replace: &mut ReplacePart<'_>,
) -> Option<Outcome> {
    match format {
        Format::Text => rewrite_text(cell, count, out, replace),
        Format::Binary => rewrite_binary(cell, count, out, replace),
    }
}

fn rewrite_text(
    cell: &[u8],
    count: usize,
    out: &mut Vec<u8>,
    replace: &mut ReplacePart<'_>,
) -> Option<Outcome> {
    let mut rest = cell.strip_prefix(b"(")?;
    let mut outcome = Outcome::Unchanged;
    let mut new = Vec::new();
    for place in 0..count {
        out.push(if place == 0 { b'(' } else { b',' });
        // Nothing at all is NULL; an empty text has quotes.
        if !matches!(rest.first()?, b',' | b')') {
            let value = quoted(&mut rest, b",)")?;
            new.clear();
            let replaced = replace(place, &value, &mut new);
            match replaced {
                Outcome::Unchanged => write_quoted(&value, out),
                Outcome::Masked | Outcome::Fallback => write_quoted(&new, out),
                Outcome::Null | Outcome::FallbackNull => {}
            }
            outcome = outcome.and(replaced);
        }
        let end: &[u8] = if place + 1 == count { b")" } else { b"," };
        rest = rest.strip_prefix(end)?;
    }
    out.push(b')');
    (count > 0 && rest.is_empty()).then_some(outcome)
}

fn rewrite_binary(
    cell: &[u8],
    count: usize,
    out: &mut Vec<u8>,
    replace: &mut ReplacePart<'_>,
) -> Option<Outcome> {
    let mut rest = cell;
    if usize::try_from(word(&mut rest)?).ok()? != count {
        return None;
    }
    out.extend_from_slice(cell.get(..4)?);
    let mut outcome = Outcome::Unchanged;
    let mut new = Vec::new();
    for place in 0..count {
        out.extend_from_slice(&word(&mut rest)?.to_be_bytes());
        new.clear();
        let value = counted(&mut rest)?;
        let replaced = value.map_or(Outcome::Unchanged, |value| replace(place, value, &mut new));
        match (replaced, value) {
            (Outcome::Masked | Outcome::Fallback, _) => write_counted(&new, out)?,
            (Outcome::Unchanged, Some(value)) => write_counted(value, out)?,
            (Outcome::Null | Outcome::FallbackNull, _) | (Outcome::Unchanged, None) => {
                out.extend_from_slice(&(-1_i32).to_be_bytes());
            }
        }
        outcome = outcome.and(replaced);
    }
    rest.is_empty().then_some(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_quoted_anew() {
        let doubled = |cell: &str, count| {
            let mut out = Vec::new();
            rewrite(
                (cell.as_bytes(), Format::Text),
                count,
                &mut out,
                &mut |_, value, out| {
                    out.extend_from_slice(value);
                    out.extend_from_slice(value);
                    Outcome::Masked
                },
            )?;
            Some(String::from_utf8(out).expect("text"))
        };
        for (cell, count, expected) in [
            ("(1,ab,)", 3, Some("(11,abab,)")),
            (r#"("a b","q""\\")"#, 2, Some(r#"("a ba b","q""\\q""\\")"#)),
            (r#"("")"#, 1, Some(r#"("")"#)),
            ("(1)", 2, None),
            ("(1,2)x", 2, None),
            ("(1,2", 2, None),
        ] {
            assert_eq!(doubled(cell, count).as_deref(), expected, "{cell}");
        }
    }
}

//! Characters hidden one by one.

use crate::operator::{Characters, Length, Separators};

/// Appends `text` with its characters hidden; hidden ones may be hidden again.
pub(super) fn write(rule: &Characters, text: &str, out: &mut Vec<u8>) {
    let separator = |c: char| {
        rule.separators == Separators::Keep
            && rule.length == Length::Same
            && !c.is_alphanumeric()
            && c != rule.with
    };
    let places = text.chars().filter(|c| !separator(*c)).count();
    let (first, last) = (usize::from(rule.first), usize::from(rule.last));
    let (first, last) = if first + last <= places / 2 {
        (first, last)
    } else {
        (0, 0)
    };
    let mut place = 0;
    for c in text.chars() {
        if separator(c) {
            push(c, out);
            continue;
        }
        let shown = place < first || place >= places - last;
        match rule.length {
            _ if shown => push(c, out),
            Length::Same => push(rule.with, out),
            Length::Fixed(count) if place == first => {
                (0..count).for_each(|_| push(rule.with, out));
            }
            Length::Fixed(_) => {}
        }
        place += 1;
    }
}

fn push(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(rule: Characters, text: &str) -> String {
        let mut out = Vec::new();
        write(&rule, text, &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn at_most_half_is_shown() {
        let rule = |first, last| Characters {
            first,
            last,
            ..Characters::default()
        };
        let fixed = Characters {
            length: Length::Fixed(5),
            ..rule(1, 1)
        };
        let all = Characters {
            separators: Separators::Hide,
            with: '·',
            ..rule(0, 2)
        };
        for (rule, from, to) in [
            (rule(0, 4), "4111 1111 1111 1111", "**** **** **** 1111"),
            (rule(1, 1), "Zoë Müller", "Z** *****r"),
            (rule(2, 2), "abcdefg", "*******"),
            (rule(0, 0), "a-b", "*-*"),
            (fixed, "secret-value", "s*****e"),
            (all, "12-34", "···34"),
        ] {
            assert_eq!(hidden(rule, from), to);
            assert_eq!(hidden(rule, to), to, "hidden twice");
        }
    }
}

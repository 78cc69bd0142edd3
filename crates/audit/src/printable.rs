//! Text of strangers on a terminal.

use std::borrow::Cow;

/// Makes characters visible that would act on a terminal or deceive a reader: control characters
/// (with ANSI escapes and line ends), bidirectional controls, characters without width, line
/// separators and tags. They come out as Rust escapes, `\n` or `\u{202e}`; all others stay.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match (acts(character), character) {
            (false, _) => out.push(character),
            (true, '\n' | '\r' | '\t') => out.extend(character.escape_default()),
            (true, _) => out.extend(character.escape_unicode()),
        }
    }
    Cow::Owned(out)
}

/// Unicode: general categories Cc and most of Cf, the bidirectional controls of UAX #9, separators.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown() {
        let cases = [
            ("plain text, Ünïcödé 你好 🙂", "plain text, Ünïcödé 你好 🙂"),
            ("C:\\new", "C:\\new"),
            ("\x1b[31mred", "\\u{1b}[31mred"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("user\u{202e}nimda", "user\\u{202e}nimda"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{7f}\0", "\\u{7f}\\u{0}"),
        ];
        for (text, expected) in cases {
            assert_eq!(printable(text), expected);
        }
    }
}

//! What only stands where a secret would: examples, masks, templates.

/// Words that examples are made of, in lower case.
#[rustfmt::skip] // Rows in lines, not one a line.
const WORDS: &[&[u8]] = &[
    b"example", b"xxxx", b"placeholder", b"changeme", b"change_me", b"redacted", b"your_", b"your-",
    b"yourkey", b"yourtoken", b"dummy", b"****", b"....", b"insert_", b"<", b"${", b"{{", b"%(",
    b"$(", b"\xE2\x80\xA2\xE2\x80\xA2", b"\xE2\x80\xA6",
];

/// Values that say that there is none.
#[rustfmt::skip] // Rows in lines, not one a line.
const NOTHING: &[&[u8]] = &[
    b"null", b"none", b"nil", b"true", b"false", b"undefined", b"required", b"invalid", b"expired",
    b"missing", b"empty", b"string", b"n/a", b"hidden", b"masked", b"unset", b"default",
    b"[redacted]",
];

/// Longer values are not searched for words; no placeholder is that long.
const LONGEST: usize = 512;

/// Whether `value` is a template, a mask, an example or a run of neighbours such as `abcdef123456`.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let value = value.get(..LONGEST).unwrap_or(value);
    let holds_word = WORDS.iter().any(|word| contains_ignoring_case(value, word));
    let is_nothing = NOTHING.iter().any(|word| value.eq_ignore_ascii_case(word));
    let environment = value.first() == Some(&b'$')
        && value
            .iter()
            .skip(1)
            .all(|byte| byte.is_ascii_uppercase() || *byte == b'_');
    holds_word || is_nothing || environment || is_sequence(value)
}

fn contains_ignoring_case(value: &[u8], word: &[u8]) -> bool {
    value
        .windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word))
}

/// More than two thirds of the characters repeat or follow the one before; eight or more.
fn is_sequence(value: &[u8]) -> bool {
    let steps = value.iter().zip(value.iter().skip(1));
    let near = steps
        .filter(|(left, right)| right.wrapping_sub(**left) <= 1)
        .count();
    value.len() >= 8 && near * 3 > value.len() * 2
}

/// Shannon entropy in bits per byte.
pub(crate) fn entropy(value: &[u8]) -> f32 {
    let mut counts = [0u16; 256];
    for byte in value {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let total = value.len() as f32;
    let bits = counts.iter().filter(|count| **count > 0).map(|count| {
        let share = f32::from(*count) / total;
        -share * share.log2()
    });
    bits.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_and_secrets() {
        for value in [
            "AKIAIOSFODNN7EXAMPLE",
            "xxxxxxxx",
            "<token>",
            "${DB_PW}",
            "$DB_PW",
            "NULL",
            "****",
            "your-key-here",
            "abcdefgh12345678",
            "aaaaaaaaaaaa",
            "{{ secret }}",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        for value in [
            "hunter2",
            "S3cr3t!pw",
            "Zq8vT1mB4xKc",
            "1234",
            "$ecret",
            "abc123",
        ] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn entropy_in_bits() {
        assert_eq!(entropy(b"aaaa"), 0.0);
        assert_eq!(entropy(b"abab"), 1.0);
        assert_eq!(entropy(b"abcdefgh"), 3.0);
    }
}

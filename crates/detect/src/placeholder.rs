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
    b"[redacted]", b"[filtered]", b"not set", b"not_set", b"unknown", b"pending",
];

/// Longer values are not searched for words; no placeholder is that long.
const LONGEST: usize = 512;

/// Whether `value` is a template, a mask, an example or a run of neighbours such as `abcdef123456`.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let value = value.get(..LONGEST).unwrap_or(value);
    is_sequence(value)
        || is_nothing(value)
        || is_variable(value)
        || is_code(value)
        || holds_word(value)
}

/// Whether it says that there is none.
fn is_nothing(value: &[u8]) -> bool {
    NOTHING.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether it is a variable of the environment (`$API_KEY`).
fn is_variable(value: &[u8]) -> bool {
    let of_name = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_';
    value
        .strip_prefix(b"$")
        .is_some_and(|name| name.iter().all(of_name))
}

/// Whether it is a call in a program (`config.password.as_str(`, the end cut off or not) or a
/// variable of a command shell (`%API_KEY%`).
fn is_code(value: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b':');
    let call = value
        .strip_suffix(b"()")
        .or_else(|| value.strip_suffix(b"("));
    let variable = value
        .strip_prefix(b"%")
        .and_then(|rest| rest.strip_suffix(b"%"));
    call.is_some_and(|name| name.contains(&b'.') && name.iter().all(is_name))
        || variable.is_some_and(|name| {
            let of_name = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_';
            !name.is_empty() && name.iter().all(of_name)
        })
}

/// Whether one of [`WORDS`] is anywhere: at most places none has both bytes that stand there.
fn holds_word(value: &[u8]) -> bool {
    let next = value.iter().skip(1).chain([&0]);
    value
        .iter()
        .zip(next)
        .enumerate()
        .any(|(place, (first, second))| {
            let words = with(&WITH_FIRST, *first) & with(&WITH_SECOND, *second);
            words != 0
                && WORDS
                    .iter()
                    .enumerate()
                    .any(|(number, word)| words >> number & 1 == 1 && stands_at(value, place, word))
        })
}

/// Some of [`WORDS`], a bit each.
type Words = u32;

fn with(table: &[Words; 256], byte: u8) -> Words {
    let words = table.get(usize::from(byte.to_ascii_lowercase()));
    words.copied().unwrap_or_default()
}

fn stands_at(value: &[u8], place: usize, word: &[u8]) -> bool {
    let part = value.get(place..place + word.len());
    part.is_some_and(|part| part.eq_ignore_ascii_case(word))
}

/// The words with each byte as their first.
static WITH_FIRST: [Words; 256] = words_with(0);

/// The words with each byte as their second, and those that have none.
static WITH_SECOND: [Words; 256] = words_with(1);

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time: out of range does not build"
)]
const fn words_with(place: usize) -> [Words; 256] {
    let mut table = [0; 256];
    let mut number = 0;
    while number < WORDS.len() {
        let mut byte = 0;
        while byte < 256 {
            if WORDS[number].len() <= place || WORDS[number][place] as usize == byte {
                table[byte] |= 1 << number;
            }
            byte += 1;
        }
        number += 1;
    }
    table
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
    // Each byte takes its count away, so that it is counted once.
    let bits = value.iter().map(|byte| {
        let count = counts.get_mut(usize::from(*byte)).map(std::mem::take);
        let share = f32::from(count.unwrap_or_default()) / total;
        if share > 0.0 {
            -share * share.log2()
        } else {
            0.0
        }
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
            "config.password.as_str(",
            "getpass.getpass()",
            "%API_KEY%",
            "not set",
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
            "Summer(",
            "%luna%",
            "a.b9(",
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

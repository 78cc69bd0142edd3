//! `numeric` and `money`.

use super::Cell;

/// Sign, digits, number of digits after the point.
pub(super) fn numeric_text(text: &str) -> String {
    let digits = text.trim_start_matches('-');
    assert!(
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.'),
        "{text}"
    );
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(!integer.is_empty());
    let sign = if text.starts_with('-') { "-" } else { "" };
    format!("{sign}{}.{fraction}", integer.trim_start_matches('0'))
}

pub(super) fn numeric_binary(cell: &[u8]) -> String {
    let words: Vec<u16> = cell
        .chunks(2)
        .map(|pair| u16::from_be_bytes(pair.try_into().expect("even")))
        .collect();
    let [count, weight, sign, scale, groups @ ..] = words.as_slice() else {
        panic!("numeric")
    };
    assert_eq!(usize::from(*count), groups.len());
    assert!(
        groups.first() != Some(&0) && groups.last() != Some(&0),
        "{groups:?}"
    );
    let digits: String = groups.iter().map(|group| format!("{group:04}")).collect();
    let point = 4 * (isize::from(weight.cast_signed()) + 1);
    let at = |place: isize| {
        usize::try_from(place)
            .ok()
            .and_then(|place| digits.as_bytes().get(place))
            .map_or('0', |byte| char::from(*byte))
    };
    let integer: String = (0..point.max(0)).map(at).collect();
    let fraction: String = (point..point + isize::try_from(*scale).expect("scale"))
        .map(at)
        .collect();
    let sign = if *sign == 0x4000 { "-" } else { "" };
    format!("{sign}{}.{fraction}", integer.trim_start_matches('0'))
}

pub(crate) fn numeric_cell(negative: bool, integer: &str, fraction: &str) -> Cell {
    let integer = if integer.is_empty() { "0" } else { integer };
    let negative = negative
        && format!("{integer}{fraction}")
            .bytes()
            .any(|digit| digit != b'0');
    let point = if fraction.is_empty() { "" } else { "." };
    let text = format!(
        "{}{integer}{point}{fraction}",
        if negative { "-" } else { "" }
    );
    let mut padded = "0".repeat((4 - integer.len() % 4) % 4) + integer;
    let mut weight = i16::try_from(padded.len() / 4).expect("weight") - 1;
    padded += fraction;
    padded += &"0".repeat((4 - padded.len() % 4) % 4);
    let mut groups: Vec<u16> = padded
        .as_bytes()
        .chunks(4)
        .map(|four| {
            std::str::from_utf8(four)
                .expect("digits")
                .parse()
                .expect("group")
        })
        .collect();
    while groups.first() == Some(&0) {
        groups.remove(0);
        weight -= 1;
    }
    while groups.last() == Some(&0) {
        groups.pop();
    }
    if groups.is_empty() {
        weight = 0;
    }
    let mut binary = u16::try_from(groups.len())
        .expect("count")
        .to_be_bytes()
        .to_vec();
    binary.extend(weight.to_be_bytes());
    binary.extend(if negative { [0x40, 0] } else { [0, 0] });
    binary.extend(u16::try_from(fraction.len()).expect("scale").to_be_bytes());
    groups
        .iter()
        .for_each(|group| binary.extend(group.to_be_bytes()));
    Cell::new(text, binary)
}

/// `$1,234.56` and plain numbers, as in the C locale.
pub(super) fn money_text(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let value: i128 = digits.parse().expect("digits");
    let sign = if text.starts_with('-') { -1 } else { 1 };
    i64::try_from(sign * value).expect("money").to_string()
}

pub(crate) fn money_cell(value: i64) -> Cell {
    let cents = value.unsigned_abs();
    let whole = (cents / 100).to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0 { "-" } else { "" };
    Cell::new(
        format!("{sign}${grouped}.{:02}", cents % 100),
        value.to_be_bytes(),
    )
}

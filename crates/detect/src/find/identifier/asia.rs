//! Identifiers of East Asia.

use super::checks::{date, digit, ends_in, mod_11_2, pair, repeated, three_pairs, weighted};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one word a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::CnResidentId,
        forms: &[form("99999999999999999#", 92), form("999999 99999999 999#", 92), form("999999-99999999-999#", 92)],
        check: chinese,
        chance: 0.00002,
        words: &[
            "residentid", "residentidentity", "residentidentitycard", "cnresidentid", "chineseid",
            "shenfenzheng", "shenfenzhenghao", "sfzh", "sfz", "身份证", "身份证号", "身份证号码",
            "居民身份证", "公民身份号码", "身分證", "证件号码",
        ],
    },
    Unit {
        entity: Entity::CnUscc,
        forms: &[form("##999999##########", 88)],
        check: uscc,
        chance: 0.01,
        words: &[
            "uscc", "cnuscc", "usci", "unifiedsocialcredit", "unifiedsocialcreditcode", "socialcreditcode",
            "统一社会信用代码", "社会信用代码", "统一信用代码", "纳税人识别号",
        ],
    },
    Unit {
        entity: Entity::JpMyNumber,
        forms: &[named("9999 9999 9999"), named("9999-9999-9999"), named("999999999999")],
        check: my_number,
        chance: 0.09,
        words: &[
            "mynumber", "jpmynumber", "mynumbercard", "individualnumber", "kojinbango", "kojinbangou",
            "個人番号", "マイナンバー", "個人識別番号", "マイナンバ",
        ],
    },
    Unit {
        entity: Entity::KrRrn,
        forms: &[form("999999-9999999", 92), named("999999 9999999"), named("9999999999999")],
        check: korean,
        chance: 0.004,
        words: &[
            "rrn", "krrrn", "residentregistration", "residentregistrationnumber", "residentnumber",
            "residentregno", "juminno", "jumin", "juminbeonho", "jumindeungnok", "주민번호",
            "주민등록번호", "주민등록", "외국인등록번호", "alienregistration",
        ],
    },
    Unit {
        entity: Entity::TwId,
        forms: &[form("A999999999", 80), named("AA99999999")],
        check: taiwanese,
        chance: 0.05,
        words: &[
            "twid", "taiwanid", "nationalid", "nationalidnumber", "rocid", "arcnumber", "uinumber",
            "身分證", "身分證字號", "身份證", "身份證字號", "國民身分證", "統一證號", "居留證",
        ],
    },
    Unit {
        entity: Entity::HkHkid,
        forms: &[
            form("A999999(#)", 92), form("A999999 (#)", 92), form("AA999999(#)", 92),
            form("AA999999 (#)", 92), form("A 999999 (#)", 92), form("A 999999(#)", 92), named("A999999#"),
            named("AA999999#"), named("A999999-#"), named("AA999999-#"), named("A999999 #"),
        ],
        check: hkid,
        chance: 0.09,
        words: &[
            "hkid", "hkhkid", "hkidno", "hkidnumber", "hkidcard", "hkic", "hongkongid",
            "hongkongidentity", "hongkongidentitycard", "香港身份證", "香港身份证", "身份證號碼", "身份證",
        ],
    },
];

/// A first pair of GB/T 2260: the provinces, Taiwan, Hong Kong, Macau, and abroad.
fn is_province(tens: u8, units: u8) -> bool {
    let known = |code| matches!(code, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91);
    pair(tens, units).is_some_and(known)
}

/// Chinese resident: province, birthday and a character modulo 11-2 (GB 11643-1999).
fn chinese(value: &[u8]) -> bool {
    let [p1, p2, _, _, _, _, c1, c2, day @ .., _, _, _, _] = value else {
        return false;
    };
    let Some((century, [year, month, day])) = pair(*c1, *c2).zip(three_pairs(day)) else {
        return false;
    };
    let born = date(century * 100 + year, month, day);
    value.len() == 18 && is_province(*p1, *p2) && born && mod_11_2(value)
}

/// Chinese firm: registry and kind, province, the number of the organisation, and a character modulo
/// 31 over all (GB 32100-2015). Where that number is of digits only, its own digit must be right too,
/// for such firms look like any other eighteen digits.
fn uscc(value: &[u8]) -> bool {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let place = |byte: &u8| ALPHABET.iter().zip(0u32..).find(|row| row.0 == byte);
    let Some((last, body)) = value.split_last() else {
        return false;
    };
    // The weights are the powers of 3; the last character makes the sum a multiple.
    let sum = body.iter().try_fold((0, 1), |(sum, weight), byte| {
        Some((sum + place(byte)?.1 * weight, weight * 3 % 31))
    });
    let fits = sum
        .zip(place(last))
        .is_some_and(|((sum, _), (_, last))| (sum + last) % 31 == 0);
    let [registry, kind, p1, p2, _, _, _, _, organisation @ ..] = value else {
        return false;
    };
    let known = matches!(registry, b'1'..=b'9' | b'A' | b'N' | b'Y') && matches!(kind, b'1'..=b'9');
    let telling = organisation.iter().any(u8::is_ascii_uppercase) || is_organisation(organisation);
    value.len() == 18 && fits && known && is_province(*p1, *p2) && telling
}

/// Whether the ninth character is the check of GB 11714 over the eight before it.
fn is_organisation(value: &[u8]) -> bool {
    let sum = value
        .iter()
        .zip([3, 7, 9, 10, 5, 8, 4, 2])
        .map(|(byte, weight)| char::from(*byte).to_digit(36).unwrap_or(0) * weight)
        .sum::<u32>();
    let stated = match value.get(8) {
        Some(b'X') => Some(10),
        other => other.and_then(|byte| digit(*byte)),
    };
    stated == Some((11 - sum % 11) % 11)
}

/// Japanese person: a digit modulo 11, 10 and 11 as 0 (Ordinance 85/2014 of the Ministry of Internal
/// Affairs and Communications, article 5).
fn my_number(value: &[u8]) -> bool {
    let rest = weighted(value, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let expected = if rest < 2 { 0 } else { 11 - rest };
    value.len() == 12 && !repeated(value) && ends_in(value, expected)
}

/// South Korean resident: birthday, century and sex, a digit modulo 11, of foreigners perhaps two more.
/// Those given out since October 2020 have none (Resident Registration Act, enforcement rule 2).
fn korean(value: &[u8]) -> bool {
    let [_, _, _, _, _, _, kind, _, _, _, _, _, _] = value else {
        return false;
    };
    let century = match kind {
        b'9' | b'0' => 1800,
        b'1' | b'2' | b'5' | b'6' => 1900,
        _ => 2000,
    };
    let Some([year, month, day]) = three_pairs(value) else {
        return false;
    };

    let rest = weighted(value, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11;
    let unchecked = (century + year, month) >= (2020, 10);
    date(century + year, month, day)
        && (unchecked
            || ends_in(value, (11 - rest) % 10)
            || matches!(kind, b'5'..=b'8') && ends_in(value, (13 - rest) % 10))
}

/// Taiwanese person or resident: the place as a number, sex or kind, modulo 10 (Ministry of the
/// Interior).
fn taiwanese(value: &[u8]) -> bool {
    // Numbers 10 to 35; the letters I and O, and W to Z, were given theirs later.
    let place = |letter: &u8| {
        b"ABCDEFGHJKLMNPQRSTUVXYWZIO"
            .iter()
            .zip(10u32..)
            .find(|row| row.0 == letter)
    };
    let [letter, kind, rest @ ..] = value else {
        return false;
    };
    let second = match kind {
        b'1' | b'2' | b'8' | b'9' => digit(*kind),
        b'A'..=b'D' => place(kind).map(|(_, number)| number % 10),
        _ => None,
    };
    let Some(((_, first), second)) = place(letter).zip(second) else {
        return false;
    };
    let sum = first / 10 + first % 10 * 9 + second * 8 + weighted(rest, &[7, 6, 5, 4, 3, 2, 1, 1]);
    value.len() == 10 && sum.is_multiple_of(10)
}

/// Hong Kong resident: modulo 11 with the weights 9 to 1, letters from A = 10, a blank (36) where
/// there is one letter only (Immigration Department).
fn hkid(value: &[u8]) -> bool {
    let blank = match value {
        [b'A'..=b'Z', b'0'..=b'9', ..] if value.len() == 8 => 36 * 9,
        [b'A'..=b'Z', b'A'..=b'Z', ..] if value.len() == 9 => 0,
        _ => return false,
    };
    let last = value.last();
    let product = |(byte, weight): (&u8, u32)| char::from(*byte).to_digit(36).unwrap_or(0) * weight;
    let sum: u32 = value.iter().rev().zip(1..).map(product).sum();
    matches!(last, Some(b'0'..=b'9' | b'A')) && (sum + blank).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::super::checks::{Check, assert_tells};
    use super::{chinese, hkid, korean, my_number, taiwanese, uscc};

    /// What passes, and how many of its corruptions in one digit do: those of no check digit, and
    /// where rests share one.
    #[rustfmt::skip] // Rows in lines.
    const RIGHT: &[(Check, &str, usize)] = &[
        (chinese, "11010519491231002X", 0),
        (chinese, "440524188001010014", 0),
        (uscc, "91110000600037341L", 0),
        (uscc, "91350100M000100Y43", 0),
        (my_number, "123456789018", 0),
        (korean, "9710139019902", 0),
        (korean, "2106073875869", 84),
        (taiwanese, "A123456789", 7),
        (taiwanese, "A800000014", 7),
        (hkid, "A1234563", 0),
        (hkid, "G123456A", 0),
        (hkid, "AB9876543", 0),
        (hkid, "L5555550", 0),
    ];

    #[rustfmt::skip] // Rows in lines.
    const WRONG: &[(Check, &str)] = &[
        (chinese, "110105194912310021"),
        (chinese, "11010519491331002X"),
        (uscc, "91350100I000100Y43"),
        (my_number, "000000000000"),
        (korean, "9713139019902"),
        (taiwanese, "A323456789"),
        (hkid, "A123456B"),
        (hkid, "12345678"),
    ];

    #[test]
    fn checks_tell_right_from_wrong() {
        assert_tells(RIGHT, WRONG);
    }
}

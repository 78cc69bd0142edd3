//! Identifiers of the Nordic and the Baltic countries.

use super::checks::{
    all_digits, date, digit, ends_in, luhn, number, pair, three_pairs, two_digit_date, weighted,
};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::SePersonnummer,
        forms: &[
            form("999999-9999", 85), form("999999+9999", 88), named("99999999-9999"),
            form("99999999+9999", 84), named("9999999999"), named("999999999999"),
            named("999999 9999"), named("99999999 9999"),
        ],
        check: swedish,
        chance: 0.007,
        words: &[
            "personnummer", "personnr", "pnr", "svensktpersonnummer", "samordningsnummer",
            "samordningsnr", "persnr", "swedishid", "swedishpersonalnumber",
            "personalidentitynumber", "personalnumber",
        ],
    },
    Unit {
        entity: Entity::NoFodselsnummer,
        forms: &[
            form("999999 99999", 85), form("99999999999", 80), form("999999-99999", 82),
            form("99 99 99 99999", 85),
        ],
        check: norwegian,
        chance: 0.0015,
        words: &[
            "fødselsnummer", "fodselsnummer", "foedselsnummer", "fødselsnr", "fodselsnr", "fnr",
            "fnummer", "dnummer", "dnr", "personnummer", "personnr", "norwegianid",
            "norwegiannationalid", "hnummer", "birthnumber", "nationalidentitynumber",
            "riegádannummir",
        ],
    },
    Unit {
        entity: Entity::DkCpr,
        forms: &[
            named("999999-9999"), named("9999999999"), named("999999 9999"), named("99-99-99-9999"),
        ],
        check: danish,
        chance: 0.035,
        words: &[
            "cpr", "cprnr", "cprnummer", "cprno", "cprnumber", "personnummer", "personnr",
            "centralepersonregister", "danishcpr", "civilregistrationnumber",
        ],
    },
    Unit {
        entity: Entity::FiHetu,
        forms: &[
            form("999999-999#", 90), form("999999+999#", 92), form("999999A999#", 90),
            named("999999999#"),
        ],
        check: finnish,
        chance: 0.0012,
        words: &[
            "hetu", "henkilötunnus", "henkilotunnus", "henkilötunnukset", "sotu",
            "sosiaaliturvatunnus", "henkilönumero", "henkilonumero", "personbeteckning",
            "personalidentitycode", "finnishid", "finnishpersonalidentitycode",
        ],
    },
    Unit {
        entity: Entity::EeIk,
        forms: &[named("99999999999")],
        check: baltic,
        chance: 0.0015,
        words: &[
            "isikukood", "isikukoodi", "isikukoodid", "estonianid", "estonianpersonalcode",
            "isikood", "estonianidcode", "personalcode", "personalidentificationcode",
        ],
    },
    Unit {
        entity: Entity::LtAk,
        forms: &[named("99999999999")],
        check: lithuanian,
        chance: 0.0105,
        words: &[
            "asmenskodas", "asmenskod", "asmenskodo", "asmkodas", "lithuanianid", "personalcode",
            "lithuanianpersonalcode", "personalidentificationcode",
        ],
    },
    Unit {
        entity: Entity::LvPk,
        forms: &[form("999999-99999", 84), named("99999999999")],
        check: latvian,
        chance: 0.002,
        words: &[
            "personaskods", "personaskodu", "personaskoda", "perskods", "latvianid", "personalcode",
            "latvianpersonalcode", "personalidentificationcode",
        ],
    },
];

/// Birthday, day plus 60 for coordination numbers, and a Luhn digit over the last ten
/// (folkbokföringslag 1991:481 § 18).
fn swedish(digits: &[u8]) -> bool {
    let parts = digits.len().checked_sub(10);
    let Some((century, ten)) = parts.and_then(|parts| digits.split_at_checked(parts)) else {
        return false;
    };
    let Some([year, month, day]) = three_pairs(ten) else {
        return false;
    };
    let day = if day > 60 { day - 60 } else { day };
    let dated = match century {
        [] => two_digit_date(year, month, day),
        [first, second] => {
            pair(*first, *second).is_some_and(|century| date(century * 100 + year, month, day))
        }
        _ => false,
    };
    dated && luhn(ten)
}

/// Birthday and two digits modulo 11 (folkeregisterforskriften, chapter 2); D-numbers add 40 to the
/// day, H-numbers 40 and test numbers 80 to the month. The serial tells the century.
fn norwegian(digits: &[u8]) -> bool {
    let Some([day, month, year]) = three_pairs(digits) else {
        return false;
    };
    let day = if day > 40 { day - 40 } else { day };
    let serial = digits.get(6..9).map_or(0, number);
    let century = match (serial, year) {
        (500.., 0..40) => 2000,
        (500..750, 54..) => 1800,
        (500..900, _) => return false,
        _ => 1900,
    };
    let dated = date(century + year, month % 40, day);
    let first = weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11;
    let second = weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11;
    digits.len() == 11 && all_digits(digits) && dated && first + second == 0
}

/// Birthday, with the century by the seventh digit (CPR-kontoret, Personnummeret i CPR); the check
/// digit modulo 11 is no longer kept to since 2007.
fn danish(digits: &[u8]) -> bool {
    let (Some([day, month, year]), Some(seventh)) = (three_pairs(digits), digits.get(6)) else {
        return false;
    };
    let century = match seventh {
        b'0'..=b'3' => 1900,
        b'4' | b'9' if year > 36 => 1900,
        b'5'..=b'8' if year > 57 => 1800,
        _ => 2000,
    };
    digits.len() == 10 && all_digits(digits) && date(century + year, month, day)
}

/// Birthday, the letter of the century (none where it was a sign), a serial from 002, and the rest
/// of the nine digits modulo 31 as a character (valtioneuvoston asetus 128/2010 § 2).
fn finnish(characters: &[u8]) -> bool {
    let (Some([day, month, year]), Some((birthday, tail))) =
        (three_pairs(characters), characters.split_at_checked(6))
    else {
        return false;
    };
    let (century, serial, check) = match tail {
        [serial @ .., check] if serial.len() == 3 => (None, serial, check),
        [letter, serial @ .., check] if serial.len() == 3 => (Some(letter), serial, check),
        _ => return false,
    };
    let dated = match century {
        None => two_digit_date(year, month, day),
        Some(b'A'..=b'F') => date(2000 + year, month, day),
        Some(b'U'..=b'Y') => date(1900 + year, month, day),
        Some(_) => false,
    };
    let rest = (number(birthday) * 1000 + number(serial)) % 31;
    let checks = b"0123456789ABCDEFHJKLMNPRSTUVWXY".iter().zip(0..);
    let right = checks.into_iter().any(|row| row == (check, rest));
    dated && right && all_digits(serial) && number(serial) > 1
}

/// Sex and century, birthday, and a digit modulo 11 with a second set of weights where the first
/// leaves 10 (Estonian standard EVS 585, Lithuanian law on the population register).
fn baltic(digits: &[u8]) -> bool {
    let Some((first, birthday)) = digits.split_first() else {
        return false;
    };
    let century = match first {
        b'1' | b'2' => 1800,
        b'3' | b'4' => 1900,
        b'5' | b'6' => 2000,
        _ => return false,
    };
    let dated =
        three_pairs(birthday).is_some_and(|[year, month, day]| date(century + year, month, day));
    dated && baltic_digit(digits)
}

/// As the Estonian, or 9 and a birthday that is not known.
fn lithuanian(digits: &[u8]) -> bool {
    baltic(digits) || (digits.starts_with(b"9") && baltic_digit(digits))
}

/// Whether the last of eleven digits checks them.
fn baltic_digit(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let again = weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    let expected = if rest == 10 { again % 10 } else { rest };
    digits.len() == 11 && all_digits(digits) && ends_in(digits, expected)
}

/// Birthday with the century after it, or 32 and no birthday since 2017, and a digit modulo 11
/// (Latvian law on the register of natural persons).
pub(super) fn latvian(digits: &[u8]) -> bool {
    let (Some([day, month, year]), Some(seventh)) = (three_pairs(digits), digits.get(6)) else {
        return false;
    };
    let century = digit(*seventh).filter(|century| *century < 3);
    let dated =
        day == 32 || century.is_some_and(|century| date(1800 + century * 100 + year, month, day));
    let sum = 1 + weighted(digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
    digits.len() == 11 && all_digits(digits) && dated && ends_in(digits, sum % 11 % 10)
}

#[cfg(test)]
mod tests {
    use super::super::checks::assert_holds;
    use super::*;

    #[test]
    fn known_numbers_pass_and_errors_do_not() {
        assert_holds(swedish, &["8803200016", "198112289874", "7010632391"]);
        assert_holds(norwegian, &["15108695088"]);
        assert_holds(finnish, &["131052308T", "131052U308T"]);
        assert_holds(baltic, &["36805280109", "33309240064"]);
        assert_holds(latvian, &["16117519997"]);
    }

    #[test]
    fn a_lithuanian_code_may_have_no_birthday() {
        assert!(lithuanian(b"33309240064") && !baltic(b"90000000001"));
        let codes = (0..10).map(|last| format!("9000000012{last}"));
        assert_eq!(codes.filter(|code| lithuanian(code.as_bytes())).count(), 1);
    }

    #[test]
    fn a_danish_number_is_a_date_and_a_serial() {
        assert!(danish(b"2110625629") && danish(b"0707614285"));
        // 29 February was in 2000, not in 1900.
        assert!(danish(b"2902004000") && !danish(b"2902000000"));
        assert!(!danish(b"3113625629") && !danish(b"211062562"));
    }

    #[test]
    fn the_century_of_a_finnish_code_is_a_letter() {
        assert!(!finnish(b"131052G308T") && !finnish(b"131052A001T"));
    }
}

//! Identifiers of Central and Eastern Europe.

use super::checks::{
    all_digits, date, divisible, ends_in, mod_11_10, number, pair, repeated, three_pairs,
    two_digit_date, weighted,
};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::PlPesel,
        forms: &[named("99999999999")],
        check: pesel,
        chance: 0.007,
        words: &["pesel", "nrpesel", "numerpesel", "peselnumber", "peselnr"],
    },
    Unit {
        entity: Entity::PlNip,
        forms: &[
            named("9999999999"), named("999-999-99-99"), named("999-99-99-999"),
            named("999 999 99 99"), named("999 99 99 999"),
        ],
        check: nip,
        chance: 0.09,
        words: &[
            "nip", "nrnip", "numernip", "nipnumber", "nipnr", "identyfikacjipodatkowej", "nipue",
            "numeridentyfikacjipodatkowej",
        ],
    },
    Unit {
        entity: Entity::PlRegon,
        forms: &[
            named("999999999"), named("99999999999999"), named("999 999 999"), named("999-999-999"),
        ],
        check: regon,
        chance: 0.1,
        words: &["regon", "nrregon", "numerregon", "regonnumber", "regonnr"],
    },
    Unit {
        entity: Entity::CzRc,
        forms: &[
            form("999999/9999", 88), named("9999999999"), named("999999/999"), named("999999 9999"),
            named("999999999"),
        ],
        check: birth_number,
        chance: 0.014,
        words: BIRTH_NUMBER,
    },
    Unit {
        entity: Entity::SkRc,
        forms: &[
            form("999999/9999", 84), named("9999999999"), named("999999/999"), named("999999 9999"),
            named("999999999"),
        ],
        check: birth_number,
        chance: 0.014,
        words: BIRTH_NUMBER,
    },
    Unit {
        entity: Entity::RoCnp,
        forms: &[
            named("9999999999999"), form("9 999999 999999", 88), form("9 99 99 99 99 999 9", 90),
        ],
        check: cnp,
        chance: 0.0015,
        words: &[
            "cnp", "codnumericpersonal", "codcnp", "cnpnumber", "personalnumericcode", "nrcnp",
            "numarcnp", "cnpclient",
        ],
    },
    Unit {
        entity: Entity::BgEgn,
        forms: &[named("9999999999"), named("999999 9999"), named("999999-9999")],
        check: egn,
        chance: 0.007,
        words: &[
            "egn", "егн", "egnnumber", "unifiedcivilnumber", "civilnumber",
            "edinengrazhdanskinomer", "uniformcivilnumber",
        ],
    },
    Unit {
        entity: Entity::HuTaj,
        forms: &[named("999999999"), named("999 999 999"), named("999-999-999")],
        check: taj,
        chance: 0.1,
        words: &[
            "taj", "tajszám", "tajszam", "tajnumber", "tajkártya", "tajkartya",
            "társadalombiztosítási", "tarsadalombiztositasi", "tbszám", "tbszam", "tajazonosító",
            "tajazonosito",
        ],
    },
    Unit {
        entity: Entity::HrOib,
        forms: &[named("99999999999")],
        check: |digits| digits.len() == 11 && mod_11_10(digits),
        chance: 0.1,
        words: &[
            "oib", "oibnumber", "oibbroj", "osobniidentifikacijskibroj", "osobniidentifikacijski",
            "identifikacijskibroj", "brojoib",
        ],
    },
    Unit {
        entity: Entity::SiEmso,
        forms: &[named("9999999999999")],
        check: citizen_number,
        chance: 0.0005,
        words: &[
            "emso", "emšo", "emsostevilka", "emšoštevilka", "enotnamaticnastevilka",
            "enotnamatičnaštevilka", "jmbg", "јмбг", "ембг", "embg", "jmb", "umcn", "maticnibroj",
            "matičnibroj", "jedinstvenimaticnibroj", "jedinstvenimatičnibroj",
            "uniquecitizennumber",
        ],
    },
];

/// Both states kept the number of Czechoslovakia and, but for the accents, its name.
const BIRTH_NUMBER: &[&str] = &[
    "rodnecislo",
    "rč",
    "rodnéčíslo",
    "rodnéčislo",
    "rodnečíslo",
    "rodcislo",
    "rodčíslo",
    "rodnec",
    "birthnumber",
    "narodnicislo",
    "rodnecisla",
    "rodnéčísla",
    "rodnehocisla",
    "rodnéhočísla",
];

/// Birthday, with the century in the month, and weights 1, 3, 7, 9 modulo 10 (ustawa o ewidencji
/// ludności, art. 15).
fn pesel(digits: &[u8]) -> bool {
    let Some([year, month, day]) = three_pairs(digits) else {
        return false;
    };
    let century = match month {
        0..20 => 1900,
        20..40 => 2000,
        80..100 => 1800,
        _ => return false,
    };
    date(century + year, month % 20, day)
        && divisible(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1], 10)
}

/// Weights 6, 5, 7, 2 … 7 modulo 11, where 10 is not given out (Polish Ministry of Finance).
pub(super) fn nip(digits: &[u8]) -> bool {
    // 10 is -1 modulo 11.
    divisible(digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7, 10], 11)
}

/// Weights modulo 11, where 10 is written 0; units of a firm have fourteen digits, the nine of the
/// firm before (Statistics Poland, rozporządzenie on the REGON register).
fn regon(digits: &[u8]) -> bool {
    let Some((firm, unit)) = digits.split_at_checked(9) else {
        return false;
    };
    let of_firm = weighted(firm, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10;
    let of_unit = weighted(digits, &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11 % 10;
    let unit_right = unit.is_empty() || (unit.len() == 5 && ends_in(digits, of_unit));
    all_digits(digits) && !repeated(firm) && ends_in(firm, of_firm) && unit_right
}

/// Birthday, with 50 more in the month for women and, since 2004, 20 more where a day's numbers are
/// used up, and divisible by 11 since 1954; until 1985 a rest of 10 was written 0 (zákon 133/2000 Sb.
/// § 13). Nine digits are of births from 1880 to 1953.
pub(super) fn birth_number(digits: &[u8]) -> bool {
    let Some([year, month, day]) = three_pairs(digits) else {
        return false;
    };
    let month = month % 50;
    let month = if month > 20 { month - 20 } else { month };
    let century = match (digits.len(), year) {
        (10, ..54) => 2000,
        (9, 80..) => 1800,
        _ => 1900,
    };
    let right = match digits.split_at_checked(9) {
        Some((_, [])) => !(54..80).contains(&year),
        Some((body, [_])) => ends_in_rest(body, digits),
        _ => false,
    };
    right && all_digits(digits) && date(century + year, month, day)
}

/// Whether the last digit is the rest of the ones before modulo 11, 0 for 10.
fn ends_in_rest(body: &[u8], digits: &[u8]) -> bool {
    let rest = number(body) % 11 % 10;
    u32::try_from(rest).is_ok_and(|rest| ends_in(digits, rest))
}

/// Sex and century, birthday, county and weights 279146358279 modulo 11, where 10 is written 1
/// (Ordonanța de urgență 97/2005).
fn cnp(digits: &[u8]) -> bool {
    let [sex, birthday @ .., c1, c2, _, _, _, _] = digits else {
        return false;
    };
    let Some([year, month, day]) = three_pairs(birthday) else {
        return false;
    };
    let dated = match sex {
        b'1' | b'2' => date(1900 + year, month, day),
        b'3' | b'4' => date(1800 + year, month, day),
        b'5' | b'6' => date(2000 + year, month, day),
        b'7'..=b'9' => two_digit_date(year, month, day),
        _ => false,
    };
    let county =
        pair(*c1, *c2).is_some_and(|county| matches!(county, 1..=48 | 51 | 52 | 70 | 80..=83));
    let rest = weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    let expected = if rest == 10 { 1 } else { rest };
    digits.len() == 13 && all_digits(digits) && dated && county && ends_in(digits, expected)
}

/// Birthday, with the century in the month, and powers of two modulo 11, where 10 is written 0
/// (Bulgarian law on civil registration, GRAO).
pub(super) fn egn(digits: &[u8]) -> bool {
    let Some([year, month, day]) = three_pairs(digits) else {
        return false;
    };
    let (century, month) = match month {
        0..=20 => (1900, month),
        21..=40 => (1800, month - 20),
        _ => (2000, month - 40),
    };
    let rest = weighted(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11;
    let given = digits.len() == 10 && all_digits(digits);
    given && date(century + year, month, day) && ends_in(digits, rest % 10)
}

/// Weights 3 and 7 in turn, modulo 10 (Hungarian law XX of 1996, annex).
fn taj(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[3, 7, 3, 7, 3, 7, 3, 7]);
    digits.len() == 9 && all_digits(digits) && !repeated(digits) && ends_in(digits, sum % 10)
}

/// Birthday with three digits of the year, region and weights 7 to 2 modulo 11 (Yugoslav law of
/// 1976 on the matični broj, kept by its successors).
fn citizen_number(digits: &[u8]) -> bool {
    let [d1, d2, m1, m2, y1, y2, y3, ..] = digits else {
        return false;
    };
    let (Some(day), Some(month)) = (pair(*d1, *d2), pair(*m1, *m2)) else {
        return false;
    };
    let year = weighted(&[*y1, *y2, *y3], &[100, 10, 1]);
    let year = if year < 800 { 2000 + year } else { 1000 + year };
    date(year, month, day) && divisible(digits, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11)
}

#[cfg(test)]
mod tests {
    use super::super::checks::assert_holds;
    use super::*;

    #[test]
    fn known_numbers_pass_and_errors_do_not() {
        let oib = |digits: &[u8]| digits.len() == 11 && mod_11_10(digits);
        assert_holds(pesel, &["44051401359", "02270803624"]);
        assert_holds(nip, &["8567346215", "5260001246"]);
        assert_holds(regon, &["192598184", "123456785", "12345678512347"]);
        assert_holds(birth_number, &["7103192745"]);
        assert_holds(cnp, &["1630615123457", "1800101221144"]);
        assert_holds(egn, &["7523169263", "8032056031"]);
        assert_holds(taj, &["123456788"]);
        assert_holds(oib, &["33392005961"]);
        assert_holds(citizen_number, &["0101006500006"]);
    }

    #[test]
    fn birth_numbers_before_1954_have_no_check_digit() {
        assert!(birth_number(b"530101123") && birth_number(b"995101123"));
        assert!(!birth_number(b"540101123") && !birth_number(b"531301123"));
    }
}

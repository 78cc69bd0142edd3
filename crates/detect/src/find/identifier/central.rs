//! Identifiers of Germany, Austria and Switzerland.

use super::checks::{
    all_digits, digit, divisible, ends_in, mod_11_10, pair, repeated, three_pairs, two_digit_date,
    weighted,
};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::DeTaxId,
        forms: &[
            named("99999999999"), form("99 999 999 999", 82), named("99-999-999-999"),
            named("99/999/999/999"), named("99.999.999.999"),
        ],
        check: tax_id,
        chance: 0.0035,
        words: &[
            "steuerid", "steuerident", "steueridnr", "steueridentnr", "steueridentnummer",
            "steueridentifikationsnummer", "steuerlicheidentifikationsnummer",
            "identifikationsnummer", "idnr", "idnummer", "steuernummer", "steuernr", "tin", "taxid",
            "taxidentificationnumber", "germantaxid", "tinnr",
        ],
    },
    Unit {
        entity: Entity::DeIdCard,
        forms: &[named("A########"), named("A########9"), named("A######## 9")],
        check: id_card,
        chance: 0.05,
        words: &[
            "personalausweis", "personalausweisnummer", "personalausweisnr", "ausweisnummer",
            "ausweisnr", "ausweis", "persoausweis", "perso", "npa", "reisepass", "reisepassnummer",
            "reisepassnr", "passnummer", "identitycard", "identitycardnumber", "idcard",
            "idcardnumber",
        ],
    },
    Unit {
        entity: Entity::DeSvnr,
        forms: &[
            form("99 999999 A 999", 90), form("99999999A999", 82), form("99 999999 A 99 9", 90),
            form("99-999999-A-999", 90), form("99 99 99 99 A 999", 90), form("99/999999/A/999", 90),
        ],
        check: pension,
        chance: 0.0037,
        words: &[
            "svnr", "svnummer", "sozialversicherungsnummer", "sozialversicherungsnr",
            "sozialversicherung", "rentenversicherungsnummer", "rentenversicherungsnr",
            "rentenversicherung", "rvnr", "rvnummer", "rentenversnr", "vsnr", "versicherungsnummer",
            "sozversnr", "socialinsurancenumber",
        ],
    },
    Unit {
        entity: Entity::AtSvnr,
        forms: &[
            named("9999999999"), named("9999 999999"), named("9999-999999"), named("9999/999999"),
            named("999 9 999999"),
        ],
        check: austrian,
        chance: 0.004,
        words: &[
            "svnr", "svnummer", "sozialversicherungsnummer", "sozialversicherungsnr",
            "sozialversicherung", "versicherungsnummer", "ecardnummer", "sozversnr",
            "socialinsurancenumber",
        ],
    },
    Unit {
        entity: Entity::ChAhv,
        forms: &[
            form("756.9999.9999.99", 94), form("756 9999 9999 99", 92),
            form("756-9999-9999-99", 92), form("7569999999999", 82),
        ],
        check: ahv,
        chance: 0.1,
        words: &[
            "ahv", "ahvnummer", "ahvnr", "ahvn13", "ahvn", "nnss", "navs", "navs13", "numéroavs",
            "numeroavs", "numeroavs13", "avs", "avsnr", "svnr", "sozialversicherungsnummer",
            "noavs", "socialinsurancenumber",
        ],
    },
];

/// ISO/IEC 7064 MOD 11,10; of the first ten digits one is there two or three times, not three in a
/// row, and no other twice (BZSt, Steueridentifikationsnummer, § 139b AO); 0 begins test numbers.
fn tax_id(digits: &[u8]) -> bool {
    let Some((body, [_])) = digits.split_at_checked(10) else {
        return false;
    };
    let counts = (b'0'..=b'9').map(|digit| body.iter().filter(|byte| **byte == digit).count());
    let mut several = counts.filter(|count| *count > 1);
    let repeats = matches!((several.next(), several.next()), (Some(2 | 3), None));
    let in_a_row = body.windows(3).any(repeated);
    repeats && !in_a_row && !body.starts_with(b"0") && mod_11_10(digits)
}

/// Serials of identity cards and passports use the letters that spell no words (PAuswV, annex);
/// the tenth character, if it is written, has the weights 7, 3, 1 of ICAO 9303.
fn id_card(characters: &[u8]) -> bool {
    let Some((serial, check)) = characters.split_at_checked(9) else {
        return false;
    };
    let value = |byte: &u8| match byte {
        b'C' | b'F'..=b'H' | b'J'..=b'N' | b'P' | b'R' | b'T' | b'V'..=b'Z' | b'0'..=b'9' => {
            char::from(*byte).to_digit(36)
        }
        _ => None,
    };
    let weights = [7, 3, 1].into_iter().cycle();
    let sum = serial
        .iter()
        .zip(weights)
        .try_fold(0, |sum, (byte, weight)| Some(sum + value(byte)? * weight));
    let lettered = serial.first().is_some_and(u8::is_ascii_alphabetic);
    let numbered = serial.iter().any(u8::is_ascii_digit);
    let right = sum.is_some_and(|sum: u32| check.is_empty() || ends_in(check, sum % 10));
    lettered && numbered && check.len() < 2 && right
}

/// Area, birthday, letter of the name and serial; cross sums of the products with 2, 1, 2, 5, 7 …
/// (VKVV § 2 and § 4). A birthday that is not known has zeros.
fn pension(characters: &[u8]) -> bool {
    let [area @ .., letter @ b'A'..=b'Z', s1, s2, check] = characters else {
        return false;
    };
    let [a1, a2, birthday @ ..] = area else {
        return false;
    };
    let Some([day, month, _]) = three_pairs(birthday) else {
        return false;
    };
    let place = letter - b'A' + 1;
    let tail = [b'0' + place / 10, b'0' + place % 10, *s1, *s2];
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let products = area.iter().chain(&tail).zip(weights);
    let sum: u32 = products
        .map(|(byte, weight)| weight * digit(*byte).unwrap_or(0))
        .map(|product| product / 10 + product % 10)
        .sum();
    let area_in_use = pair(*a1, *a2).is_some_and(|area| (2..=89).contains(&area));
    let dated = birthday.len() == 6 && day <= 31 && month <= 12;
    area_in_use && dated && digit(*check) == Some(sum % 10)
}

/// The fourth digit checks the serial and the birthday, modulo 11 (ASVG § 31, SV-Nummer); months 13
/// to 15 are for days whose serials are used up.
fn austrian(digits: &[u8]) -> bool {
    let Some((&[first, _, _, check], birthday)) = digits.split_first_chunk::<4>() else {
        return false;
    };
    let Some([day, month, year]) = three_pairs(birthday) else {
        return false;
    };
    let month_in_use = matches!(month, 13..=15) && (1..=31).contains(&day);
    let dated = month_in_use || two_digit_date(year, month, day);
    let sum = weighted(digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
    let given = digits.len() == 10 && all_digits(digits) && first != b'0';
    given && dated && digit(check) == Some(sum % 11)
}

/// The check digit of EAN-13 after the country number 756 (Central Compensation Office, NAVS13).
fn ahv(digits: &[u8]) -> bool {
    let weights = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1];
    digits.starts_with(b"756") && divisible(digits, &weights, 10)
}

#[cfg(test)]
mod tests {
    use super::super::checks::assert_holds;
    use super::*;

    #[test]
    fn known_numbers_pass_and_errors_do_not() {
        assert_holds(tax_id, &["36574261809", "86095742719"]);
        assert_holds(id_card, &["T220001293", "C01X00T478"]);
        assert_holds(pension, &["15070649C103"]);
        assert_holds(austrian, &["1237010180"]);
        assert_holds(ahv, &["7569217076985"]);
    }

    #[test]
    fn a_tax_number_repeats_one_digit_but_not_in_a_row() {
        for wrong in ["02476291358", "11123456781", "12345678903"] {
            assert!(!tax_id(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn serials_of_cards_spell_no_words() {
        assert!(id_card(b"L01X00T47") && id_card(b"C01X00T47"));
        for wrong in ["A01X00T47", "LKFZRTXYZ", "L01X00T4", "L01X00T4712"] {
            assert!(!id_card(wrong.as_bytes()), "{wrong}");
        }
    }
}

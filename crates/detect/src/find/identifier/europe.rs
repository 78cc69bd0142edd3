//! Identifiers of the United Kingdom, Ireland, France, Belgium and the Netherlands.

use super::checks::{
    LATEST_YEAR, all_digits, divisible, luhn, number, pair, repeated, three_pairs, weighted,
};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::UkNino,
        forms: &[
            form("AA 99 99 99 A", 92), form("AA-99-99-99-A", 92), form("AA 999999 A", 90),
            form("AA999999A", 82), form("AA 999999A", 82), form("AA999999 A", 82),
        ],
        check: nino,
        chance: 0.085,
        words: &[
            "nino", "ninumber", "nin", "nationalinsurance", "nationalinsurancenumber",
            "nationalinsuranceno", "natinsno", "natins", "ninonumber",
        ],
    },
    Unit {
        entity: Entity::UkNhs,
        forms: &[named("9999999999"), named("999 999 9999"), named("999-999-9999")],
        check: |digits| divisible(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 11),
        chance: 0.09,
        words: &[
            "nhs", "patientnhs", "nhsnumber", "nhsno", "nhsnum", "nhsid", "nationalhealthservice", "nhsnr",
            "nationalhealthservicenumber", "nationalhealthnumber", "healthservicenumber",
            "chinumber", "hscnumber",
        ],
    },
    Unit {
        entity: Entity::UkUtr,
        forms: &[
            named("9999999999"), named("99999 99999"), named("9999999999A"), named("99999 99999A"),
        ],
        check: utr,
        chance: 0.1,
        words: &[
            "utr", "utrnumber", "utrno", "uniquetaxpayerreference", "taxpayerreference",
            "taxreference", "uniquetaxreference", "taxref",
        ],
    },
    Unit {
        entity: Entity::IePps,
        forms: &[
            named("9999999A"), form("9999999AA", 80), named("9999999 A"), named("9999999 AA"),
            named("9999999-A"), named("9999999-AA"),
        ],
        check: pps,
        chance: 0.04,
        words: &[
            "pps", "ppsn", "ppsno", "ppsnumber", "personalpublicservice",
            "personalpublicservicenumber", "rsinumber", "uimhirpsp",
        ],
    },
    Unit {
        entity: Entity::FrNir,
        forms: &[
            form("9 99 99 9# 999 999 99", 92), form("999999#99999999", 80),
            form("999999#999999 99", 86), form("9-99-99-9#-999-999-99", 92),
            form("9.99.99.9#.999.999.99", 92), form("9 99 99 9# 999 999/99", 92),
            form("9 99 99 9# 999 999 - 99", 92),
        ],
        check: nir,
        chance: 0.002,
        words: &[
            "nir", "numnir", "numeronir", "numéronir", "securitesociale", "sécuritésociale",
            "numsecu", "numerosecuritesociale", "numérosécuritésociale", "numerodesecuritesociale",
            "numerosecu", "numsecuritesociale", "nosecu", "nosecuritesociale", "nss", "numeross",
            "secu", "sécu", "insee", "numinsee", "numeroinsee", "inseenumber", "cartevitale",
            "frenchssn",
        ],
    },
    Unit {
        entity: Entity::FrSiren,
        forms: &[
            named("999999999"), named("999 999 999"), named("999.999.999"), named("999-999-999"),
        ],
        check: siren,
        chance: 0.1,
        words: &[
            "siren", "numsiren", "numerosiren", "numérosiren", "sirennumber", "nosiren",
            "codesiren", "rcs",
        ],
    },
    Unit {
        entity: Entity::FrSiret,
        forms: &[
            named("99999999999999"), form("999 999 999 99999", 82), named("999999999 99999"),
            named("999.999.999.99999"), named("999-999-999-99999"),
        ],
        check: siret,
        chance: 0.01,
        words: &[
            "siret", "numsiret", "numerosiret", "numérosiret", "siretnumber", "nosiret",
            "codesiret",
        ],
    },
    Unit {
        entity: Entity::NlBsn,
        forms: &[
            named("999999999"), named("99999999"), named("9999.99.999"), named("9999 99 999"),
            named("999.999.999"), named("999 999 999"), named("999-999-999"), named("9999-99-999"),
        ],
        check: bsn,
        chance: 0.09,
        words: &[
            "bsn", "bsnnummer", "bsnnr", "burgerservicenummer", "burgerservicenr", "sofinummer",
            "sofinr", "sofi", "citizenservicenumber", "bsnnumber", "rsin",
        ],
    },
    Unit {
        entity: Entity::BeNn,
        forms: &[
            form("99.99.99-999.99", 94), named("99999999999"), form("999999-999-99", 85),
            form("999999 999 99", 82), form("99 99 99 999 99", 84), form("99.99.99.999.99", 88),
            form("99.99.99 999.99", 90), form("99-99-99-999-99", 84), form("999999-999.99", 88),
        ],
        check: belgian,
        chance: 0.0055,
        words: &[
            "rijksregister", "rijksregisternummer", "rijksregisternr", "rrn", "rrnr", "insz",
            "insznummer", "niss", "numeroniss", "registrenational", "numeronational",
            "numéronational", "nationaalnummer", "numeroregistrenational", "numéroregistrenational",
            "numeroderegistrenational", "nationalnumber", "nationalregisternumber", "bisnummer",
            "nationalregisternummer", "belgiannationalnumber",
        ],
    },
];

/// Prefix and suffix of a national insurance number (HMRC, manual NIM39110); the rest is a serial.
fn nino(characters: &[u8]) -> bool {
    let [first, second, serial @ .., suffix] = characters else {
        return false;
    };
    let never = |letter: &u8| b"DFIQUV".contains(letter);
    let spared = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"];
    let prefix = !never(first) && !never(second) && *second != b'O';
    let given = prefix && !spared.contains(&&[*first, *second]);
    given && serial.len() == 6 && all_digits(serial) && (b'A'..=b'D').contains(suffix)
}

/// The first digit of a taxpayer reference checks the other nine, modulo 11 (HMRC); `K` may follow.
fn utr(characters: &[u8]) -> bool {
    let digits = characters.strip_suffix(b"K").unwrap_or(characters);
    let Some((first, body)) = digits.split_first() else {
        return false;
    };
    let rest = weighted(body, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    let expected = b"21987654321".iter().zip(0..).find(|(_, at)| *at == rest);
    let given = digits.len() == 10 && all_digits(digits) && !repeated(digits);
    given && expected.is_some_and(|(expected, _)| expected == first)
}

/// The letter after seven digits checks them and the letter after it, modulo 23 (Irish Revenue,
/// Social Welfare Consolidation Act 2005 s. 262).
pub(super) fn pps(characters: &[u8]) -> bool {
    let Some((digits, letters)) = characters.split_at_checked(7) else {
        return false;
    };
    let (check, second) = match letters {
        [check] => (check, 0),
        // Of wives and of others before 2013, which are not checked.
        [check, b'W' | b'T' | b'X'] => (check, 0),
        // Since 2013 of persons, since 2024 also of persons, and of firms.
        [check, second @ (b'A' | b'B' | b'H')] => (check, u32::from(second - b'A') + 1),
        _ => return false,
    };
    let rest = (weighted(digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
    let expected = b"WABCDEFGHIJKLMNOPQRSTUV".iter().zip(0..);
    let right = expected.into_iter().any(|row| row == (check, rest));
    right && all_digits(digits) && !repeated(digits)
}

/// The key is 97 less the rest of the 13 digits; Corsica's 2A and 2B count as 19 and 18 (INSEE,
/// décret 82-103). The first digit is 7 or 8 where the number is provisional; 3 and 4, of persons from
/// abroad while they are being registered, are left out: they begin American Express cards of the same
/// length. Months over 19 stand for births whose month is not known.
fn nir(characters: &[u8]) -> bool {
    let [sex, y1, y2, m1, m2, d1, d2, serial @ .., k1, k2] = characters else {
        return false;
    };
    let corsica = match (d1, d2) {
        (b'2', b'A') => 1_000_000,
        (b'2', b'B') => 2_000_000,
        _ if d2.is_ascii_digit() => 0,
        _ => return false,
    };
    let (Some(_), Some(month), Some(key)) = (pair(*y1, *y2), pair(*m1, *m2), pair(*k1, *k2)) else {
        return false;
    };
    let digits = characters
        .split_at_checked(13)
        .map(|(digits, _)| number(digits));
    let rest = digits
        .and_then(|digits| digits.checked_sub(corsica))
        .map(|digits| digits % 97);
    let person = matches!(sex, b'1' | b'2' | b'7' | b'8') && matches!(month, 1..=12 | 20..=42);
    let placed = d1.is_ascii_digit() && [*d1, *d2] != *b"00";
    let complete = serial.len() == 6 && all_digits(serial);
    person && placed && complete && rest == 97u64.checked_sub(u64::from(key))
}

/// Luhn over nine digits (INSEE, Sirene).
pub(super) fn siren(digits: &[u8]) -> bool {
    digits.len() == 9 && luhn(digits) && !repeated(digits)
}

/// Luhn over all fourteen digits as over the SIREN before; establishments of La Poste, but for its
/// head office, have a multiple of five as the sum of their digits instead (INSEE, Sirene).
fn siret(digits: &[u8]) -> bool {
    let Some((firm, establishment)) = digits.split_at_checked(9) else {
        return false;
    };
    let branch_of_post = firm == b"356000000" && establishment != b"00048";
    let right = match branch_of_post {
        true => weighted(digits, &[1; 14]).is_multiple_of(5),
        false => luhn(digits),
    };
    establishment.len() == 5 && all_digits(establishment) && siren(firm) && right
}

/// The elfproef with -1 for the last digit (Besluit burgerservicenummer); a leading zero may lack.
pub(super) fn bsn(digits: &[u8]) -> bool {
    divisible(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 10], 11)
        || divisible(digits, &[8, 7, 6, 5, 4, 3, 2, 10], 11)
}

/// The key is 97 less the rest of the nine digits, with a 2 before them for births since 2000
/// (royal decree of 3 April 1984); BIS numbers add 20 or 40 to the month. An unknown day or month is
/// 0, and where its serials are used up, the day is counted on past the end of the month (FPS
/// Interior, register number instructions IT000).
fn belgian(digits: &[u8]) -> bool {
    let (Some([year, month, _]), Some((body, key))) =
        (three_pairs(digits), digits.split_at_checked(9))
    else {
        return false;
    };
    let dated = month < 60 && month % 20 <= 12;
    let (body, key) = (number(body), number(key));
    let fits = |person: u64| key == 97 - person % 97;
    let given = digits.len() == 11 && all_digits(digits) && !body.is_multiple_of(1000);
    let of_this_century = year <= LATEST_YEAR && fits(2_000_000_000 + body);
    given && dated && (fits(body) || of_this_century)
}

#[cfg(test)]
mod tests {
    use super::super::checks::assert_holds;
    use super::*;

    #[test]
    fn known_numbers_pass_and_errors_do_not() {
        let nhs = |digits: &[u8]| divisible(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 11);
        assert_holds(nhs, &["9434765870", "4010232137"]);
        assert_holds(utr, &["1955839661", "1955839661K"]);
        assert_holds(pps, &["6433435F", "6433435OA", "6433435FT", "6433435FW"]);
        assert_holds(nir, &["295109912611193", "253072B07300470"]);
        assert_holds(siren, &["552008443", "732829320"]);
        assert_holds(siret, &["73282932000074"]);
        assert_holds(bsn, &["111222333", "11122237"]);
        assert_holds(belgian, &["85073003328", "17073003384"]);
    }

    #[test]
    fn belgian_days_are_counted_on_and_births_are_no_later_than_the_calendar() {
        assert!(belgian(b"49043937792"));
        assert!(!belgian(b"68070827521"));
    }

    #[test]
    fn second_letters_of_irish_numbers_are_those_given_out() {
        assert!(pps(b"6433435IH") && !pps(b"1795715EI"));
    }

    #[test]
    fn national_insurance_has_prefixes_and_suffixes_that_are_given_out() {
        assert!(nino(b"AB123456C") && nino(b"JG103759A"));
        for wrong in [
            "BG123456A",
            "AO123456A",
            "AB123456E",
            "QQ123456A",
            "AB12345A",
            "AB123456",
        ] {
            assert!(!nino(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn la_poste_has_its_own_sum() {
        assert!(siret(b"35600000000048") && siret(b"35600000049837"));
        assert!(!siret(b"35600000049838") && !siret(b"35600000097218"));
    }
}

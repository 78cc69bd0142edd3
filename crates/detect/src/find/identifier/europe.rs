//! Identifiers of Western Europe: the United Kingdom and Ireland, the German and the French
//! speaking countries and the Netherlands.

use super::checks::{
    all_digits, digit, divisible, ends_in, luhn, mod_11_10, number, pair, repeated, three_pairs,
    two_digit_date, weighted,
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
            "nhs", "nhsnumber", "nhsno", "nhsnum", "nhsid", "nationalhealthservice", "nhsnr",
            "nationalhealthservicenumber", "nationalhealthnumber", "healthservicenumber", "chinumber",
            "hscnumber",
        ],
    },
    Unit {
        entity: Entity::UkUtr,
        forms: &[named("9999999999"), named("99999 99999"), named("9999999999A"), named("99999 99999A")],
        check: utr,
        chance: 0.1,
        words: &[
            "utr", "utrnumber", "utrno", "uniquetaxpayerreference", "taxpayerreference", "taxreference",
            "uniquetaxreference", "taxref",
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
            "pps", "ppsn", "ppsno", "ppsnumber", "personalpublicservice", "personalpublicservicenumber",
            "rsinumber", "uimhirpsp", "psp",
        ],
    },
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
            "steueridentifikationsnummer", "steuerlicheidentifikationsnummer", "identifikationsnummer",
            "idnr", "idnummer", "steuernummer", "steuernr", "tin", "taxid", "taxidentificationnumber",
            "germantaxid", "tinnr",
        ],
    },
    Unit {
        entity: Entity::DeIdCard,
        forms: &[named("AXXXXXXXX"), named("AXXXXXXXX9"), named("AXXXXXXXX 9")],
        check: id_card,
        chance: 0.05,
        words: &[
            "personalausweis", "personalausweisnummer", "personalausweisnr", "ausweisnummer",
            "ausweisnr", "ausweis", "persoausweis", "perso", "npa", "reisepass", "reisepassnummer",
            "reisepassnr", "passnummer", "identitycard", "identitycardnumber", "idcard", "idcardnumber",
        ],
    },
    Unit {
        entity: Entity::DeSvnr,
        forms: &[
            form("99 999999 A 999", 90), form("99999999A999", 82), form("99 999999 A 99 9", 90),
            form("99-999999-A-999", 90), form("99 99 99 99 A 999", 90), form("99/999999/A/999", 90),
        ],
        check: pension,
        chance: 0.003,
        words: &[
            "svnr", "svnummer", "sozialversicherungsnummer", "sozialversicherungsnr", "sozialversicherung",
            "rentenversicherungsnummer", "rentenversicherungsnr", "rentenversicherung", "rvnr", "rvnummer",
            "rentenversnr", "vsnr", "versicherungsnummer", "sozversnr", "socialinsurancenumber",
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
            "svnr", "svnummer", "sozialversicherungsnummer", "sozialversicherungsnr", "sozialversicherung",
            "versicherungsnummer", "ecardnummer", "sozversnr", "socialinsurancenumber",
        ],
    },
    Unit {
        entity: Entity::ChAhv,
        forms: &[
            form("756.9999.9999.99", 94), form("756 9999 9999 99", 92), form("756-9999-9999-99", 92),
            form("7569999999999", 82),
        ],
        check: ahv,
        chance: 0.1,
        words: &[
            "ahv", "ahvnummer", "ahvnr", "ahvn13", "ahvn", "nnss", "navs", "navs13", "numéroavs",
            "numeroavs", "numeroavs13", "avs", "avsnr", "svnr", "sozialversicherungsnummer", "noavs",
            "socialinsurancenumber",
        ],
    },
    Unit {
        entity: Entity::FrNir,
        forms: &[
            form("9 99 99 9X 999 999 99", 92),
            form("999999X99999999", 80), form("999999X999999 99", 86), form("9-99-99-9X-999-999-99", 92),
            form("9.99.99.9X.999.999.99", 92), form("9 99 99 9X 999 999/99", 92),
            form("9 99 99 9X 999 999 - 99", 92),
        ],
        check: nir,
        chance: 0.002,
        words: &[
            "nir", "numnir", "numeronir", "numéronir", "securitesociale", "sécuritésociale", "numsecu",
            "numerosecuritesociale", "numérosécuritésociale", "numerodesecuritesociale", "numerosecu",
            "numsecuritesociale", "nosecu", "nosecuritesociale", "nss", "numeross", "secu", "sécu", "insee",
            "numinsee", "numeroinsee", "inseenumber", "cartevitale", "frenchssn",
        ],
    },
    Unit {
        entity: Entity::FrSiren,
        forms: &[named("999999999"), named("999 999 999"), named("999.999.999"), named("999-999-999")],
        check: siren,
        chance: 0.1,
        words: &["siren", "numsiren", "numerosiren", "numérosiren", "sirennumber", "nosiren", "codesiren", "rcs"],
    },
    Unit {
        entity: Entity::FrSiret,
        forms: &[
            named("99999999999999"), form("999 999 999 99999", 82), named("999999999 99999"),
            named("999.999.999.99999"), named("999-999-999-99999"),
        ],
        check: siret,
        chance: 0.01,
        words: &["siret", "numsiret", "numerosiret", "numérosiret", "siretnumber", "nosiret", "codesiret"],
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
            "bsn", "bsnnummer", "bsnnr", "burgerservicenummer", "burgerservicenr", "sofinummer", "sofinr",
            "sofi", "citizenservicenumber", "bsnnumber", "rsin",
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
        chance: 0.0025,
        words: &[
            "rijksregister", "rijksregisternummer", "rijksregisternr", "rrn", "rrnr", "insz", "insznummer",
            "niss", "numeroniss", "registrenational", "numeronational", "numéronational", "nationaalnummer",
            "numeroregistrenational", "numéroregistrenational", "numeroderegistrenational", "nationalnumber",
            "nationalregisternumber", "bisnummer", "nationalregisternummer", "belgiannationalnumber",
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
        [check, b'W' | b'T' | b'X'] => (check, 0),
        [check, second @ b'A'..=b'I'] => (check, u32::from(second - b'A') + 1),
        _ => return false,
    };
    let rest = (weighted(digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
    let expected = b"WABCDEFGHIJKLMNOPQRSTUV".iter().zip(0..);
    let right = expected.into_iter().any(|row| row == (check, rest));
    right && all_digits(digits) && !repeated(digits)
}

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

/// The key is 97 less the rest of the 13 digits; Corsica's 2A and 2B count as 19 and 18 (INSEE,
/// décret 82-103). Months over 19 stand for births whose month is not known.
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
    let person = matches!(sex, b'1'..=b'4' | b'7' | b'8') && matches!(month, 1..=12 | 20..=42);
    let placed = d1.is_ascii_digit() && [*d1, *d2] != *b"00";
    let complete = serial.len() == 6 && all_digits(serial);
    person && placed && complete && rest == Some(97 - u64::from(key).min(97))
}

/// Luhn over nine digits (INSEE, Sirene).
pub(super) fn siren(digits: &[u8]) -> bool {
    digits.len() == 9 && luhn(digits) && !repeated(digits)
}

/// Luhn over all fourteen digits as over the SIREN before; establishments of La Poste may have a
/// multiple of five as the sum of their digits instead (INSEE, Sirene).
fn siret(digits: &[u8]) -> bool {
    let Some((firm, establishment)) = digits.split_at_checked(9) else {
        return false;
    };
    let post = firm == b"356000000" && weighted(digits, &[1; 14]).is_multiple_of(5);
    let given = establishment.len() == 5 && all_digits(establishment) && siren(firm);
    given && (post || luhn(digits))
}

/// The elfproef with -1 for the last digit (Besluit burgerservicenummer); a leading zero may lack.
pub(super) fn bsn(digits: &[u8]) -> bool {
    divisible(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 10], 11)
        || divisible(digits, &[8, 7, 6, 5, 4, 3, 2, 10], 11)
}

/// The key is 97 less the rest of the nine digits, with a 2 before them for births since 2000 (royal
/// decree of 3 April 1984); BIS numbers add 20 or 40 to the month, unknown days and months are 0.
fn belgian(digits: &[u8]) -> bool {
    let (Some([_, month, day]), Some((body, key))) =
        (three_pairs(digits), digits.split_at_checked(9))
    else {
        return false;
    };
    let dated = month < 60 && month % 20 <= 12 && day <= 31;
    let (body, key) = (number(body), number(key));
    let fits = |person: u64| key == 97 - person % 97;
    let given = digits.len() == 11 && all_digits(digits) && !body.is_multiple_of(1000);
    given && dated && (fits(body) || fits(2_000_000_000 + body))
}

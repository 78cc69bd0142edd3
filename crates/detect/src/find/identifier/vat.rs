//! VAT numbers with their prefix: the member states (directive 2006/112/EC art. 215; structures and
//! check digits as the Commission's VIES applies them), Northern Ireland, Great Britain,
//! Switzerland.

use super::checks::{
    all_digits, digit, divisible, ends_in, luhn, mod_11_10, mod_97, number, repeated, weighted,
};
use super::{Unit, eastern, europe, form, named, nordic, south};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one a line.
pub(super) const UNITS: &[Unit] = &[Unit {
    entity: Entity::EuVat,
    forms: &[
        // By length of what follows the prefix; the check looks at the prefix.
        named("AA999999"), named("AA9999999"), form("AA99999999", 80), form("AA999999999", 82),
        form("AA9999999999", 84), form("AA##999999999", 86), form("AA999999999999", 86),
        form("AA 99999999", 80), form("AA 999999999", 82), form("AA 9999999999", 84),
        form("AA 99999999999", 86), form("AA 999999999999", 86), form("AA ##999999999", 86),
        named("AA-99999999"), named("AA-999999999"), named("AA-9999999999"),
        named("AA-99999999999"),
        // In groups.
        form("AA 999 999 999", 84), form("AA999 999 999", 84), form("AA999.999.999", 84),
        form("AA 9999.999.999", 90), form("AA9999.999.999", 90), form("AA 9999 999 999", 88),
        form("AA9999 999 999", 86), form("AA 999.999.999", 86), form("AA 99 99 99 99", 82),
        form("AA99 99 99 99", 82), form("AA 999-999-99-99", 88), form("AA999-999-99-99", 88),
        form("AA 999 999 99 99", 88), form("AA 999 9999 99", 88), form("AA999 9999 99", 88),
        form("AA 99 999 9999", 82), form("AA## 999 999 999", 90), form("AA ## 999 999 999", 90),
        form("AA## 999999999", 88), form("AA 99999999-9", 82), form("AA 9999999-9", 82),
        form("AA 999999-9999 01", 92), form("AA999999-999901", 92), form("AA 999999999901", 90),
        // With letters: Austria and Spain, Cyprus, Spain and Ireland, the Netherlands, Switzerland.
        form("AAA99999999", 84), form("AAA 99999999", 84), form("AA A99999999", 86), form("AA A9999999A", 88), form("AAA 999 99 999", 88),
        form("AA99999999A", 86), form("AA 99999999A", 86), form("AAA9999999A", 88),
        form("AA9999999A", 84), form("AA 9999999A", 84), form("AA9999999AA", 88),
        form("AA 9999999AA", 88), form("AA9A99999A", 88), form("AA 9A99999A", 88),
        form("AA999999999A99", 92), form("AA 999999999A99", 92), form("AA999999999.A.99", 92),
        form("AA9999.99.999.A99", 93), form("AA 9999.99.999.A99", 93),
        form("AA 9999 99 999 A99", 93), form("AAA999999999", 84), form("AAA-999.999.999", 92),
        form("AAA 999.999.999", 92), form("AAA-999.999.999 AAA", 94),
        form("AAA-999.999.999 AAAA", 94), form("AAA999999999AAA", 92), form("AAA999999999AAAA", 92),
        form("AAA-999999999", 88), form("AAA999.999.999", 90),
    ],
    check: vat,
    chance: 0.003,
    words: &[
        "vat", "vatid", "vatnumber", "vatno", "vatnr", "vatnum", "vatin", "vatreg", "vatregno",
        "vatregistration", "vatregistrationnumber", "vatregistrationno", "vatcode", "vatidnumber",
        "vatidentification", "vatidentificationnumber", "euvat", "euvatid", "euvatnumber", "taxid",
        "ustid", "ustidnr", "ustidnummer", "umsatzsteuerid", "umsatzsteuernummer",
        "umsatzsteueridnr", "atunummer", "uidnummer", "uidnr", "mwst", "mwstnr", "mwstnummer",
        "tva", "numtva", "numerotva", "numérotva", "notva", "tvaintra", "intracommunautaire",
        "tvaintracommunautaire", "numerodetva", "codtva", "iva", "partitaiva", "piva", "nifiva",
        "nifintracomunitario", "numeroiva", "btw", "btwnummer", "btwnr", "btwid", "btwidnummer",
        "moms", "momsnummer", "momsnr", "momsregnr", "momsregistreringsnummer", "vatnummer",
        "senummer", "cvr", "cvrnr", "cvrnummer", "alv", "alvnumero", "alvtunnus", "alvnro", "dič",
        "dic", "dičdph", "dicdph", "ičdph", "icdph", "vatue", "nipue", "nipeu", "kmkr",
        "kmkrnumber", "kmkrnr", "pvn", "pvnnumurs", "pvnregnr", "pvm", "pvmkodas",
        "pvmmokėtojokodas", "pvmmoketojokodas", "adószám", "adoszam", "közösségiadószám",
        "kozossegiadoszam", "euadószám", "euadoszam", "pdvid", "pdvidbroj", "idddv", "idzaddv",
        "ddv", "davčnaštevilka", "davcnastevilka", "afm", "αφμ", "φπα", "ддсномер", "ддс",
        "ddsnomer", "cif", "codfiscal", "codulfiscal",
    ],
}];

fn vat(characters: &[u8]) -> bool {
    let Some((prefix, body)) = characters.split_first_chunk::<2>() else {
        return false;
    };
    let right = match prefix {
        b"BG" | b"CZ" | b"HR" | b"HU" | b"PL" | b"RO" | b"SI" | b"SK" => east(prefix, body),
        b"DK" | b"EE" | b"FI" | b"LT" | b"LV" | b"SE" => north(prefix, body),
        b"CY" | b"EL" | b"ES" | b"GR" | b"IT" | b"MT" | b"PT" => mediterranean(prefix, body),
        b"NL" => dutch(characters, body),
        _ => west(prefix, body),
    };
    right && !repeated(body)
}

fn west(prefix: &[u8; 2], body: &[u8]) -> bool {
    match prefix {
        b"AT" => austrian(body),
        b"BE" => belgian(body),
        b"CH" => swiss(body),
        b"DE" => body.len() == 9 && !body.starts_with(b"0") && mod_11_10(body),
        b"FR" => french(body),
        b"GB" | b"XI" => british(body),
        b"IE" => irish(body),
        b"LU" => luxembourgish(body),
        _ => false,
    }
}

fn north(prefix: &[u8; 2], body: &[u8]) -> bool {
    match prefix {
        b"DK" => !body.starts_with(b"0") && divisible(body, &[2, 7, 6, 5, 4, 3, 2, 1], 11),
        b"EE" => divisible(body, &[3, 7, 1, 3, 7, 1, 3, 7, 1], 10),
        b"FI" => divisible(body, &[7, 9, 10, 5, 8, 4, 2, 1], 11),
        b"LT" => lithuanian(body),
        b"LV" => latvian(body),
        b"SE" => swedish(body),
        _ => false,
    }
}

fn mediterranean(prefix: &[u8; 2], body: &[u8]) -> bool {
    match prefix {
        b"CY" => cypriot(body),
        // Greece writes EL; GR is a mistake that is common.
        b"EL" | b"GR" => greek(body),
        b"ES" => south::nif(body) || south::nie(body) || south::cif(body),
        b"IT" => south::partita_iva(body),
        b"MT" => !body.starts_with(b"0") && divisible(body, &[3, 4, 6, 7, 8, 9, 10, 1], 37),
        b"PT" => south::contributor(body),
        _ => false,
    }
}

fn east(prefix: &[u8; 2], body: &[u8]) -> bool {
    match prefix {
        b"BG" => bulgarian(body),
        b"CZ" => czech(body),
        b"HR" => body.len() == 11 && mod_11_10(body),
        b"HU" => divisible(body, &[9, 7, 3, 1, 9, 7, 3, 1], 10),
        b"PL" => eastern::nip(body),
        b"RO" => romanian(body),
        b"SI" => slovene(body),
        b"SK" => slovak(body),
        _ => false,
    }
}

/// `U` and eight digits; cross sums of the products with 1, 2 … and 4, modulo 10.
fn austrian(body: &[u8]) -> bool {
    let Some(digits) = body.strip_prefix(b"U") else {
        return false;
    };
    let crossed = |byte: &u8| digit(*byte).map_or(0, |digit| digit * 2 / 10 + digit * 2 % 10);
    let doubled: u32 = digits.iter().skip(1).step_by(2).take(3).map(crossed).sum();
    let sum = weighted(digits, &[1, 0, 1, 0, 1, 0, 1]) + doubled + 4;
    digits.len() == 8 && all_digits(digits) && ends_in(digits, (10 - sum % 10) % 10)
}

/// The last two digits are 97 less the rest; older numbers lack the zero in front.
fn belgian(body: &[u8]) -> bool {
    let enterprise = number(body);
    let current = body.len() == 10 && matches!(body, [b'0' | b'1', ..]);
    let right = enterprise % 100 == 97 - enterprise / 100 % 97;
    all_digits(body) && right && (current || body.len() == 9)
}

/// `E`, the nine digits of the UID (CHE-123.456.788), and the tax in one of the languages or
/// nothing.
fn swiss(body: &[u8]) -> bool {
    let Some((digits, tax)) = body
        .strip_prefix(b"E")
        .and_then(|body| body.split_at_checked(9))
    else {
        return false;
    };
    let suffix = matches!(tax, b"" | b"MWST" | b"TVA" | b"IVA" | b"VAT");
    suffix && divisible(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 1], 11)
}

/// A key of two digits, the SIREN with 12 after it modulo 97, or with letters, modulo 11. Numbers
/// of Monaco begin with 000 and have no SIREN.
fn french(body: &[u8]) -> bool {
    let Some(([first, second], siren)) = body.split_first_chunk::<2>() else {
        return false;
    };
    let firm = europe::siren(siren)
        || (siren.len() == 9 && all_digits(siren) && siren.starts_with(b"000"));
    let place = |key: &u8| {
        let alphabet = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ".iter().zip(0u64..);
        alphabet
            .into_iter()
            .find_map(|(letter, place)| (letter == key).then_some(place))
    };
    let (Some(one), Some(two)) = (place(first), place(second)) else {
        return false;
    };
    let number = number(siren);
    let key = match (one < 10, two < 10) {
        (true, true) => return firm && (number * 100 + 12) % 97 == one * 10 + two,
        (true, false) => (one * 24 + two).saturating_sub(10),
        (false, _) => (one * 34 + two).saturating_sub(100),
    };
    firm && (number + 1 + key / 11) % 11 == key % 11
}

/// Weights 8 to 2, less the last two digits modulo 97, since 2010 also with 55 more; branches add
/// three digits.
fn british(body: &[u8]) -> bool {
    let Some((trader, branch)) = body.split_at_checked(9) else {
        return false;
    };
    let rest = weighted(trader, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    let right = matches!(rest, 0 | 42 | 55) && number(trader) > 0;
    right && all_digits(body) && matches!(branch.len(), 0 | 3)
}

/// As the number of a person, or in the old form with a letter as the second character.
fn irish(body: &[u8]) -> bool {
    match *body {
        [first, b'A'..=b'Z', a, b, c, d, e, check] => {
            europe::pps(&[b'0', a, b, c, d, e, first, check])
        }
        _ => europe::pps(body),
    }
}

/// The last two digits are the rest of the first six modulo 89.
fn luxembourgish(body: &[u8]) -> bool {
    let number = number(body);
    body.len() == 8 && all_digits(body) && number / 100 % 89 == number % 100
}

/// Nine digits as a citizen's number, or since 2020 the whole by ISO/IEC 7064 MOD 97-10; `B` and
/// two digits follow.
fn dutch(characters: &[u8], body: &[u8]) -> bool {
    let Some((digits, [b'B', suffix @ ..])) = body.split_at_checked(9) else {
        return false;
    };
    let complete = all_digits(digits) && suffix.len() == 2 && all_digits(suffix);
    complete && suffix != b"00" && (europe::bsn(digits) || mod_97(characters) == 1)
}

/// Nine digits of a firm, twelve of others, with 1 before the check digit.
fn lithuanian(body: &[u8]) -> bool {
    let rest = weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8]);
    let again = weighted(body, &[3, 4, 5, 6, 7, 8, 9, 1]);
    let (rest, again) = match body.len() {
        9 => (rest, again),
        12 => (
            weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2]),
            weighted(body, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]),
        ),
        _ => return false,
    };
    let expected = if rest % 11 == 10 { again } else { rest };
    let marked = matches!(body, [.., b'1', _]);
    all_digits(body) && marked && ends_in(body, expected % 11 % 10)
}

/// Firms begin with a digit over 3 and leave 3; others have the code of a person.
fn latvian(body: &[u8]) -> bool {
    let rest = weighted(body, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11;
    let firm = matches!(body, [b'4'..=b'9', ..]) && body.len() == 11 && all_digits(body);
    (firm && rest == 3) || nordic::latvian(body)
}

/// Ten digits with a Luhn digit and the number of the registration, mostly 01.
fn swedish(body: &[u8]) -> bool {
    body.split_at_checked(10).is_some_and(|(holder, count)| {
        luhn(holder) && count.len() == 2 && all_digits(count) && count != b"00"
    })
}

/// Eight digits, those in odd places by a table, and the letter of the sum modulo 26.
fn cypriot(body: &[u8]) -> bool {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let [digits @ .., letter] = body else {
        return false;
    };
    let tabled = digits.iter().step_by(2).filter_map(|byte| {
        let place = usize::from(byte.checked_sub(b'0')?);
        ODD.get(place)
    });
    let sum = tabled.sum::<u32>() + weighted(digits, &[0, 1, 0, 1, 0, 1, 0, 1]);
    let given = digits.len() == 8 && all_digits(digits) && !digits.starts_with(b"12");
    given && u32::from(*letter) == u32::from(b'A') + sum % 26
}

/// Powers of two modulo 11, where 10 is written 0.
fn greek(body: &[u8]) -> bool {
    let rest = weighted(body, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11;
    body.len() == 9 && all_digits(body) && ends_in(body, rest % 10)
}

/// Nine digits of a firm, with a second set of weights; ten of a citizen, a foreigner or others.
fn bulgarian(body: &[u8]) -> bool {
    let rest = weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
    let again = weighted(body, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11;
    let expected = if rest == 10 { again % 10 } else { rest };
    let firm = body.len() == 9 && all_digits(body) && ends_in(body, expected);
    let foreigner = weighted(body, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
    let person = body.len() == 10 && all_digits(body) && ends_in(body, foreigner);
    firm || person || eastern::egn(body) || divisible(body, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11)
}

/// Eight digits of a firm; nine that begin with 6, or the birth number, of a person.
fn czech(body: &[u8]) -> bool {
    let rest = weighted(body, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    let of_firm = if rest == 0 { 1 } else { (11 - rest) % 10 };
    let of_person = (weighted(body, &[0, 8, 7, 6, 5, 4, 3, 2]) % 11 + 8) % 10;
    match (body.len(), body.first()) {
        (8, first) => all_digits(body) && first != Some(&b'9') && ends_in(body, of_firm),
        (9, Some(b'6')) => all_digits(body) && ends_in(body, of_person),
        _ => eastern::birth_number(body),
    }
}

/// Up to ten digits; weights from the end, ten times the sum modulo 11, where 10 is written 0.
/// Shorter ones than six digits are too common to be told.
fn romanian(body: &[u8]) -> bool {
    let backwards = body.iter().rev().skip(1).filter_map(|byte| digit(*byte));
    let weights = [2, 3, 5, 7, 1, 2, 3, 5, 7];
    let sum: u32 = backwards
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let given = (6..=10).contains(&body.len()) && all_digits(body) && !body.starts_with(b"0");
    given && ends_in(body, sum * 10 % 11 % 10)
}

/// Weights 8 to 2 modulo 11; 10 is written 0, 11 is not given out.
fn slovene(body: &[u8]) -> bool {
    let rest = weighted(body, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    let given = body.len() == 8 && all_digits(body) && !body.starts_with(b"0");
    given && rest > 0 && ends_in(body, (11 - rest) % 10)
}

/// Ten digits divisible by 11; the third tells the kind; of a person, the birth number.
fn slovak(body: &[u8]) -> bool {
    let kind = matches!(body, [b'1'..=b'9', _, b'2' | b'3' | b'4' | b'7'..=b'9', ..]);
    let firm = all_digits(body) && kind && number(body).is_multiple_of(11);
    body.len() == 10 && (firm || eastern::birth_number(body))
}

#[cfg(test)]
mod tests {
    use super::super::checks::assert_holds;
    use super::*;

    #[rustfmt::skip] // Rows in lines, not one a line.
    const RIGHT: &[&str] = &[
        "ATU13585627", "BE0428759497", "BE428759497", "BG175074752", "CY10259033P",
        "CZ25123891", "CZ640903926", "DE136695976", "DK13585628", "EE100931558",
        "EL094259216", "GR023456780", "ESB58378431", "ESX5253868R", "ES54362315K",
        "FI20774740", "FR40303265045", "FR23334175221", "FRK7399859412", "GB980780684",
        "XI110305878", "HR33392005961", "HU12892312", "IE6433435F", "IE6433435OA",
        "IE8D79739I", "IT00743110157", "LT119511515", "LT100001919017", "LU15027442",
        "LV40003521600", "MT11679112", "NL004495445B01", "NL002455799B11", "NL123456789B13",
        "PL8567346215", "PT501964843", "RO18547290", "SE123456789701", "SI50223054",
        "SK2022749619", "SK9080087380", "CHE107787577", "CHE107787577MWST",
    ];

    #[test]
    fn a_number_of_every_state_passes() {
        for right in RIGHT {
            assert!(vat(right.as_bytes()), "{right}");
        }
    }

    #[test]
    fn errors_do_not() {
        // Their last two digits are free.
        let free = |value: &str| value.starts_with("SE") || value.starts_with("NL");
        for right in RIGHT.iter().filter(|value| !free(value)) {
            assert_holds(vat, &[right]);
        }
    }

    #[test]
    fn the_prefix_decides() {
        for wrong in [
            "US136695976",
            "DE",
            "D",
            "",
            "DE000000000",
            "NL004495445B00",
        ] {
            assert!(!vat(wrong.as_bytes()), "{wrong}");
        }
        assert!(!vat(b"CHE107787577XYZ"));
    }
}

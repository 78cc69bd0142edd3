//! Identifiers of Southern Europe: Spain, Portugal, Italy, Greece and Turkey.

use super::checks::{
    all_digits, digit, ends_in, luhn, number, repeated, three_pairs, two_digit_date, weighted,
};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::EsNif,
        forms: &[
            form("99999999A", 82), form("99999999-A", 88), form("99.999.999-A", 92),
            form("99.999.999A", 90), form("99999999 A", 82), form("99 999 999 A", 86),
            form("99 999 999-A", 88), named("A9999999A"), named("A-9999999-A"),
        ],
        check: nif,
        chance: 0.04,
        words: &[
            "nif", "dni", "dninif", "nifdni", "numerodni", "númerodni", "numerodedni",
            "númerodedni", "numdni", "numeronif", "númeronif", "numnif", "nifnumber", "dninumber",
            "documentonacional", "documentonacionaldeidentidad", "documentoidentidad",
            "documentodeidentidad", "identificacionfiscal", "identificaciónfiscal",
            "numeroidentificacionfiscal", "númeroidentificaciónfiscal",
        ],
    },
    Unit {
        entity: Entity::EsNie,
        forms: &[
            form("A9999999A", 85), form("A-9999999-A", 92), form("A9999999-A", 90),
            form("A-9999999A", 90), form("A 9999999 A", 88),
        ],
        check: nie,
        chance: 0.0045,
        words: &[
            "nie", "nienif", "dninie", "niedni", "numeronie", "númeronie", "numerodenie", "numnie",
            "nienumber", "identidaddeextranjero", "identidadextranjero", "tarjetaextranjero",
            "numeroidentidadextranjero", "númeroidentidadextranjero", "foreigneridentitynumber",
        ],
    },
    Unit {
        entity: Entity::EsCif,
        forms: &[
            named("A99999999"), form("A9999999A", 80), named("A-99999999"), form("A-9999999-A", 84),
            named("A-9999999A"), named("A-9999999-9"), named("A9999999-9"), named("A 99999999"),
        ],
        check: cif,
        chance: 0.06,
        words: &[
            "cif", "nif", "numerocif", "númerocif", "codigocif", "códigocif", "cifempresa",
            "nifempresa", "cifnif", "nifcif", "cifnumber", "codigoidentificacionfiscal",
            "códigoidentificaciónfiscal", "identificacionfiscal", "identificaciónfiscal",
        ],
    },
    Unit {
        entity: Entity::PtNif,
        forms: &[
            named("999999999"), named("999 999 999"), named("999.999.999"), named("999-999-999"),
        ],
        check: contributor,
        chance: 0.1,
        words: &[
            "nif", "nipc", "contribuinte", "numerocontribuinte", "númerocontribuinte",
            "nrcontribuinte", "numerodecontribuinte", "númerodecontribuinte", "ncontribuinte",
            "numerofiscal", "númerofiscal", "identificacaofiscal", "identificaçãofiscal",
            "numeroidentificacaofiscal", "numcontribuinte", "númeroidentificaçãofiscal",
            "nifnumber", "nifnipc",
        ],
    },
    Unit {
        entity: Entity::ItFiscalCode,
        forms: &[form("AAAAAA##A##A###A", 94)],
        check: fiscal_code,
        chance: 0.001,
        words: &[
            "codicefiscale", "codfiscale", "codfisc", "cfisc", "codicefisc", "codfis", "fiscalcode",
            "italianfiscalcode", "cfiscale",
        ],
    },
    Unit {
        entity: Entity::ItPiva,
        forms: &[named("99999999999")],
        check: partita_iva,
        chance: 0.01,
        words: &[
            "piva", "partitaiva", "pivanumber", "numeropartitaiva", "codicefiscale", "codfiscale",
            "numeroiva", "codiceiva", "partiva", "pariva",
        ],
    },
    Unit {
        entity: Entity::GrAmka,
        forms: &[named("99999999999"), named("999999 99999"), named("999999-99999")],
        check: amka,
        chance: 0.0037,
        words: &[
            "amka", "αμκα", "amkanumber", "arithmosamka", "αριθμόςαμκα", "αριθμοςαμκα", "greekssn",
        ],
    },
    Unit {
        entity: Entity::TrTckn,
        forms: &[named("99999999999"), named("999 999 999 99"), named("999 99 999 999")],
        check: turkish,
        chance: 0.01,
        words: &[
            "tckn", "tckimlik", "tckimlikno", "tckimliknumarası", "tckimliknumarasi", "tcno",
            "tcnumarası", "tcnumarasi", "kimlikno", "kimliknumarası", "kimliknumarasi",
            "vatandaşlıkno", "vatandaslikno", "vatandaşlıknumarası", "vatandasliknumarasi", "tcid",
            "tckno", "turkishid", "turkishidnumber", "ykn", "yabancıkimlikno", "yabancikimlikno",
        ],
    },
];

/// The control letter of the rest modulo 23 (Real Decreto 1553/2005).
fn is_control_letter(number: u64, letter: u8) -> bool {
    let letters = b"TRWAGMYFPDXBNJZSQVHLCKE".iter().zip(0..);
    letters.into_iter().any(|row| row == (&letter, number % 23))
}

/// Eight digits, or seven after K, L or M, and their control letter (Real Decreto 1065/2007 art.
/// 19).
pub(super) fn nif(characters: &[u8]) -> bool {
    let [body @ .., letter] = characters else {
        return false;
    };
    let digits = match body {
        [b'K' | b'L' | b'M', digits @ ..] => digits,
        _ => body,
    };
    body.len() == 8 && all_digits(digits) && is_control_letter(number(digits), *letter)
}

/// X, Y or Z, which count as 0, 1 or 2, seven digits and their control letter (Orden
/// INT/2058/2008).
pub(super) fn nie(characters: &[u8]) -> bool {
    let [first @ b'X'..=b'Z', digits @ .., letter] = characters else {
        return false;
    };
    let number = u64::from(first - b'X') * 10_000_000 + number(digits);
    digits.len() == 7 && all_digits(digits) && is_control_letter(number, *letter)
}

/// The Luhn digit of seven digits, for some forms of firms written as a letter, A to J for 1 to 0
/// (Orden EHA/451/2008).
pub(super) fn cif(characters: &[u8]) -> bool {
    let [kind, a, b, c, d, e, f, g, last] = *characters else {
        return false;
    };
    let check = match last {
        b'A'..=b'I' => last - b'A' + b'1',
        b'J' => b'0',
        _ => last,
    };
    let lettered = last.is_ascii_alphabetic();
    let kind_in_use = match kind {
        // Firms from abroad, whose province is 00, have letters.
        b'A' | b'B' | b'E' | b'H' => !lettered || (a, b) == (b'0', b'0'),
        b'P' | b'Q' | b'R' | b'S' | b'N' | b'W' => lettered,
        b'C' | b'D' | b'F' | b'G' | b'J' | b'U' | b'V' => true,
        _ => false,
    };
    kind_in_use
        && ![a, b, c, d, e, f, g].iter().all(|digit| *digit == b'0')
        && luhn(&[a, b, c, d, e, f, g, check])
}

/// Modulo 11 with the weights 9 to 2, where 10 is written 0 (Decreto-Lei 14/2013); of the numbers
/// that begin with 4 only those with 45 are given out.
pub(super) fn contributor(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let expected = if rest < 2 { 0 } else { 11 - rest };
    let first_in_use = match digits {
        [b'0', ..] => false,
        [b'4', second, ..] => *second == b'5',
        _ => true,
    };
    let given = digits.len() == 9 && all_digits(digits) && !repeated(digits);
    given && first_in_use && ends_in(digits, expected)
}

/// Name, birthday, place and control letter (decreto ministeriale of 23 December 1976); letters may
/// stand for digits where two persons would have the same code.
fn fiscal_code(characters: &[u8]) -> bool {
    let Some((name, [y1, y2, month, d1, d2, place, p1, p2, p3, control])) =
        characters.split_first_chunk::<6>()
    else {
        return false;
    };
    let two = |first: &u8, second: &u8| Some(undisguised(*first)? * 10 + undisguised(*second)?);
    let month = b"ABCDEHLMPRST"
        .iter()
        .zip(1..)
        .find(|(letter, _)| *letter == month);
    let (Some(year), Some((_, month)), Some(day)) = (two(y1, y2), month, two(d1, d2)) else {
        return false;
    };
    // Women have 40 more.
    let day = if day > 40 { day - 40 } else { day };
    let lettered = name
        .iter()
        .chain([place, control])
        .all(u8::is_ascii_uppercase);
    let placed = [p1, p2, p3]
        .iter()
        .all(|digit| undisguised(**digit).is_some());
    lettered && placed && two_digit_date(year, month, day) && is_controlled(characters)
}

/// A digit of a fiscal code, or the letter that stands for it.
fn undisguised(byte: u8) -> Option<u32> {
    let letter = b"LMNPQRSTUV"
        .iter()
        .zip(0..)
        .find(|(letter, _)| **letter == byte);
    digit(byte).or(letter.map(|(_, digit)| digit))
}

/// Characters in odd places count by a table, in even places as they are; the rest modulo 26 is the
/// last letter.
fn is_controlled(characters: &[u8]) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let Some((control, body)) = characters.split_last() else {
        return false;
    };
    let sum = body.iter().zip([true, false].into_iter().cycle());
    let sum = sum.clone().try_fold(0, |sum, (byte, odd)| {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            _ => byte.checked_sub(b'0')?,
        };
        let tabled = ODD.get(usize::from(value)).copied()?;
        Some(sum + if odd { tabled } else { u32::from(value) })
    });
    sum.is_some_and(|sum: u32| u32::from(*control) == u32::from(b'A') + sum % 26)
}

/// Luhn after seven digits of the firm and three of the tax office (D.P.R. 633/1972 art. 35).
pub(super) fn partita_iva(digits: &[u8]) -> bool {
    let Some((firm, [o1, o2, o3, _])) = digits.split_at_checked(7) else {
        return false;
    };
    let office = number(&[*o1, *o2, *o3]);
    let office_in_use = matches!(office, 1..=100 | 120 | 121 | 888 | 999);
    office_in_use && luhn(digits) && number(firm) > 0
}

/// Birthday and a Luhn digit (AMKA, Greek law 3655/2008).
fn amka(digits: &[u8]) -> bool {
    let dated =
        three_pairs(digits).is_some_and(|[day, month, year]| two_digit_date(year, month, day));
    digits.len() == 11 && dated && luhn(digits)
}

/// The tenth digit is seven times the odd places less the even ones, the eleventh the sum of all
/// ten, both modulo 10 (Turkish law 5490, T.C. kimlik numarası).
fn turkish(digits: &[u8]) -> bool {
    let Some((body, [_])) = digits.split_at_checked(10) else {
        return false;
    };
    // 9 is -1 modulo 10.
    let first = weighted(body, &[7, 9, 7, 9, 7, 9, 7, 9, 7]) % 10;
    let second = weighted(body, &[1; 10]) % 10;
    let given = all_digits(digits) && !body.starts_with(b"0");
    given && ends_in(body, first) && ends_in(digits, second)
}

#[cfg(test)]
mod tests {
    use super::super::checks::assert_holds;
    use super::*;

    #[test]
    fn known_numbers_pass_and_errors_do_not() {
        assert_holds(nif, &["54362315K", "12345678Z"]);
        assert_holds(nie, &["X2482300W", "X5253868R"]);
        assert_holds(cif, &["J99216582", "A58818501"]);
        assert_holds(contributor, &["501964843", "123456789"]);
        assert_holds(fiscal_code, &["RCCMNL83S18D969H", "RSSMRA85T10A562S"]);
        assert_holds(partita_iva, &["00743110157"]);
        assert_holds(amka, &["01013099997"]);
        assert_holds(turkish, &["17291716060", "10000000146"]);
    }

    #[test]
    fn letters_stand_for_digits_of_a_fiscal_code() {
        assert!(fiscal_code(b"RSSMRA85T10A56NH"));
        for wrong in ["RCCMNL83S38D969H", "RCCMNL83Z18D969H", "RCCMNL83S18D969I"] {
            assert!(!fiscal_code(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn kinds_of_firms_have_letters_or_digits() {
        assert!(cif(b"P5881850A") && cif(b"G5881850A") && cif(b"G58818501"));
        assert!(!cif(b"A5881850A") && !cif(b"P58818501") && !cif(b"X58818501"));
    }
}

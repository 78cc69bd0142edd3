//! Identifiers of Australia, New Zealand, Africa and the west of Asia.

use super::checks::{
    date, digit, divisible, ends_in, luhn, number, pair, repeated, three_pairs, two_digit_date,
    weighted,
};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one word a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::AuTfn,
        forms: &[named("999 999 999"), named("999-999-999"), named("999999999")],
        check: tfn,
        chance: 0.09,
        words: &[
            "tfn", "autfn", "tfnnumber", "tfnno", "taxfile", "taxfilenumber", "taxfileno", "australiantaxfile",
        ],
    },
    Unit {
        entity: Entity::AuAbn,
        forms: &[named("99 999 999 999"), named("99-999-999-999"), named("99999999999")],
        check: abn,
        chance: 0.011,
        words: &[
            "abn", "auabn", "abnnumber", "abnno", "australianbusiness", "ausbusinessno", "ausbusinessnumber", "australianbusinessnumber",
        ],
    },
    Unit {
        entity: Entity::AuAcn,
        forms: &[named("999 999 999"), named("999-999-999"), named("999999999")],
        check: acn,
        chance: 0.1,
        words: &["acn", "auacn", "acnnumber", "acnno", "australiancompany", "australiancompanynumber"],
    },
    Unit {
        entity: Entity::AuMedicare,
        forms: &[
            named("9999 99999 9"), named("9999-99999-9"), named("9999999999"), named("9999 99999 9 9"),
            named("9999 99999 9/9"), named("9999-99999-9-9"), named("9999-99999-9/9"),
            named("9999 99999 9-9"), named("9999999999/9"), named("9999999999-9"), named("99999999999"),
        ],
        check: medicare,
        chance: 0.05,
        words: &[
            "medicare", "aumedicare", "medicarenumber", "medicareno", "medicarecard", "medicarecardnumber",
            "medicarecardno", "medicarenum", "mcare", "mcareno", "mcarenum", "mcarenumber",
        ],
    },
    Unit {
        entity: Entity::NzIrd,
        forms: &[
            named("99-999-999"), named("999-999-999"), named("99 999 999"), named("999 999 999"),
            named("99.999.999"), named("999.999.999"), named("99999999"), named("999999999"),
        ],
        check: ird,
        chance: 0.05,
        words: &["ird", "nzird", "irdnumber", "irdno", "irdnum", "inlandrevenue", "inlandrevenuenumber"],
    },
    Unit {
        entity: Entity::ZaId,
        forms: &[
            form("999999 9999 999", 86), form("999999 9999 99 9", 86), named("999999-9999-999"),
            named("999999-9999-99-9"), named("9999999999999"),
        ],
        check: south_african,
        chance: 0.002,
        words: &[
            "zaid", "saidnumber", "saidno", "rsaid", "rsaidno", "rsaidnumber", "southafricanid", "southafricaid",
            "idnumber", "idno", "identitynumber", "identiteitsnommer",
        ],
    },
    Unit {
        entity: Entity::EgNid,
        forms: &[named("99999999999999"), named("9 999999 99 99999"), named("9-999999-99-99999")],
        check: egyptian,
        chance: 0.002,
        words: &[
            "egnid", "egyptiannationalid", "egyptianid", "nationalid", "nationalidnumber", "nationalidno",
            "الرقمالقومي", "رقمقومي", "القومي", "رقمالبطاقة",
        ],
    },
    Unit {
        entity: Entity::NgNin,
        forms: &[named("99999999999"), named("999 9999 9999"), named("9999 999 9999"), named("9999-999-9999")],
        check: nigerian,
        chance: 0.95,
        words: &[
            "nin", "ngnin", "ninnumber", "ninno", "nationalidentitynumber", "nationalidentificationnumber",
            "nimc", "nimcnumber", "bvn", "bvnnumber", "bankverification", "bankverificationnumber",
        ],
    },
    Unit {
        entity: Entity::IlId,
        forms: &[named("999999999"), named("99999999-9"), named("9-9999999-9"), named("9 9999999 9"), named("99999999")],
        check: israeli,
        chance: 0.1,
        words: &[
            "ilid", "israeliid", "israelid", "teudatzehut", "teudat", "misparzehut", "zehut", "tz", "tzno",
            "tznum", "tznumber",
            "תעודתזהות", "תז", "מספרזהות", "זהות",
        ],
    },
    Unit {
        entity: Entity::AeEid,
        forms: &[
            form("784-9999-9999999-9", 92), form("784 9999 9999999 9", 90), form("784999999999999", 84),
        ],
        check: emirati,
        chance: 0.00002,
        words: &[
            "aeeid", "emiratesid", "emiratesidnumber", "emiratesidno", "eidnumber", "eidno", "uaeid",
            "الهويةالإماراتية", "هويةالإمارات", "رقمالهوية",
        ],
    },
    Unit {
        entity: Entity::SaId,
        forms: &[named("9999999999"), named("9 999999999"), named("9-999999999-9")],
        check: saudi,
        chance: 0.02,
        words: &[
            "saudiid", "saudinationalid", "iqama", "iqamanumber", "iqamano", "iqamaid", "nationalid",
            "nationalidnumber", "nationalidno", "absherid", "رقمالهوية", "الهويةالوطنية", "هويةوطنية",
            "رقمالإقامة", "الإقامة", "إقامة",
        ],
    },
];

/// Australian taxpayer: modulo 11 with the weights 1, 4, 3, 7, 5, 8, 6, 9, 10 (Australian Taxation
/// Office).
fn tfn(value: &[u8]) -> bool {
    divisible(value, &[1, 4, 3, 7, 5, 8, 6, 9, 10], 11)
}

/// Australian business: a multiple of 89 once 1 is taken from the first digit (Australian Business
/// Register).
fn abn(value: &[u8]) -> bool {
    let sum = weighted(value, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    // The two check digits in front are 11 to 99.
    let in_use = !value.starts_with(b"0") && !value.starts_with(b"10");
    value.len() == 11 && in_use && sum % 89 == 10
}

/// Australian company: modulo 10 with the weights 8 to 1 (Corporations Regulations 2001, ASIC).
fn acn(value: &[u8]) -> bool {
    divisible(value, &[8, 7, 6, 5, 4, 3, 2, 1, 1], 10)
}

/// Australian patient: from 2 to 6, a ninth digit modulo 10, then the issue and perhaps the person
/// (Services Australia).
fn medicare(value: &[u8]) -> bool {
    let check = value.get(8).and_then(|byte| digit(*byte));
    matches!(value, [b'2'..=b'6', ..])
        && matches!(value.len(), 10 | 11)
        && check == Some(weighted(value, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10)
}

/// New Zealand taxpayer: the range given out, and a digit modulo 11 by the first weights or, where
/// those leave 10, by the second (Inland Revenue, RWT and NRWT specification).
fn ird(value: &[u8]) -> bool {
    let skipped = 9usize.saturating_sub(value.len());
    let rest = |weights: [u32; 8]| {
        let sum = weighted(value, weights.get(skipped..).unwrap_or_default());
        (11 - sum % 11) % 11
    };
    let expected = match rest([3, 2, 7, 6, 5, 4, 3, 2]) {
        10 => rest([7, 4, 3, 2, 5, 2, 7, 6]),
        first => first,
    };
    let in_use =
        matches!(value.len(), 8 | 9) && (10_000_000..=150_000_000).contains(&number(value));
    in_use && ends_in(value, expected)
}

/// South African: birthday, citizenship (0, 1, refugees 2), Luhn (Department of Home Affairs,
/// Identification Act 68 of 1997).
fn south_african(value: &[u8]) -> bool {
    let [_, _, _, _, _, _, _, _, _, _, b'0'..=b'2', _, _] = value else {
        return false;
    };
    let day = three_pairs(value);
    day.is_some_and(|[year, month, day]| two_digit_date(year, month, day)) && luhn(value)
}

/// Egyptian: century (2 or 3), birthday, a governorate or abroad (Civil Status Organization); the
/// check digit is not published.
fn egyptian(value: &[u8]) -> bool {
    let [century, day @ .., g1, g2, _, _, _, _, _] = value else {
        return false;
    };
    let start = match century {
        b'2' => 1900,
        b'3' => 2000,
        _ => return false,
    };
    let day = three_pairs(day);
    let governorate = |code| matches!(code, 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88);
    value.len() == 14
        && day.is_some_and(|[year, month, day]| date(start + year, month, day))
        && pair(*g1, *g2).is_some_and(governorate)
}

/// Nigerian person or holder of bank accounts: eleven digits without a check (NIMC Act 2007, Central
/// Bank of Nigeria).
fn nigerian(value: &[u8]) -> bool {
    value.len() == 11 && !repeated(value)
}

/// Israeli: nine digits, the first of them perhaps left out where 0, Luhn (Population and Immigration
/// Authority).
fn israeli(value: &[u8]) -> bool {
    matches!(value.len(), 8 | 9) && !repeated(value) && luhn(value)
}

/// Resident of the United Arab Emirates: 784 (ISO 3166 numeric), year of birth, Luhn (Federal Authority
/// for Identity and Citizenship).
fn emirati(value: &[u8]) -> bool {
    let [b'7', b'8', b'4', year @ ..] = value else {
        return false;
    };
    let year = year.first_chunk::<4>().map_or(0, |year| number(year));
    value.len() == 15 && (1900..=2035).contains(&year) && luhn(value)
}

/// Saudi citizen (1) or resident (2): Luhn (National Information Center).
fn saudi(value: &[u8]) -> bool {
    matches!(value, [b'1' | b'2', ..]) && value.len() == 10 && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::super::checks::{Check, assert_tells};
    use super::{
        abn, acn, egyptian, emirati, ird, israeli, medicare, nigerian, saudi, south_african, tfn,
    };

    /// What passes, and how many of its corruptions in one digit do: those of no check digit, and
    /// where rests share one.
    #[rustfmt::skip] // Rows in lines.
    const RIGHT: &[(Check, &str, usize)] = &[
        (tfn, "123456782", 0),
        (abn, "51824753556", 0),
        (acn, "004085616", 8),
        (medicare, "2123456701", 9),
        (medicare, "21234567011", 18),
        (ird, "49091850", 0),
        (ird, "136410132", 7),
        (south_african, "7503305044089", 0),
        (egyptian, "29001011234567", 94),
        (nigerian, "12345678901", 99),
        (israeli, "039337423", 0),
        (israeli, "39337423", 0),
        (emirati, "784198012345678", 0),
        (saudi, "1000000008", 0),
    ];

    #[rustfmt::skip] // Rows in lines.
    const WRONG: &[(Check, &str)] = &[
        (tfn, "000000000"),
        (abn, "00000000000"),
        (medicare, "1123456701"),
        (ird, "999999999"),
        (south_african, "7513305044089"),
        (egyptian, "19001011234567"),
        (egyptian, "29001010534567"),
        (israeli, "000000000"),
        (emirati, "785198012345678"),
        (saudi, "3000000000"),
    ];

    #[test]
    fn checks_tell_right_from_wrong() {
        assert_tells(RIGHT, WRONG);
    }
}

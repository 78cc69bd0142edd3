//! Identifiers of the United States and Canada; those of health are with `health`.

use super::checks::{luhn, pair, repeated};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one word a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::UsItin,
        forms: &[form("999-99-9999", 86), named("999 99 9999"), named("999999999")],
        check: itin,
        chance: 0.044,
        words: &[
            "itin", "usitin", "itinnumber", "itinno", "individualtaxpayer", "taxpayerid",
            "taxpayeridentification", "taxid", "tin",
        ],
    },
    Unit {
        entity: Entity::UsEin,
        forms: &[named("99-9999999"), named("999999999")],
        check: ein,
        chance: 0.83,
        words: &[
            "ein", "usein", "einnumber", "einno", "fein", "feinnumber", "federalein",
            "employeridentification", "employerid", "employeridno", "employertaxid", "federaltaxid", "federaltaxnumber",
            "taxid", "taxidnumber", "irsnumber",
        ],
    },
    Unit {
        entity: Entity::UsPassport,
        forms: &[named("999999999"), named("A99999999"), named("A 99999999")],
        check: passport,
        chance: 0.95,
        words: &[
            "passport", "passportnumber", "passportno", "passportnum", "passportnr", "passportid",
            "passportbook", "passportcard", "uspassport", "pasaporte", "numeropasaporte", "passeport",
            "reisepass", "reisepassnummer", "passnummer", "ppno",
        ],
    },
    Unit {
        entity: Entity::UsDriverLicense,
        forms: &[
            named("A999999"), named("A9999999"), named("A99999999"), named("A999999999"),
            named("A99999999999"), named("A999999999999"), named("A9999999999999"),
            named("A99999999999999"), named("AA999999"), named("AA9999999"), named("9999999"),
            named("99999999"), named("999999999"), named("9999999999"), named("999999999999"),
            named("999 999 999"), named("99 999 999"), named("99-999-9999"), named("9999-99-9999"),
            named("99AAA99999"), named("A99-99-9999"), named("A99-999-999"), named("A999-9999-9999"),
            named("A999-999-99-999-9"), named("A999-999-999-999"), named("A-999-999-999-999"),
            named("A 999 999 999 999"), named("A999-9999-9999-99"), named("A9999-99999-99999"),
            named("A9999 99999 99999"),
        ],
        check: driver_license,
        chance: 0.98,
        words: &[
            "driverlicense", "driverslicense", "driverlicence", "driverslicence", "drivinglicense",
            "drivinglicence", "driverlic", "driverslic", "driverlicenseno", "driverslicenseno",
            "driverlicensenumber", "driverslicensenumber", "drivinglicencenumber", "dlnumber", "dlno",
            "dlnum", "driverlicnum", "driverlicno", "licnumdriver", "licnodriver", "dln", "dl", "driverid", "driverpermit", "licenciadeconducir",
            "permisdeconduire", "führerschein", "fuehrerschein", "fuhrerschein", "führerscheinnummer",
            "fuehrerscheinnummer", "fuhrerscheinnummer",
        ],
    },
    Unit {
        entity: Entity::CaSin,
        forms: &[named("999 999 999"), named("999-999-999"), named("999.999.999"), named("999999999")],
        check: sin,
        chance: 0.08,
        words: &[
            "sin", "casin", "canadasin", "sinnumber", "sinno", "sinnum", "socialinsurance", "socialinsurancenumber",
            "socialinsuranceno", "numeroassurancesociale", "numérodassurancesociale",
            "assurancesociale",
        ],
    },
];

/// United States taxpayer without a social security number: 9, then the groups in use (Internal
/// Revenue Manual 3.21.263).
fn itin(value: &[u8]) -> bool {
    let [b'9', _, _, tens, units, _, _, _, _] = value else {
        return false;
    };
    let in_use = |group| matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99);
    pair(*tens, *units).is_some_and(in_use)
}

/// United States employer: a prefix of an IRS campus ("How EINs are assigned and valid EIN
/// prefixes"); there is no check digit.
fn ein(value: &[u8]) -> bool {
    let [tens, units, _, _, _, _, _, _, _] = value else {
        return false;
    };
    let unused = |prefix| matches!(prefix, 0 | 7..=9 | 17..=19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97);
    pair(*tens, *units).is_some_and(|prefix| !unused(prefix))
}

/// United States passport: nine digits, or since 2021 a letter and eight (Department of State).
fn passport(value: &[u8]) -> bool {
    let [_, rest @ ..] = value else { return false };
    rest.len() == 8 && !repeated(rest)
}

/// Licence to drive of one of the states: mostly digits (AAMVA's table of formats); no common check
/// digit.
fn driver_license(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    (7..=15).contains(&value.len()) && digits >= 6 && !repeated(value)
}

/// Canadian social insurance number: Luhn; 0 and 8 are not given out (Service Canada).
fn sin(value: &[u8]) -> bool {
    value.len() == 9 && !matches!(value, [b'0' | b'8', ..]) && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::super::checks::{Check, assert_tells};
    use super::{driver_license, ein, itin, passport, sin};

    /// What passes, and how many of its corruptions in one digit do: those of no check digit, and
    /// where rests share one.
    #[rustfmt::skip] // Rows in lines.
    const RIGHT: &[(Check, &str, usize)] = &[
        (itin, "912703456", 67),
        (itin, "999881234", 65),
        (ein, "911144442", 79),
        (passport, "340007237", 81),
        (passport, "A12345678", 72),
        (driver_license, "D1234568", 63),
        (sin, "123456782", 0),
    ];

    #[rustfmt::skip] // Rows in lines.
    const WRONG: &[(Check, &str)] = &[
        (sin, "046454286"),
        (itin, "912493456"),
        (itin, "812703456"),
        (ein, "071144442"),
        (ein, "91114444"),
        (passport, "111111111"),
        (passport, "1234"),
        (driver_license, "ABCDEFG"),
        (sin, "811111111"),
        (sin, "000000000"),
    ];

    #[test]
    fn checks_tell_right_from_wrong() {
        assert_tells(RIGHT, WRONG);
    }
}

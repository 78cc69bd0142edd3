//! What has no check digit and needs a word before it: dates of birth and postal codes in text.

use super::checks::{date, number};
use super::{Unit, named};
use crate::Entity;

pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::DateOfBirth,
        forms: &[
            named("9999-99-99"),
            named("9999/99/99"),
            named("9999.99.99"),
            named("99-99-9999"),
            named("99/99/9999"),
            named("99.99.9999"),
            named("99. 99. 9999"),
        ],
        check: birthday,
        chance: 1.0,
        words: &[
            "birth",
            "birthday",
            "birthdate",
            "dateofbirth",
            "dob",
            "bornon",
            "born",
            "geboren",
            "geb",
            "geburtsdatum",
            "geburtstag",
            "naissance",
            "datedenaissance",
            "nele",
            "néle",
            "néele",
            "nacimiento",
            "fechadenacimiento",
            "nascimento",
            "datadenascimento",
            "nascita",
            "datadinascita",
            "natoil",
            "nacidoel",
            "nascidoem",
            "geboortedatum",
            "geborenop",
            "urodzenia",
            "dataurodzenia",
            "urodzony",
            "urodzona",
            "födelsedatum",
            "fodelsedatum",
            "född",
            "fødselsdato",
            "fodselsdato",
            "syntymäaika",
            "doğumtarihi",
            "dogumtarihi",
            "doğum",
            "narození",
            "datumnarození",
            "生年月日",
            "出生日期",
            "생년월일",
        ],
    },
    Unit {
        entity: Entity::PostalCode,
        forms: &[
            named("99999"),
            named("99999-9999"),
            named("99999-999"),
            named("999-9999"),
            named("9999-999"),
            named("99-999"),
            named("999 99"),
            named("9999"),
            named("999999"),
            named("9999 AA"),
            named("9999AA"),
            named("A9A 9A9"),
            named("A9A9A9"),
            named("A9 9AA"),
            named("A99 9AA"),
            named("AA9 9AA"),
            named("AA99 9AA"),
            named("A9A 9AA"),
            named("AA9A 9AA"),
            named("A99AA"),
            named("AA99AA"),
            named("AA999AA"),
        ],
        check: |_| true,
        chance: 1.0,
        words: &[
            "postcode",
            "postcodes",
            "postalcode",
            "postal",
            "zip",
            "zipcode",
            "plz",
            "postleitzahl",
            "codepostal",
            "codigopostal",
            "códigopostal",
            "cep",
            "cap",
            "kodpocztowy",
            "postnummer",
            "postnr",
            "postkod",
            "postakodu",
            "psč",
            "psc",
            "irányítószám",
            "postinumero",
            "pincode",
            "eircode",
            "郵便番号",
            "邮编",
            "邮政编码",
            "우편번호",
        ],
    },
];

/// A date that people who are alive were born on, year first or last, day and month in either order.
fn birthday(digits: &[u8]) -> bool {
    let Some((left, right)) = digits.split_at_checked(4).filter(|_| digits.len() == 8) else {
        return false;
    };
    let pairs = |four: &[u8]| {
        let (first, second) = four.split_at_checked(2)?;
        Some((number(first) as u32, number(second) as u32))
    };
    let plausible = |year: u64, days: &[u8]| {
        let valid = |month, day| date(year as u32, month, day);
        (1900..=2035).contains(&year)
            && pairs(days).is_some_and(|(one, other)| valid(one, other) || valid(other, one))
    };
    plausible(number(left), right) || plausible(number(right), left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birthdays_are_dates_of_the_living() {
        for (digits, wanted) in [
            ("19850228", true),
            ("28021985", true),
            ("02281985", true),
            ("19850230", false),
            ("18850228", false),
            ("1985022", false),
        ] {
            assert_eq!(birthday(digits.as_bytes()), wanted, "{digits}");
        }
    }
}

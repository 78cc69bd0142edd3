//! Identifiers of telephones, their cards, and vehicles.

use super::checks::{luhn, number, repeated};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one word a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::Imei,
        forms: &[
            form("99-999999-999999-9", 90), form("99 999999 999999 9", 88), named("999999999999999"),
            named("99-99-99-99-99-99-99-9"), named("999999 99 999999 9"), named("999999-99-999999-9"),
        ],
        check: imei,
        chance: 0.1,
        words: &[
            "imei", "imei1", "imei2", "imeinumber", "imeino", "deviceimei", "imeicode", "imeinr",
            "mobileequipmentidentity", "equipmentidentity", "imeisv",
        ],
    },
    Unit {
        entity: Entity::Imsi,
        forms: &[named("999999999999999"), named("999 99 9999999999"), named("999-99-9999999999"), named("99999999999999")],
        check: imsi,
        chance: 0.5,
        words: &[
            "imsi", "imsinumber", "imsino", "simimsi", "mobilesubscriber", "subscriberidentity",
            "mobilesubscriberidentity",
        ],
    },
    Unit {
        entity: Entity::Iccid,
        forms: &[
            form("8999999999999999999", 85), form("89999999999999999999", 85),
            form("8999 9999 9999 9999 999", 86), form("8999 9999 9999 9999 9999", 86),
            form("8999-9999-9999-9999-999", 86), form("8999-9999-9999-9999-9999", 86),
        ],
        check: iccid,
        chance: 0.01,
        words: &[
            "iccid", "iccidnumber", "iccidno", "simiccid", "simnumber", "simcardnumber", "simserial",
            "simserialnumber", "simcard", "esimiccid", "integratedcircuitcard",
        ],
    },
    Unit {
        entity: Entity::Vin,
        forms: &[form("#################", 90)],
        check: checked_vin,
        chance: 0.0002,
        words: VIN_WORDS,
    },
    // Outside North America the ninth character checks nothing: only a word tells.
    Unit {
        entity: Entity::Vin,
        forms: &[
            named("#################"), named("### ###### ########"), named("###-######-########"),
        ],
        check: vin,
        chance: 0.002,
        words: VIN_WORDS,
    },
    Unit {
        entity: Entity::LicensePlate,
        forms: &[
            // Germany, Austria, Switzerland.
            named("A-AA 9999"), named("A-AA 999"), named("A-AA 99"), named("A-A 9999"), named("A-A 999"),
            named("AA-AA 9999"), named("AA-AA 999"), named("AA-AA 99"), named("AA-A 9999"), named("AA-A 999"),
            named("AAA-AA 9999"), named("AAA-AA 999"), named("AAA-AA 99"), named("AAA-A 9999"),
            named("AAA-A 999"), named("A AA 9999"), named("AA AA 9999"), named("AA AA 999"),
            named("AA A 9999"), named("A-AA-9999"), named("AA-AA-9999"), named("AA-99999"), named("A-99999A"),
            named("AA-999AA"), named("AA 999999"), named("AA999999"), named("AA 99999"), named("AA99999"),
            // Britain, France, Italy, Spain, Portugal, the Netherlands, Sweden, Poland, Turkey.
            named("AA99 AAA"), named("AA99AAA"), named("A999 AAA"), named("A999AAA"), named("AA-999-AA"),
            named("AA 999 AA"), named("AA999AA"), named("9999 AAA"), named("9999-AAA"), named("9999AAA"),
            named("A-9999-AA"), named("AA-99-AA"), named("99-AA-99"), named("99-99-AA"), named("AA-99-99"),
            named("99-AAA-9"), named("9-AAA-99"), named("AA-999-A"), named("A-999-AA"), named("AAA-99-A"),
            named("99-AA-AA"), named("AAA 99A"), named("AAA99A"), named("AAA 99999"), named("AAA99999"),
            named("99 AAA 999"), named("99 AA 9999"), named("99 AA 999"), named("99 A 9999"),
            named("99AAA999"), named("99AA999"),
            // The Americas, India.
            named("AAA-9999"), named("AAA 9999"), named("AAA9999"), named("9AAA999"), named("AAA-999"),
            named("AAA 999"), named("AAA999"), named("999-AAA"), named("999 AAA"), named("999AAA"),
            named("AAAA 999"), named("AAAA999"), named("AAA9A99"), named("AA 999 AAA"), named("AA-99-AA-9999"),
            named("AA 99 AA 9999"), named("AA99AA9999"), named("AA99A9999"), named("AA 99 A 9999"),
        ],
        check: plate,
        chance: 0.98,
        words: &[
            "licenseplate", "licenceplate", "licenseplatenumber", "licenceplatenumber", "licenseplateno",
            "platenumber", "plateno", "platenum", "numberplate", "carplate", "vehicleplate",
            "registrationplate", "vehicleregistration", "vehicleregistrationnumber", "vehiclereg",
            "carregistration", "carreg", "regplate", "vrm", "kennzeichen", "kfzkennzeichen",
            "autokennzeichen", "nummernschild", "immatriculation", "plaqueimmatriculation",
            "plaquedimmatriculation", "numeroimmatriculation", "matricula", "matrícula",
            "matriculavehiculo", "targa", "targaveicolo", "targaauto", "kenteken", "kentekennummer",
            "nummerplade", "nummerplate", "registreringsnummer", "regnummer", "registreringsskylt",
            "rekisterinumero", "tablicarejestracyjna", "numerrejestracyjny", "rejestracja", "spz",
            "rendszam", "rendszám", "placa", "placaveiculo", "placaveículo", "plaka", "plakano",
            "aracplaka", "госномер", "车牌", "车牌号", "車牌", "车牌号码",
        ],
    },
];

/// The words of both rows of the vehicle.
#[rustfmt::skip] // Words in lines, not one a line.
const VIN_WORDS: &[&str] = &[
    "vin", "vinnumber", "vinno", "vincode", "vehiclevin", "vehicleidentification",
    "vehicleidentificationnumber", "vehicleid", "chassis", "chassisnumber", "chassisno",
    "chassisnr", "fahrgestellnummer", "fahrgestellnr", "fahrzeugidentnummer", "fin",
    "fahrzeugidentifikationsnummer", "numerodechasis", "númerodechasis", "numerochasis", "bastidor",
    "numerodebastidor", "númerodebastidor", "chassi", "numerochassi", "telaio", "numerotelaio",
    "numerodetelaio", "chassisnummer", "numerodeserievehicule", "numernadwozia", "nrnadwozia", "车架号",
];

/// Mobile telephone: the type, a serial number, Luhn (3GPP TS 23.003, 6.2.1).
fn imei(value: &[u8]) -> bool {
    value.len() == 15 && !repeated(value) && luhn(value)
}

/// Mobile subscriber: a country of ITU-T E.212, network and subscriber; no check digit.
fn imsi(value: &[u8]) -> bool {
    let country = value
        .first_chunk::<3>()
        .map_or(0, |country| number(country));
    matches!(value.len(), 14 | 15) && matches!(country, 202..=750 | 901) && !repeated(value)
}

/// Card of a mobile telephone: 89 for telecommunication, Luhn (ITU-T E.118).
fn iccid(value: &[u8]) -> bool {
    value.starts_with(b"89") && matches!(value.len(), 19 | 20) && luhn(value)
}

/// Vehicle: no I, O or Q, figures at the end (ISO 3779).
fn vin(value: &[u8]) -> bool {
    let allowed = value.iter().all(|byte| !b"IOQ".contains(byte));
    let figures = value.last_chunk::<4>();
    value.len() == 17
        && allowed
        && figures.is_some_and(|figures| figures.iter().all(u8::is_ascii_digit))
        && value.iter().any(u8::is_ascii_uppercase)
}

/// Vehicle of North America: the ninth character is a check modulo 11 over letters as figures, 10 as
/// X; the tenth, a year, is no U, Z or 0 (ISO 3779, 49 CFR 565.15). Two letters at the front, for
/// figures alone are mostly something else.
fn checked_vin(value: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let [front @ .., check, year, _, _, _, _, _, _, _] = value else {
        return false;
    };
    let sum: u32 = value
        .iter()
        .zip(WEIGHTS)
        .map(|(byte, weight)| figure(*byte) * weight)
        .sum();
    let stated = if *check == b'X' { 10 } else { figure(*check) };
    let letters = front
        .iter()
        .filter(|byte| byte.is_ascii_uppercase())
        .count();
    vin(value)
        && letters >= 2
        && !b"UZ0".contains(year)
        && (*check == b'X' || check.is_ascii_digit())
        && sum % 11 == stated
}

/// The figure for a letter: A to H are 1 to 8, J to R 1 to 9, S to Z 2 to 9.
fn figure(byte: u8) -> u32 {
    u32::from(match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'I' => byte - b'A' + 1,
        b'J'..=b'R' => byte - b'J' + 1,
        b'S'..=b'Z' => byte - b'S' + 2,
        _ => 0,
    })
}

/// Plate of a vehicle: letters and figures; the forms are those of the states.
fn plate(value: &[u8]) -> bool {
    (4..=10).contains(&value.len())
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::super::checks::{Check, assert_tells};
    use super::{checked_vin, iccid, imei, imsi, plate, vin};

    /// What passes, and how many of its corruptions in one digit do: those of no check digit, and
    /// where rests share one.
    #[rustfmt::skip] // Rows in lines.
    const RIGHT: &[(Check, &str, usize)] = &[
        (imei, "490154203237518", 0),
        (imsi, "310150123456789", 131),
        (iccid, "8944500102198304826", 0),
        (checked_vin, "1M8GDM9AXKP042788", 0),
        (checked_vin, "5GZCZ43D13S812715", 0),
        (vin, "WVWZZZ1JZXW000001", 63),
        (plate, "BAB1234", 36),
        (plate, "AB12CDE", 18),
    ];

    #[rustfmt::skip] // Rows in lines.
    const WRONG: &[(Check, &str)] = &[
        (imei, "000000000000000"),
        (imei, "49015420323751"),
        (imsi, "110150123456789"),
        (iccid, "8844500102198304826"),
        (checked_vin, "11111111111111111"),
        (checked_vin, "WVWZZZ1JZXW000001"),
        (vin, "WVWZZZ1JZXW00000O"),
        (vin, "IVWZZZ1JZXW000001"),
        (plate, "ABCDEF"),
        (plate, "123456"),
    ];

    #[test]
    fn checks_tell_right_from_wrong() {
        assert_tells(RIGHT, WRONG);
    }
}

//! Identifiers of health care.

use super::checks::{ends_in, luhn, repeated, weighted};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one word a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::UsNpi,
        forms: &[named("9999999999"), named("9999-999-999"), named("9999 999 999")],
        check: npi,
        chance: 0.02,
        words: &[
            "npi", "usnpi", "npinumber", "npino", "npiid", "providernpi", "nationalprovider",
            "nationalprovideridentifier", "nationalproviderid", "prescribernpi",
        ],
    },
    Unit {
        entity: Entity::UsMbi,
        forms: &[
            form("9A#9-A#9-AA99", 92), form("9A#9 A#9 AA99", 88), form("9A#9A#9AA99", 82),
        ],
        check: mbi,
        chance: 0.2,
        words: &[
            "mbi", "usmbi", "mbinumber", "mbino", "medicare", "medicareid", "medicarenumber", "medicareno",
            "medicarebeneficiary", "medicarebeneficiaryid", "medicarebeneficiaryidentifier", "hicn",
        ],
    },
    Unit {
        entity: Entity::UsDea,
        forms: &[named("AA9999999"), named("A99999999"), named("AA 9999999"), named("AA-9999999")],
        check: dea,
        chance: 0.07,
        words: &[
            "dea", "usdea", "deanumber", "deano", "deanum", "dearegistration", "dearegistrationnumber",
            "prescriberdea", "providerdea", "drugenforcement",
        ],
    },
    Unit {
        entity: Entity::MedicalRecord,
        forms: &[
            named("99999"), named("999999"), named("9999999"), named("99999999"), named("999999999"),
            named("9999999999"), named("99999999999"), named("999999999999"), named("99-99-99"),
            named("999-99-99"), named("99-99-9999"), named("999-999"), named("999-999-999"),
            named("A99999"), named("A999999"), named("A9999999"), named("A99999999"), named("AA999999"),
            named("AA9999999"), named("AAA99999"), named("AAA999999"), named("AAA9999999"),
            named("AAA99999999"), named("AAA-99999"), named("AAA-999999"), named("AAA-9999999"),
            named("AAA-99999999"), named("AA-999999"), named("A-999999"), named("A-9999999"),
        ],
        check: record,
        chance: 0.97,
        words: &[
            "mrn", "mrnumber", "mrno", "medicalrecord", "medicalrecordnumber", "medicalrecordno",
            "medicalrecordnum", "medrec", "medrecno", "medicalrec", "patientnumber", "patientno",
            "patientmrn", "patientrecord", "patientnr", "healthrecord", "healthrecordnumber",
            "chartnumber", "chartno", "hospitalnumber", "hospitalno", "patientennummer", "patientennr",
            "fallnummer", "krankenakte", "numerodossier", "dossiermedical", "dossierpatient",
            "historiaclinica", "historiaclínica", "numerohistoriaclinica", "prontuario", "prontuário",
            "cartellaclinica", "patientnummer", "patiëntnummer", "病历号", "病案号", "カルテ番号", "患者番号",
        ],
    },
    Unit {
        entity: Entity::Icd10,
        forms: &[
            named("A9#"), named("A9#.#"), named("A9#.##"), named("A9#.###"), named("A9#.####"),
            named("A9##"), named("A9###"), named("A9####"), named("A9#####"),
        ],
        check: disease,
        chance: 0.2,
        words: &[
            "icd", "icd10", "icdcode", "icd10code", "icd10cm", "icdcm", "icd10gm", "icddiagnosis",
            "diagnosis", "diagnosiscode", "diagcode", "diagnosecode", "diagnosekode", "dxcode", "dx",
            "diagnoseschlüssel", "diagnoseschluessel", "diagnoseschlussel", "diagnose", "codediagnostic",
            "codigodiagnostico", "códigodiagnóstico", "cie10", "cid10", "cim10", "codigocid",
        ],
    },
];

/// United States provider of health care: Luhn with the prefix 80840 (45 CFR 162.406, CMS).
fn npi(value: &[u8]) -> bool {
    let mut card = *b"80840__________";
    let Some((_, body)) = card.split_first_chunk_mut::<5>() else {
        return false;
    };
    body.iter_mut()
        .zip(value)
        .for_each(|(slot, byte)| *slot = *byte);
    matches!(value, [b'1' | b'2', ..]) && value.len() == 10 && luhn(&card)
}

/// United States patient: the kinds of the eleven places, without S, L, O, I, B and Z (CMS,
/// Understanding the Medicare Beneficiary Identifier Format).
fn mbi(value: &[u8]) -> bool {
    let fits = |(byte, kind): (&u8, &u8)| {
        let letter = byte.is_ascii_uppercase() && !b"SLOIBZ".contains(byte);
        match kind {
            b'1' => matches!(byte, b'1'..=b'9'),
            b'9' => byte.is_ascii_digit(),
            b'A' => letter,
            _ => letter || byte.is_ascii_digit(),
        }
    };
    value.len() == 11 && value.iter().zip(b"1AX9AX9AA99").all(fits)
}

/// United States prescriber: a kind, a letter of the name or 9, and a digit: the first, third and fifth
/// and twice the others (Drug Enforcement Administration).
fn dea(value: &[u8]) -> bool {
    let Some(([kind, name], digits)) = value.split_first_chunk::<2>() else {
        return false;
    };

    let named = name.is_ascii_uppercase() || *name == b'9';
    b"ABCDEFGHJKLMPRSTUX".contains(kind)
        && named
        && digits.len() == 7
        && !repeated(digits)
        && ends_in(digits, weighted(digits, &[1, 2, 1, 2, 1, 2]) % 10)
}

/// Record of a patient in one hospital: each has its own form.
fn record(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits >= 5 && !repeated(value)
}

/// Disease: a chapter, two places of the category, and up to four more (World Health Organization,
/// ICD-10; national ones have letters in the third and later places).
fn disease(value: &[u8]) -> bool {
    let [chapter, _, third, rest @ ..] = value else {
        return false;
    };
    let category = matches!(third, b'0'..=b'9' | b'A' | b'B');
    let later = |byte: &u8| byte.is_ascii_digit() || b"ABCDEFGHJKMNPQRSTUVWXYZ".contains(byte);
    chapter.is_ascii_uppercase() && category && rest.len() <= 4 && rest.iter().all(later)
}

#[cfg(test)]
mod tests {
    use super::super::checks::{Check, assert_tells};
    use super::{dea, disease, mbi, npi, record};

    /// What passes, and how many of its corruptions in one digit do: those of no check digit, and
    /// where rests share one.
    #[rustfmt::skip] // Rows in lines.
    const RIGHT: &[(Check, &str, usize)] = &[
        (npi, "1234567893", 0),
        (mbi, "1EG4TE5MK73", 44),
        (dea, "AB1234563", 3),
        (dea, "F91234563", 3),
        (record, "MRN123456", 54),
        (disease, "E119", 27),
        (disease, "C50", 18),
        (disease, "S72001A", 45),
        (disease, "C7A1", 18),
    ];

    #[rustfmt::skip] // Rows in lines.
    const WRONG: &[(Check, &str)] = &[
        (npi, "3234567893"),
        (npi, "12345678931"),
        (mbi, "1SG4TE5MK73"),
        (mbi, "0EG4TE5MK73"),
        (dea, "NB1234563"),
        (record, "1111111"),
        (record, "ABC123"),
        (disease, "1119"),
        (disease, "E1Z"),
    ];

    #[test]
    fn checks_tell_right_from_wrong() {
        assert_tells(RIGHT, WRONG);
    }
}

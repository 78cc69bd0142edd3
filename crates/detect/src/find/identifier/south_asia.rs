//! Identifiers of South and South East Asia.

use super::checks::{ends_in, number, pair, three_pairs, two_digit_date, verhoeff, weighted};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one word a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::InAadhaar,
        forms: &[named("9999 9999 9999"), named("9999-9999-9999"), named("999999999999")],
        check: aadhaar,
        chance: 0.08,
        words: &[
            "aadhaar", "aadhar", "adhaar", "adhar", "aadharcard", "aadhaarcard", "aadhaarnumber",
            "aadharnumber", "aadhaarno", "aadharno", "inaadhaar", "uidai", "uidainumber", "आधार", "आधारसंख्या",
        ],
    },
    Unit {
        entity: Entity::InPan,
        forms: &[named("AAAAA9999A")],
        check: pan,
        chance: 0.38,
        words: &[
            "pan", "inpan", "pancard", "pannumber", "panno", "pannum", "permanentaccount",
            "permanentaccountnumber", "incometaxnumber", "पैन",
        ],
    },
    Unit {
        entity: Entity::InGstin,
        forms: &[form("99AAAAA9999A#A#", 93)],
        check: gstin,
        chance: 0.0005,
        words: &[
            "gstin", "ingstin", "gst", "gstnumber", "gstno", "gstinnumber", "gstinno", "gstregistration",
            "goodsandservicestax",
        ],
    },
    Unit {
        entity: Entity::InVoter,
        forms: &[named("AAA9999999"), named("AAA/9999999"), named("AAA 9999999"), named("AAA-9999999")],
        check: voter,
        chance: 0.95,
        words: &[
            "voterid", "votercard", "voteridcard", "voteridnumber", "voternumber", "voterno", "invoter",
            "epic", "epicnumber", "epicno", "electorphotoidentity", "electoralphotoidentity",
        ],
    },
    Unit {
        entity: Entity::SgNric,
        forms: &[form("A9999999A", 88), named("A 9999999 A"), named("A-9999999-A"), named("A9999999-A")],
        check: nric,
        chance: 0.0075,
        words: &[
            "nric", "sgnric", "nricno", "nricnumber", "nricfin", "finnumber", "finno", "singaporenric",
            "singaporeid", "uinfin", "foreignidentification",
        ],
    },
    Unit {
        entity: Entity::ThId,
        forms: &[form("9-9999-99999-99-9", 90), form("9 9999 99999 99 9", 88), named("9999999999999")],
        check: thai,
        chance: 0.08,
        words: &[
            "thid", "thaiid", "thainationalid", "thaiidcard", "nationalid", "nationalidnumber",
            "citizenid", "citizenidnumber", "pidthai", "บัตรปชช", "เลขบัตร",
            "บัตรประชาชน", "เลขบัตรประชาชน", "เลขประจำตัวประชาชน",
        ],
    },
    Unit {
        entity: Entity::MyNric,
        forms: &[named("999999-99-9999"), named("999999 99 9999"), named("999999999999")],
        check: malaysian,
        chance: 0.026,
        words: &[
            "nric", "mynric", "nricno", "nricnumber", "mykad", "mykadno", "mykadnumber", "icno",
            "icnumber", "iccard", "kadpengenalan", "nokp", "nokadpengenalan", "nombokadpengenalan",
            "malaysianic", "malaysiaic",
        ],
    },
    Unit {
        entity: Entity::IdNik,
        forms: &[
            named("9999999999999999"), named("999999 999999 9999"), named("99.9999.999999.9999"),
            named("999999-999999-9999"), named("9999 9999 9999 9999"),
        ],
        check: nik,
        chance: 0.02,
        words: &[
            "nik", "idnik", "noktp", "ktp", "nomorktp", "nonik", "nomornik", "ektp", "nikktp",
            "nomorindukkependudukan", "indukkependudukan", "nomorinduk",
        ],
    },
    Unit {
        entity: Entity::VnCccd,
        forms: &[named("999999999999"), named("999 999 999 999"), named("9999 9999 9999")],
        check: vietnamese,
        chance: 0.025,
        words: &[
            "cccd", "vncccd", "socccd", "sốcccd", "cancuoc", "căncước", "cancuoccongdan", "căncướccôngdân",
            "căncướccông", "cmnd", "socmnd", "sốcmnd", "cmt", "chungminhnhandan", "chứngminhnhândân",
            "sodinhdanh", "sốđịnhdanh", "mãđịnhdanh",
        ],
    },
];

/// Indian resident: twelve digits from 2 on, Verhoeff (UIDAI).
fn aadhaar(value: &[u8]) -> bool {
    matches!(value, [b'2'..=b'9', ..]) && value.len() == 12 && verhoeff(value)
}

/// Indian taxpayer: the fourth letter is the kind of holder (Income Tax Department; K, of trusts, is no
/// longer given out); the check letter is not published.
fn pan(value: &[u8]) -> bool {
    let [_, _, _, kind, _, n1, n2, n3, n4, _] = value else {
        return false;
    };
    b"ABCFGHJKLPT".contains(kind) && [*n1, *n2, *n3, *n4] != *b"0000"
}

/// Indian goods and services taxpayer: state, tax number, kind and a digit modulo 36 after Luhn
/// (Goods and Services Tax Network).
fn gstin(value: &[u8]) -> bool {
    let Some(([tens, units], rest)) = value.split_first_chunk::<2>() else {
        return false;
    };
    let Some((taxpayer, [registration, kind, _])) = rest.split_first_chunk::<10>() else {
        return false;
    };
    // Registrations are counted from 1; taxpayers, deductors and collectors.
    let kind = *registration != b'0' && matches!(kind, b'Z' | b'D' | b'C');
    let state = pair(*tens, *units).is_some_and(|state| matches!(state, 1..=38 | 96 | 97 | 99));
    let mut sum = value.iter().rev().zip([1, 2].into_iter().cycle());
    let sum = sum.try_fold(0, |sum, (byte, factor)| {
        let product = char::from(*byte).to_digit(36)? * factor;
        Some(sum + product / 36 + product % 36)
    });
    state && kind && pan(taxpayer) && sum.is_some_and(|sum: u32| sum.is_multiple_of(36))
}

/// Indian voter (Election Commission): three letters and a number; the check digit is not on all of
/// the cards.
fn voter(value: &[u8]) -> bool {
    value.len() == 10 && !value.ends_with(b"0000000")
}

/// Resident of Singapore: weights 2765432, a letter by the rest of 11 for each of the series S and T,
/// F and G, and M (Immigration and Checkpoints Authority).
fn nric(value: &[u8]) -> bool {
    let [series, digits @ .., check] = value else {
        return false;
    };
    let (shift, letters) = match series {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    let rest = (weighted(digits, &[2, 7, 6, 5, 4, 3, 2]) + shift) % 11;
    let expected = letters.iter().zip(0..).find(|(_, place)| *place == rest);
    digits.len() == 7 && expected.is_some_and(|(letter, _)| letter == check)
}

/// Thai person: a kind from 1 to 8, a digit modulo 11 with the weights 13 to 2 (Department of
/// Provincial Administration).
fn thai(value: &[u8]) -> bool {
    let rest = weighted(value, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    matches!(value, [b'1'..=b'8', ..]) && value.len() == 13 && ends_in(value, (11 - rest) % 10)
}

/// Malaysian: a birthday and a place of birth in use (Jabatan Pendaftaran Negara); no check digit.
fn malaysian(value: &[u8]) -> bool {
    let [_, _, _, _, _, _, p1, p2, _, _, _, _] = value else {
        return false;
    };
    let unused = |place| matches!(place, 0 | 17..=20 | 69 | 70 | 73 | 80 | 81 | 94..=97);
    let day = three_pairs(value);
    day.is_some_and(|[year, month, day]| two_digit_date(year, month, day))
        && pair(*p1, *p2).is_some_and(|place| !unused(place))
}

/// Indonesian: province, a birthday (women's days from 41), a serial number (Law 23/2006, article 13
/// and its regulation 37/2007); no check digit.
fn nik(value: &[u8]) -> bool {
    let [p1, p2, r1, r2, c1, c2, birthday @ .., s1, s2, s3, s4] = value else {
        return false;
    };
    let province = |code| matches!(code, 11..=19 | 21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=97);
    let day = three_pairs(birthday);
    let man = |day| if day > 40 { day - 40 } else { day };
    value.len() == 16
        && pair(*p1, *p2).is_some_and(province)
        && [[*r1, *r2], [*c1, *c2]].iter().all(|area| area != b"00")
        && day.is_some_and(|[day, month, year]| two_digit_date(year, month, man(day)))
        && [*s1, *s2, *s3, *s4] != *b"0000"
}

/// Vietnamese: a province, sex and century, year of birth (Circular 59/2021/TT-BCA, Circular
/// 07/2016/TT-BCA); no check digit.
fn vietnamese(value: &[u8]) -> bool {
    let [p1, p2, p3, century, y1, y2, _, _, _, _, _, _] = value else {
        return false;
    };
    let province = number(&[*p1, *p2, *p3]);
    let year = pair(*y1, *y2);
    let born = match century {
        b'0' | b'1' => true,
        b'2' | b'3' => year.is_some_and(|year| year <= 35),
        _ => false,
    };
    (1..=96).contains(&province) && born
}

#[cfg(test)]
mod tests {
    use super::super::checks::{Check, assert_tells};
    use super::{aadhaar, gstin, malaysian, nik, nric, pan, thai, vietnamese, voter};

    /// What passes, and how many of its corruptions in one digit do: those of no check digit, and
    /// where rests share one.
    #[rustfmt::skip] // Rows in lines.
    const RIGHT: &[(Check, &str, usize)] = &[
        (aadhaar, "234123412346", 0),
        (pan, "ACUPA7085R", 36),
        (gstin, "27AAPFU0939F1ZV", 0),
        (voter, "WKH1186253", 63),
        (nric, "S1234567D", 0),
        (nric, "T1234567J", 0),
        (nric, "F1234567N", 0),
        (nric, "G1234567X", 0),
        (nric, "M1234567K", 0),
        (nric, "M5398242L", 0),
        (thai, "1234545678781", 19),
        (malaysian, "770305021234", 89),
        (nik, "3171011708450001", 122),
        (nik, "3171015708450001", 122),
        (vietnamese, "001099012345", 90),
        (vietnamese, "079203012345", 86),
    ];

    #[rustfmt::skip] // Rows in lines.
    const WRONG: &[(Check, &str)] = &[
        (aadhaar, "134123412346"),
        (pan, "ACUZA7085R"),
        (pan, "ACUPA0000R"),
        (gstin, "42AAPFU0939F1ZV"),
        (nric, "S1234567A"),
        (nric, "A1234567D"),
        (thai, "0234545678781"),
        (malaysian, "771305021234"),
        (malaysian, "770305171234"),
        (nik, "3171017208450001"),
        (nik, "3171018508450001"),
        (vietnamese, "097099012345"),
        (vietnamese, "001299012345"),
    ];

    #[test]
    fn checks_tell_right_from_wrong() {
        assert_tells(RIGHT, WRONG);
    }
}

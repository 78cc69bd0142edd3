//! Values that nobody else has, planted in the shop, and the forms in which they may leak.
//!
//! A masked value must not be recognisable: not reversed, not encoded, not hashed, not stripped
//! of its punctuation. [`leaks`] searches received bytes for all of these at once.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// The name of the planted customer.
pub const NAME: &str = "Zephyrine Quillon";
/// The e-mail address of the planted customer.
pub const EMAIL: &str = "zephyrine.quillon@canary.example";
/// The telephone number of the planted customer.
pub const PHONE: &str = "+1-202-555-0147";
/// The social security number of the planted customer.
pub const SSN: &str = "111-22-3333";
/// The date of birth of the planted customer, in ISO form.
pub const BIRTH_DATE: &str = "1937-04-23";
/// The card number of the planted customer; it satisfies Luhn's formula.
pub const CARD: &str = "4929742155038166";
/// The street of the planted customer.
pub const ADDRESS: &str = "17 Quillon Wharfside";
/// The card number with which the planted customer paid; it satisfies Luhn's formula.
pub const PAYMENT_CARD: &str = "5200828282828210";
/// The bank account from which the planted customer paid; its check digits are right.
pub const IBAN: &str = "DE24370400440532013976";
/// The name of the planted employee.
pub const EMPLOYEE_NAME: &str = "Thaddeus Brackenridge-Oyelaran";
/// The e-mail address of the planted employee.
pub const EMPLOYEE_EMAIL: &str = "thaddeus.brackenridge@canary.example";
/// The salary of the planted employee.
pub const SALARY: &str = "987654.32";
/// The planted key of an integration.
pub const API_KEY: &str = concat!("shk_live_", "7Qm2Xv9Kp4Rt8Wz1Jc6Nb3Hd5Lf0Gs");

/// An e-mail address in free text.
pub const TEXT_EMAIL: &str = "ottoline.vex@freetext.example";
/// A telephone number in free text.
pub const TEXT_PHONE: &str = "+1-415-555-0198";
/// A social security number in free text.
pub const TEXT_SSN: &str = "287-65-4329";
/// A card number in free text, with blanks; it satisfies Luhn's formula.
pub const TEXT_CARD: &str = "5431 1111 1111 1111";
/// An access key id of AWS in free text.
pub const TEXT_AWS_KEY: &str = concat!("AKIA", "Z7QK2LMWXT4RBN5D");
/// A GitHub token in free text; its checksum is right.
pub const TEXT_GITHUB_TOKEN: &str = concat!("ghp_", "Kx7QmVd2ZrT9pLw4HsJn8BcYf3GuA64aL6t1");
/// A JSON web token in free text.
pub const TEXT_JWT: &str = concat!(
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    ".eyJzdWIiOiJjYW5hcnktNDcxMSIsImlhdCI6MTc2NzIyNTYwMH0",
    ".4QD7zgCMBOxAY3rwr5H7LwWu7cI_hWotPAsVgGJddV4"
);
/// A password, in free text, within a connection string.
pub const TEXT_PASSWORD: &str = "Vq7canaryHx2mPz9";

/// Where a canary is planted: which of the nets has to catch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A column of its own: lineage and tags protect it, always.
    Column,
    /// Within text or JSON about something else: only detection can find it.
    FreeText,
}

/// A planted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Canary {
    /// What it is, in a word: `ssn`.
    pub name: &'static str,
    /// The value as text.
    pub value: &'static str,
    /// Where it is planted.
    pub place: Place,
}

const fn column(name: &'static str, value: &'static str) -> Canary {
    Canary {
        name,
        value,
        place: Place::Column,
    }
}

const fn free_text(name: &'static str, value: &'static str) -> Canary {
    Canary {
        name,
        value,
        place: Place::FreeText,
    }
}

/// All that is planted.
pub const ALL: [Canary; 21] = [
    column("name", NAME),
    column("email", EMAIL),
    column("phone", PHONE),
    column("ssn", SSN),
    column("birth_date", BIRTH_DATE),
    column("card", CARD),
    column("address", ADDRESS),
    column("payment_card", PAYMENT_CARD),
    column("iban", IBAN),
    column("employee_name", EMPLOYEE_NAME),
    column("employee_email", EMPLOYEE_EMAIL),
    column("salary", SALARY),
    column("api_key", API_KEY),
    free_text("text_email", TEXT_EMAIL),
    free_text("text_phone", TEXT_PHONE),
    free_text("text_ssn", TEXT_SSN),
    free_text("text_card", TEXT_CARD),
    free_text("text_aws_key", TEXT_AWS_KEY),
    free_text("text_github_token", TEXT_GITHUB_TOKEN),
    free_text("text_jwt", TEXT_JWT),
    free_text("text_password", TEXT_PASSWORD),
];

/// MD5 of the canaries that a lookup table could reverse, as PostgreSQL's `md5` shows them.
const DIGESTS: [(&str, &str); 4] = [
    (NAME, "61f046e35036488e075de0c1726774e6"),
    (EMAIL, "71ca159f77b8ba08a85ba35cd6537abe"),
    (PHONE, "e35f6b12ca383f070869651a882807b0"),
    (SSN, "6a46993903f6e82df0dea10a7e68496b"),
];

/// Values whose binary format is not their text, with the bytes that the format holds: `date` as
/// days from 2000-01-01, `numeric` as the digits to the base 10,000.
const BINARY: [(&str, &[u8]); 2] = [
    (BIRTH_DATE, &(-22_898_i32).to_be_bytes()),
    (SALARY, &[0, 98, 0x1D, 0xE6, 0x0C, 0x80]),
];

/// Fewer digits than this are found by chance in any data.
const DIGITS_MIN: usize = 7;

/// Fewer bytes than this say nothing; the binary date has as many.
const PATTERN_MIN: usize = 4;

/// What stands between single characters when a value is taken apart.
const SEPARATORS: [&str; 5] = [" ", ",", "-", "\n", "|"];

impl Canary {
    /// The byte patterns that betray the value, compared without regard to the case of letters:
    /// as it is, its digits alone, both reversed, one character at a time, in hexadecimal, in
    /// base64 at each of the three alignments, digested, and in PostgreSQL's binary format.
    pub fn forms(&self) -> Vec<Vec<u8>> {
        let digits: String = self.value.chars().filter(char::is_ascii_digit).collect();
        let mut forms = spellings(self.value);
        if digits.len() >= DIGITS_MIN {
            forms.extend(spellings(&digits));
        }
        forms.extend(bytes_for(
            self.value,
            &DIGESTS.map(|(of, hash)| (of, hash.as_bytes())),
        ));
        forms.extend(bytes_for(self.value, &BINARY));
        forms
            .into_iter()
            .filter(|form| form.len() >= PATTERN_MIN)
            .collect()
    }
}

/// The ways to write `text` that need no key to be read back.
fn spellings(text: &str) -> BTreeSet<Vec<u8>> {
    let reversed: String = text.chars().rev().collect();
    let mut forms = BTreeSet::new();
    for written in [text, &reversed] {
        forms.insert(written.as_bytes().to_vec());
        forms.insert(hexadecimal(written.as_bytes()).into_bytes());
        forms.extend((0..3).map(|alignment| base64_within(written.as_bytes(), alignment)));
        forms.extend(SEPARATORS.map(|separator| apart(written, separator).into_bytes()));
    }
    forms
}

fn bytes_for(value: &str, table: &[(&str, &[u8])]) -> Vec<Vec<u8>> {
    table
        .iter()
        .filter(|(of, _)| *of == value)
        .map(|(_, bytes)| bytes.to_vec())
        .collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn apart(text: &str, separator: &str) -> String {
    let characters: Vec<String> = text.chars().map(String::from).collect();
    characters.join(separator)
}

/// The characters of the base64 of any text that has `bytes` at an offset of `alignment` modulo
/// three and that depend on `bytes` alone (RFC 4648, section 4).
fn base64_within(bytes: &[u8], alignment: usize) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1))
        .collect();
    // The first of our bits that begins a group of six: the bytes before are not ours.
    let skipped = (6 - alignment * 8 % 6) % 6;
    bits.get(skipped..)
        .unwrap_or_default()
        .chunks_exact(6)
        .map(|group| {
            group
                .iter()
                .fold(0_usize, |value, bit| value << 1 | usize::from(*bit))
        })
        .filter_map(|value| ALPHABET.get(value).copied())
        .collect()
}

/// A canary found where it must not be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// The canary.
    pub canary: Canary,
    /// The pattern that was found.
    pub form: Vec<u8>,
    /// Where the pattern begins.
    pub offset: usize,
}

impl std::fmt::Display for Leak {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let form = self.form.escape_ascii();
        write!(
            out,
            "canary `{}` as `{form}` at byte {}",
            self.canary.name, self.offset
        )
    }
}

struct Patterns {
    automaton: AhoCorasick,
    meanings: Vec<(Canary, Vec<u8>)>,
}

/// Built once and never changed.
#[expect(
    clippy::expect_used,
    reason = "a search that finds nothing would pass every test"
)]
static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let meanings: Vec<(Canary, Vec<u8>)> = ALL
        .iter()
        .flat_map(|canary| canary.forms().into_iter().map(move |form| (*canary, form)))
        .collect();
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(true)
        .build(meanings.iter().map(|(_, form)| form))
        .expect("a thousand short patterns fit");
    Patterns {
        automaton,
        meanings,
    }
});

/// Every canary in `bytes`, in whatever form, in order of its end.
pub fn leaks(bytes: &[u8]) -> Vec<Leak> {
    PATTERNS
        .automaton
        .find_overlapping_iter(bytes)
        .filter_map(|found| {
            let (canary, form) = PATTERNS.meanings.get(found.pattern().as_usize())?;
            Some(Leak {
                canary: *canary,
                form: form.clone(),
                offset: found.start(),
            })
        })
        .collect()
}

/// The [`leaks`] of values that have a column of their own: these must never be seen, whatever
/// detection finds in text.
pub fn column_leaks(bytes: &[u8]) -> Vec<Leak> {
    leaks(bytes)
        .into_iter()
        .filter(|leak| leak.canary.place == Place::Column)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(bytes: &[u8]) -> BTreeSet<&'static str> {
        leaks(bytes).iter().map(|leak| leak.canary.name).collect()
    }

    #[test]
    fn every_canary_is_found_as_it_is_and_means_itself() {
        for canary in ALL {
            let received = format!("D..{}..", canary.value);
            assert_eq!(names(received.as_bytes()), BTreeSet::from([canary.name]));
        }
    }

    #[test]
    fn disguises_are_seen_through() {
        let cases: [(&str, &[u8]); 15] = [
            ("ssn", b"111223333"),
            ("ssn", b"3333-22-111"),
            ("ssn", b"333322111"),
            ("ssn", b"1,1,1,-,2,2,-,3,3,3,3"),
            ("ssn", b"1 1 1 2 2 3 3 3 3"),
            ("ssn", b"\\x3131312d32322d33333333"),
            ("ssn", b"MTExLTIyLTMzMzM="),
            ("ssn", b"eDExMS0yMi0zMzMz"),
            ("ssn", b"eHgxMTEtMjItMzMzMw=="),
            ("ssn", b"6A46993903F6E82DF0DEA10A7E68496B"),
            ("name", b"ZEPHYRINE QUILLON"),
            ("email", b"elpmaxe.yranac@nolliuq.eniryhpez"),
            ("card", b"4929 742155038166 4929742155038166"),
            ("birth_date", b"\x00\x00\x00\x04\xff\xff\xa6\x8e"),
            (
                "salary",
                b"\x00\x03\x00\x01\x00\x00\x00\x02\x00\x62\x1d\xe6\x0c\x80",
            ),
        ];
        for (canary, received) in cases {
            assert!(
                names(received).contains(canary),
                "{canary}: {}",
                received.escape_ascii()
            );
        }
    }

    #[test]
    fn masked_values_are_no_leaks() {
        let masked =
            b"XXX-XX-3333 ****8166 z***@canary.example 0.00 1900-01-01 redacted 111-22-333";
        assert_eq!(leaks(masked), []);
    }

    #[test]
    fn free_text_is_told_from_columns() {
        let received = format!("{TEXT_EMAIL} {EMAIL}");
        let found: BTreeSet<_> = column_leaks(received.as_bytes())
            .iter()
            .map(|leak| leak.canary.name)
            .collect();
        assert_eq!(found, BTreeSet::from(["email"]));
    }
}

//! What is found, what is not, by type: values as data, valid ones made by generators.

use detect::{Detector, Entity, Hint, Spans};
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::new);

/// Writes each span as `TYPE(text)`, joined by blanks.
fn found(column: Option<&str>, value: &str) -> String {
    let hint = column.map(Hint::for_column);
    let mut spans = Spans::new();
    DETECTOR.detect(value.as_bytes(), hint.as_ref(), &mut spans);
    let each = spans.iter().map(|span| {
        let bytes = value
            .as_bytes()
            .get(span.start..span.end)
            .unwrap_or_default();
        format!("{}({})", span.entity.name(), String::from_utf8_lossy(bytes))
    });
    each.collect::<Vec<_>>().join(" ")
}

fn check(rows: &[(&str, &str)]) {
    for (value, want) in rows {
        assert_eq!(&found(None, value), want, "in `{value}`");
    }
}

fn check_column(column: &str, rows: &[(&str, &str)]) {
    for (value, want) in rows {
        assert_eq!(
            &found(Some(column), value),
            want,
            "`{value}` in column {column}"
        );
    }
}

fn nothing(values: &[&str]) {
    for value in values {
        assert_eq!(found(None, value), "", "in `{value}`");
    }
}

/// A small generator (xorshift), so that the cases are the same on every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let pick = |_| {
            letters
                .get(self.next(letters.len() as u64) as usize)
                .copied()
        };
        (0..length).filter_map(pick).collect()
    }
}

const DIGITS: &str = "0123456789";
const HEX: &str = "0123456789abcdef";
const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Every value that differs from `value` in one digit.
fn one_digit_off(value: &str) -> Vec<String> {
    let digits = value
        .char_indices()
        .filter(|(_, letter)| letter.is_ascii_digit());
    let changed = |(place, letter): (usize, char)| {
        let next = char::from_digit((letter.to_digit(10).unwrap_or(0) + 1) % 10, 10).unwrap_or('0');
        let mut other = value.to_owned();
        other.replace_range(place..=place, &next.to_string());
        other
    };
    digits.map(changed).collect()
}

#[test]
fn email() {
    check(&[
        (
            "anna.schmidt@example.com",
            "EMAIL_ADDRESS(anna.schmidt@example.com)",
        ),
        (
            "Mail a+b_c@sub.example.co.uk, thanks.",
            "EMAIL_ADDRESS(a+b_c@sub.example.co.uk)",
        ),
        ("<anna@example.com>", "EMAIL_ADDRESS(anna@example.com)"),
        (
            "mailto:anna@example.com?x=1",
            "EMAIL_ADDRESS(anna@example.com)",
        ),
        (
            "https://example.com/?to=anna@example.com",
            "EMAIL_ADDRESS(anna@example.com)",
        ),
        ("müller@example.de", "EMAIL_ADDRESS(müller@example.de)"),
        ("anna@müller.de", "EMAIL_ADDRESS(anna@müller.de)"),
        (
            "anna@xn--mller-kva.xn--p1ai",
            "EMAIL_ADDRESS(anna@xn--mller-kva.xn--p1ai)",
        ),
        (
            "a@b.io|c@d.io",
            "EMAIL_ADDRESS(a@b.io) EMAIL_ADDRESS(c@d.io)",
        ),
        (
            "{\"to\":\"anna@example.com\"}",
            "EMAIL_ADDRESS(anna@example.com)",
        ),
        (
            "写信anna@example.com吧",
            "EMAIL_ADDRESS(写信anna@example.com)",
        ),
    ]);
    nothing(&[
        "icon@2x.png",
        "git@github.com:owner/repo.git",
        "@scope/pkg@1.2.3",
        "a@b",
        "a@b.c",
        "@home",
        "a..b@example.com",
        "a@-b.com",
        "a@b-.com",
        "user@localhost",
        "a@b..com",
        "5 @ 3.50",
        "https://anna@example.com/x",
    ]);
}

fn with_luhn(prefix: &str) -> String {
    let fits = |digit: &u32| {
        let digits = format!("{prefix}{digit}");
        let sum: u32 = digits
            .chars()
            .rev()
            .enumerate()
            .filter_map(|(place, letter)| {
                let value = letter.to_digit(10)? * if place % 2 == 1 { 2 } else { 1 };
                Some(value / 10 + value % 10)
            })
            .sum();
        sum.is_multiple_of(10)
    };
    let digit = (0..10).find(fits).unwrap_or_default();
    format!("{prefix}{digit}")
}

#[test]
fn cards_of_all_issuers_and_their_corruptions() {
    let mut numbers = Numbers(7);
    let issuers = [
        ("4", 16),
        ("51", 16),
        ("2221", 16),
        ("2720", 16),
        ("34", 15),
        ("37", 15),
        ("36", 14),
        ("6011", 16),
        ("65", 16),
        ("3528", 16),
        ("62", 16),
        ("2200", 16),
        ("97920", 16),
    ];
    for (prefix, length) in issuers {
        for _ in 0..20 {
            let body = numbers.text(DIGITS, length - prefix.len() - 1);
            let card = with_luhn(&format!("{prefix}{body}"));
            assert_eq!(found(None, &card), format!("CREDIT_CARD({card})"));
            for other in one_digit_off(&card) {
                assert_eq!(found(None, &other), "", "from {card}");
            }
        }
    }
}

#[test]
fn cards_as_written() {
    check(&[
        ("4111 1111 1111 1111", "CREDIT_CARD(4111 1111 1111 1111)"),
        ("4111-1111-1111-1111", "CREDIT_CARD(4111-1111-1111-1111)"),
        ("4111.1111.1111.1111", "CREDIT_CARD(4111.1111.1111.1111)"),
        (
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            "CREDIT_CARD(4111\u{a0}1111\u{a0}1111\u{a0}1111)",
        ),
        ("amex 3782 822463 10005", "CREDIT_CARD(3782 822463 10005)"),
        (
            "order paid with card 4111111111111111.",
            "CREDIT_CARD(4111111111111111)",
        ),
        (
            "2024-01-05 4111 1111 1111 1111",
            "CREDIT_CARD(4111 1111 1111 1111)",
        ),
        (
            "{\"pan\":4111111111111111}",
            "CREDIT_CARD(4111111111111111)",
        ),
        ("maestro 675911111116", ""),
        ("card 6759649826438453", "CREDIT_CARD(6759649826438453)"),
    ]);
    nothing(&[
        "4111 1111 1111 1112",
        "tracking 4111111111111111",
        "1234567890123456",
        "4444444444444444",
        "4111 1111-1111 1111",
        "41111111111111110000000",
        "0.4111111111111111",
        "x4111111111111111",
        "4111111111111111x",
        "4111111111111111.5",
        "550e8400-e29b-41d4-a716-446655440000",
        "order number 4111111111111111",
    ]);
}

#[test]
fn phones() {
    check(&[
        ("+49 30 901820", "PHONE_NUMBER(+49 30 901820)"),
        ("+14155552671", "PHONE_NUMBER(+14155552671)"),
        ("+1 (415) 555-2671", "PHONE_NUMBER(+1 (415) 555-2671)"),
        ("+44 (0)20 7946 0958", "PHONE_NUMBER(+44 (0)20 7946 0958)"),
        ("+33 1 23 45 67 89 2024", "PHONE_NUMBER(+33 1 23 45 67 89)"),
        ("call me: 030 901820", "PHONE_NUMBER(030 901820)"),
        ("Phone (415) 555-2671", "PHONE_NUMBER((415) 555-2671)"),
        ("tel.: 0049 30 901820", "PHONE_NUMBER(0049 30 901820)"),
    ]);
    check_column(
        "phone_number",
        &[
            ("030 901820", "PHONE_NUMBER(030 901820)"),
            ("(415) 555-2671", "PHONE_NUMBER((415) 555-2671)"),
            ("4155552671", "PHONE_NUMBER(4155552671)"),
            ("2024-01-31", ""),
            ("none", ""),
        ],
    );
    nothing(&[
        "+3.5",
        "2+49301234567",
        "+1 115 555 2671",
        "+1234567890",
        "030 901820",
        "2024-01-31",
        "12:30:45+00",
        "call about order 12345678",
        "+999 123456789",
        "(415) 555-2671",
    ]);
}

#[test]
fn social_security_numbers() {
    check(&[
        ("536-22-1234", "US_SSN(536-22-1234)"),
        ("SSN 536 22 1234", "US_SSN(536 22 1234)"),
        ("ssn: 536221234", "US_SSN(536221234)"),
        ("{\"ssn\": \"536221234\"}", "US_SSN(536221234)"),
    ]);
    check_column(
        "ssn",
        &[("536221234", "US_SSN(536221234)"), ("000221234", "")],
    );
    nothing(&[
        "000-22-1234",
        "666-22-1234",
        "936-22-1234",
        "536-00-1234",
        "536-22-0000",
        "078-05-1120",
        "219-09-9999",
        "536221234",
        "536 22 1234",
        "1536-22-1234",
        "536-22-1234x",
        "536-22-1234.5",
        "536-22-12345",
        "536-22-1234-9",
        "order 536-22-1234",
        "5-536-22-1234",
    ]);
}

fn iban(country: &str, body: &str) -> String {
    let value = |letter: char| letter.to_digit(36).unwrap_or(0).to_string();
    let digits: String = format!("{body}{country}00").chars().map(value).collect();
    let remainder = digits.chars().fold(0, |sum, digit| {
        (sum * 10 + digit.to_digit(10).unwrap_or(0)) % 97
    });
    format!("{country}{:02}{body}", 98 - remainder)
}

#[test]
fn ibans_and_their_corruptions() {
    let mut numbers = Numbers(11);
    let lengths = [
        ("DE", 22),
        ("FR", 27),
        ("NO", 15),
        ("PL", 28),
        ("ES", 24),
        ("BE", 16),
    ];
    for (country, length) in lengths {
        for _ in 0..20 {
            let account = iban(country, &numbers.text(DIGITS, length - 4));
            assert_eq!(found(None, &account), format!("IBAN({account})"));
            for other in one_digit_off(&account) {
                assert!(
                    !found(None, &other).contains("IBAN"),
                    "{other} from {account}"
                );
            }
        }
    }
    check(&[
        (
            "GB82 WEST 1234 5698 7654 32 is mine",
            "IBAN(GB82 WEST 1234 5698 7654 32)",
        ),
        ("gb82west12345698765432", "IBAN(gb82west12345698765432)"),
    ]);
    nothing(&[
        "XGB82WEST12345698765432",
        "GB82WEST123456987654321",
        "GB83WEST12345698765432",
    ]);
}

#[test]
fn addresses_of_machines() {
    check(&[
        ("192.168.1.77", "IP_ADDRESS(192.168.1.77)"),
        ("from 203.0.113.9:443, ok", "IP_ADDRESS(203.0.113.9)"),
        ("10.20.0.0/16", "IP_ADDRESS(10.20.0.0)"),
        ("http://203.0.113.9/x", "IP_ADDRESS(203.0.113.9)"),
        ("ip 8.8.8.8", "IP_ADDRESS(8.8.8.8)"),
        (
            "2001:db8::ff00:42:8329",
            "IP_ADDRESS(2001:db8::ff00:42:8329)",
        ),
        (
            "ip:fe80::1ff:fe23:4567:890a.",
            "IP_ADDRESS(fe80::1ff:fe23:4567:890a)",
        ),
        ("[2001:db8::1]:443", "IP_ADDRESS(2001:db8::1)"),
        ("::ffff:203.0.113.9", "IP_ADDRESS(::ffff:203.0.113.9)"),
        ("00:1a:2b:3c:4d:5e", "MAC_ADDRESS(00:1a:2b:3c:4d:5e)"),
        ("mac:00:1a:2b:3c:4d:5e", "MAC_ADDRESS(00:1a:2b:3c:4d:5e)"),
        ("00-1A-2B-3C-4D-5E", "MAC_ADDRESS(00-1A-2B-3C-4D-5E)"),
        ("001a.2b3c.4d5e", "MAC_ADDRESS(001a.2b3c.4d5e)"),
        (
            "00:1a:2b:ff:fe:3c:4d:5e",
            "MAC_ADDRESS(00:1a:2b:ff:fe:3c:4d:5e)",
        ),
    ]);
    nothing(&[
        "1.2.3.4",
        "version 10.20.30.40",
        "v10.20.30.40",
        "Chrome/119.0.0.0",
        "255.255.255.0",
        "0.0.0.0",
        "127.0.0.1",
        "256.1.1.1",
        "10.20.30.40.50",
        "010.20.30.40",
        "1.20.30",
        "12:30:45",
        "2024-01-31 12:30:45.123",
        "a::b",
        "std::vec",
        "value::int4",
        "::1",
        "::",
        "00:00:00:00:00:00",
        "ff:ff:ff:ff:ff:ff",
        "00:1a:2b:3c:4d",
        "00:1a:2b:3c:4d:5e:6f",
        "00:1a-2b:3c:4d:5e",
        "de:ad:be:ef:de:ad:be:ef:de:ad:be:ef:de:ad:be:ef:de:ad:be:ef",
    ]);
}

/// CRC-32 of zlib, written apart from the crate's own.
fn crc(bytes: &str) -> u32 {
    let step = |crc: u32| {
        if crc & 1 == 1 {
            (crc >> 1) ^ 0xEDB8_8320
        } else {
            crc >> 1
        }
    };
    !bytes.bytes().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc))
    })
}

fn base_62(mut value: u32) -> String {
    let mut digits = String::new();
    for _ in 0..6 {
        digits.insert(
            0,
            ALPHANUMERIC.chars().nth(value as usize % 62).unwrap_or('0'),
        );
        value /= 62;
    }
    digits
}

#[test]
fn tokens_with_check_sums() {
    let mut numbers = Numbers(13);
    let scored = |value: &str| {
        let mut spans = Spans::new();
        DETECTOR.detect(value.as_bytes(), None, &mut spans);
        spans
            .iter()
            .map(|span| (span.entity, span.end - span.start, span.score))
            .collect::<Vec<_>>()
    };
    for prefix in ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_"] {
        let body = numbers.text(ALPHANUMERIC, 30);
        let token = format!("{prefix}{body}{}", base_62(crc(&body)));
        let entity = if prefix == "npm_" {
            Entity::NpmToken
        } else {
            Entity::GithubToken
        };
        assert_eq!(scored(&token), [(entity, 40, 100)], "{token}");
        let mistyped = format!("{prefix}{body}{}", base_62(crc(&body) ^ 1));
        assert_eq!(scored(&mistyped), [(entity, 40, 60)], "{mistyped}");
    }
    let key = format!("glsa_{}", numbers.text(ALPHANUMERIC, 32));
    let token = format!("{key}_{:08x}", crc(&key).swap_bytes());
    assert_eq!(scored(&token), [(Entity::GrafanaToken, 46, 100)]);
    let token = format!("{key}_{:08x}", crc(&key).swap_bytes() ^ 1);
    assert_eq!(scored(&token), [(Entity::GrafanaToken, 46, 60)]);
}

/// Prefix, alphabet and length of the body, type.
#[rustfmt::skip] // One row a line.
const TOKENS: &[(&str, &str, usize, Entity)] = &[
    ("AKIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, Entity::AwsAccessKeyId),
    ("github_pat_", ALPHANUMERIC, 82, Entity::GithubToken),
    ("glpat-", ALPHANUMERIC, 20, Entity::GitlabToken),
    ("xoxb-", ALPHANUMERIC, 50, Entity::SlackToken),
    ("sk_live_", ALPHANUMERIC, 24, Entity::StripeKey),
    ("rk_test_", ALPHANUMERIC, 24, Entity::StripeKey),
    ("whsec_", ALPHANUMERIC, 32, Entity::StripeKey),
    ("AIza", ALPHANUMERIC, 35, Entity::GoogleApiKey),
    ("GOCSPX-", ALPHANUMERIC, 28, Entity::GoogleApiKey),
    ("sk-proj-", ALPHANUMERIC, 48, Entity::OpenaiKey),
    ("sq0atp-", ALPHANUMERIC, 22, Entity::SquareToken),
    ("EAAA", ALPHANUMERIC, 60, Entity::SquareToken),
    ("gsk_", ALPHANUMERIC, 52, Entity::Secret),
    ("rubygems_", HEX, 48, Entity::Secret),
    ("dckr_pat_", ALPHANUMERIC, 27, Entity::Secret),
    ("xkeysib-", HEX, 64, Entity::Secret),
    ("shippo_live_", HEX, 40, Entity::Secret),
    ("sbp_", HEX, 40, Entity::Secret),
    ("pul-", HEX, 40, Entity::Secret),
    ("figd_", ALPHANUMERIC, 40, Entity::Secret),
    ("tskey-", ALPHANUMERIC, 40, Entity::Secret),
    ("key-", HEX, 32, Entity::Secret),
    ("pscale_tkn_", ALPHANUMERIC, 43, Entity::Secret),
    ("sk-ant-api03-", ALPHANUMERIC, 95, Entity::AnthropicKey),
    ("pypi-AgEIcHlwaS5vcmc", ALPHANUMERIC, 80, Entity::PypiToken),
    ("SK", HEX, 32, Entity::TwilioKey),
    ("shpat_", HEX, 32, Entity::ShopifyToken),
    ("hf_", ALPHANUMERIC, 34, Entity::HuggingfaceToken),
    ("dop_v1_", HEX, 64, Entity::DigitaloceanToken),
    ("dapi", HEX, 32, Entity::DatabricksToken),
    ("hvs.", ALPHANUMERIC, 90, Entity::VaultToken),
    ("dp.pt.", ALPHANUMERIC, 43, Entity::DopplerToken),
    ("lin_api_", ALPHANUMERIC, 40, Entity::LinearKey),
    ("ntn_", ALPHANUMERIC, 46, Entity::NotionToken),
    ("secret_", ALPHANUMERIC, 43, Entity::NotionToken),
    ("https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/", ALPHANUMERIC, 24, Entity::SlackWebhook),
    ("https://discord.com/api/webhooks/123456789012345678/", ALPHANUMERIC, 68, Entity::DiscordWebhook),
    ("110201543:AA", ALPHANUMERIC, 33, Entity::TelegramBotToken),
    ("lgk_k3yid5_", ALPHANUMERIC, 40, Entity::Secret),
];

#[test]
fn tokens_of_vendors() {
    let mut numbers = Numbers(17);
    for &(prefix, alphabet, length, entity) in TOKENS {
        let token = format!("{prefix}{}", numbers.text(alphabet, length));
        let want = format!("{}({token})", entity.name());
        assert_eq!(found(None, &token), want);
        assert_eq!(found(None, &format!("use \"{token}\", please")), want);
        assert_eq!(
            found(None, &format!("line\\n{token}\\n")),
            want,
            "after an escape"
        );
        let url = prefix.starts_with("https");
        assert_eq!(
            found(None, &format!("x{token}")).contains(&want),
            url,
            "inside a word"
        );
        let placeholder = format!("{prefix}{}", "x".repeat(length));
        assert_eq!(found(None, &placeholder), "");
    }
}

#[test]
fn tokens_of_vendors_in_parts() {
    let mut numbers = Numbers(19);
    let sendgrid = format!(
        "SG.{}.{}",
        numbers.text(ALPHANUMERIC, 22),
        numbers.text(ALPHANUMERIC, 43)
    );
    let openai = format!(
        "sk-{}T3BlbkFJ{}",
        numbers.text(ALPHANUMERIC, 20),
        numbers.text(ALPHANUMERIC, 20)
    );
    let postman = format!("PMAK-{}-{}", numbers.text(HEX, 24), numbers.text(HEX, 34));
    let azure = format!("{}==", numbers.text(ALPHANUMERIC, 86));
    check(&[
        (&sendgrid, &format!("SENDGRID_KEY({sendgrid})")),
        (&openai, &format!("OPENAI_KEY({openai})")),
        (&postman, &format!("POSTMAN_KEY({postman})")),
        (
            &format!("AccountName=a;AccountKey={azure};EndpointSuffix=x"),
            &format!("AZURE_STORAGE_KEY({azure})"),
        ),
    ]);
    nothing(&[
        "AKIAIOSFODNN7EXAMPLE",
        "sk-learn is a library for python",
        "SKU-12345678901234567890",
        "ghp_short",
        "secret_santa_is_coming_to_town",
        "npm_config_registry_is_a_variable_name_here",
    ]);
}

#[test]
fn tokens_whose_literal_is_in_the_middle() {
    let mut numbers = Numbers(23);
    let hexadecimal = numbers.text(HEX, 32);
    let mailchimp = format!("{hexadecimal}-us12");
    let groups: Vec<String> = [8, 4, 4, 4, 12]
        .map(|length| numbers.text(HEX, length))
        .into();
    let hubspot = format!("pat-na1-{}", groups.join("-"));
    let airtable = format!(
        "pat{}.{}",
        numbers.text(ALPHANUMERIC, 14),
        numbers.text(HEX, 64)
    );
    let azure = format!("aB38Q~{}", numbers.text(ALPHANUMERIC, 34));
    let terraform = format!(
        "{}.atlasv1.{}",
        numbers.text(ALPHANUMERIC, 14),
        numbers.text(ALPHANUMERIC, 67)
    );
    let signature = numbers.text(HEX, 64);
    let age = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    check(&[
        (&mailchimp, &format!("MAILCHIMP_KEY({mailchimp})")),
        (&hubspot, &format!("HUBSPOT_KEY({hubspot})")),
        (&airtable, &format!("SECRET({airtable})")),
        (&azure, &format!("SECRET({azure})")),
        (&terraform, &format!("SECRET({terraform})")),
        (age, &format!("AGE_SECRET_KEY({age})")),
        (
            &format!("https://b.s3.example.com/k?X-Amz-Expires=60&X-Amz-Signature={signature}"),
            &format!("SECRET({signature})"),
        ),
    ]);
    nothing(&[
        &hexadecimal,
        "the path.of the file-us12",
        "https://example.com/?sig=short",
    ]);
}

#[test]
fn structured_secrets() {
    let jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    let pem =
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\nabc=\n-----END RSA PRIVATE KEY-----";
    let bcrypt = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
    let scram = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
    let argon = "$argon2id$v=19$m=65536,t=2,p=1$gZiV/M1gPc22ElAH/Jh1Hw$CWOrkoo7oJBQ/iyh7uJ0LO2aLEfrHwTWllSAxT0zRno";
    check(&[
        (jwt, &format!("JWT({jwt})")),
        (
            &format!("Authorization: Bearer {jwt}"),
            &format!("JWT({jwt})"),
        ),
        (&format!("the token {jwt}."), &format!("JWT({jwt})")),
        (pem, &format!("PRIVATE_KEY({pem})")),
        (&format!("key {pem} end"), &format!("PRIVATE_KEY({pem})")),
        (
            "-----BEGIN PRIVATE KEY-----\\nMIIE",
            "PRIVATE_KEY(-----BEGIN PRIVATE KEY-----\\nMIIE)",
        ),
        (bcrypt, &format!("PASSWORD_HASH({bcrypt})")),
        (scram, &format!("PASSWORD_HASH({scram})")),
        (argon, &format!("PASSWORD_HASH({argon})")),
        (
            "md5a3556571e93b0d20722ba62be61e8c2d",
            "PASSWORD_HASH(md5a3556571e93b0d20722ba62be61e8c2d)",
        ),
        (
            "otpauth://totp/x:anna?secret=JBSWY3DPEHPK3PXP&issuer=x",
            "TOTP_SECRET(JBSWY3DPEHPK3PXP)",
        ),
    ]);
    nothing(&[
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "eyJhbGciOiJIUzI1NiJ9",
        "eyJmb28iOiJiYXIifQ.eyJmb28iOiJiYXIifQ.abc",
        "d41d8cd98f00b204e9800998ecf8427e",
        "costs $2a$ or so",
        "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
    ]);
}

#[test]
fn passwords_in_connection_strings() {
    check(&[
        (
            "postgres://app:s3cr3t@db.example.com:5432/x",
            "CONNECTION_STRING(s3cr3t)",
        ),
        ("redis://:pw9@h", "CONNECTION_STRING(pw9)"),
        ("postgres://app:p@ss@db/x", "CONNECTION_STRING(p@ss)"),
        ("postgres://app:p/w@d@db/x", "CONNECTION_STRING(p/w@d)"),
        (
            "Server=db;Database=x;User Id=app;Password=s3cr3t!;",
            "CONNECTION_STRING(s3cr3t!)",
        ),
        (
            "host=db user=app password=s3cr3t dbname=x",
            "CONNECTION_STRING(s3cr3t)",
        ),
        (
            "jdbc:postgresql://db/x?user=app&password=s3cr3t&ssl=true",
            "CONNECTION_STRING(s3cr3t)",
        ),
    ]);
    nothing(&[
        "postgres://app:${PW}@db/x",
        "http://example.com:8080/a@b",
        "https://example.com/a:b@c",
        "postgres://app@db/x",
        "postgres://app:<password>@db/x",
    ]);
}

#[test]
fn values_by_the_name_before_them() {
    check(&[
        ("name: Anna", "PERSON(Anna)"),
        ("password=hunter2", "PASSWORD(hunter2)"),
        ("DB_PASSWORD='correct horse'", "PASSWORD(correct horse)"),
        ("{\"password\":\"a\\\"b,c\"}", "PASSWORD(a\\\"b,c)"),
        (
            "{\\\"pwd\\\":\\\"hunter2\\\",\\\"x\\\":1}",
            "PASSWORD(hunter2)",
        ),
        ("the password: Hunter2 works", "PASSWORD(Hunter2)"),
        ("password=mail@acme.io", "PASSWORD(mail@acme.io)"),
        ("API_KEY=Zq8vT1mB4xKc9Rw2", "SECRET(Zq8vT1mB4xKc9Rw2)"),
        ("API key: Zq8vT1mB4xKc9Rw2", "SECRET(Zq8vT1mB4xKc9Rw2)"),
        ("X-Auth-Token: Zq8vT1mB4xKc9Rw2", "SECRET(Zq8vT1mB4xKc9Rw2)"),
        (
            "Authorization: Bearer Zq8vT1mB4xKc9Rw2",
            "SECRET(Zq8vT1mB4xKc9Rw2)",
        ),
        (
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYzQ8vT1mB4x",
            "AWS_SECRET_KEY(wJalrXUtnFEMI/K7MDENG/bPxRfiCYzQ8vT1mB4x)",
        ),
        (
            "https://x.example/?access_token=Zq8vT1mB4xKc9Rw2&a=1",
            "SECRET(Zq8vT1mB4xKc9Rw2)",
        ),
        (
            "{\"first_name\": \"Anna\", \"dob\": \"1985-02-28\"}",
            "PERSON(Anna) DATE_OF_BIRTH(1985-02-28)",
        ),
    ]);
    nothing(&[
        "password: required",
        "password = null",
        "password=${DB_PASSWORD}",
        "password == x",
        "token_type: bearerlong9",
        "token: expired",
        "token_count=12345678901",
        "secret: something",
        "session_token=550e8400-e29b-41d4-a716-446655440000",
        "password_updated_at=2024-01-31",
        "public_key=Zq8vT1mB4xKc9Rw2",
        "status: active",
        "name: Widget",
        "a=b",
        "=",
        ":",
        "password=",
        "time: 12:30:45",
        "send the password to: Bob77",
    ]);
}

#[test]
fn values_by_their_column() {
    check_column(
        "first_name",
        &[
            ("Anna", "PERSON(Anna)"),
            ("李雷", "PERSON(李雷)"),
            ("-", ""),
            ("", ""),
        ],
    );
    check_column(
        "contact_name",
        &[("Anna <a@b.com>", "PERSON(Anna <a@b.com>)")],
    );
    check_column(
        "password",
        &[
            (" hunter2 ", "PASSWORD(hunter2)"),
            ("p@ss.com", "PASSWORD(p@ss.com)"),
        ],
    );
    check_column(
        "birth_date",
        &[("1985-02-28", "DATE_OF_BIRTH(1985-02-28)"), ("unknown", "")],
    );
    check_column(
        "zip_code",
        &[
            ("10115", "POSTAL_CODE(10115)"),
            ("SW1A 1AA", "POSTAL_CODE(SW1A 1AA)"),
        ],
    );
    check_column("street", &[("Hauptstr. 5", "STREET_ADDRESS(Hauptstr. 5)")]);
    check_column("reset_token", &[("550e8400-e29b", "SECRET(550e8400-e29b)")]);
    check_column(
        "order_number",
        &[("4111111111111111", ""), ("536-22-1234", "")],
    );
    check_column("product_name", &[("Anna", "")]);
}

#[test]
fn hard_negatives() {
    nothing(&[
        "",
        " ",
        "hello world",
        "550e8400-e29b-41d4-a716-446655440000",
        "1.2.3",
        "v2.10.4-rc.1",
        "2024-01-31T12:30:45.123456Z",
        "2024-01-31 12:30:45+01:00",
        "1706704245123",
        "1706704245123456",
        "ORD-2024-000123",
        "1Z999AA10123456784",
        "978-3-16-148410-0",
        "4006381333931",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0",
        "lorem ipsum dolor sit amet, consectetur adipiscing elit",
        "3.14159265358979",
        "12,345,678.90",
        "POINT(52.5200 13.4050)",
        "{\"a\": 1, \"b\": [true, null]}",
        "SELECT * FROM t WHERE id = 12345678",
        "/usr/local/lib/python3.11/site-packages",
        "https://example.com/a/b?c=d#e",
        "image/png",
    ]);
}

//! Wallet addresses, coordinates, codes of banks: what is found, and what is not.

use detect::{Detector, Hint, Spans};
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::new);

/// Writes each span as `TYPE(text)`, joined by blanks.
fn found(column: Option<&str>, value: &str) -> String {
    let hint = column.map(Hint::for_column);
    let mut spans = Spans::new();
    DETECTOR.detect(value.as_bytes(), hint.as_ref(), &mut spans);
    let each = spans.iter().map(|span| {
        let written = value.get(span.start..span.end).unwrap_or_default();
        format!("{}({written})", span.entity.name())
    });
    each.collect::<Vec<_>>().join(" ")
}

/// Addresses published in the documents that define them, or widely known.
const WALLETS: &[&str] = &[
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L",
];

#[test]
fn wallets_are_found_and_one_wrong_character_is_not() {
    for wallet in WALLETS {
        let want = format!("CRYPTO_ADDRESS({wallet})");
        assert_eq!(found(None, wallet), want);
        assert_eq!(found(Some("data"), &format!("pay {wallet}, please")), want);
        assert_eq!(found(None, &format!("wallet_address={wallet}")), want);
        assert_eq!(found(None, &format!("x{wallet}")), "");
        for (place, letter) in wallet.char_indices().skip(4).step_by(7) {
            let other = if letter == '8' { "9" } else { "8" };
            let mut wrong = (*wallet).to_owned();
            wrong.replace_range(place..=place, other);
            assert_eq!(found(None, &wrong), "", "{wrong} from {wallet}");
        }
    }
    let lower = "0x457a6016048078a16df0e17d56ea62dc227c56af";
    assert_eq!(found(None, lower), format!("CRYPTO_ADDRESS({lower})"));
}

#[test]
fn what_only_looks_like_a_wallet() {
    for value in [
        "0x0000000000000000000000000000000000000000",
        "0x457a6016048078a16df0e17d56ea62dc227c56a",
        "457a6016048078a16df0e17d56ea62dc227c56af",
        "1111111111111111111111111111111111",
        "bc1qw508d6qejxtdg4y5r3zarvary0C5xw7kv8f3t4",
        "d41d8cd98f00b204e9800998ecf8427e",
        "3f786850e387550fdab836ed7e6dc881de23001b",
    ] {
        assert_eq!(found(None, value), "", "in `{value}`");
    }
}

#[test]
fn magnetic_stripes() {
    let first = "%B4111111111111111^LOVELACE/ADA^29121010000000000000?";
    let second = ";4111111111111111=29121010000000000000?";
    for track in [first, second, ";4111111111111111=2912101"] {
        let want = format!("CARD_TRACK({track})");
        assert_eq!(found(None, track), want);
        assert_eq!(found(None, &format!("swiped {track}, then")), want);
    }
    let both = format!("{first}{second}");
    let want = format!("CARD_TRACK({first}) CARD_TRACK({second})");
    assert_eq!(found(None, &both), want);
    for value in [
        "%B4111111111111112^LOVELACE/ADA^29121010000000000000?",
        ";4111111111111112=29121010000000000000?",
        "a=1;1234567890123456=29121010000",
        "100%B",
    ] {
        assert_eq!(found(None, value), "", "in `{value}`");
    }
}

/// The specimens of ICAO 9303, parts 4 to 6.
const ZONES: &[&str] = &[
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6",
];

#[test]
fn machine_readable_zones() {
    for zone in ZONES {
        let want = format!("PASSPORT({zone})");
        assert_eq!(found(None, zone), want);
        assert_eq!(found(None, &format!("scan:\n{zone}\nok")), want);
        let wrong = zone.replace("740812", "740813");
        let wrong = wrong.replace("D23145890", "D23145891");
        assert_eq!(found(None, &wrong), "");
    }
    assert_eq!(
        found(
            None,
            "git log <<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<< 20240131 12:30"
        ),
        ""
    );
}

#[test]
fn coordinates_need_a_word_or_a_column() {
    for (column, value, want) in [
        (
            Some("coordinates"),
            "-15.85336, 46.63895",
            "-15.85336, 46.63895",
        ),
        (Some("gps_pos"), "52.5200;13.4050", "52.5200;13.4050"),
        (None, "position: 10.12585, 81.05704", "10.12585, 81.05704"),
        (
            None,
            "{\"lat_lon\": \"-24.57938,-179.08973\"}",
            "-24.57938,-179.08973",
        ),
        (Some("location"), "95.12345, 13.40500", ""),
        (Some("location"), "52.12345, 183.40500", ""),
        (Some("location"), "52.1, 13.4", ""),
        (None, "ratio 10.12585, 81.05704", ""),
        (None, "10.12585, 81.05704", ""),
    ] {
        let want = if want.is_empty() {
            String::new()
        } else {
            format!("GEO_COORDINATES({want})")
        };
        assert_eq!(found(column, value), want, "`{value}` in {column:?}");
    }
}

#[test]
fn codes_of_banks_need_a_word_or_a_column() {
    for (column, value, want) in [
        (Some("bic"), "DEUTDEFF", "SWIFT_BIC(DEUTDEFF)"),
        (Some("swift_code"), "bnpafrppxxx", "SWIFT_BIC(bnpafrppxxx)"),
        (None, "BIC: NDEAFRB2XXX, thanks", "SWIFT_BIC(NDEAFRB2XXX)"),
        (None, "swift DEUTDEFF500", "SWIFT_BIC(DEUTDEFF500)"),
        (Some("bic"), "DEUTQQFF", ""),
        (Some("bic"), "DEUTDEF", ""),
        (None, "DEUTDEFF", ""),
        (None, "a swift business decision", ""),
        (None, "the bicycle of DEUTDEFF", ""),
    ] {
        assert_eq!(found(column, value), want, "`{value}` in {column:?}");
    }
}

#[test]
fn a_number_told_on_the_phone_is_no_number_of_a_phone() {
    for (value, want) in [
        ("account 12345678 was given on the phone", ""),
        ("Customer gave us 57210389 on the phone.", ""),
        ("(415) 555-2671 (mobile)", "PHONE_NUMBER((415) 555-2671)"),
        ("030 901820 tel.", "PHONE_NUMBER(030 901820)"),
        ("order 30901820 phone", ""),
    ] {
        assert_eq!(found(None, value), want, "in `{value}`");
    }
}

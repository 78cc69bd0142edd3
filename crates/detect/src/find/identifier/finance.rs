//! Identifiers of banks, accounts, securities and payment cards; card numbers and IBANs have finders
//! of their own.

use super::checks::{divisible, luhn, pair, repeated};
use super::{Unit, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one word a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::UsBankRouting,
        forms: &[named("999999999"), named("9999-9999-9"), named("9999 9999 9")],
        check: routing,
        chance: 0.04,
        words: &[
            "routing", "routingnumber", "routingno", "routingnum", "routingnbr", "bankrouting",
            "bankroutingnumber", "routingtransit", "routingtransitnumber", "transitnumber", "rtn", "aba",
            "abanumber", "abano", "abarouting", "abaroutingnumber", "abacode", "achrouting", "wirerouting",
        ],
    },
    Unit {
        entity: Entity::UkSortCode,
        forms: &[named("99-99-99"), named("99 99 99"), named("999999")],
        check: sort_code,
        chance: 0.95,
        words: &[
            "sortcode", "sortcodes", "banksortcode", "uksortcode", "sortcodeuk", "sortingcode",
            "nationalsortcode", "banksort", "sortcd", "srtcd", "uksort",
        ],
    },
    Unit {
        entity: Entity::MxClabe,
        forms: &[named("999999999999999999"), named("999 999 99999999999 9"), named("999-999-99999999999-9")],
        check: clabe,
        chance: 0.1,
        words: &[
            "clabe", "mxclabe", "clabeinterbancaria", "numeroclabe", "cuentaclabe", "clavebancaria",
            "clavebancariaestandarizada",
        ],
    },
    Unit {
        entity: Entity::InIfsc,
        forms: &[named("AAAA#######")],
        check: ifsc,
        chance: 0.03,
        words: &[
            "ifsc", "inifsc", "ifsccode", "ifscno", "bankifsc", "ifsccd", "rtgscode", "neftcode",
            "indianfinancialsystem", "financialsystemcode",
        ],
    },
    Unit {
        entity: Entity::AuBsb,
        forms: &[named("999-999"), named("999 999"), named("999999")],
        check: bsb,
        chance: 0.95,
        words: &["bsb", "aubsb", "bsbnumber", "bsbno", "bsbcode", "bankstatebranch", "bankbsb"],
    },
    Unit {
        entity: Entity::Isin,
        forms: &[named("AA#########9"), named("AA ######### 9"), named("AA-#########-9")],
        check: isin,
        chance: 0.04,
        words: &[
            "isin", "isincode", "isinnumber", "isinno", "isinnr", "codeisin", "codigoisin", "codiceisin",
            "internationalsecurities", "securityisin",
        ],
    },
    Unit {
        entity: Entity::BankAccount,
        forms: &[
            named("999999"), named("9999999"), named("99999999"), named("999999999"), named("9999999999"),
            named("99999999999"), named("999999999999"), named("9999999999999"), named("99999999999999"),
            named("999999999999999"), named("9999999999999999"), named("99999999999999999"),
            // Grouped as the Netherlands, Norway, New Zealand, Spain and Brazil write them.
            named("99.99.99.999"), named("9999.99.99999"), named("9999 99 99999"),
            named("99-9999-9999999-99"), named("99-9999-9999999-999"), named("9999-9999-99-9999999999"),
            named("9999 9999 99 9999999999"), named("99999-9"), named("999999-9"), named("9999999-9"),
            named("99999999-9"), named("9999 9999"), named("9999-9999"), named("999 999 999"),
            named("999-999-999"), named("9999 9999 9999"), named("9999-9999-9999"),
            named("9999 9999 9999 9999"), named("9999-9999-9999-9999"), named("9999-9999999"),
        ],
        check: account,
        chance: 0.97,
        words: &[
            "acct", "hesapno", "계좌번호", "accountnumber", "accountno", "accountnum", "accountnr", "accountnbr", "acctnumber", "acctno",
            "acctnum", "acctnbr", "accnumber", "accno", "accnum", "bankaccount", "bankaccountnumber",
            "bankaccountno", "bankacct", "bankacctno", "checkingaccount", "savingsaccount",
            "beneficiaryaccount", "currentaccount", "depositaccount", "payeeaccount", "kontonummer",
            "kontonr", "bankkonto", "bankkontonummer", "girokonto", "bankverbindung", "rekeningnummer",
            "bankrekening", "bankrekeningnummer", "rekeningnr", "rekening", "kontonumber", "tilinumero",
            "numerodecuenta", "númerodecuenta", "numerocuenta", "númerocuenta", "nrocuenta",
            "cuentabancaria", "cuentadebanco", "cuentacorriente", "numerodecompte", "numérodecompte",
            "numerocompte", "numérocompte", "comptebancaire", "numerodaconta", "númerodaconta",
            "numeroconta", "númeroconta", "contabancaria", "contacorrente", "contapoupança",
            "contapoupanca", "numerodiconto", "numeroconto", "contocorrente", "contobancario",
            "numerrachunku", "numerkonta", "nrrachunku", "nrkonta", "rachunekbankowy", "kontobankowe",
            "cislouctu", "číslouctu", "čísloúčtu", "cisloucet", "bankovniucet", "bankovníúčet",
            "szamlaszam", "számlaszám", "bankszamlaszam", "bankszámlaszám", "hesapno", "hesapnumarasi",
            "hesapnumarası", "bankahesabi", "bankahesabı", "numarcont", "numărcont", "contbancar",
            "brojracuna", "brojračuna", "номерсчета", "номерсчёта", "口座番号", "银行账号", "银行账户", "银行卡号",
            "계좌번호",
        ],
    },
    Unit {
        entity: Entity::SwiftBic,
        forms: &[named("AAAAAA##"), named("AAAAAA#####"), named("AAAA AA ##"), named("AAAA AA ## ###")],
        check: bic,
        chance: 0.37,
        words: &[
            "bic", "biccode", "bicswift", "swift", "swiftcode", "swiftbic", "swiftno", "swiftnumber",
            "bankbic", "bankswift", "bicnumber", "bicnr", "codebic", "codeswift", "codigoswift",
            "códigoswift", "codigobic", "códigobic", "codiceswift", "codicebic", "kodswift", "swiftkod",
            "swiftkodu", "bankidentifier", "bankidentifiercode", "businessidentifiercode",
        ],
    },
    Unit {
        entity: Entity::CardCvv,
        forms: &[named("999"), named("9999")],
        check: security_code,
        chance: 1.0,
        words: &[
            "cvv", "cvc", "cvv2", "cvc2", "cvvcode", "cvccode", "cvvnumber", "cardcvv", "cardcvc", "csc",
            "cardsecurity", "cardsecuritycode", "securitycode", "cardverification",
            "cardverificationvalue", "cardverificationcode", "cardverificationnumber", "kartenprüfnummer",
            "kartenpruefnummer", "kartenprufnummer", "prüfnummer", "pruefnummer", "cryptogramme",
            "cryptogrammevisuel", "codesecurite", "codesécurité", "codigodeseguridad", "codigoseguridad",
            "códigoseguridad",
            "códigodeseguridad", "codigodeseguranca", "códigodesegurança", "codicedisicurezza",
        ],
    },
    Unit {
        entity: Entity::CardExpiry,
        forms: &[
            named("99/99"), named("99/9999"), named("99 / 99"), named("99 / 9999"), named("99-99"),
            named("99-9999"), named("99.9999"), named("9999-99"), named("9999/99"), named("9999"),
            named("999999"),
        ],
        check: expiry,
        chance: 0.06,
        words: &[
            "cardexpiry", "cardexpiration", "cardexp", "cardexpirydate", "cardexpirationdate", "ccexp",
            "ccexpiry", "ccexpiration", "expdate", "expirydate", "expirationdate", "exp", "expiry",
            "expires", "expiration", "validthru", "validthrough", "goodthru", "gültigbis", "gueltigbis",
            "gultigbis", "ablaufdatum", "verfallsdatum", "dateexpiration", "datedexpiration",
            "fechacaducidad", "fechadecaducidad", "fechavencimiento", "fechadevencimiento", "validade",
            "datadevalidade", "scadenza", "datascadenza", "vervaldatum", "datawaznosci", "dataważności",
        ],
    },
    Unit {
        entity: Entity::CardPin,
        forms: &[named("9999"), named("99999"), named("999999")],
        check: pin,
        chance: 1.0,
        words: &[
            "pin", "cardpin", "atmpin", "pinnumber", "pinno", "bankpin", "debitpin", "creditcardpin",
            "pincodecard", "geheimzahl", "kartenpin", "codepin", "codigopin", "códigopin", "pinkod",
        ],
    },
];

/// United States bank: a district of the Federal Reserve, then modulo 10 with the weights 3, 7, 1
/// (American Bankers Association, ANSI X9.100-160).
fn routing(value: &[u8]) -> bool {
    let [tens, units, ..] = value else {
        return false;
    };
    let district =
        pair(*tens, *units).is_some_and(|pair| matches!(pair, 0..=12 | 21..=32 | 61..=72 | 80));
    district && divisible(value, &[3, 7, 1, 3, 7, 1, 3, 7, 1], 10)
}

/// British or Irish branch (Pay.UK, Extended Industry Sorting Code Directory); the check is on the
/// account's number and needs their table.
fn sort_code(value: &[u8]) -> bool {
    value.len() == 6 && !repeated(value)
}

/// Mexican account: bank, place, account, modulo 10 of each product with the weights 3, 7, 1 (Banco de
/// México, Circular 3/2012).
fn clabe(value: &[u8]) -> bool {
    let weights = [3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1];
    divisible(value, &weights, 10)
}

/// Indian branch: the bank in letters, a nought, the branch (Reserve Bank of India).
fn ifsc(value: &[u8]) -> bool {
    matches!(value.get(4..), Some([b'0', branch @ ..]) if branch.len() == 6)
}

/// Australian branch: bank, state, branch (Australian Payments Network); no check digit.
fn bsb(value: &[u8]) -> bool {
    value.len() == 6 && !repeated(value)
}

/// Security: a country, one that is no more (the Netherlands Antilles) or the code of an agency, nine
/// characters, Luhn over the digits that letters stand for (ISO 6166).
fn isin(value: &[u8]) -> bool {
    let Some((country, rest)) = value.split_first_chunk::<2>() else {
        return false;
    };
    let mut digits = [0; 24];
    let expanded = value.iter().flat_map(|byte| {
        let place = char::from(*byte).to_digit(36).unwrap_or(0);
        let pair = [place / 10, place % 10];
        pair.into_iter().skip(usize::from(place < 10))
    });
    let mut length = 0;
    for (slot, digit) in digits.iter_mut().zip(expanded) {
        *slot = char::from_digit(digit, 10).map_or(0, |digit| digit as u8);
        length += 1;
    }
    let others = [b"AN", b"EU", b"XA", b"XB", b"XC", b"XD", b"XF", b"XS"];
    let issued = is_country(*country) || others.contains(&country);
    rest.len() == 10 && issued && digits.get(..length).is_some_and(luhn)
}

/// Number of an account within a bank: six to twenty digits; each country has its own checks.
fn account(value: &[u8]) -> bool {
    (6..=20).contains(&value.len()) && !repeated(value)
}

/// Bank: four letters, country, place, perhaps branch (ISO 9362).
fn bic(value: &[u8]) -> bool {
    let country = value.get(4..).and_then(|rest| rest.first_chunk::<2>());
    matches!(value.len(), 8 | 11) && country.is_some_and(|country| is_country(*country))
}

/// Printed beside a card's number: three digits, of American Express four (PCI DSS, glossary).
fn security_code(value: &[u8]) -> bool {
    matches!(value.len(), 3 | 4)
}

/// A month and a year from 2010 to 2060, as on a card (ISO/IEC 7813 has the year before the month, as
/// some tables do).
fn expiry(value: &[u8]) -> bool {
    let (month, year) = match value {
        [m1, m2, y1, y2] => (pair(*m1, *m2), pair(*y1, *y2)),
        // Twenty is no month: what begins with it is a year.
        [b'2', b'0', y1, y2, m1, m2] | [m1, m2, b'2', b'0', y1, y2] => {
            (pair(*m1, *m2), pair(*y1, *y2))
        }
        _ => return false,
    };
    month.is_some_and(|month| (1..=12).contains(&month))
        && year.is_some_and(|year| (10..=60).contains(&year))
}

/// Secret of a card's holder: four to six digits (ISO 9564 allows twelve).
fn pin(value: &[u8]) -> bool {
    (4..=6).contains(&value.len())
}

/// The two-letter codes of ISO 3166-1, and XK, which banks use for Kosovo.
const COUNTRIES: &[u8] = b"\
    ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCI\
    CKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQ\
    GRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLS\
    LTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPG\
    PHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTK\
    TLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

fn is_country(code: [u8; 2]) -> bool {
    COUNTRIES.chunks_exact(2).any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::super::checks::{Check, assert_tells};
    use super::{
        account, bic, bsb, clabe, expiry, ifsc, isin, pin, routing, security_code, sort_code,
    };

    /// What passes, and how many of its corruptions in one digit do: those of no check digit, and
    /// where rests share one.
    #[rustfmt::skip] // Rows in lines.
    const RIGHT: &[(Check, &str, usize)] = &[
        (routing, "111000025", 0),
        (routing, "021000021", 0),
        (sort_code, "200415", 54),
        (clabe, "032180000118359719", 0),
        (ifsc, "SBIN0005943", 54),
        (bsb, "062000", 54),
        (isin, "AN8068571086", 0),
        (isin, "US0378331005", 0),
        (isin, "DE000BAY0017", 0),
        (isin, "XS0104440986", 0),
        (account, "1234567890", 90),
        (bic, "DEUTDEFF", 0),
        (bic, "NEDSZAJJXXX", 0),
        (security_code, "123", 27),
        (expiry, "0127", 22),
        (expiry, "122027", 16),
        (expiry, "202712", 16),
        (pin, "4711", 36),
    ];

    #[rustfmt::skip] // Rows in lines.
    const WRONG: &[(Check, &str)] = &[
        (routing, "411000025"),
        (routing, "000000000"),
        (sort_code, "000000"),
        (clabe, "000000000000000000"),
        (ifsc, "SBIN1005943"),
        (isin, "QQ0378331005"),
        (isin, "US037833100"),
        (account, "12345"),
        (account, "0000000"),
        (bic, "DEUTQQFF"),
        (bic, "DEUTDEF"),
        (expiry, "1327"),
        (expiry, "0027"),
        (expiry, "0199"),
        (expiry, "202713"),
        (pin, "123"),
    ];

    #[test]
    fn checks_tell_right_from_wrong() {
        assert_tells(RIGHT, WRONG);
    }
}

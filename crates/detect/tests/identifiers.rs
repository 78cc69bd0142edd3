//! One value of every type that has an oracle (see `tests/validators`), and how it is and is not found.

use detect::{Detector, Hint, Spans};
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::new);

/// Type, a column that names it, and a value that python-stdnum takes for valid.
#[rustfmt::skip] // One row a line.
const VALUES: &[(&str, &str, &str)] = &[
    ("AR_CUIT", "cuit", "20241592066"),
    ("AU_ABN", "abn", "29944592655"),
    ("AU_ACN", "acn", "433510475"),
    ("AU_TFN", "tfn", "395479124"),
    ("BE_NN", "rijksregisternummer", "60073000912"),
    ("BG_EGN", "egn", "6510197468"),
    ("BR_CNPJ", "cnpj", "45146376546026"),
    ("BR_CPF", "cpf", "47681843590"),
    ("CA_SIN", "sin", "281569509"),
    ("CH_AHV", "ahv", "7565134938382"),
    ("CL_RUT", "rut", "103339634"),
    ("CN_RESIDENT_ID", "身份证号", "11010119970803650X"),
    ("CN_USCC", "uscc", "9111000010887946XX"),
    ("CO_NIT", "nit", "9753405322"),
    ("CZ_RC", "rodne_cislo", "9104134963"),
    ("DE_TAX_ID", "steuer_id", "36574261809"),
    ("DK_CPR", "cpr", "0711723940"),
    ("EE_IK", "isikukood", "39104264742"),
    ("ES_CIF", "cif", "B38233169"),
    ("ES_NIE", "nie", "X2164634N"),
    ("ES_NIF", "dni", "40311752C"),
    ("EU_VAT", "vat_id", "DE557477592"),
    ("EU_VAT", "vat_id", "ATU10980697"),
    ("EU_VAT", "vat_id", "BE0584687492"),
    ("EU_VAT", "vat_id", "DK14550208"),
    ("EU_VAT", "vat_id", "PL7389081701"),
    ("EU_VAT", "vat_id", "IT36093860504"),
    ("EU_VAT", "vat_id", "PT607080990"),
    ("EU_VAT", "vat_id", "FI53645304"),
    ("EU_VAT", "vat_id", "SE610276030001"),
    ("FI_HETU", "hetu", "270184-243R"),
    ("FR_NIR", "nir", "185017500061152"),
    ("FR_SIREN", "siren", "405376302"),
    ("FR_SIRET", "siret", "73282932000074"),
    ("GR_AMKA", "amka", "09066957888"),
    ("HR_OIB", "oib", "98683517149"),
    ("IBAN", "iban", "DE12314074490389091239"),
    ("IE_PPS", "pps", "6944150M"),
    ("IL_ID", "teudat_zehut", "576937874"),
    ("IMEI", "imei", "350582673080092"),
    ("IN_AADHAAR", "aadhaar", "345247162380"),
    ("IN_GSTIN", "gstin", "27AAPFU9344F1ZM"),
    ("IN_PAN", "pan_number", "AAAPA3167S"),
    ("IN_VOTER", "epic", "ABC1234566"),
    ("ISIN", "isin", "US2478007394"),
    ("IT_FISCAL_CODE", "codice_fiscale", "RSSMRA99A31H501I"),
    ("IT_PIVA", "partita_iva", "56190840241"),
    ("JP_MY_NUMBER", "my_number", "126518403250"),
    ("KR_RRN", "주민등록번호", "000103-1778674"),
    ("LT_AK", "asmens_kodas", "30001243736"),
    ("LV_PK", "personas_kods", "06078214710"),
    ("MX_CURP", "curp", "HEGG890618MVZRRL78"),
    ("MY_NRIC", "mykad", "001016016744"),
    ("NL_BSN", "bsn", "553341327"),
    ("NO_FODSELSNUMMER", "fodselsnummer", "10067058742"),
    ("NZ_IRD", "ird", "053759831"),
    ("PE_RUC", "ruc", "20125693165"),
    ("PL_NIP", "nip", "4976002706"),
    ("PL_PESEL", "pesel", "94040124246"),
    ("PL_REGON", "regon", "429964639"),
    ("PT_NIF", "nif", "800094239"),
    ("RO_CNP", "cnp", "1800112123889"),
    ("SE_PERSONNUMMER", "personnummer", "880502-1709"),
    ("SI_EMSO", "emso", "3009985503204"),
    ("TH_ID", "thai_id", "2920882214789"),
    ("TR_TCKN", "tc_kimlik", "79121668932"),
    ("UK_NHS", "nhs_number", "4315369853"),
    ("UK_UTR", "utr", "9595163042"),
    ("US_BANK_ROUTING", "routing_number", "021000021"),
    ("US_EIN", "ein", "50-6252218"),
    ("US_ITIN", "itin", "915-90-8429"),
    ("US_SSN", "ssn", "070-89-9173"),
    ("ZA_ID", "sa_id_number", "6007029270088"),
];

/// The types found in `value`, each with what was found.
fn found(column: Option<&str>, value: &str) -> Vec<(&'static str, String)> {
    let hint = column.map(Hint::for_column);
    let mut spans = Spans::new();
    DETECTOR.detect(value.as_bytes(), hint.as_ref(), &mut spans);
    let written = |start, end| value.get(start..end).unwrap_or_default().to_owned();
    spans
        .iter()
        .map(|span| (span.entity.name(), written(span.start, span.end)))
        .collect()
}

/// Notes `case` when what was found is not what was wanted.
fn check(wrong: &mut Vec<String>, case: &str, found: &[(&str, String)], want: &[(&str, &str)]) {
    let found: Vec<_> = found
        .iter()
        .map(|(entity, text)| (*entity, text.as_str()))
        .collect();
    if found != want {
        wrong.push(format!("{case}: {found:?}, not {want:?}"));
    }
}

#[test]
fn a_column_or_a_word_that_names_the_type_makes_it_found() {
    let mut wrong = Vec::new();
    for &(entity, column, value) in VALUES {
        let lower = value.to_lowercase();
        for (value, written) in [
            (value, value.to_owned()),
            (lower.as_str(), lower.clone()),
            (value, format!("  {value} ")),
        ] {
            let case = format!("`{written}` in column {column}");
            check(
                &mut wrong,
                &case,
                &found(Some(column), &written),
                &[(entity, value)],
            );
        }
        for text in [
            format!("{{\"{column}\": \"{value}\", \"ok\": true}}"),
            format!("{column}={value}"),
            format!("my {} is {value}.", column.replace('_', " ")),
        ] {
            check(&mut wrong, &text, &found(None, &text), &[(entity, value)]);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Types whose form cannot be mistaken for a number of an order.
#[rustfmt::skip] // Names in lines, not one a line.
const TELLING: &[&str] = &[
    "CH_AHV", "CN_RESIDENT_ID", "CN_USCC", "ES_CIF", "ES_NIE", "ES_NIF", "EU_VAT", "FI_HETU",
    "FR_NIR", "IBAN", "IE_PPS", "IN_GSTIN", "IN_PAN", "ISIN", "IT_FISCAL_CODE", "KR_RRN",
    "MX_CURP", "NO_FODSELSNUMMER", "RO_CNP", "SE_PERSONNUMMER", "SI_EMSO", "US_ITIN", "US_SSN",
];

#[test]
fn numbers_of_orders_are_nobodys() {
    let mut wrong = Vec::new();
    let plain = VALUES
        .iter()
        .filter(|(entity, _, _)| !TELLING.contains(entity));
    for &(_, _, value) in plain {
        let text = format!("order {value} is late");
        check(&mut wrong, value, &found(None, value), &[]);
        check(&mut wrong, &text, &found(None, &text), &[]);
        check(&mut wrong, value, &found(Some("order_number"), value), &[]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

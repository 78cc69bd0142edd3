//! The words that column names are made of, by tag.

use super::Name;
use crate::lookup::Table;

/// The most words that one phrase has.
const LONGEST_PHRASE: usize = 4;

/// Words of a name that were found in the table.
pub(super) struct Phrase {
    /// Place of the first word in the name.
    pub(super) first: usize,
    /// Place of the last word in the name.
    pub(super) last: usize,
    /// The phrase as the table has it.
    pub(super) text: &'static str,
    /// Its tag; empty when the phrase is known not to be sensitive.
    pub(super) tag: &'static str,
}

/// The longest known phrase in `name`; of equally long ones the last, which in `reset_token` and
/// `email_password` is the one that says what the value is.
pub(super) fn longest(name: &Name) -> Option<Phrase> {
    let mut best: Option<Phrase> = None;
    for first in 0..name.len() {
        let furthest = (first + LONGEST_PHRASE).min(name.len());
        let longest_here = (first..furthest)
            .rev()
            .find_map(|last| phrase_at(name, first, last));
        let Some(found) = longest_here else { continue };
        let length = |phrase: &Phrase| phrase.last - phrase.first;
        if best
            .as_ref()
            .is_none_or(|best| length(&found) >= length(best))
        {
            best = Some(found);
        }
    }
    best
}

fn phrase_at(name: &Name, first: usize, last: usize) -> Option<Phrase> {
    let words = name.phrase(first, last)?;
    let (text, tag) = PHRASES.find(words)?;
    Some(Phrase {
        first,
        last,
        text,
        tag,
    })
}

/// Whether a word before the phrase makes the column be about something else (`is_email`).
pub(super) fn turns_away_before(word: &[u8]) -> bool {
    AWAY_BEFORE.iter().any(|away| away.as_bytes() == word)
}

/// Whether a word after the phrase makes the column be about something else (`phone_type`).
pub(super) fn turns_away_after(word: &[u8]) -> bool {
    AWAY_AFTER.iter().any(|away| away.as_bytes() == word)
}

#[rustfmt::skip] // Rows in lines, not one a line.
const AWAY_BEFORE: &[&str] = &[
    "is", "has", "can", "should", "needs", "requires", "num", "count", "total", "max", "min", "avg",
    "allow", "enable", "enabled", "disable", "use", "show", "hide", "send", "failed", "file",
    "product", "host", "template", "hashed", "encrypted",
];

#[rustfmt::skip] // Rows in lines, not one a line.
const AWAY_AFTER: &[&str] = &[
    "at", "on", "by", "count", "type", "kind", "status", "state", "verified", "verification",
    "confirmed", "valid", "invalid", "validated", "flag", "hash", "hashed", "digest", "checksum",
    "algo", "algorithm", "id", "ids", "uuid", "expires", "expiry", "expiration", "expired", "ttl",
    "enabled", "disabled", "format", "pattern", "regex", "template", "length", "size", "version",
    "label", "category", "source", "attempts", "policy", "required", "requested", "changed",
    "updated", "created", "sent", "currency", "country", "prefix", "domain", "provider", "url",
    "uri", "path", "name", "scope", "scopes", "index", "limit", "usage", "used", "seq", "order",
    "opt", "optin", "optout", "bounced", "subject", "body", "notifications", "preference",
    "preferences", "rank", "score", "hint",
];

/// Phrases by tag; an empty tag marks phrases that only look sensitive.
#[rustfmt::skip] // Words in lines, not one a line.
const BY_TAG: &[(&str, &[&str])] = &[
    ("", &[
        "contract_address", "email_template", "host_address", "memory_address", "server_address",
        "wallet_address", "primary_key", "foreign_key", "public_key", "public_token", "csrf_token",
        "page_token", "next_token", "cursor_token", "sort_key", "cache_key", "partition_key",
        "idempotency_key", "publishable_key", "brand_name", "company_name", "file_name", "filename",
        "host_name", "hostname", "product_name", "user_agent", "street_view", "token_symbol",
        "token_address", "server_ip", "phone_model", "card_brand", "bin_address",
    ]),
    ("pii.email", &[
        "eposta", "e_posta", "epost", "e_mail_adresse", "indirizzo_email", "adres_email", "邮箱",
        "电子邮件", "メール", "メールアドレス", "이메일",
        "email", "emails", "e_mail", "mail", "email_address", "email_addr", "email_id",
        "mail_address", "emailaddress", "correo", "correo_electronico", "courriel", "email_adresse",
        "emailadresse", "adresse_mail", "adresse_email", "recipient_email", "contact_email",
        "endereco_email",
    ]),
    ("pii.phone", &[
        "telefoon", "telefoonnummer", "mobiel", "numer_telefonu", "telefonnr", "tel_nr",
        "cellulare", "cep_telefonu", "telefono_movil", "numero_telefono", "ph", "phone_nbr",
        "mob_no", "电话", "手机", "手机号", "電話番号", "전화번호", "휴대폰",
        "phone", "phones", "gsm", "phone_number", "phone_num", "phone_no", "phonenumber", "telephone",
        "telephone_number", "tel", "tel_no", "mobile", "mobile_number", "mobile_no", "mobile_phone",
        "cell", "cell_phone", "cellphone", "fax", "fax_number", "msisdn", "whatsapp",
        "contact_number", "telefon", "telefonnummer", "handy", "handynummer", "mobilnummer",
        "rufnummer", "portable", "telefono", "movil", "celular", "telefone", "numero_telephone",
        "numero_de_telephone", "telemovel",
    ]),
    ("pii.ssn", &[
        "ssn", "us_ssn", "social_security", "social_security_number", "social_security_no",
        "ss_number", "ssn_number", "ssn_last",
    ]),
    ("pii.national_id", &[
        "national_id", "national_id_number", "national_number", "nationalid", "identity_number",
        "identity_card", "id_card", "id_card_number", "personal_number", "personal_id",
        "citizen_id", "government_id", "passport", "passport_number", "passport_no", "passport_num",
        "tax_id", "tax_number", "taxpayer_id", "tin", "itin", "nino", "national_insurance",
        "national_insurance_number", "nhs_number", "sin_number", "social_insurance_number",
        "aadhaar", "aadhaar_number", "cpf", "cnpj", "nif", "nie", "dni", "curp", "cuit", "cuil",
        "rut", "bsn", "personnummer", "pesel", "cpr", "hetu", "nir", "numero_securite_sociale",
        "numero_secu", "steuer_id", "steuernummer", "steuer_nummer", "sozialversicherungsnummer",
        "ausweisnummer", "personalausweis", "reisepass", "codice_fiscale", "drivers_license",
        "driver_license", "driver_license_number", "drivers_license_number", "driving_licence",
        "driving_license", "drivers_licence", "license_plate", "medicare_number", "rg_number",
        "pasaporte", "passeport",
    ]),
    ("pii.name", &[
        "nom", "nombre", "nombres", "contact", "contact_person", "empleado", "mitarbeiter",
        "ansprechpartner", "kundenname", "cliente_nombre", "nombre_apellidos", "achternaam",
        "voornaam", "volledige_naam", "imie", "imię", "nazwisko", "imie_nazwisko", "fornamn",
        "efternamn", "ad_soyad", "soyad", "soyadi", "cust_nm", "emp_nm", "full_nm", "first_nm",
        "last_nm", "fst_nm", "lst_nm", "f_name", "l_name", "nome_cliente", "nome_e_cognome",
        "vor_nachname", "姓名", "氏名", "名前", "이름", "성명",
        "first_name", "firstname", "fname", "last_name", "lastname", "lname", "full_name",
        "fullname", "middle_name", "maiden_name", "given_name", "family_name", "surname",
        "forename", "real_name", "person_name", "customer_name", "contact_name", "patient_name",
        "employee_name", "student_name", "recipient_name", "sender_name", "passenger_name",
        "guest_name", "owner_name", "holder_name", "account_holder", "account_holder_name",
        "card_holder", "cardholder", "cardholder_name", "card_holder_name", "beneficiary_name",
        "mother_maiden_name", "mothers_maiden_name", "applicant_name", "manager_name",
        "doctor_name", "tenant_name_full", "billing_name", "shipping_name", "signatory_name",
        "spouse_name", "nickname", "preferred_name", "vorname", "nachname", "familienname",
        "geburtsname", "prenom", "nom_famille", "nom_de_famille", "nom_complet", "apellido",
        "apellidos", "primer_apellido", "segundo_apellido", "nombre_completo", "nombre_cliente",
        "sobrenome", "nome_completo", "cognome",
    ]),
    ("pii.username", &[
        "kullanici_adi", "gebruikersnaam", "anvandarnamn", "usuario", "utente",
        "nazwa_uzytkownika", "user_handle", "usr_nm", "usrname", "用户名", "ユーザー名",
        "username", "user_name", "login", "usr_name", "uname", "login_name", "screen_name", "user_login", "benutzername",
        "nom_utilisateur", "nombre_usuario", "nome_usuario",
    ]),
    ("pii.address", &[
        "adres", "adress", "adresi", "gatuadress", "straatnaam", "adres_zamieszkania", "addr_line",
        "street_addr", "indirizzo_residenza", "direccion_postal", "address_street_line", "地址",
        "住所", "주소",
        "address", "addr", "street", "street_address", "street_name", "street_line", "address_line",
        "home_address", "billing_address", "shipping_address", "mailing_address", "postal_address",
        "delivery_address", "residential_address", "work_address", "house_number", "adresse",
        "anschrift", "strasse", "hausnummer", "rue", "direccion", "calle", "domicilio", "endereco",
        "logradouro", "rua", "indirizzo", "address_street",
    ]),
    ("pii.postal_code", &[
        "kod_pocztowy", "postnummer", "posta_kodu", "codice_postale", "pcode", "post_cd", "zip_cd",
        "邮编", "郵便番号", "우편번호",
        "postal_code", "postalcode", "postcode", "post_code", "zip", "zip_code", "zipcode", "plz",
        "postleitzahl", "code_postal", "codigo_postal", "cep", "pincode", "cap_code",
    ]),
    ("pii.location", &[
        "latitude", "longitude", "latlng", "gps_position", "geo_point", "last_location", "koordinaten", "座標", "lat", "lng", "lon", "geo_location", "gps", "gps_coordinates",
        "coordinates", "lat_lng", "lat_lon", "geolocation",
    ]),
    ("pii.birth_date", &[
        "geb_datum", "gebdat", "fodelsedatum", "geboortedatum", "data_urodzenia", "dogum_tarihi",
        "d_o_b", "brth_dt", "bday", "fecha_nac", "date_nais", "出生日期", "生年月日", "생년월일",
        "dob", "birth_date", "dt_nasc", "dt_of_birth", "birthdate", "date_of_birth", "birthday", "birth_day", "birth_year",
        "year_of_birth", "birth_dt", "date_birth", "born_on", "geburtsdatum", "geburtstag",
        "date_naissance", "date_de_naissance", "fecha_nacimiento", "fecha_de_nacimiento",
        "data_nascimento", "data_de_nascimento", "data_nasc", "dt_nascimento", "data_nascita",
    ]),
    ("pii.gender", &[
        "geslacht", "plec", "płeć", "cinsiyet", "kon", "性别", "性別", "성별",
        "gender", "sex", "geschlecht", "sexe", "sexo", "genero", "genre_sexe", "pronouns",
    ]),
    ("pii.demographic", &[
        "nationality", "religion", "ethnicity", "ethnic_group", "race_ethnicity", "marital_status",
        "sexual_orientation", "political_party", "nationalitaet", "nationalitat", "nationalite",
        "nacionalidad", "nacionalidade", "familienstand", "estado_civil", "etat_civil",
    ]),
    ("pii.health", &[
        "diagnosis", "diagnoses", "blood_type", "blood_group", "medical_record",
        "medical_record_number", "mrn", "medical_history", "allergies", "disability", "diagnose",
    ]),
    ("pii.card", &[
        "card_number", "card_num", "card_no", "cardnumber", "credit_card", "creditcard",
        "credit_card_number", "cc_number", "cc_num", "cc_no", "ccnum", "debit_card", "pan",
        "card_pan", "payment_card", "kreditkarte", "kreditkartennummer", "carte_bancaire",
        "numero_carte", "tarjeta", "numero_tarjeta", "tarjeta_credito", "cartao", "numero_cartao",
        "cartao_credito",
    ]),
    ("pii.card_security", &[
        "cvv", "cvc", "cv_v", "card_cvv", "card_cvc", "security_code", "card_pin", "card_expiry",
        "card_expiration", "card_exp", "cc_exp", "expiry_month", "card_security_code",
    ]),
    ("pii.iban", &["iban", "iban_number", "bank_iban"]),
    ("pii.bank_account", &[
        "bank_account", "bank_account_number", "계좌번호", "hesap_no", "account_number", "account_no", "acct_number",
        "acct_no", "routing_number", "routing_no", "sort_code", "kontonummer", "bank_account_no",
        "numero_compte", "numero_cuenta", "numero_conta", "clabe", "bic", "swift",
    ]),
    ("pii.ip", &[
        "ip", "ips", "ip_address", "ip_addr", "ipaddress", "ipaddr", "ipv", "client_ip",
        "remote_ip", "remote_addr", "remote_address", "source_ip", "src_ip", "last_ip", "login_ip",
    ]),
    ("pii.mac", &["mac_address", "mac_addr", "macaddr", "macaddress", "hw_addr", "hwaddr", "ethernet_addr"]),
    ("secret.password", &[
        "passwrd", "psswd", "user_pwd", "wachtwoord", "losenord", "haslo", "hasło", "sifre",
        "şifre", "parola", "parola_utente", "contrasenia", "adgangskode", "密码", "パスワード", "비밀번호",
        "password", "passwd", "pwd", "pass", "passphrase", "passwort", "kennwort", "mot_de_passe",
        "motdepasse", "contrasena", "clave_acceso", "senha", "pin", "user_password", "db_password",
        "admin_password", "plain_password",
    ]),
    ("secret.password_hash", &[
        "password_hash", "passwd_hash", "pwd_hash", "pw_hash", "hashed_password", "password_digest",
        "encrypted_password", "passwordhash", "crypted_password", "password_salt", "hashed_passwd",
        "password_hashed", "password_encrypted", "pass_hash", "pin_hash", "passwort_hash",
    ]),
    ("secret.token", &[
        "token", "access_token", "refresh_token", "auth_token", "session_token", "reset_token",
        "password_reset_token", "api_token", "bearer_token", "id_token", "csrf_secret",
        "remember_token", "verification_token", "confirmation_token", "invite_token",
        "activation_token", "oauth_token", "jwt", "bearer", "authorization", "session_key",
        "session_cookie", "device_token", "push_token", "magic_link", "accesstoken", "authtoken",
        "x_auth_token", "personal_access_token",
    ]),
    ("secret.key", &[
        "app_key", "api_token_secret", "webhook_key", "encryption_secret",
        "secret", "secrets", "secret_key", "client_secret", "app_secret", "api_key", "apikey",
        "api_secret", "access_key", "secret_access_key", "aws_secret_access_key", "aws_secret_key", "aws_secret", "aws_sk", "private_key",
        "privatekey", "encryption_key", "signing_key", "signing_secret", "webhook_secret",
        "shared_secret", "master_key", "ssh_key", "license_key", "account_key",
        "service_account_key", "consumer_secret", "hmac_key", "auth_key", "x_api_key", "credential",
        "credentials", "shared_access_key", "storage_key", "secretkey", "clientsecret",
    ]),
    ("secret.totp", &[
        "authenticator_secret", "otp_key", "2fa_seed", "tfa_secret", "authenticator_key", "totp_key", "totp_seed",
        "totp", "totp_secret", "otp_secret", "mfa_secret", "two_factor_secret", "2fa_secret",
        "recovery_code", "recovery_codes", "backup_code", "backup_codes", "otp_seed",
        "two_factor_recovery_codes", "mfa_recovery_codes",
    ]),
    ("business.salary", &[
        "salary", "base_salary", "annual_salary", "salaries", "wage", "wages", "hourly_wage",
        "bonus", "compensation", "total_compensation", "base_pay", "pay_rate", "hourly_rate",
        "net_pay", "gross_pay", "income", "annual_income", "gehalt", "lohn", "bruttogehalt",
        "salaire", "salario", "sueldo", "remuneracao", "remuneration", "stipendio",
    ]),
];

/// All phrases.
static PHRASES: Table<&'static str, 2048> = Table::new(BY_TAG);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_spelled_as_names_are_read_and_their_tags_exist() {
        for (text, tag) in PHRASES.iter() {
            assert!(tag.is_empty() || crate::tags::find(tag).is_some(), "{tag}");
            let read = Name::of(text);
            assert!(read.len() <= LONGEST_PHRASE, "{text}");
            assert_eq!(
                read.phrase(0, read.len() - 1),
                Some(text.as_bytes()),
                "{text}"
            );
        }
    }
}

//! Names and types of columns, and the tags that they get.

use detect::{Detector, Entity, classify_column, classify_column_values};

fn check(type_name: &str, rows: &[(&str, &str)]) {
    for (name, want) in rows {
        let tag = classify_column(name, type_name).map_or("", |found| found.tag);
        assert_eq!(&tag, want, "{name} {type_name}");
    }
}

#[test]
fn names_of_text_columns() {
    check(
        "text",
        &[
            ("email", "pii.email"),
            ("EmailAddress", "pii.email"),
            ("customer_email", "pii.email"),
            ("email2", "pii.email"),
            ("e-mail", "pii.email"),
            ("contactPhone", "pii.phone"),
            ("mobile_no", "pii.phone"),
            ("teléfono", "pii.phone"),
            ("telefonnummer", "pii.phone"),
            ("ssn", "pii.ssn"),
            ("social_security_number", "pii.ssn"),
            ("passport_no", "pii.national_id"),
            ("tax_id", "pii.national_id"),
            ("cpf", "pii.national_id"),
            ("first_name", "pii.name"),
            ("lastName", "pii.name"),
            ("prénom", "pii.name"),
            ("nachname", "pii.name"),
            ("apellidos", "pii.name"),
            ("user_name", "pii.username"),
            ("billing_address", "pii.address"),
            ("straße", "pii.address"),
            ("endereço", "pii.address"),
            ("zip", "pii.postal_code"),
            ("PLZ", "pii.postal_code"),
            ("dob", "pii.birth_date"),
            ("geburtsdatum", "pii.birth_date"),
            ("fecha_de_nacimiento", "pii.birth_date"),
            ("sex", "pii.gender"),
            ("card_number", "pii.card"),
            ("cvv", "pii.card_security"),
            ("iban", "pii.iban"),
            ("account_number", "pii.bank_account"),
            ("ip_address", "pii.ip"),
            ("last_login_ip", "pii.ip"),
            ("mac_address", "pii.mac"),
            ("password", "secret.password"),
            ("senha", "secret.password"),
            ("password_hash", "secret.password_hash"),
            ("hashed_password", "secret.password_hash"),
            ("reset_token", "secret.token"),
            ("email_verification_token", "secret.token"),
            ("api_key", "secret.key"),
            ("stripeApiKey", "secret.key"),
            ("client_secret", "secret.key"),
            ("totp_secret", "secret.totp"),
            ("salary", "business.salary"),
            ("2fa_secret", "secret.totp"),
        ],
    );
}

#[test]
fn names_of_text_columns_in_more_languages() {
    check(
        "text",
        &[
            ("empleado", "pii.name"),
            ("nom", "pii.name"),
            ("contact", "pii.name"),
            ("ad_soyad", "pii.name"),
            ("氏名", "pii.name"),
            ("telefoonnummer", "pii.phone"),
            ("data_urodzenia", "pii.birth_date"),
            ("kod_pocztowy", "pii.postal_code"),
            ("lösenord", "secret.password"),
            ("密码", "secret.password"),
            ("kullanici_adi", "pii.username"),
            ("住所", "pii.address"),
        ],
    );
}

#[test]
fn names_that_only_look_sensitive() {
    check(
        "text",
        &[
            ("name", ""),
            ("product_name", ""),
            ("file_name", ""),
            ("user_agent", ""),
            ("host_name", ""),
            ("email_verified", ""),
            ("email_count", ""),
            ("contact_id", ""),
            ("contact_type", ""),
            ("ip_version", ""),
            ("username_format", ""),
            ("token_count", ""),
            ("ssn_required", ""),
            ("phone_verified", ""),
            ("phone_type", ""),
            ("email_status", ""),
            ("is_email", ""),
            ("email_hash", ""),
            ("password_hash_algo", ""),
            ("password_changed_at", ""),
            ("token_type", ""),
            ("token_id", ""),
            ("address_id", ""),
            ("email_template", ""),
            ("wallet_address", ""),
            ("public_key", ""),
            ("primary_key", ""),
            ("card_type", ""),
            ("id", ""),
            ("created_at", ""),
            ("status", ""),
            ("notes", ""),
            ("", ""),
            ("description", ""),
            ("phone_country_code", ""),
            ("has_password", ""),
            ("salary_currency", ""),
            ("shipping", ""),
        ],
    );
}

#[test]
fn types_narrow_what_a_name_can_mean() {
    check("boolean", &[("email", ""), ("password", "")]);
    check(
        "int8",
        &[
            ("phone", "pii.phone"),
            ("email", ""),
            ("email_id", ""),
            ("card_number", "pii.card"),
            ("salary", "business.salary"),
            ("token", ""),
        ],
    );
    check(
        "numeric(12,2)",
        &[("bonus", "business.salary"), ("address", "")],
    );
    check(
        "timestamp with time zone",
        &[("birthday", "pii.birth_date"), ("last_login_ip", "")],
    );
    check("date", &[("dob", "pii.birth_date"), ("password", "")]);
    check("inet", &[("client", "pii.ip"), ("address", "pii.ip")]);
    check("macaddr", &[("device", "pii.mac")]);
    check("uuid", &[("reset_token", "secret.token"), ("email", "")]);
    check("bytea", &[("private_key", "secret.key"), ("photo", "")]);
    check(
        "character varying(255)",
        &[("email", "pii.email"), ("email_id", "pii.email")],
    );
    check("text[]", &[("emails", "pii.email")]);
    check("_text", &[("phones", "pii.phone")]);
    check("jsonb", &[("address", "pii.address")]);
}

#[test]
fn evidence_and_entity_are_given() {
    let found = classify_column("customer_birth_date", "date").expect("a date of birth");
    assert_eq!(
        (found.evidence, found.entity),
        ("birth_date", Some(Entity::DateOfBirth))
    );
    let found = classify_column("client", "inet").expect("an address");
    assert_eq!(
        (found.evidence, found.entity),
        ("inet", Some(Entity::IpAddress))
    );
    assert_eq!(
        classify_column("salary", "money").and_then(|found| found.entity),
        None
    );
}

/// The type and coverage in per cent of a column with these values.
fn by_values(name: &str, values: &[&str]) -> Option<(Option<Entity>, u32)> {
    let detector = Detector::new();
    let values = values.iter().map(|value| value.as_bytes());
    let found = classify_column_values(&detector, name, "text", values)?;
    Some((found.entity, (found.coverage * 100.0).round() as u32))
}

const MAILS: &[&str] = &[
    "anna@example.com",
    "bert@example.com",
    "N/A",
    "cara@example.org",
    "dora@example.org",
    "-",
    "emil@example.net",
    "fred@example.net",
];

#[test]
fn values_tell_what_the_name_does_not() {
    let mail = Some(Entity::EmailAddress);
    assert_eq!(by_values("col3", MAILS), Some((mail, 100)));
    assert_eq!(by_values("contact_name", MAILS), Some((mail, 100)));
    assert_eq!(by_values("email", MAILS), Some((mail, 100)));
    let names = ["Anna", "Bert", "Cara", "Dora", "Emil", "Fred"];
    assert_eq!(
        by_values("first_name", &names),
        Some((Some(Entity::Person), 100))
    );
    let mixed = ["anna@example.com", "red", "green", "blue", "white", "black"];
    assert_eq!(by_values("col3", &mixed), None);
}

#[test]
fn values_refute_a_name() {
    let counts = ["1", "2", "3", "4", "5", "6", "7"];
    for name in [
        "email",
        "phone",
        "email_count",
        "ip_version",
        "ssn_required",
        "card_type",
    ] {
        assert_eq!(by_values(name, &counts), None, "{name}");
    }
    let few = by_values("email", &["anna@example.com"]);
    assert_eq!(few, Some((Some(Entity::EmailAddress), 0)), "the name alone");
}

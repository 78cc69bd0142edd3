//! The tags that columns can get, and the entity type that fits each.

use crate::Entity;

/// One tag of the table in the crate documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagRow {
    /// Dotted name, such as `pii.email`.
    pub tag: &'static str,
    /// The format of the values, when one is known.
    pub entity: Option<Entity>,
    /// What the values are, in a few words.
    pub meaning: &'static str,
}

const fn row(tag: &'static str, entity: Option<Entity>, meaning: &'static str) -> TagRow {
    TagRow {
        tag,
        entity,
        meaning,
    }
}

/// Every tag that [`classify_column`](crate::classify_column) and [`Entity::tag`] can give.
pub const TAGS: &[TagRow] = &[
    row("pii.email", Some(Entity::EmailAddress), "e-mail address"),
    row("pii.phone", Some(Entity::PhoneNumber), "telephone number"),
    row("pii.ssn", Some(Entity::UsSsn), "US social security number"),
    row(
        "pii.national_id",
        None,
        "national, tax, health or passport number of a person",
    ),
    row("pii.name", Some(Entity::Person), "name of a person"),
    row("pii.username", Some(Entity::Username), "login name"),
    row("pii.address", Some(Entity::StreetAddress), "street address"),
    row("pii.postal_code", Some(Entity::PostalCode), "postal code"),
    row(
        "pii.location",
        Some(Entity::GeoCoordinates),
        "latitude and longitude",
    ),
    row("pii.birth_date", Some(Entity::DateOfBirth), "date of birth"),
    row("pii.gender", None, "gender or sex"),
    row(
        "pii.demographic",
        None,
        "nationality, religion, ethnicity, marital status",
    ),
    row(
        "pii.health",
        None,
        "diagnosis, blood type, medical record number",
    ),
    row("pii.card", Some(Entity::CreditCard), "payment card number"),
    row(
        "pii.card_security",
        None,
        "card verification code, expiry, PIN",
    ),
    row(
        "pii.iban",
        Some(Entity::Iban),
        "international bank account number",
    ),
    row(
        "pii.bank_account",
        None,
        "national bank account number, routing number",
    ),
    row(
        "pii.crypto_address",
        Some(Entity::CryptoAddress),
        "address of a crypto currency",
    ),
    row("pii.ip", Some(Entity::IpAddress), "IP address"),
    row("pii.mac", Some(Entity::MacAddress), "hardware address"),
    row("pii.device", None, "number of a telephone or its SIM card"),
    row("pii.vehicle", None, "vehicle number, registration plate"),
    row(
        "secret.password",
        Some(Entity::Password),
        "password in clear",
    ),
    row(
        "secret.password_hash",
        Some(Entity::PasswordHash),
        "password verifier",
    ),
    row(
        "secret.token",
        Some(Entity::Secret),
        "access, refresh, session or reset token",
    ),
    row(
        "secret.key",
        Some(Entity::Secret),
        "API key, private key, client secret",
    ),
    row(
        "secret.totp",
        Some(Entity::TotpSecret),
        "seed of one-time passwords, recovery codes",
    ),
    row("business.salary", None, "salary, wage, bonus, compensation"),
];

/// The row of `tag`.
pub(crate) fn find(tag: &str) -> Option<&'static TagRow> {
    TAGS.iter().find(|row| row.tag == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entity_has_a_listed_tag_and_a_unique_name() {
        for &entity in Entity::ALL {
            assert!(find(entity.tag()).is_some(), "{}", entity.tag());
            assert_eq!(Entity::from_name(entity.name()), Some(entity));
        }
        for row in TAGS {
            assert_eq!(
                TAGS.iter().filter(|other| other.tag == row.tag).count(),
                1,
                "{}",
                row.tag
            );
            let family = row.tag.split('.').next();
            let of_entity = row.entity.and_then(|entity| entity.tag().split('.').next());
            assert!(row.entity.is_none() || family == of_entity, "{}", row.tag);
        }
    }

    #[test]
    fn names_are_those_of_the_published_list() {
        let shape = |name: &str| {
            name.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        };
        assert!(Entity::ALL.iter().all(|entity| shape(entity.name())));
        assert_eq!(Entity::from_tag("pii.ssn"), Some(Entity::UsSsn));
        assert_eq!(Entity::from_tag("secret.key"), Some(Entity::Secret));
        assert_eq!(Entity::from_tag("pii.gender"), None);
    }
}

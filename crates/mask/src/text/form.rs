//! The forms that text of an entity has.

use detect::Entity;

/// How the text of an entity is built, so far as masks care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Email,
    Card,
    Phone,
    Ssn,
    Iban,
    Address,
    HardwareAddress,
    Name,
    Date,
    /// Keys, tokens, passwords: no part of them may be seen.
    Secret,
    /// Anything else.
    Other,
}

impl Form {
    pub(crate) fn of(entity: Option<Entity>) -> Form {
        match entity {
            Some(Entity::EmailAddress) => Form::Email,
            Some(Entity::CreditCard) => Form::Card,
            Some(Entity::PhoneNumber) => Form::Phone,
            Some(Entity::UsSsn) => Form::Ssn,
            Some(Entity::Iban) => Form::Iban,
            Some(Entity::IpAddress) => Form::Address,
            Some(Entity::MacAddress) => Form::HardwareAddress,
            Some(Entity::Person) => Form::Name,
            Some(Entity::DateOfBirth) => Form::Date,
            // Entities are `detect`'s and grow there; their tags say which are secrets.
            Some(other) if other.tag().starts_with("secret.") => Form::Secret,
            Some(_) | None => Form::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_their_tag() {
        assert_eq!(Form::of(Some(Entity::Jwt)), Form::Secret);
        assert_eq!(Form::of(Some(Entity::Password)), Form::Secret);
        assert_eq!(Form::of(Some(Entity::PostalCode)), Form::Other);
        assert_eq!(Form::of(None), Form::Other);
    }
}

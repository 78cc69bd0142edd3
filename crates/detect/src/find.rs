//! Recognisers, one file per family of types.

pub(crate) mod address;
mod address_words;
pub(crate) mod assignment;
mod card;
pub(crate) mod connection;
mod coordinates;
pub(crate) mod crypto;
pub(crate) mod email;
pub(crate) mod hardware;
mod iban;
pub(crate) mod identifier;
mod ip;
pub(crate) mod number;
pub(crate) mod person;
pub(crate) mod person_words;
mod phone;
mod phone_codes;
pub(crate) mod spoken;
mod ssn;
pub(crate) mod track;
pub(crate) mod travel;

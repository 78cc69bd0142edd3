//! Recognisers, one file per family of types.

pub(crate) mod assignment;
pub(crate) mod bic;
mod card;
pub(crate) mod connection;
mod coordinates;
pub(crate) mod crypto;
pub(crate) mod email;
pub(crate) mod hardware;
mod iban;
mod ip;
pub(crate) mod number;
mod phone;
mod phone_codes;
mod ssn;
pub(crate) mod track;
pub(crate) mod travel;

//! The operators that reckon or rewrite, ready for values: each takes text or a typed value.

mod characters;
mod encrypt;
mod entity;
mod fpe;
mod generalize;
mod hash;
mod noise;
mod shift;

pub(crate) use encrypt::Sealer;
pub(crate) use fpe::Cipher;

use crate::key::{MaskKey, Prf};
use crate::operator::{
    Characters, DateShift, EmailPart, Generalize, Hash, NetworkBits, Noise, Operator,
};
use crate::value::typed::Value;
use crate::{MaskError, Shape};

/// An operator with the ciphers it needs.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Characters(Characters),
    Email(EmailPart),
    Card,
    Network(NetworkBits),
    Phone,
    Url,
    Secret,
    Hash(Hash),
    Fpe(Cipher),
    Noise(Noise),
    Shift(DateShift),
    Generalize(Generalize),
    Encrypt(Sealer),
}

/// The column that a value belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Column<'a> {
    pub(crate) prf: &'a Prf,
    pub(crate) shape: &'a Shape,
    pub(crate) type_modifier: i32,
    /// Whose value it is, for dates that move together.
    pub(crate) subject: Option<&'a [u8]>,
}

impl Operation {
    /// `Ok(None)`: the operator is not one of these.
    pub(crate) fn of(
        operator: Operator,
        shape: &Shape,
        type_modifier: i32,
        key: &MaskKey,
    ) -> Result<Option<Operation>, MaskError> {
        if !shape.parts(type_modifier).is_empty() {
            return Ok(None);
        }
        Ok(Some(match operator {
            Operator::Null | Operator::Default | Operator::Redact | Operator::Label(_) => {
                return Ok(None);
            }
            Operator::Partial(_) | Operator::Pseudonym(_) | Operator::Token => return Ok(None),
            Operator::Mask(characters) => Operation::Characters(characters),
            Operator::MaskEmail(part) => Operation::Email(part),
            Operator::MaskCard => Operation::Card,
            Operator::MaskIp(bits) => Operation::Network(bits),
            Operator::MaskPhone => Operation::Phone,
            Operator::MaskUrl => Operation::Url,
            Operator::MaskSecret => Operation::Secret,
            Operator::Hash(hash) => Operation::Hash(hash),
            Operator::Fpe(fpe) => Operation::Fpe(Cipher::new(fpe, shape, type_modifier, key)?),
            Operator::Noise(noise) => Operation::Noise(noise),
            Operator::DateShift(shift) => Operation::Shift(shift),
            Operator::Generalize(to) => Operation::Generalize(to),
            Operator::Encrypt => Operation::Encrypt(Sealer::new(key)),
        }))
    }

    /// Appends the masked form of a text, which is trimmed and not empty; `None`: the text has no
    /// such form, and what was appended is spoilt.
    pub(crate) fn text(&self, text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Operation::Characters(characters) => characters::write(characters, text, out),
            Operation::Email(part) => return entity::email(*part, text, out),
            Operation::Card => return entity::card(text, out),
            Operation::Network(bits) => return entity::network(*bits, text, out),
            Operation::Phone => return entity::phone(text, out),
            Operation::Url => return entity::url(text, out),
            Operation::Secret => return entity::secret(text, out),
            Operation::Hash(hash) => hash::text(*hash, text, prf, out),
            Operation::Fpe(cipher) => return cipher.encrypt_text(text, out),
            Operation::Generalize(to) => return generalize::text(*to, text, out),
            Operation::Encrypt(sealer) => return sealer.seal_text(text, prf, out),
            Operation::Noise(_) | Operation::Shift(_) => return None,
        }
        Some(())
    }

    /// The masked form of a value; `None`: it has none.
    pub(crate) fn value(&self, value: Value, column: Column<'_>) -> Option<Value> {
        match self {
            Operation::Hash(hash) => hash::value(*hash, value, column),
            Operation::Fpe(cipher) => cipher.encrypt(value),
            Operation::Noise(noise) => noise::value(*noise, value, column),
            Operation::Shift(shift) => shift::value(*shift, value, column),
            Operation::Generalize(to) => generalize::value(*to, value),
            Operation::Encrypt(sealer) => match value {
                Value::Octets(octets) => sealer.seal(&octets, column.prf).map(Value::Octets),
                Value::Fixed(_) | Value::Float(_) | Value::Day(_) | Value::Micros(_) => None,
                Value::Uuid(_) | Value::Point(..) => None,
            },
            Operation::Characters(_) | Operation::Email(_) | Operation::Card => None,
            Operation::Network(_) | Operation::Phone | Operation::Url | Operation::Secret => None,
        }
    }
}

//! Which operator has a form for which type.

use super::{Fpe, Generalize, Operator};
use crate::limit::Limit;
use crate::operation::Operation;
use crate::{MaskError, MaskKey, Shape};

/// Longest hash; nothing is won beyond 256 bits.
const LONGEST_HASH: u8 = 64;

impl Operator {
    /// The operator's name in configuration.
    pub fn name(&self) -> &'static str {
        match self {
            Operator::Null => "null",
            Operator::Default => "default",
            Operator::Redact | Operator::Label(_) => "redact",
            Operator::Partial(_) => "partial",
            Operator::Pseudonym(_) => "pseudonym",
            Operator::Mask(_) => "mask",
            Operator::MaskEmail(_) => "mask_email",
            Operator::MaskCard => "mask_card",
            Operator::MaskIp(_) => "mask_ip",
            Operator::MaskPhone => "mask_phone",
            Operator::MaskUrl => "mask_url",
            Operator::MaskSecret => "mask_secret",
            Operator::Hash(_) => "hash",
            Operator::Token => "token",
            Operator::Fpe(_) => "fpe",
            Operator::Noise(_) => "noise",
            Operator::DateShift(_) => "date_shift",
            Operator::Generalize(_) => "generalize",
            Operator::Encrypt => "encrypt",
        }
    }

    /// Checks that the operator has a form for a column of `shape` declared with `type_modifier`
    /// (-1: none), and that its parameters are in range.
    ///
    /// # Errors
    /// [`MaskError`] of an operator: it names the operator, the type, and what to use instead.
    pub fn check(&self, shape: &Shape, type_modifier: i32) -> Result<(), MaskError> {
        if let Shape::Array(element, _) = shape {
            return self.check(element, type_modifier);
        }
        self.check_parameters()?;
        self.check_shape(shape)?;
        self.check_length(shape, type_modifier)?;
        if let Operator::Fpe(_) = self {
            // The domain does not depend on the key.
            Operation::of(*self, shape, type_modifier, &MaskKey::new([0; 32]))?;
        }
        Ok(())
    }

    fn check_parameters(&self) -> Result<(), MaskError> {
        let range = |parameter, value: u32, least: u32, most: u32| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            Err(MaskError::OperatorParameter {
                operator: self.name(),
                parameter,
                least,
                most,
            })
        };
        match self {
            Operator::Hash(hash) => range(
                "length",
                hash.length.into(),
                hash.alphabet.least().into(),
                LONGEST_HASH.into(),
            ),
            Operator::MaskIp(bits) => {
                range("v4", bits.v4.into(), 0, 32)?;
                range("v6", bits.v6.into(), 0, 128)
            }
            Operator::DateShift(shift) => range("days", shift.days.into(), 1, 1 << 14),
            Operator::Generalize(Generalize::Step(step)) => range("step", *step, 1, u32::MAX),
            Operator::Generalize(Generalize::Grid(places)) => {
                range("places", (*places).into(), 0, 15)
            }
            Operator::Null | Operator::Default | Operator::Redact | Operator::Label(_) => Ok(()),
            Operator::Partial(_) | Operator::Pseudonym(_) | Operator::Mask(_) => Ok(()),
            Operator::MaskEmail(_) | Operator::MaskCard | Operator::MaskPhone => Ok(()),
            Operator::MaskUrl | Operator::MaskSecret | Operator::Token | Operator::Fpe(_) => Ok(()),
            Operator::Noise(_) | Operator::Encrypt | Operator::Generalize(_) => Ok(()),
        }
    }

    fn check_shape(&self, shape: &Shape) -> Result<(), MaskError> {
        let (allowed, instead) = self.domain(shape);
        if allowed {
            return Ok(());
        }
        Err(MaskError::OperatorType {
            operator: self.name(),
            shape: shape.name(),
            instead,
        })
    }

    /// Whether the shape is in the operator's domain, and what to use where it is not.
    fn domain(&self, shape: &Shape) -> (bool, &'static str) {
        if let [(first, _), others @ ..] = shape.parts(-1).as_slice() {
            // Fields of a row without the operator's form become their defaults.
            let (allowed, instead) = self.domain(first);
            let any = allowed || others.iter().any(|(other, _)| self.domain(other).0);
            return (any, instead);
        }
        let text = shape.is_text() || matches!(shape, Shape::Json | Shape::Jsonb);
        let whole = matches!(shape, Shape::Int2 | Shape::Int4 | Shape::Int8);
        let float = matches!(shape, Shape::Float4 | Shape::Float8);
        let number = whole || float || *shape == Shape::Numeric;
        let json = matches!(shape, Shape::Json | Shape::Jsonb);
        let date = matches!(shape, Shape::Date | Shape::Timestamp | Shape::TimestampTz);
        let uuid = *shape == Shape::Uuid;
        match self {
            Operator::Null | Operator::Default | Operator::Redact | Operator::Label(_) => {
                (true, "")
            }
            Operator::Partial(_) | Operator::Pseudonym(_) => (true, ""),
            Operator::Mask(_) | Operator::MaskEmail(_) | Operator::MaskCard => (text, "`partial`"),
            Operator::MaskPhone | Operator::MaskUrl | Operator::MaskSecret => (text, "`partial`"),
            Operator::MaskIp(_) => {
                let address = matches!(shape, Shape::Inet | Shape::Cidr);
                (text || address, "`partial`")
            }
            Operator::Hash(_) => {
                let octets = matches!(shape, Shape::Bytea | Shape::Int8);
                (text || octets || uuid, "`token` or `fpe`")
            }
            Operator::Token => (
                text || whole || uuid || *shape == Shape::Numeric,
                "`pseudonym`",
            ),
            Operator::Fpe(_) => {
                let numbers = matches!(shape, Shape::Int2 | Shape::Int4 | Shape::Int8);
                let texts = shape.is_text();
                (
                    texts || numbers || *shape == Shape::Numeric,
                    "`token` or `hash`",
                )
            }
            Operator::Noise(_) => (number || json, "`date_shift` or `default`"),
            Operator::DateShift(_) => (date, "`noise` or `default`"),
            Operator::Generalize(Generalize::Step(_)) => (number || text, "`partial`"),
            Operator::Generalize(Generalize::Year | Generalize::Month) => {
                (date || text, "`partial`")
            }
            Operator::Generalize(Generalize::PostalArea) => (text, "`partial`"),
            Operator::Generalize(Generalize::Grid(_)) => {
                let numbers = float || matches!(shape, Shape::Numeric | Shape::Point);
                (numbers || text, "`default`")
            }
            Operator::Encrypt => (text || *shape == Shape::Bytea, "`fpe`"),
        }
    }

    /// What has a length of its own must fit, or it would be cut and not be read again.
    fn check_length(&self, shape: &Shape, type_modifier: i32) -> Result<(), MaskError> {
        let (needed, instead) = match self {
            Operator::Hash(hash) => (usize::from(hash.length), "a shorter hash or `token`"),
            Operator::Encrypt => (usize::MAX, "`fpe` or a type without a limit"),
            Operator::Null | Operator::Default | Operator::Redact | Operator::Label(_) => {
                return Ok(());
            }
            Operator::Partial(_) | Operator::Pseudonym(_) | Operator::Mask(_) => return Ok(()),
            Operator::MaskEmail(_) | Operator::MaskCard | Operator::MaskIp(_) => return Ok(()),
            Operator::MaskPhone | Operator::MaskUrl | Operator::MaskSecret => return Ok(()),
            Operator::Token | Operator::Fpe(Fpe { .. }) | Operator::Noise(_) => return Ok(()),
            Operator::DateShift(_) | Operator::Generalize(_) => return Ok(()),
        };
        let found = match Limit::of(shape, type_modifier) {
            Limit::Unlimited => return Ok(()),
            Limit::Characters(found) | Limit::Padded(found) | Limit::Bytes(found) => found,
        };
        if needed <= found {
            return Ok(());
        }
        Err(MaskError::OperatorLength {
            operator: self.name(),
            needed,
            found,
            instead,
        })
    }
}

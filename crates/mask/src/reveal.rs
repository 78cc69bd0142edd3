//! The way back, for those who are authorised: what `encrypt` and `fpe` wrote is read again.

use crate::operation::{Cipher, Sealer};
use crate::value::as_text;
use crate::value::typed::{self, Cell, Value};
use crate::{Format, Fpe, KeyId, KeyRing, MaskError, Shape};

/// Reveals the cells of one column that were masked by [`Operator::Encrypt`](crate::Operator::Encrypt)
/// or [`Operator::Fpe`](crate::Operator::Fpe). Whether it may is the caller's to decide.
///
/// ```
/// use mask::{Format, KeyRing, MaskKey, Masker, Operator, Reveal, Shape, Styles};
///
/// let ring = KeyRing::new(MaskKey::derive(&[7; 32], "notes"));
/// let styles = Styles::default();
/// let masker = Masker::try_new(Operator::Encrypt, &Shape::Text, Format::Text, -1, ring.active(), &styles)?;
/// let (mut sealed, mut plain) = (Vec::new(), Vec::new());
/// masker.mask(b"a private remark", &mut sealed);
/// Reveal::encrypted(&ring).reveal(&Shape::Text, Format::Text, &sealed, &mut plain)?;
/// assert_eq!(plain, b"a private remark");
/// # Ok::<(), mask::MaskError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reveal(Way);

#[derive(Clone, Debug)]
enum Way {
    Encrypted(Vec<Sealer>),
    Fpe(Cipher),
}

impl Reveal {
    /// Of encrypted cells: each names its key, which the ring must have.
    pub fn encrypted(ring: &KeyRing) -> Reveal {
        Reveal(Way::Encrypted(ring.keys().map(Sealer::new).collect()))
    }

    /// Of cells of FF1 under the key with this id: they do not name theirs.
    ///
    /// # Errors
    /// As [`Operator::check`](crate::Operator::check), and [`MaskError::NotRevealed`] without such a key.
    pub fn fpe(
        fpe: Fpe,
        shape: &Shape,
        type_modifier: i32,
        ring: &KeyRing,
        id: KeyId,
    ) -> Result<Reveal, MaskError> {
        let key = ring.get(id).ok_or(MaskError::NotRevealed)?;
        Ok(Reveal(Way::Fpe(Cipher::new(
            fpe,
            shape,
            type_modifier,
            key,
        )?)))
    }

    /// Appends the cell that was masked.
    ///
    /// # Errors
    /// [`MaskError::NotRevealed`]; nothing was appended.
    pub fn reveal(
        &self,
        shape: &Shape,
        format: Format,
        cell: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), MaskError> {
        let start = out.len();
        self.revealed(shape, format, cell, out).ok_or_else(|| {
            out.truncate(start);
            MaskError::NotRevealed
        })
    }

    fn revealed(
        &self,
        shape: &Shape,
        format: Format,
        cell: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<()> {
        match &self.0 {
            Way::Encrypted(sealers) if shape.is_text() => {
                let sealed = as_text(cell)?;
                let plain = sealers.iter().find_map(|sealer| sealer.open_text(sealed))?;
                out.extend_from_slice(plain.as_bytes());
                Some(())
            }
            Way::Fpe(cipher) if shape.is_text() => cipher.decrypt_text(as_text(cell)?.trim(), out),
            Way::Encrypted(_) | Way::Fpe(_) => {
                let Cell::Value(value) = typed::read(shape, format, cell)? else {
                    return None;
                };
                typed::write(shape, format, &self.value(value)?, out)
            }
        }
    }

    fn value(&self, value: Value) -> Option<Value> {
        match (&self.0, value) {
            (Way::Encrypted(sealers), Value::Octets(octets)) => {
                let plain = sealers.iter().find_map(|sealer| sealer.open(&octets))?;
                Some(Value::Octets(plain))
            }
            (Way::Encrypted(_), _) => None,
            (Way::Fpe(cipher), value) => cipher.decrypt(value),
        }
    }
}

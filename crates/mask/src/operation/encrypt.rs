//! AES-256-GCM-SIV (RFC 8452): text and octets that whoever has the key can read again.
//!
//! The nonce is drawn from the value, so equal values have equal ciphertexts: they join, and an
//! observer sees which are equal, as with any pseudonym.

use crate::KeyId;
use crate::key::{Draw, MaskKey, Prf};
use crate::operator::sealed_prefix;
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use std::sync::Arc;

/// First octets of a ciphertext in binary, before the id of the key.
const MAGIC: [u8; 4] = *b"lgk1";

/// The cipher of a key.
#[derive(Clone)]
pub(crate) struct Sealer {
    id: KeyId,
    prefix: String,
    key: Option<Arc<LessSafeKey>>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({:?}, …)", self.id)
    }
}

impl Sealer {
    pub(crate) fn new(key: &MaskKey) -> Sealer {
        let id = key.id();
        let unbound = UnboundKey::new(&AES_256_GCM_SIV, key.domain("encrypt v1").bytes());
        Sealer {
            id,
            prefix: sealed_prefix(id),
            // Without a cipher nothing is sealed, and cells become their default.
            key: unbound.ok().map(|key| Arc::new(LessSafeKey::new(key))),
        }
    }

    /// Appends a sealed text; one of ours stays.
    pub(super) fn seal_text(&self, text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
        if self.open_text(text).is_some() {
            out.extend_from_slice(text.as_bytes());
            return Some(());
        }
        let sealed = self.encrypted(text.as_bytes(), prf)?;
        out.extend_from_slice(self.prefix.as_bytes());
        out.extend_from_slice(URL_SAFE_NO_PAD.encode(sealed).as_bytes());
        Some(())
    }

    /// Seals octets; ones of ours stay.
    pub(super) fn seal(&self, octets: &[u8], prf: &Prf) -> Option<Vec<u8>> {
        if self.open(octets).is_some() {
            return Some(octets.to_vec());
        }
        let sealed = self.encrypted(octets, prf)?;
        Some([&MAGIC[..], &[self.id.0], &sealed].concat())
    }

    /// The text that was sealed.
    pub(crate) fn open_text(&self, text: &str) -> Option<String> {
        let sealed = URL_SAFE_NO_PAD
            .decode(text.strip_prefix(&self.prefix)?)
            .ok()?;
        String::from_utf8(self.decrypted(&sealed)?).ok()
    }

    /// The octets that were sealed.
    pub(crate) fn open(&self, octets: &[u8]) -> Option<Vec<u8>> {
        let sealed = octets
            .strip_prefix(&MAGIC[..])?
            .strip_prefix(&[self.id.0])?;
        self.decrypted(sealed)
    }

    /// Nonce, ciphertext, tag.
    fn encrypted(&self, plain: &[u8], prf: &Prf) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = prf.draw(Draw::Nonce, plain).fill();
        let mut sealed = plain.to_vec();
        let key = self.key.as_ref()?;
        let nonce_used = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce_used, self.aad(), &mut sealed)
            .ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    fn decrypted(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut plain = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self
            .key
            .as_ref()?
            .open_in_place(nonce, self.aad(), &mut plain)
            .ok()?
            .len();
        plain.truncate(length);
        Some(plain)
    }

    fn aad(&self) -> Aad<[u8; 1]> {
        Aad::from([self.id.0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_under_its_key_only() {
        let key = MaskKey::new([5; 32]).with_id(KeyId(3));
        let (sealer, prf) = (Sealer::new(&key), key.prf());
        let sealed = |text: &str| {
            let mut out = Vec::new();
            sealer.seal_text(text, &prf, &mut out).expect("sealed");
            String::from_utf8(out).expect("text")
        };
        let once = sealed("Zoë Müller");
        assert!(once.starts_with("lgk1.3."));
        assert_eq!(sealed("Zoë Müller"), once);
        assert_eq!(sealed(&once), once);
        assert_eq!(sealer.open_text(&once).as_deref(), Some("Zoë Müller"));
        let other = Sealer::new(&MaskKey::new([6; 32]).with_id(KeyId(3)));
        assert_eq!(other.open_text(&once), None);
        let octets = sealer.seal(&[0, 1], &prf).expect("sealed");
        assert_eq!(sealer.open(&octets), Some(vec![0, 1]));
        assert_eq!(sealer.seal(&octets, &prf), Some(octets));
    }
}

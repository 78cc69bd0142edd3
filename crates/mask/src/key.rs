//! Keys of join domains, and how they are rotated.

mod prf;

pub(crate) use prf::{Draw, Prf};

use aws_lc_rs::hmac;
use std::fmt;
use zeroize::Zeroizing;

/// Salt of the derivation: separates these keys from others drawn from the same master.
const SALT: &[u8] = b"lockgate mask v2";

/// Which of several keys: written in front of what [`Operator::Encrypt`](crate::Operator::Encrypt)
/// writes, and nowhere else. 0 where keys were never rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct KeyId(pub u8);

/// Key of one join domain; hidden in `Debug`, erased when dropped.
#[derive(Clone)]
pub struct MaskKey {
    key: Zeroizing<[u8; 32]>,
    id: KeyId,
}

impl MaskKey {
    /// The key itself, 32 random bytes.
    pub fn new(key: [u8; 32]) -> MaskKey {
        MaskKey {
            key: Zeroizing::new(key),
            id: KeyId::default(),
        }
    }

    /// The same key under another id, which the keys derived from it inherit.
    #[must_use]
    pub fn with_id(mut self, id: KeyId) -> MaskKey {
        self.id = id;
        self
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Key of a join domain (`email`, `customer_id`): equal values have equal pseudonyms in all
    /// columns of a domain, and unrelated ones in another.
    ///
    /// HKDF-SHA-256 (RFC 5869) with `domain` as info; 32 bytes are exactly its first block.
    pub fn derive(master: &[u8; 32], domain: &str) -> MaskKey {
        let extracted = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SALT), master);
        let key = hmac::Key::new(hmac::HMAC_SHA256, extracted.as_ref());
        let mut expand = hmac::Context::with_key(&key);
        expand.update(domain.as_bytes());
        expand.update(&[1]);
        MaskKey::new(block_of(&expand.sign()))
    }

    /// Key of a join domain under this key, which is the master: as [`MaskKey::derive`]. A tenant
    /// is a domain whose key is the master of its own: `master.domain(tenant).domain("email")`.
    #[must_use]
    pub fn domain(&self, domain: &str) -> MaskKey {
        MaskKey::derive(&self.key, domain).with_id(self.id)
    }

    pub(crate) fn prf(&self) -> Prf {
        Prf::new(&self.key)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.key
    }
}

impl fmt::Debug for MaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MaskKey(…)")
    }
}

/// The key in use and those before it, while what they made is still about.
///
/// Tokens, hashes and pseudonyms carry no id: a rule masks under [`KeyRing::active`], or under the
/// old key by its id until the readers of old tokens have moved. What is encrypted names its key,
/// so [`Reveal`](crate::Reveal) finds it; a number of FF1 is reversed under the key that is asked for.
#[derive(Clone, Debug)]
pub struct KeyRing {
    active: MaskKey,
    old: Vec<MaskKey>,
}

impl KeyRing {
    /// A ring of the key in use.
    pub fn new(active: MaskKey) -> KeyRing {
        KeyRing {
            active,
            old: Vec::new(),
        }
    }

    /// With a key that was in use before.
    #[must_use]
    pub fn with_old(mut self, key: MaskKey) -> KeyRing {
        self.old.push(key);
        self
    }

    /// The key in use.
    pub fn active(&self) -> &MaskKey {
        &self.active
    }

    /// The key with this id, the one in use first.
    pub fn get(&self, id: KeyId) -> Option<&MaskKey> {
        self.keys().find(|key| key.id == id)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &MaskKey> {
        std::iter::once(&self.active).chain(&self.old)
    }

    /// The ring of a join domain: each key's own.
    #[must_use]
    pub fn domain(&self, domain: &str) -> KeyRing {
        KeyRing {
            active: self.active.domain(domain),
            old: self.old.iter().map(|key| key.domain(domain)).collect(),
        }
    }
}

fn block_of(tag: &hmac::Tag) -> [u8; 32] {
    let mut block = [0; 32];
    for (to, from) in block.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::hkdf;

    struct Length;
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            32
        }
    }

    #[test]
    fn derivation_is_hkdf_sha_256() {
        let info: [&[u8]; 1] = [b"customer_id"];
        let mut expected = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, SALT)
            .extract(&[9; 32])
            .expand(&info, Length)
            .and_then(|okm| okm.fill(&mut expected))
            .expect("32 bytes");
        assert_eq!(*MaskKey::derive(&[9; 32], "customer_id").key, expected);
    }

    #[test]
    fn debug_shows_no_key_byte() {
        let key = MaskKey::new([0xAB; 32]);
        assert_eq!(format!("{key:?} {:?}", key.prf()), "MaskKey(…) Prf(…)");
    }

    #[test]
    fn rings_find_old_keys_by_id() {
        let ring = KeyRing::new(MaskKey::new([2; 32]).with_id(KeyId(2)))
            .with_old(MaskKey::new([1; 32]).with_id(KeyId(1)))
            .domain("email");
        let old = ring.get(KeyId(1)).expect("an old key");
        assert_eq!(old.bytes(), MaskKey::derive(&[1; 32], "email").bytes());
        assert_eq!(ring.active().id(), KeyId(2));
        assert!(ring.get(KeyId(3)).is_none());
    }
}

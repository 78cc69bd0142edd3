//! E-mail addresses and telephone numbers.

use super::{Canonical, digits_between, keep, push_lowercase};
use crate::key::{Draw, Prf};

const BASE32: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Reserved for examples (RFC 2606).
const DOMAIN: &str = "example.com";

/// `user-` and 8 base32 characters at example.com, from the address in lower case.
pub(super) fn email(text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
    let (local, domain) = text.rsplit_once('@')?;
    if local.is_empty() || domain.is_empty() {
        return None;
    }
    if domain == DOMAIN && is_drawn(local) {
        return keep(text, out);
    }
    let mut canonical = Canonical::new();
    push_lowercase(text, &mut canonical);
    let mut stream = prf.draw(Draw::Email, &canonical);
    out.extend_from_slice(b"user-");
    out.extend((0..8).map(|_| stream.pick(BASE32)));
    out.push(b'@');
    out.extend_from_slice(DOMAIN.as_bytes());
    Some(())
}

fn is_drawn(local: &str) -> bool {
    let token = local.strip_prefix("user-").unwrap_or_default();
    token.len() == 8 && token.bytes().all(|byte| BASE32.contains(&byte))
}

/// `+1`, an area code, and 555-01xx, which the North American plan keeps for fiction.
///
/// Written with blanks if the number has any separator.
pub(super) fn phone(text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
    let digits = digits_between(text, 7, 15)?;
    if is_fictional(&digits) {
        return keep(text, out);
    }
    let mut stream = prf.draw(Draw::Phone, &digits);
    let area = [
        stream.pick(b"23456789"),
        stream.pick(b"02345678"),
        stream.digit(),
    ];
    let line = [stream.digit(), stream.digit()];
    let plain = text.strip_prefix('+').unwrap_or(text).len() == digits.len();
    let blank: &[u8] = if plain { b"" } else { b" " };
    for part in [&b"+1"[..], blank, &area, blank, b"555", blank, b"01", &line] {
        out.extend_from_slice(part);
    }
    Some(())
}

/// Whether the digits are 1, an area code, 555-01xx.
fn is_fictional(digits: &[u8]) -> bool {
    matches!(
        digits,
        [b'1', b'2'..=b'9', _, _, b'5', b'5', b'5', b'0', b'1', _, _]
    )
}

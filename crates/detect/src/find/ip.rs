//! IP addresses: dotted quads, and the text forms of RFC 4291, section 2.2.

use super::number::{Number, Separator};
use crate::Entity;
use crate::context::Topics;
use crate::span::Candidates;
use crate::text::Text;
use std::net::{Ipv4Addr, Ipv6Addr};

const PLAIN: u8 = 90;
/// Four single digits are a version of something more often than an address.
const SINGLE_DIGITS: u8 = 45;
const WITH_WORD: u8 = 92;
const AFTER_VERSION_WORD: u8 = 40;

/// The longest text form, with an embedded IPv4 address.
const LONGEST_V6: usize = 45;

/// Four runs of digits with dots between them.
pub(super) fn v4(number: &Number<'_, '_>, found: &mut Candidates) {
    let text = number.text;
    if text.at(number.end) != Some(b'.') {
        return;
    }
    let groups = number.groups();
    let [_, second, third, last, rest @ ..] = groups.as_slice() else {
        return;
    };
    let dotted = [second, third, last]
        .iter()
        .all(|group| group.separator == Separator::Dot);
    let longer = rest
        .first()
        .is_some_and(|next| next.separator == Separator::Dot);
    let free = text.starts_number(number.start)
        && text.before(number.start) != Some(b'_')
        && text.ends_word(last.end);
    if !dotted || longer || !free || is_product_version(text, number.start) {
        return;
    }
    let written = text.slice(number.start, last.end);
    let parsed = std::str::from_utf8(written)
        .ok()
        .and_then(|text| text.parse::<Ipv4Addr>().ok());
    if parsed.is_some_and(names_a_host) {
        let score = v4_score(text, number.start, last.end);
        found.add(number.start, last.end, Entity::IpAddress, score);
    }
}

fn v4_score(text: &Text<'_>, start: usize, end: usize) -> u8 {
    let context = text.context(start, end);
    let single_digits = end - start == "1.2.3.4".len();
    match single_digits {
        _ if context.introduces(Topics::VERSION) => AFTER_VERSION_WORD,
        _ if context.mentions(Topics::IP) => WITH_WORD,
        true => SINGLE_DIGITS,
        false => PLAIN,
    }
}

/// `Chrome/119.0.0.0`: a slash after a word, which is not that of a URL.
fn is_product_version(text: &Text<'_>, start: usize) -> bool {
    text.before(start) == Some(b'/')
        && start > 1
        && text
            .before(start - 1)
            .is_some_and(|byte| byte.is_ascii_alphanumeric())
}

/// Not a netmask, nor this host or nobody in particular.
fn names_a_host(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    let netmask = bits >= 0xFF00_0000 && bits.leading_ones() + bits.trailing_zeros() >= 32;
    !netmask && !address.is_loopback() && !address.is_unspecified()
}

/// The address in `start..end`, a stretch of hexadecimal digits, colons and dots; `None` otherwise.
pub(super) fn v6(text: &Text<'_>, start: usize, end: usize) -> Option<u8> {
    let written = text.slice(start, end);
    if written.len() > LONGEST_V6 {
        return None;
    }
    let address = std::str::from_utf8(written)
        .ok()?
        .parse::<Ipv6Addr>()
        .ok()?;
    // `a::b` and `::1` are paths in programs, or this host.
    let digits = written
        .iter()
        .filter(|byte| byte.is_ascii_hexdigit())
        .count();
    let telling = digits >= 4 && written.iter().any(u8::is_ascii_digit);
    (telling && !address.is_loopback() && !address.is_unspecified()).then_some(PLAIN)
}

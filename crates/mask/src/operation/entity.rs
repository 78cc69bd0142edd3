//! Text of a known kind with a part of it hidden.

use crate::operator::{EmailPart, NetworkBits};
use crate::text::partial;
use crate::value::network;

/// Stands for a hidden part of any length.
const HIDDEN: &[u8] = b"***";
/// Digits of a card number that stay: its issuer and the last four (PCI DSS 3.4).
const ISSUER: usize = 6;
const LAST: usize = 4;
/// Card numbers of fewer digits keep only their last: ten of them would be too many.
const LONG: usize = 15;
/// Longest prefix by which vendors mark their secrets (`github_pat_`), and what follows it that stays.
const VENDOR: usize = 12;
const SHOWN: usize = 4;

// The writers give `None` when the text does not have their form.

pub(super) fn email(part: EmailPart, text: &str, out: &mut Vec<u8>) -> Option<()> {
    let (local, domain) = text.rsplit_once('@')?;
    let (name, top) = domain.rsplit_once('.')?;
    if local.is_empty() || name.is_empty() || top.is_empty() {
        return None;
    }
    let shown = |hidden: bool, part: &'_ str, out: &mut Vec<u8>| {
        out.extend_from_slice(if hidden { HIDDEN } else { part.as_bytes() });
    };
    shown(part != EmailPart::Domain, local, out);
    out.push(b'@');
    shown(part != EmailPart::Local, name, out);
    out.push(b'.');
    out.extend_from_slice(top.as_bytes());
    Some(())
}

pub(super) fn card(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let digits = partial::places_of(text).filter(|digits| (12..=19).contains(digits))?;
    let first = if digits < LONG { 0 } else { ISSUER };
    partial::hide_places(text, first..digits - LAST, out);
    Some(())
}

pub(super) fn phone(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let digits = partial::places_of(text).filter(|digits| (7..=15).contains(digits))?;
    let country = if text.starts_with('+') {
        partial::country_code_length(text)
    } else {
        0
    };
    partial::hide_places(text, country..digits, out);
    Some(())
}

pub(super) fn network(bits: NetworkBits, text: &str, out: &mut Vec<u8>) -> Option<()> {
    network::write_address(network::network_of(text.parse().ok()?, bits), out);
    Some(())
}

/// Hides what stands between a colon and the at sign, and after each `=` of the query and fragment.
pub(super) fn url(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let (scheme, rest) = text.split_once("://")?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    if scheme.is_empty() || !scheme.bytes().all(known) {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    out.extend_from_slice(scheme.as_bytes());
    out.extend_from_slice(b"://");
    write_authority(authority, out);
    let start = path.find(['?', '#']).unwrap_or(path.len());
    let (path, query) = path.split_at_checked(start)?;
    out.extend_from_slice(path.as_bytes());
    write_query(query, out);
    Some(())
}

fn write_authority(authority: &str, out: &mut Vec<u8>) {
    let Some((user, host)) = authority.rsplit_once('@') else {
        out.extend_from_slice(authority.as_bytes());
        return;
    };
    match user.split_once(':') {
        Some((name, _)) => {
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            out.extend_from_slice(HIDDEN);
        }
        None => out.extend_from_slice(user.as_bytes()),
    }
    out.push(b'@');
    out.extend_from_slice(host.as_bytes());
}

/// A part without `=` is a value itself.
fn write_query(query: &str, out: &mut Vec<u8>) {
    for part in query.split_inclusive(['?', '&', '#']) {
        let (content, end) = match part.strip_suffix(['?', '&', '#']) {
            Some(content) => part.split_at(content.len()),
            None => (part, ""),
        };
        match content.split_once('=') {
            Some((name, _)) => {
                out.extend_from_slice(name.as_bytes());
                out.push(b'=');
                out.extend_from_slice(HIDDEN);
            }
            None if content.is_empty() => {}
            None => out.extend_from_slice(HIDDEN),
        }
        out.extend_from_slice(end.as_bytes());
    }
}

/// The vendor's prefix and four characters, while they are at most half; what was hidden so stays.
pub(super) fn secret(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let prefix = text
        .bytes()
        .take(VENDOR)
        .rposition(|byte| matches!(byte, b'_' | b'-' | b'.'))
        .map_or(0, |at| at + 1);
    let vendor = text.get(..prefix).filter(|vendor| vendor.is_ascii());
    let prefix = vendor.map_or(0, str::len);
    let hidden = text
        .len()
        .checked_sub(HIDDEN.len())
        .filter(|_| text.ends_with("***"));
    let shown = match hidden {
        Some(shown) if prefix > 0 && shown <= prefix + SHOWN => shown,
        _ if prefix == 0 => 0,
        _ if prefix + SHOWN <= text.len() / 2 => prefix + SHOWN,
        _ if prefix <= text.len() / 2 => prefix,
        _ => 0,
    };
    // An end within a character shows nothing.
    out.extend_from_slice(text.get(..shown).unwrap_or_default().as_bytes());
    out.extend_from_slice(HIDDEN);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Write = fn(&str, &mut Vec<u8>) -> Option<()>;

    #[test]
    fn each_kind_keeps_its_part_and_stays_when_hidden_again() {
        let written = |write: Write, text: &str| {
            let mut out = Vec::new();
            write(text, &mut out).map(|()| String::from_utf8(out).expect("text"))
        };
        let local: Write = |text, out| email(EmailPart::Local, text, out);
        let domain: Write = |text, out| email(EmailPart::Domain, text, out);
        let both: Write = |text, out| email(EmailPart::Both, text, out);
        let site: Write = |text, out| network(NetworkBits::default(), text, out);
        for (write, from, to) in [
            (local, "ada@engines.org", "***@engines.org"),
            (domain, "ada@mail.engines.org", "ada@***.org"),
            (both, "ada@engines.org", "***@***.org"),
            (card, "4111 1111 1111 1111", "4111 11** **** 1111"),
            (card, "378282246310005", "378282*****0005"),
            (phone, "+49 170 1234567", "+49 *** *******"),
            (phone, "030 1234567", "*** *******"),
            (site, "192.0.2.77", "192.0.2.0"),
            (site, "2001:db8:1:2::3", "2001:db8:1::"),
            (
                url,
                "postgres://ada:pw@h:5432/db",
                "postgres://ada:***@h:5432/db",
            ),
            (
                url,
                "https://x.org/a?k=v&l=w#t",
                "https://x.org/a?k=***&l=***#***",
            ),
            (secret, "ghp_abcdefghijklmnopqrst", "ghp_abcd***"),
            (secret, "sk-12345", "sk-***"),
            (secret, "hunter2hunter2", "***"),
        ] {
            assert_eq!(written(write, from).as_deref(), Some(to));
            assert_eq!(written(write, to).as_deref(), Some(to), "hidden twice");
        }
        for (write, from) in [
            (local, "ada"),
            (card, "4111"),
            (phone, "1"),
            (site, "x"),
            (url, "x.org"),
        ] {
            assert_eq!(written(write as Write, from), None, "{from}");
        }
    }
}

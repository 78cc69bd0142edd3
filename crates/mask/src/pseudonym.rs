//! Stand-ins: drawn by the key from the canonical form of a text, the same for the same value.
//!
//! They lie in ranges that belong to nobody, so they are known again and stay when masked twice:
//! example.com, the 555-01xx numbers, area 9xx of the SSN, country ZZ of the IBAN, networks for
//! documentation and benchmarks; card numbers carry a seal of the key. Names, plain text and
//! numbers cannot be known again.

mod account;
mod card;
mod contact;
mod name;
mod shape;

pub(crate) use card::check_digit;

use crate::Format;
use crate::key::Prf;
use crate::masker::Action;
use crate::text::{Form, write_mark};
use crate::value::date::{self, Day};
use crate::value::{Masking, as_text, decimal, hardware, network};
use detect::Entity;
use smallvec::SmallVec;
use std::net::IpAddr;

/// Digits or letters of a number of a known form.
type Places = SmallVec<[u8; MOST_PLACES]>;
/// The longest number of a known form is an IBAN of 34 places.
const MOST_PLACES: usize = 36;

/// The form of a text in which spellings of the same value are equal.
pub(crate) type Canonical = SmallVec<[u8; 128]>;

/// Appends the stand-in of `text`, which is trimmed and not empty; nothing is allocated for ASCII
/// of ordinary length.
pub(crate) fn write(entity: Option<Entity>, text: &str, prf: &Prf, out: &mut Vec<u8>) {
    let drawn = match Form::of(entity) {
        Form::Email => contact::email(text, prf, out),
        Form::Phone => contact::phone(text, prf, out),
        Form::Card => card::card(text, prf, out),
        Form::Ssn => account::ssn(text, prf, out),
        Form::Iban => account::iban(text, prf, out),
        Form::Address => address(text, prf, out),
        Form::HardwareAddress => hardware::mask_in_text(Action::Pseudonym(None), text, prf, out),
        Form::Name => name::name(text, prf, out),
        Form::Date => day(text, prf, out),
        Form::Secret => entity.map(|entity| write_mark(entity, out)),
        Form::Other => None,
    };
    if drawn.is_none() {
        plain(text, prf, out);
    }
}

// The writers append nothing when they give `None`: the text does not have their form.

/// A number has the digits that it has in a numeric column, digits between separators those that
/// they have without; other text keeps its shape.
fn plain(text: &str, prf: &Prf, out: &mut Vec<u8>) {
    let separated = text.bytes().any(|byte| !byte.is_ascii_digit());
    let digits = Some(text).filter(|text| separated && !has_run(text));
    let digits = digits.and_then(|text| digits_between(text, 2, MOST_PLACES));
    let compact = digits.as_deref().and_then(as_text);
    let start = out.len();
    let Some(compact) = compact.filter(|_| decimal::Decimal::parse(text).is_none()) else {
        return unseparated(text, prf, out);
    };
    unseparated(compact, prf, out);
    let drawn: Places = out.drain(start..).collect();
    put_in_place(text, &drawn, out);
}

/// Whether three separators follow each other: they could be the secret itself.
fn has_run(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .windows(3)
        .any(|three| !three.iter().any(u8::is_ascii_alphanumeric))
}

fn unseparated(text: &str, prf: &Prf, out: &mut Vec<u8>) {
    let masking = Masking {
        action: Action::Pseudonym(None),
        format: Format::Text,
        prf,
    };
    if decimal::mask_text(masking, text, out).is_none() {
        shape::write(text, prf, out);
    }
}

fn address(text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
    let address: IpAddr = text.parse().ok()?;
    network::write_address(network::pseudonym(address, prf), out);
    Some(())
}

fn day(text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
    let masking = Masking {
        action: Action::Pseudonym(None),
        format: Format::Text,
        prf,
    };
    let day = Day::parse(text, false)?;
    let moved = Day::of_number(date::masked_day(masking, day.number()));
    (moved.year > 0).then(|| moved.write(out))
}

/// Appends a text that is a stand-in already.
fn keep(text: &str, out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(text.as_bytes());
    Some(())
}

/// Appends `text` in lower case (of Unicode).
pub(crate) fn push_lowercase(text: &str, canonical: &mut Canonical) {
    if text.is_ascii() {
        canonical.extend(text.bytes().map(|byte| byte.to_ascii_lowercase()));
    } else {
        canonical.extend_from_slice(text.to_lowercase().as_bytes());
    }
}

/// The digits of a number with separators; `None`: other characters, or another count.
fn digits_between(text: &str, least: usize, most: usize) -> Option<Places> {
    let separators = |c: char| matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+' | '\u{a0}');
    let well_formed = text.chars().all(|c| c.is_ascii_digit() || separators(c));
    let digits = || text.bytes().filter(u8::is_ascii_digit);
    (well_formed && (least..=most).contains(&digits().count())).then(|| digits().collect())
}

/// Appends `text` with `places` where its alphanumeric characters stand; its separators stay.
fn put_in_place(text: &str, places: &[u8], out: &mut Vec<u8>) {
    let mut places = places.iter();
    out.extend(text.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() => places.next().copied().unwrap_or(b'0'),
        separator => separator,
    }));
}

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

use crate::Format;
use crate::key::Prf;
use crate::masker::Action;
use crate::text::{Form, write_mark};
use crate::value::date::{self, Day};
use crate::value::{Masking, decimal, hardware, network};
use detect::Entity;
use std::net::IpAddr;

/// Appends the stand-in of `text`, which is trimmed and not empty.
pub(crate) fn write(entity: Option<Entity>, text: &str, prf: &Prf, out: &mut Vec<u8>) {
    let drawn = match Form::of(entity) {
        Form::Email => contact::email(text, prf),
        Form::Phone => contact::phone(text, prf),
        Form::Card => card::card(text, prf),
        Form::Ssn => account::ssn(text, prf),
        Form::Iban => account::iban(text, prf),
        Form::Address => text
            .parse()
            .ok()
            .map(|address: IpAddr| network::pseudonym(address, prf).to_string()),
        Form::HardwareAddress => hardware::mask_in_text(Action::Pseudonym(None), text, prf),
        Form::Name => Some(name::name(text, prf)),
        Form::Date => day(text, prf),
        Form::Secret => {
            return entity
                .into_iter()
                .for_each(|entity| write_mark(entity, out));
        }
        Form::Other => None,
    };
    match drawn {
        Some(text) => out.extend_from_slice(text.as_bytes()),
        None => plain(text, prf, out),
    }
}

/// A number has the digits that it has in a numeric column; other text keeps its shape.
fn plain(text: &str, prf: &Prf, out: &mut Vec<u8>) {
    let masking = Masking {
        action: Action::Pseudonym(None),
        format: Format::Text,
        prf,
    };
    if decimal::mask_text(masking, text, out).is_none() {
        shape::write(text, prf, out);
    }
}

fn day(text: &str, prf: &Prf) -> Option<String> {
    let masking = Masking {
        action: Action::Pseudonym(None),
        format: Format::Text,
        prf,
    };
    let day = Day::parse(text, false)?;
    let moved = Day::of_number(date::masked_day(masking, day.number()));
    (moved.year > 0).then(|| moved.text())
}

/// The digits of a number with separators; `None`: other characters, or another count.
fn digits_between(text: &str, least: usize, most: usize) -> Option<Vec<u8>> {
    let separators = |c: char| matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+' | '\u{a0}');
    let well_formed = text.chars().all(|c| c.is_ascii_digit() || separators(c));
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    (well_formed && (least..=most).contains(&digits.len())).then_some(digits)
}

/// Puts `places` where the alphanumeric characters of `text` stand; its separators stay.
fn put_in_place(text: &str, places: &[u8]) -> String {
    let mut places = places.iter();
    let put = |c: char| match c {
        c if c.is_ascii_alphanumeric() => places.next().map_or('0', |place| char::from(*place)),
        separator => separator,
    };
    text.chars().map(put).collect()
}

//! Payment cards: issuer range and length (ISO/IEC 7812), then the Luhn digit.

use super::number::{Group, Number, Separator};
use crate::Entity;
use crate::checksum::luhn;
use crate::context::Topics;
use crate::span::Candidates;
use crate::text::is_uuid;

/// Printed in groups, as on a card.
const GROUPED: u8 = 94;
/// Digits alone, of a length that most cards of the issuer have.
const COMPACT: u8 = 88;
/// Digits alone, of a rare length: one in ten numbers passes Luhn, so a word must help.
const COMPACT_RARE: u8 = 45;
const WITH_WORD: u8 = 92;
const AFTER_REFERENCE_WORD: u8 = 40;

/// How the digits of a card are grouped, longest first.
const LAYOUTS: &[&[usize]] = &[
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4],
    &[4, 4, 4, 3],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 2],
    &[4, 4, 4, 1],
];

/// First and last issuer number (six digits), and the lengths in use as shortest and longest.
///
/// From the issuers' published ranges: American Express, Diners, JCB, Visa, Maestro (50, 56 to 69,
/// which covers Discover, UnionPay, RuPay, Elo and Verve there), Mastercard, Mir, RuPay, Troy.
const ISSUERS: &[(u32, u32, usize, usize)] = &[
    (220_000, 220_499, 16, 19),
    (222_100, 272_099, 16, 16),
    (300_000, 305_999, 14, 19),
    (309_500, 309_599, 14, 19),
    (340_000, 349_999, 15, 15),
    (352_800, 358_999, 16, 19),
    (360_000, 369_999, 14, 19),
    (370_000, 379_999, 15, 15),
    (380_000, 399_999, 14, 19),
    (400_000, 499_999, 13, 19),
    (500_000, 509_999, 12, 19),
    (510_000, 559_999, 16, 16),
    (560_000, 699_999, 12, 19),
    (810_000, 829_999, 16, 19),
    (979_200, 979_299, 16, 16),
];

/// A run of 12 to 19 digits.
pub(super) fn compact(number: &Number<'_, '_>, found: &mut Candidates) {
    let Number { text, start, end } = *number;
    let free = text.starts_number(start) && text.ends_number(end);
    if !free || !is_card(number.digits().iter().copied(), end - start) || ends_uuid(number) {
        return;
    }
    let context = text.context(start, end);
    let usual = matches!(end - start, 14..=16);
    let score = match usual {
        _ if context.introduces(Topics::REFERENCE) => AFTER_REFERENCE_WORD,
        _ if context.mentions(Topics::CARD) => WITH_WORD,
        true => COMPACT,
        false => COMPACT_RARE,
    };
    found.add(start, end, Entity::CreditCard, score);
}

/// Runs of digits in one of the [`LAYOUTS`], all with the same separator.
pub(super) fn grouped(number: &Number<'_, '_>, found: &mut Candidates) {
    let groups = number.groups();
    let fitting = LAYOUTS
        .iter()
        .filter_map(|layout| laid_out(&groups, layout));
    for card in fitting {
        let Some(last) = card.last() else { continue };
        let text = number.text;
        let digits = text.slice(number.start, last.end).iter().copied();
        let digits = digits.filter(u8::is_ascii_digit);
        let length = card.iter().map(Group::len).sum();
        let free = text.starts_number(number.start) && text.ends_word(last.end);
        if free && is_card(digits, length) {
            found.add(number.start, last.end, Entity::CreditCard, GROUPED);
            return;
        }
    }
}

fn laid_out<'g>(groups: &'g [Group], layout: &[usize]) -> Option<&'g [Group]> {
    let card = groups.get(..layout.len())?;
    let separator = card.get(1)?.separator;
    let fits = card.iter().zip(layout).all(|(group, length)| {
        let same = group.separator == separator || group.separator == Separator::First;
        group.len() == *length && same
    });
    fits.then_some(card)
}

/// Issuer range, length and check digit are those of a card, and the digits not all alike.
pub(super) fn is_card(digits: impl DoubleEndedIterator<Item = u8> + Clone, length: usize) -> bool {
    let issuer = digits
        .clone()
        .take(6)
        .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let issued = ISSUERS.iter().any(|&(first, last, shortest, longest)| {
        (first..=last).contains(&issuer) && (shortest..=longest).contains(&length)
    });
    let same = digits
        .clone()
        .zip(digits.clone().skip(1))
        .all(|(left, right)| left == right);
    issued && !same && luhn(digits)
}

/// Whether the run is the node of a UUID.
fn ends_uuid(number: &Number<'_, '_>) -> bool {
    number
        .end
        .checked_sub(36)
        .is_some_and(|start| is_uuid(number.text.slice(start, number.end)))
}

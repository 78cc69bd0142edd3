//! Secrets that show themselves by a literal: one automaton finds the literals, one table says what
//! must follow each.

mod parts;
mod structure;
mod vendors;

use crate::Entity;
use crate::placeholder::{entropy, is_placeholder};
use crate::span::Candidates;
use crate::text::Text;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::ops::Range;
use vendors::VENDORS;

/// Right prefix, alphabet and length.
const FORMED: u8 = 98;
/// The embedded check sum is right.
const CHECKED: u8 = 100;
/// The embedded check sum is wrong: a mistyped token is still most of a secret.
const MISTYPED: u8 = 60;

/// Bits per character below which a body is not random.
const ENTROPY_FLOOR: f32 = 2.6;

/// Where a secret is and its score.
type Found = Option<(Range<usize>, u8)>;

/// A literal and what makes it a secret.
pub(crate) struct Literal {
    text: &'static str,
    entity: Entity,
    follows: Follows,
}

/// What must follow a literal.
enum Follows {
    /// A body in one alphabet.
    Body(Body),
    /// A structure of its own: gets the place of the literal, gives the span and the score.
    Structure(fn(&Text<'_>, Range<usize>) -> Found),
}

/// A run of characters of one alphabet.
#[derive(Clone, Copy)]
struct Body {
    alphabet: fn(u8) -> bool,
    shortest: usize,
    longest: usize,
    check: Check,
}

/// The check sum that a token carries.
#[derive(Clone, Copy)]
enum Check {
    None,
    /// CRC-32 of the body in base 62.
    Base62,
    /// CRC-32 of the token in hexadecimal.
    Hexadecimal,
}

/// The automaton over all literals.
#[derive(Debug)]
pub(crate) struct Literals {
    automaton: AhoCorasick,
}

impl Literals {
    /// Builds the automaton.
    #[expect(
        clippy::expect_used,
        reason = "the literals are constants; every test builds them"
    )]
    pub(crate) fn new() -> Literals {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // One look-up a byte; larger than the other kinds, and still small.
            .kind(Some(AhoCorasickKind::DFA))
            .build(literals().map(|literal| literal.text))
            .expect("two hundred short literals fit any automaton");
        Literals { automaton }
    }

    /// Judges what follows each literal.
    pub(crate) fn find(&self, text: &Text<'_>, found: &mut Candidates) {
        let mut done = 0;
        for hit in self
            .automaton
            .find_iter(text.bytes)
            .filter(|hit| hit.start() < hit.end())
        {
            let literal = literals().nth(hit.pattern().as_usize());
            let Some(literal) = literal.filter(|_| hit.start() >= done) else {
                continue;
            };
            if let Some((at, score)) = literal.judge(text, hit.start()..hit.end()) {
                done = at.end;
                found.add(at.start, at.end, literal.entity, score);
            }
        }
    }
}

fn literals()
-> std::iter::Chain<std::slice::Iter<'static, Literal>, std::slice::Iter<'static, Literal>> {
    VENDORS.iter().chain(structure::STRUCTURES)
}

impl Literal {
    fn judge(&self, text: &Text<'_>, at: Range<usize>) -> Found {
        match self.follows {
            Follows::Body(body) => body.judge(text, at),
            Follows::Structure(judge) => judge(text, at),
        }
    }
}

impl Body {
    /// The token whose literal is `at`, with its score.
    fn judge(&self, text: &Text<'_>, at: Range<usize>) -> Found {
        if !text.starts_word(at.start) {
            return None;
        }
        let length = text.rest(at.end, self.longest + 1).iter();
        let length = length.take_while(|byte| (self.alphabet)(**byte)).count();
        let end = at.end + length;
        let body = text.slice(at.end, end);
        let sized = (self.shortest..=self.longest).contains(&length) && text.ends_word(end);
        if !sized || entropy(body) < ENTROPY_FLOOR || is_placeholder(body) {
            return None;
        }
        Some((
            at.start..end,
            self.check.score(body, text.slice(at.start, end)),
        ))
    }
}

impl Check {
    fn score(self, body: &[u8], token: &[u8]) -> u8 {
        let right = match self {
            Check::None => return FORMED,
            Check::Base62 => crate::checksum::ends_in_base_62_crc(body),
            Check::Hexadecimal => crate::checksum::ends_in_hex_crc(token),
        };
        if right { CHECKED } else { MISTYPED }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_unique_and_long_enough_for_the_automaton_to_be_worth_it() {
        for (place, literal) in literals().enumerate() {
            assert!(literal.text.len() >= 2, "{}", literal.text);
            assert!(
                literals()
                    .skip(place + 1)
                    .all(|other| other.text != literal.text),
                "{}",
                literal.text
            );
        }
    }
}

//! Numbers of persons, firms and accounts that states and registries give out: written forms,
//! check digits and the words that name them, one row a type.

mod index;
mod written;

mod americas;
mod asia;
mod central;
mod device;
mod eastern;
mod europe;
mod everyday;
mod finance;
mod health;
mod latin;
mod nordic;
mod pacific;
mod south;
mod south_asia;
mod vat;

mod checks;

use crate::Entity;
use crate::context::{Context, Topics};
use crate::span::{Candidates, THRESHOLD};
use crate::survey::Survey;
use crate::text::Text;
use index::{Known, Run};
use smallvec::SmallVec;
use written::Written;

/// One type of identifier.
pub(crate) struct Unit {
    /// The type.
    pub(crate) entity: Entity,
    /// How it is written.
    pub(crate) forms: &'static [Form],
    /// Whether the letters (in upper case) and digits of a value, without its separators, can be
    /// one: check digits, ranges, dates.
    pub(crate) check: fn(&[u8]) -> bool,
    /// How often a random value of a right form passes the check.
    pub(crate) chance: f32,
    /// Words that name it, in lower case; two or three words that follow each other are written
    /// together (`taxid`, `numerofiscal`).
    pub(crate) words: &'static [&'static str],
}

/// One way to write an identifier.
pub(crate) struct Form {
    /// `9`: a digit. `A`: a letter of either case. `#`: either of them. A blank: a space or a
    /// no-break space. Everything else: itself.
    pub(crate) pattern: &'static str,
    /// Score where no word names it; under 50 it is not reported without one.
    pub(crate) alone: u8,
}

/// A form that shows by itself what it is.
const fn form(pattern: &'static str, alone: u8) -> Form {
    Form { pattern, alone }
}

/// A form that needs a word, or a column, that names it.
const fn named(pattern: &'static str) -> Form {
    Form { pattern, alone: 0 }
}

/// Every unit, in an order that stays while the process runs.
pub(crate) fn units() -> impl Iterator<Item = &'static Unit> {
    [
        europe::UNITS,
        central::UNITS,
        south::UNITS,
        nordic::UNITS,
        eastern::UNITS,
        vat::UNITS,
        americas::UNITS,
        latin::UNITS,
        asia::UNITS,
        south_asia::UNITS,
        pacific::UNITS,
        finance::UNITS,
        device::UNITS,
        health::UNITS,
        everyday::UNITS,
    ]
    .into_iter()
    .flatten()
}

/// The types that a whole value can be, with the chance that a random value of their form could.
pub(crate) fn possible(value: &[u8]) -> impl Iterator<Item = (Entity, f32)> {
    let text = Text {
        bytes: value,
        hint: None,
        has_letters: false,
    };
    let end = text.run_end(0, |byte| byte.is_ascii_alphanumeric());
    let run = Run::of(text.slice(0, end)).filter(|_| end > 0);
    let is_whole = end == value.len();
    let whole = run.iter().filter(|_| is_whole).flat_map(Run::whole);
    let further = run.iter().flat_map(|run| run.further(text.rest(end, 2)));
    let mut possible: SmallVec<[(Entity, f32); 8]> = whole
        .filter(|known| {
            run.as_ref()
                .is_some_and(|run| (known.unit.check)(run.characters()))
        })
        .map(|known| (known.unit.entity, known.unit.chance))
        .collect();
    possible.extend(further.filter_map(|known| {
        let written = Written::read(&text, 0, known.form.pattern)?;
        let whole = written.end == value.len() && (known.unit.check)(written.characters());
        whole.then_some((known.unit.entity, known.unit.chance))
    }));
    possible.into_iter()
}

/// Score of a candidate that a word or the column names.
const NAMED: u8 = 93;
/// Of one that the column names, with a check digit that is wrong: a typing error is personal too.
const MISTYPED: u8 = 60;
/// Of one where only identifiers in general are spoken of, before its chance in percent is taken off.
const SOME_IDENTIFIER: u8 = 80;
/// Forms that a fifth of all numbers have need a word of their own.
const TELLING_CHANCE: f32 = 0.2;
/// A form with this score by itself stays believable after words about orders and versions.
const UNMISTAKABLE: u8 = 90;
/// And has this score then.
const AFTER_REFERENCE_WORD: u8 = 55;
/// The longest run of letters and digits that any begins with.
const LONGEST_RUN: usize = 24;
/// The longest word before a blank that belongs to one: the prefix of a VAT number, say.
const LONGEST_PREFIX: usize = 4;

/// Whether the value can hold one: the shortest have three digits, or eight letters and digits.
pub(crate) fn may_find(survey: &Survey) -> bool {
    survey.digits >= 3 || survey.letters.saturating_add(survey.digits) >= 8
}

/// Reads from every place where one can begin: a run with a digit, the prefix before it, and, where
/// something speaks of banks, their codes in letters alone.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    let mut place = 0;
    while let Some(digit) = text.bytes.get(place..).and_then(first_digit) {
        let digit = place + digit;
        let start = text.run_start(digit, LONGEST_RUN, |byte| byte.is_ascii_alphanumeric());
        place = text.run_end(digit, |byte| byte.is_ascii_alphanumeric());
        if let Some(prefix) = prefix_before(text, start) {
            begin(text, prefix, start - 1, found);
        }
        begin(text, start, place, found);
    }
    if names_one(text) || speaks_of_banks(text) {
        find_letters(text, found);
    }
}

fn first_digit(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(u8::is_ascii_digit)
}

/// The start of a short word in front of `start`, one separator between.
fn prefix_before(text: &Text<'_>, start: usize) -> Option<usize> {
    let end = start.checked_sub(1)?;
    let prefix = text.run_start(end, LONGEST_PREFIX + 1, |byte| byte.is_ascii_alphabetic());
    let length = end - prefix;
    let free = !text
        .before(prefix)
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    ((1..=LONGEST_PREFIX).contains(&length) && free).then_some(prefix)
}

fn begin(text: &Text<'_>, start: usize, end: usize, found: &mut Candidates) {
    let run = text.slice(start, end);
    if run.len() <= LONGEST_RUN && stands_free_before(text, start) {
        read(text, start, run, found);
    }
}

/// Words before the code of a bank, as they are written: `BIC`, `bic`, `SWIFT`, `swift`, `Swift`.
fn speaks_of_banks(text: &Text<'_>) -> bool {
    let word_around = |place: usize| {
        let word = text
            .bytes
            .get(place.saturating_sub(1)..)
            .unwrap_or_default();
        [&b"BIC"[..], b"bic", b"WIFT", b"wift"]
            .iter()
            .any(|known| word.starts_with(known))
    };
    text.has_letters && memchr::memchr2_iter(b'I', b'i', text.bytes).any(word_around)
}

/// Reads runs of letters alone that are as long as the code of a bank.
fn find_letters(text: &Text<'_>, found: &mut Candidates) {
    let mut place = 0;
    while let Some(offset) = text.bytes.get(place..).and_then(first_letter) {
        let start = place + offset;
        place = text.run_end(start, |byte| byte.is_ascii_alphanumeric());
        let run = text.slice(start, place);
        let capitals = run.iter().all(u8::is_ascii_uppercase);
        let letters = run.iter().all(u8::is_ascii_alphabetic) && names_one(text);
        if matches!(run.len(), 8 | 11) && (capitals || letters) {
            begin(text, start, place, found);
        }
    }
}

fn first_letter(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(u8::is_ascii_alphanumeric)
}

/// Whether the column's name speaks of any.
fn names_one(text: &Text<'_>) -> bool {
    text.hint.is_some_and(|hint| hint.topics != Topics::NONE)
}

fn stands_free_before(text: &Text<'_>, start: usize) -> bool {
    let further = start.checked_sub(1).and_then(|place| text.before(place));
    match text.before(start) {
        Some(b'_' | b'+' | b'$' | b'@') => false,
        Some(b'-' | b'/') => !further.is_some_and(|byte| byte.is_ascii_alphanumeric()),
        Some(b'.' | b',' | b':') => !further.is_some_and(|byte| byte.is_ascii_digit()),
        Some(_) | None => true,
    }
}

fn stands_free_after(text: &Text<'_>, end: usize) -> bool {
    let further = text.at(end + 1);
    match text.at(end) {
        Some(b'_' | b'@' | b'%') => false,
        Some(byte) if byte.is_ascii_alphanumeric() => false,
        Some(b'-' | b'/') => !further.is_some_and(|byte| byte.is_ascii_alphanumeric()),
        Some(b'.' | b',' | b':') => !further.is_some_and(|byte| byte.is_ascii_digit()),
        Some(_) | None => true,
    }
}

/// Tries every form that begins with a run like this one.
fn read(text: &Text<'_>, start: usize, bytes: &[u8], found: &mut Candidates) {
    let Some(run) = Run::of(bytes) else { return };
    let end = start + bytes.len();
    let mut reading = Reading {
        text,
        start,
        of_column: text.hint.map_or(Topics::NONE, |hint| hint.topics),
        contexts: Contexts::default(),
        found,
    };
    let nameable = text.has_letters || reading.of_column != Topics::NONE;
    let telling = |known: &&Known| nameable || known.form.alone >= THRESHOLD;
    if stands_free_after(text, end) {
        for known in run.whole().filter(telling) {
            reading.note(known, run.characters(), end);
        }
    }
    for known in run.further(text.rest(end, 2)).filter(telling) {
        if let Some(written) = Written::read(text, start, known.form.pattern)
            && stands_free_after(text, written.end)
        {
            reading.note(known, written.characters(), written.end);
        }
    }
}

/// What is read at one place.
struct Reading<'a> {
    text: &'a Text<'a>,
    start: usize,
    of_column: Topics,
    contexts: Contexts,
    found: &'a mut Candidates,
}

impl Reading<'_> {
    /// Notes what is written in a form, if it can be one, up to `end`. The check costs more than the
    /// score, and most forms of a number are believed only where something names them.
    fn note(&mut self, known: &Known, characters: &[u8], end: usize) {
        let by_column = self.of_column.touches(known.topic);
        let score = known.score(&self.contexts.of(self.text, self.start, end), by_column);
        if score < THRESHOLD {
            return;
        }
        let excused = by_column && known.unit.chance < TELLING_CHANCE;
        let score = match (known.unit.check)(characters) {
            true => score,
            false if excused => MISTYPED,
            false => return,
        };
        self.found.add(self.start, end, known.unit.entity, score);
    }
}

/// The context of one start, kept for the end that was asked for last: many forms end alike.
#[derive(Default)]
struct Contexts(Option<(usize, Context)>);

impl Contexts {
    fn of(&mut self, text: &Text<'_>, start: usize, end: usize) -> Context {
        match self.0 {
            Some((known, context)) if known == end => context,
            Some(_) | None => {
                let context = text.context(start, end);
                self.0 = Some((end, context));
                context
            }
        }
    }
}

impl Known {
    /// The score of a valid one in this context.
    fn score(&self, context: &Context, by_column: bool) -> u8 {
        let about_others =
            context.introduces(Topics::REFERENCE) || context.introduces(Topics::VERSION);
        let percent = (self.unit.chance * 100.0) as u8;
        let named = match self.unit.chance < TELLING_CHANCE {
            true => {
                context.introduces(self.topic) || (context.mentions(self.topic) && !about_others)
            }
            // Nearly any number has the form: the word must be its own.
            false => context.labels(self.topic),
        };
        if by_column || named {
            return NAMED + 2 - percent.min(20) / 10;
        }
        if about_others {
            return if self.form.alone >= UNMISTAKABLE {
                AFTER_REFERENCE_WORD
            } else {
                0
            };
        }
        let some = context.mentions(Topics::IDENTIFIER) && self.unit.chance < TELLING_CHANCE;
        let general = if some { SOME_IDENTIFIER - percent } else { 0 };
        self.form.alone.min(NAMED - 1).max(general)
    }
}

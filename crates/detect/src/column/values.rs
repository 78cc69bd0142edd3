//! What the values of a column say, weighed together with its name and type.
//!
//! For every type that a value has, log-odds are summed: the prior of the name, and for each
//! distinct value how much likelier a form is in a column of the type than elsewhere. One value
//! proves little; twenty values with right check digits outweigh any name.

use super::name::Name;
use super::types::Class;
use super::{Classification, classify_column, phrases};
use crate::context::Topics;
use crate::find::identifier;
use crate::{Detector, Entity, Hint, Span, Spans};
use smallvec::SmallVec;

/// Distinct values that are looked at; later ones change nothing.
const MOST_VALUES: usize = 200;
/// Fewer distinct values say nothing about a column; the name alone is judged.
const FEWEST_VALUES: usize = 5;
/// Longer values are texts, not values of one type; the longest are private keys.
const LONGEST_VALUE: usize = 8192;
/// The most that one value may add, in nats: no single value decides.
const STRONGEST_VALUE: f32 = 1.5;
/// The most that one value may take away, in nats: junk in a column is common.
const STRONGEST_DOUBT: f32 = 1.2;
/// How often a value of a typed column has the form of the type: the rest is junk and typing errors.
const VALID_IN_TYPE: f32 = 0.93;
/// Log-odds of a type before anything is known: few columns are of any given type.
const UNKNOWN_NAME: f32 = -3.0;
/// Log-odds of the type that the name tells.
const TELLING_NAME: f32 = 3.0;
/// Log-odds of a type when the name is about something else (`email_count`).
const MISLEADING_NAME: f32 = -5.0;
/// A type that less than this share of the values has is reported as mixed, not as the column's.
const LEAST_COVERAGE: f32 = 0.5;
/// As [`LEAST_COVERAGE`], where nothing but check digits speaks for the type.
const LEAST_CHECKED: f32 = 0.85;

/// Values that stand for "no value".
const JUNK: &[&[u8]] = &[
    b"-", b"--", b"n/a", b"na", b"null", b"none", b"nil", b"0", b"unknown", b"?", b"x", b"tbd",
];

/// What a column was recognised as, with the reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnClass {
    /// The type of the values; `None` for tags without a type of their own (`pii.gender`).
    pub entity: Option<Entity>,
    /// The tag, one of [`TAGS`](crate::TAGS).
    pub tag: &'static str,
    /// Share of the distinct values that have the type, `0.0..=1.0`; 0 when only the name spoke.
    pub coverage: f32,
    /// Share of the distinct values that could be judged at all (not empty, not junk, not long).
    pub valid_ratio: f32,
    /// Probability that the column is of the type, by the log-odds.
    pub confidence: f32,
    /// Other types found, best first, with their confidence.
    pub alternates: Vec<(Entity, f32)>,
    /// The reasons in words, most telling first.
    pub evidence: Vec<String>,
}

/// How many values had a type: by form alone, with the help of the column's name, by check digits.
#[derive(Clone, Copy, Debug)]
struct Tally {
    entity: Entity,
    by_form: u32,
    by_name: u32,
    by_check: u32,
    /// How often a value that is not of the type passes the check.
    chance: f32,
}

impl Tally {
    fn new(entity: Entity) -> Tally {
        Tally {
            entity,
            by_form: 0,
            by_name: 0,
            by_check: 0,
            chance: CHANCE_BY_NAME,
        }
    }

    fn valid(&self) -> u32 {
        self.by_form.max(self.by_name).max(self.by_check)
    }

    /// The least share of the values that must have the type for it to be the column's.
    fn least_coverage(&self) -> f32 {
        if self.by_check > self.by_form.max(self.by_name) {
            LEAST_CHECKED
        } else {
            LEAST_COVERAGE
        }
    }
}

/// Collects evidence about one column, value by value, as the values pass.
///
/// Keeps counts and hashes of values, never a value.
#[derive(Clone, Debug)]
pub struct ColumnEvidence {
    hint: Hint,
    named: Option<Classification>,
    misleading: bool,
    class: Class,
    tallies: SmallVec<[Tally; 4]>,
    distinct: Vec<u64>,
    judged: u32,
}

impl ColumnEvidence {
    /// Begins with the column's name and the name of its type.
    pub fn new(name: &str, type_name: &str) -> ColumnEvidence {
        let words = Name::of(name);
        let named = classify_column(name, type_name);
        ColumnEvidence {
            hint: Hint::for_column(name),
            misleading: named.is_none() && phrases::longest(&words).is_some(),
            named,
            class: Class::of(type_name),
            tallies: SmallVec::new(),
            distinct: Vec::new(),
            judged: 0,
        }
    }

    /// Whether enough distinct values were seen for more to change nothing.
    pub fn is_full(&self) -> bool {
        self.distinct.len() >= MOST_VALUES
    }

    /// Takes one value in text format into account.
    pub fn observe(&mut self, detector: &Detector, value: &[u8]) {
        let value = value.trim_ascii();
        let hash = fnv(value);
        if self.is_full() || self.distinct.contains(&hash) {
            return;
        }
        self.distinct.push(hash);
        let junk = JUNK.iter().any(|word| value.eq_ignore_ascii_case(word));
        if value.is_empty() || junk || value.len() > LONGEST_VALUE {
            return;
        }
        self.judged += 1;
        let mut spans = Spans::new();
        detector.detect(value, None, &mut spans);
        let by_form = whole_value(&spans, value).filter(|_| !self.counts_things());
        detector.detect(value, Some(&self.hint), &mut spans);
        let by_name = whole_value(&spans, value);
        if let Some(entity) = by_form {
            self.count(entity, |row| row.by_form += 1);
        }
        if let Some(entity) = by_name.filter(|entity| by_form.is_none_or(|form| form == *entity)) {
            self.count(entity, |row| row.by_name += 1);
        }
        // Numbers of orders and books have check digits as well.
        if !self.counts_things() {
            self.count_checked(value);
        }
    }

    /// Whether the name speaks of orders, versions and the like, and of nothing sensitive.
    fn counts_things(&self) -> bool {
        let others = self
            .hint
            .topics
            .touches(Topics::REFERENCE | Topics::VERSION);
        others && self.named.is_none()
    }

    fn count_checked(&mut self, value: &[u8]) {
        let mut last = None;
        for (entity, chance) in identifier::possible(value) {
            if chance < CHANCE_BY_NAME && last != Some(entity) {
                self.count(entity, |row| {
                    row.by_check += 1;
                    row.chance = chance;
                });
            }
            last = Some(entity);
        }
    }

    /// Notes something in the counts of `entity`.
    fn count(&mut self, entity: Entity, note: impl FnOnce(&mut Tally)) {
        match self.tallies.iter_mut().find(|row| row.entity == entity) {
            Some(row) => note(row),
            None => {
                let mut row = Tally::new(entity);
                note(&mut row);
                self.tallies.push(row);
            }
        }
    }

    /// What name, type and the values so far say together; `None` when that is nothing sensitive.
    pub fn classify(&self) -> Option<ColumnClass> {
        if (self.judged as usize) < FEWEST_VALUES {
            return self.by_name_alone();
        }
        let mut ranked: Vec<(f32, Tally)> = self
            .tallies
            .iter()
            .filter(|row| self.class.can_hold(row.entity.tag()))
            .map(|row| (self.odds(row), *row))
            .collect();
        ranked.sort_by(|left, right| right.0.total_cmp(&left.0));
        let alternates = || {
            let rest = ranked.iter().skip(1);
            rest.map(|(odds, row)| (row.entity, probability(*odds)))
                .collect()
        };
        match ranked.first() {
            Some((odds, row)) if *odds > 0.0 && self.share(row) >= row.least_coverage() => {
                Some(ColumnClass {
                    entity: Some(row.entity),
                    tag: self.tag_of(row.entity),
                    coverage: self.share(row),
                    valid_ratio: self.valid_ratio(),
                    confidence: probability(*odds),
                    alternates: alternates(),
                    evidence: self.reasons(row),
                })
            }
            _ => self.name_without_form(),
        }
    }

    /// The name decides where values have no form that could be checked (`pii.gender`), or are of
    /// a type whose form the name alone reveals and half of the values at least did not refute it.
    fn name_without_form(&self) -> Option<ColumnClass> {
        self.named.filter(|named| named.entity.is_none())?;
        self.by_name_alone()
    }

    fn by_name_alone(&self) -> Option<ColumnClass> {
        let named = self.named?;
        Some(ColumnClass {
            entity: named.entity,
            tag: named.tag,
            coverage: 0.0,
            valid_ratio: self.valid_ratio(),
            confidence: probability(TELLING_NAME),
            alternates: Vec::new(),
            evidence: vec![format!("the name has `{}`", named.evidence)],
        })
    }

    /// The log-odds of the type of `row`.
    fn odds(&self, row: &Tally) -> f32 {
        let valid = row.valid();
        let invalid = self.judged.saturating_sub(valid) as f32;
        let by_form = row.by_form as f32;
        let others = valid.saturating_sub(row.by_form) as f32;
        let gain = |chance: f32| (VALID_IN_TYPE / chance).ln().min(STRONGEST_VALUE);
        let against = ((1.0 - VALID_IN_TYPE) / (1.0 - CHANCE_BY_NAME))
            .ln()
            .max(-STRONGEST_DOUBT);
        self.prior(row.entity)
            + by_form * gain(CHANCE_BY_FORM)
            + others * gain(row.chance)
            + invalid * against
    }

    fn prior(&self, entity: Entity) -> f32 {
        match self.named {
            Some(named) if named.entity == Some(entity) || named.tag == entity.tag() => {
                TELLING_NAME
            }
            None if self.misleading => MISLEADING_NAME,
            Some(_) | None => UNKNOWN_NAME,
        }
    }

    /// The tag of the name where it speaks of the same type, else that of the type.
    fn tag_of(&self, entity: Entity) -> &'static str {
        match self.named {
            Some(named) if named.entity == Some(entity) => named.tag,
            Some(_) | None => entity.tag(),
        }
    }

    fn share(&self, row: &Tally) -> f32 {
        row.valid() as f32 / self.judged.max(1) as f32
    }

    fn valid_ratio(&self) -> f32 {
        self.judged as f32 / self.distinct.len().max(1) as f32
    }

    fn reasons(&self, row: &Tally) -> Vec<String> {
        let mut reasons = vec![format!(
            "{} of {} distinct values are `{}`",
            row.valid(),
            self.judged,
            row.entity.name()
        )];
        if let Some(named) = self.named {
            reasons.push(format!("the name has `{}`", named.evidence));
        } else if self.misleading {
            reasons.push("the name is about something else".to_owned());
        }
        reasons
    }
}

/// How often a value that is not of a type has its whole form all the same.
const CHANCE_BY_FORM: f32 = 0.02;
/// As [`CHANCE_BY_FORM`], where the name of the column helped to find it: nearly anything passes.
const CHANCE_BY_NAME: f32 = 0.6;

/// The type of the span that makes up most of the value, or is the secret in it.
fn whole_value(spans: &Spans, value: &[u8]) -> Option<Entity> {
    let covers = |length: usize| length * 10 >= value.len() * 8;
    let secret = |entity: Entity| entity.rank() > 1 && entity.tag().starts_with("secret.");
    let tells = |span: &&Span| covers(span.end - span.start) || secret(span.entity);
    spans.iter().find(tells).map(|span| span.entity)
}

fn probability(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}

/// FNV-1a of 64 bits: whether a value was seen before; a collision loses one value of two hundred.
fn fnv(value: &[u8]) -> u64 {
    value.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Classifies a column by its name, the name of its type and sampled values in text format.
///
/// Two hundred distinct values are looked at, the rest is passed over; with fewer than five the
/// name alone is judged. `None` when nothing sensitive is likely.
pub fn classify_column_values<'a>(
    detector: &Detector,
    name: &str,
    type_name: &str,
    values: impl IntoIterator<Item = &'a [u8]>,
) -> Option<ColumnClass> {
    let mut evidence = ColumnEvidence::new(name, type_name);
    for value in values {
        if evidence.is_full() {
            break;
        }
        evidence.observe(detector, value);
    }
    evidence.classify()
}

//! What a column's name and type say about its values.

mod name;
mod phrases;
mod types;
mod values;

pub(crate) use name::Name;
pub use values::{ColumnClass, ColumnEvidence, classify_column_values};

use crate::Entity;
use types::Class;

/// What a column was recognised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classification {
    /// The tag, one of [`TAGS`](crate::TAGS).
    pub tag: &'static str,
    /// The format of the values, when the tag has one.
    pub entity: Option<Entity>,
    /// The words of the name (or the type) that decided, such as `birth_date`.
    pub evidence: &'static str,
}

/// Classifies a column by its name and the name of its type (`int4`, `character varying(64)`).
///
/// `None` when the name says nothing, is about something else (`phone_type`, `email_verified`),
/// or does not fit the type (a `boolean` is never an e-mail address). The name alone is judged:
/// a plain `name` may be that of a product and stays unclassified.
pub fn classify_column(name: &str, type_name: &str) -> Option<Classification> {
    let class = Class::of(type_name);
    let named = classify_name(&Name::of(name)).filter(|found| class.can_hold(found.tag));
    named.or_else(|| {
        class
            .tag_by_itself()
            .map(|tag| classification(tag, class.word()))
    })
}

/// Classifies by the words of a name alone, as for a key of a JSON object.
pub(crate) fn classify_name(name: &Name) -> Option<Classification> {
    let phrase = phrases::longest(name)?;
    let about_something_else = name
        .words_before(phrase.first)
        .any(phrases::turns_away_before)
        || name.words_after(phrase.last).any(phrases::turns_away_after);
    if about_something_else || phrase.tag.is_empty() {
        return None;
    }
    Some(classification(phrase.tag, phrase.text))
}

/// As [`classify_name`], of names whose last word is part of what decides.
pub(crate) fn classify_ending(name: &Name) -> Option<Classification> {
    let ends = phrases::longest(name)?.last + 1 == name.len();
    if ends { classify_name(name) } else { None }
}

fn classification(tag: &'static str, evidence: &'static str) -> Classification {
    Classification {
        tag,
        entity: crate::tags::find(tag).and_then(|row| row.entity),
        evidence,
    }
}

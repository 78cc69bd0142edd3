//! What a column's name says to the detector about its values.

use crate::column::{self, Classification, Name};
use crate::context::Topics;

/// The reading of one column's name, made once per column and used for every value.
#[derive(Clone, Debug)]
pub struct Hint {
    classification: Option<Classification>,
    pub(crate) topics: Topics,
}

impl Hint {
    /// Reads the name of a column, or the key of a JSON member.
    pub fn for_column(name: &str) -> Hint {
        let words = Name::of(name);
        let classification = column::classify_name(&words);
        let of_tag = classification.map_or(Topics::NONE, |found| Topics::of_tag(found.tag));
        Hint {
            classification,
            topics: Topics::of_name(&words) | of_tag,
        }
    }

    /// What the name alone says the values are.
    pub fn classification(&self) -> Option<Classification> {
        self.classification
    }
}

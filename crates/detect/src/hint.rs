//! What a column's name says to the detector about its values.

use crate::column::{self, Classification, Name};
use crate::context::Topics;

/// The reading of one column's name, made once per column and used for every value.
#[derive(Clone, Debug)]
pub struct Hint {
    classification: Option<Classification>,
    pub(crate) topics: Topics,
    /// The column names things: products, firms, places. Its words are no persons.
    pub(crate) names_things: bool,
}

impl Hint {
    /// Reads the name of a column, or the key of a JSON member.
    pub fn for_column(name: &str) -> Hint {
        let words = Name::of(name);
        let classification = column::classify_name(&words);
        let of_tag = classification.map_or(Topics::NONE, |found| Topics::of_tag(found.tag));
        // `phone_id` refers to a row of phones: its digits call nobody.
        let is_reference = classification.is_none() && words.words().last() == Some(b"id");
        let foreign = match is_reference {
            true => Topics::PHONE,
            false => Topics::NONE,
        };
        Hint {
            classification,
            topics: Topics::of_name(&words).without(foreign) | of_tag,
            names_things: classification.is_none() && words.words().any(is_thing),
        }
    }

    /// What the name alone says the values are.
    pub fn classification(&self) -> Option<Classification> {
        self.classification
    }
}

fn is_thing(word: &[u8]) -> bool {
    THINGS.iter().any(|thing| thing.as_bytes() == word)
}

/// Words of columns whose values are names, but of no person.
#[rustfmt::skip] // Words in lines, not one a line.
const THINGS: &[&str] = &[
    "product", "products", "company", "brand", "vendor", "supplier", "organisation", "organization",
    "org", "firma", "empresa", "entreprise", "azienda", "bedrijf", "city", "town", "stadt", "ort",
    "ciudad", "ville", "cidade", "country", "region", "state", "title", "item", "article", "artikel",
    "produkt", "produto", "producto", "produit", "model", "category", "department", "team", "host",
    "hostname", "server", "file", "filename", "path", "school", "university", "hotel", "store",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_phones_are_no_phones() {
        for (name, speaks) in [("phone_id", false), ("phoneId", false), ("phone_no", true)] {
            let topics = Hint::for_column(name).topics;
            assert_eq!(topics.touches(Topics::PHONE), speaks, "{name}");
        }
    }
}

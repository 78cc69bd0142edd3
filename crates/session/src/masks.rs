//! The operators that a configuration chose for tags.

use mask::Operator;
use policy::{ColumnDisclosure, Disclosure, Tag};

/// Operators by tag and rung; without one for a tag the rung's own is used.
#[derive(Debug, Clone, Default)]
pub struct Operators(Vec<(Tag, Disclosure, Operator)>);

impl Operators {
    /// The operators of these tags and rungs. A tag means those below it too, and the nearest one
    /// wins.
    pub fn new(rules: impl IntoIterator<Item = (Tag, Disclosure, Operator)>) -> Operators {
        Operators(rules.into_iter().collect())
    }

    /// The operator of a column; `None`: it is seen in clear.
    pub(crate) fn of(&self, disclosed: &ColumnDisclosure) -> Option<Operator> {
        if disclosed.disclosure == Disclosure::Clear {
            return None;
        }
        let tag = disclosed.tag.as_ref();
        tag.and_then(|tag| self.chosen(tag, disclosed.disclosure))
            .or_else(|| usual(disclosed))
    }

    fn chosen(&self, tag: &Tag, rung: Disclosure) -> Option<Operator> {
        let above = |rule: &Tag| {
            let below = tag.as_str().strip_prefix(rule.as_str());
            below.is_some_and(|below| below.is_empty() || below.starts_with('.'))
        };
        let rules = self.0.iter();
        let fitting = rules.filter(|(rule, seen, _)| *seen == rung && above(rule));
        fitting
            .max_by_key(|(rule, _, _)| rule.as_str().len())
            .map(|(_, _, operator)| *operator)
    }
}

/// The operator of a rung, fitted to the entity that the tag names.
fn usual(disclosed: &ColumnDisclosure) -> Option<Operator> {
    let tag = disclosed.tag.as_ref();
    let entity = tag.and_then(|tag| detect::Entity::from_tag(tag.as_str()));
    match disclosed.disclosure {
        Disclosure::Clear => None,
        Disclosure::Partial => Some(Operator::Partial(entity)),
        Disclosure::Pseudonym => Some(Operator::Pseudonym(entity)),
        Disclosure::Redacted => Some(Operator::Redact),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_tag_chooses_on_its_rung() {
        let tag = |name: &str| Tag::new(name).expect("a tag");
        let operators = Operators::new([
            (tag("pii"), Disclosure::Partial, Operator::Null),
            (tag("pii.card"), Disclosure::Partial, Operator::MaskCard),
        ]);
        let of = |name: &str, disclosure| {
            let tag = Some(tag(name));
            operators.of(&ColumnDisclosure { disclosure, tag })
        };
        for (name, disclosure, operator) in [
            ("pii.card", Disclosure::Partial, Some(Operator::MaskCard)),
            ("pii.other", Disclosure::Partial, Some(Operator::Null)),
            ("piix", Disclosure::Partial, Some(Operator::Partial(None))),
            ("pii.card", Disclosure::Redacted, Some(Operator::Redact)),
            ("pii.card", Disclosure::Clear, None),
        ] {
            assert_eq!(of(name, disclosure), operator, "{name} {disclosure}");
        }
    }
}

//! Paths to leaves of JSON: `$.user.email`, `$.cards[*].number`, `$..ssn`, `$.*`.

use crate::MaskError;
use std::str::FromStr;

/// Longest path: what is matched against every leaf is kept short.
const MOST_STEPS: usize = 32;

/// A path of JSONPath's (RFC 9535) names, wildcards and descendants; no filters, no indexes.
///
/// It means the leaf it names and, where it names an object or an array, every leaf inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// `.name`, `["name"]`.
    Name(String),
    /// `.*`, `[*]`: any member or element.
    Any,
    /// `..`: any number of steps.
    Descend,
}

/// Where a leaf stands: the name of a member, or an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Member(String),
    Element,
}

impl FromStr for JsonPath {
    type Err = MaskError;

    /// # Errors
    /// [`MaskError::JsonPath`]: the text is not such a path.
    fn from_str(path: &str) -> Result<JsonPath, MaskError> {
        parse(path).map(JsonPath).ok_or(MaskError::JsonPath)
    }
}

fn parse(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path.strip_prefix('$')?;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("..") {
            steps.push(Step::Descend);
            // A name follows without a full stop of its own.
            rest = step(after, &mut steps)?;
        } else if let Some(after) = rest.strip_prefix('.') {
            rest = step(after, &mut steps)?;
        } else {
            rest = bracket(rest, &mut steps)?;
        }
        if steps.len() > MOST_STEPS {
            return None;
        }
    }
    Some(steps)
}

/// Reads a name or a star, or a bracket after `..`.
fn step<'a>(rest: &'a str, steps: &mut Vec<Step>) -> Option<&'a str> {
    if rest.starts_with('[') {
        return bracket(rest, steps);
    }
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, after) = rest.split_at_checked(end)?;
    steps.push(match name {
        "" => return None,
        "*" => Step::Any,
        name => Step::Name(name.to_owned()),
    });
    Some(after)
}

fn bracket<'a>(rest: &'a str, steps: &mut Vec<Step>) -> Option<&'a str> {
    if let Some(after) = rest.strip_prefix("[*]") {
        steps.push(Step::Any);
        return Some(after);
    }
    let (name, after) = ["'", "\""].iter().find_map(|quote| {
        let inner = rest.strip_prefix('[')?.strip_prefix(quote)?;
        let (name, after) = inner.split_once(quote)?;
        Some((name, after.strip_prefix(']')?))
    })?;
    steps.push(Step::Name(name.to_owned()));
    Some(after)
}

impl JsonPath {
    /// Whether a leaf at these places is meant.
    pub(crate) fn covers(&self, places: &[Place]) -> bool {
        covers(&self.0, places)
    }
}

/// What is left of the places when the steps are done lies inside of what the path names.
fn covers(steps: &[Step], places: &[Place]) -> bool {
    let Some((step, steps)) = steps.split_first() else {
        return true;
    };
    if *step == Step::Descend {
        return (0..=places.len())
            .any(|skipped| covers(steps, places.get(skipped..).unwrap_or_default()));
    }
    let Some((place, places)) = places.split_first() else {
        return false;
    };
    let fits = match (step, place) {
        (Step::Name(name), Place::Member(member)) => name == member,
        (Step::Any, Place::Member(_) | Place::Element) => true,
        (Step::Name(_), Place::Element) | (Step::Descend, _) => false,
    };
    fits && covers(steps, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_cover_what_they_name_and_what_is_inside() {
        let places = |text: &str| -> Vec<Place> {
            let place = |part| match part {
                "#" => Place::Element,
                name => Place::Member(name.to_owned()),
            };
            text.split('/')
                .filter(|part| !part.is_empty())
                .map(place)
                .collect()
        };
        for (path, leaf, covered) in [
            ("$", "", true),
            ("$.user.email", "user/email", true),
            ("$.user.email", "user/name", false),
            ("$.user", "user/address/street", true),
            ("$.cards[*].number", "cards/#/number", true),
            ("$.cards.number", "cards/#/number", false),
            ("$..ssn", "a/#/b/ssn", true),
            ("$..ssn", "ssn", true),
            ("$..ssn", "a/ssns", false),
            ("$.*", "a", true),
            ("$['a.b']", "a.b", true),
            ("$..[\"x\"]", "y/x", true),
        ] {
            let path: JsonPath = path.parse().expect("a path");
            assert_eq!(path.covers(&places(leaf)), covered, "{path:?} {leaf}");
        }
        for broken in ["", "user", "$.", "$..", "$[0]", "$[a]", "$a", "$['a"] {
            assert_eq!(
                broken.parse::<JsonPath>(),
                Err(MaskError::JsonPath),
                "{broken}"
            );
        }
    }
}

//! JSON masked by path.

use super::path::{JsonPath, Place};
use super::{Leaf, LeafKind, lexer, write_string};
use crate::text::REDACTED;
use crate::value::as_text;
use crate::{Format, MaskError, MaskKey, Masker, Operator, Outcome, Shape, Styles};

/// Deepest nesting that is followed; PostgreSQL's own limit is its stack, some thousands.
const MOST_DEPTH: usize = 512;

/// Masks the leaves of JSON that paths name, and leaves all others.
///
/// The first path that covers a leaf decides. A string stays a string, a number a number, key
/// order, blanks and doubled keys stay; truth values become `false`, and `null` under
/// [`Operator::Null`].
///
/// ```
/// use mask::{JsonMasker, MaskKey, Operator, Outcome};
///
/// let rules = [("$.user.email".parse()?, Operator::Redact), ("$..ssn".parse()?, Operator::Null)];
/// let masker = JsonMasker::new(rules, &MaskKey::derive(&[7; 32], "api"))?;
/// let mut out = Vec::new();
/// let body = br#"{"user": {"email": "ada@engines.org", "ssn": "123-45-6789"}, "n": 1}"#;
/// assert_eq!(masker.mask(body, &mut out), Outcome::Masked);
/// assert_eq!(out, br#"{"user": {"email": "[REDACTED]", "ssn": null}, "n": 1}"#);
/// # Ok::<(), mask::MaskError>(())
/// ```
#[derive(Clone, Debug)]
pub struct JsonMasker(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    path: JsonPath,
    /// A truth value becomes `null`, not `false`.
    null: bool,
    text: Masker,
    number: Masker,
}

impl JsonMasker {
    /// The masker of a document or column by these rules.
    ///
    /// # Errors
    /// What [`Operator::check`] says, if an operator has no form for JSON.
    pub fn new(
        rules: impl IntoIterator<Item = (JsonPath, Operator)>,
        key: &MaskKey,
    ) -> Result<JsonMasker, MaskError> {
        let styles = Styles::default();
        let masker =
            |operator, shape: Shape| Masker::new(operator, &shape, Format::Text, -1, key, &styles);
        let rule = |(path, operator): (JsonPath, Operator)| {
            operator.check(&Shape::Json, -1)?;
            Ok(Rule {
                path,
                null: operator == Operator::Null,
                text: masker(operator, Shape::Text),
                number: masker(operator, Shape::Numeric),
            })
        };
        rules
            .into_iter()
            .map(rule)
            .collect::<Result<_, _>>()
            .map(JsonMasker)
    }

    /// Masks JSON text, or jsonb in text format; the new text is appended to `out`. What is not
    /// JSON, or nested too deeply to be followed, becomes the string `"[REDACTED]"`.
    pub fn mask(&self, json: &[u8], out: &mut Vec<u8>) -> Outcome {
        let start = out.len();
        match self.rewrite(json, out) {
            Some(Outcome::Unchanged) => {
                out.truncate(start);
                Outcome::Unchanged
            }
            Some(outcome) => outcome,
            None => {
                out.truncate(start);
                write_string(REDACTED, out);
                Outcome::Fallback
            }
        }
    }

    fn rewrite(&self, json: &[u8], out: &mut Vec<u8>) -> Option<Outcome> {
        let mut outcome = Outcome::Unchanged;
        let mut lexer = lexer::Lexer::new(json);
        let mut walk = Walk::default();
        while let Some(token) = lexer.next_token()? {
            match token {
                lexer::Token::Structure(bytes) => {
                    bytes.iter().try_for_each(|byte| walk.step(*byte))?;
                    out.extend_from_slice(bytes);
                }
                lexer::Token::Leaf(leaf) if leaf.kind == LeafKind::Key => {
                    walk.name(leaf.text()?.into_owned());
                    out.extend_from_slice(leaf.raw);
                }
                lexer::Token::Leaf(leaf) => {
                    let rule = self.0.iter().find(|rule| rule.path.covers(&walk.places));
                    let done = rule.map(|rule| rule.mask(leaf, out));
                    if matches!(done, None | Some(Outcome::Unchanged)) {
                        out.extend_from_slice(leaf.raw);
                    }
                    outcome = outcome.and(done.unwrap_or(Outcome::Unchanged));
                }
            }
        }
        Some(outcome)
    }
}

/// Where the lexer stands.
#[derive(Default)]
struct Walk {
    /// One for each object or array that is open.
    places: Vec<Place>,
}

impl Walk {
    /// `None`: more closed than opened, or too deep.
    fn step(&mut self, byte: u8) -> Option<()> {
        match byte {
            b'{' => self.places.push(Place::Member(String::new())),
            b'[' => self.places.push(Place::Element),
            b'}' | b']' => {
                self.places.pop()?;
            }
            _ => {}
        }
        (self.places.len() <= MOST_DEPTH).then_some(())
    }

    fn name(&mut self, name: String) {
        if let Some(place) = self.places.last_mut() {
            *place = Place::Member(name);
        }
    }
}

impl Rule {
    /// Appends the masked leaf, or nothing and says so.
    fn mask(&self, leaf: Leaf<'_>, out: &mut Vec<u8>) -> Outcome {
        match leaf.kind {
            LeafKind::Key => Outcome::Unchanged,
            LeafKind::Word if leaf.raw == b"null" => Outcome::Unchanged,
            LeafKind::Word => {
                out.extend_from_slice(if self.null { b"null" } else { b"false" });
                Outcome::Masked
            }
            LeafKind::Number => match self.number.mask(leaf.raw, out) {
                Outcome::Null | Outcome::FallbackNull => null(out),
                other => other,
            },
            LeafKind::String => self.mask_string(leaf, out),
        }
    }

    fn mask_string(&self, leaf: Leaf<'_>, out: &mut Vec<u8>) -> Outcome {
        let Some(text) = leaf.text() else {
            write_string(REDACTED, out);
            return Outcome::Fallback;
        };
        let mut new = Vec::new();
        let outcome = self.text.mask(text.as_bytes(), &mut new);
        match outcome {
            Outcome::Unchanged => {}
            Outcome::Null | Outcome::FallbackNull => return null(out),
            Outcome::Masked | Outcome::Fallback => {
                write_string(as_text(&new).unwrap_or(REDACTED), out);
            }
        }
        outcome
    }
}

fn null(out: &mut Vec<u8>) -> Outcome {
    out.extend_from_slice(b"null");
    Outcome::Masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_choose_the_leaves() {
        let rules = [
            ("$.a[*].mail", Operator::Redact),
            ("$..secret", Operator::Default),
            ("$.n", Operator::Partial(None)),
            ("$.gone", Operator::Null),
        ];
        let rules = rules.map(|(path, operator)| (path.parse().expect("a path"), operator));
        let masker = JsonMasker::new(rules, &MaskKey::new([5; 32])).expect("rules");
        for (from, to) in [
            (
                r#"{"a": [{"mail": "x@y.z", "k": "kept"}], "mail": "kept"}"#,
                Some(r#"{"a": [{"mail": "[REDACTED]", "k": "kept"}], "mail": "kept"}"#),
            ),
            (
                r#"{"x": {"secret": {"a": "b", "c": [7, true, null]}}}"#,
                Some(r#"{"x": {"secret": {"a": "", "c": [0, false, null]}}}"#),
            ),
            (
                r#"{"n": 42, "gone": [1, "a", false], "\u006e": 17}"#,
                Some(r#"{"n": 40, "gone": [null, null, null], "\u006e": 10}"#),
            ),
            (r#"{"b": 1}"#, None),
            ("{\"a", Some("\"[REDACTED]\"")),
            ("]", Some("\"[REDACTED]\"")),
        ] {
            let mut out = Vec::new();
            let outcome = masker.mask(from.as_bytes(), &mut out);
            assert_eq!(outcome == Outcome::Unchanged, to.is_none(), "{from}");
            assert_eq!(String::from_utf8(out).expect("text"), to.unwrap_or(""));
        }
    }
}

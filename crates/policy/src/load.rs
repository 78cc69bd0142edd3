//! Texts → checked policies, or every mistake in them.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;

use crate::annotations::{self, Annotations};
use crate::attributes::Mentioned;
use crate::mistake::{PolicyErrors, PolicyMistake, place};
use crate::source::PolicySource;

/// A policy that parsed, under its `@id` or, while mistakes are collected, a number.
pub(crate) struct Checked {
    pub(crate) policy: Policy,
    pub(crate) annotations: Annotations,
    pub(crate) mentioned: Mentioned,
}

/// The text of one policy and where it begins in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece<'a> {
    source: &'a PolicySource,
    start: usize,
    text: &'a str,
}

impl Piece<'_> {
    /// A mistake at a byte offset in the piece.
    fn mistake(&self, offset: usize, message: String, help: Option<String>) -> PolicyMistake {
        let (line, column) = place(&self.source.text, self.start.saturating_add(offset));
        PolicyMistake {
            file: self.source.name.clone(),
            line,
            column,
            message,
            help,
        }
    }

    /// A mistake that Cedar found, at the first of its labels.
    fn diagnostic(&self, diagnostic: &dyn Diagnostic, message: String) -> PolicyMistake {
        let label = diagnostic.labels().and_then(|mut labels| labels.next());
        let offset = label.as_ref().map_or(0, miette::LabeledSpan::offset);
        let help = diagnostic
            .help()
            .map(|help| help.to_string())
            .or_else(|| label.and_then(|label| label.label().map(str::to_owned)));
        self.mistake(offset, message, help)
    }
}

/// Parses and checks all policies of all sources.
pub(crate) fn load(
    schema: &Schema,
    sources: &[PolicySource],
) -> Result<Vec<Checked>, PolicyErrors> {
    let pieces: Vec<Piece<'_>> = sources.iter().flat_map(pieces).collect();
    let mut mistakes = Mistakes::default();
    let mut seen = BTreeMap::new();
    let mut checked = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Some(policy) = parse(piece, at, &mut mistakes) else {
            continue;
        };
        checked.push((at, check(policy, (at, piece), &mut seen, &mut mistakes)));
    }
    validate(
        schema,
        &pieces,
        checked.iter().map(|(at, c)| (*at, &c.policy)),
        &mut mistakes,
    );
    mistakes.into_result()?;
    Ok(checked
        .into_iter()
        .map(|(_, checked)| checked.renamed())
        .collect())
}

impl Checked {
    fn renamed(self) -> Self {
        let policy = self.policy.new_id(PolicyId::new(&self.annotations.id));
        Self { policy, ..self }
    }
}

/// Mistakes with the number of the piece in which they are.
#[derive(Default)]
struct Mistakes(Vec<(usize, PolicyMistake)>);

impl Mistakes {
    fn push(&mut self, at: usize, mistake: PolicyMistake) {
        self.0.push((at, mistake));
    }

    fn into_result(mut self) -> Result<(), PolicyErrors> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0
            .sort_by_key(|(at, mistake)| (*at, mistake.line, mistake.column));
        Err(PolicyErrors(
            self.0.into_iter().map(|(_, mistake)| mistake).collect(),
        ))
    }
}

fn parse(piece: &Piece<'_>, at: usize, mistakes: &mut Mistakes) -> Option<Policy> {
    match Policy::parse(Some(PolicyId::new(at.to_string())), piece.text) {
        Ok(policy) => Some(policy),
        Err(errors) => {
            for error in errors.iter() {
                mistakes.push(at, piece.diagnostic(error, error.to_string()));
            }
            None
        }
    }
}

fn check(
    policy: Policy,
    (at, piece): (usize, &Piece<'_>),
    seen: &mut BTreeMap<String, usize>,
    mistakes: &mut Mistakes,
) -> Checked {
    let mentioned = Mentioned::by(&policy);
    let (annotations, wrong) = annotations::read(&policy, &mentioned);
    for wrong in wrong {
        mistakes.push(
            at,
            piece.mistake(0, wrong.message, Some(wrong.help.to_owned())),
        );
    }
    if !annotations.id.is_empty() && seen.insert(annotations.id.clone(), at).is_some() {
        let message = format!("another policy has the id `{}` already", annotations.id);
        let help = "give each policy an `@id` of its own; packs count too";
        mistakes.push(at, piece.mistake(0, message, Some(help.to_owned())));
    }
    Checked {
        policy,
        annotations,
        mentioned,
    }
}

/// Strict validation against the schema. A warning is a mistake too: a policy that can never apply
/// protects nothing.
fn validate<'p>(
    schema: &Schema,
    pieces: &[Piece<'_>],
    policies: impl Iterator<Item = (usize, &'p Policy)>,
    mistakes: &mut Mistakes,
) {
    let mut set = PolicySet::new();
    for (at, policy) in policies {
        if let (Err(error), Some(piece)) = (set.add(policy.clone()), pieces.get(at)) {
            mistakes.push(at, piece.mistake(0, error.to_string(), None));
        }
    }
    let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    let mut found = Found::default();
    for error in result.validation_errors() {
        found.add(pieces, error.policy_id(), error);
    }
    // A policy with an error often gets the warning that it can never apply as well.
    let wrong: BTreeSet<usize> = found.0.keys().map(|(at, _)| *at).collect();
    for warning in result.validation_warnings() {
        if number(warning.policy_id()).is_none_or(|at| !wrong.contains(&at)) {
            found.add(pieces, warning.policy_id(), warning);
        }
    }
    found
        .0
        .into_iter()
        .for_each(|((at, _), mistake)| mistakes.push(at, mistake));
}

/// The number under which a policy is validated.
fn number(id: &PolicyId) -> Option<usize> {
    let number: &str = id.as_ref();
    number.parse().ok()
}

/// Mistakes of validation, one for each place: Cedar reports one for each type that an expression
/// can have.
#[derive(Default)]
struct Found(BTreeMap<(usize, (usize, usize)), PolicyMistake>);

impl Found {
    fn add(&mut self, pieces: &[Piece<'_>], id: &PolicyId, diagnostic: &dyn Diagnostic) {
        let Some((at, piece)) = number(id).and_then(|at| Some((at, pieces.get(at)?))) else {
            return;
        };
        let text = diagnostic.to_string();
        let message = text
            .strip_prefix(&format!("for policy `{at}`, "))
            .unwrap_or(&text);
        let mistake = piece.diagnostic(diagnostic, message.to_owned());
        // The one that knows help is kept, and the same one every time.
        let rank = |mistake: &PolicyMistake| (mistake.help.is_none(), mistake.message.clone());
        let known = self
            .0
            .entry((at, (mistake.line, mistake.column)))
            .or_insert(mistake.clone());
        if rank(&mistake) < rank(known) {
            *known = mistake;
        }
    }
}

/// The policies of a source, cut after each semicolon that is neither in a string nor in a comment.
fn pieces(source: &PolicySource) -> Vec<Piece<'_>> {
    let text = source.text.as_str();
    let mut pieces = Vec::new();
    let mut start = skip_blank(text, 0);
    while start < text.len() {
        let end = end_of_policy(text, start);
        let piece = text.get(start..end).unwrap_or_default();
        pieces.push(Piece {
            source,
            start,
            text: piece,
        });
        start = skip_blank(text, end);
    }
    pieces
}

/// Where white space and comments after `at` end.
fn skip_blank(text: &str, mut at: usize) -> usize {
    while let Some(rest) = text.get(at..) {
        let blank = rest.len().saturating_sub(rest.trim_start().len());
        let comment = rest.trim_start().starts_with("//");
        let line = || {
            rest.get(blank..)
                .and_then(|r| r.find('\n'))
                .map_or(rest.len(), |n| blank + n)
        };
        let skipped = if comment { line() } else { blank };
        if skipped == 0 {
            break;
        }
        at = at.saturating_add(skipped);
    }
    at
}

/// Where the policy that begins at `start` ends: after its semicolon, or with the text.
fn end_of_policy(text: &str, start: usize) -> usize {
    let mut bytes = text.bytes().enumerate().skip(start).peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b';' => return at.saturating_add(1),
            b'"' => {
                while let Some((_, inside)) = bytes.next() {
                    match inside {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            b'/' if bytes.peek().is_some_and(|(_, next)| *next == b'/') => {
                bytes.by_ref().find(|(_, byte)| *byte == b'\n');
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_pieces(text: &str, expected: &[&str]) {
        let source = PolicySource {
            name: String::new(),
            text: text.to_owned(),
        };
        let found: Vec<_> = pieces(&source).iter().map(|piece| piece.text).collect();
        assert_eq!(found, expected, "{text}");
        for piece in pieces(&source) {
            assert!(text[piece.start..].starts_with(piece.text));
        }
    }

    #[test]
    fn pieces_of_a_text() {
        check_pieces("", &[]);
        check_pieces("  // nothing; at all", &[]);
        check_pieces("a; b ;c", &["a;", "b ;", "c"]);
        check_pieces("// one;\n a;\n// two\n\n  b;// three;\n", &["a;", "b;"]);
        check_pieces("a \"x;y\\\";z\" b; c;", &["a \"x;y\\\";z\" b;", "c;"]);
        check_pieces("a // c;\n b; \"open; ", &["a // c;\n b;", "\"open; "]);
        check_pieces("ä; 1/2;/", &["ä;", "1/2;", "/"]);
    }
}

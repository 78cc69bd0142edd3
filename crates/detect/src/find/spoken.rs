//! Secrets in a sentence: "the password is hunter2", "client_secret 3f9c… on the phone".

use super::assignment;
use crate::Entity;
use crate::column::{self, Classification, Name};
use crate::span::Candidates;
use crate::survey::Survey;
use crate::text::Text;
use crate::whole;

/// Below what `name = value` says: a sentence may mean something else.
const SPOKEN: u8 = 80;

/// How far before a secret its name is looked for, in bytes.
const REACH: usize = 48;

/// The most words that name it.
const MOST_WORDS: usize = 3;

/// A secret in a sentence is written without blanks; shorter ones are words and numbers.
const SHORTEST: usize = 6;

/// Words between a name and its value.
const COPULAS: &[&str] = &[
    "is", "was", "to", "ist", "lautet", "est", "es", "sera", "e", "è", "é", "jest", "är", "er",
    "of", "now", "this",
];

/// The shortest name of a secret, and a letter of the secret itself.
const FEWEST_LETTERS: u8 = 4;

/// Whether there can be a name and a secret.
pub(crate) fn may_find(survey: &Survey) -> bool {
    survey.letters >= FEWEST_LETTERS
}

/// Looks at every word that is none of a language.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    let mut place = 0;
    while let Some(offset) = memchr::memchr(b' ', text.bytes.get(place..).unwrap_or_default()) {
        let start = place + offset + 1;
        let end = text.run_end(start, |byte| byte > b' ');
        let token = assignment::without_stop(text.slice(start, end));
        if is_odd(token)
            && let Some(class) = name_before(text, start - 1)
        {
            note(text, (start, token), class, found);
        }
        place = start.max(end);
    }
}

/// Letters with digits or signs among them, or capitals inside: no word, number, date or amount.
fn is_odd(token: &[u8]) -> bool {
    if token.len() < SHORTEST || token.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let telling = |byte: &u8| byte.is_ascii_digit() || b"!@#$%^&*?+/_=~".contains(byte);
    token.iter().any(u8::is_ascii_alphabetic) && token.iter().skip(1).any(telling)
}

fn note(
    text: &Text<'_>,
    (start, token): (usize, &[u8]),
    class: Classification,
    found: &mut Candidates,
) {
    let Some(entity) = class.entity else { return };
    let end = start + token.len();
    let aws = whole::is_aws_secret(token) && whole::names_aws(class);
    match class.tag {
        "secret.password" if assignment::is_spoken_password(token) => {
            found.add(start, end, entity, SPOKEN);
        }
        "secret.token" | "secret.key" if aws => {
            found.add(start, end, Entity::AwsSecretKey, SPOKEN);
        }
        "secret.token" | "secret.key" if assignment::is_secret(token, class.tag) => {
            found.add(start, end, entity, SPOKEN);
        }
        "pii.username"
            if assignment::tells_login(class) && !text.slice(start, end).contains(&b'@') =>
        {
            found.add(start, end, entity, SPOKEN);
        }
        _ => {}
    }
}

/// The text within [`REACH`] before `end`, from the last byte on that is part of no letter.
fn sentence_before<'a>(text: &Text<'a>, end: usize) -> Option<&'a str> {
    let window = text.slice(end.saturating_sub(REACH), end);
    let last = window.utf8_chunks().last()?;
    last.invalid().is_empty().then_some(last.valid())
}

/// What the words before `end` name, a copula left out.
fn name_before(text: &Text<'_>, end: usize) -> Option<Classification> {
    let before = sentence_before(text, end)?;
    let first = (end == before.len()).then_some(0);
    let starts = before.rmatch_indices(char::is_whitespace);
    let mut words = starts
        .map(|(place, blank)| place + blank.len())
        .chain(first);
    let mut start = words.next()?;
    let mut end = before.len();
    if COPULAS.contains(&before.get(start..)?) {
        end = start.checked_sub(1)?;
        start = words.next()?;
    }
    // A sentence or a list ends there.
    if before
        .get(start..end)?
        .ends_with(['.', ',', ';', '!', '?', '='])
    {
        return None;
    }
    for _ in 1..=MOST_WORDS {
        let name = Name::of(before.get(start..end)?);
        if let Some(class) = column::classify_ending(&name) {
            return Some(class);
        }
        start = words.next()?;
    }
    None
}

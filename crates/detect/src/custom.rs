//! Types that a user adds: a pattern or a list of words, a tag, and the words that must be near.
//!
//! Patterns are those of the `regex` crate, and the number of matches is bounded, so that the time
//! is linear in the value. Patterns and tables of words are bounded in size, and nothing here runs
//! when no type was added.

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use crate::Entity;
use crate::span::{Candidates, CustomId, THRESHOLD};
use crate::tags;
use crate::text::Text;

/// Longest name of a type, in bytes: it stands in the marks of redactions.
const NAME_MAX: usize = 40;
/// Longest pattern, in bytes: a longer one is a program, or a list of words.
const PATTERN_MAX: usize = 2000;
/// Memory of a compiled pattern, in bytes: `\w{50}` fits, which knows the letters of all scripts.
const PATTERN_MEMORY_MAX: usize = 4 * 1024 * 1024;
/// Memory of the states that matching a pattern caches, in bytes, of each thread.
const PATTERN_CACHE_MAX: usize = 2 * 1024 * 1024;
/// Depth of groups in a pattern.
const PATTERN_DEPTH_MAX: u32 = 50;
/// Most words of a list, and of a context.
const WORDS_MAX: usize = 10_000;
/// Longest word of a list, in bytes.
const WORD_MAX: usize = 128;
/// Matches of a pattern in one value. Each look for the next one may read the value to its end, so
/// without a bound the time would grow with the square of the length.
const MATCHES_MAX: usize = 4096;
/// How far from a match the words of its context are looked for, in bytes: as for built-in types.
const REACH: usize = 40;

/// A type that a user defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomType {
    /// Its name in capitals, digits and `_`, such as `EMPLOYEE_ID`; not that of another type.
    pub name: String,
    /// The tag of what is found, one of [`TAGS`](crate::TAGS) under which values are found: there
    /// the type counts, and is masked in part, as the general type of the tag.
    pub tag: String,
    /// What its values look like.
    pub form: CustomForm,
    /// Words, in any case, of which one must stand within 40 bytes of a match; empty: none need to.
    pub context: Vec<String>,
    /// Confidence, `50..=100`, which settles overlaps with other types.
    pub score: u8,
}

/// What the values of a user's type look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomForm {
    /// A pattern in the syntax of the `regex` crate. It may match inside words: `\b` prevents that.
    Pattern(String),
    /// Whole words or phrases, ASCII letters in any case.
    Words(Vec<String>),
}

/// Why a user's type cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustomError {
    /// The name has another form.
    #[error("`{0}` cannot name a type: expected capitals, digits and `_`, at most {NAME_MAX}")]
    Name(String),
    /// The name is that of another type.
    #[error("the type `{0}` is there already")]
    NameTaken(String),
    /// There are too many types.
    #[error("more than {limit} types are added")]
    TooManyTypes {
        /// How many may be.
        limit: usize,
    },
    /// No value is found under the tag.
    #[error(
        "type `{name}`: nothing in values has the tag `{tag}`: expected one of {}",
        known_tags()
    )]
    Tag {
        /// The type.
        name: String,
        /// Its tag.
        tag: String,
    },
    /// The score is out of range.
    #[error("type `{name}`: expected a score of {THRESHOLD} to 100, got {score}")]
    Score {
        /// The type.
        name: String,
        /// Its score.
        score: u8,
    },
    /// The pattern is too long, too large when compiled, or not well-formed.
    #[error("type `{name}`: the pattern cannot be used: {problem}")]
    Pattern {
        /// The type.
        name: String,
        /// What the compiler of patterns says.
        problem: String,
    },
    /// The pattern matches where nothing is.
    #[error("type `{0}`: the pattern matches the empty text")]
    MatchesNothing(String),
    /// The list has no words or too many.
    #[error("type `{name}`: expected 1 to {WORDS_MAX} words, got {count}")]
    WordCount {
        /// The type.
        name: String,
        /// How many there are.
        count: usize,
    },
    /// A word is empty, too long or, in a context, no single word.
    #[error("type `{name}`: `{word}` is not a word of 1 to {WORD_MAX} bytes")]
    Word {
        /// The type.
        name: String,
        /// The word.
        word: String,
    },
}

fn known_tags() -> String {
    let found = crate::TAGS
        .iter()
        .filter(|row| entity_of(row.tag).is_some());
    let tags: Vec<_> = found.map(|row| format!("`{}`", row.tag)).collect();
    tags.join(", ")
}

/// The general type of a tag, else the first that has it.
fn entity_of(tag: &str) -> Option<Entity> {
    let with_tag = || {
        Entity::ALL
            .iter()
            .copied()
            .find(|entity| entity.tag() == tag)
    };
    Entity::from_tag(tag).or_else(with_tag)
}

/// A type that was checked, ready to find.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    name: String,
    tag: &'static str,
    entity: Entity,
    matcher: Matcher,
    context: Vec<String>,
    score: u8,
}

#[derive(Clone, Debug)]
enum Matcher {
    Pattern(Regex),
    Words(AhoCorasick),
}

impl Compiled {
    pub(crate) fn new(custom: &CustomType) -> Result<Compiled, CustomError> {
        let name = custom.name.clone();
        if !is_name(&name) {
            return Err(CustomError::Name(name));
        }
        let row = tags::find(&custom.tag);
        let Some((row, entity)) = row.and_then(|row| Some((row, entity_of(row.tag)?))) else {
            let tag = custom.tag.clone();
            return Err(CustomError::Tag { name, tag });
        };
        if !(THRESHOLD..=100).contains(&custom.score) {
            let score = custom.score;
            return Err(CustomError::Score { name, score });
        }
        check_context(&custom.context, &name)?;
        let matcher = match &custom.form {
            CustomForm::Pattern(pattern) => Matcher::Pattern(compile(pattern, &name)?),
            CustomForm::Words(words) => Matcher::Words(collect(words, &name)?),
        };
        Ok(Compiled {
            name,
            tag: row.tag,
            entity,
            matcher,
            context: custom.context.clone(),
            score: custom.score,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn tag(&self) -> &'static str {
        self.tag
    }

    /// Looks for the next match up to [`MATCHES_MAX`] times, then takes the rest as one.
    fn find(&self, id: CustomId, text: &Text<'_>, found: &mut Candidates) {
        if let Some(rest) = self.find_first(id, text, found) {
            found.add_custom((rest, text.bytes.len()), id, self.entity, self.score);
        }
    }

    /// Finds the first [`MATCHES_MAX`], and says where the one after them begins.
    fn find_first(&self, id: CustomId, text: &Text<'_>, found: &mut Candidates) -> Option<usize> {
        let mut note = |start, end| {
            let counts = !self.is_own_mark(text, start, end) && self.has_context(text, start, end);
            if counts {
                found.add_custom((start, end), id, self.entity, self.score);
            }
        };
        match &self.matcher {
            Matcher::Pattern(regex) => {
                let mut hits = regex.find_iter(text.bytes);
                let first = hits.by_ref().take(MATCHES_MAX);
                first.for_each(|hit| note(hit.start(), hit.end()));
                hits.next().map(|hit| hit.start())
            }
            // One pass finds them all, however many.
            Matcher::Words(words) => {
                words
                    .find_iter(text.bytes)
                    .filter(|hit| text.starts_word(hit.start()) && text.ends_word(hit.end()))
                    .for_each(|hit| note(hit.start(), hit.end()));
                None
            }
        }
    }

    /// Whether the match is in the mark that a redaction of this type leaves.
    fn is_own_mark(&self, text: &Text<'_>, start: usize, end: usize) -> bool {
        let reach = self.name.len() + 1;
        let around = text.slice(
            start.saturating_sub(reach),
            text.bytes.len().min(end.saturating_add(reach)),
        );
        end - start <= self.name.len() + 2
            && memchr::memmem::find_iter(around, self.name.as_bytes()).any(|place| {
                let before = place.checked_sub(1).and_then(|place| around.get(place));
                let after = around.get(place + self.name.len());
                before == Some(&b'[') && after == Some(&b']')
            })
    }

    fn has_context(&self, text: &Text<'_>, start: usize, end: usize) -> bool {
        if self.context.is_empty() {
            return true;
        }
        let before = text.slice(start.saturating_sub(REACH), start);
        let after = text.rest(end, REACH);
        let words = [before, after]
            .into_iter()
            .flat_map(|side| side.split(|byte| !is_word_byte(*byte)));
        let is_listed = |word: &[u8]| {
            let mut listed = self.context.iter();
            listed.any(|known| known.as_bytes().eq_ignore_ascii_case(word))
        };
        words.into_iter().any(is_listed)
    }
}

/// Finds values of all `types`.
pub(crate) fn find(types: &[Compiled], text: &Text<'_>, found: &mut Candidates) {
    for (place, custom) in types.iter().enumerate() {
        custom.find(CustomId::at(place), text, found);
    }
}

fn is_name(name: &str) -> bool {
    let of = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = name.starts_with(|c: char| c.is_ascii_uppercase());
    begins && name.len() <= NAME_MAX && name.bytes().all(of)
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

fn check_context(context: &[String], name: &str) -> Result<(), CustomError> {
    if context.len() > WORDS_MAX {
        return Err(CustomError::WordCount {
            name: name.to_owned(),
            count: context.len(),
        });
    }
    let wrong = |word: &&String| !word.bytes().all(is_word_byte) || !is_bounded(word);
    context.iter().find(wrong).map_or(Ok(()), |word| {
        Err(CustomError::Word {
            name: name.to_owned(),
            word: word.clone(),
        })
    })
}

fn is_bounded(word: &str) -> bool {
    !word.trim().is_empty() && word.len() <= WORD_MAX
}

fn compile(pattern: &str, name: &str) -> Result<Regex, CustomError> {
    let refused = |problem: String| CustomError::Pattern {
        name: name.to_owned(),
        problem,
    };
    if pattern.len() > PATTERN_MAX {
        return Err(refused(format!("longer than {PATTERN_MAX} bytes")));
    }
    let regex = RegexBuilder::new(pattern)
        .size_limit(PATTERN_MEMORY_MAX)
        .dfa_size_limit(PATTERN_CACHE_MAX)
        .nest_limit(PATTERN_DEPTH_MAX)
        .build()
        .map_err(|error| refused(last_line(&error.to_string())))?;
    if regex.is_match(b"") {
        return Err(CustomError::MatchesNothing(name.to_owned()));
    }
    Ok(regex)
}

/// What a syntax error says under the pattern that it shows.
fn last_line(message: &str) -> String {
    let line = message.trim_end().lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

fn collect(words: &[String], name: &str) -> Result<AhoCorasick, CustomError> {
    if words.is_empty() || words.len() > WORDS_MAX {
        return Err(CustomError::WordCount {
            name: name.to_owned(),
            count: words.len(),
        });
    }
    if let Some(word) = words.iter().find(|word| !is_bounded(word)) {
        return Err(CustomError::Word {
            name: name.to_owned(),
            word: word.clone(),
        });
    }
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(words)
        .map_err(|error| CustomError::Pattern {
            name: name.to_owned(),
            problem: error.to_string(),
        })
}

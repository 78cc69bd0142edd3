//! Names of persons in text: gazetteer pairs, honorifics, greetings, `Last, First`.
//!
//! Words are looked up only where a capital, or a script without capitals, begins one.

use crate::Entity;
use crate::find::person_words::{CJK_HONORIFICS, CJK_LABELS};
use crate::names::{Gazetteer, Kind};
use crate::span::Candidates;
use crate::text::Text;
use smallvec::SmallVec;

/// A given name and a surname of the list.
const PAIR: u8 = 75;
/// Introduced by an honorific.
const TITLED: u8 = 80;
/// Introduced by a greeting or a label.
const INTRODUCED: u8 = 70;

/// Values with fewer bytes of letters have no name: two CJK letters are six.
pub(crate) const FEWEST_LETTERS: u8 = 6;

/// Names have fewer words.
const MOST_WORDS: usize = 6;
/// Particles such as `della` are no longer.
const LONGEST_PARTICLE: usize = 5;
/// Runs of Chinese, Japanese or Korean letters that are longer are sentences.
const LONGEST_RUN: usize = 8;

/// A capitalised word, or a particle between two of them.
#[derive(Clone, Copy, Debug)]
struct Word<'a> {
    start: usize,
    end: usize,
    text: &'a str,
    kind: Kind,
}

impl Word<'_> {
    fn initial(&self) -> bool {
        self.text.chars().count() == 1
    }

    /// Can stand between a given name and a surname.
    fn joins(&self) -> bool {
        self.kind.known() || self.initial() || self.kind.particle()
    }
}

type Chain<'a> = SmallVec<[Word<'a>; MOST_WORDS]>;

/// Notes every name in `text`; bytes that are not UTF-8 have none.
pub(crate) fn find(names: &Gazetteer, text: &Text<'_>, found: &mut Candidates) {
    let Ok(value) = std::str::from_utf8(text.bytes) else {
        return;
    };
    let mut place = 0;
    while let Some(start) = next_start(value, place) {
        let first = value.get(start..).and_then(|rest| rest.chars().next());
        place = if first.is_some_and(is_cjk) {
            judge_run(names, value, start, found)
        } else {
            let chain = chain(names, value, start);
            judge(names, value, &chain, found);
            chain.last().map_or(start + 1, |word| word.end)
        };
    }
}

/// The next place at or after `place` where a word with a capital or of CJK letters begins.
fn next_start(value: &str, place: usize) -> Option<usize> {
    let bytes = value.as_bytes();
    let mut from = place;
    loop {
        let rest = bytes.get(from..)?;
        let offset = rest
            .iter()
            .position(|byte| byte.is_ascii_uppercase() || *byte >= 0xC3)?;
        let start = from + offset;
        let letter = value.get(start..).and_then(|rest| rest.chars().next())?;
        let fits = letter.is_uppercase() || is_cjk(letter);
        if fits && !joined_before(value, start) {
            return Some(start);
        }
        from = start + letter.len_utf8();
    }
}

/// Whether the character before `start` belongs to the same word, address or path.
fn joined_before(value: &str, start: usize) -> bool {
    let before = value.get(..start).and_then(|text| text.chars().next_back());
    before.is_some_and(|letter| letter.is_alphanumeric() || "_@/\\#-".contains(letter))
}

fn is_cjk(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// The end of the word that begins at `start`.
fn word_end(value: &str, start: usize) -> usize {
    let rest = value.get(start..).unwrap_or_default();
    let inner = |letter: char| letter.is_alphabetic() || matches!(letter, '-' | '\'' | '’');
    let length = rest.find(|letter| !inner(letter)).unwrap_or(rest.len());
    let word = rest.get(..length).unwrap_or_default();
    start + word.trim_end_matches(['-', '\'', '’']).len()
}

fn word<'a>(names: &Gazetteer, value: &'a str, start: usize) -> Option<Word<'a>> {
    let end = word_end(value, start);
    let text = value.get(start..end).filter(|text| !text.is_empty())?;
    // Of words without a capital only particles belong to names.
    let short = text.len() <= LONGEST_PARTICLE;
    if !short && !text.starts_with(char::is_uppercase) {
        return None;
    }
    let kind = names.kind(text);
    Some(Word {
        start,
        end,
        text,
        kind,
    })
}

/// The capitalised words from `start` on, one blank between two; particles only between them.
fn chain<'a>(names: &Gazetteer, value: &'a str, start: usize) -> Chain<'a> {
    let mut chain = Chain::new();
    let mut kept = 0;
    let mut next = Some(start);
    while let Some(word) = next.and_then(|start| word(names, value, start)) {
        let capital = word.text.starts_with(char::is_uppercase);
        if chain.len() == MOST_WORDS || !(capital || word.kind.particle()) {
            break;
        }
        chain.push(word);
        kept = if capital { chain.len() } else { kept };
        next = start_after(value, &word);
    }
    chain.truncate(kept);
    chain
}

/// Where the word after `word` begins: behind a blank, or a full stop and a blank if it is short.
fn start_after(value: &str, word: &Word<'_>) -> Option<usize> {
    const LONGEST_ABBREVIATION: usize = 5;
    let rest = value.get(word.end..)?;
    if rest.starts_with(' ') {
        return Some(word.end + 1);
    }
    let abbreviated = word.text.len() <= LONGEST_ABBREVIATION && rest.starts_with(". ");
    abbreviated.then_some(word.end + 2)
}

fn judge(names: &Gazetteer, value: &str, chain: &[Word<'_>], found: &mut Candidates) {
    let telling = |word: &Word<'_>| word.kind.known() || word.kind.honorific();
    if !chain.iter().any(telling) {
        return;
    }
    if chain.iter().any(|word| word.kind.veto()) || is_firm(value, chain) {
        return;
    }
    let judged = titled(chain)
        .or_else(|| pair(chain))
        .or_else(|| introduced(names, value, chain))
        .or_else(|| surname_first(names, value, chain))
        .or_else(|| alone(value, chain));
    if let Some((start, end, score)) = judged {
        found.add(start, end, Entity::Person, score);
    }
}

/// Whether the words are followed by the form of a firm (`& Co`, `S.A.`, `et Fils`).
fn is_firm(value: &str, chain: &[Word<'_>]) -> bool {
    let last = chain.last();
    let rest = last
        .and_then(|word| value.get(word.end..))
        .unwrap_or_default();
    let dotted = last.is_some_and(|word| word.initial()) && rest.starts_with('.') && {
        let next = rest.chars().nth(1);
        next.is_some_and(char::is_alphabetic)
    };
    let form = [" & ", " et Fils", " e.G", " e.V", " und ", " + "];
    dotted || form.iter().any(|form| rest.starts_with(form))
}

/// A given name that is no ordinary word and one other word, as a whole line.
fn alone(value: &str, chain: &[Word<'_>]) -> Option<(usize, usize, u8)> {
    const SHORTEST_SURNAME: usize = 4;
    let [first, last] = chain else { return None };
    let before = value.get(..first.start)?;
    let after = value.get(last.end..)?;
    let line = (before.is_empty() || before.ends_with('\n'))
        && (after.is_empty() || after.starts_with('\n'));
    let named = first.kind.given() && !first.kind.ordinary() && !last.kind.ordinary();
    (line && named && last.text.len() >= SHORTEST_SURNAME).then_some((
        first.start,
        last.end,
        INTRODUCED,
    ))
}

/// `Dr. Anna Schmidt`, `Mrs Smith`: the words after the honorific.
fn titled(chain: &[Word<'_>]) -> Option<(usize, usize, u8)> {
    let titles = chain
        .iter()
        .take_while(|word| word.kind.honorific())
        .count();
    let name = chain.get(titles..).filter(|_| titles > 0)?;
    let (first, last) = (name.first()?, name.last()?);
    let long_enough = first.text.chars().count() > 1 || name.len() > 1;
    let named = name.len() <= 3 || name.iter().any(|word| word.kind.known());
    (long_enough && named).then_some((first.start, last.end, TITLED))
}

/// A given name, perhaps more of them, and a surname; one of the ends is no ordinary word.
fn pair(chain: &[Word<'_>]) -> Option<(usize, usize, u8)> {
    let (place, first) = chain
        .iter()
        .enumerate()
        .find(|(_, word)| word.kind.given() && !word.initial())?;
    let after = chain.get(place + 1..)?;
    let joined = after.iter().take_while(|word| word.joins()).count();
    let tail = after.get(..joined)?;
    let last = tail
        .iter()
        .rfind(|word| word.kind.surname() && !word.initial() && !word.kind.particle())?;
    let telling = [first, last].iter().any(|word| !word.kind.ordinary());
    telling.then_some((first.start, last.end, PAIR))
}

/// `Dear Anna`, `customer: Schmidt`: the label before, or as first word of the chain.
fn introduced(names: &Gazetteer, value: &str, chain: &[Word<'_>]) -> Option<(usize, usize, u8)> {
    let inside = chain.first()?.kind.label();
    let name = chain.get(usize::from(inside)..)?;
    let (first, last) = (name.first()?, name.last()?);
    let known = first.kind.known() && !first.kind.ordinary() && first.text.len() > 2;
    let before = || {
        let text = value.get(..first.start).unwrap_or_default();
        let text = text.trim_end_matches([' ', ':', '"', '\'']);
        let start = text
            .rfind(|letter: char| !letter.is_alphabetic())
            .map_or(0, |place| place + 1);
        let label = text.get(start..).unwrap_or_default();
        names.kind(label).label()
    };
    (known && name.len() <= 3 && (inside || before())).then_some((
        first.start,
        last.end,
        INTRODUCED,
    ))
}

/// `Schmidt, Anna` as a whole line.
fn surname_first(names: &Gazetteer, value: &str, chain: &[Word<'_>]) -> Option<(usize, usize, u8)> {
    let [surname] = chain else { return None };
    let line_starts = value
        .get(..surname.start)
        .is_some_and(|before| before.is_empty() || before.ends_with('\n'));
    let comma = value.get(surname.end..)?.starts_with(", ");
    if !line_starts || !comma || !surname.kind.surname() {
        return None;
    }
    let given = word(names, value, surname.end + 2)?;
    let rest = value.get(given.end..).unwrap_or_default();
    let line_ends = rest.is_empty() || rest.starts_with('\n');
    let telling = !surname.kind.ordinary() || !given.kind.ordinary();
    (given.kind.given() && telling && line_ends).then_some((surname.start, given.end, PAIR))
}

/// Judges the CJK letters from `start` on and gives the place after them.
fn judge_run(names: &Gazetteer, value: &str, start: usize, found: &mut Candidates) -> usize {
    let end = run_end(value, start);
    let run = value.get(start..end).unwrap_or_default();
    if run.chars().count() > LONGEST_RUN {
        return end;
    }
    let spaced = value
        .get(end..)
        .and_then(|rest| rest.chars().next())
        .filter(|blank| matches!(blank, ' ' | '\u{3000}'));
    if let Some(blank) = spaced.filter(|_| names.kind(run).surname()) {
        let second = end + blank.len_utf8();
        let second_end = run_end(value, second);
        if names
            .kind(value.get(second..second_end).unwrap_or_default())
            .given()
        {
            found.add(start, second_end, Entity::Person, PAIR);
            return second_end;
        }
    }
    if let Some((length, score)) = unspaced_name(names, value, start, run) {
        found.add(start, start + length, Entity::Person, score);
    }
    end
}

fn run_end(value: &str, start: usize) -> usize {
    let rest = value.get(start..).unwrap_or_default();
    start + rest.find(|letter| !is_cjk(letter)).unwrap_or(rest.len())
}

/// The length of the name that `run` is or, before an honorific, begins with.
fn unspaced_name(names: &Gazetteer, value: &str, start: usize, run: &str) -> Option<(usize, u8)> {
    const SHORTEST_ALONE: usize = 3;
    let title = CJK_HONORIFICS
        .iter()
        .find_map(|title| run.strip_suffix(title));
    let name = title.unwrap_or(run);
    let letters = name.chars().count();
    let before = value.get(..start).unwrap_or_default();
    let before = before.trim_end_matches([' ', ':', '：', '"', '、']);
    let labelled = CJK_LABELS.iter().any(|label| before.ends_with(label));
    let splits = || {
        name.char_indices()
            .skip(1)
            .take(3)
            .map(|(place, _)| name.split_at(place))
    };
    let by_surname = splits().any(|(left, _)| names.kind(left).surname());
    let by_both =
        splits().any(|(left, right)| names.kind(left).surname() && names.kind(right).given());
    if (title.is_some() || labelled) && (2..=5).contains(&letters) && by_surname {
        return Some((name.len(), TITLED));
    }
    let whole = before.is_empty() && value.len() == run.len();
    ((letters >= SHORTEST_ALONE || whole) && by_both).then_some((name.len(), INTRODUCED))
}

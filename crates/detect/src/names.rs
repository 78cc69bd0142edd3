//! The gazetteer of given names and surnames.
//!
//! `names/names.txt` is compiled by `names/compile.py` from the name lists of Faker 40.63.0 (MIT
//! licence, copyright 2012 Daniele Faraglia). A name that is an ordinary word as well is marked as
//! such here: it never makes a person alone.

use crate::find::person_words::{HONORIFICS, LABELS, PARTICLES, VETOES};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The list: a name in lower case, a tab, `g` for given, `s` for surname.
const LIST: &str = include_str!("names/names.txt");

/// Longer words are no names.
const LONGEST: usize = 48;

/// What a word is among names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kind(u8);

impl Kind {
    const GIVEN: u8 = 1;
    const SURNAME: u8 = 2;
    const ORDINARY: u8 = 4;
    const HONORIFIC: u8 = 8;
    const LABEL: u8 = 16;
    const PARTICLE: u8 = 32;
    const VETO: u8 = 64;

    /// Stands before a name: `Dr`.
    pub(crate) fn honorific(self) -> bool {
        self.0 & Kind::HONORIFIC != 0
    }

    /// Introduces a name: `Dear`, `customer`.
    pub(crate) fn label(self) -> bool {
        self.0 & Kind::LABEL != 0
    }

    /// Belongs to a surname: `von`.
    pub(crate) fn particle(self) -> bool {
        self.0 & Kind::PARTICLE != 0
    }

    /// Makes the capitals around it no person: `Ltd`, `Street`.
    pub(crate) fn veto(self) -> bool {
        self.0 & Kind::VETO != 0
    }

    /// People are called so by their first name.
    pub(crate) fn given(self) -> bool {
        self.0 & Kind::GIVEN != 0
    }

    /// Families are called so.
    pub(crate) fn surname(self) -> bool {
        self.0 & Kind::SURNAME != 0
    }

    /// An ordinary word, or a place, as well.
    pub(crate) fn ordinary(self) -> bool {
        self.0 & Kind::ORDINARY != 0
    }

    /// In the list at all.
    pub(crate) fn known(self) -> bool {
        self.given() || self.surname()
    }
}

/// FNV-1a: names are short, and the list is ours, so nobody chooses collisions.
#[derive(Debug)]
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// All names, ready for look-up.
#[derive(Debug)]
pub(crate) struct Gazetteer(HashMap<&'static [u8], Kind, BuildHasherDefault<Fnv>>);

impl Gazetteer {
    /// Reads the list; once per process.
    pub(crate) fn new() -> Gazetteer {
        let rows = LIST.lines().filter_map(|line| line.split_once('\t'));
        let mut names: HashMap<_, _, _> = rows
            .map(|(name, kinds)| {
                let given = if kinds.contains('g') { Kind::GIVEN } else { 0 };
                let surname = if kinds.contains('s') {
                    Kind::SURNAME
                } else {
                    0
                };
                (name.as_bytes(), Kind(given | surname))
            })
            .collect();
        for (words, bit) in [
            (ORDINARY, Kind::ORDINARY),
            (HONORIFICS, Kind::HONORIFIC),
            (LABELS, Kind::LABEL),
            (PARTICLES, Kind::PARTICLE),
            (VETOES, Kind::VETO),
        ] {
            for word in words {
                names.entry(word.as_bytes()).or_default().0 |= bit;
            }
        }
        Gazetteer(names)
    }

    /// What `word`, in any case, is; for `Anne-Marie` what its first part is.
    pub(crate) fn kind(&self, word: &str) -> Kind {
        let whole = self.exact(word);
        match word.find(['-', '\'', '’']) {
            Some(place) if whole == Kind::default() => {
                self.exact(word.get(..place).unwrap_or_default())
            }
            Some(_) | None => whole,
        }
    }

    fn exact(&self, word: &str) -> Kind {
        let mut lower = [0; LONGEST];
        if word.is_ascii() {
            let Some(lower) = lower.get_mut(..word.len()) else {
                return Kind::default();
            };
            lower.copy_from_slice(word.as_bytes());
            lower.make_ascii_lowercase();
            return self.0.get(&*lower).copied().unwrap_or_default();
        }
        let mut length = 0;
        for letter in word.chars().flat_map(char::to_lowercase) {
            let Some(room) = lower.get_mut(length..length + letter.len_utf8()) else {
                return Kind::default();
            };
            letter.encode_utf8(room);
            length += letter.len_utf8();
        }
        let lower = lower.get(..length).unwrap_or_default();
        self.0.get(lower).copied().unwrap_or_default()
    }
}

#[rustfmt::skip] // Words in lines, not one a line.
const ORDINARY: &[&str] = &[
    "will", "mark", "rose", "summer", "king", "brown", "park", "may", "april", "june", "august",
    "march", "hope", "grace", "page", "rich", "law", "north", "south", "east", "west", "young",
    "long", "day", "best", "price", "cross", "field", "hill", "wood", "stone", "green", "black",
    "white", "gray", "grey", "bell", "bush", "case", "cook", "fox", "hunt", "lane", "love", "moon",
    "noble", "orange", "paris", "london", "virginia", "georgia", "florence", "sydney", "austin",
    "dallas", "jordan", "israel", "india", "china", "asia", "america", "baker", "carter", "mason",
    "cruz", "san", "santa", "art", "bill", "drew", "pat", "guy", "dean", "major", "prince", "duke",
    "earl", "star", "small", "little", "short", "power", "banks", "rivers", "waters", "shop",
    "order", "card", "table", "oak", "glass", "silver", "golden", "pearl", "ruby", "crystal",
    "amber", "jade", "ivy", "holly", "daisy", "lily", "violet", "iris", "olive", "sierra",
    "savannah", "brooklyn", "madison", "lincoln", "washington", "jackson", "franklin", "berlin",
    "roma", "leon", "valencia", "victoria", "chase", "hunter", "parker", "porter", "cooper",
    "fisher", "tanner", "weaver", "mercedes", "dakota", "phoenix", "houston", "trinity", "charity",
    "faith", "joy", "dawn", "eve", "destiny", "harmony", "melody", "angel", "pierce", "grant",
    "frank", "max", "ray", "rod", "jean", "gene", "sky", "sunny", "storm", "winter", "winters",
    "spring", "frost", "snow", "rain", "ford", "royal", "english", "french", "german", "holland",
    "pace", "post", "rush", "sharp", "wise", "wolf", "bird", "brook", "brooks", "church", "house",
    "hall", "bridges", "camp", "castle", "woods", "fields", "flowers", "gates", "glenn", "hand",
    "hardy", "head", "key", "keys", "marsh", "mills", "mill", "moss", "pine", "pool", "pope",
    "potter", "pratt", "reed", "rice", "root", "rivera", "salt", "shell", "singleton", "steel",
    "strong", "swift", "terry", "tucker", "turner", "vega", "ward", "watch", "welcome", "wells",
    "yu", "an", "do", "ha", "he", "le", "li", "so", "su", "to", "you", "de", "da", "den", "der",
    "la", "van", "von", "mike", "roman", "maria", "berg", "lang", "kurz", "klein", "gross", "weiss",
    "schwarz", "stein", "bach", "blanc", "petit", "grand", "blue", "red", "see", "sun", "system",
    "data", "test", "user", "time", "new", "good", "great", "happy", "free", "general", "the", "del",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case_and_script() {
        let names = Gazetteer::new();
        assert!(names.kind("Anna").given() && names.kind("SCHMIDT").surname());
        assert!(names.kind("Anne-Marie").given() && names.kind("José").given());
        assert!(names.kind("佐藤").surname() && names.kind("王").surname());
        assert!(!names.kind("Kubernetes").known() && names.kind("Park").ordinary());
        assert!(!names.kind(&"a".repeat(100)).known());
    }
}

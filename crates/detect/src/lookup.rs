//! Word tables: written in groups for people, hashed at compile time for machines.

/// A set of words with a value each, at most half full.
pub(crate) struct Table<T: 'static, const SLOTS: usize> {
    /// Empty slots hold the empty word.
    slots: [(&'static str, T); SLOTS],
}

impl<T: Copy, const SLOTS: usize> Table<T, SLOTS> {
    /// Hashes the words of all groups. Does not build when a word is listed twice or the table
    /// would be more than half full; `SLOTS` is a power of two.
    #[expect(
        clippy::indexing_slicing,
        reason = "runs at compile time: out of range does not build"
    )]
    pub(crate) const fn new(groups: &[(T, &[&'static str])]) -> Table<T, SLOTS> {
        let mut slots = [("", groups[0].0); SLOTS];
        let mut filled = 0;
        let mut group = 0;
        while group < groups.len() {
            let (value, words) = groups[group];
            let mut next = 0;
            while next < words.len() {
                let slot = free_slot(&slots, words[next]);
                slots[slot] = (words[next], value);
                next += 1;
            }
            filled += words.len();
            group += 1;
        }
        assert!(filled * 2 <= SLOTS && SLOTS.is_power_of_two());
        Table { slots }
    }

    /// The row of `word`, compared byte by byte.
    pub(crate) fn find(&self, word: &[u8]) -> Option<(&'static str, T)> {
        let mut slot = hash(word) % SLOTS;
        loop {
            let (text, value) = *self.slots.get(slot)?;
            if text.is_empty() {
                return None;
            }
            if text.as_bytes() == word {
                return Some((text, value));
            }
            // INVARIANT: half of the slots are empty, so this ends.
            slot = (slot + 1) % SLOTS;
        }
    }

    /// Every word with its value.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, T)> {
        self.slots
            .iter()
            .copied()
            .filter(|(text, _)| !text.is_empty())
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time: out of range does not build"
)]
const fn free_slot<T: Copy>(slots: &[(&'static str, T)], word: &str) -> usize {
    let mut slot = hash(word.as_bytes()) % slots.len();
    while !slots[slot].0.is_empty() {
        assert!(
            !same(slots[slot].0.as_bytes(), word.as_bytes()),
            "a word is listed twice"
        );
        slot = (slot + 1) % slots.len();
    }
    slot
}

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time: out of range does not build"
)]
const fn same(left: &[u8], right: &[u8]) -> bool {
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

/// FNV-1a, folded: words are short and the tables are ours, so nobody chooses collisions.
#[expect(clippy::indexing_slicing, reason = "the loop stays below the length")]
const fn hash(word: &[u8]) -> usize {
    let mut hash: u32 = 0x811C_9DC5;
    let mut at = 0;
    while at < word.len() {
        hash = (hash ^ word[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    (hash ^ (hash >> 15)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_others_are_not() {
        static TABLE: Table<u8, 8> = Table::new(&[(1, &["ab", "abc"]), (2, &["b", "ü"])]);
        let find = |word: &str| TABLE.find(word.as_bytes()).map(|(_, value)| value);
        assert_eq!(
            [find("ab"), find("abc"), find("b"), find("ü")],
            [Some(1), Some(1), Some(2), Some(2)]
        );
        assert_eq!([find(""), find("a"), find("abcd"), find("B")], [None; 4]);
        assert_eq!(TABLE.iter().count(), 4);
    }
}

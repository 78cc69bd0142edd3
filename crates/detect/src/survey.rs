//! One look at every byte: which recognisers could find anything at all.

/// Counts of the bytes that candidates are made of, each at most 255.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    pub(crate) digits: u8,
    pub(crate) at_signs: u8,
    pub(crate) dots: u8,
    pub(crate) dashes: u8,
    pub(crate) colons: u8,
    pub(crate) equals: u8,
    /// Letters, those beyond ASCII by their bytes.
    pub(crate) letters: u8,
    /// Whether some stretch without blanks is long enough for a token.
    pub(crate) long_word: bool,
}

/// No token with a literal prefix is shorter than this.
const SHORTEST_TOKEN: usize = 16;

/// Bytes per round: a lane of eight bits must not overflow.
const ROUND: usize = 255;

/// One count per byte of a `u64`, so that a byte of the value costs one look-up and one addition.
static LANES: [u64; 256] = lanes();

const fn lane(byte: u8) -> u64 {
    match byte {
        b'0'..=b'9' => 1,
        b'@' => 1 << 8,
        b'.' => 1 << 16,
        b'-' => 1 << 24,
        b':' => 1 << 32,
        b'=' => 1 << 40,
        b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => 1 << 48,
        _ => 0,
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time: out of range does not build"
)]
const fn lanes() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = lane(byte as u8);
        byte += 1;
    }
    table
}

impl Survey {
    /// Looks at every byte of `value` once.
    pub(crate) fn of(value: &[u8]) -> Survey {
        let mut survey = Survey {
            long_word: has_long_word(value),
            ..Survey::default()
        };
        for round in value.chunks(ROUND) {
            let sum = round.iter().fold(0u64, |sum, byte| {
                sum + LANES.get(usize::from(*byte)).copied().unwrap_or_default()
            });
            survey.add(sum);
        }
        survey
    }

    /// Whether a literal of a secret can occur: in a long word, or in a short line of armour.
    pub(crate) fn may_hold_literal(&self) -> bool {
        self.long_word || self.dashes >= 10
    }

    fn add(&mut self, sum: u64) {
        let [digits, at_signs, dots, dashes, colons, equals, letters, _] = sum.to_le_bytes();
        self.digits = self.digits.saturating_add(digits);
        self.at_signs = self.at_signs.saturating_add(at_signs);
        self.dots = self.dots.saturating_add(dots);
        self.dashes = self.dashes.saturating_add(dashes);
        self.colons = self.colons.saturating_add(colons);
        self.equals = self.equals.saturating_add(equals);
        self.letters = self.letters.saturating_add(letters);
    }
}

/// Whether there are [`SHORTEST_TOKEN`] bytes in a row without a blank.
///
/// Such a stretch covers a place divisible by that length; so only those places are looked at, and
/// the stretch around each is measured.
fn has_long_word(value: &[u8]) -> bool {
    let solid = |byte: &u8| *byte > b' ';
    (0..value.len()).step_by(SHORTEST_TOKEN).any(|place| {
        let (before, after) = value.split_at_checked(place).unwrap_or_default();
        let right = after
            .iter()
            .take(SHORTEST_TOKEN)
            .take_while(|byte| solid(byte))
            .count();
        let wanted = SHORTEST_TOKEN - right;
        right > 0
            && before
                .iter()
                .rev()
                .take(wanted)
                .take_while(|byte| solid(byte))
                .count()
                == wanted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_saturate_and_long_words_are_seen_at_any_place() {
        let survey = Survey::of(&[b'7'; 1000]);
        assert_eq!((survey.digits, survey.long_word), (255, true));
        let survey = Survey::of(b"a@b.c-d:e=f 12");
        let counts = (
            survey.at_signs,
            survey.dots,
            survey.dashes,
            survey.colons,
            survey.equals,
        );
        assert_eq!(
            (counts, survey.digits, survey.long_word),
            ((1, 1, 1, 1, 1), 2, false)
        );
        for before in 0..40 {
            let mut value = vec![b' '; before];
            value.extend([b'x'; 15]);
            assert!(!Survey::of(&value).long_word, "15 after {before}");
            value.push(b'x');
            assert!(Survey::of(&value).long_word, "16 after {before}");
            value.push(b' ');
            assert!(
                Survey::of(&value).long_word,
                "16 after {before}, and a blank"
            );
        }
    }
}

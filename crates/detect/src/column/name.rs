//! An identifier cut into words: snake, kebab, dotted and camel case, accents folded.

use smallvec::SmallVec;

/// Names longer than this many bytes are not read: PostgreSQL's own limit is 63.
const LONGEST_NAME: usize = 128;

/// The words of an identifier, in lower case, joined by `_`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Name {
    text: SmallVec<[u8; 128]>,
    words: SmallVec<[(u8, u8); 64]>,
}

impl Name {
    /// Cuts `name` into words. Digits at the end of a word are dropped: `address2` is `address`.
    pub(crate) fn of(name: &str) -> Name {
        let mut read = Name::default();
        if name.len() > LONGEST_NAME {
            return read;
        }
        let mut previous = '_';
        let mut letters = name.chars().peekable();
        while let Some(letter) = letters.next() {
            let next_is_lower = letters.peek().is_some_and(|next| next.is_lowercase());
            let hump = letter.is_uppercase()
                && (!previous.is_uppercase() || next_is_lower)
                && previous.is_alphanumeric();
            if !letter.is_alphanumeric() || hump {
                read.end_word();
            }
            if letter.is_alphanumeric() {
                read.push(letter);
            }
            previous = letter;
        }
        read.end_word();
        read
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The words from `first` to `last`, both included, joined by `_`.
    pub(crate) fn phrase(&self, first: usize, last: usize) -> Option<&[u8]> {
        let (start, _) = *self.words.get(first)?;
        let (_, end) = *self.words.get(last)?;
        self.text.get(usize::from(start)..usize::from(end))
    }

    /// Every word.
    pub(crate) fn words(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|place| self.phrase(place, place))
    }

    /// The words before place `first`.
    pub(crate) fn words_before(&self, first: usize) -> impl Iterator<Item = &[u8]> {
        self.words().take(first)
    }

    /// The words after place `last`.
    pub(crate) fn words_after(&self, last: usize) -> impl Iterator<Item = &[u8]> {
        self.words().skip(last + 1)
    }

    fn word_start(&self) -> usize {
        self.words
            .last()
            .map_or(0, |(_, end)| usize::from(*end) + 1)
    }

    fn push(&mut self, letter: char) {
        let start = self.word_start();
        if self.text.len() < start {
            self.text.push(b'_');
        }
        if letter.is_ascii() {
            self.text.push(letter.to_ascii_lowercase() as u8);
            return;
        }
        for lower in letter.to_lowercase() {
            match fold(lower) {
                Some(plain) => self.text.extend_from_slice(plain.as_bytes()),
                None => {
                    let mut buffer = [0; 4];
                    self.text
                        .extend_from_slice(lower.encode_utf8(&mut buffer).as_bytes());
                }
            }
        }
    }

    fn end_word(&mut self) {
        let start = self.word_start();
        let word = self.text.get(start..).unwrap_or_default();
        let kept = word
            .iter()
            .rposition(|byte| !byte.is_ascii_digit())
            .map_or(0, |last| last + 1);
        let end = start + kept;
        self.text.truncate(end);
        if let (true, Ok(start), Ok(end)) = (kept > 0, u8::try_from(start), u8::try_from(end)) {
            self.words.push((start, end));
        }
    }
}

/// The plain spelling of an accented Latin letter.
fn fold(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn identifiers_are_cut_into_words() {
        let cases = [
            ("first_name", "first_name"),
            ("firstName", "first_name"),
            ("FirstName", "first_name"),
            ("FIRST_NAME", "first_name"),
            ("userIPAddress", "user_ip_address"),
            ("HTTPServer", "http_server"),
            ("address2", "address"),
            ("phone_1", "phone"),
            ("ipv4", "ipv"),
            ("2fa-secret", "2fa_secret"),
            ("user.e-mail", "user_e_mail"),
            ("Straße", "strasse"),
            ("prénom", "prenom"),
            ("__x__", "x"),
            ("123", ""),
            ("", ""),
        ];
        for (name, want) in cases {
            let words = Name::of(name);
            let joined = words
                .phrase(0, words.len().saturating_sub(1))
                .unwrap_or_default();
            assert_eq!(String::from_utf8_lossy(joined), want, "{name}");
        }
    }
}

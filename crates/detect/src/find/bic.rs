//! Business identifier codes of banks (ISO 9362), where a word or the column says so.

use crate::Entity;
use crate::context::Topics;
use crate::span::Candidates;
use crate::survey::Survey;
use crate::text::{Text, is_word};

const SCORE: u8 = 92;

/// Countries and territories of ISO 3166-1 alpha-2, and XK, which SWIFT uses for Kosovo.
const COUNTRIES: &[u8] = b"ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZ\
CACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGP\
GQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMA\
MCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQA\
RERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVC\
VEVGVIVNVUWFWSYEYTZAZMZWXK";

/// Whether there are letters enough.
pub(crate) fn may_find(survey: &Survey) -> bool {
    survey.letters >= 6
}

/// Reads the words of eight or eleven characters near a word such as "BIC".
///
/// The word is looked for first: it is rare, while words of eight letters are not.
pub(crate) fn find(text: &Text<'_>, found: &mut Candidates) {
    let column = text
        .hint
        .is_some_and(|hint| hint.topics.touches(Topics::BIC));
    if !column && !names_it(text.bytes) {
        return;
    }
    let mut place = 0;
    while place < text.bytes.len() {
        let end = text.run_end(place, is_word);
        let word = text.slice(place, end);
        // In prose `business` is a word of eight letters too.
        let cased = column || !word.iter().any(u8::is_ascii_lowercase);
        if cased && is_bic(word) && text.context(place, end).mentions(Topics::BIC) {
            found.add(place, end, Entity::SwiftBic, SCORE);
        }
        place = end + 1;
    }
}

/// Whether the letters of a naming word stand anywhere; whether it is a word is judged later.
fn names_it(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(b'c', b'C', bytes).any(|place| {
        let before = place
            .checked_sub(2)
            .and_then(|start| bytes.get(start..place));
        before.is_some_and(|before| before.eq_ignore_ascii_case(b"bi"))
    }) || memchr::memchr2_iter(b'w', b'W', bytes).any(|place| {
        let rest = place
            .checked_sub(1)
            .and_then(|start| bytes.get(start..start + 5));
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(b"swift"))
    })
}

/// Four letters of the bank, two of the country, two of the place, and three of the branch.
fn is_bic(word: &[u8]) -> bool {
    let mut upper = [0; 11];
    let Some(upper) = upper
        .get_mut(..word.len())
        .filter(|upper| matches!(upper.len(), 8 | 11))
    else {
        return false;
    };
    upper.copy_from_slice(word);
    upper.make_ascii_uppercase();
    let [bank @ .., c0, c1, _, _] = upper.get(..8).unwrap_or_default() else {
        return false;
    };
    let (known, _) = COUNTRIES.as_chunks::<2>();
    word.iter().all(u8::is_ascii_alphanumeric)
        && bank.iter().all(u8::is_ascii_uppercase)
        && known.contains(&[*c0, *c1])
}

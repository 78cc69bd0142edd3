//! The front door for text and JSON of any origin: log lines, tickets, answers of an API.

use crate::{Findings, Format, MaskKey, Outcome, ScanPolicy, Scanner, Shape};
use detect::Detector;
use std::borrow::Cow;

/// Replaces what the detector finds in a text by its mark; borrows the text where nothing is found.
///
/// ```
/// let detector = detect::Detector::new();
/// let line = "login of ada.lovelace@engines.org failed";
/// assert_eq!(mask::mask_text(&detector, line), "login of [EMAIL_ADDRESS] failed");
/// ```
pub fn mask_text<'t>(detector: &Detector, text: &'t str) -> Cow<'t, str> {
    TextMasker::redacting(detector).mask_text(text)
}

/// Replaces what the detector finds in the strings, keys and numbers of JSON; what was valid JSON
/// stays so. The names of members count as names of columns.
///
/// ```
/// let detector = detect::Detector::new();
/// let body = r#"{"user": {"contact": "ada.lovelace@engines.org"}, "total": 12.5}"#;
/// let masked = mask::mask_json(&detector, body);
/// assert_eq!(masked, r#"{"user": {"contact": "[EMAIL_ADDRESS]"}, "total": 12.5}"#);
/// ```
pub fn mask_json<'t>(detector: &Detector, json: &'t str) -> Cow<'t, str> {
    TextMasker::redacting(detector).mask_json(json)
}

/// A detector, a policy and a key together: cheap to clone, `Send` and `Sync`, made once and shared.
///
/// ```
/// use mask::{MaskKey, ScanPolicy, SpanOperator, TextMasker};
///
/// let policy = ScanPolicy::new(|_| SpanOperator::Partial);
/// let masker = TextMasker::new(&detect::Detector::new(), policy, &MaskKey::derive(&[7; 32], "logs"));
/// assert_eq!(masker.mask_text("mail ada.lovelace@engines.org now"), "mail a***@e***.org now");
/// ```
#[derive(Clone, Debug)]
pub struct TextMasker {
    text: Scanner,
    json: Scanner,
}

impl TextMasker {
    /// What the policy says is done to each entity that the detector finds; `key` draws pseudonyms.
    pub fn new(detector: &Detector, policy: ScanPolicy, key: &MaskKey) -> TextMasker {
        let scanner = |shape: Shape| {
            let (detector, policy) = (detector.clone(), policy.clone());
            Scanner::new(detector, &shape, Format::Text, None, policy, key)
        };
        TextMasker {
            text: scanner(Shape::Text),
            json: scanner(Shape::Json),
        }
    }

    /// Marks in place of everything that is found, for which no key is drawn from.
    fn redacting(detector: &Detector) -> TextMasker {
        TextMasker::new(detector, ScanPolicy::default(), &MaskKey::new([0; 32]))
    }

    /// The text with what was found replaced.
    pub fn mask_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        masked(&self.text, text, "")
    }

    /// The JSON with what was found replaced; what is not JSON and holds something becomes the
    /// string `"[REDACTED]"`.
    pub fn mask_json<'t>(&self, json: &'t str) -> Cow<'t, str> {
        masked(&self.json, json, "null")
    }
}

/// `instead` takes the place of a text that would become NULL.
fn masked<'t>(scanner: &Scanner, text: &'t str, instead: &'static str) -> Cow<'t, str> {
    let (mut out, mut findings) = (Vec::new(), Findings::new());
    match scanner.scan(text.as_bytes(), &mut out, &mut findings) {
        Outcome::Unchanged => Cow::Borrowed(text),
        Outcome::Null | Outcome::FallbackNull => Cow::Borrowed(instead),
        Outcome::Masked | Outcome::Fallback => {
            String::from_utf8(out).map_or(Cow::Borrowed(instead), Cow::Owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_shared_among_threads_and_borrows_what_is_clean() {
        fn shared<T: Send + Sync + Clone>(_: &T) {}
        let detector = Detector::new();
        let masker = TextMasker::redacting(&detector);
        shared(&masker);
        let clean = "the parcel was left at the door";
        assert!(matches!(masker.mask_text(clean), Cow::Borrowed(text) if text == clean));
        assert!(matches!(
            masker.mask_json("[1, true]"),
            Cow::Borrowed("[1, true]")
        ));
    }
}

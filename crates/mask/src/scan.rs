//! Cells of untagged columns: what `detect` finds in them is replaced where it stands.

mod document;
mod findings;
mod policy;

pub use findings::Findings;
pub use policy::{ScanPolicy, SpanOperator};

use crate::array::{self, Element};
use crate::key::{MaskKey, Prf};
use crate::limit::Limit;
use crate::masker::Action;
use crate::operator::{Format, Outcome};
use crate::shape::Shape;
use crate::text;
use crate::value::as_text;
use detect::{Detector, Hint, Span, Spans};

/// Scans the cells of one column; built once for a result.
///
/// Text, `char(n)`, `name`: each span is replaced inside the text. JSON and arrays: inside the
/// string or element that holds it; what would break the structure costs the whole leaf. XML,
/// ranges, composites and unknown types: the cell becomes NULL if anything is found, since a
/// replacement could not be trusted to leave a valid value.
#[derive(Clone, Debug)]
pub struct Scanner {
    detector: Detector,
    hint: Option<Hint>,
    policy: ScanPolicy,
    prf: Prf,
    layout: Layout,
    limit: Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Plain,
    Json,
    /// Binary jsonb: JSON after a version byte.
    Versioned,
    ArrayText(Inner),
    ArrayBinary(Inner),
    Opaque,
    /// Holds no text.
    Nothing,
}

/// Layout of the elements of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inner {
    Plain,
    Json,
    Versioned,
}

impl Layout {
    fn of(shape: &Shape, format: Format) -> Layout {
        match shape {
            Shape::Text | Shape::Bpchar | Shape::Name => Layout::Plain,
            Shape::Json => Layout::Json,
            Shape::Jsonb if format == Format::Binary => Layout::Versioned,
            Shape::Jsonb => Layout::Json,
            Shape::Array(element, _) => match Layout::of(element, format).inner() {
                Some(inner) if format == Format::Text => Layout::ArrayText(inner),
                Some(inner) => Layout::ArrayBinary(inner),
                None if element.holds_text() => Layout::Opaque,
                None => Layout::Nothing,
            },
            other if !other.holds_text() => Layout::Nothing,
            // Whatever else holds text is not taken apart.
            _ => Layout::Opaque,
        }
    }

    fn inner(self) -> Option<Inner> {
        match self {
            Layout::Plain => Some(Inner::Plain),
            Layout::Json => Some(Inner::Json),
            Layout::Versioned => Some(Inner::Versioned),
            Layout::ArrayText(_) | Layout::ArrayBinary(_) | Layout::Opaque | Layout::Nothing => {
                None
            }
        }
    }
}

impl Scanner {
    /// The scanner of a column; `hint` is what its name says, `policy` what becomes of each
    /// entity, `key` draws pseudonyms.
    #[expect(
        clippy::too_many_arguments,
        reason = "the six are what a result and a session say of a column"
    )]
    pub fn new(
        detector: Detector,
        shape: &Shape,
        format: Format,
        hint: Option<Hint>,
        policy: ScanPolicy,
        key: &MaskKey,
    ) -> Scanner {
        Scanner {
            detector,
            hint,
            policy,
            prf: key.prf(),
            layout: Layout::of(shape, format),
            limit: Limit::of(shape, -1),
        }
    }

    /// Keeps replaced text within the type modifier of a column of `shape` (`varchar(n)`).
    #[must_use]
    pub fn with_type_modifier(mut self, shape: &Shape, type_modifier: i32) -> Scanner {
        self.limit = Limit::of(shape, type_modifier);
        self
    }

    /// Whether values of this shape can hold text, and so have to be scanned.
    pub fn can_hold(shape: &Shape) -> bool {
        shape.holds_text()
    }

    /// Scans one cell that is not NULL. What is found is counted in `findings`; when anything is
    /// replaced the new cell is appended to `out`. Nothing is allocated when nothing is found.
    pub fn scan(&self, cell: &[u8], out: &mut Vec<u8>, findings: &mut Findings) -> Outcome {
        if self.layout == Layout::Nothing {
            return Outcome::Unchanged;
        }
        let mut spans = Spans::new();
        self.detector.detect(cell, self.hint.as_ref(), &mut spans);
        let escaped = self.layout.escapes() && memchr::memchr(b'\\', cell).is_some();
        if spans.is_empty() && !escaped {
            return Outcome::Unchanged;
        }
        let start = out.len();
        let found = Found {
            scanner: self,
            spans: &spans,
        };
        let outcome = found.rewrite(cell, out, findings);
        if outcome != Outcome::Masked {
            out.truncate(start);
        }
        outcome
    }

    /// Replaces `spans` in `text` and says whether any was replaced.
    fn replace(
        &self,
        text: &[u8],
        spans: &[Span],
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> bool {
        let mut copied = 0;
        let mut any = false;
        for span in spans {
            findings.add(span.entity);
            let Some(found) = text.get(span.start..span.end) else {
                continue;
            };
            let before = text.get(copied..span.start).unwrap_or_default();
            out.extend_from_slice(before);
            any |= self.write_span(found, span, out);
            copied = span.end;
        }
        out.extend_from_slice(text.get(copied..).unwrap_or_default());
        any
    }

    fn write_span(&self, found: &[u8], span: &Span, out: &mut Vec<u8>) -> bool {
        let action = match self.policy.operator(span.entity) {
            SpanOperator::Keep => {
                out.extend_from_slice(found);
                return false;
            }
            SpanOperator::Redact => None,
            SpanOperator::Partial => Some(Action::Partial(Some(span.entity))),
            SpanOperator::Pseudonym => Some(Action::Pseudonym(Some(span.entity))),
        };
        match (action, as_text(found)) {
            (Some(action), Some(found)) => text::write(action, found, &self.prf, out),
            (None, _) | (_, None) => {
                let name = self.detector.name_of(span).as_bytes();
                [b"[", name, b"]"]
                    .iter()
                    .for_each(|part| out.extend_from_slice(part));
            }
        }
        true
    }
}

impl Layout {
    /// Whether a backslash can hide text from a scan of the bytes as they are.
    fn escapes(self) -> bool {
        match self {
            Layout::Json | Layout::Versioned | Layout::ArrayText(_) => true,
            Layout::ArrayBinary(inner) => inner != Inner::Plain,
            Layout::Plain | Layout::Opaque | Layout::Nothing => false,
        }
    }
}

/// A cell in which something may have been found, with the spans of its bytes as they are.
struct Found<'a> {
    scanner: &'a Scanner,
    spans: &'a [Span],
}

impl Found<'_> {
    fn rewrite(&self, cell: &[u8], out: &mut Vec<u8>, findings: &mut Findings) -> Outcome {
        match self.scanner.layout {
            Layout::Plain => {
                let start = out.len();
                let any = self.scanner.replace(cell, self.spans, out, findings);
                self.scanner.limit.fit(out, start);
                if any {
                    Outcome::Masked
                } else {
                    Outcome::Unchanged
                }
            }
            Layout::Json => self.rewrite_json(cell, out, findings),
            Layout::Versioned => self.rewrite_versioned(cell, out, findings),
            Layout::ArrayText(inner) => {
                let replace = &mut |element: Element<'_>, out: &mut Vec<u8>| {
                    self.rewrite_element(inner, element, out, findings)
                };
                array::text::rewrite(cell, out, replace).unwrap_or(Outcome::Null)
            }
            Layout::ArrayBinary(inner) => {
                let replace = &mut |element: Element<'_>, out: &mut Vec<u8>| {
                    self.rewrite_element(inner, element, out, findings)
                };
                array::binary::rewrite(cell, out, replace).unwrap_or(Outcome::Null)
            }
            Layout::Opaque => self.judge_opaque(findings),
            Layout::Nothing => Outcome::Unchanged,
        }
    }

    fn judge_opaque(&self, findings: &mut Findings) -> Outcome {
        self.spans.iter().for_each(|span| findings.add(span.entity));
        let kept = |span: &Span| self.scanner.policy.operator(span.entity) == SpanOperator::Keep;
        if self.spans.iter().all(kept) {
            Outcome::Unchanged
        } else {
            Outcome::Null
        }
    }
}

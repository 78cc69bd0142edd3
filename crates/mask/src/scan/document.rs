//! Spans inside JSON and arrays: replaced within the leaf that holds them.

use super::{Findings, Found, Inner, SpanOperator};
use crate::array::Element;
use crate::json::{self, Leaf, LeafKind};
use crate::value::as_text;
use crate::{Outcome, text};
use detect::{Span, Spans};

/// A leaf that begins and ends in the cell, and its content without quotes and escapes.
struct Content<'a> {
    start: usize,
    end: usize,
    text: &'a [u8],
}

impl Content<'_> {
    fn touches(&self, span: &Span) -> bool {
        span.start < self.end && self.start < span.end
    }

    /// Where the content begins in the cell; `None`: escapes stand between.
    fn offset(&self) -> Option<usize> {
        match (self.end - self.start).checked_sub(self.text.len())? {
            0 => Some(self.start),
            // Two quotes; an escape would make the leaf longer still.
            2 => Some(self.start + 1),
            _ => None,
        }
    }
}

impl Found<'_> {
    /// What stands in place of a JSON value that cannot be trusted to stay valid.
    fn redacted_json(out: &mut Vec<u8>) -> Outcome {
        json::write_string(text::REDACTED, out);
        Outcome::Masked
    }

    pub(super) fn rewrite_json(
        &self,
        cell: &[u8],
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> Outcome {
        let start = out.len();
        match json::rewrite(cell, out, &mut |leaf, out| {
            self.rewrite_leaf(leaf, out, findings)
        }) {
            Some(true) => Outcome::Masked,
            Some(false) => Outcome::Unchanged,
            None => {
                out.truncate(start);
                Self::redacted_json(out)
            }
        }
    }

    pub(super) fn rewrite_versioned(
        &self,
        cell: &[u8],
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> Outcome {
        let Some((version, json)) = json::split_version(cell) else {
            return Outcome::Null;
        };
        out.extend_from_slice(version);
        let spans: Spans = self
            .spans
            .iter()
            .filter_map(|span| moved(span, version.len()))
            .collect();
        Found {
            scanner: self.scanner,
            spans: &spans,
        }
        .rewrite_json(json, out, findings)
    }

    fn rewrite_leaf(&self, leaf: Leaf<'_>, out: &mut Vec<u8>, findings: &mut Findings) -> bool {
        let (start, end) = (leaf.start, leaf.start + leaf.raw.len());
        match leaf.kind {
            LeafKind::Word => false,
            LeafKind::Number => {
                let found = self.replaced_whole(start, end, findings);
                if found {
                    out.push(b'0');
                }
                found
            }
            LeafKind::Key | LeafKind::String => {
                let Some(content) = leaf.text() else {
                    json::write_string(text::REDACTED, out);
                    return true;
                };
                let content = Content {
                    start,
                    end,
                    text: content.as_bytes(),
                };
                let mut replaced = Vec::new();
                let any = self.rewrite_content(&content, &mut replaced, findings);
                if any {
                    json::write_string(as_text(&replaced).unwrap_or(text::REDACTED), out);
                }
                any
            }
        }
    }

    pub(super) fn rewrite_element(
        &self,
        inner: Inner,
        element: Element<'_>,
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> Outcome {
        let start = out.len();
        let content = Content {
            start: element.start,
            end: element.end,
            text: element.value,
        };
        let outcome = match inner {
            Inner::Plain => {
                let any = self.rewrite_content(&content, out, findings);
                self.scanner.limit.fit(out, start);
                if any {
                    Outcome::Masked
                } else {
                    Outcome::Unchanged
                }
            }
            Inner::Json | Inner::Versioned => {
                let mut spans = Spans::new();
                self.scanner
                    .detector
                    .detect(element.value, self.scanner.hint.as_ref(), &mut spans);
                let found = Found {
                    scanner: self.scanner,
                    spans: &spans,
                };
                if inner == Inner::Json {
                    found.rewrite_json(element.value, out, findings)
                } else {
                    found.rewrite_versioned(element.value, out, findings)
                }
            }
        };
        if outcome != Outcome::Masked {
            out.truncate(start);
        }
        outcome
    }

    fn rewrite_content(
        &self,
        content: &Content<'_>,
        out: &mut Vec<u8>,
        findings: &mut Findings,
    ) -> bool {
        let spans = self.spans_of(content);
        !spans.is_empty() && self.scanner.replace(content.text, &spans, out, findings)
    }

    /// What is found in a leaf by itself, and what was found in its place in the cell: there its
    /// neighbours are seen too, such as the key before a value.
    fn spans_of(&self, content: &Content<'_>) -> Spans {
        let mut spans = Spans::new();
        self.scanner
            .detector
            .detect(content.text, self.scanner.hint.as_ref(), &mut spans);
        let Some(offset) = content.offset() else {
            // Escapes have moved the bytes: what the leaf does not explain itself costs it whole.
            let touching: Spans = self
                .spans
                .iter()
                .filter(|span| content.touches(span))
                .copied()
                .collect();
            if touching.len() > spans.len() {
                spans = touching
                    .first()
                    .map(|span| Span {
                        start: 0,
                        end: content.text.len(),
                        ..*span
                    })
                    .into_iter()
                    .collect();
            }
            return spans;
        };
        for span in self.spans.iter().filter(|span| content.touches(span)) {
            let start = span.start.saturating_sub(offset);
            let end = span.end.saturating_sub(offset).min(content.text.len());
            let free = spans
                .iter()
                .all(|known| known.end <= start || end <= known.start);
            if start < end && free {
                let place = spans.partition_point(|known| known.start < start);
                spans.insert(
                    place,
                    Span {
                        start,
                        end,
                        ..*span
                    },
                );
            }
        }
        spans
    }

    /// Counts what touches a number, and says whether it has to go.
    fn replaced_whole(&self, start: usize, end: usize, findings: &mut Findings) -> bool {
        let found = self.replaced_across(start, end);
        found.into_iter().for_each(|span| findings.add(span.entity));
        found.is_some()
    }

    /// The first span to be replaced that touches these bytes of the cell.
    fn replaced_across(&self, start: usize, end: usize) -> Option<&Span> {
        let touches = |span: &&Span| span.start < end && start < span.end;
        let kept = |span: &&Span| self.scanner.policy.operator(span.entity) == SpanOperator::Keep;
        self.spans.iter().find(|span| touches(span) && !kept(span))
    }
}

/// The span as seen from `by` bytes further on.
fn moved(span: &Span, by: usize) -> Option<Span> {
    let end = span.end.checked_sub(by).filter(|end| *end > 0)?;
    Some(Span {
        start: span.start.saturating_sub(by),
        end,
        ..*span
    })
}

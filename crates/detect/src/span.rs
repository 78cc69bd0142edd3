//! Spans, and how overlapping candidates are settled.

use crate::Entity;
use smallvec::SmallVec;
use std::cmp::Reverse;

/// Candidates below this score are not reported.
pub(crate) const THRESHOLD: u8 = 50;

/// A stretch of the value that was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte; always greater than `start`.
    pub end: usize,
    /// What it is.
    pub entity: Entity,
    /// Confidence, `50..=100`; a checksum or a vendor's prefix gives 90 and more.
    pub score: u8,
    /// The type of the user, where it is one; `entity` is then the general type of its tag.
    pub custom: Option<CustomId>,
}

/// A type that a user added, by its place in the detector that found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CustomId(u8);

impl CustomId {
    /// The type at `place`; a detector has no more than a byte can count.
    pub(crate) fn at(place: usize) -> CustomId {
        CustomId(u8::try_from(place).unwrap_or(u8::MAX))
    }

    pub(crate) fn place(self) -> usize {
        usize::from(self.0)
    }
}

/// The spans of one value: sorted by start, not overlapping, inside the value.
pub type Spans = SmallVec<[Span; 4]>;

/// Candidates of one value in order of discovery; may overlap.
#[derive(Default)]
pub(crate) struct Candidates(SmallVec<[Span; 8]>);

impl Candidates {
    /// Notes a candidate; empty ranges and scores under the threshold are dropped.
    pub(crate) fn add(&mut self, start: usize, end: usize, entity: Entity, score: u8) {
        self.push(Span {
            start,
            end,
            entity,
            score,
            custom: None,
        });
    }

    /// As [`Candidates::add`], of a user's type.
    pub(crate) fn add_custom(
        &mut self,
        (start, end): (usize, usize),
        id: CustomId,
        entity: Entity,
        score: u8,
    ) {
        self.push(Span {
            start,
            end,
            entity,
            score,
            custom: Some(id),
        });
    }

    fn push(&mut self, span: Span) {
        if span.start < span.end && span.score >= THRESHOLD {
            self.0.push(Span {
                score: span.score.min(100),
                ..span
            });
        }
    }

    /// Moves the winners into `spans`.
    ///
    /// Candidates that overlap, directly or through others, are settled together: best first by
    /// score, then length, then rank; a candidate that overlaps a winner is dropped.
    pub(crate) fn settle(mut self, spans: &mut Spans) {
        self.drop_generic();
        if let [only] = self.0.as_slice() {
            spans.push(*only);
            return;
        }
        self.0
            .sort_unstable_by_key(|span| (span.start, span.end, span.entity));
        self.0.dedup();
        let mut rest = self.0.as_mut_slice();
        while let Some(length) = cluster(rest) {
            let (group, tail) = rest.split_at_mut(length);
            settle_cluster(group, spans);
            rest = tail;
        }
    }
}

impl Candidates {
    /// Takes back secrets that a name alone reveals where a form of its own says more: nearly the
    /// whole of one keeps its extent, so that no end of it stays behind; of a structure only the
    /// secret part remains.
    fn drop_generic(&mut self) {
        if self.0.len() < 2 {
            return;
        }
        let formed: SmallVec<[Span; 8]> = self.0.iter().copied().filter(has_form).collect();
        for span in self.0.iter_mut().filter(|span| is_generic(**span)) {
            if let Some(form) = formed.iter().find(|form| is_most(form, span)) {
                (span.entity, span.score) = (form.entity, form.score);
            }
        }
        let structured = |span: &Span| formed.iter().any(|form| is_secret_of(form, span));
        self.0
            .retain(|span| !is_generic(*span) || !structured(span));
    }
}

fn is_generic(span: Span) -> bool {
    matches!(span.entity, Entity::Secret | Entity::Password)
}

fn has_form(span: &Span) -> bool {
    span.entity.rank() > 1 && span.entity.tag().starts_with("secret.")
}

fn is_inside(form: &Span, generic: &Span) -> bool {
    form.start >= generic.start && form.end <= generic.end
}

fn is_most(form: &Span, generic: &Span) -> bool {
    let most = (form.end - form.start) * 10 >= (generic.end - generic.start) * 8;
    is_inside(form, generic) && most
}

fn is_secret_of(form: &Span, generic: &Span) -> bool {
    let structure = matches!(form.entity, Entity::ConnectionString | Entity::TotpSecret);
    is_inside(form, generic) && structure
}

/// How many candidates at the front of `sorted` overlap in a chain.
fn cluster(sorted: &[Span]) -> Option<usize> {
    let mut reach = sorted.first()?.end;
    let apart = sorted.iter().position(|span| {
        let starts_after = span.start >= reach;
        reach = reach.max(span.end);
        starts_after
    });
    Some(apart.unwrap_or(sorted.len()))
}

fn settle_cluster(group: &mut [Span], spans: &mut Spans) {
    group.sort_unstable_by_key(|span| {
        Reverse((
            span.score,
            span.end - span.start,
            span.entity.rank(),
            Reverse(span.start),
        ))
    });
    for span in group.iter() {
        let place = spans.partition_point(|kept| kept.end <= span.start);
        if spans.get(place).is_none_or(|next| span.end <= next.start) {
            spans.insert(place, *span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(list: &[(usize, usize, Entity, u8)]) -> Vec<(usize, usize, Entity)> {
        let mut candidates = Candidates::default();
        for &(start, end, entity, score) in list {
            candidates.add(start, end, entity, score);
        }
        let mut spans = Spans::new();
        candidates.settle(&mut spans);
        spans.iter().map(|s| (s.start, s.end, s.entity)).collect()
    }

    #[test]
    fn score_wins_then_length_then_rank() {
        use Entity::{EmailAddress, GithubToken, PhoneNumber, Secret};
        assert_eq!(
            settled(&[(0, 9, Secret, 60), (3, 6, EmailAddress, 90)]),
            [(3, 6, EmailAddress)]
        );
        assert_eq!(
            settled(&[(0, 9, Secret, 60), (3, 6, EmailAddress, 60)]),
            [(0, 9, Secret)]
        );
        assert_eq!(
            settled(&[(0, 9, Secret, 60), (0, 9, GithubToken, 60)]),
            [(0, 9, GithubToken)]
        );
        assert_eq!(settled(&[(0, 9, PhoneNumber, 49)]), []);
    }

    #[test]
    fn a_form_names_a_secret_and_leaves_no_end_of_it() {
        use Entity::{ConnectionString, GithubToken, Secret};
        assert_eq!(
            settled(&[(0, 42, Secret, 96), (0, 40, GithubToken, 98)]),
            [(0, 42, GithubToken)]
        );
        assert_eq!(
            settled(&[(0, 42, Secret, 96), (0, 20, GithubToken, 60)]),
            [(0, 42, Secret)]
        );
        assert_eq!(
            settled(&[(0, 42, Secret, 96), (30, 40, ConnectionString, 96)]),
            [(30, 40, ConnectionString)]
        );
    }

    #[test]
    fn a_loser_in_the_middle_frees_both_ends() {
        use Entity::{EmailAddress, PhoneNumber};
        let chain = [
            (0, 10, EmailAddress, 80),
            (8, 20, PhoneNumber, 70),
            (18, 30, EmailAddress, 95),
        ];
        assert_eq!(
            settled(&chain),
            [(0, 10, EmailAddress), (18, 30, EmailAddress)]
        );
    }
}

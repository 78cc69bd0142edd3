//! What was found in the cells of a result, counted.

use detect::Entity;
use smallvec::SmallVec;

/// How often each entity was found; cheap to add to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(SmallVec<[(Entity, u64); 4]>);

impl Findings {
    /// Nothing found yet.
    pub fn new() -> Findings {
        Findings::default()
    }

    /// Counts one more of `entity`.
    pub fn add(&mut self, entity: Entity) {
        self.add_many(entity, 1);
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Findings) {
        other
            .iter()
            .for_each(|(entity, count)| self.add_many(entity, count));
    }

    fn add_many(&mut self, entity: Entity, count: u64) {
        match self.0.iter_mut().find(|(known, _)| *known == entity) {
            Some((_, known)) => *known = known.saturating_add(count),
            None => self.0.push((entity, count)),
        }
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each entity with its count, in order of first discovery.
    pub fn iter(&self) -> impl Iterator<Item = (Entity, u64)> + '_ {
        self.0.iter().copied()
    }
}

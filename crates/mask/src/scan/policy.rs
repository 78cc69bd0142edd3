//! What becomes of the spans that are found.

use detect::Entity;
use std::sync::Arc;

/// What is done to a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SpanOperator {
    /// It stays, and is counted.
    Keep,
    /// Its mark: `[EMAIL_ADDRESS]`.
    #[default]
    Redact,
    /// The part that the entity's form shows.
    Partial,
    /// The stand-in that the entity has as a column.
    Pseudonym,
}

/// The operator of each entity; redacts what nothing else is said of.
#[derive(Clone, Debug, Default)]
pub struct ScanPolicy(Arc<[(Entity, SpanOperator)]>);

impl ScanPolicy {
    /// Asks `operator` for every entity that exists.
    pub fn new(operator: impl Fn(Entity) -> SpanOperator) -> ScanPolicy {
        let of = |entity: &Entity| (*entity, operator(*entity));
        ScanPolicy(
            Entity::ALL
                .iter()
                .map(of)
                .filter(|(_, operator)| *operator != SpanOperator::Redact)
                .collect(),
        )
    }

    /// The operator of `entity`.
    pub fn operator(&self, entity: Entity) -> SpanOperator {
        let listed = self.0.iter().find(|(known, _)| *known == entity);
        listed.map_or(SpanOperator::Redact, |(_, operator)| *operator)
    }
}

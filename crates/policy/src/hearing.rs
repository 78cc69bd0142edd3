//! Questions in the name of an actor: an agent's are asked for the agent and for its owner.

use identity::{Actor, Principal, PrincipalKind};

use crate::action::Action;
use crate::court::{Answer, Case, Court, StatementClass};
use crate::disclosure::{ColumnDisclosure, Disclosure};
use crate::entities::{Party, Slice};
use crate::question::Question;
use crate::resource::Resource;
use crate::verdict::PolicyId;
use crate::viewer::{Connection, Context};

/// An actor before the policies, under fixed circumstances.
pub(crate) struct Hearing<'a> {
    court: &'a Court,
    case: Case<'a>,
    parties: Vec<(&'a Principal, Slice)>,
}

/// One answer, with whom it was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Ruling<'q> {
    /// Whose right was asked for.
    pub(crate) principal: String,
    pub(crate) question: &'q Question<'q>,
    pub(crate) answer: Answer,
}

impl<'a> Hearing<'a> {
    /// `context` must have been cut to what the court's policies look at. `None`: the actor is an
    /// agent without an owner whose rights could limit it, and may nothing.
    pub(crate) fn new(
        court: &'a Court,
        actor: &'a Actor,
        (connection, context): (&'a Connection, &'a Context),
        statement: Option<StatementClass>,
    ) -> Option<Self> {
        let parties = parties(actor)?
            .into_iter()
            .map(|party| (party.principal, court.vocabulary().party(party)))
            .collect();
        Some(Self {
            court,
            case: Case {
                connection,
                context,
                statement,
            },
            parties,
        })
    }

    /// The same actor and statement under other circumstances.
    pub(crate) fn under<'b>(self, context: &'b Context) -> Hearing<'b>
    where
        'a: 'b,
    {
        Hearing {
            court: self.court,
            case: Case {
                context,
                ..self.case
            },
            parties: self.parties,
        }
    }

    /// Asks every question for every party.
    pub(crate) fn rulings<'q>(&self, questions: &'q [Question<'q>]) -> Vec<Ruling<'q>> {
        let mut rulings = Vec::new();
        for question in questions {
            let resource = self.slice(&question.resource);
            for (principal, party) in &self.parties {
                let answer = self
                    .court
                    .ask(party, question.action, &resource, &self.case);
                let principal = principal.name.to_string();
                rulings.push(Ruling {
                    principal,
                    question,
                    answer,
                });
            }
        }
        rulings
    }

    /// What is seen of a column under all of its tags: of the highest rungs that are permitted,
    /// the lowest. Also the policies that decided it.
    pub(crate) fn disclosure(
        &self,
        tagged: &[Resource<'_>],
        policies: &mut Vec<PolicyId>,
    ) -> ColumnDisclosure {
        let mut least = ColumnDisclosure::UNTAGGED;
        for resource in tagged {
            let Resource::Column { tag, .. } = resource else {
                continue;
            };
            let slice = self.slice(resource);
            let rungs = self
                .parties
                .iter()
                .map(|(_, party)| self.rung(party, &slice, policies));
            let disclosure = rungs.min().unwrap_or(Disclosure::Redacted);
            least = least.stricter(ColumnDisclosure {
                disclosure,
                tag: Some(tag.clone()),
            });
        }
        least
    }

    fn rung(&self, party: &Slice, column: &Slice, policies: &mut Vec<PolicyId>) -> Disclosure {
        for (action, disclosure) in Action::LADDER {
            let answer = self.court.ask(party, action, column, &self.case);
            policies.extend(answer.policies().iter().cloned());
            if answer.is_permitted() {
                return disclosure;
            }
        }
        Disclosure::Redacted
    }

    fn slice(&self, resource: &Resource<'_>) -> Slice {
        self.court
            .vocabulary()
            .resource(self.case.connection, resource)
    }
}

fn parties(actor: &Actor) -> Option<Vec<Party<'_>>> {
    let principal = &*actor.principal;
    match &principal.kind {
        PrincipalKind::Human | PrincipalKind::Service => Some(vec![Party {
            principal,
            owner: None,
        }]),
        PrincipalKind::Agent { on_behalf_of } => {
            let owner = actor
                .owner
                .as_deref()
                .filter(|owner| owner.name == *on_behalf_of)?;
            let itself = Party {
                principal,
                owner: Some(owner),
            };
            let behind = Party {
                principal: owner,
                owner: None,
            };
            (!matches!(owner.kind, PrincipalKind::Agent { .. })).then(|| vec![itself, behind])
        }
    }
}

//! Answers → one verdict, with words for the person who asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::action::Action;
use crate::annotations::Annotations;
use crate::court::Answer;
use crate::hearing::Ruling;
use crate::resource::Resource;
use crate::verdict::{Denial, PolicyId, Verdict};

/// What is said of policies in verdicts, and where.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    /// Name of the connection.
    pub(crate) connection: &'a str,
    /// Who acts.
    pub(crate) actor: &'a str,
    /// The annotations of every policy.
    pub(crate) annotations: &'a BTreeMap<PolicyId, Annotations>,
}

/// The verdict when everything is permitted.
pub(crate) fn permitted(rulings: &[Ruling<'_>]) -> Option<Verdict> {
    let all = rulings.iter().all(|ruling| ruling.answer.is_permitted());
    let policies: BTreeSet<&PolicyId> = rulings
        .iter()
        .flat_map(|ruling| ruling.answer.policies())
        .collect();
    all.then(|| Verdict::Allow {
        policies: policies.into_iter().cloned().collect(),
    })
}

impl Record<'_> {
    /// The verdict on what was refused. `approved`: the answers to all the same questions in the
    /// same order, had it been approved; `None` when no policy looks at approvals.
    pub(crate) fn refuse(&self, actual: &[Ruling<'_>], approved: Option<&[Ruling<'_>]>) -> Verdict {
        let refused = || actual.iter().filter(|ruling| !ruling.answer.is_permitted());
        let Some(approved) = approved.filter(|approved| approved.len() == actual.len()) else {
            return self.deny(refused().next());
        };
        // What stays refused with an approval is what has to be said.
        if let Some(never) = approved.iter().find(|ruling| !ruling.answer.is_permitted()) {
            return self.deny(Some(never));
        }
        let lifted = actual
            .iter()
            .zip(approved)
            .filter(|(now, _)| !now.answer.is_permitted());
        self.hold(&lifted.collect::<Vec<_>>())
    }

    /// `lifted`: what was refused, with the answer had it been approved.
    fn hold(&self, lifted: &[(&Ruling<'_>, &Ruling<'_>)]) -> Verdict {
        let mut approvers: Option<BTreeSet<&str>> = None;
        for (now, then) in lifted {
            let named = self.approvers(&now.answer, &then.answer);
            approvers = Some(match approvers {
                None => named,
                Some(before) => before.intersection(&named).copied().collect(),
            });
        }
        let asking = |(now, then): &(&Ruling<'_>, &Ruling<'_>)| match &now.answer {
            Answer::Forbidden(policies) => policies.clone(),
            Answer::NotPermitted | Answer::Permitted(_) | Answer::Failed(_) => {
                then.answer.policies().to_vec()
            }
        };
        let policies: BTreeSet<PolicyId> = lifted.iter().flat_map(asking).collect();
        let policies: Vec<PolicyId> = policies.into_iter().collect();
        let approvers: Vec<String> = approvers.into_iter().flatten().map(str::to_owned).collect();
        let first = lifted.first().map(|(now, _)| *now);
        if approvers.is_empty() {
            return self.nobody_can_approve(policies, first);
        }
        let ttls = policies
            .iter()
            .filter_map(|id| self.annotations.get(id)?.ttl.as_ref());
        let ttl = ttls.min().map(|ttl| ttl.text.clone());
        let reason = self
            .reason_of(&policies)
            .unwrap_or_else(|| "needs approval".to_owned());
        Verdict::Hold {
            policies,
            reason,
            approvers,
            ttl,
        }
    }

    /// Who can lift one refusal: whoever all forbids name, or for want of a permit whom any of the
    /// permits names that would apply.
    fn approvers(&self, now: &Answer, then: &Answer) -> BTreeSet<&str> {
        let named = |id: &PolicyId| -> BTreeSet<&str> {
            let annotations = self.annotations.get(id).into_iter();
            annotations
                .flat_map(|a| &a.approvers)
                .map(String::as_str)
                .collect()
        };
        match now {
            Answer::Forbidden(forbids) => forbids
                .iter()
                .map(named)
                .reduce(|all, more| all.intersection(&more).copied().collect())
                .unwrap_or_default(),
            Answer::NotPermitted => then.policies().iter().flat_map(named).collect(),
            Answer::Permitted(_) | Answer::Failed(_) => BTreeSet::new(),
        }
    }

    fn nobody_can_approve(&self, policies: Vec<PolicyId>, first: Option<&Ruling<'_>>) -> Verdict {
        let reason = "it needs approval, but the policies that ask for it name no approver in \
                      common"
            .to_owned();
        let hint = Some("ask for each part of the statement by itself".to_owned());
        Verdict::Deny {
            policies,
            denial: self.denial(first, reason, hint),
        }
    }

    /// The verdict on an agent that has no owner whose rights limit it.
    pub(crate) fn without_owner(&self) -> Verdict {
        let reason = format!("`{}` is an agent, but its owner is not known", self.actor);
        Verdict::Deny {
            policies: Vec::new(),
            denial: self.denial(None, reason, None),
        }
    }

    fn deny(&self, ruling: Option<&Ruling<'_>>) -> Verdict {
        let Some(ruling) = ruling else {
            let reason = "the policies gave no answer".to_owned();
            return Verdict::Deny {
                policies: Vec::new(),
                denial: self.denial(None, reason, None),
            };
        };
        let policies = ruling.answer.policies().to_vec();
        let reason = self.reason(ruling);
        let hint = self.hint(ruling);
        Verdict::Deny {
            policies,
            denial: self.denial(Some(ruling), reason, hint),
        }
    }

    fn denial(&self, ruling: Option<&Ruling<'_>>, reason: String, hint: Option<String>) -> Denial {
        let action = ruling
            .map_or("", |ruling| ruling.question.action.name())
            .to_owned();
        let resource = ruling.map(|ruling| self.resource(&ruling.question.resource));
        Denial {
            action,
            resource: resource.unwrap_or_default(),
            reason,
            hint,
        }
    }

    fn resource(&self, resource: &Resource<'_>) -> String {
        match resource {
            Resource::Database => format!("database {}", self.connection),
            Resource::Schema(_)
            | Resource::Table { .. }
            | Resource::Function(_)
            | Resource::Setting { .. }
            | Resource::Column { .. } => resource.to_string(),
        }
    }

    fn reason(&self, ruling: &Ruling<'_>) -> String {
        let action = ruling.question.action.name();
        let resource = self.resource(&ruling.question.resource);
        match &ruling.answer {
            Answer::Forbidden(policies) => self
                .reason_of(policies)
                .unwrap_or_else(|| format!("{} `{action}` on {resource}", forbids(policies))),
            Answer::Failed(policies) if !policies.is_empty() => {
                format!("{}: what cannot be evaluated is denied", failed(policies))
            }
            Answer::Failed(_) => "the policies could not be asked".to_owned(),
            Answer::NotPermitted | Answer::Permitted(_) => {
                let who = self.who(&ruling.principal);
                format!("no policy permits `{action}` on {resource} to {who}")
            }
        }
    }

    fn who(&self, principal: &str) -> String {
        if principal == self.actor {
            format!("`{principal}`")
        } else {
            format!("`{principal}`, on whose behalf `{}` acts", self.actor)
        }
    }

    /// The `@reason` of the first policy that has one.
    fn reason_of(&self, policies: &[PolicyId]) -> Option<String> {
        policies
            .iter()
            .find_map(|id| self.annotations.get(id)?.reason.clone())
    }

    fn hint(&self, ruling: &Ruling<'_>) -> Option<String> {
        let cause = ruling
            .question
            .cause
            .map(|cause| format!("it cannot be analysed: {cause}"));
        let policies = ruling.answer.policies();
        let given = policies
            .iter()
            .find_map(|id| self.annotations.get(id)?.hint.clone());
        let parts: Vec<String> = cause.into_iter().chain(given).collect();
        if parts.is_empty() {
            return general_hint(ruling.question.action).map(str::to_owned);
        }
        Some(parts.join("; "))
    }
}

fn forbids(policies: &[PolicyId]) -> String {
    format!("policy {} forbids", quoted(policies))
}

fn failed(policies: &[PolicyId]) -> String {
    format!("policy {} could not be evaluated", quoted(policies))
}

fn quoted(policies: &[PolicyId]) -> String {
    policies
        .iter()
        .map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What can be done when no policy says it.
fn general_hint(action: Action) -> Option<&'static str> {
    match action {
        Action::Filter => Some(
            "a condition, join, ordering or grouping on a protected column would tell its values; \
             use one that is not protected, such as the key",
        ),
        Action::Move => {
            Some("the value would leave its protection; write it to a column that has the same tag")
        }
        Action::Connect
        | Action::Select
        | Action::CopyOut
        | Action::Insert
        | Action::Update
        | Action::Delete
        | Action::Truncate
        | Action::Merge
        | Action::CopyIn
        | Action::Lock
        | Action::Call
        | Action::Create
        | Action::Alter
        | Action::Drop
        | Action::Grant
        | Action::Administer
        | Action::RunOpaque
        | Action::Listen
        | Action::Notify
        | Action::Set
        | Action::SeeClear
        | Action::SeePartial
        | Action::SeePseudonym
        | Action::Approve
        | Action::Undo
        | Action::SeeAudit => None,
    }
}

//! How a decision came about, for people.

use sql::facts::{ColumnId, Facts, Outputs};

use crate::court::Answer;
use crate::disclosure::ColumnDisclosure;
use crate::hearing::Hearing;
use crate::policy::Policy;
use crate::question;
use crate::resource::Resource;
use crate::statement;
use crate::verdict::{Decision, PolicyId};
use crate::viewer::Viewer;

/// A decision with everything that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision, as [`Policy::decide`] gives it.
    pub decision: Decision,
    /// Every question that was put, with its answer.
    pub questions: Vec<Asked>,
    /// Every column that the statement uses or returns, in order, with what the actor sees of it.
    pub columns: Vec<Seen>,
}

/// A question that was put to the policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// For whom: the actor, or the owner of an agent.
    pub principal: String,
    /// The action.
    pub action: &'static str,
    /// On what, such as `table public.customers`.
    pub resource: String,
    /// What came out: `permitted`, `forbidden`, `not permitted` or `failed`.
    pub answer: &'static str,
    /// The policies that decided, sorted.
    pub policies: Vec<PolicyId>,
}

/// A column and what is seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The column.
    pub column: ColumnId,
    /// What is seen of it.
    pub disclosure: ColumnDisclosure,
    /// The policies that decided, sorted; none for a column without tags, and for one of which
    /// nothing is permitted.
    pub policies: Vec<PolicyId>,
}

impl Policy {
    /// Decides about a statement, and says how. Slower than [`Policy::decide`]: asks everything
    /// anew.
    #[must_use]
    pub fn explain(&self, viewer: &Viewer<'_>, facts: &Facts) -> Explanation {
        let decision = self.decide(viewer, facts);
        let context = self.court.cut(viewer.context);
        let class = statement::class(viewer, facts);
        let questions = question::questions(viewer, facts);
        let under = (viewer.connection, &context);
        let hearing = Hearing::new(&self.court, viewer.actor, under, Some(class));
        let rulings = hearing
            .map(|hearing| hearing.rulings(&questions))
            .unwrap_or_default();
        let asked = rulings.into_iter().map(|ruling| Asked {
            principal: ruling.principal,
            action: ruling.question.action.name(),
            resource: ruling.question.resource.to_string(),
            answer: word(&ruling.answer),
            policies: ruling.answer.policies().to_vec(),
        });
        Explanation {
            decision,
            questions: asked.collect(),
            columns: self.seen(viewer, facts),
        }
    }

    fn seen(&self, viewer: &Viewer<'_>, facts: &Facts) -> Vec<Seen> {
        let context = self.court.cut(viewer.context);
        let mut columns: std::collections::BTreeSet<ColumnId> =
            facts.columns.iter().map(|used| used.column).collect();
        if let Outputs::Columns(outputs) = &facts.outputs {
            columns.extend(
                outputs
                    .iter()
                    .flat_map(|output| output.lineage.sources.iter()),
            );
        }
        let seen = |column| {
            let tagged = Resource::column(viewer, column);
            let (disclosure, policies) = self.disclose_anew(viewer, &context, &tagged);
            Seen {
                column,
                disclosure,
                policies,
            }
        };
        columns.into_iter().map(seen).collect()
    }
}

fn word(answer: &Answer) -> &'static str {
    match answer {
        Answer::Permitted(_) => "permitted",
        Answer::Forbidden(_) => "forbidden",
        Answer::NotPermitted => "not permitted",
        Answer::Failed(_) => "failed",
    }
}

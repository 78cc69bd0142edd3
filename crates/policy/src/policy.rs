//! The policies in force: the door of this crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use sql::facts::{ColumnId, Derivation, Facts, Lineage, Outputs};

use crate::action::Action;
use crate::annotations::Annotations;
use crate::cache::{Caches, ColumnKey, DecisionKey, Scope, Subject};
use crate::court::{self, Court, StatementClass};
use crate::disclosure::{ColumnDisclosure, Disclosure, OutputDisclosures};
use crate::hearing::Hearing;
use crate::judgement::{self, Record};
use crate::load;
use crate::mistake::{PolicyErrors, PolicyMistake};
use crate::question::{self, Question};
use crate::resource::Resource;
use crate::source::PolicySource;
use crate::tag::{SENSITIVE, Tag};
use crate::verdict::{Decision, PolicyId, Verdict};
use crate::viewer::{ConnectViewer, Context, Viewer};
use crate::{statement, touched};

/// Bytes of the content's hash that name an epoch.
const EPOCH_BYTES: usize = 8;

/// The policies in force. Never changes; a reload makes another one.
pub struct Policy {
    pub(crate) court: Court,
    annotations: BTreeMap<PolicyId, Annotations>,
    tags: BTreeSet<Tag>,
    epoch: Arc<str>,
    caches: Caches,
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

impl Policy {
    /// Loads policies. No sources: nothing is permitted to anybody.
    ///
    /// # Errors
    /// Every mistake in every source: what does not parse, what does not fit the schema under
    /// strict validation, what can never apply, ids that are missing or used twice, annotations
    /// that mean nothing.
    pub fn load(sources: &[PolicySource]) -> Result<Self, PolicyErrors> {
        let schema = court::schema().map_err(|error| ours(&error))?;
        let checked = load::load(&schema, sources)?;
        let court = Court::new(&schema, &checked).map_err(|error| ours(&error))?;
        let literals = checked
            .iter()
            .flat_map(|checked| checked.policy.entity_literals());
        let tags = literals
            .filter_map(|uid| {
                court
                    .vocabulary()
                    .tag_name(&uid)
                    .and_then(|name| Tag::new(name).ok())
            })
            .collect();
        let annotations = checked
            .into_iter()
            .map(|checked| (PolicyId::new(&checked.annotations.id), checked.annotations))
            .collect();
        Ok(Self {
            court,
            annotations,
            tags,
            epoch: epoch(sources).into(),
            caches: Caches::new(),
        })
    }

    /// The name of this content: the first 16 hexadecimal digits of the SHA-256 of the schema and
    /// of all sources with their names.
    #[must_use]
    pub fn epoch(&self) -> &Arc<str> {
        &self.epoch
    }

    /// The ids of all policies, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &PolicyId> {
        self.annotations.keys()
    }

    /// The tags of data that policies name, sorted.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.tags.iter()
    }

    /// Decides about a statement.
    #[must_use]
    pub fn decide(&self, viewer: &Viewer<'_>, facts: &Facts) -> Decision {
        let key = DecisionKey {
            scope: self.scope(viewer),
            facts: facts.clone(),
        };
        if let Some(known) = self.caches.decisions.get(&key) {
            return Decision::clone(&known);
        }
        let decision = self.decide_anew(viewer, &key.scope, facts);
        self.caches
            .decisions
            .insert(key, Arc::new(decision.clone()));
        decision
    }

    /// Decides with caches that know nothing.
    #[cfg(test)]
    pub(crate) fn decide_without_cache(&self, viewer: &Viewer<'_>, facts: &Facts) -> Decision {
        self.caches.disclosures.invalidate_all();
        self.decide_anew(viewer, &self.scope(viewer), facts)
    }

    #[cfg(test)]
    pub(crate) fn cached_decisions(&self) -> u64 {
        self.caches.decisions.run_pending_tasks();
        self.caches.decisions.entry_count()
    }

    fn decide_anew(&self, viewer: &Viewer<'_>, scope: &Arc<Scope>, facts: &Facts) -> Decision {
        let class = statement::class(viewer, facts);
        let questions = question::questions(viewer, facts);
        let asker = ConnectViewer::from(*viewer);
        Decision {
            verdict: self.verdict(&asker, &scope.context, (Some(class), &questions)),
            outputs: self.outputs(viewer, scope, &facts.outputs),
            protected: self.protected(viewer, scope, facts),
        }
    }

    /// Whether the actor may open a session on the connection.
    #[must_use]
    pub fn may_connect(&self, viewer: &ConnectViewer<'_>) -> Verdict {
        let (action, resource) = (Action::Connect, Resource::Database);
        let questions = [Question {
            action,
            resource,
            cause: None,
        }];
        self.verdict(viewer, &self.court.cut(viewer.context), (None, &questions))
    }

    /// What the actor sees of one column, in whatever statement. [`Disclosure::Redacted`] when the
    /// catalog does not have it.
    #[must_use]
    pub fn disclose(&self, viewer: &Viewer<'_>, column: ColumnId) -> ColumnDisclosure {
        self.disclose_column(viewer, &self.scope(viewer), Subject::Column(column))
    }

    /// What the actor sees of values that come from there. Of values that are computed, nothing is
    /// seen as soon as one of their sources is not seen in clear.
    #[must_use]
    pub fn disclose_lineage(&self, viewer: &Viewer<'_>, lineage: &Lineage) -> ColumnDisclosure {
        self.lineage(viewer, &self.scope(viewer), lineage)
    }

    /// Whether the actor sees every kind of sensitive data in clear: then there is nothing to
    /// search for in text without tags. Asked for `sensitive` and for each tag that a policy
    /// names.
    #[must_use]
    pub fn sees_sensitive(&self, viewer: &Viewer<'_>) -> bool {
        self.disclose_column(viewer, &self.scope(viewer), Subject::Everything)
            .is_clear()
    }

    pub(crate) fn scope(&self, viewer: &Viewer<'_>) -> Arc<Scope> {
        Arc::new(Scope::new(viewer, self.court.cut(viewer.context)))
    }

    fn verdict(
        &self,
        viewer: &ConnectViewer<'_>,
        context: &Context,
        (class, questions): (Option<StatementClass>, &[Question<'_>]),
    ) -> Verdict {
        let record = Record {
            connection: &viewer.connection.name,
            actor: viewer.actor.principal.name.as_str(),
            annotations: &self.annotations,
        };
        let under = (viewer.connection, context);
        let Some(hearing) = Hearing::new(&self.court, viewer.actor, under, class) else {
            return record.without_owner();
        };
        let actual = hearing.rulings(questions);
        if let Some(allow) = judgement::permitted(&actual) {
            return allow;
        }
        let approved = self.court.approved(context);
        let approved = approved
            .as_ref()
            .map(|context| hearing.under(context).rulings(questions));
        record.refuse(&actual, approved.as_deref())
    }

    fn outputs(
        &self,
        viewer: &Viewer<'_>,
        scope: &Arc<Scope>,
        outputs: &Outputs,
    ) -> OutputDisclosures {
        match outputs {
            Outputs::None => OutputDisclosures::None,
            Outputs::Columns(columns) => OutputDisclosures::Columns(
                columns
                    .iter()
                    .map(|column| self.lineage(viewer, scope, &column.lineage))
                    .collect(),
            ),
            Outputs::Harmless => OutputDisclosures::Every(ColumnDisclosure::UNTAGGED),
            // Text about the values, not the values: a partial mask would not find them.
            Outputs::Unknown(lineage) => {
                OutputDisclosures::Every(computed(self.lineage(viewer, scope, lineage)))
            }
            Outputs::Named => OutputDisclosures::Named,
        }
    }

    pub(crate) fn lineage(
        &self,
        viewer: &Viewer<'_>,
        scope: &Arc<Scope>,
        lineage: &Lineage,
    ) -> ColumnDisclosure {
        let sources = lineage
            .sources
            .iter()
            .map(|column| self.disclose_column(viewer, scope, Subject::Column(*column)))
            .reduce(ColumnDisclosure::stricter)
            .unwrap_or(ColumnDisclosure::UNTAGGED);
        match lineage.derivation {
            Derivation::Copied if lineage.sources.len() == 1 => sources,
            Derivation::Copied | Derivation::Derived => computed(sources),
            Derivation::Opaque => {
                let untraced = self.disclose_column(viewer, scope, Subject::Untraced);
                computed(sources).stricter(untraced)
            }
        }
    }

    pub(crate) fn disclose_column(
        &self,
        viewer: &Viewer<'_>,
        scope: &Arc<Scope>,
        subject: Subject,
    ) -> ColumnDisclosure {
        let tagged = self.tagged(viewer, subject);
        if tagged.is_empty() {
            return ColumnDisclosure::UNTAGGED;
        }
        let key = ColumnKey {
            scope: Arc::clone(scope),
            subject,
        };
        if let Some(known) = self.caches.disclosures.get(&key) {
            return known;
        }
        let disclosure = self.disclose_anew(viewer, &scope.context, &tagged).0;
        self.caches.disclosures.insert(key, disclosure.clone());
        disclosure
    }

    /// The disclosure of a column under its tags, with the policies that decided, sorted.
    pub(crate) fn disclose_anew(
        &self,
        viewer: &Viewer<'_>,
        context: &Context,
        tagged: &[Resource<'_>],
    ) -> (ColumnDisclosure, Vec<PolicyId>) {
        let under = (viewer.connection, context);
        let Some(hearing) = Hearing::new(&self.court, viewer.actor, under, None) else {
            let tag = tagged.iter().find_map(Resource::tag).cloned();
            return (
                ColumnDisclosure {
                    disclosure: Disclosure::Redacted,
                    tag,
                },
                Vec::new(),
            );
        };
        let mut policies = Vec::new();
        let disclosure = hearing.disclosure(tagged, &mut policies);
        policies.sort();
        policies.dedup();
        (disclosure, policies)
    }

    fn tagged<'v>(&self, viewer: &Viewer<'v>, subject: Subject) -> Vec<Resource<'v>> {
        match subject {
            Subject::Column(column) => Resource::column(viewer, column),
            Subject::Untraced => vec![Resource::unknown_column()],
            Subject::Everything => {
                let all = std::iter::once(Tag::known(SENSITIVE)).chain(self.tags.iter().cloned());
                all.map(Resource::untraced).collect()
            }
        }
    }

    fn protected(&self, viewer: &Viewer<'_>, scope: &Arc<Scope>, facts: &Facts) -> bool {
        let hidden = |subject| !self.disclose_column(viewer, scope, subject).is_clear();
        touched::columns(viewer, facts)
            .into_iter()
            .map(Subject::Column)
            .any(hidden)
            || (touched::untraced(facts) && hidden(Subject::Untraced))
    }
}

/// Of what is computed from a value that is not seen in clear, nothing is seen.
fn computed(sources: ColumnDisclosure) -> ColumnDisclosure {
    if sources.is_clear() {
        return sources;
    }
    ColumnDisclosure {
        disclosure: Disclosure::Redacted,
        ..sources
    }
}

/// A fault of this crate, reported as a mistake in the schema.
fn ours(error: &court::BrokenSchema) -> PolicyErrors {
    PolicyErrors(vec![PolicyMistake {
        file: "lockgate.cedarschema".to_owned(),
        line: 1,
        column: 1,
        message: error.to_string(),
        help: None,
    }])
}

fn epoch(sources: &[PolicySource]) -> String {
    let mut hash = Sha256::new();
    let texts = sources
        .iter()
        .flat_map(|source| [source.name.as_str(), &source.text]);
    for text in std::iter::once(court::schema_text()).chain(texts) {
        // Lengths keep two texts from being taken for one.
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text);
    }
    let hash = hash.finalize();
    hash.iter()
        .take(EPOCH_BYTES)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

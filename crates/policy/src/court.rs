//! One question to Cedar: may this principal do this to that, under these circumstances?

use std::collections::BTreeMap;

use cedar_policy::{
    ActionConstraint, AuthorizationError, Authorizer, Decision, Entities, Entity, EntityUid,
    PolicySet, Request, RestrictedExpression, Schema,
};

use crate::action::Action;
use crate::attributes::{Attribute, Mentioned};
use crate::entities::{Slice, Vocabulary};
use crate::load::Checked;
use crate::verdict::PolicyId;
use crate::viewer::{Connection, Context};

/// The schema of policies.
const SCHEMA: &str = include_str!("../schema/lockgate.cedarschema");

/// The policies, cut by action, with what is needed to ask them.
pub(crate) struct Court {
    vocabulary: Vocabulary,
    benches: BTreeMap<Action, Bench>,
    authorizer: Authorizer,
    /// The circumstances that any policy looks at.
    mentioned: Mentioned,
}

/// What decides about one action: exactly the policies whose scope can match it.
struct Bench {
    action: EntityUid,
    policies: PolicySet,
    /// The action and its groups.
    entities: Vec<Entity>,
}

/// An answer of Cedar, with the policies that decided, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Permitted by these.
    Permitted(Vec<PolicyId>),
    /// Forbidden by these.
    Forbidden(Vec<PolicyId>),
    /// No policy permits it.
    NotPermitted,
    /// These could not be evaluated, which denies: a policy is never skipped. None: the question
    /// itself could not be put.
    Failed(Vec<PolicyId>),
}

impl Answer {
    pub(crate) fn is_permitted(&self) -> bool {
        matches!(self, Self::Permitted(_))
    }

    /// The policies that decided.
    pub(crate) fn policies(&self) -> &[PolicyId] {
        match self {
            Self::Permitted(policies) | Self::Forbidden(policies) | Self::Failed(policies) => {
                policies
            }
            Self::NotPermitted => &[],
        }
    }
}

/// What policies see of a statement beside the circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatementClass {
    /// The kind.
    pub(crate) word: &'static str,
    /// False: an UPDATE, DELETE or MERGE is not restricted.
    pub(crate) has_predicate: bool,
    /// Estimated rows of the largest table used.
    pub(crate) estimated_rows: Option<i64>,
}

/// A question without its principal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) connection: &'a Connection,
    /// Cut to what policies look at.
    pub(crate) context: &'a Context,
    /// `None`: for actions that do not depend on a statement.
    pub(crate) statement: Option<StatementClass>,
}

/// The schema did not load: a fault of this crate.
#[derive(Debug, thiserror::Error)]
#[error("the schema of policies is broken: {0}")]
pub(crate) struct BrokenSchema(String);

/// The schema, parsed.
pub(crate) fn schema() -> Result<Schema, BrokenSchema> {
    let (schema, _) =
        Schema::from_cedarschema_str(SCHEMA).map_err(|error| BrokenSchema(error.to_string()))?;
    Ok(schema)
}

/// The text of the schema.
pub(crate) fn schema_text() -> &'static str {
    SCHEMA
}

impl Court {
    pub(crate) fn new(schema: &Schema, policies: &[Checked]) -> Result<Self, BrokenSchema> {
        let broken = |error: &dyn std::fmt::Display| BrokenSchema(error.to_string());
        let vocabulary = Vocabulary::new().map_err(|error| broken(&error))?;
        let actions = schema.action_entities().map_err(|error| broken(&error))?;
        let mut benches = BTreeMap::new();
        for action in Action::ALL {
            let bench = bench(vocabulary.action(*action), &actions, policies)
                .map_err(|error| broken(&error))?;
            benches.insert(*action, bench);
        }
        let mut mentioned = Mentioned::default();
        policies
            .iter()
            .for_each(|policy| mentioned.extend(&policy.mentioned));
        Ok(Self {
            vocabulary,
            benches,
            authorizer: Authorizer::new(),
            mentioned,
        })
    }

    /// The part of the circumstances that can change an answer.
    pub(crate) fn cut(&self, context: &Context) -> Context {
        self.mentioned.cut(context)
    }

    /// The same circumstances with every approval that there can be; `None` when no policy looks
    /// at approvals.
    pub(crate) fn approved(&self, context: &Context) -> Option<Context> {
        let asks =
            self.mentioned.has(Attribute::Approved) || self.mentioned.has(Attribute::Approvals);
        let context = Context {
            approved: true,
            approvals: u32::MAX,
            ..context.clone()
        };
        asks.then(|| self.cut(&context))
    }

    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Asks whether a party may.
    pub(crate) fn ask(
        &self,
        party: &Slice,
        action: Action,
        resource: &Slice,
        case: &Case<'_>,
    ) -> Answer {
        self.benches
            .get(&action)
            .and_then(|bench| self.put(party, bench, resource, (action, case)))
            .unwrap_or(Answer::Failed(Vec::new()))
    }

    /// `None`: the question could not be put.
    fn put(
        &self,
        party: &Slice,
        bench: &Bench,
        resource: &Slice,
        question: (Action, &Case<'_>),
    ) -> Option<Answer> {
        let request = request(party, bench, resource, question)?;
        let all = party
            .entities
            .iter()
            .chain(&resource.entities)
            .chain(&bench.entities);
        let entities = Entities::from_entities(all.cloned(), None).ok()?;
        Some(answer(&self.authorizer.is_authorized(
            &request,
            &bench.policies,
            &entities,
        )))
    }

    /// Asks all policies, whatever their action.
    #[cfg(test)]
    pub(crate) fn ask_all(
        &self,
        party: &Slice,
        action: Action,
        resource: &Slice,
        case: &Case<'_>,
    ) -> Answer {
        let all: BTreeMap<String, cedar_policy::Policy> = self
            .benches
            .values()
            .flat_map(|bench| bench.policies.policies())
            .map(|policy| (policy.id().to_string(), policy.clone()))
            .collect();
        let bench = &self.benches[&action];
        let bench = Bench {
            action: bench.action.clone(),
            policies: PolicySet::from_policies(all.into_values()).unwrap(),
            entities: bench.entities.clone(),
        };
        self.put(party, &bench, resource, (action, case)).unwrap()
    }
}

fn answer(response: &cedar_policy::Response) -> Answer {
    let sorted = |ids: &mut dyn Iterator<Item = &cedar_policy::PolicyId>| {
        let mut ids: Vec<PolicyId> = ids.map(|id| PolicyId::new(id.as_ref())).collect();
        ids.sort();
        ids
    };
    let failed = sorted(&mut response.diagnostics().errors().map(failed_policy));
    if !failed.is_empty() {
        return Answer::Failed(failed);
    }
    let reason = sorted(&mut response.diagnostics().reason());
    match response.decision() {
        Decision::Allow => Answer::Permitted(reason),
        Decision::Deny if reason.is_empty() => Answer::NotPermitted,
        Decision::Deny => Answer::Forbidden(reason),
    }
}

fn failed_policy(error: &AuthorizationError) -> &cedar_policy::PolicyId {
    match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id(),
    }
}

fn bench(
    action: EntityUid,
    actions: &Entities,
    policies: &[Checked],
) -> Result<Bench, Box<cedar_policy::PolicySetError>> {
    let covers = |scope: &EntityUid| *scope == action || actions.is_ancestor_of(scope, &action);
    let applies = |policy: &&Checked| match policy.policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(scope) => scope == action,
        ActionConstraint::In(scopes) => scopes.iter().any(covers),
    };
    let policies = policies
        .iter()
        .filter(applies)
        .map(|checked| checked.policy.clone());
    let policies = PolicySet::from_policies(policies).map_err(Box::new)?;
    let entities = actions
        .iter()
        .filter(|entity| covers(&entity.uid()))
        .cloned()
        .collect();
    Ok(Bench {
        action,
        policies,
        entities,
    })
}

fn request(
    party: &Slice,
    bench: &Bench,
    resource: &Slice,
    (action, case): (Action, &Case<'_>),
) -> Option<Request> {
    let context = cedar_context(case, action)?;
    let (principal, action) = (party.uid.clone(), bench.action.clone());
    Request::new(principal, action, resource.uid.clone(), context, None).ok()
}

/// The context of a question; `None` when something in it has no value in Cedar.
pub(crate) fn cedar_context(case: &Case<'_>, action: Action) -> Option<cedar_policy::Context> {
    let statement = case.statement.filter(|_| action.has_statement());
    cedar_policy::Context::from_pairs(context(case, statement)).ok()
}

type Pairs = Vec<(String, RestrictedExpression)>;

fn context(case: &Case<'_>, statement: Option<StatementClass>) -> Pairs {
    let string = |text: &str| RestrictedExpression::new_string(text.to_owned());
    let Context {
        now,
        client_address,
        purpose,
        approved,
        approvals,
        ticket,
    } = case.context;
    let mut pairs = vec![
        ("environment", string(&case.connection.environment)),
        ("approved", RestrictedExpression::new_bool(*approved)),
        (
            "approvals",
            RestrictedExpression::new_long(i64::from(*approvals)),
        ),
        ("time", RestrictedExpression::new_datetime(now.to_string())),
    ];
    pairs.extend(
        purpose
            .as_deref()
            .map(|purpose| ("purpose", string(purpose))),
    );
    pairs.extend(ticket.as_deref().map(|ticket| ("ticket", string(ticket))));
    let address = client_address.map(|ip| RestrictedExpression::new_ip(ip.to_string()));
    pairs.extend(address.map(|address| ("client_address", address)));
    if let Some(statement) = statement {
        let rows = statement.estimated_rows.map(RestrictedExpression::new_long);
        pairs.push(("statement", string(statement.word)));
        pairs.push((
            "has_predicate",
            RestrictedExpression::new_bool(statement.has_predicate),
        ));
        pairs.extend(rows.map(|rows| ("estimated_rows", rows)));
    }
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

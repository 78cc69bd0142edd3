//! Facts → the questions that all must be answered with yes.

use std::collections::BTreeSet;

use sql::facts::{
    ColumnId, Derivation, Facts, Flow, Kind, Lineage, Object, RelationUse, Transaction,
};

use crate::action::Action;
use crate::resource::Resource;
use crate::tag::Tag;
use crate::viewer::Viewer;

/// May this be done to that?
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question<'a> {
    pub(crate) action: Action,
    pub(crate) resource: Resource<'a>,
    /// What stands behind the question, when the action and the resource do not say it.
    pub(crate) cause: Option<&'a str>,
}

/// The questions of a statement, in the order in which a denial is best explained.
pub(crate) fn questions<'a>(viewer: &Viewer<'a>, facts: &'a Facts) -> Vec<Question<'a>> {
    let mut list = List(Vec::new());
    for used in &facts.relations {
        list.relation(viewer, used);
    }
    for used in &facts.schemas {
        list.ask(Action::from(used.action), Resource::Schema(&used.schema));
    }
    list.kind(&facts.kind);
    for function in &facts.functions {
        list.ask(Action::Call, Resource::Function(function));
    }
    let filtered = facts
        .columns
        .iter()
        .filter(|used| used.clause.needs_filter());
    for column in filtered.map(|used| used.column).collect::<BTreeSet<_>>() {
        for resource in Resource::column(viewer, column) {
            list.ask(Action::Filter, resource);
        }
    }
    for flow in &facts.flows {
        list.flow(viewer, flow);
    }
    for unresolved in &facts.unresolved {
        list.opaque(&unresolved.reason);
    }
    list.0
}

/// Questions, each once.
struct List<'a>(Vec<Question<'a>>);

impl<'a> List<'a> {
    fn ask(&mut self, action: Action, resource: Resource<'a>) {
        self.push(Question {
            action,
            resource,
            cause: None,
        });
    }

    fn opaque(&mut self, cause: &'a str) {
        let resource = Resource::Database;
        self.push(Question {
            action: Action::RunOpaque,
            resource,
            cause: Some(cause),
        });
    }

    fn push(&mut self, question: Question<'a>) {
        let same =
            |q: &Question<'_>| q.action == question.action && q.resource == question.resource;
        if !self.0.iter().any(same) {
            self.0.push(question);
        }
    }

    /// Asks on the database for what no relation and no schema was asked for.
    fn ask_somewhere(&mut self, action: Action) {
        if !self.0.iter().any(|question| question.action == action) {
            self.ask(action, Resource::Database);
        }
    }

    fn relation(&mut self, viewer: &Viewer<'a>, used: &RelationUse) {
        match viewer.catalog.relation(used.relation) {
            Some(relation) => self.ask(Action::from(used.action), Resource::table(relation)),
            None => self.opaque("a relation is not in the catalog snapshot"),
        }
    }

    /// What the kind of the statement asks for beyond what it touches.
    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::CopyServer => self.ask(Action::Administer, Resource::Database),
            Kind::Do => self.opaque("a DO block runs code that is not analysed"),
            Kind::Create(object) | Kind::CreateAs(object) => {
                self.ask_somewhere(Action::Create);
                self.object(*object);
            }
            Kind::Alter(object) => {
                self.ask_somewhere(Action::Alter);
                self.object(*object);
            }
            Kind::Drop(object) => {
                self.ask_somewhere(Action::Drop);
                if is_of_server(*object) {
                    self.ask(Action::Administer, Resource::Database);
                }
            }
            Kind::Comment => self.ask_somewhere(Action::Alter),
            Kind::Grant => self.ask_somewhere(Action::Grant),
            Kind::Administer(_) | Kind::Transaction(Transaction::TwoPhase) => {
                self.ask_somewhere(Action::Administer);
            }
            Kind::Listen => self.ask(Action::Listen, Resource::Database),
            Kind::Notify => self.ask(Action::Notify, Resource::Database),
            // Needs `run_opaque` by what is unresolved in it.
            Kind::Unreadable
            | Kind::Empty
            | Kind::Select
            | Kind::Insert
            | Kind::Update
            | Kind::Delete
            | Kind::Merge
            | Kind::Truncate
            | Kind::CopyIn(_)
            | Kind::CopyOut(_)
            | Kind::Call
            | Kind::Lock
            | Kind::Explain { .. }
            | Kind::Prepare { .. }
            | Kind::Execute { .. }
            | Kind::Deallocate { .. }
            | Kind::Declare { .. }
            | Kind::Fetch { .. }
            | Kind::Move { .. }
            | Kind::Close { .. }
            | Kind::Transaction(_)
            | Kind::Set
            | Kind::Reset
            | Kind::Show { .. }
            | Kind::Discard
            | Kind::Unlisten => {}
        }
    }

    fn object(&mut self, object: Object) {
        if is_of_server(object) {
            self.ask(Action::Administer, Resource::Database);
        }
        if stores_code(object) {
            self.opaque("the statement stores code or an expression that runs later, unanalysed");
        }
    }

    fn flow(&mut self, viewer: &Viewer<'a>, flow: &Flow) {
        let target = flow
            .target
            .map(|target| viewer.labels.tags(target))
            .unwrap_or_default();
        let covered = |tag: &Tag| target.iter().any(|above| above.covers(tag));
        for resource in sources(viewer, &flow.lineage) {
            if let Resource::Column { tag, .. } = &resource
                && !covered(tag)
            {
                self.ask(Action::Move, resource);
            }
        }
    }
}

/// The protected columns behind a value, once for each of their tags.
pub(crate) fn sources<'a>(viewer: &Viewer<'a>, lineage: &Lineage) -> Vec<Resource<'a>> {
    let known = lineage
        .sources
        .iter()
        .flat_map(|id: &ColumnId| Resource::column(viewer, *id));
    let opaque = (lineage.derivation == Derivation::Opaque).then(Resource::unknown_column);
    known.chain(opaque).collect()
}

/// Objects of the server or of the whole database, not of a schema, or with rights of their own.
fn is_of_server(object: Object) -> bool {
    match object {
        Object::Database
        | Object::Extension
        | Object::EventTrigger
        | Object::Role
        | Object::ForeignObject
        | Object::Publication
        | Object::Subscription
        | Object::Language
        | Object::Policy
        | Object::Cast
        | Object::Other => true,
        Object::Table
        | Object::TemporaryTable
        | Object::View
        | Object::MaterializedView
        | Object::Index
        | Object::Sequence
        | Object::Schema
        | Object::Function
        | Object::Procedure
        | Object::Aggregate
        | Object::Operator
        | Object::Type
        | Object::Domain
        | Object::Collation
        | Object::Trigger
        | Object::Rule
        | Object::Statistics
        | Object::TextSearch => false,
    }
}

/// Objects that change what other statements do without being named in them.
fn stores_code(object: Object) -> bool {
    match object {
        Object::Function
        | Object::Procedure
        | Object::Aggregate
        | Object::Operator
        | Object::Cast
        | Object::Trigger
        | Object::EventTrigger
        | Object::Rule
        | Object::Policy
        | Object::Language
        | Object::Extension
        | Object::Domain
        | Object::TextSearch
        | Object::Other => true,
        Object::Table
        | Object::TemporaryTable
        | Object::View
        | Object::MaterializedView
        | Object::Index
        | Object::Sequence
        | Object::Schema
        | Object::Database
        | Object::Type
        | Object::Collation
        | Object::Role
        | Object::Statistics
        | Object::ForeignObject
        | Object::Publication
        | Object::Subscription => false,
    }
}

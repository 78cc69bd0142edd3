//! Statements by their kind.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::groups::{Group, group};
use super::session_statements::shown;
use super::value::Shape;
use super::{Reader, child_of_kind, has_token, name_of};
use crate::facts::{
    Clause, FunctionClass, FunctionUse, Holdability, Kind, Lineage, Object, OutputColumn, Outputs,
    SchemaAction, TableAction,
};

impl Reader<'_> {
    /// What a statement is and what it returns; what it touches is recorded.
    pub(super) fn statement(&mut self, node: &SyntaxNode) -> (Kind, Outputs) {
        let Some(statement) = ast::Stmt::cast(node.clone()) else {
            return (
                Kind::Administer("OTHER"),
                Outputs::Unknown(self.not_analysed(node).lineage),
            );
        };
        match group(&statement) {
            Group::Query => (Kind::Select, self.query_outputs(node)),
            Group::SelectInto => (self.select_into(node), Outputs::None),
            Group::RowChange => self.row_change(node),
            Group::Copy => self.copy(node),
            Group::Call => self.call_procedure(node),
            Group::Explain => self.explain(node),
            Group::Prepare => self.prepare(node),
            Group::Declare => self.declare(node),
            Group::Execute => {
                self.execute_arguments(node);
                (Kind::Execute { name: named(node) }, Outputs::Named)
            }
            Group::Fetch => (
                Kind::Fetch {
                    cursor: named(node),
                },
                Outputs::Named,
            ),
            Group::Show => (Kind::Show { name: shown(node) }, Outputs::Harmless),
            Group::NotAnalysed(words) => {
                let lineage = self.not_analysed(node).lineage;
                (Kind::Administer(words), Outputs::Unknown(lineage))
            }
            group => (self.silent_statement(node, group), Outputs::None),
        }
    }

    /// Statements that return no rows, whatever they say.
    fn silent_statement(&mut self, node: &SyntaxNode, group: Group) -> Kind {
        match group {
            Group::Truncate => self.on_relations(node, TableAction::Truncate, Kind::Truncate),
            Group::Lock => self.on_relations(node, TableAction::Lock, Kind::Lock),
            Group::Do => Kind::Do,
            Group::Move => Kind::Move {
                cursor: named(node),
            },
            Group::Close => Kind::Close {
                cursor: named_unless_all(node),
            },
            Group::Deallocate => Kind::Deallocate {
                name: named_unless_all(node),
            },
            Group::Listen => Kind::Listen,
            Group::Unlisten => Kind::Unlisten,
            Group::Notify => Kind::Notify,
            Group::Empty => Kind::Empty,
            Group::Setting => self.setting(node),
            Group::Transaction => self.transaction(node),
            Group::Upkeep(words) => self.upkeep(node, words),
            Group::CreateTable(object) => self.create_table(node, object),
            Group::CreateTableAs => self.create_table_as(node),
            Group::CreateMaterializedView => self.create_materialized_view(node),
            Group::CreateView => self.create_view(node),
            Group::CreateSchema => self.create_schema(node),
            Group::Create(object) => self.create(node, object),
            Group::Alter(object) => self.alter(node, object),
            Group::Drop(object) => self.drop_objects(node, object),
            Group::Comment => self.on_relations(node, TableAction::Alter, Kind::Comment),
            Group::Grant => self.grant(node),
            Group::Query
            | Group::SelectInto
            | Group::RowChange
            | Group::Copy
            | Group::Call
            | Group::Explain
            | Group::Prepare
            | Group::Declare
            | Group::Execute
            | Group::Fetch
            | Group::Show
            | Group::NotAnalysed(_) => {
                self.not_analysed(node);
                Kind::Administer("OTHER")
            }
        }
    }

    fn on_relations(&mut self, node: &SyntaxNode, action: TableAction, kind: Kind) -> Kind {
        self.relations_below(node, action);
        kind
    }

    fn upkeep(&mut self, node: &SyntaxNode, words: &'static str) -> Kind {
        self.relations_below(node, TableAction::Administer);
        if let Some(into) = child_of_kind(node, SyntaxKind::INTO_SCHEMA) {
            for schema in super::ddl::schemas_below(&into) {
                self.record_schema(schema, SchemaAction::Create);
            }
        }
        Kind::Administer(words)
    }

    /// The result of a query that is sent to the client.
    fn query_outputs(&mut self, node: &SyntaxNode) -> Outputs {
        let shape = self.query(node);
        self.outputs(&shape)
    }

    pub(super) fn outputs(&mut self, shape: &Shape) -> Outputs {
        self.record_shape(shape, Clause::Output);
        if shape.open.is_some() {
            return Outputs::Unknown(shape.union());
        }
        let column = |column: &std::rc::Rc<super::value::Column>| OutputColumn {
            name: column.name.clone(),
            lineage: column.value.lineage.clone(),
        };
        Outputs::Columns(shape.columns.iter().map(column).collect())
    }

    /// INSERT, UPDATE, DELETE or MERGE.
    fn row_change(&mut self, node: &SyntaxNode) -> (Kind, Outputs) {
        let (kind, returning) = match node.kind() {
            SyntaxKind::INSERT => (Kind::Insert, self.insert(node)),
            SyntaxKind::UPDATE => (Kind::Update, self.update(node)),
            SyntaxKind::DELETE => (Kind::Delete, self.delete(node)),
            SyntaxKind::MERGE => (Kind::Merge, self.merge(node)),
            _ => {
                let lineage = self.not_analysed(node).lineage;
                (Kind::Administer("OTHER"), Some(Shape::open(lineage)))
            }
        };
        (
            kind,
            returning.map_or(Outputs::None, |shape| self.outputs(&shape)),
        )
    }

    /// A query whose rows become a new relation.
    pub(super) fn query_into_new(&mut self, query: &SyntaxNode) {
        let shape = self.query(query);
        for column in &shape.columns {
            self.assign_away(&column.value.lineage);
        }
        if let Some(open) = &shape.open {
            self.assign_away(open);
        }
    }

    fn select_into(&mut self, node: &SyntaxNode) -> Kind {
        self.query_into_new(node);
        let Some(into) = child_of_kind(node, SyntaxKind::INTO_CLAUSE) else {
            self.not_analysed(node);
            return Kind::CreateAs(Object::Table);
        };
        Kind::CreateAs(self.new_table(&into))
    }

    fn call_procedure(&mut self, node: &SyntaxNode) -> (Kind, Outputs) {
        let reference = child_of_kind(node, SyntaxKind::PROCEDURE_NAME_REF);
        let name = reference
            .map(|name| super::names::path_parts(&name))
            .unwrap_or_default();
        let callee = self.callee(&name);
        let used = callee.used_or(FunctionUse {
            schema: None,
            name: name.last().cloned().unwrap_or_default(),
            class: FunctionClass::UserDefined,
        });
        self.record_function(used);
        self.execute_arguments(node);
        (Kind::Call, Outputs::Unknown(Lineage::opaque()))
    }

    /// Arguments go where the reading does not follow.
    fn execute_arguments(&mut self, node: &SyntaxNode) {
        let Some(list) = child_of_kind(node, SyntaxKind::ARG_LIST) else {
            return;
        };
        let lineage = self.bag(&list).lineage;
        self.record(&lineage, Clause::Source);
        if lineage != Lineage::default() {
            self.record_flow_away(&lineage);
        }
    }

    fn explain(&mut self, node: &SyntaxNode) -> (Kind, Outputs) {
        let mut analyze = false;
        let mut opaque = false;
        for child in node.children() {
            match child.kind() {
                SyntaxKind::EXPLAIN_ANALYZE => analyze = true,
                SyntaxKind::EXPLAIN_VERBOSE => {}
                SyntaxKind::EXPLAIN_OPTION_LIST => analyze |= asks_to_analyze(&child),
                SyntaxKind::EXECUTE => {
                    opaque = true;
                    self.unresolved(&child, "the plan of a prepared statement is not analysed");
                }
                _ => {
                    self.statement(&child);
                }
            }
        }
        opaque |= !self.facts.unresolved.is_empty() || !self.facts.functions.is_empty();
        let mut lineage = if opaque {
            Lineage::opaque()
        } else {
            Lineage::default()
        };
        lineage.sources = self.facts.columns.iter().map(|used| used.column).collect();
        (Kind::Explain { analyze }, Outputs::Unknown(lineage))
    }

    fn prepare(&mut self, node: &SyntaxNode) -> (Kind, Outputs) {
        let mut outputs = Outputs::None;
        for child in node.children() {
            match child.kind() {
                SyntaxKind::PREPARED_STATEMENT | SyntaxKind::PARAM_LIST => {}
                _ => outputs = self.statement(&child).1,
            }
        }
        (Kind::Prepare { name: named(node) }, outputs)
    }

    fn declare(&mut self, node: &SyntaxNode) -> (Kind, Outputs) {
        let query = node
            .children()
            .find(|child| super::parts::is_query(child.kind()));
        let outputs = match query {
            Some(query) => self.query_outputs(&query),
            None => Outputs::Unknown(self.not_analysed(node).lineage),
        };
        let hold = match child_of_kind(node, SyntaxKind::WITH_HOLD) {
            Some(_) => Holdability::WithHold,
            None => Holdability::WithoutHold,
        };
        let cursor = named(node);
        (Kind::Declare { cursor, hold }, outputs)
    }

    /// Every relation that a statement names, with what is done to it.
    pub(super) fn relations_below(&mut self, node: &SyntaxNode, action: TableAction) {
        let parts: Vec<SyntaxNode> = node.descendants().collect();
        for part in parts {
            if super::kinds::is_relation_reference(part.kind()) {
                self.relation_for(&part, action);
            } else if part.kind() == SyntaxKind::QUALIFIED_COLUMN_NAME_REF {
                self.relation_of_column(&part, action);
            }
        }
    }

    /// `schema.table.column`
    fn relation_of_column(&mut self, column: &SyntaxNode, action: TableAction) {
        let parts = super::names::path_parts(column);
        let relation = parts
            .split_last()
            .map(|(_, relation)| relation)
            .unwrap_or_default();
        match self.find_relation(relation) {
            Ok(relation) => self.record_relation(relation.oid, action),
            Err(reason) => self.unresolved(column, reason),
        }
    }
}

/// The name of a prepared statement or cursor among the children of a statement.
pub(super) fn named(node: &SyntaxNode) -> String {
    let is_name = |kind| {
        matches!(
            kind,
            SyntaxKind::PREPARED_STATEMENT
                | SyntaxKind::PREPARED_STATEMENT_REF
                | SyntaxKind::CURSOR
                | SyntaxKind::CURSOR_REF
        )
    };
    let name = node.children().find(|child| is_name(child.kind()));
    name.map(|name| name_of(&name)).unwrap_or_default()
}

/// Whether the options of EXPLAIN ask that the statement is run. If it is given twice, the last
/// counts to PostgreSQL; any counts here.
fn asks_to_analyze(options: &SyntaxNode) -> bool {
    options.children().any(|option| {
        let name = child_of_kind(&option, SyntaxKind::EXPLAIN_OPTION_NAME);
        let is_analyze =
            name.is_some_and(|name| matches!(name_of(&name).as_str(), "analyze" | "analyse"));
        let value = child_of_kind(&option, SyntaxKind::EXPLAIN_OPTION_VALUE);
        let off = value.is_some_and(|value| {
            let word = value
                .text()
                .to_string()
                .trim_matches('\'')
                .to_ascii_lowercase();
            matches!(word.as_str(), "false" | "off" | "0" | "no")
        });
        is_analyze && !off
    })
}

fn named_unless_all(node: &SyntaxNode) -> Option<String> {
    (!has_token(node, SyntaxKind::ALL_KW)).then(|| named(node))
}

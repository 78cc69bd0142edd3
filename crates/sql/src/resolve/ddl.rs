//! CREATE, ALTER, DROP and GRANT.

use std::rc::Rc;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::names::path_parts;
use super::parts::is_query;
use super::value::{Column, Namespace, Shape};
use super::with::column_list;
use super::{Reader, child_of_kind, kinds, name_of};
use crate::catalog::Oid;
use crate::facts::{Clause, Kind, Lineage, Object, SchemaAction, TableAction};

impl Reader<'_> {
    /// The table that a node names as new: records the schema in which it is made.
    pub(super) fn new_table(&mut self, node: &SyntaxNode) -> Object {
        if child_of_kind(node, SyntaxKind::TEMP).is_some() {
            self.record_schema("pg_temp", SchemaAction::Create);
            return Object::TemporaryTable;
        }
        self.made_in_schema(node);
        Object::Table
    }

    /// Records the schema of the new object that is named among the children of a node.
    fn made_in_schema(&mut self, node: &SyntaxNode) {
        let name = node
            .children()
            .find(|child| child_of_kind(child, SyntaxKind::PATH).is_some());
        if let Some(name) = name {
            let (schema, _) = self.new_name(&name);
            self.record_schema(schema, SchemaAction::Create);
        }
    }

    pub(super) fn create_table(&mut self, node: &SyntaxNode, object: Object) -> Kind {
        let made = self.new_table(node);
        let object = if made == Object::TemporaryTable {
            made
        } else {
            object
        };
        let mut relations = Vec::new();
        for reference in references(node) {
            let like = reference
                .parent()
                .is_some_and(|p| p.kind() == SyntaxKind::LIKE_CLAUSE);
            let action = if like {
                TableAction::Select
            } else {
                TableAction::Alter
            };
            relations.extend(
                self.relation_for(&reference, action)
                    .map(|relation| relation.oid),
            );
        }
        let derives = node.descendants().any(|part| {
            matches!(
                part.kind(),
                SyntaxKind::LIKE_CLAUSE
                    | SyntaxKind::INHERITS
                    | SyntaxKind::PARTITION_OF
                    | SyntaxKind::OF_TYPE
            )
        });
        let open = derives.then(Lineage::default);
        let shape = Shape {
            columns: new_columns(node),
            open,
        };
        self.ddl_expressions(node, Namespace::of_result(&shape));
        Kind::Create(object)
    }

    pub(super) fn create_table_as(&mut self, node: &SyntaxNode) -> Kind {
        let object = self.new_table(node);
        self.new_from_query(node);
        Kind::CreateAs(object)
    }

    pub(super) fn create_materialized_view(&mut self, node: &SyntaxNode) -> Kind {
        self.made_in_schema(node);
        self.new_from_query(node);
        Kind::CreateAs(Object::MaterializedView)
    }

    fn new_from_query(&mut self, node: &SyntaxNode) {
        for child in node.children() {
            if is_query(child.kind()) {
                self.query_into_new(&child);
            } else if child.kind() == SyntaxKind::EXECUTE {
                self.unresolved(
                    &child,
                    "the rows of a prepared statement are not analysed here",
                );
                self.record_flow_away(&Lineage::opaque());
            }
        }
    }

    /// A view's query is that of the statement; a view that is replaced is altered.
    pub(super) fn create_view(&mut self, node: &SyntaxNode) -> Kind {
        let name = child_of_kind(node, SyntaxKind::VIEW);
        let parts = name.map(|name| path_parts(&name)).unwrap_or_default();
        let replaces = child_of_kind(node, SyntaxKind::OR_REPLACE).is_some();
        if replaces && let Ok(view) = self.find_relation(&parts) {
            self.record_relation(view.oid, TableAction::Alter);
        }
        if child_of_kind(node, SyntaxKind::TEMP).is_some() {
            self.record_schema("pg_temp", SchemaAction::Create);
        } else {
            self.made_in_schema(node);
        }
        let in_sight = self.ctes.len();
        if super::has_token(node, SyntaxKind::RECURSIVE_KW) {
            let name = parts.last().cloned().unwrap_or_default();
            self.enter_recursive_view(node, name, &column_list(node));
        }
        for query in node.children().filter(|child| is_query(child.kind())) {
            self.query_into_new(&query);
        }
        self.ctes.truncate(in_sight);
        Kind::Create(Object::View)
    }

    pub(super) fn create_schema(&mut self, node: &SyntaxNode) -> Kind {
        let name = node
            .descendants()
            .find(|part| matches!(part.kind(), SyntaxKind::SCHEMA | SyntaxKind::ROLE));
        if let Some(name) = name {
            self.record_schema(name_of(&name), SchemaAction::Create);
        }
        for child in node
            .children()
            .filter(|child| ast::Stmt::can_cast(child.kind()))
        {
            self.unresolved(&child, "objects made within CREATE SCHEMA are not analysed");
        }
        Kind::Create(Object::Schema)
    }

    /// CREATE of anything but tables, views and schemas.
    pub(super) fn create(&mut self, node: &SyntaxNode, object: Object) -> Kind {
        match object {
            Object::Index | Object::Trigger | Object::Rule | Object::Policy => {}
            _ => self.made_in_schema(node),
        }
        for schema in schemas_below(node) {
            self.record_schema(schema, SchemaAction::Create);
        }
        let relations = self.altered(node);
        if !kinds::has_hidden_body(node.kind()) {
            let namespace = self.namespace_of(&relations, node, object);
            self.ddl_expressions(node, namespace);
        }
        Kind::Create(object)
    }

    pub(super) fn alter(&mut self, node: &SyntaxNode, object: Object) -> Kind {
        let relations = self.altered(node);
        let own = child_of_kind(node, SyntaxKind::SCHEMA_REF);
        for schema in schemas_below(node) {
            let is_own = own.as_ref().is_some_and(|own| name_of(own) == schema);
            let action = if is_own {
                SchemaAction::Alter
            } else {
                SchemaAction::Create
            };
            self.record_schema(schema, action);
        }
        let namespace = self.namespace_of(&relations, node, object);
        self.ddl_expressions(node, namespace);
        Kind::Alter(object)
    }

    /// DROP: of relations each is dropped; of what hangs on a relation, that is altered.
    pub(super) fn drop_objects(&mut self, node: &SyntaxNode, object: Object) -> Kind {
        let action = match object {
            Object::Trigger | Object::Rule | Object::Policy => TableAction::Alter,
            _ => TableAction::Drop,
        };
        self.relations_below(node, action);
        for schema in schemas_below(node) {
            self.record_schema(schema, SchemaAction::Drop);
        }
        Kind::Drop(object)
    }

    pub(super) fn grant(&mut self, node: &SyntaxNode) -> Kind {
        self.relations_below(node, TableAction::Grant);
        for schema in schemas_below(node) {
            let every = node.descendants().any(|part| {
                matches!(
                    part.kind(),
                    SyntaxKind::PRIVILEGE_ALL_TABLES_IN_SCHEMA
                        | SyntaxKind::PRIVILEGE_ALL_SEQUENCES_IN_SCHEMA
                )
            });
            if every {
                let of_schema: Vec<Oid> = self
                    .catalog
                    .relations()
                    .filter(|relation| relation.schema == schema)
                    .map(|relation| relation.oid)
                    .collect();
                for relation in of_schema {
                    self.record_relation(relation, TableAction::Grant);
                }
            }
            self.record_schema(schema, SchemaAction::Grant);
        }
        Kind::Grant
    }

    /// Every relation that is named is altered: itself, or what may be done to it.
    fn altered(&mut self, node: &SyntaxNode) -> Vec<Oid> {
        let references = references(node);
        let mut relations = Vec::new();
        for reference in references {
            relations.extend(
                self.relation_for(&reference, TableAction::Alter)
                    .map(|found| found.oid),
            );
        }
        relations
    }

    /// What names mean in the expressions of DDL: columns of the relation, and those it gets.
    fn namespace_of(&mut self, relations: &[Oid], node: &SyntaxNode, object: Object) -> Namespace {
        let relation = relations
            .first()
            .and_then(|oid| self.catalog.relation(*oid));
        let mut namespace = match relation {
            Some(relation) => Namespace::of(self.relation_item(relation, None)),
            None => Namespace::default(),
        };
        namespace.columns.columns.extend(new_columns(node));
        if object == Object::Domain {
            // What the checks of a domain are about.
            namespace
                .columns
                .columns
                .push(Column::new("value", Lineage::default()));
        }
        namespace
    }

    /// Every expression in a statement that defines something, as a filter: what it is used for
    /// (checks, indexes, defaults) shows in errors and in what is found.
    fn ddl_expressions(&mut self, node: &SyntaxNode, namespace: Namespace) {
        self.scopes.push(namespace);
        let mut rest: Vec<SyntaxNode> = node.children().collect();
        while let Some(part) = rest.pop() {
            let kind = part.kind();
            if ast::Expr::can_cast(kind) || is_query(kind) {
                self.used(&part, Clause::Filter);
            } else if kinds::is_partition_bound(kind) {
                self.partition_bound(&part);
            } else if !kinds::is_plain_ddl(kind) {
                rest.extend(part.children());
            }
        }
        self.scopes.pop();
    }

    fn partition_bound(&mut self, bound: &SyntaxNode) {
        self.scopes
            .push(Namespace::of_result(&Shape::open(Lineage::default())));
        let expressions: Vec<SyntaxNode> = bound
            .descendants()
            .filter(|part| ast::Expr::can_cast(part.kind()))
            .collect();
        for expression in expressions {
            self.used(&expression, Clause::Filter);
        }
        self.scopes.pop();
    }
}

/// References to relations below a node, those inside queries left out: queries read theirs
/// themselves.
fn references(node: &SyntaxNode) -> Vec<SyntaxNode> {
    let mut found = Vec::new();
    let mut rest: Vec<SyntaxNode> = node.children().collect();
    rest.reverse();
    while let Some(part) = rest.pop() {
        if kinds::is_relation_reference(part.kind()) {
            found.push(part);
        } else if !is_query(part.kind()) && !ast::Expr::can_cast(part.kind()) {
            let mut children: Vec<SyntaxNode> = part.children().collect();
            children.reverse();
            rest.extend(children);
        }
    }
    found
}

/// Schemas that are named below a node.
pub(super) fn schemas_below(node: &SyntaxNode) -> Vec<String> {
    let is_schema = |part: &SyntaxNode| part.kind() == SyntaxKind::SCHEMA_REF;
    node.descendants()
        .filter(is_schema)
        .map(|part| name_of(&part))
        .collect()
}

/// Columns that a statement defines; they hold nothing yet.
fn new_columns(node: &SyntaxNode) -> Vec<Rc<Column>> {
    let is_definition =
        |part: &SyntaxNode| matches!(part.kind(), SyntaxKind::COLUMN | SyntaxKind::ADD_COLUMN);
    node.descendants()
        .filter(is_definition)
        .filter_map(|definition| child_of_kind(&definition, SyntaxKind::COLUMN_NAME))
        .map(|name| Column::new(name_of(&name), Lineage::default()))
        .collect()
}

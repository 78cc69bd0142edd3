//! FROM: the relations, queries and functions that a query reads.

use std::rc::Rc;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::label::label;
use super::parts::is_query;
use super::value::{Column, Item, Namespace, Shape};
use super::with::column_list;
use super::{Reader, child_of_kind, has_token, name_of};
use crate::facts::{Clause, FunctionClass, Lineage};

/// `AS name (column, …)` or `AS name (column type, …)`.
#[derive(Default)]
struct Alias {
    name: Option<String>,
    columns: Vec<String>,
    /// The columns are defined here, with their types.
    defined: Vec<String>,
}

impl Reader<'_> {
    /// What the entries of a FROM list make visible, LATERAL ones seeing those before them.
    pub(super) fn read_from_list(&mut self, items: impl Iterator<Item = SyntaxNode>) -> Namespace {
        self.scopes.push(Namespace::default());
        for item in items {
            let namespace = self.read_from_entry(&item);
            self.charge(&item, namespace.columns.columns.len());
            if let Some(level) = self.scopes.last_mut() {
                level.extend(&namespace);
            }
        }
        self.scopes.pop().unwrap_or_default()
    }

    /// One entry of a FROM list; the innermost scope holds what it may see if it is LATERAL.
    pub(super) fn read_from_entry(&mut self, node: &SyntaxNode) -> Namespace {
        if !self.descend(node) {
            return Namespace::of_result(&Shape::open(Lineage::opaque()));
        }
        let namespace = match ast::FromListItem::cast(node.clone()) {
            Some(ast::FromListItem::JoinExpr(_)) => self.join_chain(node),
            Some(ast::FromListItem::FromItem(item)) => self.read_from_item(node, &item),
            None => self.no_from_item(node),
        };
        self.ascend();
        namespace
    }

    fn no_from_item(&mut self, node: &SyntaxNode) -> Namespace {
        self.not_analysed(node);
        Namespace::of_result(&Shape::open(Lineage::opaque()))
    }

    fn read_from_item(&mut self, node: &SyntaxNode, item: &ast::FromItem) -> Namespace {
        match item {
            ast::FromItem::RelationFromItem(_) => self.relation_from_item(node),
            ast::FromItem::ParenFromItem(_) => self.paren_from_item(node),
            ast::FromItem::FunctionFromItem(_) | ast::FromItem::ExprFromItem(_) => {
                self.function_from_item(node)
            }
            ast::FromItem::RowsFromItem(_) => self.rows_from_item(node),
            ast::FromItem::JsonTableFromItem(_) | ast::FromItem::XmlTableFromItem(_) => {
                self.document_from_item(node)
            }
            ast::FromItem::GraphTableFromItem(_) => self.no_from_item(node),
        }
    }

    fn relation_from_item(&mut self, node: &SyntaxNode) -> Namespace {
        let alias = alias_of(node);
        let mut namespace = None;
        for child in node.children() {
            match child.kind() {
                SyntaxKind::RELATION_NAME_REF => {
                    namespace = Some(self.read_relation(&child, alias.name.clone()));
                }
                SyntaxKind::FROM_ALIAS => {}
                SyntaxKind::TABLESAMPLE_CLAUSE => self.tablesample(&child),
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        match namespace {
            Some(namespace) => with_columns(namespace, &alias.columns),
            None => self.no_from_item(node),
        }
    }

    /// The method of sampling is a function in its own right, found by its name.
    fn tablesample(&mut self, clause: &SyntaxNode) {
        for child in clause.children() {
            if child.kind() != SyntaxKind::CALL_EXPR {
                self.children_used(&child, Clause::Filter);
                continue;
            }
            self.see(&child);
            for part in child.children() {
                if part.kind() == SyntaxKind::ARG_LIST {
                    self.children_used(&part, Clause::Filter);
                } else if !matches!(name_of(&part).as_str(), "system" | "bernoulli") {
                    self.record_function(crate::facts::FunctionUse {
                        schema: None,
                        name: name_of(&part),
                        class: FunctionClass::UserDefined,
                    });
                }
            }
        }
    }

    /// A query, or a join, in parentheses.
    fn paren_from_item(&mut self, node: &SyntaxNode) -> Namespace {
        let alias = alias_of(node);
        let Some(inner) = node
            .children()
            .find(|child| child.kind() != SyntaxKind::FROM_ALIAS)
        else {
            return self.no_from_item(node);
        };
        let inner = unwrapped(&inner);
        if ast::FromListItem::can_cast(inner.kind()) {
            let joined = self.read_from_entry(&inner);
            return match alias.name {
                Some(name) => aliased_join(joined, name, &alias.columns),
                None => joined,
            };
        }
        if !is_query(inner.kind()) {
            return self.no_from_item(&inner);
        }
        let shape = self.sub_query(&inner, has_token(node, SyntaxKind::LATERAL_KW));
        let shape = Rc::new(shape.renamed(&alias.columns));
        let item = Item {
            name: alias.name,
            shape,
            relations: Rc::default(),
            ..Item::default()
        };
        Namespace::of(item)
    }

    /// A query in FROM: it sees its neighbours only if it is LATERAL.
    fn sub_query(&mut self, query: &SyntaxNode, lateral: bool) -> Rc<Shape> {
        let hidden = if lateral { None } else { self.scopes.pop() };
        let shape = self.query(query);
        self.scopes.extend(hidden);
        self.record_shape(&shape, Clause::Output);
        shape
    }

    fn function_from_item(&mut self, node: &SyntaxNode) -> Namespace {
        let alias = alias_of(node);
        let Some(call) = node.children().next() else {
            return self.no_from_item(node);
        };
        let name = alias
            .name
            .clone()
            .unwrap_or_else(|| crate::identifier::clip(label(&call)));
        let mut shape = self.function_columns(&call, &name, &alias.defined);
        if child_of_kind(node, SyntaxKind::WITH_ORDINALITY).is_some() {
            shape
                .columns
                .push(Column::new("ordinality", Lineage::default()));
        }
        for child in node.children().skip(1) {
            if !matches!(
                child.kind(),
                SyntaxKind::FROM_ALIAS | SyntaxKind::WITH_ORDINALITY
            ) {
                self.not_analysed(&child);
            }
        }
        let shape = Rc::new(shape.renamed(&alias.columns));
        Namespace::of(Item {
            name: Some(name),
            shape,
            ..Item::default()
        })
    }

    /// The columns that a call in FROM gives.
    fn function_columns(&mut self, call: &SyntaxNode, name: &str, defined: &[String]) -> Shape {
        let value = self.used(call, Clause::Filter);
        let lineage = value.lineage.derived();
        if !defined.is_empty() {
            let column = |name: &String| Column::new(name, lineage.clone());
            return Shape::closed(defined.iter().map(column).collect());
        }
        match &value.fields {
            Some(row) if !row.columns.is_empty() => {
                let column = |c: &Rc<Column>| Column::new(&c.name, lineage.clone());
                Shape::closed(row.columns.iter().map(column).collect())
            }
            Some(_) => Shape::open(lineage),
            None => Shape::closed(vec![Column::new(name, lineage)]),
        }
    }

    fn rows_from_item(&mut self, node: &SyntaxNode) -> Namespace {
        let alias = alias_of(node);
        let mut shape = Shape::default();
        for child in node.children() {
            match child.kind() {
                SyntaxKind::ROWS_FROM_ARG => shape.extend(&self.rows_from_argument(&child)),
                SyntaxKind::FROM_ALIAS => {}
                SyntaxKind::WITH_ORDINALITY => {
                    shape
                        .columns
                        .push(Column::new("ordinality", Lineage::default()));
                }
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        let shape = Rc::new(shape.renamed(&alias.columns));
        Namespace::of(Item {
            name: alias.name,
            shape,
            ..Item::default()
        })
    }

    fn rows_from_argument(&mut self, argument: &SyntaxNode) -> Shape {
        let Some(call) = argument.children().next() else {
            self.not_analysed(argument);
            return Shape::default();
        };
        let defined = definitions(argument);
        self.function_columns(&call, &crate::identifier::clip(label(&call)), &defined)
    }

    /// `JSON_TABLE` and `XMLTABLE`: every column is made of the document and of all expressions
    /// in it.
    fn document_from_item(&mut self, node: &SyntaxNode) -> Namespace {
        let alias = alias_of(node);
        let Some(table) = node.children().next() else {
            return self.no_from_item(node);
        };
        let value = self.used(&table, Clause::Filter);
        let word = table
            .first_token()
            .map(|token| token.text().to_ascii_lowercase());
        let name = word.unwrap_or_default();
        let callee = self.callee(std::slice::from_ref(&name));
        let mut lineage = value.lineage;
        if let Some(used) = callee.used_if_own() {
            lineage.absorb(&Lineage::opaque());
            self.record_function(used);
        }
        let columns = document_columns(&table, &lineage);
        let shape = Rc::new(Shape::closed(columns).renamed(&alias.columns));
        Namespace::of(Item {
            name: alias.name.or(Some(name)),
            shape,
            ..Item::default()
        })
    }
}

/// The columns of `JSON_TABLE` or `XMLTABLE` in order, nested ones at their place.
fn document_columns(table: &SyntaxNode, lineage: &Lineage) -> Vec<Rc<Column>> {
    let is_column = |kind| {
        matches!(
            kind,
            SyntaxKind::JSON_TABLE_VALUE_COLUMN
                | SyntaxKind::JSON_TABLE_EXISTS_COLUMN
                | SyntaxKind::JSON_TABLE_ORDINALITY_COLUMN
                | SyntaxKind::XML_TABLE_COLUMN
        )
    };
    table
        .descendants()
        .filter(|node| is_column(node.kind()))
        .filter_map(|node| child_of_kind(&node, SyntaxKind::COLUMN_NAME))
        .map(|name| Column::new(name_of(&name), lineage.clone()))
        .collect()
}

fn alias_of(node: &SyntaxNode) -> Alias {
    let Some(alias) = child_of_kind(node, SyntaxKind::FROM_ALIAS) else {
        return Alias::default();
    };
    let name = child_of_kind(&alias, SyntaxKind::TABLE_ALIAS).map(|name| name_of(&name));
    Alias {
        name,
        columns: column_list(&alias),
        defined: definitions(&alias),
    }
}

/// The names of a column definition list among the children of a node.
fn definitions(node: &SyntaxNode) -> Vec<String> {
    let Some(list) = child_of_kind(node, SyntaxKind::COLUMN_DEF_LIST) else {
        return Vec::new();
    };
    list.children()
        .filter_map(|definition| child_of_kind(&definition, SyntaxKind::COLUMN_NAME))
        .map(|name| name_of(&name))
        .collect()
}

/// What parentheses of an expression hold in the end.
fn unwrapped(node: &SyntaxNode) -> SyntaxNode {
    let mut inner = node.clone();
    while inner.kind() == SyntaxKind::PAREN_EXPR {
        let mut children = inner.children();
        match (children.next(), children.next()) {
            (Some(only), None) => inner = only,
            _ => break,
        }
    }
    inner
}

/// An entry with its columns renamed by its alias.
fn with_columns(namespace: Namespace, names: &[String]) -> Namespace {
    if names.is_empty() {
        return namespace;
    }
    let mut renamed = Namespace::default();
    for item in &namespace.items {
        let shape = Rc::new(item.shape.renamed(names));
        renamed.extend(&Namespace::of(Item {
            shape,
            ..Item::clone(item)
        }));
    }
    renamed
}

/// An alias for a whole join hides what is in it.
pub(super) fn aliased_join(joined: Namespace, name: String, names: &[String]) -> Namespace {
    let relations = joined.relations();
    let shape = Rc::new(joined.columns.renamed(names));
    Namespace::of(Item {
        name: Some(name),
        shape,
        relations,
        ..Item::default()
    })
}

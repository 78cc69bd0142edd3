//! INSERT, UPDATE and DELETE.

use std::rc::Rc;

use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::parts::is_query;
use super::restriction::Watch;
use super::value::{Column, Item, Namespace, Shape, Value};
use super::{Reader, child_of_kind, name_of};
use crate::catalog::Relation;
use crate::facts::{Clause, Derivation, Flow, Lineage, Restriction, TableAction};

/// The relation that a statement writes.
pub(super) struct Target {
    /// `None`: it is not known.
    pub(super) item: Option<Rc<Item>>,
}

impl Target {
    pub(super) fn namespace(&self) -> Namespace {
        match &self.item {
            Some(item) => Namespace::of(Item::clone(item)),
            None => Namespace::of_result(&Shape::open(Lineage::opaque())),
        }
    }

    pub(super) fn shape(&self) -> Rc<Shape> {
        let open = || Rc::new(Shape::open(Lineage::opaque()));
        self.item
            .as_ref()
            .map_or_else(open, |item| Rc::clone(&item.shape))
    }

    pub(super) fn watch(&self) -> Option<Watch> {
        self.item
            .as_ref()
            .map(|item| Watch::of(Rc::clone(&item.shape)))
    }
}

impl Reader<'_> {
    /// The relation that `node` writes. Its name never means a WITH query.
    pub(super) fn target_of(&mut self, node: &SyntaxNode, action: TableAction) -> Target {
        let reference = node.children().find_map(|child| match child.kind() {
            SyntaxKind::RELATION_NAME_REF | SyntaxKind::TABLE_NAME_REF => Some(child),
            SyntaxKind::RELATION_NAME | SyntaxKind::TABLE_RELATION_NAME => child.children().next(),
            _ => None,
        });
        let Some(reference) = reference else {
            self.not_analysed(node);
            return Target { item: None };
        };
        let alias = node
            .children()
            .find(|child| {
                matches!(
                    child.kind(),
                    SyntaxKind::REQUIRED_AS_ALIAS | SyntaxKind::OPTIONAL_AS_ALIAS
                )
            })
            .and_then(|alias| child_of_kind(&alias, SyntaxKind::TABLE_ALIAS))
            .map(|name| name_of(&name));
        let relation = self.relation_for(&reference, action);
        if let Some(relation) = relation.filter(|_| action == TableAction::Update) {
            self.set_by_update(&reference, relation);
        }
        let item = relation.map(|relation: &Relation| self.relation_item(relation, alias));
        Target {
            item: item.map(Rc::new),
        }
    }

    /// Brings the WITH queries of a statement in sight; returns how many there were before.
    pub(super) fn enter_own_with(&mut self, node: &SyntaxNode) -> usize {
        let in_sight = self.ctes.len();
        if let Some(with) = child_of_kind(node, SyntaxKind::WITH_CLAUSE) {
            self.enter_with(&with);
        }
        in_sight
    }

    /// INSERT; the columns of RETURNING, if there are any.
    pub(super) fn insert(&mut self, node: &SyntaxNode) -> Option<Shape> {
        self.see(node);
        let in_sight = self.enter_own_with(node);
        let target = self.target_of(node, TableAction::Insert);
        let targets = child_of_kind(node, SyntaxKind::COLUMN_TARGET_LIST);
        let names = targets.map(|list| self.target_names(&list));
        let mut source = Rc::new(Shape::default());
        for child in node.children().filter(|child| is_query(child.kind())) {
            source = self.query(&child);
        }
        let inserted = self.assign_row(node, &target, names, &source);
        let mut returning = None;
        for child in node.children() {
            match child.kind() {
                SyntaxKind::WITH_CLAUSE
                | SyntaxKind::RELATION_NAME_REF
                | SyntaxKind::REQUIRED_AS_ALIAS
                | SyntaxKind::COLUMN_TARGET_LIST
                | SyntaxKind::OVERRIDING_SYSTEM_VALUE
                | SyntaxKind::OVERRIDING_USER_VALUE
                | SyntaxKind::DEFAULT_VALUES => {}
                kind if is_query(kind) => {}
                SyntaxKind::ON_CONFLICT_CLAUSE => self.on_conflict(&child, &target, &inserted),
                SyntaxKind::RETURNING_CLAUSE => {
                    returning = Some(self.returning(&child, &target, target.namespace()));
                }
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        self.ctes.truncate(in_sight);
        returning
    }

    /// The names in the column list of INSERT or of a multiple assignment.
    pub(super) fn target_names(&mut self, list: &SyntaxNode) -> Vec<String> {
        let mut names = Vec::new();
        for target in list.children() {
            // Subscripts of an assigned array are expressions.
            self.children_used(&target, Clause::Source);
            let name = child_of_kind(&target, SyntaxKind::COLUMN_NAME_REF);
            names.push(name.map(|name| name_of(&name)).unwrap_or_default());
        }
        names
    }

    /// Values of a row assigned to the columns of the target, by name or by place. Returns the row
    /// as it would be inserted.
    pub(super) fn assign_row(
        &mut self,
        node: &SyntaxNode,
        target: &Target,
        names: Option<Vec<String>>,
        source: &Shape,
    ) -> Shape {
        let shape = target.shape();
        let by_place = || {
            shape
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect()
        };
        let every = names.is_none();
        let names: Vec<String> = names.unwrap_or_else(by_place);
        let mut inserted = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let value = match (source.columns.get(index), &source.open) {
                (Some(column), _) => column.value.clone(),
                (None, Some(open)) => Value::of(open.clone()),
                (None, None) if every => continue,
                (None, None) => Value::default(),
            };
            self.assign(node, target, name, &value.lineage);
            inserted.push(Column::new(name, value.lineage));
        }
        // More values than columns: PostgreSQL refuses, unless the target is not known.
        for column in source.columns.iter().skip(names.len()) {
            self.assign_away(&column.value.lineage);
        }
        Shape::closed(inserted)
    }

    /// A value assigned to the column of this name.
    pub(super) fn assign(
        &mut self,
        node: &SyntaxNode,
        target: &Target,
        name: &str,
        value: &Lineage,
    ) {
        self.record(value, Clause::Source);
        let shape = target.shape();
        let column = shape
            .named(name)
            .next()
            .map(|column| column.value.lineage.clone());
        if column.is_none() && shape.open.is_none() {
            self.unresolved(
                node,
                format!("column `{name}` is not in the relation that is written"),
            );
        }
        // A column of a view writes through to that of its table.
        let stored = column.filter(|lineage| lineage.derivation == Derivation::Copied);
        if let Some(lineage) = &stored {
            self.record(lineage, Clause::Assigned);
        }
        let id = stored.and_then(|lineage| lineage.sources.first().copied());
        let flow = Flow {
            target: id,
            lineage: value.clone(),
        };
        if !self.facts.flows.contains(&flow) {
            self.facts.flows.push(flow);
        }
    }

    /// A value assigned to a column that is not known.
    pub(super) fn assign_away(&mut self, value: &Lineage) {
        self.record(value, Clause::Source);
        self.record_flow_away(value);
    }

    fn on_conflict(&mut self, clause: &SyntaxNode, target: &Target, inserted: &Shape) {
        self.scopes.push(target.namespace());
        let proposed = self.proposed_row(target, inserted);
        for child in clause.children() {
            match child.kind() {
                SyntaxKind::CONFLICT_ON_INDEX => self.conflict_target(&child),
                SyntaxKind::CONFLICT_ON_CONSTRAINT | SyntaxKind::CONFLICT_DO_NOTHING => {}
                SyntaxKind::CONFLICT_DO_UPDATE_SET => {
                    if let Some(level) = self.scopes.last_mut() {
                        level.items.push(Rc::new(proposed.clone()));
                    }
                    self.conflict_update(&child, target);
                }
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        self.scopes.pop();
    }

    /// `excluded`: the row that was to be inserted.
    fn proposed_row(&self, target: &Target, inserted: &Shape) -> Item {
        let column = |column: &Rc<Column>| match inserted.named(&column.name).next() {
            Some(inserted) => Rc::clone(inserted),
            None => Column::new(&column.name, Lineage::default()),
        };
        let shape = target.shape();
        let columns = shape.columns.iter().map(column).collect();
        let shape = Rc::new(Shape {
            columns,
            open: shape.open.clone(),
        });
        Item {
            name: Some("excluded".to_owned()),
            shape,
            ..Item::default()
        }
    }

    fn conflict_target(&mut self, node: &SyntaxNode) {
        for child in node.children() {
            match child.kind() {
                SyntaxKind::CONFLICT_INDEX_ITEM_LIST => {
                    for item in child.children() {
                        if let Some(expression) = item.children().next() {
                            self.used(&expression, Clause::Filter);
                        }
                    }
                }
                SyntaxKind::WHERE_CLAUSE => {
                    self.children_used(&child, Clause::Filter);
                }
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
    }

    fn conflict_update(&mut self, node: &SyntaxNode, target: &Target) {
        if let Some(relation) = target.item.as_ref().and_then(|item| item.relation) {
            self.record_relation(relation, TableAction::Update);
        }
        for child in node.children() {
            match child.kind() {
                SyntaxKind::SET_CLAUSE => self.set_clause(&child, target),
                SyntaxKind::WHERE_CLAUSE => {
                    self.children_used(&child, Clause::Filter);
                }
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
    }

    /// UPDATE; the columns of RETURNING, if there are any.
    pub(super) fn update(&mut self, node: &SyntaxNode) -> Option<Shape> {
        self.see(node);
        let in_sight = self.enter_own_with(node);
        let target = self.target_of(node, TableAction::Update);
        let returning = self.change(node, &target);
        self.ctes.truncate(in_sight);
        returning
    }

    /// DELETE; the columns of RETURNING, if there are any.
    pub(super) fn delete(&mut self, node: &SyntaxNode) -> Option<Shape> {
        self.see(node);
        let in_sight = self.enter_own_with(node);
        let target = self.target_of(node, TableAction::Delete);
        let returning = self.change(node, &target);
        self.ctes.truncate(in_sight);
        returning
    }

    /// What UPDATE and DELETE have in common: other relations, a predicate, RETURNING.
    fn change(&mut self, node: &SyntaxNode, target: &Target) -> Option<Shape> {
        let mut namespace = target.namespace();
        let others = node.children().find(|child| {
            matches!(
                child.kind(),
                SyntaxKind::FROM_CLAUSE | SyntaxKind::USING_CLAUSE
            )
        });
        if let Some(others) = others {
            let read = self.read_from_list(others.children());
            namespace.extend(&read);
        }
        self.scopes.push(namespace.clone());
        let mut restriction = Restriction::Unrestricted;
        for child in node.children() {
            match child.kind() {
                SyntaxKind::WITH_CLAUSE
                | SyntaxKind::RELATION_NAME
                | SyntaxKind::OPTIONAL_AS_ALIAS
                | SyntaxKind::FROM_CLAUSE
                | SyntaxKind::USING_CLAUSE
                | SyntaxKind::RETURNING_CLAUSE => {}
                SyntaxKind::SET_CLAUSE => self.set_clause(&child, target),
                SyntaxKind::WHERE_CLAUSE => {
                    restriction = self.restriction_of(child.children(), target);
                }
                SyntaxKind::WHERE_CURRENT_OF => restriction = Restriction::Restricted,
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        self.scopes.pop();
        self.record_restriction(restriction);
        let returning = child_of_kind(node, SyntaxKind::RETURNING_CLAUSE);
        returning.map(|clause| self.returning(&clause, target, namespace))
    }

    pub(super) fn set_clause(&mut self, clause: &SyntaxNode, target: &Target) {
        let columns = clause.children().flat_map(|list| list.children());
        for column in columns.collect::<Vec<_>>() {
            match column.kind() {
                SyntaxKind::SET_SINGLE_COLUMN => self.set_single(&column, target),
                SyntaxKind::SET_MULTIPLE_COLUMNS => self.set_multiple(&column, target),
                _ => {
                    self.not_analysed(&column);
                }
            }
        }
    }

    fn set_single(&mut self, node: &SyntaxNode, target: &Target) {
        let mut children = node.children();
        let (Some(column), Some(value)) = (children.next(), children.next()) else {
            self.not_analysed(node);
            return;
        };
        self.children_used(&column, Clause::Source);
        let name = child_of_kind(&column, SyntaxKind::COLUMN_NAME_REF)
            .map(|name| name_of(&name))
            .unwrap_or_default();
        // `SET a = b` copies; the wrapper around the expression must not hide that.
        let value = match value.children().next() {
            Some(inner) if value.kind() == SyntaxKind::SET_EXPR => self.expression(&inner),
            _ => self.bag(&value),
        };
        self.assign(node, target, &name, &value.lineage);
    }

    fn set_multiple(&mut self, node: &SyntaxNode, target: &Target) {
        let mut children = node.children();
        let (Some(list), Some(source)) = (children.next(), children.next()) else {
            self.not_analysed(node);
            return;
        };
        let names = self.target_names(&list);
        let row = match source.kind() {
            SyntaxKind::SET_EXPR_LIST => self.set_row(&source),
            kind if is_query(kind) => Shape::clone(&self.query(&source)),
            _ => Shape::open(self.not_analysed(&source).lineage),
        };
        self.assign_row(node, target, Some(names), &row);
    }

    fn set_row(&mut self, list: &SyntaxNode) -> Shape {
        let mut columns = Vec::new();
        for expression in list.children() {
            let value = match expression.children().next() {
                Some(inner) => self.expression(&inner),
                None => Value::default(),
            };
            columns.push(Rc::new(Column {
                name: String::new(),
                value,
            }));
        }
        Shape::closed(columns)
    }

    /// The columns of RETURNING: a select list over the changed rows.
    pub(super) fn returning(
        &mut self,
        clause: &SyntaxNode,
        target: &Target,
        namespace: Namespace,
    ) -> Shape {
        if let Some(relation) = target.item.as_ref().and_then(|item| item.relation) {
            self.record_relation(relation, TableAction::Select);
        }
        self.scopes.push(namespace);
        let mut shape = Shape::default();
        for child in clause.children() {
            match child.kind() {
                SyntaxKind::TARGET_LIST => shape = self.target_list(&child),
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        self.scopes.pop();
        shape
    }
}

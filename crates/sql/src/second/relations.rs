//! The relations that a statement reads and writes, in the second reading.

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;

use sqlparser::ast::{
    CopySource, Delete, Expr, FromTable, FunctionArg, FunctionArgExpr, Ident, ObjectName,
    ObjectType, Query, Select, SetExpr, Statement, TableFactor, TableObject, Update, Visit,
    Visitor,
};

use super::left_out::LeftOut;
use super::scopes::Scopes;
use crate::identifier;
use crate::outline::Name;

/// What was found in a statement.
#[derive(Default)]
pub(super) struct Relations {
    pub(super) reads: BTreeSet<Name>,
    pub(super) writes: BTreeSet<Name>,
    pub(super) unrestricted: bool,
    pub(super) left_out: BTreeSet<LeftOut>,
    scopes: Scopes,
    /// Addresses of the table factors that are the target of an UPDATE, DELETE or MERGE.
    targets: HashSet<usize>,
}

/// The relations of a statement and of all that stands in it.
pub(super) fn of(statement: &Statement) -> Relations {
    let mut relations = Relations::default();
    // The visitor below never breaks off.
    let ControlFlow::Continue(()) = statement.visit(&mut relations);
    relations
}

/// The name that PostgreSQL takes an identifier of this parser for.
pub(super) fn fold(ident: &Ident) -> String {
    match ident.quote_style {
        Some(_) => identifier::clip(ident.value.clone()),
        None => identifier::clip(ident.value.to_ascii_lowercase()),
    }
}

impl Visitor for Relations {
    type Break = std::convert::Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        self.scopes.enter(query);
        self.note_table_commands(&query.body);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<Self::Break> {
        self.scopes.leave();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        let targets = select.into.iter().flat_map(|into| &into.targets);
        self.writes.extend(targets.filter_map(name_of_expression));
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Self::Break> {
        self.note_statement(statement);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Self::Break> {
        let is_target = self.targets.remove(&address(factor));
        if let Some(name) = relation_of(factor).filter(|_| !is_target) {
            let is_with_query = matches!(name.as_slice(), [only] if self.scopes.has(only));
            if !is_with_query {
                self.reads.insert(name);
            }
        }
        ControlFlow::Continue(())
    }
}

impl Relations {
    fn note_statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Insert(insert) => match &insert.table {
                TableObject::TableName(name) => self.write(name),
                TableObject::TableFunction(_) | TableObject::TableQuery(_) => {}
            },
            Statement::Update(update) => self.note_update(update),
            Statement::Delete(delete) => self.note_delete(delete),
            Statement::Merge(merge) => self.target(&merge.table),
            Statement::Truncate(truncate) => {
                truncate
                    .table_names
                    .iter()
                    .for_each(|target| self.write(&target.name));
            }
            Statement::Copy {
                source: CopySource::Table { table_name, .. },
                to,
                ..
            } => {
                let names = if *to {
                    &mut self.reads
                } else {
                    &mut self.writes
                };
                names.extend(parts(table_name));
            }
            Statement::CreateTable(create) => self.write(&create.name),
            Statement::CreateView(create) => self.write(&create.name),
            Statement::CreateIndex(create) => self.write(&create.table_name),
            Statement::AlterTable(alter) => self.write(&alter.name),
            Statement::Drop {
                object_type: ObjectType::Table | ObjectType::View | ObjectType::MaterializedView,
                names,
                ..
            } => names.iter().for_each(|name| self.write(name)),
            // Either these name no relation, or it is left out of the comparison.
            _ => {}
        }
    }

    fn note_update(&mut self, update: &Update) {
        self.target(&update.table.relation);
        self.unrestricted |= update.selection.is_none();
    }

    fn note_delete(&mut self, delete: &Delete) {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        from.iter().for_each(|table| self.target(&table.relation));
        self.unrestricted |= delete.selection.is_none();
    }

    fn write(&mut self, name: &ObjectName) {
        self.writes.extend(parts(name));
    }

    fn target(&mut self, factor: &TableFactor) {
        self.targets.insert(address(factor));
        self.writes.extend(relation_of(factor));
    }

    /// `TABLE name` in the arms of a set operation, which the visitor does not show.
    fn note_table_commands(&mut self, body: &SetExpr) {
        let mut arms = vec![body];
        while let Some(arm) = arms.pop() {
            match arm {
                SetExpr::SetOperation { left, right, .. } => arms.extend([&**left, &**right]),
                SetExpr::Table(_) => {
                    self.left_out.insert(LeftOut::TableCommand);
                }
                SetExpr::Select(_)
                | SetExpr::Query(_)
                | SetExpr::Values(_)
                | SetExpr::Insert(_)
                | SetExpr::Update(_)
                | SetExpr::Delete(_)
                | SetExpr::Merge(_) => {}
            }
        }
    }
}

fn address(factor: &TableFactor) -> usize {
    std::ptr::from_ref(factor).addr()
}

/// The relation of a table factor; `None` for functions, sub-queries and joins.
fn relation_of(factor: &TableFactor) -> Option<Name> {
    let TableFactor::Table {
        name, alias, args, ..
    } = factor
    else {
        return None;
    };
    let whole = parts(name)?;
    // A misread: ONLY is a table or a function to this parser.
    let is_only = matches!(name.0.as_slice(), [part] if part.as_ident().is_some_and(|ident| {
        ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case("only")
    }));
    match (args, alias) {
        (None, Some(alias)) if is_only => Some(vec![fold(&alias.name)]),
        (None, _) => Some(whole),
        (Some(args), _) if is_only => args.args.first().and_then(name_of_argument),
        (Some(_), _) => None,
    }
}

fn name_of_argument(argument: &FunctionArg) -> Option<Name> {
    match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => name_of_expression(expression),
        _ => None,
    }
}

fn name_of_expression(expression: &Expr) -> Option<Name> {
    match expression {
        Expr::Identifier(ident) => Some(vec![fold(ident)]),
        Expr::CompoundIdentifier(idents) => Some(idents.iter().map(fold).collect()),
        _ => None,
    }
}

fn parts(name: &ObjectName) -> Option<Name> {
    name.0
        .iter()
        .map(|part| part.as_ident().map(fold))
        .collect()
}

//! The kind of a statement in the second reading.

use sqlparser::ast::{Set, SetExpr, Statement};

use crate::outline::OutlineKind;

/// The kind of a statement; [`OutlineKind::Other`] for commands that the parser has for other
/// databases and for those whose kind is not compared.
pub(super) fn of(statement: &Statement) -> OutlineKind {
    rows(statement)
        .or_else(|| session(statement))
        .or_else(|| definition(statement))
        .unwrap_or(OutlineKind::Other)
}

fn rows(statement: &Statement) -> Option<OutlineKind> {
    Some(match statement {
        Statement::Query(query) => match query.body.as_ref() {
            // `WITH … INSERT` is a query around the INSERT to this parser.
            SetExpr::Insert(inner)
            | SetExpr::Update(inner)
            | SetExpr::Delete(inner)
            | SetExpr::Merge(inner) => return rows(inner),
            SetExpr::Select(_)
            | SetExpr::Query(_)
            | SetExpr::SetOperation { .. }
            | SetExpr::Values(_)
            | SetExpr::Table(_) => OutlineKind::Query,
        },
        Statement::Insert(_) => OutlineKind::Insert,
        Statement::Update(_) => OutlineKind::Update,
        Statement::Delete(_) => OutlineKind::Delete,
        Statement::Merge(_) => OutlineKind::Merge,
        Statement::Truncate(_) => OutlineKind::Truncate,
        Statement::Copy { .. } => OutlineKind::Copy,
        Statement::Call(_) => OutlineKind::Call,
        Statement::Lock(_) => OutlineKind::Lock,
        Statement::Explain { .. } => OutlineKind::Explain,
        _ => return None,
    })
}

fn session(statement: &Statement) -> Option<OutlineKind> {
    Some(match statement {
        Statement::Prepare { .. } => OutlineKind::Prepare,
        Statement::Execute { .. } => OutlineKind::Execute,
        Statement::Deallocate { .. } => OutlineKind::Deallocate,
        Statement::Declare { .. } | Statement::Fetch { .. } | Statement::Close { .. } => {
            OutlineKind::Cursor
        }
        Statement::Set(Set::SetTransaction { .. }) => OutlineKind::Transaction,
        Statement::Set(_) | Statement::Reset(_) | Statement::Discard { .. } => OutlineKind::Set,
        Statement::ShowVariable { .. } => OutlineKind::Show,
        Statement::StartTransaction { .. }
        | Statement::Commit { .. }
        | Statement::Rollback { .. }
        | Statement::Savepoint { .. }
        | Statement::ReleaseSavepoint { .. } => OutlineKind::Transaction,
        Statement::LISTEN { .. } | Statement::UNLISTEN { .. } | Statement::NOTIFY { .. } => {
            OutlineKind::Notify
        }
        _ => return None,
    })
}

fn definition(statement: &Statement) -> Option<OutlineKind> {
    Some(match statement {
        Statement::CreateTable(_)
        | Statement::CreateView(_)
        | Statement::CreateIndex(_)
        | Statement::CreateSchema { .. }
        | Statement::CreateDatabase { .. }
        | Statement::CreateFunction(_)
        | Statement::CreateTrigger(_)
        | Statement::CreateSequence { .. }
        | Statement::CreateDomain(_)
        | Statement::CreateType { .. }
        | Statement::CreateExtension(_)
        | Statement::CreatePolicy(_)
        | Statement::CreateRole(_) => OutlineKind::Create,
        Statement::Drop { .. }
        | Statement::DropFunction(_)
        | Statement::DropDomain(_)
        | Statement::DropProcedure { .. }
        | Statement::DropTrigger(_)
        | Statement::DropExtension(_)
        | Statement::DropPolicy(_) => OutlineKind::Drop,
        Statement::AlterTable(_)
        | Statement::AlterIndex { .. }
        | Statement::AlterView { .. }
        | Statement::AlterType(_)
        | Statement::AlterPolicy(_)
        | Statement::AlterRole { .. } => OutlineKind::Alter,
        Statement::Comment { .. } => OutlineKind::Comment,
        Statement::Grant(_) | Statement::Revoke(_) => OutlineKind::Grant,
        Statement::Analyze(_) | Statement::Vacuum(_) => OutlineKind::Administer,
        _ => return None,
    })
}

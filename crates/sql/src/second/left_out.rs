//! What the second parser is known to misread, and what is not compared.

use sqlparser::ast::Statement;

/// A class of statements of which something is not compared, and why. Each has a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LeftOut {
    /// `TABLE name`: the parser keeps the name as one string without its quotes, so that its case
    /// is not known. Reads are not compared.
    TableCommand,
    /// `CREATE TABLE` with columns: the tree holds the relations of LIKE, INHERITS and REFERENCES
    /// in places that differ by version. Reads are not compared.
    TableDefinition,
    /// `ALTER TABLE`: partitions, parents and new names stand in 90 kinds of operations. Relations
    /// are not compared.
    TableChange,
    /// Commands that name relations as their object (LOCK, COMMENT, GRANT, ANALYZE, VACUUM,
    /// policies, triggers, …): the parser does not tell a relation from another object. Relations
    /// are not compared, nor are those that stand in a function's body.
    OtherObjects,
    /// `CREATE RULE`, DO, REINDEX, CLUSTER, GRANT of a role and other commands that the parser has
    /// no kind for or another one. Nothing but "changes no rows directly" is compared.
    OtherCommands,
}

impl LeftOut {
    /// Whether the relations that are read are not compared.
    pub(super) fn reads(self) -> bool {
        match self {
            Self::TableCommand
            | Self::TableDefinition
            | Self::TableChange
            | Self::OtherObjects
            | Self::OtherCommands => true,
        }
    }

    /// Whether the relations that are written are not compared.
    pub(super) fn writes(self) -> bool {
        match self {
            Self::TableCommand | Self::TableDefinition => false,
            Self::TableChange | Self::OtherObjects | Self::OtherCommands => true,
        }
    }

    /// Whether it is not compared if an UPDATE or DELETE lacks its WHERE.
    pub(super) fn restriction(self) -> bool {
        match self {
            Self::TableCommand | Self::TableDefinition | Self::TableChange => false,
            // The bodies of functions and rules.
            Self::OtherObjects | Self::OtherCommands => true,
        }
    }
}

/// What of a statement is not compared, told from its kind.
pub(super) fn of(statement: &Statement) -> Option<LeftOut> {
    match statement {
        Statement::Query(_)
        | Statement::Insert(_)
        | Statement::Update(_)
        | Statement::Delete(_)
        | Statement::Merge(_)
        | Statement::Truncate(_)
        | Statement::Copy { .. }
        | Statement::CreateView(_)
        | Statement::Declare { .. } => None,
        Statement::Explain { statement, .. } | Statement::Prepare { statement, .. } => {
            of(statement)
        }
        Statement::CreateTable(create) if create.query.is_some() => None,
        Statement::CreateTable(_) => Some(LeftOut::TableDefinition),
        Statement::AlterTable(_) => Some(LeftOut::TableChange),
        Statement::Drop { .. }
        | Statement::CreateIndex(_)
        | Statement::CreateFunction(_)
        | Statement::CreateTrigger(_)
        | Statement::CreatePolicy(_)
        | Statement::AlterView { .. }
        | Statement::AlterPolicy(_)
        | Statement::DropTrigger(_)
        | Statement::DropPolicy(_)
        | Statement::Comment { .. }
        | Statement::Grant(_)
        | Statement::Revoke(_)
        | Statement::Lock(_)
        | Statement::Analyze(_)
        | Statement::Vacuum(_) => Some(LeftOut::OtherObjects),
        _ => Some(LeftOut::OtherCommands),
    }
}

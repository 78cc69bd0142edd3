//! The kind of a statement by the name of its node.

use serde_json::Value;
use sql::outline::OutlineKind as Kind;

/// The name of a node's type, and its fields.
pub(crate) fn typed(node: &Value) -> Option<(&str, &Value)> {
    let (name, fields) = node.get("node")?.as_object()?.iter().next()?;
    Some((name, fields))
}

/// The kind of a statement.
pub(crate) fn of(statement: &Value) -> Kind {
    let Some((name, fields)) = typed(statement) else {
        return Kind::Other;
    };
    match name {
        "SelectStmt" => Kind::Query,
        "InsertStmt" => Kind::Insert,
        "UpdateStmt" => Kind::Update,
        "DeleteStmt" => Kind::Delete,
        "MergeStmt" => Kind::Merge,
        "TruncateStmt" => Kind::Truncate,
        "CopyStmt" => Kind::Copy,
        "CallStmt" => Kind::Call,
        "DoStmt" => Kind::Do,
        "LockStmt" => Kind::Lock,
        "ExplainStmt" => Kind::Explain,
        "PrepareStmt" => Kind::Prepare,
        "ExecuteStmt" => Kind::Execute,
        "DeallocateStmt" => Kind::Deallocate,
        "DeclareCursorStmt" | "FetchStmt" | "ClosePortalStmt" => Kind::Cursor,
        "VariableSetStmt" if fields["name"].as_str().is_some_and(is_transaction) => {
            Kind::Transaction
        }
        "VariableSetStmt" | "DiscardStmt" => Kind::Set,
        "VariableShowStmt" => Kind::Show,
        "TransactionStmt" | "ConstraintsSetStmt" => Kind::Transaction,
        "ListenStmt" | "UnlistenStmt" | "NotifyStmt" => Kind::Notify,
        "CommentStmt" => Kind::Comment,
        "GrantStmt" | "GrantRoleStmt" => Kind::Grant,
        "VacuumStmt"
        | "ClusterStmt"
        | "ReindexStmt"
        | "RefreshMatViewStmt"
        | "CheckPointStmt"
        | "LoadStmt"
        | "ReassignOwnedStmt"
        | "DropOwnedStmt"
        | "ImportForeignSchemaStmt"
        | "SecLabelStmt"
        | "AlterSystemStmt" => Kind::Administer,
        "ViewStmt" | "IndexStmt" | "RuleStmt" | "DefineStmt" | "CompositeTypeStmt" => Kind::Create,
        "RenameStmt" => Kind::Alter,
        _ if name.starts_with("Create") || name.starts_with("Createdb") => Kind::Create,
        _ if name.starts_with("Drop") => Kind::Drop,
        _ if name.starts_with("Alter") => Kind::Alter,
        _ => Kind::Other,
    }
}

/// SET TRANSACTION and SET SESSION CHARACTERISTICS are settings of these names to the grammar.
fn is_transaction(name: &str) -> bool {
    matches!(
        name,
        "TRANSACTION" | "TRANSACTION SNAPSHOT" | "SESSION CHARACTERISTICS"
    )
}

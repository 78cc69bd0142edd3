//! What a statement is, coarsely.

use squawk_syntax::{SyntaxKind, SyntaxNode};

/// What a statement is, coarsely: what every reader of SQL must see in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutlineKind {
    /// SELECT, VALUES, TABLE, `SELECT … INTO`, with or without WITH.
    Query,
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// MERGE.
    Merge,
    /// TRUNCATE.
    Truncate,
    /// COPY in either direction.
    Copy,
    /// CALL.
    Call,
    /// DO.
    Do,
    /// LOCK TABLE.
    Lock,
    /// EXPLAIN of anything.
    Explain,
    /// PREPARE.
    Prepare,
    /// EXECUTE.
    Execute,
    /// DEALLOCATE.
    Deallocate,
    /// DECLARE, FETCH, MOVE, CLOSE.
    Cursor,
    /// CREATE of anything, `CREATE TABLE … AS` too.
    Create,
    /// DROP of anything.
    Drop,
    /// ALTER of anything.
    Alter,
    /// COMMENT ON.
    Comment,
    /// GRANT, REVOKE.
    Grant,
    /// SET, RESET, DISCARD.
    Set,
    /// SHOW.
    Show,
    /// What begins, ends or marks a transaction, and its characteristics.
    Transaction,
    /// LISTEN, UNLISTEN, NOTIFY.
    Notify,
    /// VACUUM, ANALYZE, CLUSTER, REINDEX, REFRESH and the other commands of the administrator.
    Administer,
    /// None of them.
    Other,
}

/// The kind of a statement of the tree.
pub(super) fn of(statement: &SyntaxNode) -> OutlineKind {
    let kind = statement.kind();
    query_or_change(kind)
        .or_else(|| session(kind))
        .or_else(|| definition(kind))
        .unwrap_or(OutlineKind::Other)
}

fn query_or_change(kind: SyntaxKind) -> Option<OutlineKind> {
    Some(match kind {
        SyntaxKind::SELECT
        | SyntaxKind::SELECT_INTO
        | SyntaxKind::VALUES
        | SyntaxKind::TABLE
        | SyntaxKind::COMPOUND_SELECT
        | SyntaxKind::PAREN_SELECT => OutlineKind::Query,
        SyntaxKind::INSERT => OutlineKind::Insert,
        SyntaxKind::UPDATE => OutlineKind::Update,
        SyntaxKind::DELETE => OutlineKind::Delete,
        SyntaxKind::MERGE => OutlineKind::Merge,
        SyntaxKind::TRUNCATE => OutlineKind::Truncate,
        SyntaxKind::COPY => OutlineKind::Copy,
        SyntaxKind::CALL => OutlineKind::Call,
        SyntaxKind::DO => OutlineKind::Do,
        SyntaxKind::LOCK => OutlineKind::Lock,
        SyntaxKind::EXPLAIN => OutlineKind::Explain,
        _ => return None,
    })
}

fn session(kind: SyntaxKind) -> Option<OutlineKind> {
    Some(match kind {
        SyntaxKind::PREPARE => OutlineKind::Prepare,
        SyntaxKind::EXECUTE => OutlineKind::Execute,
        SyntaxKind::DEALLOCATE => OutlineKind::Deallocate,
        SyntaxKind::DECLARE | SyntaxKind::FETCH | SyntaxKind::MOVE | SyntaxKind::CLOSE => {
            OutlineKind::Cursor
        }
        SyntaxKind::SET
        | SyntaxKind::SET_ROLE
        | SyntaxKind::SET_SESSION_AUTH
        | SyntaxKind::RESET
        | SyntaxKind::RESET_ROLE
        | SyntaxKind::RESET_SESSION_AUTH
        | SyntaxKind::DISCARD => OutlineKind::Set,
        SyntaxKind::SHOW => OutlineKind::Show,
        SyntaxKind::BEGIN
        | SyntaxKind::COMMIT_TRANSACTION
        | SyntaxKind::COMMIT_PREPARED
        | SyntaxKind::ROLLBACK_TRANSACTION
        | SyntaxKind::ROLLBACK_PREPARED
        | SyntaxKind::PREPARE_TRANSACTION
        | SyntaxKind::SAVEPOINT_CREATE
        | SyntaxKind::RELEASE_SAVEPOINT
        | SyntaxKind::ROLLBACK_TO_SAVEPOINT
        | SyntaxKind::SET_TRANSACTION
        | SyntaxKind::SET_CONSTRAINTS => OutlineKind::Transaction,
        SyntaxKind::LISTEN | SyntaxKind::UNLISTEN | SyntaxKind::NOTIFY => OutlineKind::Notify,
        _ => return None,
    })
}

fn definition(kind: SyntaxKind) -> Option<OutlineKind> {
    Some(match kind {
        SyntaxKind::COMMENT_ON => OutlineKind::Comment,
        SyntaxKind::GRANT
        | SyntaxKind::REVOKE
        | SyntaxKind::GRANT_DEFAULT_PRIVILEGES
        | SyntaxKind::REVOKE_DEFAULT_PRIVILEGES => OutlineKind::Grant,
        SyntaxKind::VACUUM
        | SyntaxKind::ANALYZE
        | SyntaxKind::CLUSTER
        | SyntaxKind::REINDEX
        | SyntaxKind::REFRESH
        | SyntaxKind::CHECKPOINT
        | SyntaxKind::LOAD
        | SyntaxKind::REASSIGN
        | SyntaxKind::DROP_OWNED
        | SyntaxKind::IMPORT_FOREIGN_SCHEMA
        | SyntaxKind::SECURITY_LABEL
        | SyntaxKind::ALTER_SYSTEM => OutlineKind::Administer,
        other => return by_name(other),
    })
}

/// The 150 commands that make, change and drop objects are told by the first word of their kind.
fn by_name(kind: SyntaxKind) -> Option<OutlineKind> {
    let name = format!("{kind:?}");
    let is = |command: &str| name.starts_with(command);
    [
        ("CREATE_", OutlineKind::Create),
        ("DROP_", OutlineKind::Drop),
        ("ALTER_", OutlineKind::Alter),
    ]
    .into_iter()
    .find_map(|(command, kind)| is(command).then_some(kind))
}

//! Which statements are read alike.

use squawk_syntax::ast::Stmt;

use crate::facts::Object;

/// How a statement is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Query,
    SelectInto,
    /// INSERT, UPDATE, DELETE, MERGE.
    RowChange,
    Copy,
    Call,
    Explain,
    Prepare,
    Declare,
    Execute,
    Fetch,
    Truncate,
    Lock,
    Show,
    Do,
    Move,
    Close,
    Deallocate,
    Listen,
    Unlisten,
    Notify,
    Empty,
    /// SET, RESET and DISCARD.
    Setting,
    Transaction,
    /// What administrators run, by its name.
    Upkeep(&'static str),
    CreateTable(Object),
    CreateTableAs,
    CreateMaterializedView,
    CreateView,
    CreateSchema,
    /// Any other CREATE.
    Create(Object),
    Alter(Object),
    Drop(Object),
    Comment,
    Grant,
    /// Syntax of servers that are not supported, by its name.
    NotAnalysed(&'static str),
}

/// The group of each statement that the parser knows. There is no wildcard: what a later parser
/// knows more must be placed here before this builds.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one row for each kind of statement"
)]
pub(super) fn group(statement: &Stmt) -> Group {
    match statement {
        Stmt::Select(_)
        | Stmt::CompoundSelect(_)
        | Stmt::ParenSelect(_)
        | Stmt::Table(_)
        | Stmt::Values(_) => Group::Query,
        Stmt::SelectInto(_) => Group::SelectInto,
        Stmt::Insert(_) | Stmt::Update(_) | Stmt::Delete(_) | Stmt::Merge(_) => Group::RowChange,
        Stmt::Copy(_) => Group::Copy,
        Stmt::Call(_) => Group::Call,
        Stmt::Explain(_) => Group::Explain,
        Stmt::Prepare(_) => Group::Prepare,
        Stmt::Declare(_) => Group::Declare,
        Stmt::Execute(_) => Group::Execute,
        Stmt::Fetch(_) => Group::Fetch,
        Stmt::Truncate(_) => Group::Truncate,
        Stmt::Lock(_) => Group::Lock,
        Stmt::Show(_) => Group::Show,
        Stmt::Do(_) => Group::Do,
        Stmt::Move(_) => Group::Move,
        Stmt::Close(_) => Group::Close,
        Stmt::Deallocate(_) => Group::Deallocate,
        Stmt::Listen(_) => Group::Listen,
        Stmt::Unlisten(_) => Group::Unlisten,
        Stmt::Notify(_) => Group::Notify,
        Stmt::EmptyStmt(_) => Group::Empty,
        Stmt::Set(_)
        | Stmt::SetRole(_)
        | Stmt::SetSessionAuth(_)
        | Stmt::Reset(_)
        | Stmt::ResetRole(_)
        | Stmt::ResetSessionAuth(_)
        | Stmt::Discard(_) => Group::Setting,
        Stmt::Begin(_)
        | Stmt::Commit(_)
        | Stmt::Rollback(_)
        | Stmt::SavepointCreate(_)
        | Stmt::ReleaseSavepoint(_)
        | Stmt::PrepareTransaction(_)
        | Stmt::SetTransaction(_)
        | Stmt::SetConstraints(_) => Group::Transaction,
        Stmt::Vacuum(_) => Group::Upkeep("VACUUM"),
        Stmt::Analyze(_) => Group::Upkeep("ANALYZE"),
        Stmt::Cluster(_) => Group::Upkeep("CLUSTER"),
        Stmt::Reindex(_) => Group::Upkeep("REINDEX"),
        Stmt::Refresh(_) => Group::Upkeep("REFRESH MATERIALIZED VIEW"),
        Stmt::SecurityLabel(_) => Group::Upkeep("SECURITY LABEL"),
        Stmt::Checkpoint(_) => Group::Upkeep("CHECKPOINT"),
        Stmt::Load(_) => Group::Upkeep("LOAD"),
        Stmt::Reassign(_) => Group::Upkeep("REASSIGN OWNED"),
        Stmt::DropOwned(_) => Group::Upkeep("DROP OWNED"),
        Stmt::ImportForeignSchema(_) => Group::Upkeep("IMPORT FOREIGN SCHEMA"),
        Stmt::AlterSystem(_) => Group::Upkeep("ALTER SYSTEM"),
        Stmt::Repack(_) => Group::NotAnalysed("REPACK"),
        Stmt::CreatePropertyGraph(_) => Group::NotAnalysed("CREATE PROPERTY GRAPH"),
        Stmt::AlterPropertyGraph(_) => Group::NotAnalysed("ALTER PROPERTY GRAPH"),
        Stmt::DropPropertyGraph(_) => Group::NotAnalysed("DROP PROPERTY GRAPH"),
        Stmt::CreateTable(_) => Group::CreateTable(Object::Table),
        Stmt::CreateForeignTable(_) => Group::CreateTable(Object::ForeignObject),
        Stmt::CreateTableAs(_) => Group::CreateTableAs,
        Stmt::CreateMaterializedView(_) => Group::CreateMaterializedView,
        Stmt::CreateView(_) => Group::CreateView,
        Stmt::CreateSchema(_) => Group::CreateSchema,
        Stmt::CreateAccessMethod(_)
        | Stmt::CreateConversion(_)
        | Stmt::CreateTablespace(_)
        | Stmt::CreateTransform(_) => Group::Create(Object::Other),
        Stmt::CreateAggregate(_) => Group::Create(Object::Aggregate),
        Stmt::CreateCast(_) => Group::Create(Object::Cast),
        Stmt::CreateCollation(_) => Group::Create(Object::Collation),
        Stmt::CreateDatabase(_) => Group::Create(Object::Database),
        Stmt::CreateDomain(_) => Group::Create(Object::Domain),
        Stmt::CreateEventTrigger(_) => Group::Create(Object::EventTrigger),
        Stmt::CreateExtension(_) => Group::Create(Object::Extension),
        Stmt::CreateForeignDataWrapper(_) | Stmt::CreateServer(_) | Stmt::CreateUserMapping(_) => {
            Group::Create(Object::ForeignObject)
        }
        Stmt::CreateFunction(_) => Group::Create(Object::Function),
        Stmt::CreateGroup(_) | Stmt::CreateRole(_) | Stmt::CreateUser(_) => {
            Group::Create(Object::Role)
        }
        Stmt::CreateIndex(_) => Group::Create(Object::Index),
        Stmt::CreateLanguage(_) => Group::Create(Object::Language),
        Stmt::CreateOperator(_) | Stmt::CreateOperatorClass(_) | Stmt::CreateOperatorFamily(_) => {
            Group::Create(Object::Operator)
        }
        Stmt::CreatePolicy(_) => Group::Create(Object::Policy),
        Stmt::CreateProcedure(_) => Group::Create(Object::Procedure),
        Stmt::CreatePublication(_) => Group::Create(Object::Publication),
        Stmt::CreateRule(_) => Group::Create(Object::Rule),
        Stmt::CreateSequence(_) => Group::Create(Object::Sequence),
        Stmt::CreateStatistics(_) => Group::Create(Object::Statistics),
        Stmt::CreateSubscription(_) => Group::Create(Object::Subscription),
        Stmt::CreateTextSearchConfiguration(_)
        | Stmt::CreateTextSearchDictionary(_)
        | Stmt::CreateTextSearchParser(_)
        | Stmt::CreateTextSearchTemplate(_) => Group::Create(Object::TextSearch),
        Stmt::CreateTrigger(_) => Group::Create(Object::Trigger),
        Stmt::CreateType(_) => Group::Create(Object::Type),
        Stmt::AlterConversion(_) | Stmt::AlterLargeObject(_) | Stmt::AlterTablespace(_) => {
            Group::Alter(Object::Other)
        }
        Stmt::AlterAggregate(_) => Group::Alter(Object::Aggregate),
        Stmt::AlterCollation(_) => Group::Alter(Object::Collation),
        Stmt::AlterDatabase(_) => Group::Alter(Object::Database),
        Stmt::AlterDomain(_) => Group::Alter(Object::Domain),
        Stmt::AlterEventTrigger(_) => Group::Alter(Object::EventTrigger),
        Stmt::AlterExtension(_) => Group::Alter(Object::Extension),
        Stmt::AlterForeignDataWrapper(_)
        | Stmt::AlterForeignTable(_)
        | Stmt::AlterServer(_)
        | Stmt::AlterUserMapping(_) => Group::Alter(Object::ForeignObject),
        Stmt::AlterFunction(_) | Stmt::AlterRoutine(_) => Group::Alter(Object::Function),
        Stmt::AlterGroup(_) | Stmt::AlterRole(_) | Stmt::AlterUser(_) => Group::Alter(Object::Role),
        Stmt::AlterIndex(_) => Group::Alter(Object::Index),
        Stmt::AlterLanguage(_) => Group::Alter(Object::Language),
        Stmt::AlterMaterializedView(_) => Group::Alter(Object::MaterializedView),
        Stmt::AlterOperator(_) | Stmt::AlterOperatorClass(_) | Stmt::AlterOperatorFamily(_) => {
            Group::Alter(Object::Operator)
        }
        Stmt::AlterPolicy(_) => Group::Alter(Object::Policy),
        Stmt::AlterProcedure(_) => Group::Alter(Object::Procedure),
        Stmt::AlterPublication(_) => Group::Alter(Object::Publication),
        Stmt::AlterRule(_) => Group::Alter(Object::Rule),
        Stmt::AlterSchema(_) => Group::Alter(Object::Schema),
        Stmt::AlterSequence(_) => Group::Alter(Object::Sequence),
        Stmt::AlterStatistics(_) => Group::Alter(Object::Statistics),
        Stmt::AlterSubscription(_) => Group::Alter(Object::Subscription),
        Stmt::AlterTable(_) => Group::Alter(Object::Table),
        Stmt::AlterTextSearchConfiguration(_)
        | Stmt::AlterTextSearchDictionary(_)
        | Stmt::AlterTextSearchParser(_)
        | Stmt::AlterTextSearchTemplate(_) => Group::Alter(Object::TextSearch),
        Stmt::AlterTrigger(_) => Group::Alter(Object::Trigger),
        Stmt::AlterType(_) => Group::Alter(Object::Type),
        Stmt::AlterView(_) => Group::Alter(Object::View),
        Stmt::DropAccessMethod(_)
        | Stmt::DropConversion(_)
        | Stmt::DropTablespace(_)
        | Stmt::DropTransform(_) => Group::Drop(Object::Other),
        Stmt::DropAggregate(_) => Group::Drop(Object::Aggregate),
        Stmt::DropCast(_) => Group::Drop(Object::Cast),
        Stmt::DropCollation(_) => Group::Drop(Object::Collation),
        Stmt::DropDatabase(_) => Group::Drop(Object::Database),
        Stmt::DropDomain(_) => Group::Drop(Object::Domain),
        Stmt::DropEventTrigger(_) => Group::Drop(Object::EventTrigger),
        Stmt::DropExtension(_) => Group::Drop(Object::Extension),
        Stmt::DropForeignDataWrapper(_)
        | Stmt::DropForeignTable(_)
        | Stmt::DropServer(_)
        | Stmt::DropUserMapping(_) => Group::Drop(Object::ForeignObject),
        Stmt::DropFunction(_) | Stmt::DropRoutine(_) => Group::Drop(Object::Function),
        Stmt::DropGroup(_) | Stmt::DropRole(_) | Stmt::DropUser(_) => Group::Drop(Object::Role),
        Stmt::DropIndex(_) => Group::Drop(Object::Index),
        Stmt::DropLanguage(_) => Group::Drop(Object::Language),
        Stmt::DropMaterializedView(_) => Group::Drop(Object::MaterializedView),
        Stmt::DropOperator(_) | Stmt::DropOperatorClass(_) | Stmt::DropOperatorFamily(_) => {
            Group::Drop(Object::Operator)
        }
        Stmt::DropPolicy(_) => Group::Drop(Object::Policy),
        Stmt::DropProcedure(_) => Group::Drop(Object::Procedure),
        Stmt::DropPublication(_) => Group::Drop(Object::Publication),
        Stmt::DropRule(_) => Group::Drop(Object::Rule),
        Stmt::DropSchema(_) => Group::Drop(Object::Schema),
        Stmt::DropSequence(_) => Group::Drop(Object::Sequence),
        Stmt::DropStatistics(_) => Group::Drop(Object::Statistics),
        Stmt::DropSubscription(_) => Group::Drop(Object::Subscription),
        Stmt::DropTable(_) => Group::Drop(Object::Table),
        Stmt::DropTextSearchConfig(_)
        | Stmt::DropTextSearchDict(_)
        | Stmt::DropTextSearchParser(_)
        | Stmt::DropTextSearchTemplate(_) => Group::Drop(Object::TextSearch),
        Stmt::DropTrigger(_) => Group::Drop(Object::Trigger),
        Stmt::DropType(_) => Group::Drop(Object::Type),
        Stmt::DropView(_) => Group::Drop(Object::View),
        Stmt::CommentOn(_) => Group::Comment,
        Stmt::Grant(_) | Stmt::Revoke(_) | Stmt::AlterDefaultPrivileges(_) => Group::Grant,
    }
}

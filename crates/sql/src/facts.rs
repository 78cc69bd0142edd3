//! What a statement is and touches.
//!
//! Facts are plain values: they name relations, columns and functions by the identifiers of the
//! catalog snapshot against which the statement was read, so that labels, policy and the server's
//! RowDescription meet on the same keys.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::catalog::Oid;

/// One SQL statement of a text, with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Byte range of the statement in the text that was read, without the semicolon.
    pub range: Range<usize>,
    /// The statement with literals replaced by `$n`-free placeholders (`?`), comments removed and
    /// white space folded: fit for a record or a screen, holds no literal.
    pub normalised: String,
    /// SHA-256 of `normalised`.
    pub fingerprint: Fingerprint,
    /// What it is and touches.
    pub facts: Facts,
}

/// SHA-256 of a statement's normalised text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A column of a relation: the key under which labels, lineage and RowDescription meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnId {
    /// The relation's `pg_class.oid`.
    pub relation: Oid,
    /// The column's `pg_attribute.attnum` (1 and up; system columns are negative).
    pub number: i16,
}

/// What a statement is and touches.
///
/// Everything below a statement counts: sub-queries, data-modifying CTEs, the query under EXPLAIN,
/// COPY, DECLARE, PREPARE and CREATE TABLE AS add their relations, columns and functions here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The kind of the outermost statement.
    pub kind: Kind,
    /// Relations used, each with what is done to it. No duplicates.
    pub relations: BTreeSet<RelationUse>,
    /// Columns used, each with the clause in which it stands. No duplicates.
    pub columns: BTreeSet<ColumnUse>,
    /// Functions called that are not known to be harmless (see [`FunctionClass`]), and procedures.
    /// Harmless built-ins are left out.
    pub functions: BTreeSet<FunctionUse>,
    /// The columns of the result. Of PREPARE and DECLARE, which return nothing themselves: those
    /// that the EXECUTE or FETCH of their name will return.
    pub outputs: Outputs,
    /// Values written into columns, with where they come from; and values that leave the query
    /// otherwise, as arguments of a procedure or of a function that changes state or reaches
    /// outside.
    pub flows: Vec<Flow>,
    /// Whether every UPDATE and DELETE in the statement has a restricting predicate.
    pub restriction: Restriction,
    /// Session settings that the statement changes: by SET, RESET and DISCARD, by calling
    /// `set_config`, or through the view `pg_settings`. Of PREPARE and DECLARE those that the
    /// EXECUTE or FETCH of their name will change.
    pub settings: Vec<SettingChange>,
    /// Schemas in which the statement creates objects, and schemas created or dropped, by name.
    pub schemas: BTreeSet<SchemaUse>,
    /// What could not be resolved or is not analysed. Not empty means: the facts are incomplete and
    /// the statement needs the permission `run_opaque`.
    pub unresolved: Vec<Unresolved>,
}

/// The kind of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the SQL commands")]
pub enum Kind {
    /// Nothing but white space and comments.
    Empty,
    Select,
    Insert,
    Update,
    Delete,
    Merge,
    Truncate,
    /// `COPY … FROM STDIN`.
    CopyIn(CopyFormat),
    /// `COPY … TO STDOUT`.
    CopyOut(CopyFormat),
    /// COPY from or to a file or program of the server.
    CopyServer,
    Call,
    Do,
    Lock,
    Create(Object),
    /// `CREATE TABLE … AS`, `SELECT … INTO`, `CREATE MATERIALIZED VIEW`.
    CreateAs(Object),
    Alter(Object),
    Drop(Object),
    Comment,
    /// GRANT or REVOKE.
    Grant,
    Explain {
        /// ANALYZE was given: the statement under it is run.
        analyze: bool,
    },
    Prepare {
        name: String,
    },
    /// The facts of what it runs are those of the prepared statement of that name, which the
    /// session knows.
    Execute {
        name: String,
    },
    /// `None`: DEALLOCATE ALL.
    Deallocate {
        name: Option<String>,
    },
    Declare {
        cursor: String,
        hold: Holdability,
    },
    /// FETCH. The columns of the result are those of the cursor, which the session knows.
    Fetch {
        cursor: String,
    },
    Move {
        cursor: String,
    },
    /// `None`: CLOSE ALL.
    Close {
        cursor: Option<String>,
    },
    Transaction(Transaction),
    Set,
    Reset,
    Show {
        name: String,
    },
    Discard,
    Listen,
    Unlisten,
    Notify,
    /// VACUUM, ANALYZE, CLUSTER, REINDEX, REFRESH MATERIALIZED VIEW, CHECKPOINT, LOAD, SECURITY
    /// LABEL, REASSIGN OWNED, DROP OWNED, IMPORT FOREIGN SCHEMA, ALTER SYSTEM.
    Administer(&'static str),
    /// A text that cannot be read: any number of statements of any kind, or a mistake.
    Unreadable,
}

/// Whether a cursor outlives the commit of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of SQL")]
pub enum Holdability {
    WithHold,
    WithoutHold,
}

/// The commands that begin, end or mark a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the SQL commands")]
pub enum Transaction {
    Begin,
    Commit,
    Rollback,
    Savepoint(String),
    Release(String),
    RollbackTo(String),
    /// PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED.
    TwoPhase,
    /// SET TRANSACTION, SET SESSION CHARACTERISTICS, SET CONSTRAINTS.
    Characteristics,
}

/// Format of COPY data.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CopyFormat {
    /// The text format.
    Text(CopyOptions),
    /// CSV.
    Csv(CopyOptions),
    /// The binary format.
    Binary,
}

/// Options of COPY that shape the bytes. Defaults are filled in per format.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CopyOptions {
    /// Separates columns; one byte.
    pub delimiter: u8,
    /// The string that stands for NULL.
    pub null: Vec<u8>,
    /// The first line carries column names.
    pub header: bool,
    /// CSV: the quoting character.
    pub quote: u8,
    /// CSV: the character before a quote inside a quoted value.
    pub escape: u8,
    /// CSV: what is quoted whether it needs to be or not.
    pub force_quote: ForceQuote,
}

/// `FORCE_QUOTE` of COPY.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum ForceQuote {
    /// No column.
    #[default]
    None,
    /// `*`.
    All,
    /// The columns with these names.
    Columns(Vec<String>),
}

/// Kinds of objects that DDL makes, changes or drops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of PostgreSQL's objects")]
pub enum Object {
    Table,
    TemporaryTable,
    View,
    MaterializedView,
    Index,
    Sequence,
    Schema,
    Database,
    Function,
    Procedure,
    Aggregate,
    Operator,
    Type,
    Domain,
    Cast,
    Collation,
    Extension,
    Trigger,
    EventTrigger,
    Rule,
    Policy,
    Role,
    Statistics,
    ForeignObject,
    Publication,
    Subscription,
    Language,
    TextSearch,
    /// Anything else that DDL knows.
    Other,
}

/// A relation and what is done to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationUse {
    /// The relation's OID in the catalog snapshot.
    pub relation: Oid,
    /// What is done to it.
    pub action: TableAction,
}

/// What a statement does to a relation. The names are those of the policy's actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the policy's actions")]
pub enum TableAction {
    Select,
    Insert,
    Update,
    Delete,
    Truncate,
    Merge,
    CopyIn,
    CopyOut,
    Lock,
    Alter,
    Drop,
    Grant,
    Administer,
}

impl TableAction {
    /// The policy's word for it, which records and reports use too.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Truncate => "truncate",
            Self::Merge => "merge",
            Self::CopyIn => "copy_in",
            Self::CopyOut => "copy_out",
            Self::Lock => "lock",
            Self::Alter => "alter",
            Self::Drop => "drop",
            Self::Grant => "grant",
            Self::Administer => "administer",
        }
    }
}

/// A column and the clause in which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnUse {
    /// The column; always of a stored relation or a system relation, never of a view that could be
    /// expanded.
    pub column: ColumnId,
    /// Where it stands.
    pub clause: Clause,
}

/// The place in which a column is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clause {
    /// In a select list, RETURNING or VALUES, or handed on by a sub-query in FROM.
    Output,
    /// WHERE, HAVING, FILTER, JOIN … ON, CASE conditions outside an output, EXISTS and IN
    /// sub-queries, LIMIT, ON CONFLICT … WHERE, function arguments in FROM.
    Filter,
    /// JOIN … USING and NATURAL JOIN.
    Join,
    /// ORDER BY.
    Order,
    /// GROUP BY.
    Group,
    /// DISTINCT, UNION, INTERSECT, EXCEPT without ALL.
    Distinct,
    /// Window definitions.
    Window,
    /// Assigned by INSERT, UPDATE, MERGE or COPY FROM.
    Assigned,
    /// On the right-hand side of an assignment.
    Source,
}

impl Clause {
    /// Whether a use in this clause lets the result depend on the value without showing it: policy
    /// asks `filter` for the column.
    pub fn needs_filter(self) -> bool {
        match self {
            Self::Filter
            | Self::Join
            | Self::Order
            | Self::Group
            | Self::Distinct
            | Self::Window => true,
            Self::Output | Self::Assigned | Self::Source => false,
        }
    }
}

/// A function that is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionUse {
    /// Schema in the catalog snapshot; `None` when no such function is known.
    pub schema: Option<String>,
    /// Name, folded as PostgreSQL folds it.
    pub name: String,
    /// What is known about it.
    pub class: FunctionClass,
}

/// What is known about a function. Harmless built-ins never appear in facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FunctionClass {
    /// Runs SQL that is given as text (`query_to_xml`, `dblink`, `ts_stat`, …).
    RunsSql,
    /// Reaches files, other servers, programs or large objects (`pg_read_file`, `lo_export`, …).
    ReachesOutside,
    /// Changes the session or the server (`set_config`, `pg_terminate_backend`, `pg_sleep`,
    /// `pg_notify`, advisory locks, …).
    ChangesState,
    /// Not of PostgreSQL itself: what it does is not known.
    UserDefined,
    /// Named in the text but not in the catalog snapshot.
    Unknown,
}

/// The columns of a statement's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outputs {
    /// It returns no rows.
    None,
    /// The columns, in order, as PostgreSQL will return them.
    Columns(Vec<OutputColumn>),
    /// One or more columns that hold no table data of their own (SHOW); nothing to protect.
    Harmless,
    /// The number of columns is not known before the server says it; each may hold anything that
    /// comes from these columns (EXPLAIN of a query) or, when opaque, from anywhere.
    Unknown(Lineage),
    /// Those of the prepared statement or cursor that the kind names.
    Named,
}

/// One column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputColumn {
    /// The name that PostgreSQL will give it.
    pub name: String,
    /// Where its values come from.
    pub lineage: Lineage,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lineage {
    /// Every column whose value can flow into it. Columns that only decide *whether* a row is there
    /// are not sources; they stand in [`Facts::columns`] with their clause.
    pub sources: BTreeSet<ColumnId>,
    /// How it is made of them.
    pub derivation: Derivation,
}

impl Lineage {
    /// The unchanged value of one column.
    pub fn copied(column: ColumnId) -> Self {
        Self {
            sources: BTreeSet::from([column]),
            derivation: Derivation::Copied,
        }
    }

    /// A value of which nothing is known.
    pub fn opaque() -> Self {
        Self {
            sources: BTreeSet::new(),
            derivation: Derivation::Opaque,
        }
    }

    /// The same sources, computed instead of copied.
    pub(crate) fn derived(mut self) -> Self {
        if self.derivation == Derivation::Copied {
            self.derivation = Derivation::Derived;
        }
        self
    }

    /// Makes this the lineage of a value that is computed from both.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.sources.extend(other.sources.iter().copied());
        let opaque = [self.derivation, other.derivation].contains(&Derivation::Opaque);
        self.derivation = if opaque {
            Derivation::Opaque
        } else {
            Derivation::Derived
        };
    }
}

/// How a value is made of its sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Derivation {
    /// The unchanged value of exactly one column.
    Copied,
    /// Computed from the sources and nothing else; without sources it is a constant.
    #[default]
    Derived,
    /// Also made by something that is not known (an unlisted function, an unknown relation).
    Opaque,
}

/// Values that are written into a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The column that is written; `None` when the relation does not exist yet or is unknown, or
    /// when the value goes elsewhere than into a column.
    pub target: Option<ColumnId>,
    /// Where the value comes from.
    pub lineage: Lineage,
}

/// Whether the UPDATEs and DELETEs of a statement are restricted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// There is no UPDATE, DELETE or MERGE in the statement.
    NotApplicable,
    /// Each has a predicate that can be told to restrict: it uses a column of the target, has no
    /// OR, no NOT and no constant truth at any depth.
    Restricted,
    /// At least one has none.
    Unrestricted,
}

/// A change of a session setting.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SettingChange {
    /// Which.
    pub setting: Setting,
    /// To what.
    pub value: SettingValue,
    /// Until when.
    pub lasting: Lasting,
}

/// Which setting is changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Setting {
    /// The one of this name, in lower case.
    Named(String),
    /// All: RESET ALL or DISCARD ALL.
    All,
    /// Not known before the statement runs.
    Unknown,
}

/// The value that a setting is changed to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SettingValue {
    /// That with which the session began: RESET, SET … TO DEFAULT.
    Default,
    /// The values that SET lists, without quotes.
    Given(Vec<String>),
    /// One text, given to a call of `set_config` that happens exactly once.
    Text(String),
    /// One text, given to a call of `set_config` that may not happen, or more than once.
    Perhaps(String),
    /// Not known before the statement runs.
    Unknown,
}

impl SettingValue {
    /// The value as one text, where it is known.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Given(values) => Some(values.join(", ")),
            Self::Text(text) | Self::Perhaps(text) => Some(text.clone()),
            Self::Default | Self::Unknown => None,
        }
    }
}

/// Until when a change of a setting lasts, if nothing takes it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lasting {
    /// To the end of the session.
    Session,
    /// To the end of the transaction: SET LOCAL.
    Transaction,
    /// Not known before the statement runs.
    Unknown,
}

/// A schema and what is done in or to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaUse {
    /// Name of the schema.
    pub schema: String,
    /// What is done.
    pub action: SchemaAction,
}

/// What a statement does to a schema. The names are those of the policy's actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the policy's actions")]
pub enum SchemaAction {
    /// An object is made in it, or the schema itself is made.
    Create,
    Alter,
    Drop,
    Grant,
}

/// Something that could not be resolved, or is not analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// Byte offset in the text that was read, where known.
    pub position: Option<usize>,
    /// What and why, in words, lower case, no full stop; holds identifiers in back-ticks, never a
    /// literal.
    pub reason: String,
}

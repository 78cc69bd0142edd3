//! The actions of the schema.

use sql::facts::{SchemaAction, TableAction};

use crate::disclosure::Disclosure;

/// Declares the actions, each with its name in the schema.
macro_rules! actions {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// An action that policies decide about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Action { $($variant),* }

        impl Action {
            /// Every action.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name, as in `Action::"select"`.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

actions! {
    Connect = "connect",
    Select = "select",
    CopyOut = "copy_out",
    Insert = "insert",
    Update = "update",
    Delete = "delete",
    Truncate = "truncate",
    Merge = "merge",
    CopyIn = "copy_in",
    Lock = "lock",
    Call = "call",
    Create = "create",
    Alter = "alter",
    Drop = "drop",
    Grant = "grant",
    Administer = "administer",
    RunOpaque = "run_opaque",
    Listen = "listen",
    Notify = "notify",
    Set = "set",
    Filter = "filter",
    Move = "move",
    SeeClear = "see_clear",
    SeePartial = "see_partial",
    SeePseudonym = "see_pseudonym",
    Approve = "approve",
    Undo = "undo",
    SeeAudit = "see_audit",
}

impl Action {
    /// The ladder of disclosure from its highest rung; below the last is redacted.
    pub(crate) const LADDER: [(Self, Disclosure); 3] = [
        (Self::SeeClear, Disclosure::Clear),
        (Self::SeePartial, Disclosure::Partial),
        (Self::SeePseudonym, Disclosure::Pseudonym),
    ];

    /// Whether policies see a statement in the context of this action. What is seen of a column
    /// does not depend on the statement.
    pub(crate) fn has_statement(self) -> bool {
        match self {
            Self::Connect
            | Self::SeeClear
            | Self::SeePartial
            | Self::SeePseudonym
            | Self::Approve
            | Self::Undo
            | Self::SeeAudit => false,
            Self::Select
            | Self::CopyOut
            | Self::Insert
            | Self::Update
            | Self::Delete
            | Self::Truncate
            | Self::Merge
            | Self::CopyIn
            | Self::Lock
            | Self::Call
            | Self::Create
            | Self::Alter
            | Self::Drop
            | Self::Grant
            | Self::Administer
            | Self::RunOpaque
            | Self::Listen
            | Self::Notify
            | Self::Set
            | Self::Filter
            | Self::Move => true,
        }
    }
}

impl From<TableAction> for Action {
    fn from(action: TableAction) -> Self {
        match action {
            TableAction::Select => Self::Select,
            TableAction::Insert => Self::Insert,
            TableAction::Update => Self::Update,
            TableAction::Delete => Self::Delete,
            TableAction::Truncate => Self::Truncate,
            TableAction::Merge => Self::Merge,
            TableAction::CopyIn => Self::CopyIn,
            TableAction::CopyOut => Self::CopyOut,
            TableAction::Lock => Self::Lock,
            TableAction::Alter => Self::Alter,
            TableAction::Drop => Self::Drop,
            TableAction::Grant => Self::Grant,
            TableAction::Administer => Self::Administer,
        }
    }
}

impl From<SchemaAction> for Action {
    fn from(action: SchemaAction) -> Self {
        match action {
            SchemaAction::Create => Self::Create,
            SchemaAction::Alter => Self::Alter,
            SchemaAction::Drop => Self::Drop,
            SchemaAction::Grant => Self::Grant,
        }
    }
}

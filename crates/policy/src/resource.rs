//! What is acted on.

use std::fmt;

use sql::SettingClass;
use sql::catalog::Relation;
use sql::facts::{ColumnId, FunctionUse};

use crate::tag::Tag;
use crate::viewer::Viewer;

/// The name of a column, table or schema that cannot be told. PostgreSQL has no empty names.
const NOT_KNOWN: &str = "";

/// Something of a connection that policies are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource<'a> {
    /// The connection itself.
    Database,
    Schema(&'a str),
    Table {
        schema: &'a str,
        name: &'a str,
    },
    Function(&'a FunctionUse),
    /// A setting that is not known to be harmless, with what is known about it.
    Setting {
        name: &'a str,
        class: SettingClass,
    },
    /// A column under one of its tags. A column with several is asked for under each, so that a
    /// permit for one of them does not open the others.
    Column {
        schema: &'a str,
        table: &'a str,
        column: &'a str,
        tag: Tag,
    },
}

impl<'a> Resource<'a> {
    pub(crate) fn table(relation: &'a Relation) -> Self {
        Self::Table {
            schema: &relation.schema,
            name: &relation.name,
        }
    }

    /// A column of which nothing is known but that it could be any.
    pub(crate) fn unknown_column() -> Self {
        Self::untraced(Tag::unknown())
    }

    /// The same under another tag.
    pub(crate) fn untraced(tag: Tag) -> Self {
        Self::Column {
            schema: NOT_KNOWN,
            table: NOT_KNOWN,
            column: NOT_KNOWN,
            tag,
        }
    }

    /// The tag under which a column is asked for.
    pub(crate) fn tag(&self) -> Option<&Tag> {
        match self {
            Self::Column { tag, .. } => Some(tag),
            Self::Database
            | Self::Schema(_)
            | Self::Table { .. }
            | Self::Function(_)
            | Self::Setting { .. } => None,
        }
    }

    /// A column of the catalog, once for each tag that protects it; none for one without tags.
    pub(crate) fn column(viewer: &Viewer<'a>, id: ColumnId) -> Vec<Self> {
        let Some(relation) = viewer.catalog.relation(id.relation) else {
            return vec![Self::unknown_column()];
        };
        let column = relation
            .columns
            .iter()
            .find(|column| column.number == id.number);
        let at = |tag: &Tag| Self::Column {
            schema: &relation.schema,
            table: &relation.name,
            column: column.map_or(NOT_KNOWN, |column| &column.name),
            tag: tag.clone(),
        };
        // Negative numbers are the system columns (`ctid`, `xmin`, …), which are not listed.
        if column.is_none() && id.number >= 0 {
            return vec![at(&Tag::unknown())];
        }
        viewer.labels.tags(id).iter().map(at).collect()
    }
}

impl fmt::Display for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database => f.write_str("the database"),
            Self::Schema(schema) => write!(f, "schema {schema}"),
            Self::Table { schema, name } => write!(f, "table {schema}.{name}"),
            Self::Function(FunctionUse {
                schema: Some(schema),
                name,
                ..
            }) => {
                write!(f, "function {schema}.{name}")
            }
            Self::Function(FunctionUse {
                schema: None, name, ..
            }) => write!(f, "function {name}"),
            Self::Setting { name, .. } => write!(f, "setting {name}"),
            Self::Column { column, tag, .. } if *column == NOT_KNOWN => {
                write!(f, "a column that could not be traced ({tag})")
            }
            Self::Column {
                schema,
                table,
                column,
                tag,
            } => {
                write!(f, "column {schema}.{table}.{column} ({tag})")
            }
        }
    }
}

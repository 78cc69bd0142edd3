//! The catalog snapshot: what PostgreSQL's system catalogs say of one database at one moment.
//!
//! The gateway loads the rows and hands them over; a snapshot never changes. Everything is found by
//! OID or by name as PostgreSQL finds it.

use std::collections::{HashMap, HashSet};

use crate::facts::{ColumnId, Lineage};
use crate::views;

/// An object identifier, as in `pg_class.oid`.
pub type Oid = u32;

/// The rows of which a [`Catalog`] is made, one field per system catalog.
#[derive(Debug, Clone, Default)]
pub struct CatalogRows {
    /// `current_setting('server_version_num')`.
    pub server_version: u32,
    /// Every relation of the database, `pg_catalog` and `information_schema` among them.
    pub relations: Vec<Relation>,
    /// Every function and procedure.
    pub functions: Vec<Function>,
    /// Every type.
    pub types: Vec<Type>,
    /// The role that sessions log in as, and those that it may become. A role that is missing here
    /// is one for which it is not known what its names mean.
    pub roles: Vec<Role>,
}

/// A role, with what decides over what names mean to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// `pg_roles.rolname`.
    pub name: String,
    /// Schemas that it may not use (`has_schema_privilege`): PostgreSQL leaves them out of the
    /// search path.
    pub closed_schemas: Vec<String>,
}

/// One row of `pg_class` that a statement can name, with its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// `pg_class.oid`.
    pub oid: Oid,
    /// Name of its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// `pg_class.relkind`.
    pub kind: RelationKind,
    /// Columns in order of their number, dropped ones left out.
    pub columns: Vec<Column>,
    /// `pg_get_viewdef(oid)` of a view or materialized view outside the system schemas.
    pub definition: Option<String>,
    /// Parents by inheritance or partitioning (`pg_inherits.inhparent`).
    pub parents: Vec<Oid>,
    /// Estimated number of rows (`pg_class.reltuples`); negative: never analysed.
    pub estimated_rows: i64,
}

/// `pg_class.relkind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of pg_class.relkind")]
pub enum RelationKind {
    Table,
    PartitionedTable,
    View,
    MaterializedView,
    ForeignTable,
    Sequence,
    /// A composite type: cannot be read, has columns.
    CompositeType,
}

/// One row of `pg_attribute`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// `pg_attribute.attnum`.
    pub number: i16,
    /// Its name.
    pub name: String,
    /// `pg_attribute.atttypid`.
    pub type_oid: Oid,
    /// `pg_attribute.atttypmod`; of a domain that of its base type; -1: none.
    pub type_modifier: i32,
    /// Where its values come from.
    pub origin: ColumnOrigin,
}

/// `pg_attribute.attgenerated`: where the values of a column come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColumnOrigin {
    /// Statements give them.
    #[default]
    Given,
    /// The server computes them from other columns; COPY of a table leaves them out.
    Generated,
}

/// One row of `pg_proc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// `pg_proc.oid`.
    pub oid: Oid,
    /// Name of its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// `pg_proc.prorettype`.
    pub result: Oid,
    /// `pg_proc.prokind`.
    pub kind: FunctionKind,
    /// `pg_proc.provolatile`.
    pub volatility: Volatility,
}

/// `pg_proc.prokind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of pg_proc.prokind")]
pub enum FunctionKind {
    Function,
    Procedure,
    Aggregate,
    Window,
}

/// `pg_proc.provolatile`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of pg_proc.provolatile")]
pub enum Volatility {
    Immutable,
    Stable,
    Volatile,
}

/// One row of `pg_type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// `pg_type.oid`.
    pub oid: Oid,
    /// Name of its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What it is made of.
    pub structure: TypeStructure,
}

/// What a type is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeStructure {
    /// A base type.
    Base,
    /// An array of the type.
    Array(Oid),
    /// A domain over the type.
    Domain(Oid),
    /// An enum with these labels.
    Enum(Vec<String>),
    /// The row type of the relation.
    Composite(Oid),
    /// A range over the type.
    Range(Oid),
    /// A multirange over the type.
    Multirange(Oid),
    /// A pseudo-type.
    Pseudo,
}

/// A snapshot of one database's catalogs.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    rows: CatalogRows,
    epoch: u64,
    relations_by_oid: HashMap<Oid, usize>,
    relations_by_name: HashMap<String, HashMap<String, usize>>,
    functions_by_name: HashMap<String, Vec<usize>>,
    types_by_oid: HashMap<Oid, usize>,
    children: HashMap<Oid, Vec<Oid>>,
    temporary: HashSet<String>,
    views: HashMap<Oid, Vec<Lineage>>,
}

impl Catalog {
    /// A snapshot with the number `epoch`, which tells it from earlier ones.
    ///
    /// View definitions are read here, once, in the order in which they need each other. They must
    /// have been taken with an empty `search_path`, so that `pg_get_viewdef` qualifies every name
    /// that is not of `pg_catalog`. A view that cannot be expanded (its definition is missing,
    /// cannot be read, or needs itself) has [`Opaque`](crate::facts::Derivation::Opaque) columns.
    ///
    /// Reading a definition needs the stack that [`read`](crate::read()) needs.
    pub fn new(rows: CatalogRows, epoch: u64) -> Self {
        let mut catalog = Self::indexed(rows, epoch);
        views::expand(&mut catalog);
        catalog
    }

    /// As [`Catalog::new`], for the snapshot that follows `self`, in less time: where objects were
    /// only added or dropped, views that are in both are not read again. A view whose objects were
    /// dropped is dropped with them, and new ones cannot be in a definition that is older.
    pub fn followed_by(&self, rows: CatalogRows, epoch: u64) -> Self {
        let mut catalog = Self::indexed(rows, epoch);
        if catalog.leaves_as_it_was(self) {
            let known = self.views.iter().filter(|(oid, _)| {
                // One that could not be read may be readable now.
                let view = catalog.relation(**oid);
                view.is_some_and(|view| view.definition.is_some())
            });
            catalog.views = known
                .map(|(oid, columns)| (*oid, columns.clone()))
                .collect();
        }
        views::expand(&mut catalog);
        catalog
    }

    /// Whether what is in both snapshots is the same in both, as far as views are made of it.
    fn leaves_as_it_was(&self, before: &Self) -> bool {
        let same_relation = |old: &Relation| {
            self.relation(old.oid).is_none_or(|new| {
                (&new.schema, &new.name, new.kind) == (&old.schema, &old.name, old.kind)
                    && new.columns == old.columns
                    && new.definition == old.definition
            })
        };
        let same_type = |old: &Type| self.type_of(old.oid).is_none_or(|new| new == old);
        self.rows.server_version == before.rows.server_version
            && self.rows.functions == before.rows.functions
            && before.rows.types.iter().all(same_type)
            && before.rows.relations.iter().all(same_relation)
    }

    fn indexed(rows: CatalogRows, epoch: u64) -> Self {
        let mut catalog = Self {
            epoch,
            ..Self::default()
        };
        for (index, relation) in rows.relations.iter().enumerate() {
            catalog.index_relation(index, relation);
        }
        for (index, function) in rows.functions.iter().enumerate() {
            catalog
                .functions_by_name
                .entry(function.name.clone())
                .or_default()
                .push(index);
        }
        catalog.types_by_oid = rows
            .types
            .iter()
            .enumerate()
            .map(|(index, of)| (of.oid, index))
            .collect();
        catalog.rows = rows;
        catalog
    }

    fn index_relation(&mut self, index: usize, relation: &Relation) {
        self.relations_by_oid.insert(relation.oid, index);
        let names = self
            .relations_by_name
            .entry(relation.schema.clone())
            .or_default();
        names.insert(relation.name.clone(), index);
        for parent in &relation.parents {
            self.children.entry(*parent).or_default().push(relation.oid);
        }
        if is_temporary_schema(&relation.schema) {
            self.temporary.insert(relation.name.clone());
        }
    }

    /// The rows of which the snapshot is made, relations, functions and types each as they were given.
    pub fn rows(&self) -> &CatalogRows {
        &self.rows
    }

    /// The number that tells this snapshot from others.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// `server_version_num` of the server.
    pub fn server_version(&self) -> u32 {
        self.rows.server_version
    }

    /// The relation with this OID.
    pub fn relation(&self, oid: Oid) -> Option<&Relation> {
        self.rows.relations.get(*self.relations_by_oid.get(&oid)?)
    }

    /// The relation of this schema and name; both are compared as they are, without folding.
    pub fn relation_named(&self, schema: &str, name: &str) -> Option<&Relation> {
        self.rows
            .relations
            .get(*self.relations_by_name.get(schema)?.get(name)?)
    }

    /// Every relation, in no particular order.
    pub fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.rows.relations.iter()
    }

    /// The column and its relation.
    pub fn column(&self, id: ColumnId) -> Option<(&Relation, &Column)> {
        let relation = self.relation(id.relation)?;
        let column = relation
            .columns
            .iter()
            .find(|column| column.number == id.number)?;
        Some((relation, column))
    }

    /// The type with this OID.
    pub fn type_of(&self, oid: Oid) -> Option<&Type> {
        self.rows.types.get(*self.types_by_oid.get(&oid)?)
    }

    /// The schemas in which `role` finds unqualified names when its `search_path` lists these: as
    /// PostgreSQL, `"$user"` is the schema of the role's name, and schemas that the role may not use
    /// are left out (those that do not exist find nothing in any case). `None`: the snapshot does
    /// not have the role.
    pub fn search_path(&self, listed: &[String], role: &str) -> Option<Vec<String>> {
        let known = self.rows.roles.iter().find(|known| known.name == role)?;
        let open = |schema: &&str| !known.closed_schemas.iter().any(|closed| closed == schema);
        let schemas = listed.iter().map(|schema| match schema.as_str() {
            "$user" => role,
            schema => schema,
        });
        Some(schemas.filter(open).map(str::to_owned).collect())
    }

    /// The direct children of a relation by inheritance or partitioning.
    pub fn children(&self, oid: Oid) -> &[Oid] {
        self.children.get(&oid).map_or(&[], Vec::as_slice)
    }

    /// Where the columns of a view or materialized view come from, one lineage per column, in
    /// order. `None`: not a view, or one of a system schema, whose columns count as its own.
    pub fn view_lineage(&self, oid: Oid) -> Option<&[Lineage]> {
        self.views.get(&oid).map(Vec::as_slice)
    }

    /// Every function of this name, in any schema.
    pub(crate) fn functions_named(&self, name: &str) -> impl Iterator<Item = &Function> {
        let indexes = self
            .functions_by_name
            .get(name)
            .map_or(&[][..], Vec::as_slice);
        indexes
            .iter()
            .filter_map(|index| self.rows.functions.get(*index))
    }

    /// Types of this name, in any schema.
    pub(crate) fn types_named(&self, name: &str) -> impl Iterator<Item = &Type> {
        self.rows.types.iter().filter(move |of| of.name == name)
    }

    /// Whether some session has a temporary relation of this name, which would hide any other.
    pub(crate) fn is_temporary(&self, name: &str) -> bool {
        self.temporary.contains(name)
    }

    pub(crate) fn set_view_lineage(&mut self, oid: Oid, columns: Vec<Lineage>) {
        self.views.insert(oid, columns);
    }
}

/// Schemas whose relations PostgreSQL itself made. Their views are not expanded: what they show is
/// labelled on the views themselves.
pub fn is_system_schema(schema: &str) -> bool {
    matches!(schema, "pg_catalog" | "information_schema" | "pg_toast")
}

/// Schemas of temporary relations: `pg_temp_3`, and `pg_temp` as each session calls its own.
pub(crate) fn is_temporary_schema(schema: &str) -> bool {
    schema == "pg_temp" || schema.starts_with("pg_temp_") || schema.starts_with("pg_toast_temp_")
}

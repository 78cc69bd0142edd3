//! Queries of the catalogs, and what their rows say.

use std::collections::HashMap;

use sql::Oid;
use sql::catalog::{
    CatalogRows, Column, ColumnOrigin, Function, FunctionKind, Relation, RelationKind, Type,
    TypeStructure, Volatility,
};
use tokio_postgres::{Error, Row, Transaction};

use super::versions::{Fingerprint, Newer, Versions};

/// What the list of a kind of rows says of one.
pub(super) struct Listed {
    /// `pg_class.reltuples`, which changes without a new version of the row.
    estimate: i64,
    /// Rows of `pg_inherits`, which end without a trace.
    parents: usize,
}

impl Listed {
    /// The OID of a row of [`Family::LISTED`], and the rest.
    pub(super) fn read(row: &Row) -> Result<(Oid, Self), Error> {
        let listed = Self {
            estimate: row.try_get(1)?,
            parents: usize::try_from(row.try_get::<_, i64>(2)?).unwrap_or_default(),
        };
        Ok((row.try_get(0)?, listed))
    }
}

/// One kind of rows of a snapshot.
pub(super) trait Family: Sized + Clone + Send + Sync {
    /// Every row that a statement can name: its OID, its estimate, and how many parents it has.
    const LISTED: &'static str;

    /// OID and version (see [`Version`](super::versions::Version)) of each that has rows of the
    /// catalogs at or above the watermark `$1`. It may name some that are not listed.
    const NEWER: &'static str;

    /// Those of a snapshot.
    fn rows(of: &CatalogRows) -> &[Self];

    /// Those above the watermark.
    fn newer(of: &Versions) -> &Newer;

    /// What tells that they changed.
    fn kind(of: &Fingerprint) -> &str;

    fn oid(&self) -> Oid;

    /// The rows of these OIDs.
    fn read(
        transaction: &Transaction<'_>,
        oids: &[Oid],
    ) -> impl Future<Output = Result<Vec<Self>, Error>> + Send;

    /// Whether it is still as the list says, which tells what leaves no newer row behind; takes the
    /// estimate from there.
    fn is_as_listed(&mut self, _: &Listed) -> bool {
        true
    }

    /// Whether texts that PostgreSQL makes of the catalogs (`pg_get_viewdef`) name both alike.
    fn is_named_like(&self, other: &Self) -> bool;
}

/// Relations that a statement can name. Temporary relations are among them: their names hide others.
macro_rules! nameable {
    () => {
        "c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')"
    };
}

const RELATIONS: &str = concat!(
    "\
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.reltuples::float8,
       ARRAY(SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid
             ORDER BY i.inhseqno)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = ANY($1) AND ",
    nameable!(),
    " AND n.nspname NOT LIKE 'pg\\_toast%'"
);

const COLUMNS: &str = "\
SELECT a.attrelid, a.attnum, a.attname::text, a.atttypid,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, a.attgenerated <> ''
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum";

const FUNCTIONS: &str = "\
SELECT p.oid, n.nspname::text, p.proname::text, p.prorettype, p.prokind::text, p.provolatile::text
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE p.oid = ANY($1)";

/// `pg_range.rngmultitypid` is there from PostgreSQL 14 on; as a row of JSON it may be missing.
const TYPES: &str = "\
SELECT t.oid, n.nspname::text, t.typname::text, t.typtype::text, t.typcategory::text, t.typelem,
       t.typbasetype, t.typrelid, coalesce(r.rngsubtype, 0::oid),
       ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid
             ORDER BY e.enumsortorder)
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_range r
    ON t.oid IN (r.rngtypid, (pg_catalog.to_jsonb(r)->>'rngmultitypid')::oid)
 WHERE t.oid = ANY($1)";

impl Family for Relation {
    const LISTED: &'static str = concat!(
        "\
SELECT c.oid, c.reltuples::int8, coalesce(i.parents, 0)
  FROM pg_catalog.pg_class c
  LEFT JOIN (SELECT i.inhrelid, count(*) AS parents FROM pg_catalog.pg_inherits i GROUP BY 1) i
    ON i.inhrelid = c.oid
 WHERE ",
        nameable!()
    );

    const NEWER: &'static str = "\
SELECT v.oid, count(*), sum(v.x)::int8
  FROM (SELECT pg_catalog.age($1::text::xid) AS age OFFSET 0) w, LATERAL (
  SELECT c.oid, pg_catalog.hashtext(c.xmin::text) AS x FROM pg_catalog.pg_class c
   WHERE pg_catalog.age(c.xmin) <= w.age
  UNION ALL SELECT a.attrelid, pg_catalog.hashtext(a.xmin::text) FROM pg_catalog.pg_attribute a
             WHERE pg_catalog.age(a.xmin) <= w.age
  UNION ALL SELECT i.inhrelid, pg_catalog.hashtext(i.xmin::text) FROM pg_catalog.pg_inherits i
             WHERE pg_catalog.age(i.xmin) <= w.age
  UNION ALL SELECT r.ev_class, pg_catalog.hashtext(r.xmin::text) FROM pg_catalog.pg_rewrite r
             WHERE pg_catalog.age(r.xmin) <= w.age
) v GROUP BY v.oid";

    fn rows(of: &CatalogRows) -> &[Self] {
        &of.relations
    }

    fn newer(of: &Versions) -> &Newer {
        &of.relations
    }

    fn kind(of: &Fingerprint) -> &str {
        &of.relations
    }

    fn oid(&self) -> Oid {
        self.oid
    }

    async fn read(transaction: &Transaction<'_>, oids: &[Oid]) -> Result<Vec<Self>, Error> {
        let mut columns: HashMap<Oid, Vec<Column>> = HashMap::new();
        for row in transaction.query(COLUMNS, &[&oids]).await? {
            columns
                .entry(row.try_get(0)?)
                .or_default()
                .push(column(&row)?);
        }
        let mut relations = rows(transaction, RELATIONS, oids, relation).await?;
        for relation in &mut relations {
            relation.columns = columns.remove(&relation.oid).unwrap_or_default();
        }
        Ok(relations)
    }

    fn is_as_listed(&mut self, listed: &Listed) -> bool {
        self.estimated_rows = listed.estimate;
        self.parents.len() == listed.parents
    }

    fn is_named_like(&self, other: &Self) -> bool {
        self.schema == other.schema && self.name == other.name && self.columns == other.columns
    }
}

impl Family for Function {
    const LISTED: &'static str = "SELECT oid, 0::int8, 0::int8 FROM pg_catalog.pg_proc";

    const NEWER: &'static str = "\
SELECT p.oid, 1::int8, pg_catalog.hashtext(p.xmin::text)::int8 FROM pg_catalog.pg_proc p
 WHERE pg_catalog.age(p.xmin) <= (SELECT pg_catalog.age($1::text::xid))";

    fn rows(of: &CatalogRows) -> &[Self] {
        &of.functions
    }

    fn newer(of: &Versions) -> &Newer {
        &of.functions
    }

    fn kind(of: &Fingerprint) -> &str {
        &of.functions
    }

    fn oid(&self) -> Oid {
        self.oid
    }

    async fn read(transaction: &Transaction<'_>, oids: &[Oid]) -> Result<Vec<Self>, Error> {
        rows(transaction, FUNCTIONS, oids, function).await
    }

    fn is_named_like(&self, other: &Self) -> bool {
        self.schema == other.schema && self.name == other.name
    }
}

impl Family for Type {
    const LISTED: &'static str = "SELECT oid, 0::int8, 0::int8 FROM pg_catalog.pg_type";

    const NEWER: &'static str = "\
SELECT v.oid, count(*), sum(v.x)::int8
  FROM (SELECT pg_catalog.age($1::text::xid) AS age OFFSET 0) w, LATERAL (
  SELECT t.oid, pg_catalog.hashtext(t.xmin::text) AS x FROM pg_catalog.pg_type t
   WHERE pg_catalog.age(t.xmin) <= w.age
  UNION ALL SELECT e.enumtypid, pg_catalog.hashtext(e.xmin::text) FROM pg_catalog.pg_enum e
             WHERE pg_catalog.age(e.xmin) <= w.age
) v GROUP BY v.oid";

    fn rows(of: &CatalogRows) -> &[Self] {
        &of.types
    }

    fn newer(of: &Versions) -> &Newer {
        &of.types
    }

    fn kind(of: &Fingerprint) -> &str {
        &of.types
    }

    fn oid(&self) -> Oid {
        self.oid
    }

    async fn read(transaction: &Transaction<'_>, oids: &[Oid]) -> Result<Vec<Self>, Error> {
        rows(transaction, TYPES, oids, type_row).await
    }

    fn is_named_like(&self, other: &Self) -> bool {
        self.schema == other.schema && self.name == other.name
    }
}

async fn rows<T>(
    transaction: &Transaction<'_>,
    query: &str,
    oids: &[Oid],
    read: fn(&Row) -> Result<Option<T>, Error>,
) -> Result<Vec<T>, Error> {
    let rows = transaction.query(query, &[&oids]).await?;
    rows.iter()
        .filter_map(|row| read(row).transpose())
        .collect()
}

fn column(row: &Row) -> Result<Column, Error> {
    Ok(Column {
        number: row.try_get(1)?,
        name: row.try_get(2)?,
        type_oid: row.try_get(3)?,
        type_modifier: row.try_get(4)?,
        origin: match row.try_get(5)? {
            true => ColumnOrigin::Generated,
            false => ColumnOrigin::Given,
        },
    })
}

fn relation(row: &Row) -> Result<Option<Relation>, Error> {
    let kind = match row.try_get::<_, &str>(3)? {
        "r" => RelationKind::Table,
        "p" => RelationKind::PartitionedTable,
        "v" => RelationKind::View,
        "m" => RelationKind::MaterializedView,
        "f" => RelationKind::ForeignTable,
        "S" => RelationKind::Sequence,
        "c" => RelationKind::CompositeType,
        _ => return Ok(None),
    };
    // A number of rows that does not fit is as good as the largest that does.
    let estimated_rows = row.try_get::<_, f64>(4)? as i64;
    Ok(Some(Relation {
        oid: row.try_get(0)?,
        schema: row.try_get(1)?,
        name: row.try_get(2)?,
        kind,
        columns: Vec::new(),
        // Read behind the snapshot: see the module above.
        definition: None,
        parents: row.try_get(5)?,
        estimated_rows,
    }))
}

fn function(row: &Row) -> Result<Option<Function>, Error> {
    let kind = match row.try_get::<_, &str>(4)? {
        "p" => FunctionKind::Procedure,
        "a" => FunctionKind::Aggregate,
        "w" => FunctionKind::Window,
        _ => FunctionKind::Function,
    };
    let volatility = match row.try_get::<_, &str>(5)? {
        "i" => Volatility::Immutable,
        "s" => Volatility::Stable,
        _ => Volatility::Volatile,
    };
    Ok(Some(Function {
        oid: row.try_get(0)?,
        schema: row.try_get(1)?,
        name: row.try_get(2)?,
        result: row.try_get(3)?,
        kind,
        volatility,
    }))
}

fn type_row(row: &Row) -> Result<Option<Type>, Error> {
    let structure = match (row.try_get::<_, &str>(3)?, row.try_get::<_, &str>(4)?) {
        ("d", _) => TypeStructure::Domain(row.try_get(6)?),
        ("e", _) => TypeStructure::Enum(row.try_get(9)?),
        ("c", _) => TypeStructure::Composite(row.try_get(7)?),
        ("r", _) => TypeStructure::Range(row.try_get(8)?),
        ("m", _) => TypeStructure::Multirange(row.try_get(8)?),
        ("p", _) => TypeStructure::Pseudo,
        (_, "A") => TypeStructure::Array(row.try_get(5)?),
        _ => TypeStructure::Base,
    };
    Ok(Some(Type {
        oid: row.try_get(0)?,
        schema: row.try_get(1)?,
        name: row.try_get(2)?,
        structure,
    }))
}

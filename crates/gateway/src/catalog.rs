//! Loads catalog snapshots from PostgreSQL.

use std::collections::HashMap;

use sql::Oid;
use sql::catalog::{
    CatalogRows, Column, ColumnOrigin, Function, FunctionKind, Relation, RelationKind, Type,
    TypeStructure, Volatility,
};
use tokio_postgres::{Client, Error, IsolationLevel, Row, Transaction};

/// Relations that a statement can name. Views of the system schemas are taken as they are: what is
/// in them is labelled, not expanded. Temporary relations are among them: their names hide others.
const RELATIONS: &str = "\
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.reltuples::float8,
       CASE WHEN c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            THEN pg_catalog.pg_get_viewdef(c.oid) END,
       ARRAY(SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid
             ORDER BY i.inhseqno)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND n.nspname NOT LIKE 'pg\\_toast%'
 ORDER BY c.oid";

const COLUMNS: &str = "\
SELECT a.attrelid, a.attnum, a.attname::text, a.atttypid,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, a.attgenerated <> ''
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum";

const FUNCTIONS: &str = "\
SELECT p.oid, n.nspname::text, p.proname::text, p.prorettype, p.prokind::text, p.provolatile::text
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 ORDER BY p.oid";

const TYPES: &str = "\
SELECT t.oid, n.nspname::text, t.typname::text, t.typtype::text, t.typcategory::text, t.typelem,
       t.typbasetype, t.typrelid, coalesce(r.rngsubtype, 0::oid),
       ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid
             ORDER BY e.enumsortorder)
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
 ORDER BY t.oid";

/// Changes with every committed change of the catalogs that a snapshot is made of.
const FINGERPRINT: &str = "\
SELECT pg_catalog.string_agg(k, ' ') FROM (
  SELECT 'c' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) AS k FROM pg_catalog.pg_class
  UNION ALL SELECT 'a' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_attribute
  UNION ALL SELECT 'p' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_proc
  UNION ALL SELECT 't' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_type
  UNION ALL SELECT 'r' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_rewrite
  UNION ALL SELECT 'i' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_inherits
  UNION ALL SELECT 'e' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_enum
  UNION ALL SELECT 'n' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_namespace
) s";

/// What one load brings.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) rows: CatalogRows,
    /// The search path of a new session, as `SHOW search_path` writes it.
    pub(crate) search_path: String,
    pub(crate) fingerprint: String,
}

/// A value that changes with every committed change of the catalogs.
pub(crate) async fn fingerprint(client: &Client) -> Result<String, Error> {
    client.query_one(FINGERPRINT, &[]).await?.try_get(0)
}

/// Reads all catalogs in one transaction.
pub(crate) async fn load(client: &mut Client) -> Result<Loaded, Error> {
    let transaction = client
        .build_transaction()
        .read_only(true)
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .await?;
    let setting =
        "SELECT current_setting('server_version_num')::int4, current_setting('search_path')";
    let settings = transaction.query_one(setting, &[]).await?;
    // So that view definitions name every relation with its schema, whatever the path of readers.
    transaction
        .batch_execute("SET LOCAL search_path = ''")
        .await?;
    let loaded = Loaded {
        rows: CatalogRows {
            server_version: settings.try_get::<_, i32>(0)?.unsigned_abs(),
            relations: relations(&transaction).await?,
            functions: rows(&transaction, FUNCTIONS, function).await?,
            types: rows(&transaction, TYPES, type_row).await?,
        },
        search_path: settings.try_get(1)?,
        fingerprint: transaction.query_one(FINGERPRINT, &[]).await?.try_get(0)?,
    };
    transaction.commit().await?;
    Ok(loaded)
}

async fn rows<T>(
    transaction: &Transaction<'_>,
    query: &str,
    read: fn(&Row) -> Result<Option<T>, Error>,
) -> Result<Vec<T>, Error> {
    let rows = transaction.query(query, &[]).await?;
    rows.iter()
        .filter_map(|row| read(row).transpose())
        .collect()
}

async fn relations(transaction: &Transaction<'_>) -> Result<Vec<Relation>, Error> {
    let mut columns: HashMap<Oid, Vec<Column>> = HashMap::new();
    for row in transaction.query(COLUMNS, &[]).await? {
        let column = Column {
            number: row.try_get(1)?,
            name: row.try_get(2)?,
            type_oid: row.try_get(3)?,
            type_modifier: row.try_get(4)?,
            origin: match row.try_get(5)? {
                true => ColumnOrigin::Generated,
                false => ColumnOrigin::Given,
            },
        };
        columns.entry(row.try_get(0)?).or_default().push(column);
    }
    let mut relations = rows(transaction, RELATIONS, relation).await?;
    for relation in &mut relations {
        relation.columns = columns.remove(&relation.oid).unwrap_or_default();
    }
    Ok(relations)
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
        definition: row.try_get(5)?,
        parents: row.try_get(6)?,
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
        ("r" | "m", _) => TypeStructure::Range(row.try_get(8)?),
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

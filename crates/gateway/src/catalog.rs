//! Loads catalog snapshots from PostgreSQL: everything at first, then what changed.
//!
//! Rows are read in one transaction. Definitions of views are read behind it, since PostgreSQL locks
//! a view and what it reads to write its definition, and whoever changes a table in a long
//! transaction must not hold up every session: a view that is locked has no definition, which makes
//! its columns opaque, until it can be read.

mod rows;

use std::collections::{HashMap, HashSet};

use rows::Family;
use sql::Oid;
use sql::catalog::{CatalogRows, Function, Relation, RelationKind, Role, Type, is_system_schema};
use tokio_postgres::{Client, Error, IsolationLevel, Row, Statement, Transaction};

/// Prepares a session for loading. View definitions name every relation with its schema, whatever
/// the path of readers, only under an empty one.
const SETUP: &str = "SET search_path = ''";

/// How long a definition is waited for, in milliseconds: other sessions wait meanwhile.
const DEFINITION_LOCKS: &str = "SET lock_timeout = 100";
const ALL_LOCKS: &str = "SET lock_timeout = 0";

const DEFINITIONS: &str = "\
SELECT c.oid, pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c WHERE c.oid = ANY($1)";

/// Our role and those that it may become, each with the schemas that it may not use. Under a
/// superuser that is every role, so their number is bounded; ours comes first.
const ROLES: &str = "\
SELECT r.rolname::text,
       ARRAY(SELECT n.nspname::text FROM pg_catalog.pg_namespace n
              WHERE NOT pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
                AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp\\_%'
              ORDER BY 1)
  FROM pg_catalog.pg_roles r
 WHERE pg_catalog.pg_has_role(r.oid, 'MEMBER')
 ORDER BY r.rolname <> current_user, r.oid
 LIMIT 100";

/// Changes with every committed change of the catalogs that a snapshot is made of: relations,
/// functions, types, schemas and roles.
const FINGERPRINT: &str = "\
SELECT (SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_class)
       || (SELECT ' ' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_attribute)
       || (SELECT ' ' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_rewrite)
       || (SELECT ' ' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_inherits),
       (SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_proc),
       (SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_type)
       || (SELECT ' ' || count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_enum),
       (SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_namespace),
       (SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_auth_members)
       || (SELECT ' ' || count(*) || ':' || coalesce(sum(pg_catalog.hashtext(rolname::text || rolsuper)), 0) FROM pg_catalog.pg_roles)";

/// A session of our own on the server, for reading its catalogs.
pub(crate) struct Reader {
    client: Client,
    server_version: u32,
    search_path: String,
    /// [`FINGERPRINT`], planned once: it is asked for again and again.
    fingerprint: Statement,
}

/// What one load brings.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) rows: CatalogRows,
    /// The search path of a new session, as `SHOW search_path` writes it.
    pub(crate) search_path: String,
    pub(crate) versions: Versions,
}

/// Tells what of a snapshot is no longer that of the server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions {
    fingerprint: Fingerprint,
    relations: HashMap<Oid, Version>,
    functions: HashMap<Oid, Version>,
    types: HashMap<Oid, Version>,
}

/// Rows, sum of their transactions, estimate: see [`Family::VERSIONS`].
type Version = (i64, i64, i64);

/// By kind of rows; empty: unlike any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Fingerprint {
    relations: String,
    functions: String,
    types: String,
    schemas: String,
    roles: String,
}

/// What was known before a load.
struct Known<'a, T> {
    rows: &'a [T],
    versions: &'a HashMap<Oid, Version>,
}

/// The rows of one kind after a load.
struct Current<T> {
    rows: Vec<T>,
    versions: HashMap<Oid, Version>,
    /// Those that were read anew.
    read: HashSet<Oid>,
    /// Something that was known before is called otherwise now.
    renamed: bool,
}

impl Reader {
    /// Takes over a fresh session.
    pub(crate) async fn new(client: Client) -> Result<Self, Error> {
        let settings = "SELECT pg_catalog.current_setting('server_version_num')::int4,
                               pg_catalog.current_setting('search_path')";
        let settings = client.query_one(settings, &[]).await?;
        client.batch_execute(SETUP).await?;
        Ok(Self {
            server_version: settings.try_get::<_, i32>(0)?.unsigned_abs(),
            search_path: settings.try_get(1)?,
            fingerprint: client.prepare(FINGERPRINT).await?,
            client,
        })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Whether the server's catalogs are still those of a snapshot.
    pub(crate) async fn is_current(&self, versions: &Versions) -> Result<bool, Error> {
        let row = self.client.query_one(&self.fingerprint, &[]).await?;
        Ok(fingerprint(&row)? == versions.fingerprint)
    }

    /// Reads what is not as in `before`, or everything.
    pub(crate) async fn load(
        &mut self,
        before: Option<(&CatalogRows, &Versions)>,
    ) -> Result<Loaded, Error> {
        let transaction = self
            .client
            .build_transaction()
            .read_only(true)
            .isolation_level(IsolationLevel::RepeatableRead)
            .start()
            .await?;
        let now = fingerprint(&transaction.query_one(&self.fingerprint, &[]).await?)?;
        // Rows carry the names of schemas.
        let before = before.filter(|(_, versions)| versions.fingerprint.schemas == now.schemas);
        let old = before.map(|(_, versions)| &versions.fingerprint);
        let same = |of: fn(&Fingerprint) -> &str| old.is_some_and(|old| of(old) == of(&now));
        let known = before.map(|(rows, versions)| Known {
            rows: &rows.relations,
            versions: &versions.relations,
        });
        let relations: Current<Relation> =
            changes(&transaction, known.as_ref(), same(|of| &of.relations)).await?;
        let known = before.map(|(rows, versions)| Known {
            rows: &rows.functions,
            versions: &versions.functions,
        });
        let functions: Current<Function> =
            changes(&transaction, known.as_ref(), same(|of| &of.functions)).await?;
        let known = before.map(|(rows, versions)| Known {
            rows: &rows.types,
            versions: &versions.types,
        });
        let types: Current<Type> =
            changes(&transaction, known.as_ref(), same(|of| &of.types)).await?;
        let roles = transaction.query(ROLES, &[]).await?;
        let roles = roles.iter().map(role).collect::<Result<_, Error>>()?;
        transaction.commit().await?;
        let renamed = relations.renamed || functions.renamed || types.renamed;
        let mut loaded = Loaded {
            rows: CatalogRows {
                server_version: self.server_version,
                relations: relations.rows,
                functions: functions.rows,
                types: types.rows,
                roles,
            },
            search_path: self.search_path.clone(),
            versions: Versions {
                fingerprint: now,
                relations: relations.versions,
                functions: functions.versions,
                types: types.versions,
            },
        };
        let is_stale = |view: &Relation| renamed || relations.read.contains(&view.oid);
        let views = views(&loaded.rows.relations, is_stale);
        if !views.is_empty() {
            self.define_views(&mut loaded, &views).await?;
        }
        Ok(loaded)
    }

    /// Reads definitions of views. Views of the system schemas are taken as they are: what is in
    /// them is labelled, not expanded.
    async fn define_views(&self, loaded: &mut Loaded, views: &[Oid]) -> Result<(), Error> {
        self.client.batch_execute(DEFINITION_LOCKS).await?;
        let mut found = HashMap::new();
        if self.definitions(views, &mut found).await.is_err() {
            // One is locked, or was dropped meanwhile.
            for view in views {
                let _ = self.definitions(&[*view], &mut found).await;
            }
        }
        self.client.batch_execute(ALL_LOCKS).await?;
        let views: HashSet<Oid> = views.iter().copied().collect();
        let stale = |relation: &&mut Relation| views.contains(&relation.oid);
        for view in loaded.rows.relations.iter_mut().filter(stale) {
            view.definition = found.remove(&view.oid);
            if view.definition.is_none() {
                // So that the next look finds it changed.
                loaded.versions.relations.remove(&view.oid);
                loaded.versions.fingerprint.relations.clear();
            }
        }
        Ok(())
    }

    async fn definitions(
        &self,
        views: &[Oid],
        found: &mut HashMap<Oid, String>,
    ) -> Result<(), Error> {
        for row in self.client.query(DEFINITIONS, &[&views]).await? {
            if let Some(definition) = row.try_get(1)? {
                found.insert(row.try_get(0)?, definition);
            }
        }
        Ok(())
    }
}

/// The views whose definitions must be read.
fn views(relations: &[Relation], is_stale: impl Fn(&Relation) -> bool) -> Vec<Oid> {
    let wanted = |relation: &&Relation| is_expanded(relation) && is_stale(relation);
    relations
        .iter()
        .filter(wanted)
        .map(|view| view.oid)
        .collect()
}

fn is_expanded(relation: &Relation) -> bool {
    let is_view = matches!(
        relation.kind,
        RelationKind::View | RelationKind::MaterializedView
    );
    is_view && !is_system_schema(&relation.schema)
}

fn role(row: &Row) -> Result<Role, Error> {
    Ok(Role {
        name: row.try_get(0)?,
        closed_schemas: row.try_get(1)?,
    })
}

fn fingerprint(row: &Row) -> Result<Fingerprint, Error> {
    Ok(Fingerprint {
        relations: row.try_get(0)?,
        functions: row.try_get(1)?,
        types: row.try_get(2)?,
        schemas: row.try_get(3)?,
        roles: row.try_get(4)?,
    })
}

/// The rows of one kind, of which those are read that `known` lacks or has otherwise.
async fn changes<T: Family>(
    transaction: &Transaction<'_>,
    known: Option<&Known<'_, T>>,
    same: bool,
) -> Result<Current<T>, Error> {
    if let Some(known) = known.filter(|_| same) {
        return Ok(Current {
            rows: known.rows.to_vec(),
            versions: known.versions.clone(),
            read: HashSet::new(),
            renamed: false,
        });
    }
    let mut versions: HashMap<Oid, Version> = HashMap::new();
    for row in transaction.query(T::VERSIONS, &[]).await? {
        let version = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        versions.insert(row.try_get(0)?, version);
    }
    let is_kept =
        |oid: &Oid| known.is_some_and(|known| known.versions.get(oid) == versions.get(oid));
    let wanted: Vec<Oid> = versions
        .keys()
        .filter(|oid| !is_kept(oid))
        .copied()
        .collect();
    let read: Vec<T> = if wanted.is_empty() {
        Vec::new()
    } else {
        T::read(transaction, &wanted).await?
    };
    let before: HashMap<Oid, &T> = known
        .map(|known| known.rows.iter().map(|row| (row.oid(), row)).collect())
        .unwrap_or_default();
    let renamed = read.iter().any(|row| {
        before
            .get(&row.oid())
            .is_some_and(|before| !before.is_named_like(row))
    });
    let kept = before
        .into_values()
        .filter(|row| versions.contains_key(&row.oid()) && is_kept(&row.oid()))
        .cloned();
    let mut rows: Vec<T> = kept.chain(read).collect();
    rows.sort_unstable_by_key(T::oid);
    Ok(Current {
        rows,
        read: wanted.into_iter().collect(),
        versions,
        renamed,
    })
}

#[cfg(test)]
mod tests;

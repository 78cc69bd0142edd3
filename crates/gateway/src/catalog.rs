//! Loads catalog snapshots from PostgreSQL: everything at first, then what changed.
//!
//! Rows are read in one transaction. Definitions of views are read behind it, since PostgreSQL locks
//! a view and what it reads to write its definition, and whoever changes a table in a long
//! transaction must not hold up every session: a view that is locked has no definition, which makes
//! its columns opaque, until it can be read.

mod rows;
mod versions;

use std::collections::{HashMap, HashSet};

use rows::{Family, Listed};
use sql::Oid;
use sql::catalog::{CatalogRows, Function, Relation, RelationKind, Role, Type, is_system_schema};
use tokio_postgres::{Client, Error, IsolationLevel, Row, Transaction};
use versions::Fingerprinting;

pub(crate) use versions::Versions;

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

/// A session of our own on the server, for reading its catalogs.
pub(crate) struct Reader {
    client: Client,
    server_version: u32,
    search_path: String,
    fingerprinting: Fingerprinting,
}

/// What one load brings.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) rows: CatalogRows,
    /// The search path of a new session, as `SHOW search_path` writes it.
    pub(crate) search_path: String,
    pub(crate) versions: Versions,
}

/// What was known before a load.
type Before<'a> = (&'a CatalogRows, &'a Versions);

/// The rows of one kind after a load.
struct Current<T> {
    rows: Vec<T>,
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
            fingerprinting: Fingerprinting::new(&client).await?,
            client,
        })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Whether the server's catalogs are still those of a snapshot.
    pub(crate) async fn is_current(&self, versions: &Versions) -> Result<bool, Error> {
        self.fingerprinting.is_current(&self.client, versions).await
    }

    /// Reads what is not as in `before`, or everything.
    pub(crate) async fn load(&mut self, before: Option<Before<'_>>) -> Result<Loaded, Error> {
        let transaction = self
            .client
            .build_transaction()
            .read_only(true)
            .isolation_level(IsolationLevel::RepeatableRead)
            .start()
            .await?;
        let (mut versions, before) = follow(&self.fingerprinting, &transaction, before).await?;
        let relations: Current<Relation> = current(&transaction, before, &versions).await?;
        let functions: Current<Function> = current(&transaction, before, &versions).await?;
        let types: Current<Type> = current(&transaction, before, &versions).await?;
        if versions.is_crowded() {
            versions = Versions::taken(&transaction, &self.fingerprinting).await?;
        }
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
            versions,
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
                loaded.versions.mark_unread(view.oid);
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

/// What tells of later changes; and what was known before, unless it is of no use any more.
async fn follow<'a>(
    fingerprinting: &Fingerprinting,
    transaction: &Transaction<'_>,
    before: Option<Before<'a>>,
) -> Result<(Versions, Option<Before<'a>>), Error> {
    if let Some((_, then)) = before
        && let Some(now) = then.followed(transaction, fingerprinting).await?
    {
        return Ok((now, before));
    }
    let taken = Versions::taken(transaction, fingerprinting).await?;
    Ok((taken, None))
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

/// The rows of one kind, of which those are read that were not known or are otherwise now.
async fn current<T: Family>(
    transaction: &Transaction<'_>,
    before: Option<Before<'_>>,
    now: &Versions,
) -> Result<Current<T>, Error> {
    match before {
        Some((rows, then)) if now.same::<T>(then) => Ok(Current {
            rows: T::rows(rows).to_vec(),
            read: HashSet::new(),
            renamed: false,
        }),
        before => changed(transaction, before, now).await,
    }
}

async fn changed<T: Family>(
    transaction: &Transaction<'_>,
    before: Option<Before<'_>>,
    now: &Versions,
) -> Result<Current<T>, Error> {
    let listed = transaction.query(T::LISTED, &[]).await?;
    let listed: HashMap<Oid, Listed> = listed.iter().map(Listed::read).collect::<Result<_, _>>()?;
    let mut rows: Vec<T> = before.map_or_else(Vec::new, |before| kept(before, &listed, now));
    let have: HashSet<Oid> = rows.iter().map(T::oid).collect();
    let missing = listed.into_keys().filter(|oid| !have.contains(oid));
    let wanted: Vec<Oid> = missing.collect();
    let read = if wanted.is_empty() {
        Vec::new()
    } else {
        T::read(transaction, &wanted).await?
    };
    let renamed = before.is_some_and(|(rows, _)| is_renamed(T::rows(rows), &read));
    rows.extend(read);
    rows.sort_unstable_by_key(T::oid);
    Ok(Current {
        rows,
        read: wanted.into_iter().collect(),
        renamed,
    })
}

/// The rows that are still as they were.
fn kept<T: Family>(
    (rows, then): Before<'_>,
    listed: &HashMap<Oid, Listed>,
    now: &Versions,
) -> Vec<T> {
    let is_kept = |row: &&T| T::newer(then).get(&row.oid()) == T::newer(now).get(&row.oid());
    let as_listed = |row: &T| {
        let listed = listed.get(&row.oid())?;
        let mut row = row.clone();
        row.is_as_listed(listed).then_some(row)
    };
    T::rows(rows)
        .iter()
        .filter(is_kept)
        .filter_map(as_listed)
        .collect()
}

/// Whether some of what was read is called otherwise than before.
fn is_renamed<T: Family>(before: &[T], read: &[T]) -> bool {
    let read: HashMap<Oid, &T> = read.iter().map(|row| (row.oid(), row)).collect();
    before.iter().any(|before| {
        read.get(&before.oid())
            .is_some_and(|now| !before.is_named_like(now))
    })
}

#[cfg(test)]
mod tests;

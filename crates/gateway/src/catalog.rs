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
use versions::{Fingerprint, Fingerprinting, Newer};

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
struct Known<'a, T> {
    rows: &'a [T],
    newer: &'a Newer,
}

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
        let (mut versions, before) = follow(&self.fingerprinting, &transaction, before).await?;
        let then = before.map(|(_, then)| then);
        let same = |of: fn(&Fingerprint) -> &str| then.is_some_and(|then| versions.same(of, then));
        let known = before.map(|(rows, then)| Known {
            rows: &rows.relations,
            newer: &then.relations,
        });
        let relations: Current<Relation> = match known {
            Some(known) if same(|of| &of.relations) => Current::unchanged(&known),
            known => changes(&transaction, known, &versions.relations).await?,
        };
        let known = before.map(|(rows, then)| Known {
            rows: &rows.functions,
            newer: &then.functions,
        });
        let functions: Current<Function> = match known {
            Some(known) if same(|of| &of.functions) => Current::unchanged(&known),
            known => changes(&transaction, known, &versions.functions).await?,
        };
        let known = before.map(|(rows, then)| Known {
            rows: &rows.types,
            newer: &then.types,
        });
        let types: Current<Type> = match known {
            Some(known) if same(|of| &of.types) => Current::unchanged(&known),
            known => changes(&transaction, known, &versions.types).await?,
        };
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
    before: Option<(&'a CatalogRows, &'a Versions)>,
) -> Result<(Versions, Option<(&'a CatalogRows, &'a Versions)>), Error> {
    if let Some((_, then)) = before
        && let Some(now) = then.followed(transaction, fingerprinting).await?
        // Rows carry the names of schemas.
        && now.same(|of| &of.schemas, then)
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

impl<T: Family> Current<T> {
    fn unchanged(known: &Known<'_, T>) -> Self {
        Self {
            rows: known.rows.to_vec(),
            read: HashSet::new(),
            renamed: false,
        }
    }
}

/// The rows of one kind, of which those are read that `known` lacks or has otherwise.
async fn changes<T: Family>(
    transaction: &Transaction<'_>,
    known: Option<Known<'_, T>>,
    newer: &Newer,
) -> Result<Current<T>, Error> {
    let listed = transaction.query(T::LISTED, &[]).await?;
    let listed: HashMap<Oid, Listed> = listed.iter().map(Listed::read).collect::<Result<_, _>>()?;
    let mut rows: Vec<T> = known
        .as_ref()
        .map(|known| kept(known, &listed, newer))
        .unwrap_or_default();
    let have: HashSet<Oid> = rows.iter().map(T::oid).collect();
    let wanted: Vec<Oid> = listed
        .into_keys()
        .filter(|oid| !have.contains(oid))
        .collect();
    let read = if wanted.is_empty() {
        Vec::new()
    } else {
        T::read(transaction, &wanted).await?
    };
    let wanted: HashSet<Oid> = wanted.into_iter().collect();
    let before = known.iter().flat_map(|known| known.rows);
    let before: HashMap<Oid, &T> = before
        .map(|row| (row.oid(), row))
        .filter(|(oid, _)| wanted.contains(oid))
        .collect();
    let renamed = read.iter().any(|row| {
        before
            .get(&row.oid())
            .is_some_and(|before| !before.is_named_like(row))
    });
    rows.extend(read);
    rows.sort_unstable_by_key(T::oid);
    Ok(Current {
        rows,
        read: wanted,
        renamed,
    })
}

/// The rows that are still as they are known.
fn kept<T: Family>(known: &Known<'_, T>, listed: &HashMap<Oid, Listed>, newer: &Newer) -> Vec<T> {
    let is_kept = |row: &&T| known.newer.get(&row.oid()) == newer.get(&row.oid());
    let as_listed = |row: &T| {
        let listed = listed.get(&row.oid())?;
        let mut row = row.clone();
        row.is_as_listed(listed).then_some(row)
    };
    known
        .rows
        .iter()
        .filter(is_kept)
        .filter_map(as_listed)
        .collect()
}

#[cfg(test)]
mod tests;

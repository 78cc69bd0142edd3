//! Telling what of the server's catalogs changed since a snapshot was taken.
//!
//! A snapshot has a watermark: the oldest transaction that was still running when it was taken
//! (`pg_snapshot_xmin`). Whatever older transactions wrote is in the snapshot, so only rows at or
//! above the watermark are ever compared; there are few of them, however large the catalogs are.
//! Rows that are gone are found by counting and by the list of what is left.

use std::collections::HashMap;

use sql::Oid;
use sql::catalog::{Function, Relation, Type};
use tokio_postgres::{Client, Error, GenericClient, Statement, Transaction};

use super::rows::Family;

/// Snapshots whose watermark lies further back are read as a whole: the age of a transaction is only
/// told apart from the future up to 2^31.
const LONGEST_AGE: i64 = 1_000_000_000;

/// Objects above the watermark after which it is moved: their rows are added up in every look.
const MOST_NEWER: usize = 60;

/// The number of rows, of those at or above the watermark, and the sum of the hashes of their
/// transactions (of the transactions themselves, two that are older and newer could make up for each
/// other): any committed change of the catalog changes one of them. `w` is the watermark's age,
/// computed once: `OFFSET 0` keeps PostgreSQL from computing it for every row.
macro_rules! counted {
    ($catalog:literal) => {
        concat!(
            "(SELECT count(*) || ':' || count(*) FILTER (WHERE pg_catalog.age(c.xmin) <= w.age) || ':'
                  || coalesce(sum(pg_catalog.hashtext(c.xmin::text)) FILTER (WHERE pg_catalog.age(c.xmin) <= w.age), 0)
               FROM pg_catalog.",
            $catalog,
            " c)"
        )
    };
}

/// Changes with every committed change of the catalogs that a snapshot is made of: relations,
/// functions, types, what they stand on, and roles. Last the age of the watermark.
const FINGERPRINT: &str = concat!(
    "SELECT ",
    counted!("pg_class"),
    " || ' ' || ",
    counted!("pg_attribute"),
    " || ' ' || ",
    counted!("pg_rewrite"),
    " || ' ' || ",
    counted!("pg_inherits"),
    ", ",
    counted!("pg_proc"),
    ", ",
    counted!("pg_type"),
    " || ' ' || ",
    counted!("pg_enum"),
    ", ",
    counted!("pg_namespace"),
    " || (SELECT ' ' || oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
      || ' ' || extract(epoch FROM pg_catalog.pg_postmaster_start_time()), ",
    counted!("pg_auth_members"),
    " || (SELECT ' ' || count(*) || ':' || coalesce(sum(pg_catalog.hashtext(rolname::text || rolsuper)), 0)
            FROM pg_catalog.pg_roles),
       w.age::int8
  FROM (SELECT pg_catalog.age($1::text::xid) AS age OFFSET 0) w"
);

/// The watermark of a snapshot that is taken now, as an `xid` (the low half of a `xid8`).
const WATERMARK: &str = "\
SELECT (pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::numeric % 4294967296)::text";

/// Tells what of a snapshot is no longer that of the server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions {
    watermark: Watermark,
    fingerprint: Fingerprint,
    pub(super) relations: Newer,
    pub(super) functions: Newer,
    pub(super) types: Newer,
}

/// An `xid` in decimal.
#[derive(Debug, Clone, Default)]
struct Watermark(String);

/// The objects with rows at or above the watermark.
pub(super) type Newer = HashMap<Oid, Version>;

/// How many rows of an object are at or above the watermark, and the sum of the hashes of the
/// transactions that wrote them.
pub(super) type Version = (i64, i64);

/// The version of what could not be read: unlike any.
const UNREAD: Version = (-1, -1);

/// By kind of rows; empty: unlike any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fingerprint {
    pub(super) relations: String,
    pub(super) functions: String,
    pub(super) types: String,
    /// What all rows stand on: the names of schemas, which they carry; the database, which may be
    /// another of the same name; and this run of its server, within which alone transactions can be
    /// compared (a server that was restored has some twice).
    base: String,
    roles: String,
}

impl Versions {
    /// Takes the watermark of the transaction's snapshot, and what lies above it.
    pub(super) async fn taken(
        transaction: &Transaction<'_>,
        fingerprinting: &Fingerprinting,
    ) -> Result<Self, Error> {
        let row = transaction.query_one(WATERMARK, &[]).await?;
        let watermark = Watermark(row.try_get(0)?);
        Ok(Self {
            fingerprint: fingerprinting
                .ask(transaction, &watermark)
                .await?
                .unwrap_or_default(),
            relations: newer::<Relation>(transaction, &watermark).await?,
            functions: newer::<Function>(transaction, &watermark).await?,
            types: newer::<Type>(transaction, &watermark).await?,
            watermark,
        })
    }

    /// What lies above the same watermark now; `None`: that cannot be told, because the watermark
    /// lies too far back or rows stand on something else.
    pub(super) async fn followed(
        &self,
        transaction: &Transaction<'_>,
        fingerprinting: &Fingerprinting,
    ) -> Result<Option<Self>, Error> {
        let now = fingerprinting.ask(transaction, &self.watermark).await?;
        let Some(now) = now.filter(|now| now.base == self.fingerprint.base) else {
            return Ok(None);
        };
        Ok(Some(Self {
            relations: self.newer_now::<Relation>(transaction, &now).await?,
            functions: self.newer_now::<Function>(transaction, &now).await?,
            types: self.newer_now::<Type>(transaction, &now).await?,
            watermark: self.watermark.clone(),
            fingerprint: now,
        }))
    }

    async fn newer_now<T: Family>(
        &self,
        transaction: &Transaction<'_>,
        now: &Fingerprint,
    ) -> Result<Newer, Error> {
        if T::kind(now) == T::kind(&self.fingerprint) {
            return Ok(T::newer(self).clone());
        }
        newer::<T>(transaction, &self.watermark).await
    }

    /// Whether so much lies above the watermark that it should be taken anew.
    pub(super) fn is_crowded(&self) -> bool {
        self.relations.len() + self.functions.len() + self.types.len() > MOST_NEWER
    }

    /// Whether the rows of a kind are as they were.
    pub(super) fn same<T: Family>(&self, then: &Self) -> bool {
        T::kind(&self.fingerprint) == T::kind(&then.fingerprint)
    }

    /// Makes the next look find this relation changed.
    pub(super) fn mark_unread(&mut self, relation: Oid) {
        self.relations.insert(relation, UNREAD);
        self.fingerprint.relations.clear();
    }
}

/// [`FINGERPRINT`], planned once: it is asked for again and again.
pub(super) struct Fingerprinting(Statement);

impl Fingerprinting {
    pub(super) async fn new(client: &Client) -> Result<Self, Error> {
        client.prepare(FINGERPRINT).await.map(Self)
    }

    /// See [`Reader::is_current`](super::Reader::is_current).
    pub(super) async fn is_current(
        &self,
        client: &Client,
        versions: &Versions,
    ) -> Result<bool, Error> {
        let now = self.ask(client, &versions.watermark).await?;
        Ok(now.is_some_and(|now| now == versions.fingerprint))
    }

    /// `None`: the watermark lies too far back.
    async fn ask(
        &self,
        client: &impl GenericClient,
        watermark: &Watermark,
    ) -> Result<Option<Fingerprint>, Error> {
        let row = client.query_one(&self.0, &[&watermark.0]).await?;
        if !(0..=LONGEST_AGE).contains(&row.try_get::<_, i64>(5)?) {
            return Ok(None);
        }
        Ok(Some(Fingerprint {
            relations: row.try_get(0)?,
            functions: row.try_get(1)?,
            types: row.try_get(2)?,
            base: row.try_get(3)?,
            roles: row.try_get(4)?,
        }))
    }
}

async fn newer<T: Family>(
    transaction: &Transaction<'_>,
    watermark: &Watermark,
) -> Result<Newer, Error> {
    let rows = transaction.query(T::NEWER, &[&watermark.0]).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?))))
        .collect()
}

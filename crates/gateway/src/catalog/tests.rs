//! Against a real server.

use std::time::{Duration, Instant};

use sql::catalog::Relation;
use testkit::{Cluster, Options, PgBinaries};

use super::*;
use crate::tls::ClientTls;
use crate::upstream::{self, Upstream, tests::to_cluster};

const DATABASE: &str = "postgres";

fn cluster() -> Cluster {
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
    Cluster::start(&binaries, Options::default()).unwrap()
}

async fn reader(cluster: &Cluster) -> Reader {
    reader_of(cluster, DATABASE).await
}

async fn reader_of(cluster: &Cluster, database: &str) -> Reader {
    let upstream = Upstream {
        database: database.to_owned(),
        ..to_cluster(cluster, ClientTls::Disabled)
    };
    let client = upstream::catalog_client(&upstream).await.unwrap();
    Reader::new(client).await.unwrap()
}

fn view<'a>(loaded: &'a Loaded, name: &str) -> &'a Relation {
    let mut relations = loaded.rows.relations.iter();
    relations.find(|relation| relation.name == name).unwrap()
}

/// Changes of every kind of object, each of which can make an earlier snapshot wrong in its own way.
const CHANGES: &[&str] = &[
    "CREATE TABLE t (a int, b text)",
    "CREATE VIEW v AS SELECT a, b FROM t",
    "CREATE VIEW w AS SELECT v.b AS c FROM v",
    "ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (a + 1) STORED",
    "ALTER TABLE t RENAME COLUMN b TO d",
    "ALTER TABLE t DROP COLUMN c",
    "ALTER TABLE t RENAME TO u",
    "CREATE OR REPLACE VIEW v AS SELECT a, upper(d) AS b FROM u",
    "CREATE TYPE mood AS ENUM ('low')",
    "ALTER TYPE mood ADD VALUE 'high'",
    "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT $1'",
    "CREATE VIEW x AS SELECT f(a) FROM u",
    "ALTER FUNCTION f(int) RENAME TO g",
    "CREATE SCHEMA s",
    "ALTER TABLE u SET SCHEMA s",
    "ALTER SCHEMA s RENAME TO r",
    "CREATE TABLE parent (a int) PARTITION BY LIST (a)",
    "CREATE TABLE child PARTITION OF parent DEFAULT",
    "ALTER TABLE parent DETACH PARTITION child",
    // Without columns nothing but the link tells that it ends.
    "CREATE TABLE parent_of_heirs ()",
    "CREATE TABLE heir () INHERITS (parent_of_heirs)",
    // More than is held above one watermark.
    "DO $$ BEGIN FOR n IN 1..600 LOOP EXECUTE format('CREATE TYPE mood_%s AS (a int)', n); END LOOP; END $$",
    "ALTER TABLE heir NO INHERIT parent_of_heirs",
    "DROP TABLE heir",
    "ALTER TYPE mood_7 ADD ATTRIBUTE b int",
    "CREATE DOMAIN word AS text; CREATE TEMPORARY TABLE fleeting (w word)",
    "INSERT INTO r.u SELECT generate_series(1, 1000); ANALYZE r.u; CREATE TABLE another ()",
    "DROP VIEW w",
    "DROP TABLE r.u CASCADE",
];

#[tokio::test]
async fn what_is_read_of_changes_is_what_a_whole_load_reads() {
    let cluster = cluster();
    let admin = cluster.connect(DATABASE).await.unwrap();
    let (mut follower, mut fresh) = (reader(&cluster).await, reader(&cluster).await);
    let mut before = follower.load(None).await.unwrap();
    for change in CHANGES {
        admin.batch_execute(change).await.unwrap();
        assert!(
            !follower.is_current(&before.versions).await.unwrap(),
            "{change}"
        );
        let known = Some((&before.rows, &before.versions));
        let followed = follower.load(known).await.unwrap();
        let whole = fresh.load(None).await.unwrap();
        assert_eq!(followed.rows.relations, whole.rows.relations, "{change}");
        assert_eq!(followed.rows.functions, whole.rows.functions, "{change}");
        assert_eq!(followed.rows.types, whole.rows.types, "{change}");
        assert!(
            follower.is_current(&followed.versions).await.unwrap(),
            "{change}"
        );
        before = followed;
    }
}

#[tokio::test]
async fn a_change_that_began_before_a_load_and_ends_after_it_is_found() {
    let cluster = cluster();
    let early = cluster.connect(DATABASE).await.unwrap();
    let admin = cluster.connect(DATABASE).await.unwrap();
    let mut reader = reader(&cluster).await;
    admin.batch_execute("CREATE TABLE t (a int)").await.unwrap();
    let began = "BEGIN; ALTER TABLE t RENAME COLUMN a TO b";
    early.batch_execute(began).await.unwrap();
    admin.batch_execute("CREATE TABLE u ()").await.unwrap();
    let loaded = reader.load(None).await.unwrap();
    assert!(reader.is_current(&loaded.versions).await.unwrap());
    early.batch_execute("COMMIT").await.unwrap();
    assert!(!reader.is_current(&loaded.versions).await.unwrap());
    let known = Some((&loaded.rows, &loaded.versions));
    let later = reader.load(known).await.unwrap();
    let names = |loaded: &Loaded| view(loaded, "t").columns.first().unwrap().name.clone();
    assert_eq!((names(&loaded), names(&later)), ("a".into(), "b".into()));
}

#[tokio::test]
async fn another_database_of_the_same_name_is_found() {
    let cluster = cluster();
    let admin = cluster.connect(DATABASE).await.unwrap();
    // As many rows of each catalog, all older than what is loaded.
    for (database, column) in [("one", "a"), ("two", "b")] {
        let create = format!("CREATE DATABASE {database}");
        admin.batch_execute(&create).await.unwrap();
        let table = format!("CREATE TABLE t ({column} int)");
        let inside = cluster.connect(database).await.unwrap();
        inside.batch_execute(&table).await.unwrap();
    }
    let loaded = reader_of(&cluster, "one").await.load(None).await.unwrap();
    for change in [
        "DROP DATABASE one WITH (FORCE)",
        "CREATE DATABASE one TEMPLATE two",
    ] {
        admin.batch_execute(change).await.unwrap();
    }
    let mut reader = reader_of(&cluster, "one").await;
    assert!(!reader.is_current(&loaded.versions).await.unwrap());
    let known = Some((&loaded.rows, &loaded.versions));
    let later = reader.load(known).await.unwrap();
    assert_eq!(view(&later, "t").columns.first().unwrap().name, "b");
}

#[tokio::test]
async fn a_locked_view_holds_nobody_up_and_is_read_later() {
    let cluster = cluster();
    let admin = cluster.connect(DATABASE).await.unwrap();
    for statements in [
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW free AS SELECT 1 AS one",
        "BEGIN; ALTER TABLE t ADD COLUMN b int",
    ] {
        admin.batch_execute(statements).await.unwrap();
    }
    let mut reader = reader(&cluster).await;
    let start = Instant::now();
    let loaded = reader.load(None).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(view(&loaded, "v").definition, None);
    assert!(view(&loaded, "free").definition.is_some());
    assert!(!reader.is_current(&loaded.versions).await.unwrap());
    admin.batch_execute("ROLLBACK").await.unwrap();
    let known = Some((&loaded.rows, &loaded.versions));
    let later = reader.load(known).await.unwrap();
    assert!(view(&later, "v").definition.is_some());
    assert!(reader.is_current(&later.versions).await.unwrap());
}

#[tokio::test]
async fn every_function_of_the_server_itself_is_known() {
    let cluster = cluster();
    let loaded = reader(&cluster).await.load(None).await.unwrap();
    let unknown: Vec<&str> = loaded
        .rows
        .functions
        .iter()
        .filter(|function| is_system_schema(&function.schema))
        .filter(|function| sql::BuiltIn::named(&function.name).is_none())
        .map(|function| function.name.as_str())
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

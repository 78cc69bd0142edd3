//! `lockgate classify`, on a database of its own.

use testkit::{Cluster, Options, PgBinaries};

use super::{Ended, Home, run, text_of};

const TABLES: &str = "
    CREATE TABLE people (id int8, e_mail text, reach text, born date, note text, visits int4);
    INSERT INTO people SELECT n, 'p' || n || '@example.org', 'q' || n || '@example.com',
        date '1960-01-01' + n, 'nothing to see', n FROM generate_series(1, 300) n;
    INSERT INTO people SELECT n, 'n/a', '-', NULL, '', 0 FROM generate_series(301, 320) n;
    CREATE TABLE \"odd.\"\"name\" (\"primary e-mail\" text);
    CREATE TABLE empty ();
    CREATE TABLE closed (email text);
    CREATE VIEW seen AS SELECT e_mail FROM people;
    CREATE ROLE reader LOGIN PASSWORD 'not-a-real-one';
    GRANT SELECT ON people, \"odd.\"\"name\" TO reader;";

/// Runs on the database of a cluster with [`TABLES`].
fn classify(connection: &str) -> Ended {
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
    let cluster = Cluster::start(&binaries, Options::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = cluster.connect("postgres").await.unwrap();
        client.batch_execute(TABLES).await.unwrap();
    });
    let home = Home::new();
    let path = home.config("");
    let text = std::fs::read_to_string(&path).unwrap();
    let port = format!(
        "port = {}\ndatabase = \"postgres\"",
        cluster.address().port()
    );
    let text = text
        .replace("port = 1", &port)
        .replace("user = \"gate\"", "user = \"reader\"");
    let path = text_of(&home.write("lockgate.toml", text));
    run(&["classify", connection, "--config", &path])
}

#[test]
fn labels_are_proposed_with_their_reasons() {
    let ended = classify("shop");
    assert_eq!(ended.code, Some(0), "{}", ended.error);
    for expected in [
        "column = \"public.people.e_mail\"\ntag = \"pii.email\"\n",
        "column = \"public.people.reach\"\ntag = \"pii.email\"\n",
        "column = \"public.\\\"odd.\\\"\\\"name\\\".primary e-mail\"\ntag = \"pii.email\"\n",
        "# public.people.e_mail (text): now pii.email\n",
        "# public.people.reach (text): no tag as it is\n",
        "distinct values are `EMAIL_ADDRESS`\n",
        "# public.closed: cannot be read (42501)\n",
        "connection = \"shop\"\n",
    ] {
        assert!(ended.out.contains(expected), "{expected} in\n{}", ended.out);
    }
    for unexpected in [
        "people.note",
        "people.visits",
        "people.id",
        "seen",
        "@example",
    ] {
        assert!(
            !ended.out.contains(unexpected),
            "{unexpected} in\n{}",
            ended.out
        );
    }
}

#[test]
fn an_unknown_connection_is_told_with_those_that_there_are() {
    let home = Home::new();
    let ended = run(&["classify", "shp", "--config", &home.config("")]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.error.contains("no connection is called `shp`"),
        "{}",
        ended.error
    );
    assert!(ended.error.contains("`shop`"), "{}", ended.error);
}

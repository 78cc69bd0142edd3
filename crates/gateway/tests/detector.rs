//! Types that a configuration adds are found and masked in the rows that pass.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use gateway::Gateway;
use identity::{AccessKey, KeyHash};
use testkit::{Cluster, Options, PgBinaries, SUPERUSER};
use tokio_postgres::{Config, NoTls};

const POLICY: &str = "@id(\"reads\")\n\
    permit (principal, action in [Action::\"connect\", Action::\"read\"], resource);";

const DETECTOR: &str = "[[detector]]\nname = \"BADGE\"\ntag = \"pii.username\"\n\
    pattern = 'B-[0-9]+'\ncontext = [\"badge\"]\n";

const TICKETS: &str = "create table tickets (note text);
    insert into tickets values ('badge B-1042 of anna@example.org'), ('part B-1042'), (null)";

/// A gate before the cluster, with one principal who sees no sensitive data.
async fn gate(cluster: &Cluster, key: &AccessKey, home: &tempfile::TempDir) -> Gateway {
    std::fs::write(home.path().join("reads.cedar"), POLICY).unwrap();
    let hash = KeyHash::of(key.expose().as_bytes(), [7; 16]);
    let text = format!(
        "state_dir = \"state\"\n[listen]\naddress = \"127.0.0.1:0\"\ntls = \"off\"\n\
         [policy]\nfiles = [\"reads.cedar\"]\n{DETECTOR}\
         [[connection]]\nname = \"db\"\nenvironment = \"prod\"\ndatabase = \"postgres\"\n\
         user = {SUPERUSER:?}\npassword = \"env:PASSWORD\"\ntls = \"disable\"\n\
         host = \"127.0.0.1\"\nport = {}\n\
         [[principal]]\nname = \"sam\"\nkind = \"human\"\n\
         keys = [{{ id = \"{}\", hash = \"{hash}\" }}]\n",
        cluster.address().port(),
        key.id()
    );
    let password = |name: &str| (name == "PASSWORD").then(|| cluster.password().to_owned());
    let config = config::parse(&text, &home.path().join("lockgate.toml"), &password);
    let config = config.unwrap_or_else(|errors| panic!("{errors}"));
    Gateway::start(config).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn types_of_the_configuration_are_masked_in_rows() {
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
    let cluster = Cluster::start(&binaries, Options::default()).unwrap();
    let superuser = cluster.connect("postgres").await.unwrap();
    superuser.batch_execute(TICKETS).await.unwrap();
    let key = AccessKey::new([1; AccessKey::RANDOM_LEN]);
    let home = tempfile::tempdir().unwrap();
    let gate = gate(&cluster, &key, &home).await;

    let (client, connection) = Config::new()
        .host("127.0.0.1")
        .port(gate.address().port())
        .dbname("db")
        .user("sam")
        .password(key.expose())
        .connect(NoTls)
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    let rows = client.query("select note from tickets", &[]).await.unwrap();
    let notes: Vec<Option<String>> = rows.iter().map(|row| row.get(0)).collect();
    let expected = ["badge [BADGE] of [EMAIL_ADDRESS]", "part B-1042"].map(str::to_owned);
    let [first, second] = expected.map(Some);
    assert_eq!(notes, [first, second, None]);
    drop(client);
    connection.await.unwrap().unwrap();
    gate.drain().await;
}

//! Against a real server.

use testkit::{Cluster, Options, PgBinaries, SUPERUSER};

use super::*;

fn cluster() -> Cluster {
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
    Cluster::start(&binaries, Options::default()).unwrap()
}

fn database(cluster: &Cluster) -> Database {
    let directory = tempfile::tempdir().unwrap();
    let policy = "@id(\"all\") permit(principal, action, resource);";
    std::fs::write(directory.path().join("all.cedar"), policy).unwrap();
    let text = format!(
        "state_dir = \"state\"\n[listen]\naddress = \"127.0.0.1:0\"\ntls = \"off\"\n\
         [policy]\nfiles = [\"all.cedar\"]\n\
         [[connection]]\nname = \"db\"\nenvironment = \"prod\"\ndatabase = \"postgres\"\n\
         user = {SUPERUSER:?}\npassword = \"env:PASSWORD\"\ntls = \"disable\"\n\
         host = \"127.0.0.1\"\nport = {}\n",
        cluster.address().port()
    );
    let password = |name: &str| (name == "PASSWORD").then(|| cluster.password().to_owned());
    let config = config::parse(&text, &directory.path().join("lockgate.toml"), &password);
    let config = config.unwrap_or_else(|errors| panic!("{errors}"));
    Database::new(&config, &config.connections[0], Arc::clone(&config.policy)).unwrap()
}

#[tokio::test]
async fn who_comes_within_a_moment_of_a_look_shares_it() {
    let cluster = cluster();
    let admin = cluster.connect("postgres").await.unwrap();
    let database = database(&cluster);
    let came = Instant::now();
    let first = database.at_login(came).await.unwrap();
    let looked = database.look().await.unwrap().began.unwrap();
    let change = "CREATE TABLE passed_around_the_gate (a int)";
    admin.batch_execute(change).await.unwrap();
    let last = looked + LOGIN_AGE - Duration::from_nanos(1);
    for came in [came, looked, last] {
        let shared = database.at_login(came).await.unwrap();
        assert!(Arc::ptr_eq(&shared, &first));
    }
    let later = database.at_login(looked + LOGIN_AGE).await.unwrap();
    assert!(!Arc::ptr_eq(&later, &first));
    let names = |state: &State| {
        let relations = state.world.catalog.rows().relations.iter();
        relations
            .filter(|relation| relation.name == "passed_around_the_gate")
            .count()
    };
    assert_eq!((names(&first), names(&later)), (0, 1));
    // Nothing has changed since: the snapshot stays, and the look is a new one.
    let much_later = Instant::now() + LOGIN_AGE;
    let same = database.at_login(much_later).await.unwrap();
    assert!(Arc::ptr_eq(&same, &later));
    assert!(database.look().await.unwrap().began.unwrap() > looked);
}

//! A cluster lives as long as its owner and no longer, and takes what its options say.

#![expect(
    clippy::unwrap_used,
    reason = "the lint does not know the helpers of tests"
)]

use std::fs::Permissions;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use testkit::{Cluster, ClusterError, DataSource, Options, PgBinaries, ServerTls, Shutdown};

fn binaries() -> PgBinaries {
    PgBinaries::find(&|name| std::env::var_os(name)).unwrap()
}

async fn setting(client: &tokio_postgres::Client, name: &str) -> String {
    client
        .query_one("SELECT current_setting($1)", &[&name])
        .await
        .unwrap()
        .get(0)
}

#[tokio::test]
async fn a_dropped_cluster_leaves_nothing() {
    for data in [DataSource::Cached, DataSource::Fresh] {
        let began = Instant::now();
        let cluster = Cluster::start(
            &binaries(),
            Options {
                data,
                ..Options::default()
            },
        )
        .unwrap();
        println!("{data:?} cluster started in {:?}", began.elapsed());
        let client = cluster.connect("postgres").await.unwrap();
        assert_eq!(setting(&client, "server_encoding").await, "UTF8");
        let (address, directory) = (cluster.address(), cluster.directory().to_path_buf());
        assert!(address.ip().is_loopback());

        drop(cluster);

        assert!(TcpStream::connect(address).is_err());
        assert!(!directory.exists());
    }
}

#[tokio::test]
async fn a_panic_ends_the_server() {
    let cluster = Cluster::start(&binaries(), Options::default()).unwrap();
    let address = cluster.address();
    let outcome = std::thread::spawn(move || {
        let _owned = cluster;
        panic!("a test failed");
    })
    .join();
    assert!(outcome.is_err());
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let cluster = Cluster::start(&binaries(), Options::default()).unwrap();
    let error = cluster
        .connect_as("postgres", "guess", "postgres")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("password authentication failed"),
        "{error}"
    );
}

#[tokio::test]
async fn a_cluster_comes_back_on_the_same_port() {
    for shutdown in [Shutdown::Fast, Shutdown::Immediate] {
        let mut cluster = Cluster::start(&binaries(), Options::default()).unwrap();
        let address = cluster.address();
        let client = cluster.connect("postgres").await.unwrap();
        client
            .batch_execute("CREATE TABLE kept (id int)")
            .await
            .unwrap();

        cluster.halt(shutdown).unwrap();
        assert!(TcpStream::connect(address).is_err());
        assert_eq!(cluster.process_id(), None);

        cluster.resume().unwrap();
        assert_eq!(cluster.address(), address);
        let client = cluster.connect("postgres").await.unwrap();
        client.batch_execute("SELECT id FROM kept").await.unwrap();
        cluster.stop().unwrap();
    }
}

#[tokio::test]
async fn settings_hba_and_tls_are_the_callers() {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let options = Options {
        settings: vec![("log_statement".into(), "all".into())],
        tls: Some(ServerTls {
            certificate_pem: certified.cert.pem(),
            key_pem: certified.signing_key.serialize_pem(),
        }),
        hba: Some("hostssl all all 127.0.0.1/32 scram-sha-256\nlocal all all trust\n".into()),
        ..Options::default()
    };
    let cluster = Cluster::start(&binaries(), options).unwrap();
    // Without TLS no entry of pg_hba.conf matches.
    let error = cluster.connect("postgres").await.unwrap_err();
    assert!(error.to_string().contains("no encryption"), "{error}");

    let (client, connection) = tokio_postgres::Config::new()
        .host_path(cluster.directory())
        .port(cluster.address().port())
        .user(testkit::SUPERUSER)
        .connect(tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    assert_eq!(setting(&client, "ssl").await, "on");
    assert_eq!(setting(&client, "log_statement").await, "all");
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let options = Options {
        settings: vec![("no_such_setting".into(), "1".into())],
        ..Options::default()
    };
    let began = Instant::now();
    let error = Cluster::start(&binaries(), options).unwrap_err();
    assert!(matches!(&error, ClusterError::Ended { log } if log.contains("no_such_setting")));
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[test]
fn many_clusters_start_at_once() {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(|| {
                Cluster::start(&binaries(), Options::default())
                    .unwrap()
                    .address()
                    .port()
            })
        })
        .collect();
    for thread in threads {
        assert_ne!(thread.join().unwrap(), 0);
    }
}

/// The environment variable by which this binary is asked to be the owner that gets killed.
const OWNER: &str = "LOCKGATE_TESTKIT_OWNER";

#[test]
fn a_killed_owner_leaves_no_server() {
    if let Some(file) = std::env::var_os(OWNER) {
        own_until_killed(Path::new(&file));
    }
    // Nobody else removes what a killed owner leaves.
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o711)).unwrap();
    let address_file = directory.path().join("address");
    let mut owner = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_owner_leaves_no_server"])
        .env(OWNER, &address_file)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let address = poll(|| std::fs::read_to_string(&address_file).ok()?.parse().ok()).unwrap();
    let address: std::net::SocketAddr = address;
    TcpStream::connect(address).unwrap();

    owner.kill().unwrap();
    owner.wait().unwrap();

    assert!(poll(|| TcpStream::connect(address).is_err().then_some(())).is_some());
}

fn own_until_killed(address_file: &Path) -> ! {
    let parent = address_file.parent().map(Path::to_path_buf);
    let cluster = Cluster::start(
        &binaries(),
        Options {
            parent,
            ..Options::default()
        },
    );
    if let Ok(cluster) = &cluster {
        // Renamed when whole, so that no half of it is read.
        let written = address_file.with_extension("part");
        let _ = std::fs::write(&written, cluster.address().to_string());
        let _ = std::fs::rename(&written, address_file);
    }
    loop {
        std::thread::park();
    }
}

/// What `look` finds, looked for again and again for at most half a minute.
fn poll<T>(look: impl Fn() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline {
        if let Some(found) = look() {
            return Some(found);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

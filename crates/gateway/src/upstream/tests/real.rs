//! A real PostgreSQL: reached, cancelled, read; over TLS, bound, by certificate, by socket.

use std::path::Path;

use testkit::{Cluster, Options, PgBinaries, SUPERUSER, ServerTls as ClusterTls};
use wire::backend;

use super::*;
use crate::cancel::{CancelRegistry, CancelTarget, InClear, cancel};
use crate::channel::Privacy;
use crate::login::CancelRequest;
use crate::tls::{CERTIFICATE_FILE, ServerTls};

/// A cluster whose certificate is one of ours, for `localhost`.
fn cluster(directory: &Path) -> Cluster {
    ServerTls::self_signed(
        directory,
        &["localhost".to_owned(), "127.0.0.1".to_owned()],
        None,
    )
    .unwrap();
    let read = |name: &str| std::fs::read_to_string(directory.join(name)).unwrap();
    let tls = ClusterTls {
        certificate_pem: read(CERTIFICATE_FILE),
        key_pem: read("tls-key.pem"),
    };
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
    Cluster::start(
        &binaries,
        Options {
            tls: Some(tls),
            ..Options::default()
        },
    )
    .unwrap()
}

pub(crate) fn to_cluster(cluster: &Cluster, tls: ClientTls) -> Upstream {
    Upstream {
        name: "real".to_owned(),
        host: cluster.address().ip().to_string(),
        address: Address::Tcp(cluster.address().ip().to_string(), cluster.address().port()),
        database: "postgres".to_owned(),
        user: SUPERUSER.to_owned(),
        password: Some(cluster.password().to_owned().into()),
        tls,
        keys: Arc::default(),
        dialect: Arc::default(),
        ..upstream()
    }
}

/// Runs a statement over the bare leg until it is ready again; gives the SQLSTATE of an error.
async fn run(leg: &mut ServerLeg<Socket>, statement: &str) -> Option<String> {
    encode::query(&mut leg.channel.output, statement.as_bytes()).unwrap();
    leg.channel.send().await.unwrap();
    loop {
        let bytes = leg.channel.input.clone();
        let limits = wire::frame::Limits::default();
        if let Ok(wire::frame::Scan::Frame(frame, used)) =
            wire::frame::scan(&bytes, Side::Backend, &limits)
        {
            bytes::Buf::advance(&mut leg.channel.input, used);
            match backend::decode(frame).unwrap() {
                backend::Message::ErrorResponse(report) => {
                    let state = report.sqlstate().unwrap();
                    return Some(String::from_utf8_lossy(state).into_owned());
                }
                backend::Message::ReadyForQuery(_) => return None,
                _ => continue,
            }
        }
        leg.channel
            .stream
            .read_buf(&mut leg.channel.input)
            .await
            .unwrap();
    }
}

/// Starts a long statement and cancels it by a key of ours, once the server runs it.
async fn cancel_a_statement(upstream: &Arc<Upstream>, leg: &mut ServerLeg<Socket>) {
    let registry = CancelRegistry::new();
    let key = leg.key.clone().unwrap();
    let target = CancelTarget {
        upstream: Arc::clone(upstream),
        address: leg.address.clone(),
        key,
    };
    let registration = registry
        .register(Version::V3_0, Privacy::Tls, Some(target))
        .unwrap();
    let request = CancelRequest {
        process_id: registration.key().process_id(),
        secret: Zeroizing::new(registration.key().secret().to_vec()),
        privacy: Privacy::Tls,
    };
    let from = (
        std::net::Ipv4Addr::LOCALHOST.into(),
        std::time::Instant::now(),
    );
    let target = registry.target(&request, InClear::Clear, from).unwrap();
    let target = target.unwrap();
    let running = "select count(*) from pg_stat_activity \
                   where state = 'active' and query = 'select pg_sleep(60)'";
    let (slept, cancelled) = tokio::join!(run(leg, "select pg_sleep(60)"), async {
        let watch = catalog_client(upstream).await.unwrap();
        let count = async || {
            watch
                .query_one(running, &[])
                .await
                .unwrap()
                .get::<_, i64>(0)
        };
        while count().await == 0 {}
        cancel(&target).await
    });
    cancelled.unwrap();
    assert_eq!(slept.as_deref(), Some("57014"));
}

#[tokio::test]
async fn a_real_server_is_reached_cancelled_and_read() {
    let directory = tempfile::tempdir().unwrap();
    let cluster = cluster(directory.path());
    let ca = directory.path().join(CERTIFICATE_FILE);
    let trust = ClientTls::required(Trust::Full(Some(&ca)), None).unwrap();
    for tls in [ClientTls::Disabled, trust] {
        let upstream = Arc::new(to_cluster(&cluster, tls));
        let settings = [("application_name", "test".to_owned())];
        let mut leg = connect(&upstream, &settings).await.unwrap();
        assert!(
            leg.server_version()
                .starts_with(|first: char| first.is_ascii_digit())
        );
        assert_eq!(leg.parameters["application_name"], "test");
        cancel_a_statement(&upstream, &mut leg).await;

        let wrong = Upstream {
            password: Some("wrong".to_owned().into()),
            keys: Arc::default(),
            ..(*upstream).clone()
        };
        let rejected = UpstreamProblem::Rejected {
            sqlstate: "28P01".to_owned(),
        };
        let expected = wrong.failed(rejected);
        assert_eq!(connect(&wrong, &[]).await.unwrap_err(), expected);
        assert_eq!(catalog_client(&wrong).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn a_real_server_of_another_root_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let cluster = cluster(directory.path());
    let other = tempfile::tempdir().unwrap();
    ServerTls::self_signed(other.path(), &["127.0.0.1".to_owned()], None).unwrap();
    let root = other.path().join(CERTIFICATE_FILE);
    let upstream = to_cluster(
        &cluster,
        ClientTls::required(Trust::Full(Some(&root)), None).unwrap(),
    );
    for refused in [
        connect(&upstream, &[]).await.map(drop).unwrap_err(),
        catalog_client(&upstream).await.map(drop).unwrap_err(),
    ] {
        let GatewayError::Upstream { problem, .. } = refused else {
            panic!("{refused}")
        };
        assert!(
            matches!(problem, UpstreamProblem::Channel(ChannelError::Tls(_))),
            "{problem}"
        );
    }
}

/// What the server says of the session that it is asked in.
async fn asked(client: &tokio_postgres::Client, what: &str) -> String {
    client.query_one(what, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_real_server_binds_the_login_to_its_certificate() {
    let directory = tempfile::tempdir().unwrap();
    let cluster = cluster(directory.path());
    let ca = directory.path().join(CERTIFICATE_FILE);
    let trust = ClientTls::required(Trust::Full(Some(&ca)), None).unwrap();
    let upstream = Upstream {
        channel_binding: ChannelBinding::Require,
        ..to_cluster(&cluster, trust)
    };
    let leg = connect(&upstream, &[]).await.unwrap();
    assert!(leg.channel.is_encrypted());
    // The second login, with the keys that were kept, is our own session for catalogs.
    assert_eq!(upstream.keys.len(), 1);
    let client = catalog_client(&upstream).await.unwrap();
    let path = asked(&client, "SELECT current_setting('application_name')").await;
    assert_eq!(path, "lockgate");
    assert_eq!(upstream.keys.len(), 1);
    let clear = Upstream {
        channel_binding: ChannelBinding::Require,
        ..to_cluster(&cluster, ClientTls::Disabled)
    };
    let refused = connect(&clear, &[]).await.unwrap_err();
    let expected = UpstreamProblem::Unbound("the certificate names no hash for it");
    assert_eq!(refused, clear.failed(expected));
}

/// Servers since PostgreSQL 18 speak 3.2, whose keys are longer, and those since 17 take TLS at once.
#[tokio::test]
async fn a_real_server_is_spoken_to_as_its_version_can() {
    let directory = tempfile::tempdir().unwrap();
    let cluster = cluster(directory.path());
    let ca = directory.path().join(CERTIFICATE_FILE);
    let trust = ClientTls::required(Trust::Full(Some(&ca)), None).unwrap();
    let upstream = to_cluster(&cluster, trust);
    let leg = connect(&upstream, &[]).await.unwrap();
    let major = leg.server_version().split('.').next().unwrap();
    let major: u32 = major.parse().unwrap();
    let expected = if major >= 18 { 32 } else { 4 };
    assert_eq!(leg.key.clone().unwrap().secret.len(), expected);
    let direct = Arc::new(Upstream {
        negotiation: TlsNegotiation::Direct,
        ..upstream
    });
    match connect(&direct, &[]).await {
        Ok(mut leg) => {
            assert!(major >= 17);
            assert!(leg.channel.is_encrypted());
            cancel_a_statement(&direct, &mut leg).await;
        }
        Err(error) => assert!(major < 17, "{error}"),
    }
}

#[tokio::test]
async fn a_real_server_is_reached_by_its_socket() {
    let directory = tempfile::tempdir().unwrap();
    let cluster = cluster(directory.path());
    let port = cluster.address().port();
    let socket = cluster.directory().join(format!(".s.PGSQL.{port}"));
    let upstream = Arc::new(Upstream {
        address: Address::Unix(socket.clone()),
        ..to_cluster(&cluster, ClientTls::Disabled)
    });
    // The cluster lets nobody in by its socket, until it is told to.
    let hba = cluster.directory().join("data/pg_hba.conf");
    let before = std::fs::read_to_string(&hba).unwrap();
    std::fs::write(&hba, format!("local all all scram-sha-256\n{before}")).unwrap();
    let tcp = catalog_client(&to_cluster(&cluster, ClientTls::Disabled)).await;
    tcp.unwrap()
        .execute("SELECT pg_reload_conf()", &[])
        .await
        .unwrap();
    let mut leg = loop {
        match connect(&upstream, &[]).await {
            Ok(leg) => break leg,
            // It has not read the file yet.
            Err(error) => assert!(error.to_string().contains("28000"), "{error}"),
        }
    };
    assert_eq!(leg.address, Address::Unix(socket));
    cancel_a_statement(&upstream, &mut leg).await;
    let client = catalog_client(&upstream).await.unwrap();
    let by_socket = "SELECT coalesce(inet_client_addr()::text, 'socket')";
    assert_eq!(asked(&client, by_socket).await, "socket");
}

#[tokio::test]
async fn a_real_server_lets_us_in_by_certificate() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let mut parameters = rcgen::CertificateParams::new(vec![]).unwrap();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    // A name of its own: OpenSSL finds it by that.
    parameters
        .distinguished_name
        .push(rcgen::DnType::CommonName, "authority");
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let authority = parameters.self_signed(&authority_key).unwrap();
    let issuer = rcgen::Issuer::new(parameters, &authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let server = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&key, &issuer).unwrap();
    let own_key = rcgen::KeyPair::generate().unwrap();
    let mut own = rcgen::CertificateParams::new(vec![]).unwrap();
    own.distinguished_name = rcgen::DistinguishedName::new();
    own.distinguished_name
        .push(rcgen::DnType::CommonName, SUPERUSER);
    let own = own.signed_by(&own_key, &issuer).unwrap();
    for (name, pem) in [
        ("ca.pem", authority.pem()),
        ("own.pem", own.pem()),
        ("own.key", own_key.serialize_pem()),
    ] {
        std::fs::write(at(name), pem).unwrap();
    }
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
    let options = Options {
        tls: Some(ClusterTls {
            certificate_pem: server.pem() + &authority.pem(),
            key_pem: key.serialize_pem(),
        }),
        hba: Some(
            "hostssl all all 127.0.0.1/32 cert\nhost all all 127.0.0.1/32 trust\n".to_owned(),
        ),
        settings: vec![("ssl_ca_file".to_owned(), "../server.crt".to_owned())],
        ..Options::default()
    };
    let cluster = Cluster::start(&binaries, options).unwrap();
    let ca = at("ca.pem");
    let trust = Trust::Full(Some(&ca));
    let (certificate, key) = (at("own.pem"), at("own.key"));
    let own = OwnCertificate {
        certificate: &certificate,
        key: &key,
    };
    let upstream = Upstream {
        password: None,
        ..to_cluster(&cluster, ClientTls::required(trust, Some(own)).unwrap())
    };
    let client = catalog_client(&upstream).await.unwrap();
    let subject = "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(asked(&client, subject).await, format!("/CN={SUPERUSER}"));
    let none = Upstream {
        tls: ClientTls::required(trust, None).unwrap(),
        ..upstream
    };
    let refused = connect(&none, &[]).await.unwrap_err().to_string();
    assert!(refused.contains("28000"), "{refused}");
}

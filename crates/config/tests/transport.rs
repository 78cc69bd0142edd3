//! The settings of both legs' transport.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use config::{
    CertificateLogin, CertificateMode, CertificateName, ChannelBinding, ClientCertificates, Config,
    TlsNegotiation, UpstreamAuth, UpstreamCertificate, UpstreamTls, parse,
};
use std::{fs, path::Path, time::Duration};

const TEXT: &str = r#"
[listen]
cancel_in_clear = true
[listen.client_certificates]
ca = "ca.pem"
revoked = "crl.pem"
mode = "required"
login = "alone"
name = "email"

[limits]
tcp_keepalive = "off"
tcp_user_timeout = "2m"
max_logins_per_address = 7

[[connection]]
name = "plain"
environment = "prod"
host = "db.internal"
user = "gate"
password = "env:PASSWORD"

[[connection]]
name = "socket"
environment = "prod"
host = "/var/run/postgresql"
port = 5433
user = "gate"

[[connection]]
name = "bound"
environment = "prod"
host = "db.internal"
user = "gate"
tls_certificate = "cert.pem"
tls_key = "key.pem"
tls_negotiation = "direct"
channel_binding = "require"

[[connection]]
name = "clear"
environment = "prod"
host = "db.internal"
user = "gate"
password = "env:PASSWORD"
auth = "password"
channel_binding = "disable"

[[principal]]
name = "sam"
kind = "human"
certificates = ["sam@example.com", "s.jones@example.com"]

[[principal]]
name = "anna@example.com"
kind = "human"
"#;

fn read(directory: &Path, text: &str) -> Config {
    use std::os::unix::fs::PermissionsExt;
    for name in ["ca.pem", "crl.pem", "cert.pem", "key.pem"] {
        fs::write(directory.join(name), "pem").unwrap();
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(directory.join(name), mode).unwrap();
    }
    let env = |name: &str| (name == "PASSWORD").then(|| "hunter2".to_owned());
    parse(text, &directory.join("lockgate.toml"), &env).unwrap()
}

#[test]
fn what_is_said_of_clients_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let config = read(directory.path(), TEXT);
    let expected = ClientCertificates {
        ca: at("ca.pem"),
        revoked: Some(at("crl.pem")),
        mode: CertificateMode::Required,
        login: CertificateLogin::Alone,
        name: CertificateName::Email,
    };
    assert_eq!(config.listen.client_certificates, Some(expected));
    assert!(config.listen.cancel_in_clear);
    let limits = config.limits;
    assert_eq!(limits.tcp_keepalive, None);
    assert_eq!(limits.tcp_user_timeout, Some(Duration::from_secs(120)));
    assert_eq!(limits.max_logins_per_address, 7);
    let names: Vec<_> = config.certificates.iter().collect();
    let names: Vec<_> = names
        .iter()
        .map(|(name, who)| (name.as_str(), who.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("anna@example.com", "anna@example.com"),
            ("s.jones@example.com", "sam"),
            ("sam@example.com", "sam"),
        ]
    );
}

#[test]
fn what_is_said_of_servers_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let config = read(directory.path(), TEXT);
    let found = |name: &str| config.connection(name).unwrap();
    let full = UpstreamTls::VerifyFull { ca: None };

    let plain = found("plain");
    assert_eq!((&plain.tls, plain.socket()), (&full, None));
    assert_eq!(plain.negotiation, TlsNegotiation::Postgres);
    assert_eq!(plain.channel_binding, ChannelBinding::Prefer);
    assert_eq!(plain.auth, UpstreamAuth::ScramSha256);
    assert_eq!(plain.certificate, None);

    let socket = found("socket");
    let path = Path::new("/var/run/postgresql/.s.PGSQL.5433");
    assert_eq!(socket.socket().as_deref(), Some(path));
    assert_eq!(socket.tls, UpstreamTls::Disable);
    assert!(socket.password.is_none());

    let bound = found("bound");
    let certificate = UpstreamCertificate {
        certificate: at("cert.pem"),
        key: at("key.pem"),
    };
    assert_eq!(bound.certificate, Some(certificate));
    assert_eq!((&bound.tls, bound.password.is_none()), (&full, true));
    assert_eq!(bound.negotiation, TlsNegotiation::Direct);
    assert_eq!(bound.channel_binding, ChannelBinding::Require);

    let clear = found("clear");
    assert_eq!(clear.auth, UpstreamAuth::Password);
    assert_eq!(clear.channel_binding, ChannelBinding::Disable);
    assert!(
        config
            .warnings
            .iter()
            .all(|warning| !warning.to_string().contains("connection"))
    );
    let summary = config.summary();
    assert!(
        summary.contains("client certificates required alone"),
        "{summary}"
    );
}

#[test]
fn without_a_word_the_safe_ways_are_taken() {
    let directory = tempfile::tempdir().unwrap();
    let start = TEXT.find("[[connection]]").unwrap();
    let config = read(directory.path(), &TEXT[start..]);
    assert_eq!(config.listen.client_certificates, None);
    assert!(!config.listen.cancel_in_clear);
    assert_eq!(config.limits.tcp_keepalive, Some(Duration::from_secs(60)));
    assert_eq!(config.limits.tcp_user_timeout, None);
}

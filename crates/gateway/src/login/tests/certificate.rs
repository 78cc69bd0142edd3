//! Certificates of clients: whose they are, and what they are good for.

use std::path::PathBuf;

use config::{CertificateLogin, CertificateMode, CertificateName};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer,
    KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber,
};

use super::*;
use crate::tls::ClientTrust;

/// An authority, and the files of what it has signed.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    directory: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut parameters = CertificateParams::new(vec![]).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        parameters
            .distinguished_name
            .push(DnType::CommonName, "authority");
        let key = KeyPair::generate().unwrap();
        let root = parameters.self_signed(&key).unwrap();
        std::fs::write(directory.path().join("ca.pem"), root.pem()).unwrap();
        Self {
            issuer: Issuer::new(parameters, key),
            directory,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Signs a certificate with this serial number.
    fn sign(&self, file: &str, serial: u64, names: &[Name<'_>]) {
        let mut parameters = CertificateParams::new(vec![]).unwrap();
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        parameters.serial_number = Some(SerialNumber::from(serial));
        for name in names {
            let ia5 = |text: &str| text.try_into().unwrap();
            match name {
                Name::Common(text) => parameters
                    .distinguished_name
                    .push(DnType::CommonName, *text),
                Name::Email(text) => {
                    parameters
                        .subject_alt_names
                        .push(SanType::Rfc822Name(ia5(text)));
                }
                Name::Dns(text) => parameters
                    .subject_alt_names
                    .push(SanType::DnsName(ia5(text))),
                Name::Uri(text) => parameters.subject_alt_names.push(SanType::URI(ia5(text))),
            }
        }
        let key = KeyPair::generate().unwrap();
        let signed = parameters.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(self.path(&format!("{file}.pem")), signed.pem()).unwrap();
        std::fs::write(self.path(&format!("{file}.key")), key.serialize_pem()).unwrap();
    }

    /// Takes the certificates with these numbers back.
    fn revoke(&self, file: &str, serials: &[u64]) {
        let now = rcgen::date_time_ymd(2024, 1, 1);
        let revoked = serials.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: now,
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: now,
            next_update: rcgen::date_time_ymd(2124, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&self.issuer).unwrap();
        std::fs::write(self.path(file), list.pem().unwrap()).unwrap();
    }

    fn client(&self, file: &str) -> Arc<ClientConfig> {
        let (certificate, key) = (
            self.path(&format!("{file}.pem")),
            self.path(&format!("{file}.key")),
        );
        trusting(Some(OwnCertificate {
            certificate: &certificate,
            key: &key,
        }))
    }
}

enum Name<'a> {
    Common(&'a str),
    Email(&'a str),
    Dns(&'a str),
    Uri(&'a str),
}

/// Rules under which names of this sort count, and are those of these principals.
fn rules_of(
    authority: &Authority,
    (mode, login): (CertificateMode, CertificateLogin),
    name: CertificateName,
    revoked: Option<&Path>,
) -> LoginRules {
    let ca = authority.path("ca.pem");
    let trust = ClientTrust { ca: &ca, revoked };
    let names = ["localhost".to_owned()];
    let tls = ServerTls::self_signed(authority.directory.path(), &names, Some(trust)).unwrap();
    let principals = [
        ("ada", "ada"),
        ("ada@example.com", "ada"),
        ("ada.example.com", "ada"),
        ("spiffe://example.com/ada", "ada"),
        ("eve", "eve"),
    ];
    let principals = principals.map(|(name, who)| (name.to_owned(), who.parse().unwrap()));
    LoginRules {
        tls: Some(tls),
        certificates: Some(CertificateRules {
            mode,
            login,
            name,
            principals: Arc::new(principals.into()),
        }),
        ..rules()
    }
}

/// Logs `user` in with the certificate and, if it is asked for, ada's key.
async fn log_in(
    rules: &LoginRules,
    certificate: &Arc<ClientConfig>,
    user: &str,
) -> (Outcome, Vec<String>) {
    let (outcome, client, ()) = visit(rules, async |client: &mut Client| {
        client.send(encode::ssl_request).await;
        assert_eq!(client.channel.byte().await.unwrap(), b'S');
        if client.tls(certificate).await.is_err() {
            return;
        }
        client.hello(user, "shop").await;
        if let Some(message) = client.hear().await
            && client.heard[0].starts_with("R:Sasl")
        {
            drop(message);
            let mut scram =
                ScramSha256::new(key(1).expose().as_bytes(), ChannelBinding::unsupported());
            client
                .write(|out| encode::sasl_initial_response(out, PLAIN, scram.message()))
                .await;
            client.answer(&mut scram).await;
        }
    })
    .await;
    (outcome, client.heard)
}

use CertificateLogin::{Alone, WithKey};
use CertificateMode::{Optional, Required};

#[tokio::test]
async fn a_certificate_is_a_second_factor_or_the_only_one() {
    let authority = Authority::new();
    authority.sign("ada", 1, &[Name::Common("ada")]);
    authority.sign("eve", 2, &[Name::Common("eve")]);
    authority.sign("stranger", 3, &[Name::Common("mallory")]);
    let (ada, eve) = (authority.client("ada"), authority.client("eve"));
    let (stranger, none) = (authority.client("stranger"), trusting(None));
    let foreign = Some("certificate authentication failed for user \"ada\"");
    let missing = Some("connection requires a valid client certificate");
    let cases = [
        ("both", Required, WithKey, &ada, None),
        ("both, of free will", Optional, WithKey, &ada, None),
        ("key alone", Optional, WithKey, &none, None),
        (
            "key without its certificate",
            Required,
            WithKey,
            &none,
            missing,
        ),
        ("somebody else's", Required, WithKey, &eve, foreign),
        (
            "somebody else's, needless",
            Optional,
            WithKey,
            &eve,
            foreign,
        ),
        ("nobody's", Optional, WithKey, &stranger, foreign),
        ("certificate alone", Optional, Alone, &ada, None),
        ("certificate alone, required", Required, Alone, &ada, None),
        ("key in place of it", Optional, Alone, &none, None),
        ("somebody else's alone", Optional, Alone, &eve, foreign),
        ("none at all", Required, Alone, &none, missing),
    ];
    for (name, mode, login, certificate, refused) in cases {
        let rules = rules_of(&authority, (mode, login), CertificateName::CommonName, None);
        let (outcome, heard) = log_in(&rules, certificate, "ada").await;
        if let Some(message) = refused {
            let refusal = refusal(outcome);
            assert_eq!(
                (refusal.sqlstate, &*refusal.message),
                ("28000", message),
                "{name}"
            );
            assert_eq!(heard, [format!("E:FATAL 28000 {message}")], "{name}");
            continue;
        }
        let actor = session(outcome).actor;
        assert_eq!(actor.principal.name.as_str(), "ada", "{name}");
        let by_certificate = login == Alone && !Arc::ptr_eq(certificate, &none);
        assert_eq!(
            actor.key.as_str().starts_with("certificate-"),
            by_certificate,
            "{name}"
        );
        assert_eq!(heard[0] == "R:Ok", by_certificate, "{name}: {heard:?}");
    }
}

#[tokio::test]
async fn the_key_must_be_right_as_well() {
    let authority = Authority::new();
    authority.sign("eve", 1, &[Name::Common("eve")]);
    let factors = (Required, WithKey);
    let rules = rules_of(&authority, factors, CertificateName::CommonName, None);
    // Ada's key with eve's certificate as eve.
    let (outcome, _) = log_in(&rules, &authority.client("eve"), "eve").await;
    assert_eq!(refusal(outcome).sqlstate, "28P01");
}

#[tokio::test]
async fn the_name_that_counts_is_the_configured_one() {
    let authority = Authority::new();
    authority.sign(
        "common",
        1,
        &[Name::Common("ada"), Name::Email("eve@example.com")],
    );
    authority.sign(
        "email",
        2,
        &[Name::Common("eve"), Name::Email("ada@example.com")],
    );
    authority.sign(
        "dns",
        3,
        &[Name::Dns("other.example.com"), Name::Dns("ada.example.com")],
    );
    authority.sign("uri", 4, &[Name::Uri("spiffe://example.com/ada")]);
    authority.sign("none", 5, &[]);
    use CertificateName::{CommonName, Dns, Email, Uri};
    let sorts = [
        ("common", CommonName),
        ("email", Email),
        ("dns", Dns),
        ("uri", Uri),
    ];
    for (_, sort) in sorts {
        let rules = rules_of(&authority, (Required, Alone), sort, None);
        for file in ["common", "email", "dns", "uri", "none"] {
            let (outcome, _) = log_in(&rules, &authority.client(file), "ada").await;
            let expected = sorts.contains(&(file, sort));
            assert_eq!(outcome.is_ok(), expected, "{file} {sort:?}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn certificates_of_others_and_revoked_ones_do_not_pass_tls() {
    let (authority, other) = (Authority::new(), Authority::new());
    authority.sign("ada", 1, &[Name::Common("ada")]);
    authority.sign("stolen", 2, &[Name::Common("ada")]);
    other.sign("ada", 1, &[Name::Common("ada")]);
    authority.revoke("crl.pem", &[2]);
    let list = authority.path("crl.pem");
    for (client, listed, welcome) in [
        (authority.client("ada"), true, true),
        (authority.client("stolen"), false, true),
        (authority.client("stolen"), true, false),
        (other.client("ada"), true, false),
    ] {
        let revoked = listed.then_some(&*list);
        let factors = (Required, Alone);
        let rules = rules_of(&authority, factors, CertificateName::CommonName, revoked);
        let (outcome, _) = log_in(&rules, &client, "ada").await;
        match (welcome, outcome) {
            (true, Ok(Arrival::Session(_))) => {}
            (false, Err(GatewayError::Client(ChannelError::Tls(_)))) => {}
            (_, other) => panic!("{other:?}"),
        }
    }
}

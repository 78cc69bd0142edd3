//! What a client's certificate says of who it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{CertificateLogin, CertificateMode, CertificateName};
use identity::{KeyId, PrincipalName};
use rustls::pki_types::CertificateDer;

use crate::error::Refusal;
use crate::tls::certificate::{fingerprint, names};

/// What certificates of clients stand for.
#[derive(Debug, Clone)]
pub struct CertificateRules {
    /// Whether one must be shown.
    pub mode: CertificateMode,
    /// Whether it logs in by itself.
    pub login: CertificateLogin,
    /// Which of its names counts.
    pub name: CertificateName,
    /// Whose name it is.
    pub principals: Arc<BTreeMap<String, PrincipalName>>,
}

/// What has been proved of who the client is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing, or not enough: the access key is asked for.
    NotYet,
    /// The certificate is enough; by this it is known in records, in place of a key.
    Certificate(KeyId),
}

/// Whether the certificate is that of `user`, and whether it is enough.
///
/// A certificate of somebody else is refused whatever the rules are, and before a key is looked at.
pub(super) fn check(
    rules: Option<&CertificateRules>,
    shown: Option<&CertificateDer<'_>>,
    user: &str,
) -> Result<Proof, Refusal> {
    let Some(rules) = rules else {
        return Ok(Proof::NotYet);
    };
    let Some(certificate) = shown else {
        return match rules.mode {
            CertificateMode::Optional => Ok(Proof::NotYet),
            CertificateMode::Required => Err(missing()),
        };
    };
    let names = names(certificate, rules.name);
    let is_of_user = |name: &String| {
        let principal = rules.principals.get(name);
        principal.is_some_and(|principal| principal.as_str() == user)
    };
    if !names.iter().any(is_of_user) {
        return Err(foreign(user, &fingerprint(certificate)));
    }
    match rules.login {
        CertificateLogin::WithKey => Ok(Proof::NotYet),
        CertificateLogin::Alone => key_id(certificate).map(Proof::Certificate),
    }
}

/// The words are PostgreSQL's.
fn missing() -> Refusal {
    Refusal::new("28000", "connection requires a valid client certificate")
        .hint("Give your certificate and its key: add sslcert and sslkey to the connection string.")
}

fn foreign(user: &str, fingerprint: &str) -> Refusal {
    let message = format!("certificate authentication failed for user \"{user}\"");
    Refusal::new("28000", message)
        .hint("Log in with the name of the principal that the certificate was made for.")
        .reason(format!("certificate {fingerprint} is not one of `{user}`"))
}

fn key_id(certificate: &CertificateDer<'_>) -> Result<KeyId, Refusal> {
    let id = format!("certificate-{}", fingerprint(certificate)).parse();
    id.map_err(|_| Refusal::new("58000", "the certificate cannot be named"))
}

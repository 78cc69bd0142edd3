//! Certificates of clients.

use std::path::PathBuf;

/// What certificates of clients stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificates {
    /// PEM file with the authorities whose certificates are believed.
    pub ca: PathBuf,
    /// PEM file with lists of revoked certificates, one of each authority; `None`: a certificate is
    /// believed until it ends.
    pub revoked: Option<PathBuf>,
    /// Whether one must be shown.
    pub mode: CertificateMode,
    /// Whether it logs in by itself.
    pub login: CertificateLogin,
    /// Which of its names counts.
    pub name: CertificateName,
}

/// Whether a client must show a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateMode {
    /// It may; one that it shows must be its own. The default.
    Optional,
    /// It must.
    Required,
}

/// Whether a certificate logs in by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateLogin {
    /// The access key is asked for as well: two factors. The default.
    WithKey,
    /// The certificate is enough.
    Alone,
}

/// Which name of a certificate is that of a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateName {
    /// The common name of its subject, as PostgreSQL takes it. The default.
    CommonName,
    /// An e-mail address among its alternative names.
    Email,
    /// A DNS name among its alternative names.
    Dns,
    /// A URI among its alternative names, such as a SPIFFE id.
    Uri,
}

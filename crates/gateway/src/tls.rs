//! TLS on both legs: who we are to clients, and whom we trust upstream.
//!
//! TLS 1.2 and 1.3 only, by rustls with aws-lc-rs. Nothing is resumed on either leg, so that no
//! session carries over from one identity to another.

pub(crate) mod certificate;
mod trust;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoClientAuth, NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::error::{CertificateProblem, GatewayError};
use crate::private_file;
use trust::{ChainOnly, Nothing};
use zeroize::Zeroizing;

/// The protocol's name in ALPN (PostgreSQL documentation, "Protocol Flow", "SSL Session
/// Encryption"). A client that offers other names only is turned away, so that a browser cannot be
/// tricked into speaking to us.
pub(crate) const ALPN: &[u8] = b"postgresql";

/// Name of the self-signed certificate in the state directory, for clients that want to trust it.
pub const CERTIFICATE_FILE: &str = "tls-certificate.pem";
const KEY_FILE: &str = "tls-key.pem";

/// Who we are to clients. Cheap to clone; a connection keeps the one that it began with.
#[derive(Debug, Clone)]
pub struct ServerTls {
    pub(crate) config: Arc<ServerConfig>,
    /// What SCRAM binds to; `None` where the certificate names no hash for it.
    pub(crate) end_point: Option<Arc<[u8]>>,
}

/// Which certificates of clients are believed. Whether one must be shown, and what it stands for, is
/// decided at the login, where the client can be told.
#[derive(Debug, Clone, Copy)]
pub struct ClientTrust<'a> {
    /// PEM file of the authorities.
    pub ca: &'a Path,
    /// PEM file of the lists of revoked certificates. With it, each authority must have a list.
    pub revoked: Option<&'a Path>,
}

impl ServerTls {
    /// From a certificate chain (leaf first) and its key, both PEM.
    ///
    /// # Errors
    /// [`GatewayError::File`], [`GatewayError::Certificate`].
    pub fn from_files(
        certificate: &Path,
        key: &Path,
        clients: Option<ClientTrust<'_>>,
    ) -> Result<Self, GatewayError> {
        let chain = read(certificate)?;
        let key_pem = Zeroizing::new(read(key)?);
        Self::from_pem((certificate, &chain), (key, &key_pem), clients)
    }

    /// From the self-signed certificate in `state_dir`, which is made at the first start for
    /// `names` (host names and addresses).
    ///
    /// # Errors
    /// [`GatewayError::File`], [`GatewayError::Certificate`].
    pub fn self_signed(
        state_dir: &Path,
        names: &[String],
        clients: Option<ClientTrust<'_>>,
    ) -> Result<Self, GatewayError> {
        let certificate = state_dir.join(CERTIFICATE_FILE);
        let key = state_dir.join(KEY_FILE);
        let kept = private_file::read(&certificate)?.zip(private_file::read(&key)?);
        let (chain, key_pem) = match kept {
            Some(kept) => kept,
            None => generate(&certificate, &key, names)?,
        };
        let key_pem = Zeroizing::new(key_pem);
        Self::from_pem((&certificate, &chain), (&key, &key_pem), clients)
    }

    fn from_pem(
        (certificate, chain_pem): (&Path, &[u8]),
        (key, key_pem): (&Path, &[u8]),
        clients: Option<ClientTrust<'_>>,
    ) -> Result<Self, GatewayError> {
        let chain = certificates(certificate, chain_pem)?;
        let end_point = chain.first().and_then(certificate::end_point);
        let verifier = match clients {
            Some(clients) => client_verifier(clients)?,
            None => Arc::new(NoClientAuth),
        };
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(key, CertificateProblem::Tls(error)))?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, private_key(key, key_pem)?)
            .map_err(|error| wrong(key, CertificateProblem::Tls(error)))?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self {
            config: Arc::new(config),
            end_point: end_point.map(Arc::from),
        })
    }
}

/// Lets clients without a certificate pass, and none with a wrong one.
fn client_verifier(trust: ClientTrust<'_>) -> Result<Arc<dyn ClientCertVerifier>, GatewayError> {
    let roots = Arc::new(roots(Some(trust.ca))?);
    let revoked = trust.revoked.map(revocations).transpose()?;
    WebPkiClientVerifier::builder_with_provider(roots, provider())
        .allow_unauthenticated()
        .with_crls(revoked.unwrap_or_default())
        .build()
        .map_err(|error| {
            let file = trust.revoked.unwrap_or(trust.ca);
            wrong(file, CertificateProblem::Verifier(error.to_string()))
        })
}

fn revocations(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, GatewayError> {
    let pem = read(path)?;
    let lists: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(&pem).collect();
    match lists {
        Ok(lists) if !lists.is_empty() => Ok(lists),
        Ok(_) | Err(_) => Err(wrong(path, CertificateProblem::Pem("revocation list"))),
    }
}

fn private_key(path: &Path, pem: &[u8]) -> Result<PrivateKeyDer<'static>, GatewayError> {
    PrivateKeyDer::from_pem_slice(pem)
        .map_err(|_| wrong(path, CertificateProblem::Pem("private key")))
}

/// How we speak to one database server.
#[derive(Debug, Clone)]
pub enum ClientTls {
    /// In clear.
    Disabled,
    /// Under TLS, or not at all.
    Required(Arc<ClientConfig>),
}

/// Whom we trust to be a database server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust<'a> {
    /// A certificate for the host's name, by a root of this file or of the operating system.
    Full(Option<&'a Path>),
    /// A certificate for any name, by a root of this file or of the operating system.
    Chain(Option<&'a Path>),
    /// Anybody: TLS against eavesdroppers only.
    Anybody,
}

/// A certificate and its key by which we log in to a database server, both PEM.
#[derive(Debug, Clone, Copy)]
pub struct OwnCertificate<'a> {
    /// The chain, leaf first.
    pub certificate: &'a Path,
    /// The private key.
    pub key: &'a Path,
}

impl ClientTls {
    /// TLS with this trust, and with a certificate of our own if the server asks for one.
    ///
    /// # Errors
    /// [`GatewayError::File`], [`GatewayError::Certificate`].
    pub fn required(
        trust: Trust<'_>,
        own: Option<OwnCertificate<'_>>,
    ) -> Result<Self, GatewayError> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(Path::new(""), CertificateProblem::Tls(error)))?;
        let builder = match trust {
            Trust::Full(ca) => builder.with_root_certificates(roots(ca)?),
            Trust::Chain(ca) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(ChainOnly::new(roots(ca)?, provider()))),
            Trust::Anybody => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Nothing::new(provider()))),
        };
        let mut config = match own {
            None => builder.with_no_client_auth(),
            Some(OwnCertificate { certificate, key }) => {
                let chain = certificates(certificate, &read(certificate)?)?;
                let key_pem = Zeroizing::new(read(key)?);
                builder
                    .with_client_auth_cert(chain, private_key(key, &key_pem)?)
                    .map_err(|error| wrong(key, CertificateProblem::Tls(error)))?
            }
        };
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.resumption = Resumption::disabled();
        Ok(Self::Required(Arc::new(config)))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn roots(ca: Option<&Path>) -> Result<RootCertStore, GatewayError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca {
        for certificate in certificates(path, &read(path)?)? {
            roots
                .add(certificate)
                .map_err(|error| wrong(path, CertificateProblem::Tls(error)))?;
        }
        return Ok(roots);
    }
    // The system's store may hold roots that webpki does not read; the others still count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match roots.is_empty() {
        true => Err(wrong(&PathBuf::new(), CertificateProblem::NoRoots)),
        false => Ok(roots),
    }
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, GatewayError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) | Err(_) => Err(wrong(path, CertificateProblem::Pem("certificate"))),
    }
}

/// Makes a self-signed certificate and keeps it; key first, so that a certificate without a key is
/// never left.
fn generate(
    certificate: &Path,
    key: &Path,
    names: &[String],
) -> Result<(Vec<u8>, Vec<u8>), GatewayError> {
    let made = rcgen::generate_simple_self_signed(names)
        .map_err(|error| wrong(certificate, CertificateProblem::Generation(error)))?;
    let (chain, key_pem) = (made.cert.pem(), made.signing_key.serialize_pem());
    private_file::write(key, key_pem.as_bytes())?;
    private_file::write(certificate, chain.as_bytes())?;
    Ok((chain.into_bytes(), key_pem.into_bytes()))
}

fn read(path: &Path) -> Result<Vec<u8>, GatewayError> {
    fs::read(path).map_err(|error| GatewayError::File {
        path: path.to_owned(),
        kind: error.kind(),
    })
}

fn wrong(path: &Path, problem: CertificateProblem) -> GatewayError {
    GatewayError::Certificate {
        path: path.to_owned(),
        problem,
    }
}

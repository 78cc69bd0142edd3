//! TLS on both legs: who we are to clients, and whom we trust upstream.
//!
//! TLS 1.2 and 1.3 only, by rustls with aws-lc-rs. Nothing is resumed on either leg, so that no
//! session carries over from one identity to another.

mod trust;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::error::{CertificateProblem, GatewayError};
use crate::private_file;
use trust::{ChainOnly, Nothing};

/// The protocol's name in ALPN (PostgreSQL documentation, "Protocol Flow", "SSL Session
/// Encryption"). A client that offers other names only is turned away, so that a browser cannot be
/// tricked into speaking to us.
const ALPN: &[u8] = b"postgresql";

/// Name of the self-signed certificate in the state directory, for clients that want to trust it.
pub const CERTIFICATE_FILE: &str = "tls-certificate.pem";
const KEY_FILE: &str = "tls-key.pem";

/// Who we are to clients. Cheap to clone; a connection keeps the one that it began with.
#[derive(Debug, Clone)]
pub struct ServerTls {
    pub(crate) config: Arc<ServerConfig>,
    /// The chain in PEM, to which SCRAM binds.
    pub(crate) certificate_pem: Arc<[u8]>,
}

impl ServerTls {
    /// From a certificate chain (leaf first) and its key, both PEM.
    ///
    /// # Errors
    /// [`GatewayError::File`], [`GatewayError::Certificate`].
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, GatewayError> {
        let chain = read(certificate)?;
        let key_pem = zeroize::Zeroizing::new(read(key)?);
        Self::from_pem(certificate, &chain, key, &key_pem)
    }

    /// From the self-signed certificate in `state_dir`, which is made at the first start for
    /// `names` (host names and addresses).
    ///
    /// # Errors
    /// [`GatewayError::File`], [`GatewayError::Certificate`].
    pub fn self_signed(state_dir: &Path, names: &[String]) -> Result<Self, GatewayError> {
        let certificate = state_dir.join(CERTIFICATE_FILE);
        let key = state_dir.join(KEY_FILE);
        let kept = private_file::read(&certificate)?.zip(private_file::read(&key)?);
        let (chain, key_pem) = match kept {
            Some(kept) => kept,
            None => generate(&certificate, &key, names)?,
        };
        Self::from_pem(
            &certificate,
            &chain,
            &key,
            &zeroize::Zeroizing::new(key_pem),
        )
    }

    fn from_pem(
        certificate: &Path,
        chain_pem: &[u8],
        key: &Path,
        key_pem: &[u8],
    ) -> Result<Self, GatewayError> {
        let chain = certificates(certificate, chain_pem)?;
        let private_key = PrivateKeyDer::from_pem_slice(key_pem)
            .map_err(|_| wrong(key, CertificateProblem::Pem("private key")))?;
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(key, CertificateProblem::Tls(error)))?
            .with_no_client_auth()
            .with_single_cert(chain, private_key)
            .map_err(|error| wrong(key, CertificateProblem::Tls(error)))?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self {
            config: Arc::new(config),
            certificate_pem: chain_pem.into(),
        })
    }
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

impl ClientTls {
    /// TLS with this trust.
    ///
    /// # Errors
    /// [`GatewayError::File`], [`GatewayError::Certificate`].
    pub fn required(trust: Trust<'_>) -> Result<Self, GatewayError> {
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
        let mut config = builder.with_no_client_auth();
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

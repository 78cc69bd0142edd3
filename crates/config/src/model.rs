//! The checked configuration.

mod clients;
mod upstream;

use crate::{Limits, Warning};
use detect::Detector;
use identity::{Directory, PrincipalName};
use mask::Operator;
use policy::{Disclosure, LabelRule, Policy, PolicySource, Tag};
use std::{collections::BTreeMap, fmt, net::SocketAddr, path::PathBuf, sync::Arc};
use zeroize::Zeroizing;

pub use clients::{CertificateLogin, CertificateMode, CertificateName, ClientCertificates};
pub(crate) use upstream::socket;
pub use upstream::{
    ChannelBinding, ConnectionConfig, TlsNegotiation, UpstreamAuth, UpstreamCertificate,
    UpstreamTls,
};

/// Where clients connect when the file does not say: loopback only, so that nothing is offered to a
/// network unasked, on the port next to PostgreSQL's that poolers use.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:6432";

/// PostgreSQL's port.
pub const DEFAULT_PORT: u16 = 5432;

/// Where the audit log and generated keys are kept when the file does not say: next to the file, so
/// that it needs no privileges and two configurations do not share a log.
pub const DEFAULT_STATE_DIR: &str = "lockgate-state";

/// The word in place of a connection's name that stands for all of them.
pub(crate) const EVERY_CONNECTION: &str = "*";

/// A whole configuration: every name in it resolves, every secret was read, the policies compile.
///
/// `Debug` shows no secret; [`Config::summary`] is for people.
#[derive(Debug)]
pub struct Config {
    /// Where clients connect.
    pub listen: Listen,
    /// Directory of the audit log, generated certificates and keys.
    pub state_dir: PathBuf,
    /// How records are kept.
    pub audit: AuditConfig,
    /// Sizes, numbers and times that a peer cannot go beyond.
    pub limits: Limits,
    /// The upstream databases, in the order of the file; at least one.
    pub connections: Vec<ConnectionConfig>,
    /// Who can log in.
    pub directory: Directory,
    /// What agents are for, where it was said.
    pub purposes: BTreeMap<PrincipalName, String>,
    /// Whose the names in certificates of clients are; every principal has its own name, unless it
    /// was said otherwise.
    pub certificates: BTreeMap<String, PrincipalName>,
    /// Texts of the policies, the packs first.
    pub policies: Vec<PolicySource>,
    /// The same, compiled.
    pub policy: Arc<Policy>,
    /// Rules that give columns their tags, each with the name of its connection or `*`.
    pub labels: Vec<(String, LabelRule)>,
    /// Whether columns are also tagged by their names; on unless switched off.
    pub classify_by_name: bool,
    /// Finds sensitive data in values, with the types that the file adds.
    pub detector: Detector,
    /// The key from which pseudonyms are made; `None`: one is to be generated in `state_dir`.
    pub masking_key: Option<MaskingKey>,
    /// Operators for tags, where others than the usual ones were chosen.
    pub masks: Vec<MaskRule>,
    /// What is allowed but should be known.
    pub warnings: Vec<Warning>,
}

/// What the values of a tag become on a rung of disclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskRule {
    /// The tag; those below it are meant too.
    pub tag: Tag,
    /// The rung.
    pub disclosure: Disclosure,
    /// The operator; it never shows more than the rung may see.
    pub operator: Operator,
}

impl Config {
    /// The connection of that name.
    #[must_use]
    pub fn connection(&self, name: &str) -> Option<&ConnectionConfig> {
        self.connections
            .iter()
            .find(|connection| connection.name == name)
    }

    /// The label rules that hold for the connection of that name, in the order of the file.
    #[must_use]
    pub fn labels_of(&self, connection: &str) -> Vec<LabelRule> {
        let holds = |name: &str| name == EVERY_CONNECTION || name == connection;
        let rules = self.labels.iter().filter(|(name, _)| holds(name));
        rules.map(|(_, rule)| rule.clone()).collect()
    }

    /// What the agent of that name is for.
    #[must_use]
    pub fn purpose(&self, principal: &PrincipalName) -> Option<&str> {
        self.purposes.get(principal).map(String::as_str)
    }
}

/// Where and how clients connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// Address and port; port 0 takes a free one.
    pub address: SocketAddr,
    /// How clients prove who they are.
    pub auth: Auth,
    /// The encryption of their connections.
    pub tls: ListenTls,
    /// What their certificates stand for; `None`: they are not asked for one.
    pub client_certificates: Option<ClientCertificates>,
    /// Whether a session under TLS may be cancelled by a request in clear, as libpq before 17 sends
    /// it. Off: who listens on the way could cancel what others run.
    pub cancel_in_clear: bool,
}

/// How clients prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// SCRAM-SHA-256: the access key is never sent. The default.
    ScramSha256,
    /// The access key as a cleartext password, over TLS only: for clients without SCRAM, and to
    /// have all live keys of a principal tried.
    Password,
}

/// The encryption of clients' connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenTls {
    /// With a certificate that is generated in the state directory. The default.
    SelfSigned,
    /// With a given certificate.
    Files {
        /// PEM file with the certificate and its chain.
        certificate: PathBuf,
        /// PEM file with its private key.
        key: PathBuf,
    },
    /// None; on loopback addresses only.
    Off,
}

/// How records are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditConfig {
    /// When a record counts as accepted.
    pub durability: Durability,
}

/// When a record counts as accepted. A loaded configuration holds `Buffered` only: `durable` is
/// refused until the log can keep its promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// When the operating system has it: it survives a crash of the process, not of the machine.
    Buffered,
    /// When it is on the disk.
    Durable,
}

/// The key from which pseudonyms are made: whoever has it can look for the original of a pseudonym
/// by trial. `Debug` hides it and the memory is wiped on drop.
#[derive(Clone)]
pub struct MaskingKey(Zeroizing<[u8; 32]>);

impl MaskingKey {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        MaskingKey(Zeroizing::new(bytes))
    }

    /// The 32 bytes. Every call is a place to review.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for MaskingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MaskingKey(hidden)")
    }
}

//! Files and environment to checked configuration, all mistakes at once.
//!
//! [`load`] reads a TOML file, the policies, keys and secrets that it names, and gives either a
//! [`Config`] in which every name resolves, or [`ConfigErrors`] with every mistake: the file, the
//! line and the fix. There is no half-checked configuration, and an unknown key is a mistake: a
//! misspelled one would otherwise silently protect nothing.
//!
//! This crate never opens a socket, never writes a file, and never repeats a secret in a message.
//!
//! ```toml
//! [listen]
//! address = "127.0.0.1:6432"           # tls = "self-signed", auth = "scram-sha-256"
//!
//! [policy]
//! packs = ["guardrails/production", "agents", "pii"]
//! files = ["policies/*.cedar"]          # relative to this file
//!
//! [[connection]]
//! name = "shop-prod"                    # what clients give as `database`
//! environment = "prod"
//! host = "db.internal"
//! database = "shop"
//! user = "gate"
//! password = "env:SHOP_PROD_PASSWORD"   # or "file:secrets/shop-prod"; never the password itself
//!
//! [[principal]]
//! name = "anna"                         # what clients give as `user`
//! kind = "human"
//! groups = ["support"]
//! keys = [{ id = "laptop", hash = "SCRAM-SHA-256$4096:…" }]
//!
//! [[label]]
//! column = "public.customers.email"
//! tag = "pii.email"
//!
//! [[mask]]
//! tag = "pii.card"                      # and the tags below it
//! see = "partial"                       # or "pseudonym", "redacted"
//! operator = "mask_card"                # the words are those of `mask::Operator::from_str`
//!
//! [[detector]]
//! name = "EMPLOYEE_ID"                  # how it shows in marks: `[EMPLOYEE_ID]`
//! tag = "pii.username"
//! pattern = '\bE-\d{6}\b'              # or words = ["…", "…"]
//! context = ["employee", "staff"]       # one of them within 40 bytes; none: anywhere
//! score = 90
//! ```
//!
//! A password, masking key or other secret is `env:NAME` or `file:PATH`. Written into the file
//! itself it is refused, without exception: configuration is copied, committed and mailed.

mod connection;
mod detector;
mod document;
mod duration;
mod files;
mod label;
mod limits;
mod listen;
mod mask;
mod mistake;
mod model;
mod policies;
mod principal;
mod read;
mod secret;
mod summary;

pub use limits::Limits;
pub use mistake::{ConfigErrors, Mistake, Warning};
pub use model::{
    AuditConfig, Auth, CertificateLogin, CertificateMode, CertificateName, ChannelBinding,
    ClientCertificates, Config, ConnectionConfig, DEFAULT_ADDRESS, DEFAULT_PORT, DEFAULT_STATE_DIR,
    Durability, Listen, ListenTls, MaskRule, MaskingKey, TlsNegotiation, UpstreamAuth,
    UpstreamCertificate, UpstreamTls,
};
pub use read::{load, parse};

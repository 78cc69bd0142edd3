//! The startup packet to a server, and what it says of itself until it is ready.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncRead, AsyncWrite};
use wire::backend::{self, TransactionStatus};
use wire::encode;
use wire::startup::Version;
use zeroize::Zeroizing;

use super::message::{decode, next, unexpected};
use super::{BackendKey, Upstream};
use crate::channel::{Channel, Message};
use crate::error::{ChannelError, UpstreamProblem};

/// Settings that every session has, whatever the client asks for: how statements are read must not
/// depend on the server's configuration, or the server would read another statement than we did.
pub const PINNED: [(&str, &str); 3] = [
    ("client_encoding", "UTF8"),
    ("standard_conforming_strings", "on"),
    ("backslash_quote", "safe_encoding"),
];

/// Those of [`PINNED`] that servers report.
const REPORTED: [(&str, &str); 2] = [
    ("client_encoding", "UTF8"),
    ("standard_conforming_strings", "on"),
];

/// Most settings that a server may report. PostgreSQL 18 reports 16.
const MAX_SETTINGS: usize = 128;

/// The version that a server is asked for: 3.2, and 3.0 once it has refused that. Servers since
/// 9.3 negotiate; some poolers refuse.
#[derive(Debug)]
pub struct Dialect(AtomicU32);

impl Default for Dialect {
    fn default() -> Self {
        Self(AtomicU32::new(Version::V3_2.code()))
    }
}

impl Dialect {
    /// What to ask for.
    pub fn version(&self) -> Version {
        Version::from_code(self.0.load(Ordering::Relaxed))
    }

    /// Why a server did not answer to a startup packet. One that closed, or refused as a violation
    /// or an unknown feature what any server would negotiate, is asked for 3.0 from now on: nothing
    /// depends on it but the length of its cancel key.
    pub(super) fn explain(&self, problem: UpstreamProblem, asked: Version) -> UpstreamProblem {
        let refused = match &problem {
            UpstreamProblem::Rejected { sqlstate } => ["0A000", "08P01"].contains(&&**sqlstate),
            UpstreamProblem::Channel(ChannelError::Closed) => true,
            _ => false,
        };
        if !refused || asked == Version::V3_0 {
            return problem;
        }
        self.0.store(Version::V3_0.code(), Ordering::Relaxed);
        UpstreamProblem::OldProtocol
    }
}

/// Writes the startup packet.
pub(super) fn write<S>(
    channel: &mut Channel<S>,
    upstream: &Upstream,
    settings: &[(&str, String)],
) -> Result<Version, UpstreamProblem> {
    let version = upstream.dialect.version();
    let whom = [
        ("user", upstream.user.as_str()),
        ("database", upstream.database.as_str()),
    ];
    // INVARIANT: the client's settings are those of `login::settings::ALLOWED`, none of them
    // pinned. The pins come last all the same, where the last one counts.
    let chosen = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let parameters = whom.into_iter().chain(chosen).chain(PINNED);
    encode::startup(&mut channel.output, version, parameters).map_err(ChannelError::from)?;
    Ok(version)
}

/// The server's first message after it has negotiated a version, if it did.
pub(super) async fn negotiate<S>(
    channel: &mut Channel<S>,
    asked: Version,
) -> Result<Message, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let message = next(channel).await?;
    let backend::Message::NegotiateProtocolVersion(negotiated) = decode(&message)? else {
        return Ok(message);
    };
    // An older one of the same protocol: we speak them all. We asked for no options.
    if negotiated.version.major != asked.major || negotiated.version > asked {
        return Err(UpstreamProblem::Version(negotiated.version));
    }
    next(channel).await
}

type Settings = (Option<BackendKey>, BTreeMap<String, String>);

/// Reads what the server tells about itself until it is ready.
pub(super) async fn read_settings<S>(channel: &mut Channel<S>) -> Result<Settings, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut key = None;
    let mut parameters = BTreeMap::new();
    loop {
        let message = next(channel).await?;
        match decode(&message)? {
            backend::Message::ParameterStatus(status) => {
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                parameters.insert(text(status.name), text(status.value));
                if parameters.len() > MAX_SETTINGS {
                    return Err(UpstreamProblem::TooManySettings {
                        limit: MAX_SETTINGS,
                    });
                }
            }
            backend::Message::BackendKeyData(data) => {
                let secret = Zeroizing::new(data.secret.to_vec());
                key = Some(BackendKey {
                    process_id: data.process_id,
                    secret,
                });
            }
            backend::Message::ReadyForQuery(ready) if ready.status == TransactionStatus::Idle => {
                return Ok((key, parameters));
            }
            other => return Err(unexpected(&other)),
        }
    }
}

pub(super) fn check_pins(parameters: &BTreeMap<String, String>) -> Result<(), UpstreamProblem> {
    for (name, expected) in REPORTED {
        let value = parameters.get(name).map_or("", String::as_str);
        if value != expected {
            return Err(UpstreamProblem::Setting {
                name,
                value: value.to_owned(),
                expected,
            });
        }
    }
    Ok(())
}

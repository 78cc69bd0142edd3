//! From the first byte to the startup packet: requests for encryption, TLS, cancel requests.

use std::sync::Arc;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};
use wire::WireError;
use wire::startup::{self, Packet, Startup};
use zeroize::Zeroizing;

use super::{CancelRequest, LoginRules, NEWEST};
use crate::channel::Channel;
use crate::error::{ChannelError, GatewayError, Refusal};

/// What a connection was opened for.
pub(super) enum Opened {
    /// A session: the whole startup packet.
    Session(BytesMut),
    /// To cancel what another session runs.
    Cancel(CancelRequest),
}

/// A request before the startup packet that may come once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Request {
    Tls,
    Gss,
}

/// Answers requests for encryption until the startup packet comes, which is returned whole.
pub(super) async fn open<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
) -> Result<Opened, GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if let Some(tls) = &rules.tls
        && channel
            .begins_with_tls()
            .await
            .map_err(GatewayError::Client)?
    {
        let config = Arc::clone(&tls.config);
        let accepted = channel.accept_direct_tls(config).await;
        accepted.map_err(GatewayError::Client)?;
    }
    // At most one of each: a client without end must not keep us here (CVE-2026-6479).
    let mut asked: [Option<Request>; 2] = [None; 2];
    loop {
        let bytes = channel.packet().await.map_err(malformed)?;
        let request = match packet_of(&bytes)? {
            Packet::Ssl => Request::Tls,
            Packet::GssEnc => Request::Gss,
            Packet::Startup(_) => return Ok(Opened::Session(bytes)),
            Packet::Cancel(cancel) => {
                return Ok(Opened::Cancel(CancelRequest {
                    process_id: cancel.process_id,
                    secret: Zeroizing::new(cancel.secret.to_vec()),
                    privacy: channel.privacy(),
                }));
            }
        };
        let place = asked.iter_mut().find(|place| place.is_none());
        let (Some(place), false) = (place, channel.is_encrypted()) else {
            return Err(repeated());
        };
        *place = Some(request);
        if asked == [Some(request); 2] {
            return Err(repeated());
        }
        answer(channel, rules, request).await?;
    }
}

fn repeated() -> GatewayError {
    let refusal = Refusal::new("08P01", "encryption was requested twice");
    refusal.into()
}

async fn answer<S>(
    channel: &mut Channel<S>,
    rules: &LoginRules,
    request: Request,
) -> Result<(), GatewayError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match (request, &rules.tls) {
        (Request::Tls, Some(tls)) => {
            if !channel.input.is_empty() {
                return Err(plaintext());
            }
            channel.output.extend_from_slice(b"S");
            channel.send().await.map_err(GatewayError::Client)?;
            channel
                .accept_tls(Arc::clone(&tls.config))
                .await
                .map_err(GatewayError::Client)
        }
        (Request::Tls, None) | (Request::Gss, _) => {
            channel.output.extend_from_slice(b"N");
            channel.send().await.map_err(GatewayError::Client)
        }
    }
}

/// What came in clear after a request for TLS may be a third party's (CVE-2021-23214).
fn plaintext() -> GatewayError {
    Refusal::new("08P01", "received unencrypted data after SSL request")
        .hint("This may be a sign of a man in the middle, or of a client that does not wait.")
        .into()
}

fn packet_of(bytes: &[u8]) -> Result<Packet<'_>, GatewayError> {
    match startup::scan(bytes) {
        Ok(startup::ScanPacket::Packet(packet, _)) => Ok(packet),
        Ok(startup::ScanPacket::Partial { .. }) => Err(GatewayError::Client(ChannelError::Closed)),
        Err(violation) => Err(malformed(violation.into())),
    }
}

/// The startup packet in these bytes.
pub(super) fn startup_of(bytes: &[u8]) -> Result<Startup<'_>, GatewayError> {
    match packet_of(bytes)? {
        Packet::Startup(startup) => Ok(startup),
        Packet::Ssl | Packet::GssEnc | Packet::Cancel(_) => {
            Err(GatewayError::Client(ChannelError::Unexpected {
                message: "request",
            }))
        }
    }
}

/// Tells a client that speaks PostgreSQL's protocol what is wrong with its packet. One that sends
/// an impossible length speaks another protocol and is told nothing.
fn malformed(error: ChannelError) -> GatewayError {
    let ChannelError::Violation(violation) = &error else {
        return GatewayError::Client(error);
    };
    match violation {
        WireError::UnsupportedVersion { major, minor } => Refusal::new(
            "0A000",
            format!(
                "unsupported frontend protocol {major}.{minor}: server supports 3.0 to {}.{}",
                NEWEST.major, NEWEST.minor
            ),
        )
        .into(),
        WireError::DuplicateParameter { .. } | WireError::NotUtf8 => {
            Refusal::new("08P01", format!("invalid startup packet: {violation}")).into()
        }
        WireError::UnknownTag { .. }
        | WireError::ShortLength { .. }
        | WireError::TooLong { .. }
        | WireError::Truncated { .. }
        | WireError::TrailingBytes { .. }
        | WireError::Unterminated
        | WireError::NulInText
        | WireError::NegativeLength { .. }
        | WireError::UnknownTarget { .. }
        | WireError::UnknownStatus { .. }
        | WireError::UnknownCopyFormat { .. }
        | WireError::CellCount { .. } => GatewayError::Client(error),
    }
}

//! TLS toward a server.

use config::TlsNegotiation;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use wire::encode;
use wire::frame::Side;

use super::Upstream;
use crate::channel::Channel;
use crate::error::{ChannelError, UpstreamProblem};
use crate::tls::ClientTls;

/// Turns TLS on if the configuration says so. Nothing that the server says before is believed but
/// its yes: an error text could be anybody's (CVE-2024-10977).
pub(super) async fn secure<S>(stream: S, upstream: &Upstream) -> Result<Channel<S>, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut channel = Channel::new(stream, Side::Backend);
    let config = match &upstream.tls {
        ClientTls::Disabled => return Ok(channel),
        ClientTls::Required(config) => config,
    };
    let name = ServerName::try_from(upstream.host.clone());
    let name = name.map_err(|_| UpstreamProblem::ServerName)?;
    match upstream.negotiation {
        TlsNegotiation::Postgres => {
            ask(&mut channel).await?;
            channel.connect_tls(config.clone(), name).await?;
        }
        TlsNegotiation::Direct => {
            channel.connect_tls(config.clone(), name).await?;
            channel.check_alpn()?;
        }
    }
    Ok(channel)
}

async fn ask<S>(channel: &mut Channel<S>) -> Result<(), UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    encode::ssl_request(&mut channel.output);
    channel.send().await?;
    match channel.byte().await? {
        b'S' => Ok(()),
        b'N' => Err(UpstreamProblem::TlsRefused),
        _ => {
            let message = "answer to SSLRequest";
            Err(ChannelError::Unexpected { message }.into())
        }
    }
}

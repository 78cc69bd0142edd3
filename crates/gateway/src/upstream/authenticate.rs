//! Proving to a server that we are our role.

use config::{ChannelBinding, UpstreamAuth};
use identity::{Binding, MECHANISM, MECHANISM_PLUS, Secret};
use tokio::io::{AsyncRead, AsyncWrite};
use wire::backend::{Authentication, Mechanisms};
use wire::encode;

use super::message::{authentication, next};
use super::{Upstream, scram};
use crate::channel::{Channel, Message};
use crate::error::{ChannelError, UpstreamProblem};
use crate::tls::certificate::end_point;

/// Answers what the server asks for in `request`, until it says that we are in.
pub(super) async fn authenticate<S>(
    channel: &mut Channel<S>,
    upstream: &Upstream,
    request: &Message,
) -> Result<(), UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let method = |method| UpstreamProblem::Method {
        method,
        expected: match upstream.auth {
            UpstreamAuth::ScramSha256 => "SCRAM-SHA-256",
            UpstreamAuth::Password => "SCRAM-SHA-256 or the password in clear",
        },
    };
    match authentication(request)? {
        Authentication::Sasl { mechanisms } => {
            let binding = binding(channel, upstream.channel_binding, mechanisms)?;
            let offered = |name: &[u8]| name == binding.mechanism().as_bytes();
            if !mechanisms.iter().any(offered) {
                return Err(method("another SASL mechanism"));
            }
            scram::authenticate(channel, upstream, binding).await
        }
        // The server is trusted to let us in (`trust`, `peer`, certificates): its own choice, and
        // the password stays with us.
        Authentication::Ok => unbound(upstream, "the server asks for no password"),
        Authentication::CleartextPassword => match upstream.auth {
            UpstreamAuth::Password => {
                unbound(upstream, "the server asks for the password in clear")?;
                say(channel, password(upstream)?).await
            }
            UpstreamAuth::ScramSha256 => Err(method("the password in clear")),
        },
        Authentication::Md5 { .. } => Err(method("MD5")),
        Authentication::SaslContinue(_)
        | Authentication::SaslFinal(_)
        | Authentication::Other(_) => Err(method("an unknown method")),
    }
}

/// Refuses what is not bound where the configuration asks for it.
fn unbound(upstream: &Upstream, why: &'static str) -> Result<(), UpstreamProblem> {
    match upstream.channel_binding {
        ChannelBinding::Require => Err(UpstreamProblem::Unbound(why)),
        ChannelBinding::Prefer | ChannelBinding::Disable => Ok(()),
    }
}

pub(super) fn password(upstream: &Upstream) -> Result<&Secret, UpstreamProblem> {
    let password = upstream.password.as_ref();
    password.ok_or(UpstreamProblem::NoPassword)
}

/// What the login is bound to (RFC 5802 section 6). A server that offers no binding is told that we
/// could: if somebody took its offer out, it will notice.
fn binding<S>(
    channel: &Channel<S>,
    wanted: ChannelBinding,
    offered: Mechanisms<'_>,
) -> Result<Binding, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let has = |name: &str| offered.iter().any(|offered| offered == name.as_bytes());
    let end_point = match wanted {
        ChannelBinding::Disable => None,
        ChannelBinding::Prefer | ChannelBinding::Require => {
            channel.peer_certificate().and_then(end_point)
        }
    };
    let found = match (end_point, has(MECHANISM_PLUS), has(MECHANISM)) {
        (Some(hash), true, _) => return Ok(Binding::EndPoint(hash)),
        (Some(_), false, _) => (Binding::Unoffered, "the server does not offer it"),
        (None, _, _) => (Binding::Unsupported, "the certificate names no hash for it"),
    };
    match wanted {
        ChannelBinding::Require => Err(UpstreamProblem::Unbound(found.1)),
        ChannelBinding::Prefer | ChannelBinding::Disable => Ok(found.0),
    }
}

/// Sends the password in clear.
async fn say<S>(channel: &mut Channel<S>, password: &Secret) -> Result<(), UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    encode::password(&mut channel.output, password.expose().as_bytes())
        .map_err(ChannelError::from)?;
    channel.send_and_wipe().await?;
    match authentication(&next(channel).await?)? {
        Authentication::Ok => Ok(()),
        Authentication::CleartextPassword
        | Authentication::Md5 { .. }
        | Authentication::Sasl { .. }
        | Authentication::SaslContinue(_)
        | Authentication::SaslFinal(_)
        | Authentication::Other(_) => Err(UpstreamProblem::Unproven),
    }
}

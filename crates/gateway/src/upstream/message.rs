//! Messages of a server before it is ready.

use tokio::io::{AsyncRead, AsyncWrite};
use wire::backend::{self, Authentication, ReportFields, tag};
use wire::frame::{Side, message_name};

use crate::channel::{Channel, Message};
use crate::error::{ChannelError, UpstreamProblem};

/// The next message of a login. An error ends it; notices are dropped.
pub(super) async fn next<S>(channel: &mut Channel<S>) -> Result<Message, UpstreamProblem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let message = channel.message(is_of_a_login).await?;
        match decode(&message)? {
            backend::Message::ErrorResponse(report) => return Err(rejected(&report)),
            backend::Message::NoticeResponse(_) => {}
            _ => return Ok(message),
        }
    }
}

const fn is_of_a_login(tag: u8) -> bool {
    matches!(
        tag,
        tag::AUTHENTICATION
            | tag::BACKEND_KEY_DATA
            | tag::NEGOTIATE_PROTOCOL_VERSION
            | tag::PARAMETER_STATUS
            | tag::READY_FOR_QUERY
            | tag::ERROR_RESPONSE
            | tag::NOTICE_RESPONSE
    )
}

pub(super) fn decode(message: &Message) -> Result<backend::Message<'_>, UpstreamProblem> {
    let frame = message.frame()?;
    Ok(backend::decode(frame).map_err(ChannelError::from)?)
}

pub(super) fn authentication(message: &Message) -> Result<Authentication<'_>, UpstreamProblem> {
    match decode(message)? {
        backend::Message::Authentication(authentication) => Ok(authentication),
        other => Err(unexpected(&other)),
    }
}

pub(super) fn unexpected(message: &backend::Message<'_>) -> UpstreamProblem {
    ChannelError::Unexpected {
        message: message_name(Side::Backend, message.tag()),
    }
    .into()
}

/// Keeps the SQLSTATE if it looks like one, and nothing else.
fn rejected(report: &ReportFields<'_>) -> UpstreamProblem {
    let sqlstate = report.sqlstate().unwrap_or_default();
    let honest = sqlstate.len() == 5 && sqlstate.iter().all(u8::is_ascii_alphanumeric);
    let sqlstate = if honest {
        String::from_utf8_lossy(sqlstate)
    } else {
        "XX000".into()
    };
    UpstreamProblem::Rejected {
        sqlstate: sqlstate.into_owned(),
    }
}

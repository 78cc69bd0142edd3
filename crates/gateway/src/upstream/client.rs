//! Our own sessions on a server, for reading its catalogs; no client's setting ever reaches them.
//!
//! They log in as those of clients do, and tokio-postgres takes them over: it never sees the
//! password, and nothing that it would do for a weaker method is ever asked of it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{Client, Config, NoTls};
use wire::backend::TransactionStatus;
use wire::encode;

use super::{Socket, Upstream, connect};
use crate::channel::Stream;
use crate::error::{ChannelError, GatewayError, UpstreamProblem};

/// How our own sessions show in `pg_stat_activity`.
const APPLICATION: &str = "lockgate";

/// Opens a session of our own, secured as those of clients are. Its task ends when the client is
/// dropped, or with the connection.
///
/// # Errors
/// [`GatewayError::Upstream`] within [`Upstream::timeout`].
pub async fn catalog_client(upstream: &Upstream) -> Result<Client, GatewayError> {
    let settings = [("application_name", APPLICATION.to_owned())];
    let leg = connect(upstream, &settings).await?;
    let stream = Adopted::new(leg.channel.stream, &leg.channel.input);
    let taken = Config::new()
        .user(&upstream.user)
        .connect_raw(stream, NoTls)
        .await;
    let (client, connection) = taken.map_err(|error| upstream.failed(problem(&error)))?;
    // Ends by itself: see above. What goes wrong with it, its client reports.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(client)
}

/// What went wrong after the login, which is only a closed connection.
fn problem(error: &tokio_postgres::Error) -> UpstreamProblem {
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(error) => ChannelError::Io(error.kind()).into(),
        None => ChannelError::Closed.into(),
    }
}

/// The stream of a session that is ready, behind the login that tokio-postgres begins with: its
/// startup packet goes nowhere, and it is told that it is in.
struct Adopted {
    stream: Stream<Socket>,
    /// To be read before anything of the stream.
    before: BytesMut,
    packet: StartupPacket,
}

/// How far the startup packet was taken.
enum StartupPacket {
    Awaited,
    /// This many bytes are missing.
    Begun(usize),
    Taken,
}

impl Adopted {
    fn new(stream: Stream<Socket>, unread: &[u8]) -> Self {
        let mut before = BytesMut::new();
        encode::authentication_ok(&mut before);
        encode::ready_for_query(&mut before, TransactionStatus::Idle);
        before.extend_from_slice(unread);
        Self {
            stream,
            before,
            packet: StartupPacket::Awaited,
        }
    }

    /// How many of these bytes belong to the startup packet; `None`: it was taken.
    fn take_packet(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        let missing = match self.packet {
            StartupPacket::Taken => return Ok(None),
            StartupPacket::Begun(missing) => missing,
            // Its length comes first, and counts itself.
            StartupPacket::Awaited => match bytes.first_chunk() {
                Some(length) => usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX),
                None => return Err(io::ErrorKind::InvalidInput.into()),
            },
        };
        let taken = missing.min(bytes.len());
        self.packet = match missing.saturating_sub(taken) {
            0 => StartupPacket::Taken,
            missing => StartupPacket::Begun(missing),
        };
        Ok(Some(taken))
    }
}

impl AsyncRead for Adopted {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.before.is_empty() {
            return Pin::new(&mut this.stream).poll_read(context, into);
        }
        let length = this.before.len().min(into.remaining());
        into.put_slice(&this.before.split_to(length));
        if !this.before.has_remaining() {
            this.before = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Adopted {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match this.take_packet(bytes) {
            Ok(None) => Pin::new(&mut this.stream).poll_write(context, bytes),
            Ok(Some(taken)) => Poll::Ready(Ok(taken)),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_startup_packet_goes_nowhere_however_it_is_cut() {
        let mut packet = BytesMut::new();
        let parameters = [("user", "app")];
        encode::startup(&mut packet, wire::startup::Version::V3_0, parameters).unwrap();
        let length = packet.len();
        encode::terminate(&mut packet);
        for cut in 4..length {
            let mut adopted = Adopted::new(Stream::Closed, b"");
            assert_eq!(adopted.take_packet(&packet[..cut]).unwrap(), Some(cut));
            let rest = adopted.take_packet(&packet[cut..]).unwrap();
            assert_eq!(rest, Some(length - cut));
            assert_eq!(adopted.take_packet(&packet[length..]).unwrap(), None);
        }
        assert!(
            Adopted::new(Stream::Closed, b"")
                .take_packet(b"\0\0")
                .is_err()
        );
    }
}

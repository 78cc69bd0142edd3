//! The way to a server: TCP or a Unix socket.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use crate::error::UpstreamProblem;
use crate::peer::Patience;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Name or address, and port.
    Tcp(String, u16),
    /// Path of the socket's file.
    Unix(PathBuf),
}

/// A stream to a server.
#[derive(Debug)]
pub enum Socket {
    /// Over TCP.
    Tcp(TcpStream),
    /// On this machine.
    Unix(UnixStream),
}

/// Opens a stream.
pub(super) async fn dial(address: &Address, patience: Patience) -> Result<Socket, UpstreamProblem> {
    let opened = async {
        Ok(match address {
            Address::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                // Messages are small and waited for.
                stream.set_nodelay(true)?;
                patience.set(&stream)?;
                Socket::Tcp(stream)
            }
            Address::Unix(path) => Socket::Unix(UnixStream::connect(path).await?),
        })
    };
    let opened: io::Result<Socket> = opened.await;
    opened.map_err(|error| UpstreamProblem::Unreachable(error.kind()))
}

/// The address that a socket is connected to.
///
/// A name may stand for several servers: a cancel request must reach the one that runs the
/// statement.
pub(super) fn reached(socket: &Socket, address: &Address) -> Address {
    let peer = match socket {
        Socket::Tcp(stream) => stream.peer_addr().ok(),
        Socket::Unix(_) => None,
    };
    match peer {
        Some(SocketAddr::V4(peer)) => Address::Tcp(peer.ip().to_string(), peer.port()),
        // Without its scope, a link-local address would lead elsewhere.
        Some(SocketAddr::V6(peer)) if peer.scope_id() == 0 => {
            Address::Tcp(peer.ip().to_string(), peer.port())
        }
        Some(SocketAddr::V6(_)) | None => address.clone(),
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(context, into),
            Self::Unix(stream) => Pin::new(stream).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Unix(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(stream) => stream.is_write_vectored(),
            Self::Unix(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(context),
            Self::Unix(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

//! One connection, in clear or under TLS, from which whole messages are read one by one.
//!
//! Used until the session is ready; the pump then takes the parts over.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::BytesMut;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};
use wire::frame::{Frame, Limits, Scan, Side, Sizes, message_name};
use wire::startup;

use crate::error::ChannelError;

/// Bytes to have room for before each read: more than any honest message of a login.
const READ_SIZE: usize = 4096;

/// Limits until a session is ready: nothing of a login is long.
const OPENING: Sizes = Sizes {
    held: wire::frame::SMALL_LEN,
    small: wire::frame::SMALL_LEN,
    authentication: wire::frame::SMALL_LEN,
    metadata: wire::frame::AUTHENTICATION_LEN,
    reports: wire::frame::AUTHENTICATION_LEN,
    streamed: 0,
};

/// A byte stream in clear or under TLS.
#[derive(Debug)]
pub enum Stream<S> {
    /// In clear.
    Plain(S),
    /// Under TLS.
    Tls(Box<TlsStream<S>>),
    /// Given up in the middle of a handshake.
    Closed,
}

/// One connection and what was read from it and not used yet.
#[derive(Debug)]
pub struct Channel<S> {
    /// The bytes.
    pub stream: Stream<S>,
    /// Bytes that were read and not used yet. Never dropped: they belong to what comes next.
    pub input: BytesMut,
    /// Bytes to send with the next [`Channel::send`].
    pub output: BytesMut,
    peer: Side,
    limits: Limits,
}

/// One whole message of the login, taken out of the input.
pub(crate) struct Message {
    bytes: BytesMut,
    peer: Side,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Channel<S> {
    /// A connection on whose other end is `peer`.
    pub fn new(stream: S, peer: Side) -> Self {
        Self {
            stream: Stream::Plain(stream),
            input: BytesMut::new(),
            output: BytesMut::new(),
            peer,
            limits: Limits::new(&OPENING),
        }
    }

    /// Whether TLS is on.
    pub const fn is_encrypted(&self) -> bool {
        match self.stream {
            Stream::Tls(_) => true,
            Stream::Plain(_) | Stream::Closed => false,
        }
    }

    /// Sends what was written to `output`.
    ///
    /// # Errors
    /// [`ChannelError::Io`].
    pub async fn send(&mut self) -> Result<(), ChannelError> {
        self.stream.write_all(&self.output).await?;
        self.output.clear();
        self.stream.flush().await?;
        Ok(())
    }

    /// Sends what was written to `output` and closes our direction.
    ///
    /// # Errors
    /// [`ChannelError::Io`].
    pub async fn send_and_close(&mut self) -> Result<(), ChannelError> {
        self.send().await?;
        self.stream.shutdown().await?;
        Ok(())
    }

    /// The next packet before the first typed message. Safe to drop: bytes stay in `input`.
    pub(crate) async fn packet(&mut self) -> Result<BytesMut, ChannelError> {
        loop {
            match startup::scan(&self.input)? {
                startup::ScanPacket::Packet(_, used) => return Ok(self.input.split_to(used)),
                startup::ScanPacket::Partial { .. } => self.fill().await?,
            }
        }
    }

    /// The next message, of a type that `expected` accepts; any other is refused by its first
    /// byte. Safe to drop: bytes stay in `input`.
    pub(crate) async fn message(
        &mut self,
        expected: impl Fn(u8) -> bool,
    ) -> Result<Message, ChannelError> {
        loop {
            if let Some(&tag) = self.input.first()
                && !expected(tag)
            {
                let message = message_name(self.peer, tag);
                return Err(ChannelError::Unexpected { message });
            }
            match wire::frame::scan(&self.input, self.peer, &self.limits)? {
                Scan::Frame(_, used) => {
                    return Ok(Message {
                        bytes: self.input.split_to(used),
                        peer: self.peer,
                    });
                }
                Scan::Partial { .. } => self.fill().await?,
            }
        }
    }

    /// The next single byte, as a server answers a request for encryption.
    pub(crate) async fn byte(&mut self) -> Result<u8, ChannelError> {
        loop {
            if let Some(&byte) = self.input.first() {
                bytes::Buf::advance(&mut self.input, 1);
                return Ok(byte);
            }
            self.fill().await?;
        }
    }

    /// Turns TLS on, as its server.
    pub(crate) async fn accept_tls(
        &mut self,
        config: Arc<ServerConfig>,
    ) -> Result<(), ChannelError> {
        let plain = self.take_plain()?;
        let tls = TlsAcceptor::from(config).accept(plain).await?;
        self.stream = Stream::Tls(Box::new(TlsStream::Server(tls)));
        Ok(())
    }

    /// Turns TLS on, as its client.
    pub(crate) async fn connect_tls(
        &mut self,
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<(), ChannelError> {
        let plain = self.take_plain()?;
        let tls = TlsConnector::from(config).connect(name, plain).await?;
        self.stream = Stream::Tls(Box::new(TlsStream::Client(tls)));
        Ok(())
    }

    /// The stream in clear, when nothing that was sent in clear is still unread: such bytes would
    /// otherwise be taken for the peer's under TLS (CVE-2021-23214, CVE-2021-23222).
    fn take_plain(&mut self) -> Result<S, ChannelError> {
        if !self.input.is_empty() {
            return Err(ChannelError::Plaintext);
        }
        match std::mem::replace(&mut self.stream, Stream::Closed) {
            Stream::Plain(plain) => Ok(plain),
            Stream::Tls(_) | Stream::Closed => Err(ChannelError::Closed),
        }
    }

    async fn fill(&mut self) -> Result<(), ChannelError> {
        self.input.reserve(READ_SIZE);
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(ChannelError::Closed),
            _ => Ok(()),
        }
    }
}

impl Message {
    /// The frame. Scanned once more, which is cheap, so that it borrows from here.
    pub(crate) fn frame(&self) -> Result<Frame<'_>, ChannelError> {
        match wire::frame::scan(&self.bytes, self.peer, &Limits::default())? {
            Scan::Frame(frame, _) => Ok(frame),
            Scan::Partial { .. } => Err(ChannelError::Closed),
        }
    }

    /// Overwrites the bytes, for messages that hold a password.
    pub(crate) fn wipe(mut self) {
        zeroize::Zeroize::zeroize(self.bytes.as_mut());
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, into),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, into),
            Self::Closed => Poll::Ready(Err(closed())),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Closed => Poll::Ready(Err(closed())),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Self::Closed => Poll::Ready(Err(closed())),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
            Self::Closed => false,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
            Self::Closed => Poll::Ready(Err(closed())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Closed => Poll::Ready(Ok(())),
        }
    }
}

fn closed() -> io::Error {
    io::ErrorKind::NotConnected.into()
}

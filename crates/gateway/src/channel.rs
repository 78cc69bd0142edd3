//! One connection, in clear or under TLS, from which whole messages are read one by one.
//!
//! Used until the session is ready; the pump then takes the parts over.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};

use bytes::BytesMut;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::Acceptor;
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::server::StartHandshake;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor, TlsConnector, TlsStream};
use wire::frame::{Frame, Limits, Scan, Side, Sizes, message_name};
use wire::startup;

use crate::error::ChannelError;
use crate::tls::ALPN;

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

/// The same for every connection: each has a reference.
static LIMITS: LazyLock<Limits> = LazyLock::new(|| Limits::new(&OPENING));

/// First byte of TLS: a handshake record (RFC 8446 section 5.1). No packet of PostgreSQL begins with
/// it: it would be over its limit of length.
const TLS_RECORD: u8 = 0x16;

/// Who can read what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Everybody on the way.
    Clear,
    /// The two ends.
    Tls,
}

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
        }
    }

    /// Who can read it.
    pub const fn privacy(&self) -> Privacy {
        match self.stream {
            Stream::Tls(_) => Privacy::Tls,
            Stream::Plain(_) | Stream::Closed => Privacy::Clear,
        }
    }

    /// Whether TLS is on.
    pub const fn is_encrypted(&self) -> bool {
        matches!(self.privacy(), Privacy::Tls)
    }

    /// The certificate that the peer has shown, which TLS has checked as it was told to.
    pub(crate) fn peer_certificate(&self) -> Option<&CertificateDer<'static>> {
        match &self.stream {
            Stream::Tls(tls) => tls.get_ref().1.peer_certificates()?.first(),
            Stream::Plain(_) | Stream::Closed => None,
        }
    }

    /// Gives back the memory that only the login needed. What was read and not used yet stays.
    pub(crate) fn settle(&mut self) {
        self.output = BytesMut::new();
        if self.input.is_empty() {
            self.input = BytesMut::new();
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

    /// Sends what was written to `output`, which holds a secret, and overwrites it.
    pub(crate) async fn send_and_wipe(&mut self) -> Result<(), ChannelError> {
        let written = self.stream.write_all(&self.output).await;
        zeroize::Zeroize::zeroize(self.output.as_mut());
        self.output.clear();
        written?;
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
            match wire::frame::scan(&self.input, self.peer, &LIMITS)? {
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

    /// Whether the peer begins with TLS, without having asked. Safe to drop.
    pub(crate) async fn begins_with_tls(&mut self) -> Result<bool, ChannelError> {
        if self.input.is_empty() {
            self.fill().await?;
        }
        Ok(self.input.first() == Some(&TLS_RECORD))
    }

    /// Turns TLS on, as its server, after the peer has asked for it.
    pub(crate) async fn accept_tls(
        &mut self,
        config: Arc<ServerConfig>,
    ) -> Result<(), ChannelError> {
        let plain = self.take_plain()?;
        let tls = TlsAcceptor::from(config).accept(plain).await?;
        self.stream = Stream::Tls(Box::new(TlsStream::Server(tls)));
        Ok(())
    }

    /// Turns TLS on, as its server, with the bytes that have come already. The peer must say by ALPN
    /// what it takes us for.
    pub(crate) async fn accept_direct_tls(
        &mut self,
        config: Arc<ServerConfig>,
    ) -> Result<(), ChannelError> {
        let mut acceptor = Acceptor::default();
        let first = self.input.split();
        let mut rest: &[u8] = &first;
        while !rest.is_empty() {
            // Takes a part of it at a time, and refuses what would be too much.
            acceptor.read_tls(&mut rest)?;
        }
        let hello = acceptor.accept();
        let hello = hello.map_err(|(error, _)| ChannelError::Tls(error))?;
        let plain = self.take_plain()?;
        let begun = match hello {
            Some(hello) => StartHandshake::from_parts(hello, plain),
            None => LazyConfigAcceptor::new(acceptor, plain).await?,
        };
        let tls = begun.into_stream(config).await?;
        self.stream = Stream::Tls(Box::new(TlsStream::Server(tls)));
        self.check_alpn()
    }

    /// Turns TLS on, as its client, after the peer has agreed.
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

    /// Whether the two ends agreed that they speak PostgreSQL, as those that did not ask for TLS
    /// must.
    pub(crate) fn check_alpn(&self) -> Result<(), ChannelError> {
        let agreed = match &self.stream {
            Stream::Tls(tls) => tls.get_ref().1.alpn_protocol(),
            Stream::Plain(_) | Stream::Closed => None,
        };
        match agreed == Some(ALPN) {
            true => Ok(()),
            false => Err(ChannelError::Alpn),
        }
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
        match wire::frame::scan(&self.bytes, self.peer, &LIMITS)? {
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

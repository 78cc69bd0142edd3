//! Every byte that a client receives, as it comes out of TLS.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};

/// What was received on one connection. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Tape(Arc<Mutex<Vec<u8>>>);

impl Tape {
    /// A copy of everything so far.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn record(&self, bytes: &[u8]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
    }
}

/// Makes TLS connections as `T` does, with a tape.
#[derive(Debug, Clone)]
pub(super) struct Recording<T> {
    tls: T,
    tape: Tape,
}

impl<T> Recording<T> {
    /// As `tls`, onto `tape`.
    pub(super) fn new(tls: T, tape: &Tape) -> Self {
        Recording {
            tls,
            tape: tape.clone(),
        }
    }
}

impl<S, T> MakeTlsConnect<S> for Recording<T>
where
    T: MakeTlsConnect<S>,
    T::TlsConnect: Send + 'static,
    <T::TlsConnect as TlsConnect<S>>::Future: Send,
    S: Send + 'static,
{
    type Stream = Recorded<T::Stream>;
    type TlsConnect = Recording<T::TlsConnect>;
    type Error = T::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Self::TlsConnect, T::Error> {
        let tls = self.tls.make_tls_connect(domain)?;
        Ok(Recording {
            tls,
            tape: self.tape.clone(),
        })
    }
}

type Connecting<T, E> = Pin<Box<dyn Future<Output = Result<Recorded<T>, E>> + Send>>;

impl<S, T> TlsConnect<S> for Recording<T>
where
    T: TlsConnect<S> + Send + 'static,
    T::Future: Send,
    S: Send + 'static,
{
    type Stream = Recorded<T::Stream>;
    type Error = T::Error;
    type Future = Connecting<T::Stream, T::Error>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let stream = self.tls.connect(stream).await?;
            Ok(Recorded {
                stream,
                tape: self.tape,
            })
        })
    }
}

/// A stream whose received bytes are on a tape.
pub(super) struct Recorded<S> {
    stream: S,
    tape: Tape,
}

impl<S: TlsStream + Unpin> TlsStream for Recorded<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recorded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.tape
            .record(buffer.filled().get(before..).unwrap_or_default());
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recorded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

//! One side's connection, and what was read from it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use session::Outbox;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_util::io::poll_read_buf;

/// Room for a read of a side that says little: a statement or an answer of a few rows.
const LEAST_ROOM: usize = 2 * 1024;

/// Room for a read of a side that says much: few system calls for a bulk result, and a thousand
/// such sessions need a quarter of a gigabyte.
const MOST_ROOM: usize = 256 * 1024;

/// Pieces of output that are handed to the system at once.
const PIECES: usize = 16;

/// Time for a last message to a client that does not read.
const FAREWELL: Duration = Duration::from_secs(1);

/// One side's connection and what was read from it.
pub(crate) struct Leg<S> {
    stream: S,
    pub(super) input: BytesMut,
    /// Room for the next read: follows what the side says.
    room: usize,
    /// Bytes were written and not flushed yet: TLS keeps the end of them until then.
    unflushed: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Leg<S> {
    /// The connection, and what was read from it before.
    pub(crate) fn new(stream: S, input: BytesMut) -> Self {
        Self {
            stream,
            input,
            room: LEAST_ROOM,
            unflushed: false,
        }
    }

    /// Sends a last message and closes, without waiting for a peer that does not read. Only a
    /// session whose output was all sent says it, so that it stands at a message's border.
    pub(crate) async fn say_and_close(&mut self, message: BytesMut) {
        let said = async {
            self.stream.write_all(&message).await?;
            self.stream.shutdown().await
        };
        // The peer may be gone; the session has ended in any case.
        let _ = tokio::time::timeout(FAREWELL, said).await;
    }

    /// Reads once; 0 is the end. `quiet`: nothing is on its way, so this may be a long wait, for
    /// which no more memory than needed is held.
    pub(super) fn poll_read(
        &mut self,
        quiet: bool,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if quiet && self.input.is_empty() && self.input.capacity() > 2 * LEAST_ROOM {
            self.input = BytesMut::new();
            self.room = LEAST_ROOM;
        }
        // Half of the room is enough: making it whole may move what is held of a long message.
        if self.input.capacity() - self.input.len() < self.room / 2 {
            self.input.reserve(self.room);
        }
        let stream = Pin::new(&mut self.stream);
        let count = ready!(poll_read_buf(stream, context, &mut self.input))?;
        if count >= self.room / 2 {
            self.room = MOST_ROOM.min(self.room * 4);
        }
        Poll::Ready(Ok(count))
    }

    /// Writes as far as it goes; ready when nothing is left and everything was flushed.
    pub(super) fn poll_write(
        &mut self,
        outbox: &mut Outbox,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while !outbox.is_empty() {
            let count = ready!(self.poll_write_pieces(outbox, context))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            outbox.advance(count);
            self.unflushed = true;
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write_pieces(
        &mut self,
        outbox: &Outbox,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.stream);
        if outbox.chunk().len() == outbox.remaining() {
            return stream.poll_write(context, outbox.chunk());
        }
        let mut slices = [IoSlice::new(&[]); PIECES];
        let count = outbox.chunks_vectored(&mut slices);
        stream.poll_write_vectored(context, slices.get(..count).unwrap_or_default())
    }
}

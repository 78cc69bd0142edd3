//! Moves bytes between a client, its session and its server.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use audit::Sink;
use bytes::{Buf, BytesMut};
use jiff::Timestamp;
use session::{Client, Moment, Outbox, Output, Session, SessionError, Snapshot, Step};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio_util::sync::CancellationToken;

use crate::database::Database;
use crate::fault::InspectError;

/// Room made before each read: large enough that a bulk result comes in few system calls, small
/// enough that a thousand sessions need 64 MB.
const READ_SIZE: usize = 64 * 1024;

/// Output for a side that waits to be written beyond which nothing more is read from the other:
/// bounds the memory of a session whose peer reads slowly.
const HIGH_WATER: usize = 256 * 1024;

/// Time for a last message to a client that does not read.
const FAREWELL: Duration = Duration::from_secs(1);

/// Why a session ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The client said Terminate, or closed its connection.
    Client,
    /// The server closed its connection.
    Server,
    /// The gate is being drained.
    Drained,
    /// Nothing came for the time that is allowed.
    Idle(Duration),
    /// A peer broke the protocol, or the session could not go on safely.
    Fault(SessionError),
    /// A connection failed.
    Io(io::Error),
    /// The catalogs could not be read again after they had changed.
    Catalog(InspectError),
}

/// One side's connection and what was read from it.
pub(crate) struct Leg<S> {
    reader: ReadHalf<S>,
    writer: WriteHalf<S>,
    input: BytesMut,
    /// Bytes were written and not flushed yet: TLS keeps the end of them until then.
    unflushed: bool,
}

impl<S: AsyncRead + AsyncWrite> Leg<S> {
    pub(crate) fn new(stream: S, input: BytesMut) -> Self {
        let (reader, writer) = tokio::io::split(stream);
        Self {
            reader,
            writer,
            input,
            unflushed: false,
        }
    }

    /// Sends a last message and closes, without waiting for a peer that does not read. Only a
    /// session whose output was all sent says it, so that it stands at a message's border.
    pub(crate) async fn say_and_close(&mut self, message: BytesMut) {
        let said = async {
            self.writer.write_all(&message).await?;
            self.writer.shutdown().await
        };
        // The peer may be gone; the session has ended in any case.
        let _ = tokio::time::timeout(FAREWELL, said).await;
    }
}

/// What a pump works with besides the two legs.
pub(crate) struct Surroundings {
    pub(crate) database: Arc<Database>,
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) drain: CancellationToken,
    pub(crate) idle_limit: Option<Duration>,
    pub(crate) started: Instant,
}

/// What the loop waits for next.
enum Ready {
    Client(io::Result<usize>),
    Server(io::Result<usize>),
    Written(io::Result<()>),
    Drain,
    Idle(Duration),
}

/// Runs a session to its end.
pub(crate) async fn run<C, U>(
    session: &mut Session,
    client: &mut Leg<C>,
    server: &mut Leg<U>,
    around: &Surroundings,
) -> End
where
    C: AsyncRead + AsyncWrite,
    U: AsyncRead + AsyncWrite,
{
    let mut pump = Pump {
        session,
        around,
        out: Output::default(),
    };
    let mut draining = false;
    loop {
        if let Err(end) = pump.step(client, server).await {
            return end;
        }
        let ready = pump.wait(client, server, draining).await;
        let ended = match ready {
            Ready::Client(Ok(0)) => Some(End::Client),
            Ready::Server(Ok(0)) => {
                pump.last_words(client).await;
                Some(End::Server)
            }
            Ready::Client(Ok(_)) | Ready::Server(Ok(_)) | Ready::Written(Ok(())) => None,
            Ready::Client(Err(error)) | Ready::Server(Err(error)) | Ready::Written(Err(error)) => {
                Some(End::Io(error))
            }
            Ready::Drain => {
                draining = true;
                None
            }
            Ready::Idle(limit) => Some(End::Idle(limit)),
        };
        if let Some(end) = ended {
            return end;
        }
        if draining && pump.session.is_idle() && pump.out.to_client.is_empty() {
            return End::Drained;
        }
    }
}

struct Pump<'a> {
    session: &'a mut Session,
    around: &'a Surroundings,
    out: Output,
}

impl Pump<'_> {
    /// Lets the session take what was read, and sends what it puts out as far as it goes at once.
    async fn step<C, U>(&mut self, client: &mut Leg<C>, server: &mut Leg<U>) -> Result<(), End>
    where
        C: AsyncRead + AsyncWrite,
        U: AsyncRead + AsyncWrite,
    {
        self.take(&mut client.input, &mut server.input)?;
        if std::mem::take(&mut self.out.snapshot) == Snapshot::Stale {
            self.around.database.refresh().await.map_err(End::Catalog)?;
            self.take(&mut client.input, &mut server.input)?;
        }
        if self.out.client == Client::Terminated && self.out.to_server.is_empty() {
            return Err(End::Client);
        }
        Ok(())
    }

    /// The server first: its answers decide how the client's next messages are judged.
    fn take(&mut self, client: &mut BytesMut, server: &mut BytesMut) -> Result<(), End> {
        let state = self.around.database.current();
        let Some(state) = state else { return Ok(()) };
        let step = Step {
            world: &state.world,
            sink: &*self.around.sink,
            moment: Moment {
                wall: Timestamp::now(),
                elapsed: self.around.started.elapsed(),
            },
        };
        if self.out.to_client.len() < HIGH_WATER {
            self.session
                .server(server, step, &mut self.out)
                .map_err(End::Fault)?;
        }
        if self.out.snapshot == Snapshot::Current && self.out.to_server.len() < HIGH_WATER {
            self.session
                .client(client, step, &mut self.out)
                .map_err(End::Fault)?;
        }
        Ok(())
    }

    /// Waits until something can be read or written. Every branch is safe to drop: what was read is
    /// in the legs' buffers and what was written is out of the boxes.
    async fn wait<C, U>(
        &mut self,
        client: &mut Leg<C>,
        server: &mut Leg<U>,
        draining: bool,
    ) -> Ready
    where
        C: AsyncRead + AsyncWrite,
        U: AsyncRead + AsyncWrite,
    {
        let read_client = self.out.client == Client::Open && self.out.to_server.len() < HIGH_WATER;
        let read_server = self.out.to_client.len() < HIGH_WATER;
        let to_client = client.unflushed || !self.out.to_client.is_empty();
        let to_server = server.unflushed || !self.out.to_server.is_empty();
        let quiet = !to_client && !to_server && self.session.owes_nothing();
        tokio::select! {
            biased;
            written = write(&mut client.writer, &mut client.unflushed, &mut self.out.to_client), if to_client => Ready::Written(written),
            written = write(&mut server.writer, &mut server.unflushed, &mut self.out.to_server), if to_server => Ready::Written(written),
            count = read(&mut server.reader, &mut server.input), if read_server => Ready::Server(count),
            count = read(&mut client.reader, &mut client.input), if read_client => Ready::Client(count),
            () = self.around.drain.cancelled(), if !draining => Ready::Drain,
            limit = idle(self.around.idle_limit), if quiet => Ready::Idle(limit),
        }
    }

    /// Sends the client what the server said before it closed.
    async fn last_words<C: AsyncRead + AsyncWrite>(&mut self, client: &mut Leg<C>) {
        while self.out.to_client.has_remaining() {
            let written = write(
                &mut client.writer,
                &mut client.unflushed,
                &mut self.out.to_client,
            );
            if written.await.is_err() {
                return;
            }
        }
    }
}

async fn read<S: AsyncRead>(reader: &mut ReadHalf<S>, input: &mut BytesMut) -> io::Result<usize> {
    input.reserve(READ_SIZE);
    reader.read_buf(input).await
}

async fn write<S: AsyncWrite>(
    writer: &mut WriteHalf<S>,
    unflushed: &mut bool,
    outbox: &mut Outbox,
) -> io::Result<()> {
    if !outbox.is_empty() {
        writer.write_buf(outbox).await?;
        *unflushed = true;
    }
    if outbox.is_empty() {
        writer.flush().await?;
        *unflushed = false;
    }
    Ok(())
}

async fn idle(limit: Option<Duration>) -> Duration {
    match limit {
        Some(limit) => {
            tokio::time::sleep(limit).await;
            limit
        }
        None => std::future::pending().await,
    }
}

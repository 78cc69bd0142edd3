//! Moves bytes between a client, its session and its server.

mod leg;

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use audit::{RecordId, Sink, SinkError};
use jiff::Timestamp;
use session::{Client, Moment, Outbox, Output, Session, SessionError, Snapshot, Step};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

pub(crate) use self::leg::Leg;
use crate::database::Database;
use crate::fault::InspectError;
use crate::gateway::Shared;

/// Output for a side that waits to be written beyond which nothing more is read from the other:
/// bounds the memory of a session whose peer reads slowly.
const HIGH_WATER: usize = 256 * 1024;

/// Why a session ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The client said Terminate.
    Client,
    /// The client's connection was closed or broke, without a word of it.
    Gone(io::ErrorKind),
    /// The server closed its connection.
    Server,
    /// The gate is being drained.
    Drained,
    /// Nothing came for the time that is allowed.
    Idle(Duration),
    /// A peer broke the protocol, or the session could not go on safely.
    Fault(SessionError),
    /// The server's connection failed.
    Io(io::Error),
    /// The catalogs could not be read again after they had changed.
    Catalog(InspectError),
    /// A statement's record was accepted and could not be written: the statement was not sent.
    Unrecorded(SinkError),
}

/// What a pump works with besides the two legs.
pub(crate) struct Surroundings {
    pub(crate) database: Arc<Database>,
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) drain: CancellationToken,
    pub(crate) idle_limit: Option<Duration>,
    pub(crate) shared: Arc<Shared>,
}

/// Where the client stands in what it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Between two messages: one of our own may follow.
    Between,
    /// Within a message, or before some that were not sent: whatever followed would be read as a part
    /// of them.
    Within,
}

/// Runs a session to its end.
pub(crate) async fn run<C, U>(
    session: &mut Session,
    client: &mut Leg<C>,
    server: &mut Leg<U>,
    around: &Surroundings,
) -> (End, Standing)
where
    C: AsyncRead + AsyncWrite + Unpin,
    U: AsyncRead + AsyncWrite + Unpin,
{
    let mut pump = Pump {
        session,
        client,
        server,
        around,
        out: Output::default(),
        committed: None,
        hearing: Hearing::On,
    };
    let end = pump.move_until_end().await;
    (end, pump.standing())
}

/// What the loop waited for.
enum Ready {
    /// Something was read, or room was made by writing, or the gate drains.
    Moved,
    Ended(End),
}

struct Pump<'a, C, U> {
    session: &'a mut Session,
    client: &'a mut Leg<C>,
    server: &'a mut Leg<U>,
    around: &'a Surroundings,
    out: Output,
    /// The newest record of this session that is known to be committed.
    committed: Option<RecordId>,
    hearing: Hearing,
}

/// Whether the client can say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hearing {
    On,
    /// It closed its connection while what it had said waited for the server: a statement and a
    /// Terminate, say, which PostgreSQL would still run.
    Over,
}

impl<C, U> Pump<'_, C, U>
where
    C: AsyncRead + AsyncWrite + Unpin,
    U: AsyncRead + AsyncWrite + Unpin,
{
    async fn move_until_end(&mut self) -> End {
        let mut watch = Watch::new(self.around);
        loop {
            if let Err(end) = self.step().await {
                return end;
            }
            if watch.drain == Drain::Begun
                && self.session.is_idle()
                && self.out.to_client.is_empty()
            {
                return End::Drained;
            }
            let ready = poll_fn(|context| self.poll(&mut watch, context)).await;
            match ready {
                Ready::Moved => {}
                Ready::Ended(end) => {
                    if let End::Server | End::Io(_) = end {
                        self.last_words().await;
                    }
                    return end;
                }
            }
        }
    }

    fn standing(&self) -> Standing {
        match self.out.to_client.is_empty() && self.session.is_between_messages() {
            true => Standing::Between,
            false => Standing::Within,
        }
    }

    /// Lets the session take what was read; what it puts out may be sent afterwards.
    async fn step(&mut self) -> Result<(), End> {
        self.take()?;
        if std::mem::take(&mut self.out.snapshot) == Snapshot::Stale {
            self.around.database.refresh().await.map_err(End::Catalog)?;
            self.take()?;
        }
        if self.out.client == Client::Terminated && self.out.to_server.is_empty() {
            return Err(End::Client);
        }
        if self.hearing == Hearing::Over && self.out.client == Client::Open {
            return Err(gone(io::ErrorKind::UnexpectedEof.into()));
        }
        self.commit().await
    }

    /// The server first: its answers decide how the client's next messages are judged.
    fn take(&mut self) -> Result<(), End> {
        let state = self.around.database.current();
        let Some(state) = state.as_ref() else {
            return Ok(());
        };
        let step = Step {
            world: &state.world,
            sink: &*self.around.sink,
            moment: Moment {
                wall: Timestamp::now(),
                elapsed: self.around.shared.started.elapsed(),
            },
        };
        if self.out.to_client.len() < HIGH_WATER {
            self.session
                .server(&mut self.server.input, step, &mut self.out)
                .map_err(End::Fault)?;
        }
        if self.out.snapshot == Snapshot::Current && self.out.to_server.len() < HIGH_WATER {
            self.session
                .client(&mut self.client.input, step, &mut self.out)
                .map_err(End::Fault)?;
        }
        Ok(())
    }

    /// Has the intents of what is about to be sent committed. Sessions that are ready at the same
    /// time accept theirs first, so that one write serves them all.
    async fn commit(&mut self) -> Result<(), End> {
        let intended = self.session.intended();
        let Some(last) = intended.filter(|_| intended != self.committed) else {
            return Ok(());
        };
        let_others_go_first().await;
        self.around.sink.commit(last).map_err(End::Unrecorded)?;
        self.committed = intended;
        Ok(())
    }

    /// Reads and writes as far as it goes at once; waits if that is nowhere. Nothing is lost when
    /// it is not polled again: what was read is in the legs' buffers and what was written is out of
    /// the boxes.
    fn poll(&mut self, watch: &mut Watch, context: &mut Context<'_>) -> Poll<Ready> {
        match self.poll_legs(context) {
            Ok(true) => {
                watch.stir();
                Poll::Ready(Ready::Moved)
            }
            Ok(false) => watch.poll(self.is_quiet(), context),
            Err(end) => Poll::Ready(Ready::Ended(end)),
        }
    }

    /// Whether the session has something new to do.
    fn poll_legs(&mut self, context: &mut Context<'_>) -> Result<bool, End> {
        let freed = made_room(self.client, &mut self.out.to_client, context).map_err(gone)?
            | made_room(self.server, &mut self.out.to_server, context).map_err(End::Io)?;
        let quiet = self.is_quiet();
        if quiet {
            self.out.to_client.rest();
            self.out.to_server.rest();
        }
        let from_server = self.out.to_client.len() < HIGH_WATER;
        let said = from_server && has_read(self.server, quiet, context).map_err(server_end)?;
        let asked = self.reads_client() && self.hears_client(quiet, context)?;
        Ok(freed | said | asked)
    }

    fn hears_client(&mut self, quiet: bool, context: &mut Context<'_>) -> Result<bool, End> {
        match has_read(self.client, quiet, context) {
            Err(error)
                if error.kind() == io::ErrorKind::UnexpectedEof
                    && self.out.client == Client::Waiting =>
            {
                self.hearing = Hearing::Over;
                Ok(false)
            }
            read => read.map_err(gone),
        }
    }

    fn reads_client(&self) -> bool {
        let room = self.out.to_server.len() < HIGH_WATER && self.hearing == Hearing::On;
        match self.out.client {
            Client::Open => room,
            // What comes now waits too.
            Client::Waiting => room && self.client.input.len() < HIGH_WATER,
            Client::Terminated => false,
        }
    }

    /// Whether nothing is on its way in any direction.
    fn is_quiet(&self) -> bool {
        self.out.to_client.is_empty()
            && self.out.to_server.is_empty()
            && self.session.owes_nothing()
    }

    /// Sends the client what the server said before it closed.
    async fn last_words(&mut self) {
        // The client may be gone too.
        let _ = poll_fn(|context| self.client.poll_write(&mut self.out.to_client, context)).await;
    }
}

/// Writes what waits; whether a box that was full has room again, so that the session can go on
/// with what was read before.
fn made_room<S: AsyncRead + AsyncWrite + Unpin>(
    leg: &mut Leg<S>,
    outbox: &mut Outbox,
    context: &mut Context<'_>,
) -> io::Result<bool> {
    let was_full = outbox.len() >= HIGH_WATER;
    if let Poll::Ready(written) = leg.poll_write(outbox, context) {
        written?;
    }
    Ok(was_full && outbox.len() < HIGH_WATER)
}

/// Reads what has come; the end of the stream is an [`io::ErrorKind::UnexpectedEof`].
fn has_read<S: AsyncRead + AsyncWrite + Unpin>(
    leg: &mut Leg<S>,
    quiet: bool,
    context: &mut Context<'_>,
) -> io::Result<bool> {
    match leg.poll_read(quiet, context) {
        Poll::Ready(Ok(0)) => Err(io::ErrorKind::UnexpectedEof.into()),
        Poll::Ready(Ok(_)) => Ok(true),
        Poll::Ready(Err(error)) => Err(error),
        Poll::Pending => Ok(false),
    }
}

fn gone(error: io::Error) -> End {
    End::Gone(error.kind())
}

fn server_end(error: io::Error) -> End {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => End::Server,
        _ => End::Io(error),
    }
}

/// What ends a session from outside, while nothing moves.
struct Watch {
    shared: Arc<Shared>,
    drain: Drain,
    drained: Pin<Box<WaitForCancellationFutureOwned>>,
    idle: Option<Idle>,
}

/// Whether the gate is being drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drain {
    /// Nobody would wake the session.
    Unasked,
    /// The session will be woken.
    Awaited,
    Begun,
}

/// The time without anything from either side.
struct Idle {
    limit: Duration,
    since: Option<Instant>,
    alarm: Pin<Box<Sleep>>,
}

impl Watch {
    fn new(around: &Surroundings) -> Self {
        let idle = around.idle_limit.map(|limit| Idle {
            limit,
            since: None,
            alarm: Box::pin(tokio::time::sleep(limit)),
        });
        Self {
            shared: Arc::clone(&around.shared),
            drain: Drain::Unasked,
            // A token of its own: all sessions would queue for the lock of one.
            drained: Box::pin(around.drain.child_token().cancelled_owned()),
            idle,
        }
    }

    /// Something moved: the time without begins anew.
    fn stir(&mut self) {
        if let Some(idle) = &mut self.idle {
            idle.since = None;
        }
    }

    fn poll(&mut self, quiet: bool, context: &mut Context<'_>) -> Poll<Ready> {
        if self.begins_to_drain(context) {
            return Poll::Ready(Ready::Moved);
        }
        match self.idle.as_mut().filter(|_| quiet) {
            Some(idle) => idle
                .poll(context)
                .map(|()| Ready::Ended(End::Idle(idle.limit))),
            None => Poll::Pending,
        }
    }
}

impl Watch {
    /// Whether the gate is drained from now on. The token takes a lock: it is asked once, to be woken
    /// by it, and then no more with each message.
    fn begins_to_drain(&mut self, context: &mut Context<'_>) -> bool {
        // INVARIANT: a pump is polled by one task only, which is the one that the token wakes.
        let begins = match self.drain {
            Drain::Unasked => self.drained.as_mut().poll(context).is_ready(),
            Drain::Awaited => self.shared.draining.load(Ordering::Acquire),
            Drain::Begun => return false,
        };
        self.drain = if begins { Drain::Begun } else { Drain::Awaited };
        begins
    }
}

impl Idle {
    /// The alarm is not set anew for each message; when it rings it is set to the time that is left.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        while self.alarm.as_mut().poll(context).is_ready() {
            if since.elapsed() >= self.limit {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(since + self.limit);
        }
        Poll::Pending
    }
}

/// Ends after everything else that can run on this thread now.
async fn let_others_go_first() {
    let mut asked = false;
    poll_fn(|context| match std::mem::replace(&mut asked, true) {
        true => Poll::Ready(()),
        false => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

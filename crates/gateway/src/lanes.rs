//! Threads on which sessions run.
//!
//! Each session stays on one thread for its life, with an event loop of that thread's own. On a
//! loop that all threads share, every message of a session wakes another thread that then finds
//! nothing to do; for short statements that cost more than everything else that the gate does.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;

use crate::server::{self, Door};

/// Stack of a thread: sessions read statements on it (`sql::STACK`), with room for what calls it.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// The threads on which sessions run; they end when this is dropped.
#[derive(Debug)]
pub(crate) struct Lanes {
    loops: Vec<Handle>,
    next: AtomicUsize,
    end: CancellationToken,
}

impl Lanes {
    /// One thread for each processor.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub(crate) fn start() -> io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let end = CancellationToken::new();
        let loops = (0..count)
            .map(|number| lane(number, end.clone()))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            loops,
            next: AtomicUsize::new(0),
            end,
        })
    }

    /// Serves a client on the next thread in turn.
    pub(crate) fn serve(&self, stream: TcpStream, peer: SocketAddr, door: &Door) {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.loops.len().max(1);
        if let Some(on) = self.loops.get(turn) {
            door.tasks
                .spawn_on(server::serve(stream, peer, door.clone()), on);
        }
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

fn lane(number: usize, end: CancellationToken) -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name(format!("sessions-{number}"))
        .stack_size(STACK_BYTES)
        .spawn(move || runtime.block_on(end.cancelled()))?;
    Ok(handle)
}

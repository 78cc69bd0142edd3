//! The threads that sessions run on.
//!
//! Each has an event loop of its own, and a session stays on the one where it began: no thread
//! takes a session's work from another, so a message costs no wake-up of a second processor, and
//! sessions of one thread that are ready at the same time commit their records together.

use std::io;
use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::{CancellationToken, DropGuard};

/// The stack of each thread: statements and view definitions are read by a parser that recurses to
/// the depth that its gate allows, more than the two megabytes that threads have by default.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// The threads; they end when this is dropped, and with them what still runs there.
pub(crate) struct Lanes {
    lanes: Vec<Lane>,
    _end: DropGuard,
}

/// One thread's event loop.
#[derive(Clone)]
pub(crate) struct Lane {
    handle: Handle,
    /// Held by each session that runs here, so that their number is known.
    places: Arc<()>,
}

impl Lanes {
    /// Starts as many threads as the machine runs at once.
    ///
    /// # Errors
    ///
    /// The system gives no thread or no event loop.
    pub(crate) fn start() -> io::Result<Self> {
        let end = CancellationToken::new();
        let guard = end.clone().drop_guard();
        let count = thread::available_parallelism().map_or(1, usize::from);
        let lanes = (0..count)
            .map(|number| Lane::start(number, end.clone()))
            .collect::<io::Result<_>>()?;
        Ok(Self { lanes, _end: guard })
    }

    /// The thread with the fewest sessions, of as many as there are processors for us.
    pub(crate) fn quietest(&self) -> Option<Lane> {
        let busy = |lane: &&Lane| Arc::strong_count(&lane.places);
        let used = self.lanes.iter().take(processors());
        used.min_by_key(busy).cloned()
    }
}

/// On how many processors we may run now. A container's share may change while it runs; two threads on
/// one processor would only wake each other, and commit apart what they could commit together.
#[cfg(target_os = "linux")]
fn processors() -> usize {
    let ours = rustix::thread::sched_getaffinity(None);
    ours.map_or(usize::MAX, |set| set.count() as usize).max(1)
}

/// On how many processors we may run now, which is not known here.
#[cfg(not(target_os = "linux"))]
fn processors() -> usize {
    usize::MAX
}

impl Lane {
    fn start(number: usize, end: CancellationToken) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        thread::Builder::new()
            .name(format!("sessions-{number}"))
            .stack_size(STACK_BYTES)
            .spawn(move || runtime.block_on(end.cancelled()))?;
        Ok(Self {
            handle,
            places: Arc::new(()),
        })
    }

    /// Where to spawn what runs here; what holds a clone of the lane counts as a session of it.
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

//! The audit log as a file of the state directory.

mod tail;
mod writer;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audit::{Chain, Event, RecordId, Sink, SinkError};
use tokio::sync::Notify;

use self::writer::{Reservation, Writer};

/// The log's name in the state directory.
pub const FILE_NAME: &str = "audit.jsonl";

/// How long a record that nobody waits for (an outcome) may stay in memory: most are written with
/// the next intent, long before. Only the death of the process loses them, and then their intents
/// tell that they are missing.
const FLUSH_INTERVAL: Duration = Duration::from_millis(10);

/// After so many intervals without a record the flusher sleeps until there is one.
const QUIET_INTERVALS: u32 = 100;

/// Why a log cannot be continued.
#[derive(Debug, thiserror::Error)]
pub enum AuditLogError {
    /// It cannot be opened, read or cut.
    #[error("audit log `{}`: {source}", path.display())]
    File {
        /// Where it is.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Another process writes it.
    #[error("audit log `{}` is in use by another process", .0.display())]
    InUse(PathBuf),
    /// Its last record is not sound: to continue would hide that.
    #[error("audit log `{}` cannot be continued: {reason}; run `lockgate audit verify` and move it away", path.display())]
    Broken {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with its last record.
        reason: audit::BrokenReason,
    },
}

/// The audit log as a file. A record is accepted when it has its place in the chain and the disk
/// has room reserved for it; it is committed when the operating system has its bytes, so that it
/// survives the death of the process, not that of the machine. Records that sessions accept at the
/// same time are written with one system call.
#[derive(Debug)]
pub struct AuditLog {
    path: PathBuf,
    /// Locked before `accepted` by those who take both.
    writer: Mutex<Writer>,
    accepted: Mutex<Accepted>,
    /// Number of records that the operating system has.
    committed: AtomicU64,
    flusher: Flusher,
}

/// Records that wait to be written.
#[derive(Debug)]
struct Accepted {
    chain: Chain,
    lines: Vec<u8>,
    /// How many bytes `lines` may have.
    room: u64,
}

/// Wakes the task that writes what nobody waits for.
#[derive(Debug, Default)]
struct Flusher {
    is_awake: AtomicBool,
    wake: Notify,
}

impl AuditLog {
    /// Opens the log in this directory, makes it if need be, and cuts off a record that was being
    /// written when a process died: it was never committed.
    ///
    /// # Errors
    ///
    /// [`AuditLogError`]: the proxy must not start.
    pub fn open(state_dir: &Path) -> Result<Self, AuditLogError> {
        let path = state_dir.join(FILE_NAME);
        let at = |source| AuditLogError::File {
            path: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(at)?;
        file.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => AuditLogError::InUse(path.clone()),
            std::fs::TryLockError::Error(source) => at(source),
        })?;
        let (length, last) = tail::last_record(&mut file).map_err(at)?;
        file.set_len(length).map_err(at)?;
        let chain = match last.as_deref() {
            None => Chain::new(),
            Some(line) => Chain::resume(line).map_err(|reason| AuditLogError::Broken {
                path: path.clone(),
                reason,
            })?,
        };
        Ok(Self {
            path,
            writer: Mutex::new(Writer::new(file, length)),
            accepted: Mutex::new(Accepted {
                chain,
                lines: Vec::new(),
                room: 0,
            }),
            committed: AtomicU64::new(chain.records()),
            flusher: Flusher::default(),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes everything that was accepted.
    ///
    /// # Errors
    ///
    /// Not everything could be written; what was not is kept and tried again.
    pub fn flush(&self) -> Result<(), SinkError> {
        let mut writer = lock(&self.writer);
        self.write(&mut writer)
    }

    /// Writes, a moment later, what nobody waits for. Never ends; safe to drop.
    pub(crate) async fn keep_flushed(&self) {
        let mut fault = None;
        loop {
            self.flusher.wake.notified().await;
            let mut quiet = 0;
            while quiet < QUIET_INTERVALS {
                tokio::time::sleep(FLUSH_INTERVAL).await;
                quiet = if self.is_flushed() { quiet + 1 } else { 0 };
                let now = if quiet == 0 { self.flush().err() } else { None };
                // Told once, not a hundred times a second.
                if let Some(error) = now.as_ref().filter(|_| fault != now) {
                    tracing::error!(%error, "cannot write the audit log");
                }
                fault = now;
            }
            self.flusher.is_awake.store(false, Ordering::SeqCst);
            // Accepted between the last look and the line above, by somebody who saw us awake.
            if !self.is_flushed() {
                self.flusher.wake();
            }
        }
    }

    fn is_flushed(&self) -> bool {
        lock(&self.accepted).chain.records() == self.committed.load(Ordering::Acquire)
    }

    /// Accepts an event when the room that was made before is used up.
    fn append_with_room(&self, event: &Event) -> Result<RecordId, SinkError> {
        let mut writer = lock(&self.writer);
        if writer.is_behind() {
            self.write(&mut writer)?;
        }
        let mut accepted = lock(&self.accepted);
        let before = accepted.mark();
        let id = accepted.seal(event)?;
        match writer.reserve(accepted.lines.len()) {
            Ok(Reservation::Kept) => accepted.room = writer.room(),
            Ok(Reservation::Unsupported) => {
                drop(accepted);
                self.write(&mut writer)?;
            }
            Err(error) => {
                accepted.go_back(before);
                return Err(error);
            }
        }
        Ok(id)
    }

    fn write(&self, writer: &mut Writer) -> Result<(), SinkError> {
        let (mut lines, records) = {
            let mut accepted = lock(&self.accepted);
            let lines = std::mem::take(&mut accepted.lines);
            accepted.room = accepted.room.saturating_sub(lines.len() as u64);
            (lines, accepted.chain.records())
        };
        writer.write(&mut lines)?;
        self.committed.store(records, Ordering::Release);
        // The buffer that the lines came in is used again.
        let mut accepted = lock(&self.accepted);
        if accepted.lines.capacity() == 0 {
            accepted.lines = lines;
        }
        Ok(())
    }
}

impl Sink for AuditLog {
    fn append(&self, event: &Event) -> Result<RecordId, SinkError> {
        let accepted = lock(&self.accepted).accept(event)?;
        let id = match accepted {
            Some(id) => id,
            None => self.append_with_room(event)?,
        };
        self.flusher.wake();
        Ok(id)
    }

    fn commit(&self, last: RecordId) -> Result<(), SinkError> {
        if self.committed.load(Ordering::Acquire) > last.0 {
            return Ok(());
        }
        let mut writer = lock(&self.writer);
        // Another session may have written our record with its own.
        if self.committed.load(Ordering::Acquire) > last.0 {
            return Ok(());
        }
        self.write(&mut writer)
    }
}

impl Accepted {
    /// Accepts an event; `None`: there is no room for it.
    fn accept(&mut self, event: &Event) -> Result<Option<RecordId>, SinkError> {
        let before = self.mark();
        let id = self.seal(event)?;
        if self.lines.len() as u64 <= self.room {
            return Ok(Some(id));
        }
        self.go_back(before);
        Ok(None)
    }

    fn seal(&mut self, event: &Event) -> Result<RecordId, SinkError> {
        self.chain.seal(event, &mut self.lines)
    }

    /// Where the lines end, for [`Accepted::go_back`].
    fn mark(&self) -> (Chain, usize) {
        (self.chain, self.lines.len())
    }

    fn go_back(&mut self, (chain, length): (Chain, usize)) {
        self.chain = chain;
        self.lines.truncate(length);
    }
}

impl Flusher {
    fn wake(&self) {
        if !self.is_awake.load(Ordering::Relaxed) && !self.is_awake.swap(true, Ordering::SeqCst) {
            self.wake.notify_one();
        }
    }
}

/// Whoever panicked with one of the two locks left whole lines or none.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for AuditLog {
    fn drop(&mut self) {
        // What cannot be written now is lost with the process; it said so when it tried before.
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests;

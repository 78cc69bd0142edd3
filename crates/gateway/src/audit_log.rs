//! The audit log as a file of the state directory.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use audit::{Chain, Event, RecordId, Sink, SinkError};

/// The log's name in the state directory.
pub const FILE_NAME: &str = "audit.jsonl";

/// How much of the end of a log is read at a time to find its last record.
const TAIL_STEP: u64 = 64 * 1024;

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

/// The audit log as a file: a record is accepted when the operating system has its bytes, so it
/// survives the death of the process, not that of the machine.
#[derive(Debug)]
pub struct AuditLog {
    path: PathBuf,
    writer: Mutex<Writer>,
}

#[derive(Debug)]
struct Writer {
    file: File,
    chain: Chain,
    /// Bytes of the file that hold whole records.
    length: u64,
    line: Vec<u8>,
}

impl AuditLog {
    /// Opens the log in this directory, makes it if need be, and cuts off a record that was being
    /// written when a process died: it was never accepted.
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
        let (length, last) = last_record(&mut file).map_err(at)?;
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
            writer: Mutex::new(Writer {
                file,
                chain,
                length,
                line: Vec::new(),
            }),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Sink for AuditLog {
    fn append(&self, event: &Event) -> Result<RecordId, SinkError> {
        // A writer that panicked left at most a partial line, which the length cuts off.
        self.writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .append(event)
    }
}

impl Writer {
    fn append(&mut self, event: &Event) -> Result<RecordId, SinkError> {
        let mut chain = self.chain;
        self.line.clear();
        let id = chain.seal(event, &mut self.line)?;
        if let Err(error) = self.file.write_all(&self.line) {
            // Part of the line may be in the file. If it cannot be cut off, the next record would be
            // glued to it, so nothing more is accepted.
            self.file
                .set_len(self.length)
                .map_err(|_| SinkError::Closed)?;
            return Err(sink_error(&error));
        }
        self.chain = chain;
        self.length += self.line.len() as u64;
        Ok(id)
    }
}

fn sink_error(error: &std::io::Error) -> SinkError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            SinkError::Full
        }
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => SinkError::ReadOnly,
        kind => SinkError::Io(kind.to_string()),
    }
}

/// The length of the file up to its last whole line, and that line.
fn last_record(file: &mut File) -> std::io::Result<(u64, Option<Vec<u8>>)> {
    let end = file.metadata()?.len();
    let mut from = end;
    let mut tail = Vec::new();
    loop {
        let step = TAIL_STEP.min(from);
        from -= step;
        file.seek(SeekFrom::Start(from))?;
        let mut piece = Vec::new();
        Read::by_ref(file).take(step).read_to_end(&mut piece)?;
        piece.append(&mut tail);
        tail = piece;
        let whole = audit::torn_tail(&tail);
        let lines = tail.get(..whole).unwrap_or_default();
        let start = lines
            .strip_suffix(b"\n")
            .and_then(|line| line.iter().rposition(|byte| *byte == b'\n'));
        match (start, from) {
            (Some(before), _) => {
                return Ok((
                    from + whole as u64,
                    lines.get(before + 1..).map(<[u8]>::to_vec),
                ));
            }
            (None, 0) => {
                let line = (whole > 0).then(|| lines.to_vec());
                return Ok((whole as u64, line));
            }
            (None, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use audit::{Body, Origin, verify};

    fn event(detail: &str) -> Event {
        Event {
            time: jiff::Timestamp::UNIX_EPOCH,
            origin: Origin {
                session: None,
                actor: None,
                connection: None,
                client: None,
            }
            .into(),
            body: Body::Administration {
                action: "start".to_owned(),
                detail: detail.to_owned(),
            },
        }
    }

    fn records(path: &Path) -> u64 {
        let log = std::fs::read(path).unwrap();
        verify(log.split_inclusive(|byte| *byte == b'\n'))
            .unwrap()
            .records
    }

    #[test]
    fn continues_after_a_torn_record() {
        let dir = tempfile::tempdir().unwrap();
        let log = AuditLog::open(dir.path()).unwrap();
        // Longer than one step of the search for the last record.
        log.append(&event("first")).unwrap();
        log.append(&event(&"x".repeat(3 * TAIL_STEP as usize)))
            .unwrap();
        let path = log.path().to_owned();
        drop(log);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"seq\":2,\"prev\":\"half a rec").unwrap();
        drop(file);
        let log = AuditLog::open(dir.path()).unwrap();
        assert_eq!(log.append(&event("second")).unwrap(), RecordId(2));
        assert_eq!(records(&path), 3);
    }

    #[test]
    fn one_writer_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = AuditLog::open(dir.path()).unwrap();
        assert!(matches!(
            AuditLog::open(dir.path()),
            Err(AuditLogError::InUse(_))
        ));
        drop(first);
        AuditLog::open(dir.path()).unwrap();
    }

    #[test]
    fn a_broken_last_record_is_not_continued() {
        let dir = tempfile::tempdir().unwrap();
        let log = AuditLog::open(dir.path()).unwrap();
        log.append(&event("first")).unwrap();
        let path = log.path().to_owned();
        drop(log);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.len() - 10;
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(
            AuditLog::open(dir.path()),
            Err(AuditLogError::Broken { .. })
        ));
    }

    #[test]
    fn what_cannot_be_written_is_not_accepted() {
        let dir = tempfile::tempdir().unwrap();
        let log = AuditLog::open(dir.path()).unwrap();
        log.append(&event("first")).unwrap();
        {
            let mut writer = log.writer.lock().unwrap();
            writer.file = File::open("/dev/full").unwrap();
        }
        // A file that is open for reading only takes no bytes.
        assert!(log.append(&event("second")).is_err());
        let path = log.path().to_owned();
        assert_eq!(records(&path), 1);
    }
}

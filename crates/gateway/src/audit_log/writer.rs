//! The file's side of the log: bytes that were accepted, and room for those that will be.

use std::fs::File;
use std::io::{ErrorKind, Write};

use audit::SinkError;
use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

/// Bytes of disk that are reserved at a time. About a thousand records: a system call for each
/// thousand statements, and what a process that dies leaves reserved is given back at the next
/// start.
pub(super) const RESERVE: u64 = 1024 * 1024;

/// Writes accepted lines to the end of the file.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) file: File,
    /// Length of the file.
    length: u64,
    /// Offset in the file up to which the disk has room for us.
    reserved: u64,
    /// Lines on their way into the file. They stay here when they cannot be written.
    batch: Vec<u8>,
    reservation: Reservation,
}

/// Whether the file system reserves room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reservation {
    /// It does: what was accepted will find room.
    Kept,
    /// It cannot: a record is accepted only when it is written.
    Unsupported,
}

impl Writer {
    /// A writer at the end of `file`, whose first `length` bytes are whole records and which has no
    /// others.
    pub(super) fn new(file: File, length: u64) -> Self {
        Self {
            file,
            length,
            reserved: length,
            batch: Vec::new(),
            reservation: Reservation::Kept,
        }
    }

    /// Makes room for `needed` bytes behind what is on its way, and for some more.
    ///
    /// # Errors
    ///
    /// The disk has no room, or the file cannot be written.
    pub(super) fn reserve(&mut self, needed: usize) -> Result<Reservation, SinkError> {
        if self.reservation == Reservation::Unsupported {
            return Ok(self.reservation);
        }
        let from = self.length + self.batch.len() as u64;
        let room = needed as u64 + RESERVE;
        match fallocate(&self.file, FallocateFlags::KEEP_SIZE, from, room) {
            Ok(()) => self.reserved = from + room,
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::NODEV) => {
                self.reservation = Reservation::Unsupported
            }
            Err(errno) => return Err(sink_error(&errno.into())),
        }
        Ok(self.reservation)
    }

    /// Bytes that can be accepted before room must be made again.
    pub(super) fn room(&self) -> u64 {
        self.reserved
            .saturating_sub(self.length + self.batch.len() as u64)
    }

    /// Whether lines are here that could not be written.
    pub(super) fn is_behind(&self) -> bool {
        !self.batch.is_empty()
    }

    /// Writes the lines and takes them. What cannot be written stays here, and the next call goes
    /// on at the byte at which this one stopped.
    ///
    /// # Errors
    ///
    /// Not all lines are in the file.
    pub(super) fn write(&mut self, lines: &mut Vec<u8>) -> Result<(), SinkError> {
        if self.batch.is_empty() {
            std::mem::swap(&mut self.batch, lines);
        } else {
            self.batch.append(lines);
        }
        let mut written = 0;
        let result = loop {
            let rest = self.batch.get(written..).unwrap_or_default();
            if rest.is_empty() {
                break Ok(());
            }
            match self.file.write(rest) {
                Ok(0) => break Err(SinkError::Full),
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break Err(sink_error(&error)),
            }
        };
        self.length += written as u64;
        self.batch.drain(..written);
        result
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

//! The log's file, line by line from the front, or its last lines from the back.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::failure::CommandError;

/// Longest line that is read whole. A record is far shorter, since a statement in it is cut; more
/// is no log of ours, and must not fill the memory.
const LINE_MAX: u64 = 64 * 1024 * 1024;

/// How much is read at a time from the end.
const BLOCK: u64 = 64 * 1024;

/// A log that is read from its beginning.
pub(crate) struct LogFile {
    path: PathBuf,
    reader: BufReader<File>,
    line: Vec<u8>,
}

impl LogFile {
    /// Opens the log.
    ///
    /// # Errors
    /// [`CommandError::File`].
    pub(crate) fn open(path: &Path) -> Result<Self, CommandError> {
        let file = File::open(path).map_err(CommandError::file(path))?;
        Ok(LogFile {
            path: path.to_path_buf(),
            reader: BufReader::new(file),
            line: Vec::new(),
        })
    }

    /// The next line with its line feed, if it has one; `None` at the end.
    ///
    /// # Errors
    /// [`CommandError::File`].
    pub(crate) fn next_line(&mut self) -> Result<Option<&[u8]>, CommandError> {
        self.line.clear();
        let mut limited = (&mut self.reader).take(LINE_MAX);
        let read = limited.read_until(b'\n', &mut self.line);
        match read.map_err(CommandError::file(&self.path))? {
            0 => Ok(None),
            _ => Ok(Some(&self.line)),
        }
    }
}

/// A piece of a log that begins and ends at whole lines.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The lines, each with its line feed.
    pub(crate) lines: Vec<Vec<u8>>,
    /// Where the next line begins in the file.
    pub(crate) end: u64,
}

/// The last `count` whole lines.
///
/// # Errors
/// What the operating system says.
pub(crate) fn last_lines(file: &mut (impl Read + Seek), count: usize) -> io::Result<Piece> {
    let length = file.seek(SeekFrom::End(0))?;
    let (mut from, mut tail) = (length, Vec::new());
    // One line feed more than lines: the one before the first of them.
    while from > 0 && feeds(&tail) <= count {
        let step = BLOCK.min(from);
        from -= step;
        file.seek(SeekFrom::Start(from))?;
        let mut block = Vec::new();
        file.by_ref().take(step).read_to_end(&mut block)?;
        block.append(&mut tail);
        tail = block;
    }
    let whole = audit::torn_tail(&tail);
    let lines = split(tail.get(..whole).unwrap_or_default());
    let skipped = lines.len().saturating_sub(count);
    Ok(Piece {
        lines: lines.into_iter().skip(skipped).collect(),
        end: from + whole as u64,
    })
}

/// The whole lines that begin at `from`.
///
/// # Errors
/// What the operating system says.
pub(crate) fn lines_from(file: &mut (impl Read + Seek), from: u64) -> io::Result<Piece> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.by_ref().take(LINE_MAX).read_to_end(&mut bytes)?;
    let whole = audit::torn_tail(&bytes);
    Ok(Piece {
        lines: split(bytes.get(..whole).unwrap_or_default()),
        end: from + whole as u64,
    })
}

fn feeds(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn the_last_whole_lines_are_found() {
        let long = format!("{}\n", "x".repeat(3 * BLOCK as usize));
        let cases = [
            (String::new(), 3, vec![], 0),
            ("a\n".to_owned(), 0, vec![], 2),
            ("a\nb\nc\n".to_owned(), 2, vec!["b\n", "c\n"], 6),
            ("a\nb\nc\n".to_owned(), 9, vec!["a\n", "b\n", "c\n"], 6),
            ("a\nb\nhalf".to_owned(), 1, vec!["b\n"], 4),
            (
                format!("a\n{long}b\n"),
                2,
                vec![long.as_str(), "b\n"],
                long.len() as u64 + 4,
            ),
            ("half".to_owned(), 1, vec![], 0),
        ];
        for (log, count, expected, end) in cases {
            let got = last_lines(&mut Cursor::new(log.as_bytes()), count).unwrap();
            let expected = expected
                .iter()
                .map(|line| line.as_bytes().to_vec())
                .collect();
            assert_eq!(
                got,
                Piece {
                    lines: expected,
                    end
                },
                "{count} of {} bytes",
                log.len()
            );
        }
    }

    #[test]
    fn what_was_added_is_read_when_its_line_is_whole() {
        let piece = lines_from(&mut Cursor::new(b"a\nb\nc"), 2).unwrap();
        assert_eq!(
            piece,
            Piece {
                lines: vec![b"b\n".to_vec()],
                end: 4
            }
        );
    }
}

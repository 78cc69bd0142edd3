//! The end of a log that another process left.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// How much of the end of a log is read at a time to find its last record.
pub(super) const STEP: u64 = 64 * 1024;

/// The length of the file up to its last whole line, and that line.
pub(super) fn last_record(file: &mut File) -> std::io::Result<(u64, Option<Vec<u8>>)> {
    let end = file.metadata()?.len();
    let mut from = end;
    let mut tail = Vec::new();
    loop {
        let step = STEP.min(from);
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

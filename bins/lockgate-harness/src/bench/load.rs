//! The load: requests that were built before, answers of which only the end is looked for.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use wire::encode::{self, Binding};

use super::data::ROWS;
use crate::HarnessError;
use crate::client::Client;

/// What ends every answer, up to its last byte, the transaction's status (ReadyForQuery). No value
/// of the bench's table holds these bytes.
const READY: [u8; 5] = [b'Z', 0, 0, 0, 5];

/// READY and the status.
const TAIL: usize = READY.len() + 1;

/// Bytes that are read at a time.
const BUFFER: usize = 64 * 1024;

/// The first byte of an ErrorResponse.
const ERROR: u8 = b'E';

/// The first byte of a DataRow.
const DATA_ROW: u8 = b'D';

/// The first byte of a CopyInResponse.
const COPY_IN: u8 = b'G';

/// How fast one reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// As fast as it comes.
    Full,
    /// With a pause after each MiB.
    Slow(Duration),
}

/// A logged in connection.
pub(super) struct Line {
    stream: TcpStream,
    pub(super) pace: Pace,
    /// The last bytes of what was read before, then room for more.
    buffer: Vec<u8>,
}

impl Line {
    pub(super) fn new(client: Client) -> Self {
        Self {
            stream: client.into_stream(),
            pace: Pace::Full,
            buffer: vec![0; TAIL + BUFFER],
        }
    }

    /// Sends a request and reads its answer to the end; returns the answer's length.
    pub(super) fn exchange(&mut self, request: &[u8]) -> Result<u64, HarnessError> {
        self.stream.write_all(request)?;
        let count = self.read()?;
        self.check()?;
        self.drain(count)
    }

    /// Reads to the end of an answer of which `count` bytes were just read; returns the length of
    /// these and the rest.
    fn drain(&mut self, mut count: usize) -> Result<u64, HarnessError> {
        let mut length = 0;
        loop {
            let before = length;
            length += count as u64;
            if let Pace::Slow(pause) = self.pace
                && before >> 20 != length >> 20
            {
                std::thread::sleep(pause);
            }
            let tail = self.buffer.get(count..count + TAIL).unwrap_or_default();
            if tail.starts_with(&READY) {
                return Ok(length);
            }
            self.buffer.copy_within(count..count + TAIL, 0);
            count = self.read()?;
        }
    }

    /// Sends a request and reads its answer to the end; returns the time until its first row came.
    pub(super) fn first_row(&mut self, request: &[u8]) -> Result<Duration, HarnessError> {
        let start = Instant::now();
        self.stream.write_all(request)?;
        let mut head = Vec::new();
        let mut count = 0;
        while !has_row(&head) {
            // What was read before is not the end of the answer: no row came yet.
            self.buffer.copy_within(count..count + TAIL, 0);
            count = self.read()?;
            head.extend_from_slice(self.buffer.get(TAIL..TAIL + count).unwrap_or_default());
        }
        let time = start.elapsed();
        self.drain(count)?;
        Ok(time)
    }

    /// Sends COPY data: the statement, then `chunk`, which is a whole message, `count` times.
    pub(super) fn copy_in(
        &mut self,
        statement: &[u8],
        chunk: &[u8],
        count: u64,
    ) -> Result<(), HarnessError> {
        self.stream.write_all(statement)?;
        self.read()?;
        self.check()?;
        if self.buffer.get(TAIL) != Some(&COPY_IN) {
            return Err(HarnessError::Answer("the copy did not begin".to_owned()));
        }
        for _ in 0..count {
            self.stream.write_all(chunk)?;
        }
        let mut done = BytesMut::new();
        encode::copy_done(&mut done);
        self.exchange(&done).map(drop)
    }

    fn read(&mut self) -> Result<usize, HarnessError> {
        let room = self.buffer.get_mut(TAIL..).unwrap_or_default();
        match self.stream.read(room)? {
            0 => Err(HarnessError::Answer("the connection was closed".to_owned())),
            count => Ok(count),
        }
    }

    /// An error is no answer to measure.
    fn check(&self) -> Result<(), HarnessError> {
        match self.buffer.get(TAIL) {
            Some(&ERROR) => {
                let text = self.buffer.get(TAIL..).unwrap_or_default();
                let text = text
                    .split(|byte| *byte == 0)
                    .filter(|field| field.len() > 1);
                let text: Vec<_> = text.take(6).map(String::from_utf8_lossy).collect();
                Err(HarnessError::Answer(text.join(" ")))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the messages in `bytes` get as far as the first byte of a row.
fn has_row(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [tag, a, b, c, d, ..] = rest {
        if *tag == DATA_ROW {
            return true;
        }
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize + 1;
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

/// Requests by the simple protocol, each with an own text from the template, whose `{}` becomes the
/// id; the ids differ from round to round.
pub(super) fn queries(
    template: &str,
    count: usize,
    round: usize,
) -> Result<Vec<BytesMut>, HarnessError> {
    (0..count)
        .map(|index| {
            let id = (round * count + index) as u64 % ROWS + 1;
            query(&template.replace("{}", &id.to_string()))
        })
        .collect()
}

/// A request by the simple protocol.
pub(super) fn query(text: &str) -> Result<BytesMut, HarnessError> {
    let mut out = BytesMut::new();
    encode::query(&mut out, text.as_bytes())?;
    Ok(out)
}

/// The name of the prepared statement.
const STATEMENT: &[u8] = b"p1";

/// Parse and Sync.
pub(super) fn parse(text: &str) -> Result<BytesMut, HarnessError> {
    let mut out = BytesMut::new();
    encode::parse(&mut out, STATEMENT, text.as_bytes(), &[])?;
    encode::sync(&mut out);
    Ok(out)
}

/// Bind, Execute and Sync for ids of the whole table.
pub(super) fn bindings(count: usize) -> Result<Vec<BytesMut>, HarnessError> {
    (0..count)
        .map(|index| {
            let id = index as u64 * (ROWS / count as u64) + 1;
            let id = id.to_string();
            let mut out = BytesMut::new();
            encode::bind(
                &mut out,
                &Binding {
                    statement: STATEMENT,
                    parameters: &[Some(id.as_bytes())],
                    ..Binding::default()
                },
            )?;
            encode::execute(&mut out, b"", 0)?;
            encode::sync(&mut out);
            Ok(out)
        })
        .collect()
}

/// Sends `count` requests on each line at the same time, a thread for each, and returns the time
/// from the common start to the last answer.
pub(super) fn together(
    lines: &mut [Line],
    requests: &[BytesMut],
    count: usize,
) -> Result<Duration, HarnessError> {
    let barrier = Barrier::new(lines.len() + 1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = lines
            .iter_mut()
            .enumerate()
            .map(|(number, line)| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    // Each begins elsewhere, so that they do not read the same rows in step.
                    let all = requests.iter().cycle().skip(number * 7);
                    all.take(count)
                        .try_for_each(|request| line.exchange(request).map(drop))
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        for thread in threads {
            let joined = thread.join();
            joined.map_err(|_| HarnessError::Answer("a client panicked".to_owned()))??;
        }
        Ok(start.elapsed())
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// RowDescription without columns, a row, CommandComplete, ReadyForQuery.
    const ANSWER: &[u8] = b"T\0\0\0\x06\0\0D\0\0\0\x06\0\0C\0\0\0\x0dSELECT 1\0Z\0\0\0\x05I";

    /// A line to a peer that sends these pieces, each only after the line has read the one before.
    fn line_to(pieces: Vec<Vec<u8>>) -> (Line, std::thread::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        peer.set_nodelay(true).unwrap();
        let sending = std::thread::spawn(move || {
            let mut request = [0; 1];
            peer.read_exact(&mut request).unwrap();
            for piece in pieces {
                peer.write_all(&piece).unwrap();
                std::thread::yield_now();
            }
        });
        let line = Line {
            stream,
            pace: Pace::Full,
            buffer: vec![0; TAIL + BUFFER],
        };
        (line, sending)
    }

    #[test]
    fn an_answer_ends_at_its_end_however_it_is_cut() {
        for size in 1..=ANSWER.len() {
            let pieces = ANSWER.chunks(size).map(<[u8]>::to_vec).collect();
            let (mut line, sending) = line_to(pieces);
            let length = line.exchange(b"Q").unwrap();
            assert_eq!(length, ANSWER.len() as u64, "cut at {size}");
            sending.join().unwrap();
        }
    }

    #[test]
    fn an_error_is_no_answer() {
        let report = b"E\0\0\0\x17SERROR\0C42501\0Mno\0\0Z\0\0\0\x05I";
        let (mut line, sending) = line_to(vec![report.to_vec()]);
        let error = line.exchange(b"Q").unwrap_err().to_string();
        assert!(error.contains("42501"), "{error}");
        sending.join().unwrap();
    }

    #[test]
    fn the_first_row_is_found_behind_what_comes_before_it() {
        let row = ANSWER.iter().position(|byte| *byte == DATA_ROW).unwrap();
        for end in 0..ANSWER.len() {
            // A row counts once its header is there.
            assert_eq!(has_row(&ANSWER[..end]), end >= row + 5, "{end} bytes");
        }
    }
}

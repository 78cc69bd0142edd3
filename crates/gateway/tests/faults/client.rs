//! A client that says what it is told to, in pieces if need be, and keeps every byte it hears.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::authentication::sasl::{ChannelBinding, ScramSha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::backend::{self, Authentication, Message};
use wire::encode;
use wire::frame::{self, Limits, Scan, Side};
use wire::startup::Version;

/// Longer than any answer of a loaded machine takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// SQLSTATE and words of an error that ends the session.
    Fatal(String, String),
    /// The connection was closed or reset.
    Closed,
}

/// What came for one request.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Cells of all rows as text; `None` is NULL.
    pub(crate) rows: Vec<Vec<Option<String>>>,
    /// COPY data.
    pub(crate) copied: Vec<u8>,
    /// SQLSTATE and words of the first error.
    pub(crate) error: Option<(String, String)>,
    /// The last command tag.
    pub(crate) tag: String,
    /// The server waits for COPY data.
    pub(crate) copies: bool,
}

impl Reply {
    /// SQLSTATE of the error.
    pub(crate) fn sqlstate(&self) -> Option<&str> {
        self.error.as_ref().map(|(sqlstate, _)| sqlstate.as_str())
    }
}

/// A connection whose login is done.
pub(crate) struct Client {
    stream: TcpStream,
    input: BytesMut,
    /// Every byte since the login.
    pub(crate) heard: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(
        address: SocketAddr,
        (user, database, password): (&str, &str, &str),
    ) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|_| Fault::Closed)?;
        stream.set_nodelay(true).unwrap();
        let mut client = Self {
            stream,
            input: BytesMut::new(),
            heard: Vec::new(),
        };
        let mut out = BytesMut::new();
        let parameters = [("user", user), ("database", database)];
        encode::startup(&mut out, Version::V3_0, parameters).unwrap();
        client.send(&out).await?;
        client.log_in(password).await?;
        client.heard.clear();
        Ok(client)
    }

    async fn log_in(&mut self, password: &str) -> Result<(), Fault> {
        let mut scram = ScramSha256::new(password.as_bytes(), ChannelBinding::unsupported());
        loop {
            let mut out = BytesMut::new();
            let ready = self
                .next(|message| match message {
                    Message::Authentication(Authentication::Sasl { .. }) => {
                        encode::sasl_initial_response(&mut out, b"SCRAM-SHA-256", scram.message())
                            .unwrap();
                        Ok(false)
                    }
                    Message::Authentication(Authentication::SaslContinue(data)) => {
                        scram.update(data).unwrap();
                        encode::sasl_response(&mut out, scram.message()).unwrap();
                        Ok(false)
                    }
                    Message::Authentication(Authentication::SaslFinal(data)) => {
                        scram.finish(data).unwrap();
                        Ok(false)
                    }
                    Message::ErrorResponse(report) => Err(Fault::Fatal(
                        text(report.sqlstate()),
                        text(report.message()),
                    )),
                    Message::ReadyForQuery(_) => Ok(true),
                    _ => Ok(false),
                })
                .await?;
            if ready {
                return Ok(());
            }
            self.send(&out).await?;
        }
    }

    /// Says bytes, which need not be whole messages.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.stream
            .write_all(bytes)
            .await
            .map_err(|_| Fault::Closed)
    }

    /// Says a Query.
    pub(crate) async fn query(&mut self, statement: &str) -> Result<(), Fault> {
        let mut out = BytesMut::new();
        encode::query(&mut out, statement.as_bytes()).unwrap();
        self.send(&out).await
    }

    /// Runs statements by the simple protocol.
    pub(crate) async fn ask(&mut self, statement: &str) -> Result<Reply, Fault> {
        self.query(statement).await?;
        self.reply().await
    }

    /// What comes up to ReadyForQuery, or until COPY data is waited for.
    pub(crate) async fn reply(&mut self) -> Result<Reply, Fault> {
        let mut reply = Reply::default();
        while !self.next(|message| reply.take(message)).await? {}
        Ok(reply)
    }

    /// Shows the next message.
    async fn next(
        &mut self,
        see: impl FnOnce(Message<'_>) -> Result<bool, Fault>,
    ) -> Result<bool, Fault> {
        loop {
            let scan = frame::scan(&self.input, Side::Backend, &Limits::default()).unwrap();
            if let Scan::Frame(frame, length) = scan {
                let result = see(backend::decode(frame).unwrap());
                drop(self.input.split_to(length));
                return result;
            }
            let before = self.input.len();
            let read = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.input));
            match read.await.expect("an answer within reason") {
                Ok(0) | Err(_) => return Err(Fault::Closed),
                Ok(_) => self.heard.extend_from_slice(&self.input[before..]),
            }
        }
    }

    /// Closes the connection with a reset, as an operating system does for a program that died.
    pub(crate) fn reset(self) -> io::Result<()> {
        self.stream.set_zero_linger()
    }
}

impl Reply {
    /// Takes a message; `true` when it was the last.
    fn take(&mut self, message: Message<'_>) -> Result<bool, Fault> {
        match message {
            Message::DataRow(row) => {
                let cell = |cell: Option<&[u8]>| cell.map(|cell| text(Some(cell)));
                let cells = row.cells().map(|found| cell(found.unwrap()));
                self.rows.push(cells.collect());
            }
            Message::CopyData(data) => self.copied.extend_from_slice(data),
            Message::CommandComplete(complete) => self.tag = text(Some(complete.tag)),
            Message::ErrorResponse(report) => {
                let (sqlstate, words) = (text(report.sqlstate()), text(report.message()));
                if report.severity() == Some(b"FATAL") {
                    return Err(Fault::Fatal(sqlstate, words));
                }
                self.error.get_or_insert((sqlstate, words));
            }
            Message::CopyInResponse(_) => {
                self.copies = true;
                return Ok(true);
            }
            Message::ReadyForQuery(_) => return Ok(true),
            _ => {}
        }
        Ok(false)
    }
}

fn text(bytes: Option<&[u8]>) -> String {
    String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
}

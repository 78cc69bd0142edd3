//! A client that keeps every byte it is sent, and can do what drivers do not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::authentication::sasl::{ChannelBinding, ScramSha256};
use wire::backend::{self, Authentication, Message};
use wire::encode::{self, Binding};
use wire::frame::{self, Limits, Scan, Side};
use wire::startup::Version;

use crate::HarnessError;

/// Longer than any answer of a loaded machine takes; a client that waits longer has found a fault.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection.
pub(crate) struct Client {
    stream: TcpStream,
    input: BytesMut,
    limits: Limits,
    /// Every byte since the login.
    pub(crate) received: Vec<u8>,
}

/// What came for one request.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    /// Rows of all its statements; `None` is NULL.
    pub(crate) rows: Vec<Vec<Option<Vec<u8>>>>,
    /// COPY data.
    pub(crate) copied: Vec<u8>,
    /// SQLSTATE and message of the first error.
    pub(crate) error: Option<(String, String)>,
}

impl Client {
    /// Connects and logs in.
    pub(crate) fn connect(
        address: SocketAddr,
        user: &str,
        database: &str,
        password: &str,
    ) -> Result<Self, HarnessError> {
        let parameters = [("user", user), ("database", database)];
        Self::connect_with(address, &parameters, password)
    }

    /// Connects with these parameters of the startup packet and logs in.
    pub(crate) fn connect_with(
        address: SocketAddr,
        parameters: &[(&str, &str)],
        password: &str,
    ) -> Result<Self, HarnessError> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut client = Self {
            stream,
            input: BytesMut::new(),
            limits: Limits::default(),
            received: Vec::new(),
        };
        let mut out = BytesMut::new();
        encode::startup(&mut out, Version::V3_0, parameters.iter().copied())?;
        client.stream.write_all(&out)?;
        client.log_in(password)?;
        client.received.clear();
        Ok(client)
    }

    fn log_in(&mut self, password: &str) -> Result<(), HarnessError> {
        let mut scram = ScramSha256::new(password.as_bytes(), ChannelBinding::unsupported());
        loop {
            let mut out = BytesMut::new();
            let ready = self.next(|message| match message {
                Message::Authentication(Authentication::Sasl { .. }) => {
                    encode::sasl_initial_response(&mut out, b"SCRAM-SHA-256", scram.message())?;
                    Ok(false)
                }
                Message::Authentication(Authentication::SaslContinue(data)) => {
                    scram.update(data)?;
                    encode::sasl_response(&mut out, scram.message())?;
                    Ok(false)
                }
                Message::Authentication(Authentication::SaslFinal(data)) => {
                    scram.finish(data)?;
                    Ok(false)
                }
                Message::ErrorResponse(fields) => Err(HarnessError::Login(
                    String::from_utf8_lossy(fields.message().unwrap_or_default()).into_owned(),
                )),
                Message::ReadyForQuery(_) => Ok(true),
                _ => Ok(false),
            })?;
            if ready {
                return Ok(());
            }
            self.stream.write_all(&out)?;
        }
    }

    /// The connection itself, between two requests.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Runs statements by the simple protocol.
    pub(crate) fn simple(&mut self, text: &str) -> Result<Reply, HarnessError> {
        let mut out = BytesMut::new();
        encode::query(&mut out, text.as_bytes())?;
        self.stream.write_all(&out)?;
        self.reply()
    }

    /// Runs a statement by the extended protocol, with results in binary, and never asks for their
    /// description.
    pub(crate) fn binary(&mut self, text: &str) -> Result<Reply, HarnessError> {
        let mut out = BytesMut::new();
        encode::parse(&mut out, b"", text.as_bytes(), &[])?;
        encode::bind(
            &mut out,
            &Binding {
                result_formats: &[1],
                ..Binding::default()
            },
        )?;
        // One row first, then the rest, so that the portal is suspended once.
        encode::execute(&mut out, b"", 1)?;
        encode::execute(&mut out, b"", 0)?;
        encode::sync(&mut out);
        self.stream.write_all(&out)?;
        self.reply()
    }

    /// Runs statements by the extended protocol with results in text, all in one write before one
    /// Sync, so that the first error skips the rest.
    pub(crate) fn pipelined(&mut self, texts: &[&str]) -> Result<Reply, HarnessError> {
        let mut out = BytesMut::new();
        for text in texts {
            encode::parse(&mut out, b"", text.as_bytes(), &[])?;
            encode::bind(&mut out, &Binding::default())?;
            encode::execute(&mut out, b"", 0)?;
        }
        encode::sync(&mut out);
        self.stream.write_all(&out)?;
        self.reply()
    }

    fn reply(&mut self) -> Result<Reply, HarnessError> {
        let mut reply = Reply::default();
        while !self.next(|message| reply.take(message))? {}
        Ok(reply)
    }

    /// Shows the next message.
    fn next(
        &mut self,
        mut see: impl FnMut(Message<'_>) -> Result<bool, HarnessError>,
    ) -> Result<bool, HarnessError> {
        loop {
            if let Scan::Frame(frame, length) =
                frame::scan(&self.input, Side::Backend, &self.limits)?
            {
                let result = see(backend::decode(frame)?);
                drop(self.input.split_to(length));
                return result;
            }
            let mut buffer = [0; 65_536];
            let count = self.stream.read(&mut buffer)?;
            let bytes = buffer.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                return Err(HarnessError::Answer("the connection was closed".to_owned()));
            }
            self.input.extend_from_slice(bytes);
            self.received.extend_from_slice(bytes);
        }
    }
}

impl Reply {
    /// Takes a message; `true` when it was the last.
    fn take(&mut self, message: Message<'_>) -> Result<bool, HarnessError> {
        match message {
            Message::DataRow(row) => {
                let cells = row
                    .cells()
                    .map(|cell| cell.map(|cell| cell.map(<[u8]>::to_vec)));
                self.rows.push(cells.collect::<Result<_, _>>()?);
            }
            Message::CopyData(data) => self.copied.extend_from_slice(data),
            Message::ErrorResponse(fields) if self.error.is_none() => {
                let text = |bytes: Option<&[u8]>| {
                    String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
                };
                self.error = Some((text(fields.sqlstate()), text(fields.message())));
            }
            Message::ReadyForQuery(_) => return Ok(true),
            _ => {}
        }
        Ok(false)
    }
}

//! Our own sessions on a server, for reading its catalogs; no client's setting ever reaches them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_postgres::{Client, Config, NoTls};

use super::{CONNECT_TIMEOUT, PINNED, STARTUP_TIMEOUT, Upstream, dial, secure, within};
use crate::channel::Stream;
use crate::error::{ChannelError, GatewayError, UpstreamProblem};

/// How our own sessions show in `pg_stat_activity`.
const APPLICATION: &str = "lockgate";

/// Opens a session of our own, secured as those of clients are. Its task ends when the client is
/// dropped, or with the connection.
///
/// # Errors
/// [`GatewayError::Upstream`] within [`CONNECT_TIMEOUT`] and twice [`STARTUP_TIMEOUT`].
pub async fn catalog_client(upstream: &Upstream) -> Result<Client, GatewayError> {
    open(upstream)
        .await
        .map_err(|problem| upstream.failed(problem))
}

async fn open(upstream: &Upstream) -> Result<Client, UpstreamProblem> {
    let tcp = dial(upstream).await?;
    let channel = within(STARTUP_TIMEOUT, secure(tcp, upstream)).await?;
    let stream = Vetted {
        stream: channel.stream,
        seen: Vec::with_capacity(REQUEST_LEN),
    };
    let config = config(upstream);
    let (client, connection) = within(STARTUP_TIMEOUT, async {
        config
            .connect_raw(stream, NoTls)
            .await
            .map_err(|error| problem(&error))
    })
    .await?;
    // Ends by itself: see above. What goes wrong with it, its client reports.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(client)
}

fn config(upstream: &Upstream) -> Config {
    let options: Vec<String> = PINNED
        .iter()
        .map(|(name, value)| format!("-c {name}={value}"))
        .collect();
    let mut config = Config::new();
    config
        .user(&upstream.user)
        .dbname(&upstream.database)
        .password(upstream.password.expose())
        .application_name(APPLICATION)
        .connect_timeout(CONNECT_TIMEOUT)
        .options(options.join(" "));
    config
}

/// What went wrong, without the server's words.
fn problem(error: &tokio_postgres::Error) -> UpstreamProblem {
    if let Some(state) = error.code() {
        return UpstreamProblem::Rejected {
            sqlstate: state.code().to_owned(),
        };
    }
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(error) if error.kind() == WEAK => UpstreamProblem::Method {
            method: "a weaker method",
        },
        Some(error) => ChannelError::Io(error.kind()).into(),
        None if error.is_closed() => ChannelError::Closed.into(),
        None => UpstreamProblem::Scram,
    }
}

/// Bytes of an authentication request up to its code.
const REQUEST_LEN: usize = 9;

/// Codes of AuthenticationOk and AuthenticationSASL.
const ACCEPTED: [[u8; 4]; 2] = [[0, 0, 0, 0], [0, 0, 0, 10]];

/// How a refused request shows to tokio-postgres.
const WEAK: io::ErrorKind = io::ErrorKind::PermissionDenied;

/// A stream that ends when the server first asks for anything but SCRAM: tokio-postgres would hand
/// it the password in clear, or an MD5 of it. After SASL began it accepts nothing else itself.
struct Vetted {
    stream: Stream<TcpStream>,
    /// The first bytes from the server, until the request is known.
    seen: Vec<u8>,
}

impl Vetted {
    fn vet(&mut self, read: &[u8]) -> io::Result<()> {
        let missing = REQUEST_LEN.saturating_sub(self.seen.len());
        if missing == 0 {
            return Ok(());
        }
        self.seen.extend(read.iter().take(missing));
        match self.seen.as_slice() {
            [b'R', _, _, _, _, code @ ..] if code.len() == 4 => {
                match ACCEPTED.iter().any(|accepted| accepted == code) {
                    true => Ok(()),
                    false => Err(WEAK.into()),
                }
            }
            // An error or notice, or not whole yet.
            _ => Ok(()),
        }
    }
}

impl AsyncRead for Vetted {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = into.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(context, into);
        let Poll::Ready(Ok(())) = polled else {
            return polled;
        };
        Poll::Ready(this.vet(into.filled().get(before..).unwrap_or_default()))
    }
}

impl AsyncWrite for Vetted {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the server's first bytes are accepted, in pieces of every size.
    fn accepted(bytes: &[u8]) -> bool {
        let sizes = 1..=bytes.len();
        let answers = sizes.map(|size| {
            let mut vetted = Vetted {
                stream: Stream::Closed,
                seen: Vec::new(),
            };
            bytes.chunks(size).all(|piece| vetted.vet(piece).is_ok())
        });
        let answers: Vec<bool> = answers.collect();
        assert!(
            answers.windows(2).all(|pair| pair[0] == pair[1]),
            "depends on the split"
        );
        answers[0]
    }

    #[test]
    fn only_scram_and_trust_are_answered() {
        assert!(accepted(b"R\0\0\0\x08\0\0\0\0S\0\0\0\x09a\0b\0"));
        assert!(accepted(b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0"));
        assert!(accepted(b"E\0\0\0\x05\0"));
        assert!(!accepted(b"R\0\0\0\x08\0\0\0\x03"));
        assert!(!accepted(b"R\0\0\0\x0c\0\0\0\x05salt"));
        assert!(!accepted(b"R\0\0\0\x08\0\0\0\x07"));
        // A code that only looks like an accepted one.
        assert!(!accepted(b"R\0\0\0\x08\x0a\0\0\0"));
    }
}

//! A relay that can pass one byte at a time, and break both its connections or fall silent after so
//! many bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Bytes that a relay's sockets hold for it, so that few fit into a silent one.
const ROOM: u32 = 64 * 1024;

/// How many bytes may still pass in one direction before [`Beyond`] comes.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<AtomicU64>);

impl Budget {
    fn endless() -> Self {
        Self(Arc::new(AtomicU64::new(u64::MAX)))
    }

    /// Lets so many bytes pass from now on.
    pub(crate) fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::SeqCst);
    }

    fn take(&self, bytes: usize) -> usize {
        let wanted = bytes as u64;
        let before = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                Some(match left {
                    u64::MAX => u64::MAX,
                    left => left.saturating_sub(wanted),
                })
            });
        usize::try_from(before.unwrap().min(wanted)).unwrap()
    }
}

/// A relay in front of `target`.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    /// From those who connect to the target.
    pub(crate) up: Budget,
    /// From the target to those who connect.
    pub(crate) down: Budget,
}

/// What becomes of connections when a budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beyond {
    /// Both are reset.
    Reset,
    /// Both stay open and nobody reads, as when a cable is cut or a machine hangs, until one of the
    /// peers gives up.
    Silence,
}

/// How bytes pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pieces {
    AsTheyCome,
    SingleBytes,
}

impl Relay {
    pub(crate) async fn start(target: SocketAddr, pieces: Pieces) -> Self {
        Self::listen(target, pieces, Beyond::Reset)
    }

    /// One that falls silent instead of breaking connections.
    pub(crate) fn silent(target: SocketAddr) -> Self {
        Self::listen(target, Pieces::AsTheyCome, Beyond::Silence)
    }

    fn listen(target: SocketAddr, pieces: Pieces, beyond: Beyond) -> Self {
        let listener = listener(beyond);
        let relay = Self {
            address: listener.local_addr().unwrap(),
            up: Budget::endless(),
            down: Budget::endless(),
        };
        let (up, down) = (relay.up.clone(), relay.down.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let budgets = (up.clone(), down.clone());
                tokio::spawn(pass(client, target, (pieces, beyond), budgets));
            }
        });
        relay
    }
}

fn listener(beyond: Beyond) -> TcpListener {
    let socket = TcpSocket::new_v4().unwrap();
    if beyond == Beyond::Silence {
        // Those that are accepted inherit it.
        socket.set_recv_buffer_size(ROOM).unwrap();
    }
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket.listen(64).unwrap()
}

async fn pass(
    client: TcpStream,
    target: SocketAddr,
    manner: (Pieces, Beyond),
    (up, down): (Budget, Budget),
) {
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    for stream in [&client, &server] {
        stream.set_nodelay(true).unwrap();
        // Whatever ends the relay resets both connections: their tails never arrive.
        stream.set_zero_linger().unwrap();
        // A silent one finds out by itself, as a server does, that its peer has given up.
        let asks = TcpKeepalive::new().with_time(Duration::from_secs(1));
        SockRef::from(stream).set_tcp_keepalive(&asks).unwrap();
    }
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::select! {
        () = copy(&mut from_client, &mut to_server, manner, &up) => {}
        () = copy(&mut from_server, &mut to_client, manner, &down) => {}
    }
}

/// Passes bytes until the source ends or the budget is used up.
async fn copy(
    from: &mut tokio::net::tcp::OwnedReadHalf,
    to: &mut tokio::net::tcp::OwnedWriteHalf,
    (pieces, beyond): (Pieces, Beyond),
    budget: &Budget,
) {
    let mut buffer = [0; 16 * 1024];
    let step = match pieces {
        Pieces::AsTheyCome => buffer.len(),
        Pieces::SingleBytes => 1,
    };
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let allowed = budget.take(count);
        for piece in buffer[..allowed].chunks(step) {
            if to.write_all(piece).await.is_err() {
                return;
            }
        }
        if allowed < count {
            if beyond == Beyond::Silence {
                from.ready(Interest::ERROR).await.unwrap();
            }
            return;
        }
    }
}

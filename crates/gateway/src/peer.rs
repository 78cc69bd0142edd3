//! Peers that are gone without a word: how long the operating system waits for them.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

/// How often a silent peer is asked before it counts as gone: packets get lost, not six in a row.
const PROBES: u32 = 6;

/// The shortest pause that the operating system knows.
const SECOND: Duration = Duration::from_secs(1);

/// How long a TCP peer may say nothing, or take nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Patience {
    /// Silence after which it is asked whether it is there, `PROBES` times, a sixth of this apart;
    /// `None`: it is not asked.
    pub keepalive: Option<Duration>,
    /// How long data may wait for it to take; `None`: as long as the operating system tries.
    pub user_timeout: Option<Duration>,
}

impl Patience {
    /// As configured.
    pub const fn of(limits: &config::Limits) -> Self {
        Self {
            keepalive: limits.tcp_keepalive,
            user_timeout: limits.tcp_user_timeout,
        }
    }

    /// Tells it to the operating system.
    ///
    /// # Errors
    /// What the operating system said.
    pub fn set(self, stream: &TcpStream) -> io::Result<()> {
        let socket = SockRef::from(stream);
        if let Some(silence) = self.keepalive {
            let keepalive = TcpKeepalive::new()
                .with_time(silence.max(SECOND))
                .with_interval((silence / PROBES).max(SECOND))
                .with_retries(PROBES);
            socket.set_tcp_keepalive(&keepalive)?;
        }
        #[cfg(target_os = "linux")]
        if self.user_timeout.is_some() {
            socket.set_tcp_user_timeout(self.user_timeout)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_operating_system_is_told() {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        Patience::default().set(&stream).unwrap();
        let socket = SockRef::from(&stream);
        assert!(!socket.keepalive().unwrap());
        let patience = Patience {
            keepalive: Some(Duration::from_secs(60)),
            user_timeout: Some(Duration::from_millis(1500)),
        };
        patience.set(&stream).unwrap();
        assert!(socket.keepalive().unwrap());
        assert_eq!(
            socket.tcp_keepalive_time().unwrap(),
            Duration::from_secs(60)
        );
        assert_eq!(
            socket.tcp_keepalive_interval().unwrap(),
            Duration::from_secs(10)
        );
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), PROBES);
        assert_eq!(socket.tcp_user_timeout().unwrap(), patience.user_timeout);
    }
}

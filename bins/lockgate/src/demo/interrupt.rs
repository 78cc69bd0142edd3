//! The signals that ask a program to end.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::CommandError;

/// Listens for Ctrl-C, SIGTERM and the end of the terminal. From its making on, none of them ends
/// the program by itself.
pub(super) struct Interrupt {
    signals: [Signal; 3],
}

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    /// [`CommandError::Thread`] when the system does not allow it.
    pub(super) fn listen() -> Result<Self, CommandError> {
        let listen = |kind| signal(kind).map_err(|error| CommandError::Thread(error.kind()));
        let signals = [
            listen(SignalKind::interrupt())?,
            listen(SignalKind::terminate())?,
            listen(SignalKind::hangup())?,
        ];
        Ok(Interrupt { signals })
    }

    /// Waits for one of them. May be dropped and called again: no signal is lost.
    pub(super) async fn wait(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

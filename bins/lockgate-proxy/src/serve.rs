//! The gate from its start to its end, and the signals in between.

use std::io;
use std::path::{Path, PathBuf};

use config::{Config, ConfigErrors};
use gateway::{Gateway, StartError};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{EXIT_CONFIGURATION, EXIT_START};

/// Why the proxy cannot serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// The configuration cannot be used.
    #[error("the configuration cannot be used")]
    Config(#[from] ConfigErrors),
    /// The gate cannot start.
    #[error("the gate cannot start: {0}")]
    Start(#[from] StartError),
    /// The system does not let us listen to signals.
    #[error("cannot listen to signals: {0}")]
    Signals(#[from] io::Error),
}

impl ServeError {
    /// How the program ends because of it.
    pub(crate) fn exit(&self) -> u8 {
        match self {
            ServeError::Config(_) => EXIT_CONFIGURATION,
            ServeError::Start(_) | ServeError::Signals(_) => EXIT_START,
        }
    }

    /// Logs it, every mistake by itself.
    pub(crate) fn log(&self) {
        if let ServeError::Config(errors) = self {
            log_mistakes(errors);
        }
        tracing::error!("{self}");
    }
}

fn log_mistakes(ConfigErrors(mistakes): &ConfigErrors) {
    for mistake in mistakes {
        let (file, line, help) = (&mistake.file, mistake.line, mistake.help.as_deref());
        tracing::error!(file, line, help, "{}", mistake.message);
    }
}

/// The signals that mean something.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

/// What a signal asks for.
enum Request {
    End,
    Reload,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The next one. May be dropped and called again: none is lost.
    async fn next(&mut self) -> Request {
        tokio::select! {
            _ = self.terminate.recv() => Request::End,
            _ = self.interrupt.recv() => Request::End,
            _ = self.hangup.recv() => Request::Reload,
        }
    }
}

/// Serves until a signal ends it.
///
/// # Errors
/// [`ServeError`]: nothing is left running.
pub(crate) async fn serve(path: PathBuf) -> Result<(), ServeError> {
    let mut signals = Signals::listen()?;
    let config = load(&path)?;
    let gateway = Gateway::start(config).await?;
    let (address, log) = (gateway.address(), gateway.audit_log().display());
    tracing::info!(%address, audit_log = %log, "accepting clients");
    while let Request::Reload = signals.next().await {
        reload(&gateway, &path);
    }
    tracing::info!("draining; a second signal ends at once");
    tokio::select! {
        () = gateway.drain() => tracing::info!("drained"),
        () = end(&mut signals) => tracing::warn!("ended before all sessions had"),
    }
    Ok(())
}

/// The next signal that ends.
async fn end(signals: &mut Signals) {
    while let Request::Reload = signals.next().await {}
}

fn load(path: &Path) -> Result<Config, ConfigErrors> {
    let config = config::load(path, &|name| std::env::var(name).ok())?;
    for config::Warning(warning) in &config.warnings {
        let (file, line, help) = (&warning.file, warning.line, warning.help.as_deref());
        tracing::warn!(file, line, help, "{}", warning.message);
    }
    Ok(config)
}

/// Puts the configuration in force as it is now, or keeps the old one and says why.
fn reload(gateway: &Gateway, path: &Path) {
    match load(path) {
        Ok(config) => match gateway.reload(config) {
            Ok(()) => tracing::info!("the configuration was reloaded"),
            Err(error) => tracing::error!(%error, "the old configuration stays"),
        },
        Err(errors) => {
            log_mistakes(&errors);
            let reason = format!("{} mistakes", errors.0.len());
            tracing::error!("the old configuration stays: {reason}");
            if let Err(error) = gateway.reload_refused(&reason) {
                tracing::error!(%error, "the refused reload cannot be recorded");
            }
        }
    }
}

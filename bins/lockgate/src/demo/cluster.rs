//! The private PostgreSQL of the demo.

use testkit::shop::{self, Shop};
use testkit::{Cluster, DataSource, Options, PgBinaries};

use super::screen::Screen;
use crate::failure::CommandError;

/// Finds PostgreSQL's programs, starts a cluster that nobody else uses, and fills it.
///
/// # Errors
/// [`CommandError::Cluster`], which says what to install when there is no PostgreSQL.
pub(super) async fn start(screen: &Screen) -> Result<(Cluster, Shop), CommandError> {
    let binaries = PgBinaries::find(&|name| std::env::var_os(name))?;
    screen.good(&format!(
        "PostgreSQL found in {}",
        binaries.directory().display()
    ))?;
    screen.doing("starting a private cluster")?;
    let options = Options {
        data: DataSource::Fresh,
        ..Options::default()
    };
    // Ends by itself if nobody waits for it any more: the cluster is then dropped.
    let started = tokio::task::spawn_blocking(move || Cluster::start(&binaries, options));
    let cluster = started
        .await
        .map_err(|_| CommandError::Thread(std::io::ErrorKind::Other))??;
    screen.done(&format!("a private cluster runs on {}", cluster.address()))?;
    screen.doing("loading two databases")?;
    let shop = shop::load(&cluster).await?;
    screen.done(
        "two databases of a shop are loaded: customers, orders, payments, tickets, employees, keys",
    )?;
    Ok((cluster, shop))
}

/// Ends it and removes its files.
///
/// # Errors
/// [`CommandError::Cluster`].
pub(super) async fn stop(cluster: Cluster) -> Result<(), CommandError> {
    let stopped = tokio::task::spawn_blocking(move || cluster.stop());
    Ok(stopped
        .await
        .map_err(|_| CommandError::Thread(std::io::ErrorKind::Other))??)
}

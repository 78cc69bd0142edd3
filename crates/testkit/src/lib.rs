//! A private PostgreSQL from local binaries, and the shop that fills it.
//!
//! [`Cluster::start`] makes a fresh cluster in a directory of its own, on a free loopback port,
//! with a random password, and takes it away again when it is dropped. [`shop::load`] fills it
//! with two databases of a small shop in which known values, the [`canary`] values, are planted:
//! what a test receives can then be searched for them in every form that they may have taken.
//!
//! This crate never downloads anything, never touches a server that it did not start, and leaves
//! no process behind: also when its owner is killed, the server ends.
//!
//! ```no_run
//! use testkit::{Cluster, Options, PgBinaries, shop};
//!
//! # async fn example() -> Result<(), testkit::ClusterError> {
//! let binaries = PgBinaries::find(&|name| std::env::var_os(name))?;
//! let cluster = Cluster::start(&binaries, Options::default())?;
//! let shop = shop::load(&cluster).await?;
//! let client = cluster.connect_as(shop::ROLE, &shop.password, shop::PROD).await?;
//! # drop(client);
//! # Ok(())
//! # }
//! ```

mod binaries;
pub mod canary;
mod cluster;
mod error;
pub mod shop;

pub use binaries::{BINARIES_VARIABLE, PgBinaries};
pub use cluster::{Cluster, DataSource, Options, SUPERUSER, ServerTls, Shutdown};
pub use error::ClusterError;

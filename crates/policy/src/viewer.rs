//! Who asks, about what, under which circumstances.

use std::net::IpAddr;

use identity::Actor;
use jiff::Timestamp;
use sql::Catalog;

use crate::labels::Labels;

/// A named upstream database.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Connection {
    /// Its name, which clients give as the database.
    pub name: String,
    /// The environment that it belongs to.
    pub environment: String,
    /// The name of the database on its server.
    pub database: String,
}

/// The circumstances of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Context {
    /// The time. Policies see it cut to the minute.
    pub now: Timestamp,
    /// Where the client is.
    pub client_address: Option<IpAddr>,
    /// What the session said that it is for.
    pub purpose: Option<String>,
    /// Whether the statement was approved.
    pub approved: bool,
    /// By how many people.
    pub approvals: u32,
    /// The ticket that the session named.
    pub ticket: Option<String>,
}

/// An actor on a connection, with the snapshots under which a statement is judged.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// Who acts.
    pub actor: &'a Actor,
    /// On which connection.
    pub connection: &'a Connection,
    /// The catalog against which facts were made. Its epoch names it among all snapshots of this
    /// connection.
    pub catalog: &'a Catalog,
    /// The labels of that catalog.
    pub labels: &'a Labels,
    /// The circumstances.
    pub context: &'a Context,
}

/// An actor who wants to open a session: there is no catalog yet.
#[derive(Debug, Clone, Copy)]
pub struct ConnectViewer<'a> {
    /// Who acts.
    pub actor: &'a Actor,
    /// On which connection.
    pub connection: &'a Connection,
    /// The circumstances.
    pub context: &'a Context,
}

impl<'a> From<Viewer<'a>> for ConnectViewer<'a> {
    fn from(viewer: Viewer<'a>) -> Self {
        Self {
            actor: viewer.actor,
            connection: viewer.connection,
            context: viewer.context,
        }
    }
}

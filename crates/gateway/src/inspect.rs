//! One snapshot of one connection, for `explain` and `check`.

use std::sync::Arc;

use config::Config;
use session::World;
use sql::NameContext;

use crate::database::{Database, search_path};
use crate::fault::InspectError;

/// What a statement on a connection would be judged under now.
pub struct Inspected {
    /// Policy, catalogs and labels.
    pub world: World,
    /// The search path of a new session.
    pub names: NameContext,
    /// The connection, as policies and records name it.
    pub connection: policy::Connection,
}

/// Connects to the connection's database and reads its catalogs.
///
/// # Errors
///
/// [`InspectError`].
pub async fn inspect(config: &Config, connection: &str) -> Result<Inspected, InspectError> {
    let Some(found) = config.connection(connection) else {
        return Err(InspectError::NoConnection(connection.to_owned()));
    };
    let database = Database::new(config, found, Arc::clone(&config.policy))?;
    let state = database.state().await?;
    let path = search_path(&state.search_path, &found.user);
    Ok(Inspected {
        world: state.world.clone(),
        names: NameContext { search_path: path },
        connection: database.named(),
    })
}

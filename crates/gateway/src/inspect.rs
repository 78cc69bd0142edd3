//! One snapshot of one connection, for `explain` and `check`.

use std::sync::Arc;

use config::Config;
use session::{Naming, World};

use crate::database::Database;
use crate::fault::InspectError;

/// What a statement on a connection would be judged under now.
pub struct Inspected {
    /// Policy, catalogs and labels.
    pub world: World,
    /// What names mean in a new session.
    pub naming: Naming,
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
    Ok(Inspected {
        world: state.world.clone(),
        naming: Naming::known(&state.search_path, &found.user),
        connection: database.named(),
    })
}

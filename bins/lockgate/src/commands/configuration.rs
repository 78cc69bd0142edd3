//! The configuration of a command.

use std::path::Path;

use config::{Config, ConfigErrors, ConnectionConfig};

use crate::failure::CommandError;

/// Reads the configuration, with the variables of this process's environment.
///
/// # Errors
/// Every mistake.
pub(crate) fn load(path: &Path) -> Result<Config, ConfigErrors> {
    config::load(path, &|name| std::env::var(name).ok())
}

/// The connection of that name.
///
/// # Errors
/// [`CommandError::NoConnection`], with the names that there are.
pub(crate) fn connection<'a>(
    config: &'a Config,
    name: &str,
) -> Result<&'a ConnectionConfig, CommandError> {
    config
        .connection(name)
        .ok_or_else(|| CommandError::NoConnection {
            name: name.to_owned(),
            known: names(config.connections.iter().map(|found| found.name.as_str())),
        })
}

/// The names, each in backticks.
pub(crate) fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

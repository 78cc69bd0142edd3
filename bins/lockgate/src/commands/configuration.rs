//! The configuration of a command.

use std::path::Path;

use config::{Config, ConfigErrors};

/// Reads the configuration, with the variables of this process's environment.
///
/// # Errors
/// Every mistake.
pub(crate) fn load(path: &Path) -> Result<Config, ConfigErrors> {
    config::load(path, &|name| std::env::var(name).ok())
}

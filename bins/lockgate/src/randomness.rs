//! Random bytes of the operating system.

use crate::failure::CommandError;

/// `N` bytes from the system's cryptographic source.
///
/// # Errors
/// [`CommandError::Randomness`] when there is none.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], CommandError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| CommandError::Randomness)?;
    Ok(bytes)
}

//! Work that needs a large stack.

use std::future::Future;
use std::thread;

use crate::failure::CommandError;

/// The stack on which statements and view definitions are read: the parser recurses to the depth
/// that its gate allows, which an eight-megabyte main thread does not hold in every build.
pub(crate) const BYTES: usize = 16 * 1024 * 1024;

/// Runs `work` to its end on a thread with a stack of [`BYTES`].
///
/// # Errors
/// [`CommandError::Thread`] when no such thread can be made, or when it ended by itself.
pub(crate) fn run<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, CommandError> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .stack_size(BYTES)
            .spawn_scoped(scope, work)
            .map_err(|error| CommandError::Thread(error.kind()))?;
        thread
            .join()
            .map_err(|_| CommandError::Thread(std::io::ErrorKind::Other))
    })
}

/// Runs a future to its end, on a runtime all of whose threads have a stack of [`BYTES`].
///
/// # Errors
/// As [`run`].
pub(crate) fn block_on<T: Send>(work: impl Future<Output = T> + Send) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(BYTES)
        .enable_all()
        .build()
        .map_err(|error| CommandError::Thread(error.kind()))?;
    run(move || runtime.block_on(work))
}

//! The event loop that moves bytes.

use std::io;

/// Runs until `future` is done, and with it everything that it has started.
///
/// # Errors
/// If the system gives no event loop.
pub fn block_on<T>(future: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}

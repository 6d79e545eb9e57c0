//! The event loop that moves bytes.

use std::io;

/// Lets something go on beside what [`block_on`] waits for, and no longer.
///
/// # Panics
/// Outside of [`block_on`].
pub fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    drop(tokio::spawn(future));
}

/// Runs until `future` is done, and with it everything that it has started.
///
/// # Errors
/// If the system gives no event loop.
pub fn block_on<T>(future: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}

/// Does something whenever the system says SIGHUP, which from here on no longer ends the process.
///
/// # Errors
/// If the system does not let it be heard.
///
/// # Panics
/// Outside of [`block_on`].
#[cfg(unix)]
pub async fn on_hangup(act: impl Fn() + Send) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = signal(SignalKind::hangup())?;
    while hangups.recv().await.is_some() {
        act();
    }
    Ok(())
}

/// There is no such signal on this system.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub async fn on_hangup(_: impl Fn() + Send) -> io::Result<()> {
    Ok(())
}

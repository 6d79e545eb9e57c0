//! A port of this machine.

use std::net::TcpListener;

use crate::error::UserError;

/// Takes a port of 127.0.0.1; any free one for 0.
///
/// # Errors
/// If it cannot be had.
pub(crate) fn listen(port: u16) -> Result<TcpListener, UserError> {
    TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
        let message = format!("cannot listen on port {port} of 127.0.0.1: {error}");
        UserError::usage(message).hint("another port is given with --port, any free one with --port 0")
    })
}

//! What the supervisor of services is told of a session: that it is up, turns over, and ends.

use std::fmt::Display;

/// A session as systemd knows it. Without systemd nobody is told.
#[derive(Debug)]
pub(crate) struct Supervised;

impl Supervised {
    /// Says that the session is up.
    pub(crate) fn begin() -> Supervised {
        tell(&[State::Ready]);
        Supervised
    }

    /// Says that the runner has turned over: without it for `WatchdogSec` the process is ended and begun again.
    pub(crate) fn turned_over(&self) {
        tell(&[State::Watchdog]);
    }

    /// Says where the session is in its life, for `systemctl status`.
    pub(crate) fn is_now(&self, state: impl Display) {
        tell(&[State::Status(&state.to_string())]);
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        tell(&[State::Stopping]);
    }
}

#[cfg(unix)]
use sd_notify::NotifyState as State;

#[cfg(unix)]
fn tell(states: &[State<'_>]) {
    // A session trades whether or not its supervisor hears of it.
    drop(sd_notify::notify(states));
}

#[cfg(not(unix))]
enum State<'a> {
    Ready,
    Watchdog,
    Status(&'a str),
    Stopping,
}

#[cfg(not(unix))]
fn tell(_: &[State<'_>]) {}

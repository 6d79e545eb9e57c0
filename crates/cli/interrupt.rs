//! Ctrl-C: at once, or once what is under way has been brought to an end.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Exit;

/// Whether somebody looks at [`ASKED`] and will end by itself.
static WATCHED: AtomicBool = AtomicBool::new(false);
/// Whether Ctrl-C was pressed.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Lets Ctrl-C end the process: everything of value is written beside and renamed, so it is enough to stop. While
/// an [`Interrupt`] lives the first Ctrl-C only asks to stop; the second ends the process all the same.
pub(crate) fn install() {
    let stop = || {
        if !WATCHED.load(Ordering::Relaxed) || ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    };
    // Without a handler the shell's own rule ends us, with the same number.
    let _ = ctrlc::set_handler(stop);
}

/// The promise to stop soon after it was asked for.
pub(crate) struct Interrupt;

impl Interrupt {
    /// Promises it from here on.
    pub(crate) fn watch() -> Interrupt {
        WATCHED.store(true, Ordering::Relaxed);
        Interrupt
    }

    /// Whether it is time to stop.
    pub(crate) fn is_asked(&self) -> bool {
        ASKED.load(Ordering::Relaxed)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        WATCHED.store(false, Ordering::Relaxed);
    }
}

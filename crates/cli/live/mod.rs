//! What a live session is made of: the deployment's venue, its keys, its journal and log, and the session itself.

mod door;
mod keys;
mod log;
mod questions;
mod reload;
mod seen;
mod session_files;
mod session_report;
mod start;
mod supervisor;
mod venue;

pub(crate) use door::DoorFile;
pub(crate) use keys::read_keys;
pub(crate) use log::{LogLevel, begin_log};
pub(crate) use reload::Began;
pub(crate) use session_files::{SessionFiles, journal_folder};
pub(crate) use session_report::write_session_report;
pub(crate) use start::prepare;
pub(crate) use supervisor::Supervised;
pub(crate) use venue::VenueSettings;

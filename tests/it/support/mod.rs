//! What several tests need.

pub(crate) mod exchange;
pub(crate) mod market;
pub(crate) mod project;
pub(crate) mod python;

use std::path::PathBuf;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

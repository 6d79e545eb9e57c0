//! The Python in which other people's programs are tried.

use std::path::PathBuf;
use std::process::Command;

use super::project::Done;
use super::root;

/// The interpreter that `tests/python/setup.sh` prepares.
pub(crate) fn python() -> PathBuf {
    let setup = Command::new("bash").arg(root().join("tests/python/setup.sh")).output().expect("bash starts");
    let done = Done::of(setup);
    assert_eq!(done.code, 0, "tests/python/setup.sh failed:\n{}\n{}", done.stdout, done.stderr);
    root().join("target/python/bin/python")
}

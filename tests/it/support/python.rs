//! The Python in which other people's programs are tried.

use std::path::PathBuf;
use std::process::Command;

use wb_infer::LibraryPlaces;

use super::project::Done;
use super::root;

/// The interpreter that `tests/python/setup.sh` prepares.
pub(crate) fn python() -> PathBuf {
    let setup = Command::new("bash").arg(root().join("tests/python/setup.sh")).output().expect("bash starts");
    let done = Done::of(setup);
    assert_eq!(done.code, 0, "tests/python/setup.sh failed:\n{}\n{}", done.stdout, done.stderr);
    root().join("target/python/bin/python")
}

/// The value of `--set` that says where ONNX Runtime is.
pub(crate) fn library() -> String {
    let environment = python().ancestors().nth(2).expect("bin/python in an environment").to_path_buf();
    let places = LibraryPlaces { pythons: vec![environment], ..LibraryPlaces::default() };
    format!("inference.library={}", places.find().expect("setup.sh installs it").display())
}

//! Computes the code id: one hash of the sources that decide what a run's result is.
//!
//! A run's id contains it, so a run made by other code has another id and is not answered from the store.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The pure crates, the strategies and what runs their models. Nothing else can change a figure, an order or a report,
/// or which trials a search makes.
const PURE: [&str; 11] = [
    "crates/wb-core",
    "crates/wb-derive",
    "crates/wb-engine",
    "crates/wb-indicators",
    "crates/wb-infer",
    "crates/wb-kernel",
    "crates/wb-metrics",
    "crates/wb-report",
    "crates/wb-search",
    "crates/wb-sim",
    "strategies",
];

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts"));
    let mut files = Vec::new();
    for folder in PURE {
        files.push(root.join(folder).join("Cargo.toml"));
        collect(&root.join(folder).join("src"), &mut files);
        println!("cargo::rerun-if-changed={folder}/Cargo.toml");
        println!("cargo::rerun-if-changed={folder}/src");
    }
    files.sort();

    let mut hasher = blake3::Hasher::new();
    for file in &files {
        let name = file.strip_prefix(&root).expect("collected below the root").to_string_lossy();
        let text = fs::read(file).unwrap_or_else(|error| panic!("reading {name}: {error}"));
        // Lengths keep two neighbouring files apart.
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name.replace('\\', "/").as_bytes());
        hasher.update(&(text.len() as u64).to_le_bytes()).update(&text);
    }
    println!("cargo::rustc-env=WORKBENCH_CODE_ID={}", hasher.finalize().to_hex());
}

/// Every file below `folder`.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("reading {}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable folder entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

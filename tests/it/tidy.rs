//! The architecture as a test: floors, allow-lists, pure crates, what every file begins with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::root;

/// A crate of the workspace.
struct Crate {
    name: &'static str,
    folder: &'static str,
    floor: u8,
    /// Whether it touches no file, clock, socket, environment or thread.
    pure: bool,
    /// Crates from outside that it may link.
    external: &'static [&'static str],
}

const CRATES: &[Crate] = &[
    Crate { name: "wb-core", folder: "crates/wb-core", floor: 1, pure: true, external: &[] },
    Crate {
        name: "wb-derive",
        folder: "crates/wb-derive",
        floor: 1,
        pure: false,
        external: &["proc-macro2", "quote", "syn"],
    },
    Crate {
        name: "wb-indicators",
        folder: "crates/wb-indicators",
        floor: 2,
        pure: true,
        external: &["libm"],
    },
    Crate {
        name: "wb-metrics",
        folder: "crates/wb-metrics",
        floor: 2,
        pure: true,
        external: &["libm", "pulp", "strsim"],
    },
    Crate {
        name: "wb-search",
        folder: "crates/wb-search",
        floor: 2,
        pure: true,
        external: &["argmin", "argmin-math", "libm"],
    },
    Crate {
        name: "wb-catalog",
        folder: "crates/wb-catalog",
        floor: 2,
        pure: false,
        external: &["blake3", "parquet", "thiserror"],
    },
    Crate {
        name: "wb-infer",
        folder: "crates/wb-infer",
        floor: 2,
        pure: false,
        external: &["libm", "ort", "pulp", "thiserror"],
    },
    Crate {
        name: "wb-kernel",
        folder: "crates/wb-kernel",
        floor: 3,
        pure: true,
        external: &["libm", "pulp", "strsim"],
    },
    Crate {
        name: "wb-ingest",
        folder: "crates/wb-ingest",
        floor: 3,
        pure: false,
        external: &[
            "blake3",
            "flate2",
            "jiff",
            "libm",
            "memchr",
            "polars",
            "serde_json",
            "thiserror",
            "zip",
            "zstd",
        ],
    },
    Crate {
        name: "wb-store",
        folder: "crates/wb-store",
        floor: 3,
        pure: false,
        external: &["arrow", "blake3", "crc32fast", "serde", "serde_json", "thiserror", "toml"],
    },
    Crate {
        name: "wb-report",
        folder: "crates/wb-report",
        floor: 3,
        pure: true,
        external: &["libm", "plotters"],
    },
    Crate { name: "wb-sim", folder: "crates/wb-sim", floor: 4, pure: true, external: &["libm"] },
    Crate {
        name: "wb-strategies",
        folder: "strategies",
        floor: 4,
        pure: true,
        external: &["libm", "winnow"],
    },
    Crate {
        name: "wb-engine",
        folder: "crates/wb-engine",
        floor: 5,
        pure: true,
        external: &["pulp", "rayon"],
    },
    Crate {
        name: "wb-live",
        folder: "crates/wb-live",
        floor: 5,
        pure: false,
        external: &[
            "data-encoding",
            "futures-util",
            "hdrhistogram",
            "http-body-util",
            "hyper",
            "hyper-rustls",
            "hyper-util",
            "ring",
            "rustls",
            "rustls-pki-types",
            "serde_json",
            "subtle",
            "thiserror",
            "tokio",
            "tokio-tungstenite",
            "tracing",
        ],
    },
    Crate {
        name: "wb-exchange",
        folder: "crates/wb-exchange",
        floor: 5,
        pure: false,
        external: &[
            "data-encoding",
            "futures-util",
            "http-body-util",
            "hyper",
            "hyper-util",
            "ring",
            "rustls-pki-types",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "tokio-tungstenite",
            "toml",
        ],
    },
];

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn manifest(folder: &str) -> toml::Table {
    read(&root().join(folder).join("Cargo.toml")).parse().expect("a manifest is TOML")
}

fn dependencies(folder: &str) -> Vec<String> {
    let manifest = manifest(folder);
    let table = manifest.get("dependencies").and_then(|d| d.as_table());
    table.map(|t| t.keys().cloned().collect()).unwrap_or_default()
}

/// Every Rust file below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources_of(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&root().join(folder), &mut found);
    found
}

#[test]
fn every_crate_of_the_workspace_is_in_the_plan() {
    let mut folders: Vec<String> = std::fs::read_dir(root().join("crates"))
        .expect("crates")
        .map(|e| e.expect("an entry"))
        .filter(|e| e.path().join("Cargo.toml").exists())
        .map(|e| format!("crates/{}", e.file_name().to_string_lossy()))
        .chain(["strategies".to_string()])
        .collect();
    folders.sort();
    let mut planned: Vec<String> = CRATES.iter().map(|c| c.folder.to_string()).collect();
    planned.sort();
    assert_eq!(folders, planned);
}

#[test]
fn a_crate_uses_only_lower_floors_and_what_its_list_allows() {
    let floors: BTreeMap<&str, u8> = CRATES.iter().map(|c| (c.name, c.floor)).collect();
    for krate in CRATES {
        for dependency in dependencies(krate.folder) {
            match floors.get(dependency.as_str()) {
                Some(floor) => assert!(*floor < krate.floor, "{} must not use {dependency}", krate.name),
                None => assert!(
                    krate.external.contains(&dependency.as_str()),
                    "{} links {dependency}, which is not on its list",
                    krate.name
                ),
            }
        }
    }
}

#[test]
fn pure_crates_share_one_list_of_what_clippy_forbids() {
    let list = read(&root().join("crates/pure.clippy.toml"));
    for krate in CRATES.iter().filter(|c| c.pure) {
        assert_eq!(read(&root().join(krate.folder).join("clippy.toml")), list, "{}", krate.name);
    }
}

#[test]
fn the_kernel_and_the_strategies_do_not_know_their_mode() {
    for folder in ["crates/wb-core/src", "crates/wb-kernel/src", "crates/wb-indicators/src", "strategies/src"]
    {
        for path in sources_of(folder) {
            for (number, line) in read(&path).lines().enumerate() {
                // Prose may explain; code may not ask.
                let code = line.split("//").next().unwrap_or_default().to_lowercase();
                for word in ["backtest", "paper", "live"] {
                    let found = code.split(|c: char| !c.is_alphabetic()).any(|w| w == word);
                    assert!(!found, "{}:{} says `{word}`", path.display(), number + 1);
                }
            }
        }
    }
}

#[test]
fn every_file_begins_by_saying_what_it_is_for() {
    let folders = CRATES.iter().map(|c| c.folder).chain(["crates/cli", "tests/it"]);
    for path in folders.flat_map(sources_of) {
        assert!(read(&path).starts_with("//! "), "{} has no `//!` sentence", path.display());
    }
}

#[test]
fn only_one_file_prints() {
    let folders = CRATES.iter().map(|c| format!("{}/src", c.folder)).chain(["crates/cli".to_string()]);
    let printers = ["println!", "eprintln!", "print!(", "eprint!(", "stdout()", "stderr()"];
    for path in folders.flat_map(|f| sources_of(&f)) {
        let is_test =
            path.components().any(|part| ["tests", "tests.rs"].iter().any(|name| part.as_os_str() == *name));
        if is_test || path.ends_with("crates/cli/output.rs") || path.ends_with("crates/cli/build.rs") {
            continue;
        }
        let text = read(&path);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let found = printers.iter().find(|p| code.contains(**p));
            assert!(
                found.is_none(),
                "{}:{} prints; crates/cli/output.rs does that",
                path.display(),
                number + 1
            );
        }
    }
}

#[test]
fn no_file_is_called_after_nothing() {
    let folders = CRATES.iter().map(|c| c.folder).chain(["crates/cli", "tests/it"]);
    for path in folders.flat_map(sources_of) {
        let stem = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        assert!(
            !["utils", "util", "helpers", "common", "manager", "misc"].contains(&stem.as_str()),
            "{}",
            path.display()
        );
    }
}

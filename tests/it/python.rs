//! Runs, sweeps and catalogs open in Python: pyarrow, polars, pandas and DuckDB.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::project::{Done, Project};
use crate::support::root;

/// The interpreter that `tests/python/setup.sh` prepares.
fn python() -> PathBuf {
    let setup = Command::new("bash").arg(root().join("tests/python/setup.sh")).output().expect("bash starts");
    let done = Done::of(setup);
    assert_eq!(done.code, 0, "tests/python/setup.sh failed:\n{}\n{}", done.stdout, done.stderr);
    root().join("target/python/bin/python")
}

/// Runs a script of tests/python on a folder; it asserts by itself.
fn check(script: &str, folder: &Path) {
    let script = root().join("tests/python").join(script);
    let output = Command::new(python()).arg(&script).arg(folder).output().expect("python starts");
    let done = Done::of(output);
    assert_eq!(done.code, 0, "{}:\n{}\n{}", script.display(), done.stdout, done.stderr);
}

#[test]
fn runs_sweeps_and_the_catalog_open_in_python_with_sensible_types() {
    let project = Project::new();
    let run = project.json(&["backtest"]);
    let id = run["run_id"].as_str().expect("the run has an id");
    let folder = project.path().join("experiments/runs").join(&id[..2]).join(id);
    check("check_run.py", &folder);
    check("check_catalog.py", &project.path().join("data/catalog"));
    for spec in ["config/runs/sma-cross.toml", "config/sweeps/sma-cross.toml"] {
        project.write(spec, &std::fs::read_to_string(root().join(spec)).expect("an example"));
    }
    let sweep = project.json(&["optimize", "sma-cross"]);
    let id = sweep["sweep_id"].as_str().expect("the sweep has an id");
    check("check_sweep.py", &project.path().join("experiments/sweeps").join(&id[..2]).join(id));
}

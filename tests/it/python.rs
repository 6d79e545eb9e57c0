//! Runs, sweeps and catalogs open in Python: pyarrow, polars, pandas and DuckDB.

use std::path::Path;
use std::process::Command;

use crate::support::project::{Done, Project};
use crate::support::python::python;
use crate::support::root;

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

#[test]
fn targets_written_by_pandas_and_polars_give_the_digest_of_the_strategy_that_they_spell_out() {
    let project = Project::new();
    let own = project.json(&["backtest"]);
    check("make_signals.py", project.path());
    for file in ["pandas-dates.parquet", "pandas-zoned.csv", "polars-closes.parquet", "polars-closes.arrow"] {
        let delay = if file == "pandas-zoned.csv" { "1d" } else { "0s" };
        let spec = std::fs::read_to_string(root().join("config/runs/sma-cross.toml")).expect("an example");
        let params = format!("[params]\nfile = \"{file}\"\ndelay = \"{delay}\"\n\n[data]");
        let (head, tail) = spec.split_once("[params]").expect("it has parameters");
        let (_, data) = tail.split_once("[data]").expect("it has data");
        project.write("signals.toml", &format!("{head}{params}{data}").replace("sma-cross\"", "signals\""));
        let run = project.json(&["backtest", "signals.toml"]);
        assert_eq!(run["digest"], own["digest"], "{file}: {run}");
    }
}

//! Sweeps on the command line: what they find, what survives, and what is said of bad input.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::market;
use crate::support::project::Project;

const BASE: &str = "strategy = \"sma-cross\"\n[params]\nweight = 0.9\n[data]\n\
                    instruments = { base = \"test:S0\" }\ninterval = \"1h\"\n";
const SPACE: &str = "[space]\nfast = { range = \"2..=20\", step = 2 }\nslow = { range = \"20..=100\", step = 20 }\n\
                     weight = 0.9\nshort = false\n";

/// Room for thousands of trials of a method that tries none twice.
const LARGE: &str = "[space]\nslow = { range = \"10..=250\", step = 1 }\nweight = 0.9\nshort = false\n";

/// A project with 3,000 bars and a base run; the sweep `x` asks for `top` over the usual space.
fn project(top: &str) -> Project {
    let project = Project::new();
    market::store(&project, 3_000, 1);
    project.write("config/runs/base.toml", BASE);
    sweep(&project, &format!("{top}\n{SPACE}"));
    project
}

fn sweep(project: &Project, text: &str) {
    project.write("config/sweeps/x.toml", &format!("base = \"base\"\n{text}"));
}

fn folder(project: &Project, sweep: &Value) -> PathBuf {
    PathBuf::from(sweep["report"].as_str().unwrap_or_else(|| panic!("no report in {sweep}")))
        .parent()
        .map(|folder| project.path().join(folder))
        .expect("a report lies in a folder")
}

/// The files of a sweep that hold no time and no host.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    ["trials.arrow", "returns.arrow", "spec.toml", "best.toml"]
        .into_iter()
        .map(|name| (name.to_string(), fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))))
        .collect()
}

#[test]
fn a_sweep_names_its_best_stores_them_as_runs_and_is_answered_at_once_again() {
    let project = project("constraints = { trades = \">= 5\" }");
    let sweep = project.json(&["optimize", "x"]);
    // fast 2 to 20 with slow 20 to 100, but for 20 and 20.
    assert_eq!((&sweep["trials"], &sweep["complete"]), (&Value::from(49), &Value::from(true)));
    let best = sweep["best"].as_array().expect("a list");
    assert_eq!(best.len(), 10);
    let sharpes: Vec<f64> = best.iter().map(|row| row["objectives"][0].as_f64().expect("a number")).collect();
    assert!(sharpes.is_sorted_by(|a, b| a >= b), "{sharpes:?}");
    for row in best {
        let run = project.json(&["runs", "show", row["run_id"].as_str().expect("it is stored")]);
        for (key, value) in row["figures"].as_object().expect("figures") {
            assert_eq!(run["figures"][key].as_f64(), value.as_f64(), "{key}");
        }
    }
    assert!(
        sweep["verdict"][0]
            .as_str()
            .is_some_and(|text| text.starts_with("The best of 49 trials has Sharpe "))
    );
    let again = project.ok(&["optimize", "x"]);
    assert!(again.stderr.contains("this sweep is stored already"), "{}", again.stderr);
    assert!(again.stdout.contains("The best of 49 trials"), "{}", again.stdout);
    let listed = project.json(&["runs", "list", "--sweeps"]);
    assert_eq!(listed[0]["sweep_id"], sweep["sweep_id"]);
    let report = project.ok(&["report", &sweep["sweep_id"].as_str().expect("an id")[..8]]);
    assert!(
        fs::read_to_string(project.path().join(report.stdout.trim()))
            .expect("a page")
            .starts_with("<!doctype")
    );
}

#[test]
fn the_best_trial_is_a_run_spec() {
    let project = project("");
    let sweep = project.json(&["optimize", "x"]);
    let best = folder(&project, &sweep).join("best.toml");
    let run = project.json(&["backtest", best.to_str().expect("text")]);
    assert_eq!(run["run_id"], sweep["best"][0]["run_id"]);
}

#[test]
fn the_same_sweep_has_the_same_trials_on_one_thread_and_on_three() {
    for method in [["--method", "grid", "--seed", "1"], ["--method", "genetic", "--trials", "40"]] {
        let [one, three] = ["1", "3"].map(|jobs| {
            let project = project("");
            let sweep = project.json(&[&["optimize", "x", "--jobs", jobs][..], &method].concat());
            files(&folder(&project, &sweep))
        });
        assert!(one == three, "{method:?}");
    }
}

#[test]
fn several_objectives_give_a_pareto_front() {
    let project = project("objective = [\"total_return\", \"max_drawdown\"]");
    let sweep = project.json(&["optimize", "x"]);
    let pair = |row: &Value| [0, 1].map(|at| row["objectives"][at].as_f64().expect("a number"));
    let front: Vec<[f64; 2]> = sweep["best"].as_array().expect("a list").iter().map(pair).collect();
    assert!(!front.is_empty());
    for a in &front {
        let beaten = front.iter().any(|b| b[0] >= a[0] && b[1] <= a[1] && (b[0] > a[0] || b[1] < a[1]));
        assert!(!beaten, "{a:?} in {front:?}");
    }
}

/// Starts a sweep of many small batches in the background.
fn start(project: &Project) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workbench"));
    command.args(["optimize", "x", "--method", "genetic", "--trials", "2000", "--jobs", "1"]);
    command.current_dir(project.path()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

/// Waits until so many bytes of trials are stored, or the sweep has ended.
fn wait_for(project: &Project, child: &mut Child, bytes: u64) {
    let sweeps = project.path().join("experiments/sweeps");
    while child.try_wait().expect("it is our child").is_none() && size_below(&sweeps) < bytes {
        std::thread::yield_now();
    }
}

/// Bytes of all tables of trials below a folder.
fn size_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |path: PathBuf| match path.is_dir() {
        true => size_below(&path),
        false if path.ends_with("trials.arrow") => path.metadata().map_or(0, |file| file.len()),
        false => 0,
    };
    entries.map(|entry| size(entry.path())).sum()
}

const KILLED: [&str; 8] = ["optimize", "x", "--method", "genetic", "--trials", "2000", "--jobs", "1"];

#[test]
fn a_sweep_killed_again_and_again_and_resumed_ends_with_the_same_trials() {
    let [whole, killed] = [(), ()].map(|()| project(""));
    for project in [&whole, &killed] {
        sweep(project, LARGE);
    }
    let expected = files(&folder(&whole, &whole.json(&KILLED)));
    for bytes in [1_000, 20_000, 50_000, 100_000] {
        let mut child = start_or_resume(&killed);
        wait_for(&killed, &mut child, bytes);
        child.kill().expect("it is our child");
        child.wait().expect("it ends");
    }
    let resumed = killed.json(&[&KILLED[..], &["--resume"]].concat());
    assert_eq!(resumed["trials"], 2000);
    assert!(files(&folder(&killed, &resumed)) == expected);
}

fn start_or_resume(project: &Project) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workbench"));
    command.args(KILLED).arg("--resume").current_dir(project.path());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts")
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_reports_what_is_done_and_says_how_to_go_on() {
    let project = project("");
    sweep(&project, LARGE);
    let mut child = start(&project);
    wait_for(&project, &mut child, 20_000);
    let interrupted =
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(interrupted.success());
    let mut told = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut told).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{told}");
    assert!(told.contains("`workbench optimize x --resume` goes on"), "{told}");
    let listed = project.json(&["runs", "list", "--sweeps"]);
    assert_eq!(listed[0]["complete"], false);
    let done = listed[0]["trials"].as_u64().expect("a number");
    assert!((1..2000).contains(&done), "{done} trials");
    project.fails(&KILLED, 2, &["was begun and has", "--resume` goes on, --force begins anew"]);
    let resumed = project.json(&[&KILLED[..], &["--resume"]].concat());
    assert_eq!((&resumed["trials"], &resumed["complete"]), (&Value::from(2000), &Value::from(true)));
}

#[test]
fn a_resumed_sweep_whose_spec_changed_is_refused_with_what_differs() {
    let project = project("");
    sweep(&project, LARGE);
    let mut child = start(&project);
    wait_for(&project, &mut child, 20_000);
    child.kill().expect("it is our child");
    child.wait().expect("it ends");
    sweep(&project, &format!("objective = \"calmar\"\n{LARGE}"));
    project.fails(
        &[&KILLED[..], &["--resume"]].concat(),
        2,
        &[
            "cannot be resumed, because what it asks for has changed",
            "objective was [\"sharpe\"] and is [\"calmar\"]",
            "undo the change to go on with it, or leave out --resume",
        ],
    );
    assert!(
        project.json(&["runs", "list", "--sweeps"])[0]["trials"].as_u64().is_some_and(|n| n > 0),
        "nothing is lost"
    );
}

#[test]
fn bad_sweep_specs_are_refused_with_their_place_and_what_would_help() {
    let project = project("");
    let check = |text: &str, code: i32, says: &[&str]| {
        sweep(&project, text);
        project.fails(&["optimize", "x"], code, says);
    };
    let all = "fast = 3\nslow = 30\nweight = 0.9\nshort = false\n";
    check(
        &format!("[space]\n{all}"),
        2,
        &["every parameter is fixed", "give at least one parameter a range"],
    );
    check("[space]\nfast = { range = \"20..=10\" }", 2, &["the range of `fast` is empty: 20 is above 10"]);
    check("[space]\nfast = []", 2, &["the list of values of `fast` is empty"]);
    check(
        "[space]\nfast = [50]\nslow = [10, 20]\nweight = 0.9",
        2,
        &["satisfies the conditions between the parameters", "widen the ranges"],
    );
    check(
        "[space]\nfsat = [1, 2]",
        2,
        &["config/sweeps/x.toml:3: the strategy has no parameter `fsat`", "did you mean `fast`?"],
    );
    check(
        "[space]\nfast = { range = \"2..=500\" }",
        2,
        &["x.toml:3", "500 is out of range: a whole number in 2..=50"],
    );
    check(
        "[space]\nfast = { rang = \"2..=5\" }",
        2,
        &["unknown key `space.fast.rang`", "did you mean `range`?"],
    );
    check("[space]\nfast = \"many\"", 2, &["parameter `fast` is a whole number in 2..=50, not `many`"]);
    check("objective = \"sharp\"", 2, &["x.toml:2: objective: no figure `sharp`", "did you mean `sharpe`?"]);
    check("objectiv = \"sharpe\"", 2, &["x.toml:2: unknown key `objectiv`", "did you mean `objective`?"]);
    check(
        "constraints = { trades = 30 }",
        2,
        &["constraints.trades = \"30\" is not a condition", "\">= 30\""],
    );
    check("[method]\nname = \"gird\"", 2, &["no search method `gird`", "did you mean `grid`?"]);
    check("[method]\nname = \"genetic\"", 2, &["needs a number of trials", "--trials N"]);
    check("[method]\ntrials = 0", 2, &["method.trials = 0: must be a whole number of at least 1"]);
    check("figures = [\"sharp\"]", 2, &["figures: no figure `sharp`"]);
    check("[validation]\nfolds = 7", 2, &["[validation]: 7 folds cannot be compared half against half"]);
    check("strategy = \"pairs\"", 2, &["`strategy` cannot stand here", "a run spec"]);
    project.write("config/sweeps/y.toml", "objective = \"sharpe\"");
    project.fails(&["optimize", "y"], 2, &["config/sweeps/y.toml: `base` is missing"]);
    project.fails(&["optimize", "z"], 2, &["sweep spec z: no such file"]);
}

#[test]
fn a_constraint_that_nothing_satisfies_is_said_and_the_trials_stay() {
    let project = project("constraints = { trades = \">= 100000\" }");
    let says = "No trial satisfies trades >= 100000: all 49 that ran violate it.";
    project.fails(&["optimize", "x"], 1, &[says, "the trials are stored"]);
    assert_eq!(project.json(&["runs", "list", "--sweeps"])[0]["trials"], 49);
}

#[test]
fn an_objective_that_is_absent_for_every_trial_is_said_and_the_trials_stay() {
    let project = project("objective = \"benchmark_return\"");
    let says = "The objective benchmark_return is absent for all 49 trials that ran";
    project.fails(&["optimize", "x"], 1, &[says, "the trials are stored"]);
    assert_eq!(project.json(&["runs", "list", "--sweeps"])[0]["trials"], 49);
}

#[test]
fn a_fold_without_trades_is_named() {
    let project = project("");
    sweep(&project, "[space]\nfast = [49, 50]\nslow = [395, 400]\nweight = 0.9\nshort = false\n");
    let told = project.ok(&["optimize", "x"]);
    assert!(told.stderr.contains("Fold 1 of 10") && told.stderr.contains("has no trades"), "{}", told.stderr);
}

//! Walk-forward on the command line.

use serde_json::Value;

use crate::support::market;
use crate::support::project::Project;

const SPACE: &str = "[space]\nfast = { range = \"2..=10\", step = 4 }\nslow = { range = \"20..=60\", step = 20 }\n\
                     weight = 0.9\nshort = false\n";

/// A project with 3,000 hours, 125 days, of bars, and a walk-forward over these windows.
fn project(windows: &str) -> Project {
    let project = Project::new();
    market::store(&project, 3_000, 42);
    let base = "strategy = \"sma-cross\"\n[data]\ninstruments = { base = \"test:S0\" }\ninterval = \"1h\"\n\
                benchmark = \"test:S0\"\n[simulation]\nfees = { taker_bps = 1 }\n";
    project.write("config/runs/base.toml", base);
    project.write("config/sweeps/x.toml", &format!("base = \"base\"\n{SPACE}{windows}"));
    project
}

const ROLLING: &str = "[walk_forward]\ntrain = \"40d\"\ntest = \"20d\"\n";

fn windows(walked: &Value) -> &Vec<Value> {
    walked["windows"].as_array().expect("a list")
}

#[test]
fn each_window_is_searched_and_its_choice_used_in_the_stretch_after() {
    let project = project(ROLLING);
    let walked = project.json(&["walk-forward", "x"]);
    assert_eq!(windows(&walked).len(), 4);
    for window in windows(&walked) {
        assert_eq!((&window["trials"], &window["train"][1]), (&Value::from(9), &window["test"][0]));
        // What was chosen is what a sweep of the training stretch alone finds.
        let range = |at: usize| {
            format!("data.{}={}", ["from", "to"][at], window["train"][at].as_str().expect("a time"))
        };
        let sweep = project.json(&["optimize", "x", "--set", &range(0), "--set", &range(1)]);
        assert_eq!(sweep["best"][0]["objectives"][0], window["objective"]["in"]);
        assert_eq!(sweep["best"][0]["params"]["slow"], window["params"]["slow"]);
    }
    let report = walked["report"].as_str().expect("a path");
    let page = std::fs::read_to_string(project.path().join(report)).expect("a page");
    assert!(page.starts_with("<!doctype html>"));
    assert_eq!(project.json(&["runs", "list", "--sweeps"])[0]["trials"], 36);
}

#[test]
fn stretches_out_of_sample_make_one_curve() {
    let walked = project(ROLLING).json(&["walk-forward", "x"]);
    let growth: f64 = windows(&walked)
        .iter()
        .map(|window| 1.0 + window["figures"]["total_return"]["out"].as_f64().expect("a number"))
        .product();
    let total = walked["figures"]["total_return"].as_f64().expect("a number");
    assert!((1.0 + total - growth).abs() < 1e-9, "{total} and {growth}");
    let trades: f64 = windows(&walked)
        .iter()
        .map(|window| window["figures"]["trades"]["out"].as_f64().expect("a number"))
        .sum();
    assert_eq!(walked["figures"]["trades"].as_f64(), Some(trades));
    assert!(walked["figures"]["benchmark_return"].is_f64());
}

#[test]
fn a_walk_forward_is_the_same_on_one_thread_and_on_three() {
    let walk = |jobs: &str| {
        let mut walked = project(ROLLING).json(&[
            "walk-forward",
            "x",
            "--jobs",
            jobs,
            "--method",
            "random",
            "--trials",
            "6",
        ]);
        walked["report"] = Value::Null;
        walked
    };
    assert_eq!(walk("1"), walk("3"));
}

#[test]
fn anchored_windows_begin_with_the_data() {
    let walked =
        project("[walk_forward]\nmode = \"anchored\"\ntrain = \"40d\"\ntest = \"20d\"\npurge = \"1d\"\n")
            .json(&["walk-forward", "x"]);
    for window in windows(&walked) {
        assert_eq!(window["train"][0], windows(&walked)[0]["train"][0]);
    }
}

#[test]
fn windows_that_do_not_fit_are_refused_with_both_lengths() {
    let check = |windows: &str, says: &[&str]| project(windows).fails(&["walk-forward", "x"], 2, says);
    check("", &["the lengths of the windows are missing", "under [walk_forward]"]);
    check(
        "[walk_forward]\ntrain = \"300d\"\ntest = \"20d\"\n",
        &["one window of training, purge and test takes 320d, the data cover", "make train and test shorter"],
    );
    check("[walk_forward]\ntrain = \"0d\"\ntest = \"20d\"\n", &["must be longer than nothing"]);
    check(
        "[walk_forward]\ntrain = \"long\"\ntest = \"20d\"\n",
        &["walk_forward.train = \"long\": must be a length of time"],
    );
    check("[walk_forward]\nmode = \"sliding\"\n", &["must be one of \"rolling\", \"anchored\""]);
}

#[test]
fn a_window_without_trades_is_named() {
    let project = project("[walk_forward]\ntrain = \"40d\"\ntest = \"1d\"\n");
    let walked = project.ok(&["walk-forward", "x"]);
    assert!(walked.stderr.contains("has no trades out of sample."), "{}", walked.stderr);
}

#[test]
fn a_constraint_that_nothing_satisfies_in_any_window_is_said() {
    let project = project(&format!("{ROLLING}[constraints]\ntrades = \">= 1000\"\n"));
    project.fails(
        &["walk-forward", "x"],
        1,
        &["nothing could be chosen in any window", "No trial satisfies trades >= 1000"],
    );
}

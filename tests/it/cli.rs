//! Each command: what it prints, how it ends, what it leaves behind.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::project::Project;

const HEADER: &str = "ts,open,high,low,close,volume";

/// A project with six made-up symbols, `synth:S1` to `synth:S6`.
fn with_synth() -> Project {
    let project = Project::new();
    project.ok(&["data", "synth", "--symbols", "6", "--interval", "1d", "--bars", "600"]);
    project
}

/// Every file below a folder with its content.
fn everything_in(folder: PathBuf) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(everything_in(path));
        } else {
            let content = fs::read(&path).expect("a readable file");
            files.push((path, content));
        }
    }
    files.sort();
    files
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text `{key}` in {value}"))
}

#[test]
fn workbench_alone_says_what_to_do_next() {
    let done = Project::new().ok(&[]);
    assert!(done.stdout.contains("workbench backtest"), "{}", done.stdout);
}

#[test]
fn the_first_backtest_needs_nothing_and_leaves_a_report() {
    let project = Project::new();
    let run = project.json(&["backtest"]);
    assert_eq!(run["bars"], 5031.0);
    assert!(run["trades"].as_f64().expect("a number of trades") > 30.0);
    let report = fs::read_to_string(text(&run, "report")).expect("the report is where it says");
    assert!(report.starts_with("<!doctype html>") && report.contains(text(&run, "digest")));
    for file in [
        "spec.toml",
        "manifest.json",
        "metrics.json",
        "equity.arrow",
        "trades.arrow",
        "fills.arrow",
        "orders.arrow",
    ] {
        assert!(PathBuf::from(text(&run, "report")).with_file_name(file).is_file(), "{file} is missing");
    }
}

#[test]
fn the_same_question_has_the_same_answer_and_the_same_id() {
    let project = Project::new();
    let first = project.json(&["backtest", "--param", "fast=20"]);
    let again = project.ok(&["backtest", "--param", "fast=20"]);
    assert!(again.stderr.contains("stored already"), "{}", again.stderr);
    let forced = project.json(&["backtest", "--param", "fast=20", "--force"]);
    assert_eq!((&first["run_id"], &first["digest"]), (&forced["run_id"], &forced["digest"]));
    let other = project.json(&["backtest", "--param", "fast=21"]);
    assert_ne!(first["run_id"], other["run_id"]);
    assert_eq!(project.json(&["runs", "list"]).as_array().map(Vec::len), Some(2));
}

#[test]
fn a_stored_spec_runs_again_as_the_same_run() {
    let project = Project::new();
    let first = project.json(&["backtest", "--from", "2005-01-01", "--to", "2006-12-31"]);
    let spec = PathBuf::from(text(&first, "report")).with_file_name("spec.toml");
    let again = project.json(&["backtest", spec.to_str().expect("a path of text")]);
    assert_eq!((&first["run_id"], &first["digest"]), (&again["run_id"], &again["digest"]));
}

/// The file of targets that a committed spec names.
const TARGETS: &str = "data/sample/halloween.csv";

#[test]
fn every_strategy_runs_from_its_committed_spec() {
    let project = with_synth();
    project.write(TARGETS, &fs::read_to_string(crate::support::root().join(TARGETS)).expect("targets"));
    let sample = crate::support::root().join("models/sample/alpha.onnx").display().to_string();
    let inputs = ["rsi(14)", "roc(5)", "roc(21)", "zscore(20)"];
    let add = ["model", "add", &sample, "--name", "alpha", "--version", "1", "--interval", "1d", "--inputs"];
    project.ok(&[&add[..], &inputs].concat());
    for entry in fs::read_dir(crate::support::root().join("config/runs")).expect("config/runs") {
        let path = entry.expect("an entry").path();
        let run = project.json(&["backtest", path.to_str().expect("a path of text")]);
        assert!(run["final_equity"].as_f64().is_some_and(|x| x > 0.0), "{}: {run}", path.display());
    }
}

#[test]
fn a_spec_that_is_wrong_is_refused_with_its_place_and_a_hint() {
    let project = with_synth();
    let check = |spec: &str, code: i32, says: &[&str]| {
        project.write("spec.toml", spec);
        project.fails(&["backtest", "spec.toml"], code, says);
    };
    let data = "[data]\ninstruments = { base = \"synth:S1\" }\ninterval = \"1d\"\n";
    let with = |line: &str| format!("strategy = \"sma-cross\"\n{data}{line}\n");
    check("strategy = \"sma-corss\"\n", 2, &["spec.toml:1", "sma-corss", "did you mean `sma-cross`?"]);
    check(&with("[accuont]\ncash = 5"), 2, &["spec.toml:5", "accuont", "did you mean `account`?"]);
    check(&with("[account]\ncash = -5"), 2, &["spec.toml:6", "account.cash", "-5"]);
    check(&with("[params]\nfsat = 5"), 2, &["spec.toml:6", "fsat", "did you mean `fast`?"]);
    check(&with("[params]\nfast = 500"), 2, &["fast", "500", "2..=50"]);
    check(&with("[params]\nfast = 50\nslow = 20"), 2, &["fast < slow"]);
    check(&with("[simulation]\nfill = \"yesterday\""), 2, &["simulation.fill", "yesterday", "next-open"]);
    check(&with("[simulation]\nfill = \"this-close\"\nlatency = \"5ms\""), 2, &["this-close", "latency"]);
    check(&with("from = \"someday\""), 2, &["spec.toml:5", "data.from", "someday"]);
    check(&with("[data"), 2, &["spec.toml:5"]);
    check(&with("").replace("synth:S1", "synth:S9"), 3, &["synth:S9", "did you mean synth:S"]);
    check(&with("").replace("1d", "1m"), 3, &["synth:S1", "1m", "1d"]);
    check(&with("from = \"2035-01-01\""), 3, &["no bars from 2035-01-01", "synth:S1 1d has 600 bars"]);
    project.fails(&["backtest", "nowhere.toml"], 2, &["nowhere.toml", "no such file"]);
}

#[test]
fn a_file_of_targets_that_is_wrong_is_refused_with_its_place_and_a_hint() {
    let project = with_synth();
    let check = |params: &str, code: i32, says: &[&str]| {
        let data = "[data]\ninstruments = { base = \"synth:S1\" }\ninterval = \"1d\"\n";
        project.write("spec.toml", &format!("strategy = \"signals\"\n[params]\n{params}\n{data}"));
        project.fails(&["backtest", "spec.toml"], code, says);
    };
    project.write("good.csv", "ts,symbol,target\n2020-02-01,S1,0.5\n");
    project.write("bad.csv", "ts,symbol,target\n2020-02-01,S1,0.5\n2020-02-02,S1,fifty\n");
    project.write("other.csv", "ts,symbol,target\n2020-02-01,S2,0.5\n");
    project.write("late.csv", "ts,symbol,target,known\n2020-02-01,S1,0.5,2020-02-03T00:00:01Z\n");
    check("delay = \"0s\"", 2, &["signals", "`file`", "name the file of targets"]);
    check("file = \"good.csv\"", 2, &["`delay`", "state it"]);
    check("file = \"none.csv\"\ndelay = \"0s\"", 3, &["spec.toml:3", "file", "none.csv"]);
    check("file = \"good.csv\"\ndelay = \"-1d\"", 2, &["spec.toml:4", "before they were known"]);
    check("file = \"bad.csv\"\ndelay = \"0s\"", 3, &["bad.csv", "row 2", "fifty", "shares of equity"]);
    check("file = \"other.csv\"\ndelay = \"0s\"", 2, &["other.csv has no targets for synth:S1; it has S2"]);
    check("file = \"late.csv\"\ndelay = \"1d\"", 2, &["late.csv, row 1", "a delay of at least", "honest"]);
}

#[test]
fn a_run_of_targets_is_known_by_what_the_file_holds() {
    let project = with_synth();
    let spec = |file: &str| {
        let data = "[data]\ninstruments = { base = \"synth:S1\" }\ninterval = \"1d\"\n";
        format!("strategy = \"signals\"\n[params]\nfile = \"{file}\"\ndelay = \"0s\"\n{data}")
    };
    let targets = "ts,symbol,target\n2020-02-01,S1,0.5\n2020-03-01,S1,0\n";
    project.write("a.csv", targets);
    project.write("b.csv", targets);
    project.write("a.toml", &spec("a.csv"));
    project.write("b.toml", &spec("b.csv"));
    let first = project.json(&["backtest", "a.toml"]);
    assert_eq!(first["run_id"], project.json(&["backtest", "b.toml"])["run_id"]);
    project.write("a.csv", "ts,symbol,target\n2020-02-01,S1,0.25\n2020-03-01,S1,0\n");
    assert_ne!(first["run_id"], project.json(&["backtest", "a.toml"])["run_id"]);
    let id = text(&first, "run_id");
    project.fails(&["report", id, "--render"], 3, &["a.csv (file) has changed since run"]);
}

#[test]
fn a_file_that_is_wrong_is_refused_and_the_catalog_stays_as_it_was() {
    let project = with_synth();
    let before = everything_in(project.path().join("data/catalog"));
    let check = |name: &str, content: &str, says: &[&str]| {
        project.write(name, content);
        let args = ["data", "import", name, "--venue", "v", "--symbol", "X", "--interval", "1m"];
        let done = project.run(&args);
        assert!(matches!(done.code, 2 | 3), "{name}: {} {}", done.code, done.stderr);
        for text in says {
            assert!(done.stderr.contains(text), "{name}: `{text}` is not in {}", done.stderr);
        }
        assert!(
            everything_in(project.path().join("data/catalog")) == before,
            "{name} has changed the catalog"
        );
    };
    let rows = |rows: &[&str]| format!("{HEADER}\n{}\n", rows.join("\n"));
    let good = "2024-01-01T00:00:00Z,1,2,0.5,1.5,10";
    check("empty.csv", "", &["empty.csv", "empty"]);
    check("no-rows.csv", &format!("{HEADER}\n"), &["no-rows", "0 rows", "hint"]);
    check("words.csv", "hello world\nthis is, not data\n", &["words.csv", "hint"]);
    check(
        "nan.csv",
        &rows(&[good, "2024-01-01T00:01:00Z,NaN,2,0.5,1.5,10"]),
        &["nan.csv:3", "not a number", "--on-bad drop"],
    );
    check(
        "high-low.csv",
        &rows(&[good, "2024-01-01T00:01:00Z,1,0.5,2,1.5,10"]),
        &["high-low.csv:3", "below low"],
    );
    check("twice.csv", &rows(&[good, good]), &["twice.csv:3", "the time is that of the row before"]);
    check(
        "future.csv",
        &rows(&["2199-01-01T00:00:00Z,1,2,0.5,1.5,10"]),
        &["future.csv:2", "has not ended yet"],
    );
    let hourly: Vec<String> = (0..96)
        .map(|hour| format!("2024-01-{:02}T{:02}:00:00Z,1,2,0.5,1.5,10", 1 + hour / 24, hour % 24))
        .collect();
    check("hourly.csv", &format!("{HEADER}\n{}\n", hourly.join("\n")), &["hourly.csv", "1h apart, not 1m"]);
    project.fails(
        &["data", "import", "nowhere.csv", "--venue", "v", "--symbol", "X", "--interval", "1m"],
        3,
        &["nowhere.csv", "No such file"],
    );
}

#[test]
fn one_row_is_a_series_and_its_run_has_no_figure_that_means_nothing() {
    let project = Project::new();
    project.write("one.csv", &format!("{HEADER}\n2024-01-01T00:00:00Z,1,2,0.5,1.5,10\n"));
    project.ok(&["data", "import", "one.csv", "--venue", "v", "--symbol", "X", "--interval", "1m"]);
    project.write(
        "one.toml",
        "strategy = \"buy-and-hold\"\n[data]\ninstruments = { base = \"v:X\" }\ninterval = \"1m\"\n",
    );
    let run = project.json(&["backtest", "one.toml"]);
    assert_eq!((&run["bars"], &run["trades"]), (&Value::from(1.0), &Value::from(0.0)));
    assert_eq!(
        (&run["sharpe"], &run["cagr"], &run["profit_factor"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
}

#[test]
fn dropped_rows_are_counted_and_stay_in_the_audit() {
    let project = Project::new();
    let rows = ["00:00:00Z,1,2,0.5,1.5,10", "00:01:00Z,-1,2,-1.5,1.5,10", "00:02:00Z,1,2,0.5,1.5,10"];
    let rows = rows.map(|row| format!("2024-01-01T{row}")).join("\n");
    project.write("x.csv", &format!("{HEADER}\n{rows}\n"));
    let import =
        ["data", "import", "x.csv", "--venue", "v", "--symbol", "X", "--interval", "1m", "--on-bad", "drop"];
    project.ok(&import);
    let audit = &project.json(&["data", "audit", "v:X"])[0];
    assert_eq!((&audit["rows"], &audit["dropped_rows"]), (&Value::from(3), &Value::from(1)));
    assert_eq!(project.json(&["data", "show", "v:X"])["rows"], 2);
}

#[test]
fn days_resampled_from_minutes_are_the_days_of_the_minutes() {
    let project = Project::new();
    project.ok(&["data", "synth", "--interval", "1m", "--bars", "5760"]);
    project.ok(&["data", "resample", "synth:S1", "--to", "1h"]);
    project.ok(&["data", "resample", "synth:S1", "--from", "1h", "--to", "1d"]);
    project.fails(&["data", "show", "synth:S1"], 2, &["1m, 1h, 1d", "--interval"]);
    let rows = |interval| project.json(&["data", "show", "synth:S1", "--interval", interval])["rows"].clone();
    assert_eq!((rows("1m"), rows("1h"), rows("1d")), (5760.into(), 96.into(), 4.into()));
    project.fails(&["data", "resample", "synth:S1", "--from", "1h", "--to", "90m"], 2, &["1h", "multiple"]);
}

#[test]
fn synthetic_bars_are_the_same_for_the_same_seed() {
    let bars = |seed: &str| {
        let project = Project::new();
        project.ok(&["data", "synth", "--interval", "1m", "--bars", "3000", "--seed", seed]);
        text(&project.json(&["data", "show", "synth:S1"]), "fingerprint").to_string()
    };
    assert_eq!(bars("7"), bars("7"));
    assert_ne!(bars("7"), bars("8"));
}

#[test]
fn runs_are_found_by_their_first_digits_compared_and_pruned() {
    let project = Project::new();
    let a = project.json(&["backtest"]);
    let b = project.json(&["backtest", "--set", "simulation.fees.taker_bps=20"]);
    let (a, b) = (text(&a, "run_id"), text(&b, "run_id"));
    let compared = project.ok(&["runs", "compare", &a[..8], &b[..8]]).stdout;
    assert!(compared.contains("simulation.fees.taker_bps"), "{compared}");
    assert!(!compared.contains("params.fast"), "what is equal is left out: {compared}");
    assert!(project.ok(&["runs", "show", &a[..8]]).stdout.contains("Sharpe ratio"));
    project.fails(&["runs", "show", &a[..2]], 3, &["too short"]);
    project.fails(&["runs", "show", "0123456789"], 3, &["0123456789", "runs list"]);
    let report = project.ok(&["report", &a[..8]]).stdout;
    assert!(report.trim_end().ends_with("report.html"), "{report}");
    project.ok(&["report", &a[..8], "--render"]);

    let pruned = project.run(&["runs", "prune", "--older-than", "0s"]);
    assert_eq!((pruned.code, pruned.stdout.lines().count()), (0, 2), "nothing goes without --yes");
    project.ok(&["runs", "prune", "--older-than", "0s", "--yes"]);
    assert_eq!(project.json(&["runs", "list"]).as_array().map(Vec::len), Some(0));
}

#[test]
fn a_refused_order_is_in_the_output_with_its_reason() {
    let project = Project::new();
    project.write("config/workbench.toml", "");
    project.write("config/risk.toml", "max_order_notional = 1_000\n");
    let done = project.ok(&["backtest"]);
    assert!(done.stderr.contains("max_order_notional"), "{}", done.stderr);
    let run = project.json(&["backtest"]);
    assert_eq!(run["trades"], 0.0);
    assert!(run["rejected_orders"].as_f64().is_some_and(|n| n > 0.0), "{run}");
}

#[test]
fn settings_tell_where_they_come_from() {
    let project = Project::new();
    project.write("config/workbench.toml", "[account]\ncash = 5_000\n");
    let cash = &project.json(&["config"])["account.cash"];
    assert_eq!((text(cash, "value"), text(cash, "source")), ("5000", "config/workbench.toml:2"));
    let cash = &project.json(&["config", "--set", "account.cash=7"])["account.cash"];
    assert_eq!((text(cash, "value"), text(cash, "source")), ("7", "--set"));
}

//! `workbench check`: the answer in words, as JSON and as exit code.

use serde_json::Value;

use crate::support::market;
use crate::support::project::Project;

/// A project with 3,000 hours of one instrument and this spec.
fn project(spec: &str) -> Project {
    let project = Project::new();
    market::store(&project, 3_000, 42);
    project.write("spec.toml", spec);
    project
}

const CROSS: &str = "strategy = \"sma-cross\"\n[data]\ninstruments = { base = \"test:S0\" }\ninterval = \"1h\"\n\
                     [simulation]\nfees = { taker_bps = 2 }\n";

/// Runs a check and gives its JSON; the exit code must be the answer's.
fn ask(project: &Project, check: &str, more: &[&str]) -> Value {
    let done = project.run(&[&["check", check, "spec.toml", "--format", "json"], more].concat());
    let value: Value = serde_json::from_str(&done.stdout)
        .unwrap_or_else(|error| panic!("{error} in {}{}", done.stdout, done.stderr));
    let answer = value["answer"].as_bool().expect("an answer");
    assert_eq!(done.code, i32::from(!answer), "{}", value["verdict"]);
    value
}

fn length(value: &Value) -> usize {
    value.as_array().expect("a list").len()
}

#[test]
fn every_check_says_in_its_table_what_it_says_in_json() {
    let project = project(CROSS);
    for check in ["lookahead", "warmup", "robustness"] {
        let told = ask(&project, check, &[]);
        let done = project.run(&["check", check, "spec.toml"]);
        assert!(done.stdout.contains("sma-cross test:S0 1h"), "{}", done.stdout);
        let words = done.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.ends_with(told["verdict"].as_str().expect("a text")), "{check}: {}", done.stdout);
        assert_eq!(done.code == 0, told["answer"] == true);
    }
}

#[test]
fn lookahead_tells_every_point_and_every_run() {
    let told = ask(&project(CROSS), "lookahead", &["--points", "6", "--seed", "3"]);
    assert_eq!((told["answer"].as_bool(), told["seed"].as_u64()), (Some(true), Some(3)));
    assert!((10..=12).contains(&length(&told["reruns"])), "{told}");
    for rerun in told["reruns"].as_array().expect("a list") {
        assert_eq!((rerun["changed"].as_u64(), length(&rerun["first"])), (Some(0), 0));
    }
}

#[test]
fn a_run_without_an_order_is_not_known_to_be_honest() {
    let told = ask(&project(CROSS), "lookahead", &["--param", "slow=400", "--to", "2023-11-20"]);
    assert_eq!((told["answer"].as_bool(), told["orders"].as_u64()), (Some(false), Some(0)));
}

#[test]
fn warmup_tells_what_each_feature_needs() {
    let told = ask(&project(CROSS), "warmup", &["--starts", "2"]);
    let features: Vec<(&str, u64)> = told["features"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|feature| {
            (feature["name"].as_str().expect("a text"), feature["measured"].as_u64().expect("a number"))
        })
        .collect();
    assert_eq!(features, [("sma(close,10)", 10), ("sma(close,50)", 50)]);
    assert_eq!((told["answer"].as_bool(), length(&told["starts"])), (Some(true), 2));
}

#[test]
fn a_range_too_short_to_leave_bars_out_is_refused_with_what_would_help() {
    let project = project(CROSS);
    let args = ["check", "warmup", "spec.toml", "--to", "2023-11-16"];
    project.fails(&args, 3, &["needs 307 bars", "hint", "longer range"]);
}

#[test]
fn robustness_tries_every_kind_of_change_and_is_the_same_from_the_same_seed() {
    let project = project(CROSS);
    let told = ask(&project, "robustness", &["--noise-runs", "2"]);
    let kinds: Vec<&str> = told["variants"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|variant| variant["aspect"].as_str().expect("a text"))
        .collect();
    for kind in ["Parameters", "Costs", "Fills a bar later", "Noise", "Start and end"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert_eq!(told, ask(&project, "robustness", &["--noise-runs", "2"]));
    let other = ask(&project, "robustness", &["--noise-runs", "2", "--seed", "2"]);
    assert_ne!(told["variants"], other["variants"]);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let project = project(CROSS);
    let check = |args: &[&str], says: &[&str]| project.fails(&[&["check"], args].concat(), 2, says);
    check(&["lookahead", "spec.toml", "--points", "0"], &["--points", "1..=65535"]);
    check(&["warmup", "spec.toml", "--starts", "0"], &["--starts"]);
    check(&["robustness", "spec.toml", "--noise-bps", "-1"], &["--noise-bps"]);
    check(&["robustness", "spec.toml", "--noise-bps", "0"], &["above 0"]);
    check(&["lookahead", "nowhere.toml"], &["nowhere.toml", "no such file"]);
    check(&["lookahead", "spec.toml", "--param", "fsat=3"], &["fsat", "did you mean `fast`?"]);
}

//! Each gate is in the way by itself, and none opens without evidence or a reason.

use serde_json::Value;
use wb_store::Bundle;

use super::{GATES, SPEC, deploy, deployed, gates_but, store, with_run, with_studies};
use crate::support::market;
use crate::support::project::Project;

/// Verdict and evidence of each gate, by key.
fn verdicts(found: &Value) -> Vec<(&str, &str, &str)> {
    let gates = found["gates"].as_array().expect("gates");
    gates
        .iter()
        .map(|gate| {
            let text = |key: &str| gate[key].as_str().expect("text");
            (text("gate"), text("verdict"), text("evidence"))
        })
        .collect()
}

#[test]
fn each_gate_alone_is_in_the_way() {
    let (project, run) = with_studies();
    for (gate, ..) in GATES {
        project.write("strict.toml", &gates_but(Some(gate)));
        let done = project.run(&deploy(&run, &["--gates", "strict.toml"]));
        assert_eq!(done.code, 1, "{gate}: {}{}", done.stdout, done.stderr);
        let says = format!("Not deployed: 1 of 12 gates are in the way: {gate}.");
        assert!(done.stdout.contains(&says), "{says}\n{}", done.stdout);
    }
    assert!(!project.path().join("config/deployments").exists(), "nothing was promoted");
    assert!(!project.path().join("experiments/bundles").exists(), "no bundle was made");
}

#[test]
fn a_gate_without_evidence_is_not_passed_and_says_what_would_give_it() {
    let project = Project::new();
    market::store(&project, 3_000, 42);
    project.write("config/gates.toml", &gates_but(None));
    project.write("spec.toml", &SPEC.replace("taker_bps = 2", "taker_bps = 0"));
    let run = project.json(&["backtest", "spec.toml", "--set", "simulation.slippage.bps=0"]);
    let run = run["run_id"].as_str().expect("an id").to_string();
    let done = project.run(&deploy(&run, &["--format", "json"]));
    assert_eq!(done.code, 1, "{}", done.stderr);
    let found: Value = serde_json::from_str(&done.stdout).expect("JSON");
    let unknown: Vec<(&str, &str)> = verdicts(&found)
        .into_iter()
        .filter(|(_, verdict, _)| *verdict == "not known")
        .map(|(gate, _, evidence)| (gate, evidence))
        .collect();
    let walked = "no walk-forward of this strategy on this data, account and costs is stored";
    let swept = "no complete sweep has this run among its best trials";
    assert_eq!(
        unknown,
        [
            ("out_of_sample_sharpe", walked),
            ("out_of_sample_trades", walked),
            ("walk_forward_efficiency", walked),
            ("deflated_sharpe", swept),
            ("probability_of_overfitting", swept),
            (
                "doubled_costs_return",
                "the run charges neither fee nor slippage, so what costs take from it is not known"
            ),
        ]
    );
    let done = project.run(&deploy(&run, &[]));
    for hint in ["workbench walk-forward SWEEP", "workbench optimize SWEEP", "[simulation] fees"] {
        assert!(done.stderr.contains(hint), "`{hint}` is not in {}", done.stderr);
    }
}

#[test]
fn a_trial_that_is_not_the_best_has_no_deflated_ratio_and_a_walk_forward_of_other_costs_no_say() {
    let (project, _) = with_studies();
    let store = store(&project);
    let sweeps = store.list_sweeps().expect("sweeps").sweeps;
    let sweep = sweeps.iter().find(|sweep| sweep.windows.is_none()).expect("a sweep");
    let second = store.sweep_summary(&sweep.id).expect("a summary").best[1].run.expect("it is stored");
    let done = project.run(&deploy(&second.to_string(), &["--format", "json"]));
    let found: Value = serde_json::from_str(&done.stdout).expect("JSON");
    let blocked: Vec<&str> = verdicts(&found).iter().filter(|v| v.1 != "passed").map(|v| v.0).collect();
    assert_eq!(blocked, ["deflated_sharpe"]);
    assert!(done.stdout.contains("judges its best trial, and this is number 2"), "{}", done.stdout);

    let dearer = project.json(&["backtest", "spec.toml", "--set", "simulation.fees.taker_bps=5"]);
    let done = project.run(&deploy(dearer["run_id"].as_str().expect("an id"), &["--format", "json"]));
    let found: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert!(verdicts(&found).iter().any(|v| v.0 == "out_of_sample_sharpe" && v.1 == "not known"), "{found}");
}

#[test]
fn a_waiver_needs_a_reason_and_stays_in_the_bundle() {
    let (project, run) = with_run();
    let refused = |args: &[&str], says: &[&str]| project.fails(&deploy(&run, args), 2, says);
    refused(&["--waive", "deflated_sharpe"], &["--waive deflated_sharpe: a reason is missing", "--reason"]);
    refused(&["--waive", "deflated_sharpe", "--reason", "  "], &["a reason is missing"]);
    refused(&["--waive", "deflatd_sharpe", "--reason", "x"], &["did you mean `deflated_sharpe`?"]);
    refused(&["--reason", "because"], &["there is no gate that it waives"]);
    let twice = ["--waive", "warmup", "--reason", "a", "--waive", "warmup", "--reason", "b"];
    refused(&twice, &["--waive warmup: it is waived twice"]);
    refused(&["--gates", "nowhere.toml"], &["nowhere.toml cannot be read"]);

    let args =
        ["--waive", "deflated_sharpe", "--reason", "one trial only", "--waive", "all", "--reason", "try"];
    let done = project.ok(&deploy(&run, &args));
    assert!(done.stderr.contains("the gate deflated_sharpe is waived: one trial only"), "{}", done.stderr);
    let (id, folder) = deployed(&project);
    let bundle = Bundle::open(&folder, &id).expect("whole");
    let waived: Vec<(&str, &str)> =
        bundle.manifest.waivers().map(|(gate, why)| (gate.gate.as_str(), why)).collect();
    assert_eq!(
        waived,
        [
            ("out_of_sample_sharpe", "try"),
            ("out_of_sample_trades", "try"),
            ("walk_forward_efficiency", "try"),
            ("deflated_sharpe", "one trial only"),
            ("probability_of_overfitting", "try"),
        ],
        "what is passed is not waived"
    );
    let checked = project.ok(&["check", "bundle", "paper"]);
    assert!(
        checked.stderr.contains("the gate deflated_sharpe was waived: one trial only"),
        "{}",
        checked.stderr
    );
}

#[test]
fn a_run_too_short_for_a_check_does_not_pass_its_gate() {
    let project = Project::new();
    market::store(&project, 300, 42);
    project.write("config/gates.toml", &gates_but(None));
    project.write("spec.toml", SPEC);
    let run = project.json(&["backtest", "spec.toml"]);
    let done = project.run(&deploy(run["run_id"].as_str().expect("an id"), &["--format", "json"]));
    assert_eq!(done.code, 1, "{}", done.stderr);
    let found: Value = serde_json::from_str(&done.stdout).expect("JSON");
    let warmup = verdicts(&found).into_iter().find(|gate| gate.0 == "warmup").expect("a gate");
    assert_eq!(warmup.1, "not known");
    assert!(warmup.2.contains("bars"), "{warmup:?}");
}

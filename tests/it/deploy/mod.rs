//! A run is deployed if it gives its digest again and passes every gate; a bundle trades only as it was deployed.

mod bundle;
mod gates;

use std::fs;
use std::path::PathBuf;

use wb_store::{Bundle, BundleId, Deployment, RunId, RunStore};

use crate::support::market;
use crate::support::project::Project;

const SPEC: &str = "strategy = \"sma-cross\"\n[data]\ninstruments = { base = \"test:S0\" }\ninterval = \"1h\"\n\
                    [simulation]\nfees = { taker_bps = 2 }\n";
const SWEEP: &str = "base = \"spec.toml\"\nobjective = \"sharpe\"\n[space]\nfast = { range = \"2..=12\", step = 5 }\n\
                     slow = { range = \"20..=60\", step = 20 }\n[walk_forward]\ntrain = \"30d\"\ntest = \"15d\"\n";

/// Every gate, a threshold that any value passes, and one that none passes.
const GATES: [(&str, f64, f64); 12] = [
    ("out_of_sample_sharpe", -1e9, 1e9),
    ("out_of_sample_trades", 0.0, 1e9),
    ("max_drawdown", 1e9, -1.0),
    ("walk_forward_efficiency", -1e9, 1e9),
    ("deflated_sharpe", 0.0, 2.0),
    ("probability_of_overfitting", 1.0, -1.0),
    ("doubled_costs_return", -2.0, 1e9),
    ("lookahead", 1e9, -1.0),
    ("warmup", 1e9, -1.0),
    ("data_missing", 1.0, -1.0),
    ("model_golden_rows", 0.0, -1.0),
    ("history_days", 0.0, 1e9),
];

/// A file of gates that all are passed but one.
fn gates_but(closed: Option<&str>) -> String {
    let line = |(gate, open, shut): &(&str, f64, f64)| {
        format!("{gate} = {:?}\n", if closed == Some(gate) { shut } else { open })
    };
    GATES.iter().map(line).collect()
}

/// A project with 3,000 hours of one instrument and a run of them. Gives the run's id.
fn with_run() -> (Project, String) {
    let project = Project::new();
    market::store(&project, 3_000, 42);
    project.write("spec.toml", SPEC);
    project.write("config/gates.toml", &gates_but(None));
    let run = project.json(&["backtest", "spec.toml"])["run_id"].as_str().expect("an id").to_string();
    (project, run)
}

/// The same with a sweep and a walk-forward of it. Gives the id of the best trial's run.
fn with_studies() -> (Project, String) {
    let (project, _) = with_run();
    project.write("sweep.toml", SWEEP);
    project.ok(&["optimize", "sweep.toml"]);
    project.ok(&["walk-forward", "sweep.toml"]);
    let store = store(&project);
    let sweeps = store.list_sweeps().expect("sweeps").sweeps;
    let sweep = sweeps.iter().find(|sweep| sweep.windows.is_none()).expect("a sweep");
    let best = store.sweep_summary(&sweep.id).expect("a summary").best[0].run.expect("it is stored");
    (project, best.to_string())
}

fn store(project: &Project) -> RunStore {
    RunStore::open(project.path().join("experiments"))
}

fn deploy<'a>(run: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["deploy", run, "--to", "paper"], more].concat()
}

fn deployed(project: &Project) -> (BundleId, PathBuf) {
    let deployment = Deployment::read(&project.path().join("config/deployments"), "paper").expect("there");
    (deployment.bundle, store(project).bundle_folder(&deployment.bundle))
}

#[test]
fn a_run_that_passes_every_gate_is_deployed_and_deploying_it_again_changes_nothing() {
    let (project, run) = with_studies();
    let found = project.json(&deploy(&run, &[]));
    assert_eq!(found["deployed"], true, "{found}");
    let (id, folder) = deployed(&project);
    assert_eq!(found["bundle"], id.to_string());
    let bundle = Bundle::open(&folder, &id).expect("whole");
    assert_eq!(bundle.manifest.run.to_string(), run);
    assert_eq!(bundle.manifest.run_digest, found["digest"]);
    assert!(bundle.manifest.golden.commands >= 16, "{:?}", bundle.manifest.golden);
    assert!(bundle.manifest.gates.iter().all(|gate| gate.passed && gate.waived.is_none()));
    assert_eq!(bundle.manifest.gates.len(), GATES.len());
    assert!(bundle.journal.header.risk.contains_key("max_leverage"), "{:?}", bundle.journal.header);
    assert_eq!(project.json(&deploy(&run, &[])), found);

    let checked = project.ok(&["check", "bundle", "paper"]);
    assert!(checked.stdout.contains("is what was deployed"), "{}", checked.stdout);
    assert!(checked.stdout.contains("The kernel answers as recorded"), "{}", checked.stdout);
    project.ok(&["check", "bundle", &id.to_string()]);
    let replayed = project.json(&["replay", folder.to_str().expect("a path of text")]);
    assert_eq!(replayed["events"], found["golden"]["events"]);
}

const WAIVED: &[&str] = &["--waive", "all", "--reason", "a test"];

#[test]
fn a_run_of_other_code_data_or_settings_or_with_another_digest_is_not_deployed() {
    let (project, run) = with_run();
    let id: RunId = run.parse().expect("an id");
    let manifest = store(&project).folder(&id).join("manifest.json");
    let good = fs::read_to_string(&manifest).expect("text");
    let manifest_of = store(&project).find(&id).expect("read").expect("there");
    let edit = |from: &str, to: &str| fs::write(&manifest, good.replace(from, to)).expect("written");

    edit(&manifest_of.digest, &"0".repeat(32));
    project.fails(&deploy(&run, WAIVED), 1, &["and event by event it now gave", "nothing was deployed"]);
    edit(&manifest_of.provenance.code_id, "0123abcd");
    project.fails(
        &deploy(&run, WAIVED),
        1,
        &["was made by other code: 0123abcd", "check and deploy that run"],
    );
    edit("", "");

    project.write("config/risk.toml", "max_leverage = 1.5\n");
    let says = ["cannot be run again as it was: it had risk", "max_leverage: Some(1.5)"];
    project.fails(&deploy(&run, WAIVED), 1, &says);
    fs::remove_file(project.path().join("config/risk.toml")).expect("there");

    market::store(&project, 3_000, 43);
    project.fails(
        &deploy(&run, WAIVED),
        1,
        &["cannot be run again as it was: it had data = ", "would have data"],
    );
    market::store(&project, 3_000, 42);
    project.ok(&deploy(&run, WAIVED));
    assert_eq!(project.json(&deploy("latest", WAIVED))["run"], *run);
    project.fails(&deploy("abcd", WAIVED), 3, &["no run or ref is called `abcd`"]);
    let elsewhere = ["deploy", &run, "--to", "../x", "--waive", "all", "--reason", "a test"];
    project.fails(&elsewhere, 2, &["`../x` cannot name a deployment"]);
}

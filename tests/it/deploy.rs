//! A run is deployed if it gives its digest again and passes every gate; a bundle trades only as it was deployed.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use wb_core::{Event, MarketData};
use wb_store::{
    Bundle, BundleId, ContentHash, Deployment, Journal, JournalRecord, NewBundle, NewJournal, RunId, RunStore,
};

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
    project.fails(&elsewhere, 3, &["`../x` cannot name a deployment"]);
}

#[test]
fn a_changed_byte_of_what_is_deployed_is_refused_with_its_file() {
    let (project, run) = with_run();
    project.ok(&deploy(&run, WAIVED));
    let (id, folder) = deployed(&project);
    for name in ["bundle.toml", "header.toml", "spec.toml", "instruments.json", "000000.wbj"] {
        let path = folder.join(name);
        let good = fs::read(&path).expect("a file");
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 1;
        fs::write(&path, &bad).expect("written");
        let says = [name, "is not what was deployed", "hint: deploy the run again"];
        project.fails(&["check", "bundle", "paper"], 3, &says);
        fs::write(&path, &good).expect("written");
    }
    project.ok(&["check", "bundle", "paper"]);
    project.fails(
        &["check", "bundle", "live"],
        3,
        &["no deployment `live`; there are paper", "workbench deploy"],
    );
    fs::remove_dir_all(&folder).expect("there");
    project.fails(&["check", "bundle", &id.to_string()], 3, &["there is no bundle", "deploy the run again"]);
}

/// Makes a bundle like a given one with other golden events, code or binary.
fn forge(
    project: &Project,
    from: &Bundle,
    code_id: &str,
    binary: ContentHash,
    golden: &[JournalRecord],
) -> BundleId {
    let header = &from.journal.header;
    let risk: Vec<(&str, f64)> = header.risk.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    let new = NewBundle {
        journal: NewJournal {
            subject: &header.subject,
            workbench: &header.workbench,
            code_id,
            started: header.started,
            risk: &risk,
            spec: &from.journal.spec,
            instruments: &from.journal.instruments,
        },
        strategy: &from.manifest.strategy,
        binary,
        run: from.manifest.run,
        run_digest: &from.manifest.run_digest,
        golden,
        gates: &from.manifest.gates,
    };
    store(project).write_bundle(&new).expect("written").id
}

fn records(journal: &Journal) -> Vec<JournalRecord> {
    let mut reader = journal.records();
    let mut records = Vec::new();
    while let Some(entry) = reader.next().expect("whole") {
        records.push(entry.record);
    }
    records
}

#[test]
fn a_binary_that_answers_the_golden_events_otherwise_may_not_trade() {
    let (project, run) = with_run();
    project.ok(&deploy(&run, WAIVED));
    let (id, folder) = deployed(&project);
    let bundle = Bundle::open(&folder, &id).expect("whole");
    let (code, binary) = (bundle.manifest.code_id.clone(), bundle.manifest.binary);
    let golden = records(&bundle.journal);
    let refused = |id: BundleId, says: &[&str]| project.fails(&["check", "bundle", &id.to_string()], 1, says);

    assert_eq!(forge(&project, &bundle, &code, binary, &golden), id, "nothing is other");
    let other_code = forge(&project, &bundle, "0123abcd", binary, &golden);
    refused(other_code, &["was made by other code: 0123abcd", "hint: use the binary that made it"]);
    let other_binary = forge(&project, &bundle, &code, ContentHash::of(b"another"), &golden);
    refused(other_binary, &["was made by another binary of the same code"]);

    let mut other = golden.clone();
    let middle = other.len() / 2;
    for record in &mut other[middle..] {
        if let JournalRecord::Event(Event::Market(market)) = record
            && let MarketData::Bar(bar) = &mut market.data
        {
            bar.close *= 1.5;
        }
    }
    let other_answers = forge(&project, &bundle, &code, binary, &other);
    refused(other_answers, &["this binary does not answer the golden events: Record", "shows both sides"]);
}

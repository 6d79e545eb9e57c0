//! Models on the command line: added, checked, traded by both runtimes, and refused where they do not fit.

use std::fs;

use wb_store::{ContentHash, ModelStore, StoredModel};

use crate::support::project::Project;
use crate::support::python::library;
use crate::support::{market, root};

/// What the sample model was trained on.
const INPUTS: [&str; 4] = ["rsi(14)", "roc(5)", "roc(21)", "zscore(20)"];

const SPEC: &str = "strategy = \"onnx-alpha\"\nmodels = [\"alpha\"]\n[data]\n\
                    instruments = { base = \"test:S0\" }\ninterval = \"1h\"\n";

/// The arguments that add a sample, followed by more.
fn add(sample: &str, name: &str, inputs: &[&str], more: &[&str]) -> Vec<String> {
    let file = root().join(format!("models/sample/{sample}.onnx")).display().to_string();
    let begin = ["model", "add", &file, "--name", name, "--version", "1", "--inputs"];
    begin.iter().chain(inputs).chain(more).map(ToString::to_string).collect()
}

/// A project with hours of one instrument, a spec, and the sample model.
fn project() -> Project {
    let project = Project::new();
    market::store(&project, 1_500, 42);
    project.write("spec.toml", SPEC);
    run(&project, &add_alpha());
    project
}

/// The arguments that add the sample model.
pub(crate) fn add_alpha() -> Vec<String> {
    let golden = root().join("models/sample/alpha.golden.csv").display().to_string();
    add("alpha", "alpha", &INPUTS, &["--classes", "fall,hold,rise", "--golden", &golden])
}

fn run(project: &Project, args: &[String]) {
    project.ok(&args.iter().map(String::as_str).collect::<Vec<_>>());
}

fn fails(project: &Project, args: &[String], code: i32, says: &[&str]) {
    project.fails(&args.iter().map(String::as_str).collect::<Vec<_>>(), code, says);
}

#[test]
fn a_model_is_added_listed_shown_and_checked_in_both_runtimes() {
    let project = project();
    let library = library();
    let listed = project.json(&["model", "list"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!((&listed[0]["name"], &listed[0]["in_use"]), (&"alpha".into(), &true.into()));
    let shown = project.json(&["model", "show", "alpha@1"]);
    assert_eq!(
        shown["inputs"],
        serde_json::json!(["rsi(close,14)", "roc(close,5)", "roc(close,21)", "zscore(close,20)"])
    );
    assert_eq!(shown["outputs"], serde_json::json!(["fall", "hold", "rise"]));
    let checked = project.json(&["model", "check", "--set", &library]);
    for (row, runtime) in [(0, "native 1"), (1, "onnxruntime ")] {
        assert!(checked[row]["runtime"].as_str().is_some_and(|told| told.starts_with(runtime)), "{checked}");
        assert!(checked[row]["difference"].as_f64().is_some_and(|far| far <= 1e-6), "{checked}");
    }
    // What is added again is mended.
    let blob =
        project.path().join("models/blobs").join(format!("{}.onnx", shown["file"].as_str().expect("a hash")));
    let mut bytes = fs::read(&blob).expect("the file");
    bytes[100] ^= 1;
    fs::write(&blob, bytes).expect("a changed bit");
    project.fails(&["model", "check"], 3, &["is damaged", "a model added again"]);
    run(&project, &add_alpha());
    project.ok(&["model", "check"]);
}

#[test]
fn both_runtimes_trade_alike_and_a_run_says_which_it_was() {
    let project = project();
    let library = library();
    let native = project.json(&["backtest", "spec.toml"]);
    let vectorized = project.json(&["backtest", "spec.toml", "--engine", "vectorized", "--force"]);
    assert_eq!((&native["run_id"], &native["digest"]), (&vectorized["run_id"], &vectorized["digest"]));
    let served = ["--set", "inference.runtime=onnxruntime", "--set", &library];
    let other = project.json(&[&["backtest", "spec.toml"][..], &served].concat());
    assert_ne!(native["run_id"], other["run_id"]);
    assert!(native["trades"].as_f64().is_some_and(|trades| trades > 30.0), "{native}");
    assert_eq!(native["trades"], other["trades"]);
    let far = (native["final_equity"].as_f64().zip(other["final_equity"].as_f64()))
        .map(|(a, b)| (a / b - 1.0).abs());
    assert!(far.is_some_and(|far| far < 1e-4), "{native} and {other}");
    for (run, runtime) in [(&native, ", native 1"), (&other, ", onnxruntime ")] {
        let id = run["run_id"].as_str().expect("an id");
        let shown = project.json(&["runs", "show", id]);
        assert!(
            shown["versions"]["model alpha"].as_str().is_some_and(|told| told.contains(runtime)),
            "{shown}"
        );
        let folder = project.path().join("experiments/runs").join(&id[..2]).join(id);
        // The stored spec asks for the same run again: version and runtime stand in it.
        let spec = folder.join("spec.toml").display().to_string();
        assert_eq!(project.json(&["backtest", &spec, "--set", &library])["run_id"], run["run_id"]);
    }
}

#[test]
fn the_thresholds_of_a_model_are_searched_as_other_parameters() {
    let project = project();
    project.write(
        "sweep.toml",
        "base = \"spec.toml\"\n[space]\nentry = { range = \"0.05..=0.2\", step = 0.05 }\n\
         exit = { range = \"0..=0.1\", step = 0.05 }\nfull = 0.3\nresize = 0.1\nweight = 0.95\nshort = false\n",
    );
    let sweep = project.json(&["optimize", "sweep.toml"]);
    assert_eq!(sweep["trials"], 11, "{sweep}");
}

#[test]
fn a_journal_of_a_run_with_a_model_replays_with_the_model() {
    let project = project();
    project.ok(&["backtest", "spec.toml", "--journal", "journal"]);
    project.ok(&["replay", "journal"]);
    fs::remove_dir_all(project.path().join("models")).expect("the models");
    project.fails(&["replay", "journal"], 3, &["model alpha@1: there is no model `alpha@1`"]);
    run(&project, &add("alpha", "alpha", &INPUTS, &[]));
    project.fails(
        &["replay", "journal"],
        3,
        &["the model alpha, or what runs it, has changed since the journal was made"],
    );
}

#[test]
fn a_model_that_does_not_fit_is_refused_with_what_helps() {
    let project = project();
    let backtest = |more: &[&str], code: i32, says: &[&str]| {
        project.fails(&[&["backtest", "spec.toml"], more].concat(), code, says);
    };
    let differs = "input 4 is zscore(close,20), the strategy declares zscore(close,21)";
    let inputs = "inputs=rsi(14); roc(5); roc(21); zscore(21)";
    backtest(&["--param", inputs], 2, &["trained on other inputs", differs, "`workbench model show alpha`"]);
    backtest(&["--param", "inputs=rsy(14)"], 2, &["rsy", "did you mean `rsi`?"]);
    backtest(
        &["--param", "model=beta"],
        2,
        &["asks for the model `beta`; the spec gives alpha", "models = ["],
    );
    backtest(&["--set", "models=beta"], 3, &["there is no model `beta`", "workbench model list"]);
    project.write("none.toml", &SPEC.replace("models = [\"alpha\"]\n", ""));
    project.fails(&["backtest", "none.toml"], 2, &["needs one; the spec gives none", "models = ["]);
    project.write("twice.toml", &SPEC.replace("\"alpha\"]", "\"alpha\", \"alpha@1\"]"));
    project.fails(&["backtest", "twice.toml"], 2, &["gives the model `alpha` twice"]);

    let values = add("xgb-value", "value", &["close"; 7], &[]);
    run(&project, &values);
    backtest(&["--set", "models=value"], 2, &["`value`", "no probabilities of classes"]);
    let daily = add("alpha", "daily", &INPUTS, &["--interval", "1d"]);
    run(&project, &daily);
    backtest(&["--set", "models=daily"], 2, &["trained on bars of 1d, not of 1h"]);
}

#[test]
fn what_cannot_be_added_is_refused_with_what_helps() {
    let project = project();
    let refused = |args: Vec<String>, code: i32, says: &[&str]| fails(&project, &args, code, says);
    refused(add("alpha", "x", &INPUTS[..3], &[]), 2, &["takes 4 numbers, --inputs names 3"]);
    refused(
        add("alpha", "x", &["rsi(14)", "roc(5)", "roc(21)", "zscor(20)"], &[]),
        2,
        &["did you mean `zscore`?"],
    );
    refused(
        add("alpha", "x", &["rsi(14)", "roc(5)", "roc(21)", "btc.close"], &[]),
        2,
        &["btc.close", "leave out the role"],
    );
    refused(add("alpha", "../x", &INPUTS, &[]), 3, &["`../x` cannot be the name of a model"]);
    refused(add("alpha", "alpha", &INPUTS, &[]), 3, &["alpha@1 is there and is another one", "--version"]);
    refused(
        add("alpha", "x", &INPUTS, &["--classes", "up,down"]),
        2,
        &["gives 3 numbers, --classes names 2"],
    );
    refused(
        add("alpha", "x", &INPUTS, &["--output", "y"]),
        2,
        &["no output `y` of numbers; it has probabilities"],
    );
    refused(
        add("torch-mlp", "x", &["close"; 7], &[]),
        2,
        &["does not say what its numbers are", "--meaning"],
    );
    project.write("rows.csv", "x0,x1,x2,x3,y0,y1,y2\n50,0,0,0,0.1,0.8,0.1\n");
    let rows = project.path().join("rows.csv").display().to_string();
    refused(add("alpha", "x", &INPUTS, &["--golden", &rows]), 3, &["golden row 0 differs in output"]);
    project.write("x.onnx", "no model");
    refused(
        ["model", "add", "x.onnx", "--name", "x", "--version", "1", "--inputs", "close"]
            .map(str::to_string)
            .to_vec(),
        3,
        &["the file is no sound ONNX model"],
    );
}

#[test]
fn a_model_that_needs_the_library_says_where_it_was_looked_for_and_what_runs_without() {
    let project = project();
    let inputs = ["close"; 7];
    let absent = ["--set", "inference.library=/nothing/libonnxruntime.so"];
    let said = [
        "cannot run the operator `Erf`",
        "looked for it at /nothing/libonnxruntime.so, which inference.library names",
        "pip install onnxruntime",
        "dense networks and tree ensembles need none",
    ];
    fails(&project, &add("torch-gelu", "gelu", &inputs, &absent), 2, &said);
    run(&project, &add("torch-gelu", "gelu", &inputs, &["--set", &library(), "--classes", "fall,hold,rise"]));
    let gelu = ["backtest", "spec.toml", "--set", "models=gelu"];
    project.fails(&[&gelu[..], &absent].concat(), 2, &said[1..]);
    let found = project.json(&[&gelu[..], &["--set", &library()]].concat());
    assert!(found["trades"].as_f64().is_some(), "{found}");
    // The other model needs none.
    project.ok(&[&["backtest", "spec.toml"][..], &absent].concat());
}

#[test]
fn a_model_that_gives_something_else_than_its_golden_rows_trades_nothing() {
    let project = project();
    let store = ModelStore::open(project.path().join("models"));
    let StoredModel { mut card, onnx, mut golden } = store.find("alpha").expect("it was added");
    golden.outputs[3][1] += 0.01;
    let rows = golden.to_arrow(&card.input.features, &card.output.names).expect("a table");
    (card.version, card.golden) = ("2".to_string(), ContentHash::of(&rows));
    store.add(&card, &onnx, &rows).expect("it is stored");
    let says = ["golden row 3 differs in output 1", "computes something else than when it was added"];
    project.fails(&["backtest", "spec.toml"], 3, &says);
    let done = project.run(&["model", "check"]);
    assert!(done.code == 1 && done.stdout.contains("golden row 3 differs"), "{}", done.stdout);
    project.ok(&["backtest", "spec.toml", "--set", "models=alpha@1"]);
}

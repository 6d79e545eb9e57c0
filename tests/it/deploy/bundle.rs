//! What was deployed trades as it was deployed or not at all, on this machine and on another.

use std::fs;
use std::process::Command;

use wb_core::{Event, MarketData};
use wb_store::{Bundle, BundleId, ContentHash, Journal, JournalRecord, NewBundle, NewJournal};

use super::{SPEC, WAIVED, deploy, deployed, store, with_run};
use crate::support::project::{Done, Project};
use crate::support::python::library;
use crate::support::root;

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
        files: &[],
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

#[test]
fn the_folder_for_another_machine_holds_what_a_deployment_needs_and_nothing_that_was_changed() {
    let (project, run) = with_run();
    let into = |dir: &'static str| [WAIVED, &["--dir", dir]].concat();
    project.write("config/deployments/paper.toml", "# ours\n[limits]\ndaily_loss = 5\n");
    let found = project.json(&deploy(&run, &into("carried")));
    let home = project.path().join("carried");
    let bundle = format!("experiments/bundles/{}", found["bundle"].as_str().expect("an id"));
    for file in
        ["workbench", "config/gates.toml", "workbench-paper.service", &format!("{bundle}/bundle.toml")]
    {
        assert!(home.join(file).is_file(), "{file}");
    }
    let pointer = fs::read_to_string(home.join("config/deployments/paper.toml")).expect("text");
    assert!(pointer.contains("[limits]\ndaily_loss = 5\n"), "{pointer}");
    let unit = fs::read_to_string(home.join("workbench-paper.service")).expect("text");
    assert!(unit.contains("ExecStartPre=/opt/workbench/paper/workbench check bundle paper\n"), "{unit}");
    assert!(!unit.contains(['{', '}']), "{unit}");

    let elsewhere = tempfile::tempdir().expect("a folder");
    let moved = elsewhere.path().join("moved");
    fs::rename(&home, &moved).expect("moved");
    let check = || {
        let mut command = Command::new(moved.join("workbench"));
        Done::of(command.args(["check", "bundle", "paper"]).current_dir(&moved).output().expect("it starts"))
    };
    assert_eq!(check().code, 0, "{}", check().stderr);
    let spec = moved.join(bundle).join("spec.toml");
    let good = fs::read_to_string(&spec).expect("text");
    fs::write(&spec, good.replace("fast = 10", "fast = 11")).expect("written");
    assert_eq!(check().code, 3);
    assert!(check().stderr.contains("spec.toml is not what was deployed"), "{}", check().stderr);
    fs::write(&spec, good).expect("written");
    // By another process: one that is started while this one holds the file open could not start it.
    let append = Command::new("sh").args(["-c", "printf x >> workbench"]).current_dir(&moved).status();
    assert!(append.expect("a shell").success());
    assert_eq!(check().code, 1);
    assert!(check().stderr.contains("was made by another binary of the same code"), "{}", check().stderr);
}

#[test]
fn a_folder_that_is_there_or_that_would_lead_elsewhere_is_refused_before_anything_is_run() {
    let (project, run) = with_run();
    project.write("there/file", "");
    let into_there = [WAIVED, &["--dir", "there"]].concat();
    project.fails(&deploy(&run, &into_there), 2, &["--dir there: it exists", "hint: give another folder"]);
    let absolute = project.path().join("experiments").display().to_string();
    let setting = format!("paths.experiments={absolute}");
    let into_new = [WAIVED, &["--dir", "new", "--set", &setting]].concat();
    project.fails(&deploy(&run, &into_new), 2, &["it leads out of the project", "hint: name it by a path"]);
    assert!(!project.path().join("config/deployments").exists(), "nothing was promoted");
}

#[test]
fn a_bundle_brings_its_model_along() {
    let (project, _) = with_run();
    let sample = |name: &str| root().join("models/sample").join(name).display().to_string();
    let (onnx, golden) = (sample("alpha.onnx"), sample("alpha.golden.csv"));
    let named = ["model", "add", &onnx, "--name", "alpha", "--version", "1", "--golden", &golden];
    let inputs = ["--inputs", "rsi(14)", "roc(5)", "roc(21)", "zscore(20)", "--classes", "fall,hold,rise"];
    project.ok(&[&named[..], &inputs].concat());
    project.write("alpha.toml", &SPEC.replace("\"sma-cross\"", "\"onnx-alpha\"\nmodels = [\"alpha\"]"));
    let run = project.json(&["backtest", "alpha.toml"])["run_id"].as_str().expect("an id").to_string();
    let found = project.json(&deploy(&run, WAIVED));
    let gate = found["gates"].as_array().expect("gates").iter().find(|g| g["gate"] == "model_golden_rows");
    let evidence = gate.and_then(|gate| gate["evidence"].as_str()).expect("a gate with evidence");
    assert!(evidence.contains("alpha 1 in native"), "{evidence}");

    fs::remove_dir_all(project.path().join("models")).expect("there");
    project.ok(&["check", "bundle", "paper"]);
    let (_, folder) = deployed(&project);
    project.ok(&["replay", folder.to_str().expect("a path of text")]);
    let blobs = fs::read_dir(folder.join("project/models/blobs")).expect("there");
    let blob = blobs.map(|entry| entry.expect("an entry").path()).next().expect("a model");
    let mut bytes = fs::read(&blob).expect("a file");
    bytes[100] ^= 1;
    fs::write(&blob, bytes).expect("written");
    let name = blob.file_name().expect("a name").to_string_lossy().into_owned();
    project.fails(&["check", "bundle", "paper"], 3, &[&name, "is not what was deployed"]);
    fs::remove_file(&blob).expect("there");
    for command in [&["check", "bundle", "paper"][..], &["live", "paper"]] {
        project.fails(command, 3, &[&name, "hint: deploy the run again"]);
    }
    project.fails(&deploy(&run, WAIVED), 3, &["alpha"]);
}

#[test]
fn a_model_that_needs_onnx_runtime_does_not_trade_where_its_library_is_not() {
    let (project, _) = with_run();
    let sample = root().join("models/sample/torch-gelu.onnx").display().to_string();
    // Where it is stands in a file: what is deployed is tried in a process of its own.
    let library_at = |path: &str| {
        project.write("config/workbench.toml", &format!("[inference]\nlibrary = \"{path}\"\n"));
    };
    library_at(library().split_once('=').expect("a setting").1);
    let inputs = ["--inputs", "close", "close", "close", "close", "close", "close", "close"];
    let named = ["model", "add", &sample, "--name", "gelu", "--version", "1", "--classes", "fall,hold,rise"];
    project.ok(&[&named[..], &inputs].concat());
    project.write("gelu.toml", &SPEC.replace("\"sma-cross\"", "\"onnx-alpha\"\nmodels = [\"gelu\"]"));
    let run = project.json(&["backtest", "gelu.toml"])["run_id"].as_str().expect("an id").to_string();
    project.ok(&deploy(&run, WAIVED));
    library_at("/nothing/libonnxruntime.so");
    let says = ["looked for it at /nothing/libonnxruntime.so", "pip install onnxruntime"];
    project.fails(&["live", "paper"], 2, &says);
    assert!(!project.path().join("experiments/journals").exists(), "no session has begun");
}

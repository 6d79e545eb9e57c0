//! What a model gave live is in the journal, and a replay gives it again to the bit.

use std::fs;

use serde_json::Value;
use wb_store::{Journal, JournalRecord};

use super::{LOCKSTEP, SPEC, deploy, done, journal, live};
use crate::models::add_alpha;
use crate::replay::{entries, rewrite};
use crate::support::exchange::{project, start};

#[test]
fn a_prediction_that_differs_by_one_bit_is_found() {
    let project = project();
    let add = add_alpha();
    project.ok(&add.iter().map(String::as_str).collect::<Vec<_>>());
    let spec = SPEC.replace("\"sma-cross\"", "\"onnx-alpha\"\nmodels = [\"alpha\"]");
    let spec = spec.replace("fast = 3\nslow = 10", "entry = 0.01\nexit = 0.0");
    let digest = deploy(&project, &spec);
    let exchange = start(&project, &LOCKSTEP);
    let done = done(live(&project, &exchange, &["--lockstep"]));
    let said: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{}", done.stderr));
    assert_eq!(said["digest"], digest.as_str(), "{}", done.stderr);

    let found = project.json(&["replay", "near"]);
    assert!(found["equal"] == true && found["predictions"].as_u64() > Some(300), "{found}");
    let why = project.json(&["explain", "near", "1"]);
    assert!(why["kernel"]["features"].to_string().contains("alpha.rise"), "{why}");
    let report = project.ok(&["report", "near"]).stdout;
    let page = fs::read_to_string(project.path().join(report.trim_end())).expect("a page");
    for name in ["rsi(close,14)", "zscore(close,20)", "alpha.fall", "alpha.rise"] {
        assert!(page.contains(&format!("<td>{name}</td><td>binance:NEARUSDT</td>")), "{name}");
    }

    let whole = Journal::open(&project.path().join(journal(&said))).expect("a journal");
    let mut records: Vec<JournalRecord> = entries(&whole).iter().map(|entry| entry.record).collect();
    let prediction = records.iter_mut().filter_map(|record| match record {
        JournalRecord::Prediction(_, prediction) => Some(prediction),
        _ => None,
    });
    let changed = prediction.last().expect("a prediction");
    changed.value = f64::from_bits(changed.value.to_bits() ^ 1);
    rewrite(&whole, &project.path().join("other"), &whole.header.code_id, &records);
    let found = project.run(&["replay", "other"]);
    assert_eq!(found.code, 1, "{}", found.stderr);
    for text in ["another output of a model", "alpha."] {
        assert!(found.stdout.contains(text), "{text} in {}", found.stdout);
    }
}
